"""What stands on the servers: months, versions, what comes back, what is refused, and what readers see meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backfile.errors import IndexUnusable, ServiceUnavailable
from backfile.servers import Servers
from index import directory, opensearch_writing
from index.engine import ALL, Filter, Word
from index.entry import Entry, analyse
from index.opensearch import OpenSearchEngine
from index.opensearch_documents import address, period
from tests.index.contract import article, word
from tests.opensearch.fixtures import Server
from tests.opensearch.http import Refusal
from tests.opensearch.made import engine, place, servers

__all__ = ["engine", "place", "servers"]


def entry(key: str, text: str = "Ein Wort.", *, revision: int = 1, published: str | None = None) -> Entry:
    return analyse(article(key, text, published=published), revision=revision)


def put(engine: OpenSearchEngine, *entries: Entry) -> None:
    engine.add(entries)
    engine.commit()


def found(engine: OpenSearchEngine, asked: Word) -> list[str]:
    return [match.id for match in engine.search(asked, limit=9).matches]


def documents(server: Server) -> dict[str, tuple[str, int, int]]:
    """Every document of articles: address → index, version, number of the write."""
    asked = {"size": 1_000, "version": True, "seq_no_primary_term": True, "_source": False}
    server.count()
    hits = server.call("POST", f"/{server.prefix}*,-*-deleted/_search", asked)["hits"]["hits"]
    assert len(hits) == len({hit["_id"] for hit in hits})
    return {hit["_id"]: (hit["_index"].rpartition("-")[2], hit["_version"], hit["_seq_no"]) for hit in hits}


# --- Months and versions


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2024-03-05T10:00+01:00", "2024.03"),
        ("2024-03", "2024.03"),
        ("2024", "2024"),
        (None, "undated"),
        ("1925-03-05", "1925"),
        ("0099-03-05", "undated"),
        ("9999-01-01", "undated"),
    ],
)
def test_an_article_belongs_into_the_index_of_its_month(published: str | None, expected: str) -> None:
    assert expected == period(published)


def test_a_second_ingest_changes_nothing(engine: OpenSearchEngine, opensearch: Server) -> None:
    pile = [entry(str(n), published=f"2024-{n % 12 + 1:02}", revision=n + 1) for n in range(40)]
    put(engine, *pile)
    before = documents(opensearch)
    put(engine, *pile)

    assert before == documents(opensearch)
    assert {number + 1 for number in range(40)} == {version for _, version, _ in before.values()}


def test_an_older_version_loses(engine: OpenSearchEngine) -> None:
    put(engine, entry("1", "Birne", revision=3))
    put(engine, entry("1", "Apfel", revision=2))

    assert found(engine, word("de:birn")) == ["taz/1"]
    assert found(engine, word("de:apfel")) == []

    put(engine, entry("1", "Kirsche", revision=4))

    assert found(engine, word("de:kirsch")) == ["taz/1"]


def test_an_older_version_loses_at_the_server_too(engine: OpenSearchEngine, opensearch: Server) -> None:
    put(engine, entry("1", "Birne", revision=3))
    name = f"{opensearch.prefix}g000001-undated"
    late = f"/{name}/_doc/{address('taz/1')}?version=2&version_type=external"

    with pytest.raises(Refusal, match="409"):
        opensearch.call("PUT", late, {"id": "taz/1"})
    assert documents(opensearch)[address("taz/1")][1] == 3


@pytest.mark.parametrize("flushed", [False, True], ids=["with the commit", "before the commit"])
def test_a_corrected_date_leaves_no_copy_in_the_old_month(
    engine: OpenSearchEngine, opensearch: Server, monkeypatch: pytest.MonkeyPatch, flushed: bool
) -> None:
    if flushed:
        monkeypatch.setattr(opensearch_writing, "MOST_HELD", 1)
    put(engine, entry("1", "Apfel", published="2024-03-05", revision=1), entry("2", "Birne", published="2024-03-05"))
    engine.add([entry("1", "Apfel", published="2024-04-05", revision=2)])
    engine.add([entry("1", "Apfel", published="2024-05", revision=3)])
    engine.commit()

    assert documents(opensearch)[address("taz/1")][:2] == ("2024.05", 3)
    assert documents(opensearch)[address("taz/2")][:2] == ("2024.03", 1)
    assert engine.count() == 2

    put(engine, entry("1", "Apfel", published="2024-03-05", revision=4))

    assert documents(opensearch)[address("taz/1")][:2] == ("2024.03", 4)
    assert list(engine.faults()) == []


def test_what_was_taken_out_comes_back_from_its_first_version_on(engine: OpenSearchEngine, opensearch: Server) -> None:
    put(engine, entry("1", "Apfel", revision=7))
    engine.delete(["taz/1"])
    engine.commit()

    assert engine.count() == 0

    put(engine, entry("1", "Birne", revision=1))

    assert found(engine, word("de:birn")) == ["taz/1"]
    assert engine.revisions(["taz/1", "taz/2"]) == {"taz/1": 1}

    put(engine, entry("1", "Kirsche", published="2024-01", revision=2))
    put(engine, entry("1", "Birne", revision=1))

    assert found(engine, word("de:kirsch")) == ["taz/1"]
    assert engine.count() == 1
    assert documents(opensearch)[address("taz/1")][0] == "2024.01"


def test_what_a_stopped_run_sent_is_in_nobodys_way(
    engine: OpenSearchEngine, servers: Servers, opensearch: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del engine
    index = tmp_path / "index"
    with directory.open_writer(index, engine="opensearch", servers=lambda: servers) as stopped:
        monkeypatch.setattr(opensearch_writing, "MOST_HELD", 1)
        stopped.add([entry("1", "Apfel", published="2024-03", revision=1)])
    with directory.open_writer(index, engine="opensearch", servers=lambda: servers) as writer:
        assert writer.count() == 0

        writer.add([entry("1", "Apfel", published="2024-04", revision=2)])
        writer.commit()

        assert writer.count() == 1
    assert documents(opensearch)[address("taz/1")][:2] == ("2024.04", 2)


# --- What a server refuses


def test_what_is_no_field_of_ours_is_refused(engine: OpenSearchEngine, opensearch: Server) -> None:
    del engine

    with pytest.raises(Refusal, match="strict_dynamic_mapping_exception"):
        opensearch.call("PUT", f"/{opensearch.prefix}g000001-undated/_doc/1", {"surprise": 1})


@pytest.fixture
def picky(opensearch: Server) -> str:
    """A month whose index takes no titles, as its mapping was made by somebody else."""
    name = f"{opensearch.prefix}g000001-2024.03"
    opensearch.call("PUT", f"/{name}", {"mappings": {"properties": {"label_title": {"type": "integer"}}}})
    return "2024-03"


def test_a_refused_document_harms_no_neighbour_and_leaves_nothing_of_before(
    engine: OpenSearchEngine, picky: str
) -> None:
    put(engine, entry("1", "Apfel", published=picky), entry("2", "Apfel", published=picky))
    refused = analyse(article("1", "Birne", title="Birne", published=picky), revision=2)
    put(engine, refused, entry("2", "Birne", published=picky, revision=2), entry("3", "Birne"))

    told = engine.refused()
    assert list(told) == ["taz/1"]
    assert "label_title" in told["taz/1"]
    assert engine.refused() == {}
    assert engine.count() == 2
    assert found(engine, word("de:birn")) == ["taz/2", "taz/3"]

    put(engine, entry("1", "Birne", published=picky, revision=3))

    assert found(engine, word("de:birn")) == ["taz/1", "taz/2", "taz/3"]


# --- Readers


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def held(opensearch: Server) -> Callable[[], int]:
    """How many states the servers hold for readers."""

    def count() -> int:
        stats = opensearch.call("GET", "/_nodes/stats/indices/search")["nodes"].values()
        return sum(each["indices"]["search"]["point_in_time_current"] for each in stats)

    return count


def filled(index: Path, servers: Servers, *batches: list[Entry]) -> None:
    directory.rebuild(index, batches, engine="opensearch", servers=lambda: servers)


def test_a_reader_keeps_what_it_saw_and_lets_it_go(index: Path, servers: Servers, held: Callable[[], int]) -> None:
    filled(index, servers, [entry("1", "Apfel")])
    before = held()
    with directory.open_reader(index, servers=lambda: servers) as reader:
        assert reader.count() == 1

        with directory.open_writer(index, engine="opensearch", servers=lambda: servers) as writer:
            writer.add([entry("2", "Apfel", published="2024-03")])
            writer.commit()

            assert writer.count() == 2
        assert reader.count() == 1
        assert reader.search(word("de:apfel"), limit=9).total == 1
        assert held() > before
    assert before == held()
    with directory.open_reader(index, servers=lambda: servers) as reader:
        assert reader.count() == 2


def test_a_reader_whose_state_is_gone_sees_the_newest(index: Path, servers: Servers, opensearch: Server) -> None:
    filled(index, servers, [entry("1", "Apfel")])
    with directory.open_reader(index, servers=lambda: servers) as reader:
        assert reader.count() == 1

        opensearch.call("DELETE", "/_search/point_in_time/_all")
        with directory.open_writer(index, engine="opensearch", servers=lambda: servers) as writer:
            writer.add([entry("2", "Apfel")])
            writer.commit()

        assert reader.search(word("de:apfel"), limit=9).total == 2


@pytest.mark.slow
def test_25_000_hits_are_paged_while_others_write_none_twice_none_missing(
    index: Path, servers: Servers, held: Callable[[], int]
) -> None:
    number, page = 25_000, 2_500
    pile = [entry(f"{n:05}", "Apfel und Birne", published=f"2024-{n % 3 + 1:02}") for n in range(number)]
    filled(index, servers, *(pile[start : start + 5_000] for start in range(0, number, 5_000)))
    ended = threading.Event()
    written: list[int] = []

    def write() -> None:
        with directory.open_writer(index, engine="opensearch", servers=lambda: servers) as writer:
            while not ended.is_set():
                turn = len(written)
                writer.add([entry(f"new{turn}-{n}", "Apfel und Birne", published="2024-02") for n in range(50)])
                writer.add([entry(f"{turn:05}", "Kirsche", published="2024-09", revision=2)])
                writer.delete([f"taz/{number - turn - 1:05}"])
                writer.commit()
                written.append(turn)

    before = held()
    thread = threading.Thread(target=write)
    with directory.open_reader(index, servers=lambda: servers) as reader:
        seen = [m.id for m in reader.search(word("de:apfel"), limit=page).matches]
        thread.start()
        try:
            for offset in range(page, number + page, page):
                seen += [m.id for m in reader.search(word("de:apfel"), limit=page, offset=offset).matches]
            by_date = [m.id for m in reader.search(ALL, limit=number + page, sort="date").matches]
        finally:
            ended.set()
            thread.join()

    assert len(written) > 3
    assert {each.id for each in pile} == set(seen) == set(by_date)
    assert len(seen) == len(by_date) == number
    assert before == held()


def test_a_part_is_never_shown_as_the_whole(index: Path, servers: Servers, opensearch: Server) -> None:
    filled(index, servers, [entry("1", "Apfel", published="2024-03"), entry("2", "Apfel", published="2024-04")])
    nowhere = f"{opensearch.prefix}g000001-2024.05"
    opensearch.call(
        "PUT",
        f"/{nowhere}?wait_for_active_shards=0",
        {"settings": {"index.routing.allocation.require.box": "none"}, "aliases": {opensearch.prefix.rstrip("-"): {}}},
    )
    with directory.open_reader(index, servers=lambda: servers) as reader:
        with pytest.raises(ServiceUnavailable, match="1 of 4 shards are held by no node"):
            reader.search(word("de:apfel"), limit=9)
        assert any("2024.05: 1 of 1 shards" in fault for fault in reader.faults())


def test_a_search_that_lacks_shards_says_how_many(
    index: Path, servers: Servers, opensearch: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_a_part_is_never_shown_as_the_whole(index, servers, opensearch)
    monkeypatch.setattr("index.opensearch_server.Server.hold", lambda *_: None)
    with (
        directory.open_reader(index, servers=lambda: servers) as reader,
        pytest.raises(ServiceUnavailable, match="1 of 4 shards did not answer"),
    ):
        reader.search(word("de:apfel"), limit=9)


# --- Generations


def aliased(server: Server) -> set[str]:
    """The generations that searches read."""
    found = server.call("GET", f"/{server.prefix}*/_alias")
    return {name.split("-")[2] for name, each in found.items() if each["aliases"]}


def test_searches_go_on_while_the_alias_is_moved(index: Path, servers: Servers) -> None:
    filled(index, servers, [entry(str(n), f"Apfel Wort{n}", published=f"2024-{n % 4 + 1:02}") for n in range(20)])
    ended = threading.Event()
    totals: list[int] = []
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            while not ended.is_set():
                with directory.open_reader(index, servers=lambda: servers) as reader:
                    totals.append(reader.search(word("de:apfel"), limit=3).total)
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is what is looked for)
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(4):
            filled(
                index, servers, [entry(str(n), "Apfel", published=f"2024-{(n + turn) % 5 + 1:02}") for n in range(30)]
            )
        directory.roll_back(index, servers=lambda: servers)
    finally:
        ended.set()
        for thread in threads:
            thread.join()

    assert errors == []
    assert len(totals) > 10
    assert set(totals) == {20, 30}


def test_a_rebuild_that_fails_leaves_the_old_index_and_nothing_else(
    index: Path, servers: Servers, opensearch: Server
) -> None:
    filled(index, servers, [entry("1", "Apfel")])

    def half() -> Iterator[list[Entry]]:
        yield [entry("2", "Birne")]
        raise KeyError

    with pytest.raises(KeyError):
        directory.rebuild(index, half(), engine="opensearch", servers=lambda: servers)

    assert aliased(opensearch) == {"g000001"}
    assert not any("g000002" in name for name in opensearch.indices())
    assert [path.name for path in sorted(index.glob("g*"))] == ["g000001"]


@pytest.mark.parametrize("moment", ["publish", "manifest"])
def test_a_rebuild_that_is_killed_at_the_end_leaves_one_of_both(
    index: Path, servers: Servers, opensearch: Server, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    filled(index, servers, [entry("1", "Apfel")])

    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as during:
        # As if killed: nothing of ours runs afterwards.
        during.setattr(directory, "_give_up", lambda *_: None)
        if moment == "publish":
            during.setattr("index.opensearch.Cluster.publish", die)
        else:
            during.setattr(directory, "_write", die)
        with pytest.raises(Killed):
            filled(index, servers, [entry("1", "Birne"), entry("2", "Birne")])

    with directory.open_reader(index, servers=lambda: servers) as reader:
        assert reader.count() == (1 if moment == "publish" else 2)

    with directory.open_writer(index, engine="opensearch", servers=lambda: servers) as writer:
        assert writer.count() == 1
    assert aliased(opensearch) == {"g000001"}
    assert not any("g000002" in name for name in opensearch.indices())


def test_one_older_generation_is_kept_to_go_back_to(index: Path, servers: Servers, opensearch: Server) -> None:
    for text in ("Apfel", "Birne", "Kirsche"):
        filled(index, servers, [entry("1", text)])

    assert [path.name for path in sorted(index.glob("g*"))] == ["g000002", "g000003"]
    assert {name.split("-")[2] for name in opensearch.indices()} == {"g000002", "g000003"}
    assert directory.describe(index, servers=lambda: servers)["problems"] == []

    for expected in ("de:birn", "de:kirsch", "de:birn"):
        directory.roll_back(index, servers=lambda: servers)
        with directory.open_reader(index, servers=lambda: servers) as reader:
            assert reader.search(word(expected), limit=1).total == 1
    with directory.open_writer(index, engine="opensearch", servers=lambda: servers) as writer:
        writer.add([entry("2", "Birne")])
        writer.commit()

        assert writer.count() == 2
    filled(index, servers, [entry("1", "Nuss")])

    assert [path.name for path in sorted(index.glob("g*"))] == ["g000002", "g000004"]


def test_a_new_directory_takes_no_name_that_is_in_use_on_the_servers(
    index: Path, servers: Servers, opensearch: Server
) -> None:
    filled(index, servers, [entry("1", "Apfel")])
    filled(index.with_name("restored"), servers, [entry("1", "Birne")])

    assert [path.name for path in index.with_name("restored").glob("g*")] == ["g000002"]
    assert aliased(opensearch) == {"g000002"}


def test_an_index_under_another_prefix_is_told(index: Path, servers: Servers) -> None:
    filled(index, servers, [entry("1", "Apfel")])
    other = Servers(servers.urls, "test-other")

    with pytest.raises(IndexUnusable, match="prefix = 'test-other'"):
        directory.open_reader(index, servers=lambda: other)


# --- Checks


def test_a_document_that_is_not_as_it_was_written_is_named(engine: OpenSearchEngine, opensearch: Server) -> None:
    put(engine, entry("1", "Apfel"), entry("2", "Apfel"))
    spoilt = f"/{opensearch.prefix}g000001-undated/_doc/{address('taz/1')}"
    opensearch.call("PUT", spoilt, {"id": "taz/1", "record": "AAAA", "display": "AAAA"})
    opensearch.count()

    assert [fault for fault in engine.faults() if "cannot be read" in fault]
    with closing(engine), pytest.raises(IndexUnusable, match="index rebuild"):
        engine.displays(["taz/1"])


def test_a_document_of_another_month_is_named(engine: OpenSearchEngine, opensearch: Server) -> None:
    put(engine, entry("1", "Apfel", published="2024-03"), entry("2", "Apfel", published="2024-04"))
    copied = {
        "source": {"index": f"{opensearch.prefix}g000001-2024.03"},
        "dest": {"index": f"{opensearch.prefix}g000001-2024.04"},
    }
    opensearch.call("POST", "/_reindex?refresh=true", copied)

    assert engine.search(Filter("id", ("taz/1",)), limit=9).total == 1
    assert any("belongs into" in fault for fault in engine.faults())
