"""The Whoosh engine keeps the contract, survives power cuts, and opens nobody else's files."""

import gc
import os
import shutil
import subprocess
import sys
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile import disk
from backfile.batching import batches
from backfile.errors import ArchiveLocked, IndexUnusable
from index import directory, whoosh, whoosh_files, whoosh_postings, whoosh_storage, whoosh_terms
from index.compounds import Compounds
from index.engine import ALL, SearchEngine, SegmentEngine
from index.entry import Entry, analyse
from tests.index.contract import EngineContract, article, phrase, word


class TestWhooshEngine(EngineContract):
    @pytest.fixture
    def empty(self, tmp_path: Path) -> SearchEngine:
        return whoosh.create(tmp_path)


class TestWhooshEngineInManySegments(EngineContract):
    """The same with a pool so small that nearly every entry begins a new segment."""

    @pytest.fixture
    def empty(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SearchEngine:
        monkeypatch.setattr(whoosh_files, "_MERGE_AT_ONCE", 3)
        monkeypatch.setattr(whoosh_files, "_MAX_SEGMENTS", 4)
        monkeypatch.setattr(whoosh_terms, "_BLOCK", 2)
        monkeypatch.setattr(whoosh_terms, "_CACHED", 3)
        return whoosh.create(tmp_path)


class _Fed(whoosh.WhooshEngine):
    """Takes its entries over from a builder, some at a time."""

    def add(self, entries: Iterable[Entry]) -> None:
        with closing(directory.builder(self.place)) as builder:
            for some in batches(entries, 3):
                self.take_over(builder.build(some))


class TestWhooshEngineFedBySegments(EngineContract):
    """The same with segments that were written elsewhere."""

    @pytest.fixture
    def empty(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SearchEngine:
        monkeypatch.setattr(whoosh_files, "_MERGE_AT_ONCE", 3)
        monkeypatch.setattr(whoosh_files, "_MAX_SEGMENTS", 4)
        whoosh.create(tmp_path).close()
        return _Fed(tmp_path)


def test_what_a_builder_writes_outlives_commits_and_is_seen_only_when_it_is_taken_over(tmp_path: Path) -> None:
    with whoosh.create(tmp_path, Compounds({"politik": 9, "sicherheit": 5})) as engine:
        with closing(directory.builder(tmp_path)) as builder:
            made = builder.build([analyse(article("1", "Apfel"))])
            for key in "23":
                engine.add([analyse(article(key, "Birne"))])
                engine.commit()

            assert builder.compounds.cuts("sicherheitspolitik") == (11,)
            assert (engine.count(), engine.search(word("de:apfel"), limit=1).total) == (2, 0)

            engine.take_over(made)
            engine.commit()

        assert (engine.count(), engine.search(word("de:apfel"), limit=1).total) == (3, 1)
        assert list(engine.faults()) == []


def test_a_segment_that_is_not_as_its_builder_wrote_it_is_told_of(tmp_path: Path) -> None:
    with whoosh.create(tmp_path) as engine:
        with closing(directory.builder(tmp_path)) as builder:
            [made] = builder.build([analyse(article("1", "Apfel"))])
            file = tmp_path / made.file
            file.write_bytes(file.read_bytes() + b"x")
            engine.take_over([made])
        engine.commit()

        assert [each for each in engine.faults(quick=True) if "is not as it was written" in each]


def test_what_builders_left_is_swept_by_the_next_writer(tmp_path: Path) -> None:
    with directory.open_writer(tmp_path) as engine:
        assert isinstance(engine, SegmentEngine)
        place = engine.place
    left = place / directory.PARTS / "stopped"
    left.mkdir(parents=True)
    (left / "MAIN_0123456789abcdef.seg").write_bytes(b"half of a segment")

    with directory.open_writer(tmp_path) as engine:
        assert not left.exists()
        assert engine.count() == 0


def test_an_index_is_found_again_by_another_process(tmp_path: Path) -> None:
    with whoosh.create(tmp_path) as engine:
        engine.add([analyse(article("1", "Apfel und Birne"))])
        engine.commit()
    program = (
        "import sys; from pathlib import Path; from index.whoosh import open_index; "
        "print(open_index(Path(sys.argv[1])).displays(['taz/1'])['taz/1'].text)"
    )

    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)

    assert done.stdout == "Apfel und Birne\n"


def test_a_large_batch_is_written_in_several_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh, "POOL_LIMIT", 100)
    with whoosh.create(tmp_path) as engine:
        engine.add(analyse(article(f"{i % 40:02}", f"Wort Nummer{i}")) for i in range(60))
        engine.commit()

        assert engine.count() == 40
        assert engine.search(word("de:nummer59"), limit=1).total == 1
        assert engine.search(word("de:nummer19"), limit=1).total == 0


def test_nothing_of_a_large_batch_is_seen_before_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh, "POOL_LIMIT", 100)
    seen = set()

    def entries() -> Iterator[Entry]:
        for i in range(30):
            with whoosh.open_index(tmp_path) as reader:
                seen.add(reader.count())
            yield analyse(article(f"{i:02}", f"Wort Nummer{i}"))

    with whoosh.create(tmp_path) as engine:
        engine.add(entries())
        engine.commit()

        assert (seen, engine.count()) == ({0}, 30)
        assert len(list(tmp_path.glob("*.seg"))) > 1


def test_a_reader_knows_its_compounds_after_a_rebuild_took_its_files_away(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    whoosh.create(tmp_path / "index", Compounds({"politik": 9, "sicherheit": 5})).close()

    with whoosh.open_index(tmp_path / "index") as reader:
        shutil.rmtree(tmp_path / "index")

        assert reader.compounds.cuts("sicherheitspolitik") == (11,)


def test_what_was_not_committed_is_not_there_after_a_crash(tmp_path: Path) -> None:
    engine = whoosh.create(tmp_path)
    engine.add([analyse(article("1"))])
    engine.commit()
    engine.add([analyse(article("2"))])
    engine.close()

    with whoosh.open_index(tmp_path) as reader:
        assert [match.id for match in reader.search(ALL, limit=9).matches] == ["taz/1"]


def test_two_writers_exclude_each_other(tmp_path: Path) -> None:
    with whoosh.create(tmp_path) as engine, whoosh.open_index(tmp_path) as other:
        engine.add([analyse(article("1"))])

        with pytest.raises(ArchiveLocked, match="another run"):
            other.add([analyse(article("2"))])


def test_a_reader_keeps_its_state_while_another_writes(tmp_path: Path) -> None:
    whoosh.create(tmp_path).close()
    with whoosh.open_index(tmp_path) as writer:
        writer.add([analyse(article("1", "Apfel"))])
        writer.commit()
        with whoosh.open_index(tmp_path) as reader:
            for key in "23456":
                writer.add([analyse(article(key, "Apfel"))])
                writer.delete(["taz/1"])
                writer.commit()

            assert [match.id for match in reader.search(word("de:apfel"), limit=9).matches] == ["taz/1"]
            assert reader.displays(["taz/1"])["taz/1"].text == "Apfel"


def test_files_reach_the_disk_before_the_table_of_contents_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = whoosh.create(tmp_path)
    events: list[str] = []
    real_sync, real_rename = disk.sync, os.rename

    def sync(path: Path) -> None:
        events.append(f"sync {'directory' if path.is_dir() else path.suffix}")
        real_sync(path)

    def rename(old: str, new: str) -> None:
        events.append("rename")
        real_rename(old, new)

    monkeypatch.setattr(whoosh_storage, "sync", sync)
    monkeypatch.setattr(disk, "sync", sync)
    monkeypatch.setattr(os, "rename", rename)
    engine.add([analyse(article("1"))])
    engine.commit()
    engine.close()
    at = events.index("rename")

    assert events.count("rename") == 1
    assert "sync .seg" in events[:at]
    assert len([event for event in events[:at] if not event.endswith("directory")]) >= 2  # segment and contents
    assert events[at - 1] == "sync directory"
    assert events[at + 1 :] == ["sync directory"]


def _use(directory: Path) -> None:
    with whoosh.open_index(directory) as engine:
        engine.search(word("de:wort"), limit=1)
        engine.displays([f"taz/{i}" for i in range(50)])


@pytest.mark.parametrize("damage", ["emptied", "zeroed", "cut"])
@pytest.mark.parametrize("pattern", ["*.toc", "*.seg"])
def test_a_damaged_file_is_named_and_how_to_rebuild(tmp_path: Path, pattern: str, damage: str) -> None:
    with whoosh.create(tmp_path) as engine:
        engine.add([analyse(article(str(i), f"Wort {i}")) for i in range(50)])
        engine.commit()
    path = next(tmp_path.glob(pattern))
    whole = path.read_bytes()
    path.write_bytes({"emptied": b"", "zeroed": b"\0" * len(whole), "cut": whole[: len(whole) // 2]}[damage])

    with pytest.raises(IndexUnusable, match="backfile index rebuild"):
        _use(tmp_path)
    gc.collect()  # files that were left open would be told of here


@pytest.mark.parametrize("which", ["directory", "file"])
def test_an_index_that_anybody_may_write_to_is_not_opened(tmp_path: Path, which: str) -> None:
    whoosh.create(tmp_path).close()
    path = tmp_path if which == "directory" else next(tmp_path.glob("*.toc"))
    path.chmod(0o777)

    with pytest.raises(IndexUnusable, match="anybody"):
        whoosh.open_index(tmp_path)


WIDE = 70_000  # does not fit into 16 bits


@pytest.mark.parametrize("positions", [[0], [1, 2, 300], [5, 65_535], [5, 65_536, 1_000_000]])
@pytest.mark.parametrize("documents", [[0], [3, 255, 256], [65_535, WIDE]])
@pytest.mark.parametrize("positioned", [True, False])
@pytest.mark.parametrize("short", [True, False])
def test_posting_lists_unpack_to_what_was_packed(
    positions: list[int], documents: list[int], positioned: bool, short: bool
) -> None:
    short = short and max(*documents, *positions) < 1 << 16
    keys = array("Q", [document << 32 | position for document in documents for position in positions])

    ((number, data),) = whoosh_postings.packed_rows([keys], positioned=positioned, short=short)
    found = whoosh_postings.unpacked(number, data)

    assert (documents, [len(positions)] * len(documents)) == (list(found.ids), list(found.counts))
    assert data == whoosh_postings.packed(found) or max(documents) < 1 << 8 or max(positions) < 1 << 8
    if positioned:
        assert [positions] * len(documents) == [list(found.places(document) or ()) for document in documents]
    assert found.places(documents[-1] + 1) is None


@given(
    st.lists(st.lists(st.integers(0, 1 << 40), min_size=1, max_size=5), max_size=5), st.sets(st.integers(0, 1 << 40))
)
def test_occurrences_of_several_words_are_put_in_one_order(rows: list[list[int]], many: set[int]) -> None:
    arrays = [array("Q", sorted(row)) for row in (*rows, [0], many)]

    assert sorted(chain(*arrays)) == whoosh_postings._united(arrays).tolist()


@pytest.mark.parametrize("data", [b"", b"\0", b"\2\1", b"\2\1\0\1", b"\x12\1\0", b"\xff" * 9])
def test_bytes_that_are_no_posting_list_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"posting list|bytes"):
        whoosh_postings.unpacked(1, data)


_FEW_OR_MANY = st.integers(0, 300) | st.integers(65_500, 65_600)
_LIST = st.dictionaries(_FEW_OR_MANY, st.sets(_FEW_OR_MANY, min_size=1, max_size=4), min_size=1, max_size=5)


@pytest.mark.parametrize("positioned", [True, False])
@given(parts=st.lists(st.tuples(_LIST, st.sets(_FEW_OR_MANY), st.booleans()), min_size=1, max_size=3))
def test_posting_lists_of_several_segments_become_one_without_deleted_documents(
    positioned: bool, parts: list[tuple[dict[int, set[int]], set[int], bool]]
) -> None:
    lists, base = [], 0
    expected: dict[int, list[int]] = {}
    for places, deleted, fresh in parts:
        found = {document: sorted(places[document]) for document in sorted(places)}
        keys = array("Q", [document << 32 | place for document, several in found.items() for place in several])
        ((number, data),) = whoosh_postings.packed_rows([keys], positioned=positioned, short=False)
        if not fresh:  # as it stands in a segment that was merged before
            data = whoosh_postings.packed(whoosh_postings.unpacked(number, data))
        new = {document: -1 if document in deleted else base + document for document in found}
        expected |= {new[document]: several for document, several in found.items() if new[document] >= 0}
        lists.append((number, data, new.__getitem__))
        base += 65_601

    number, data = whoosh_postings.joined(lists)

    assert number == len(expected)
    if expected:
        one = whoosh_postings.unpacked(number, data)
        assert {document: len(several) for document, several in expected.items()} == dict(
            zip(one.ids, one.counts, strict=True)
        )
        assert not positioned or all(list(one.places(document) or ()) == expected[document] for document in expected)


@pytest.mark.parametrize("data", [b"", b"\0", b"\2\1", b"\2\1\0\1", b"\x12\1\0"])
def test_bytes_that_are_no_posting_list_are_not_merged(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"posting list|bytes"):
        whoosh_postings.joined([(1, data, int)])


def test_words_far_into_a_long_text_are_found_in_phrases(tmp_path: Path) -> None:
    with whoosh.create(tmp_path) as engine:
        engine.add([analyse(article("1", "Wort " * 70_000 + "Nadel Heu"))])
        engine.commit()

        assert engine.search(phrase("de:nadel", "de:heu"), limit=1).total == 1
        assert engine.search(phrase("de:heu", "de:nadel"), limit=1).total == 0


def test_terms_of_more_than_a_block_and_their_posting_lists_are_whole(tmp_path: Path) -> None:
    number = whoosh_terms._BLOCK * 2 + 7
    with whoosh.create(tmp_path) as engine:
        engine.add(analyse(article(f"{i:05}", f"Wort {i}")) for i in range(number))
        engine.commit()

        answer = engine.search(word("de:wort"), limit=number)

        assert number == answer.total
        assert [f"taz/{i:05}" for i in range(number)] == [match.id for match in answer.matches]


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([2_000] * 10, [2_000] * 10),
        ([2_000] * 12, [2_000] * 10),
        ([100, 100, 100, 2_000, 2_000, 12_000, 12_000, 12_000, 12_000, 12_000], [100] * 3),
        ([100, 2_000, 2_000, 2_000, 12_000, 12_000, 12_000, 12_000, 12_000, 12_000], [2_000] * 3 + [12_000]),
        ([1, 4, 21, 110, 560, 3_000, 16_000], [1, 4]),
        ([1, 5, 26, 140, 800, 3_200, 12_000], [800, 3_200, 12_000]),
    ],
)
def test_segments_of_like_size_are_merged(sizes: list[int], merged: list[int]) -> None:
    assert whoosh_files.alike(sizes, sizes) == merged


@pytest.mark.parametrize("portions", range(2, 14))
def test_whoever_adds_one_article_behind_many_from_other_processes_merges_none_of_them(
    portions: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_MAX_SEGMENTS", 4), ("_MERGE_AT_ONCE", 3), ("_QUICKLY_MERGED", 2), ("_TIMES_ADDED", 2)):
        monkeypatch.setattr(whoosh_files, name, value)
    with whoosh.create(tmp_path) as engine, closing(directory.builder(tmp_path)) as builder:
        for portion in range(portions):
            engine.take_over(builder.build([analyse(article(f"{portion}-{n}", "Apfel")) for n in range(3)]))
            engine.commit()
        before = {path.name for path in tmp_path.glob("*.seg")}
        engine.add([analyse(article("one", "Apfel"))])
        engine.commit()

        assert before < {path.name for path in tmp_path.glob("*.seg")}


def test_of_ten_small_segments_two_are_always_alike() -> None:
    sizes = [1]
    while sizes[-1] <= whoosh_files._MERGE_LIMIT:
        sizes.append(whoosh_files._ALIKE * sizes[-1] + 1)

    assert len(sizes) < whoosh_files._MAX_SEGMENTS
