"""Stories of an archive: a function of what is stored, whatever came first and however often somebody stopped."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from backfile import config
from backfile.article import Article, Span
from backfile.config import Archive
from backfile.pipeline import copying, ingest, stories
from backfile.pipeline import subjects as described
from backfile.pipeline.storyline import storyline
from backfile.store import Store, open_store
from backfile.store.tables import subjects, telling
from backfile.stories import HOUSE
from tests.conftest import Place, Workbench, configured
from transforms.story import terms

BOTH_STORES = True

LABELLED = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "transforms" / "story" / "labelled.jsonl").read_text("utf-8").splitlines()
]
SEEDS = Path(__file__).parents[3] / "shared" / "data" / "seeds"
SAMPLES = Path(__file__).parents[2] / "samples"


def line(row: dict[str, Any]) -> str:
    kept = ("id", "title", "text", "published", "url")
    return json.dumps({name: row[name] for name in kept if name in row} | {"language": row["lang"]}, ensure_ascii=False)


def put(workbench: Workbench, name: str, rows: list[dict[str, Any]]) -> None:
    workbench.put(f"{name}.jsonl", "\n".join(map(line, rows)) + "\n")


def take_in(workbench: Workbench) -> None:
    with ingest.begin(workbench.archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.compare()
        run.finish()


@contextmanager
def opened(workbench: Workbench) -> Iterator[Store]:
    store = open_store(workbench.archive.store)
    try:
        yield store
    finally:
        store.close()


def told(workbench: Workbench) -> set[frozenset[str]]:
    with opened(workbench) as store:
        return {frozenset(name for group in story for name in group) for story in stories.stories(store)}


def rows_of(*names: str) -> list[dict[str, Any]]:
    return [row for row in LABELLED if row["id"] in names]


def test_stories_are_found_in_the_store(workbench: Workbench) -> None:
    put(workbench, "news", LABELLED)
    take_in(workbench)

    found = told(workbench)

    assert frozenset({"pile/vote-1", "pile/vote-2", "pile/vote-3"}) in found
    assert frozenset({"pile/quake-1", "pile/quake-2", "pile/quake-3"}) in found
    assert not any("pile/survey-1" in story for story in found)


@settings(max_examples=4, deadline=None)
@given(order=st.permutations(range(0, len(LABELLED), 2)), parts=st.integers(1, 4))
def test_stories_depend_neither_on_order_nor_on_runs(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], parts: int
) -> None:
    one, other = (Workbench(tmp_path_factory.mktemp("archive")) for _ in range(2))
    rows = [LABELLED[at] for at in order]
    put(one, "all", LABELLED[::2])
    take_in(one)
    for part in range(parts):
        put(other, f"part-{part}", rows[part::parts])
        take_in(other)

    assert told(other) == told(one)


def test_what_leaves_the_archive_leaves_its_story(workbench: Workbench) -> None:
    settings_file = workbench.archive.config_file
    settings_file.write_text(settings_file.read_text("utf-8") + "prune = true\n", encoding="utf-8")
    put(workbench, "kept", [row for row in LABELLED if not row["id"].startswith("vote")])
    put(workbench, "gone", [row for row in LABELLED if row["id"].startswith("vote")])
    take_in(workbench)
    before = told(workbench)
    (workbench.pile / "gone.jsonl").unlink()
    take_in(workbench)

    assert before - told(workbench) == {frozenset({"pile/vote-1", "pile/vote-2", "pile/vote-3"})}
    with opened(workbench) as store, store._engine.connect() as connection:
        orphans = sa.select(sa.func.count()).where(telling.c.subject_id.not_in(sa.select(subjects.c.id)))
        assert connection.scalar(orphans) == 0


def test_copies_count_once_and_the_best_dated_stands_for_them(workbench: Workbench) -> None:
    put(workbench, "news", LABELLED)
    take_in(workbench)

    with opened(workbench) as store:
        groups = stories.story_of(store, "pile/quake-2")
        assert groups == (("pile/quake-1", "pile/quake-2"), ("pile/quake-3",))
        assert store.described_count() == len(LABELLED) - 1
        assert {store.standing_for(f"pile/quake-{n}") for n in (1, 2)} == {"pile/quake-1"}


def test_terms_of_another_version_are_made_anew(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    put(workbench, "news", LABELLED)
    take_in(workbench)
    before = told(workbench)
    with opened(workbench) as store:
        monkeypatch.setattr("transforms.story.terms.VERSION", 99)
        stories.describe(store)
        with store._engine.connect() as connection:
            assert set(connection.scalars(sa.select(subjects.c.version))) == {99}

    assert told(workbench) == before


def read(workbench: Workbench) -> None:
    with ingest.begin(workbench.archive) as run:
        for batch in run.plan().batches:
            run.read(batch)


def forget_what_is_told(workbench: Workbench) -> None:
    """As an archive is that was made before articles brought it along."""
    with opened(workbench) as store, store._engine.begin() as connection:
        connection.execute(telling.delete())
        connection.execute(subjects.delete())


def rows_told(workbench: Workbench) -> tuple[list[Any], list[Any]]:
    """What stands in the store of what articles are about, but for the numbers of rows."""
    columns = [each for each in subjects.c if each.name != "id"]
    mine = sa.select(telling.c.term, telling.c.begins, subjects.c.article_id)
    listed = mine.join_from(telling, subjects, telling.c.subject_id == subjects.c.id)
    with opened(workbench) as store, store._engine.connect() as connection:
        known = connection.execute(sa.select(*columns).order_by(subjects.c.article_id)).all()
        return list(known), sorted(connection.execute(listed).all())


def test_a_story_that_is_described_in_part_is_finished_by_the_next_call(workbench: Workbench) -> None:
    put(workbench, "news", rows_of("vote-1", "vote-2", "comet-1", "comet-2", "fest-1", "strike-1"))
    read(workbench)
    forget_what_is_told(workbench)
    with opened(workbench) as store:
        copying.compare(store)
        first = next(store.undescribed(3))
        store.describe([(each, described.about(each.article)) for each in first])
        assert stories.story_of(store, "pile/vote-1") == ()  # nothing is listed yet
    take_in(workbench)

    assert frozenset({"pile/vote-1", "pile/vote-2"}) in told(workbench)


def test_what_comes_with_articles_is_what_the_store_would_be_told_of_them(workbench: Workbench) -> None:
    put(workbench, "news", LABELLED)
    take_in(workbench)
    brought = rows_told(workbench)
    forget_what_is_told(workbench)
    with opened(workbench) as store:
        assert not store.all_described()
        stories.describe(store)

    assert rows_told(workbench) == brought
    assert len(brought[0]) == len(LABELLED)


def test_an_article_is_described_in_the_transaction_that_writes_it(workbench: Workbench) -> None:
    put(workbench, "news", LABELLED)
    read(workbench)

    with opened(workbench) as store:
        assert store.all_described()
        assert list(store.undescribed(10)) == []
        assert store.described_count() == 0  # who stands for a copy group is known when copies were compared


def corrected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"text": "Korrigiert. " + row["text"]} if at % 3 else row for at, row in enumerate(rows[4:])]


@pytest.mark.parametrize("stop", ["read", "compare", "forget", "describe"])
def test_a_run_that_is_stopped_describes_nothing_twice_and_nothing_never(
    workbench: Workbench, tmp_path: Path, stop: str
) -> None:
    """With news, changed and vanished articles and copies, the rows are those of an archive that was not stopped."""
    (tmp_path / "whole").mkdir()
    whole = Workbench(tmp_path / "whole")
    for each in (workbench, whole):
        settings_file = each.archive.config_file
        settings_file.write_text(settings_file.read_text("utf-8") + "prune = true\n", encoding="utf-8")
        put(each, "news", LABELLED)
        take_in(each)
        put(each, "news", corrected(LABELLED))
        put(each, "more", [row | {"id": f"{row['id']}-again"} for row in LABELLED[::2]])
    read(workbench)
    with opened(workbench) as store:
        if stop != "read":
            copying.compare(store)
        if stop in {"forget", "describe"}:
            store.forget_subjects(terms.VERSION)
        if stop == "describe":
            store._follow_groups()
    take_in(workbench)
    take_in(whole)

    assert rows_told(workbench) == rows_told(whole)


def test_a_copy_of_what_is_indexed_joins_its_group_whatever_the_index_says(workbench: Workbench) -> None:
    """Stopped after reading; `index rebuild` then makes an index of what is stored."""
    put(workbench, "news", LABELLED)
    take_in(workbench)
    put(workbench, "more", [row | {"id": "late"} for row in rows_of("quake-2")])
    read(workbench)
    with opened(workbench) as store:
        store.mark_all_indexed()
    take_in(workbench)

    with opened(workbench) as store:
        assert store.standing_for("pile/late") == "pile/quake-1"


def test_an_article_that_is_cleaned_again_is_described_with_it(workbench: Workbench) -> None:
    text = ["Erster Absatz über den Hafen von Ashford.", "***", "Zweiter Absatz über den Hafen von Ashford."]
    put(workbench, "news", [{"id": "a", "title": "Hafen", "text": "\n\n".join(text), "lang": "de"}])
    take_in(workbench)
    with opened(workbench) as store:
        store.disable_rule("separator", "pile/a")
    with ingest.begin(workbench.archive) as run:
        run.plan()
        assert run.clean_again() == 1
        assert run._store.all_described()
        run.compare()

    with opened(workbench) as store:
        assert store.described_count() == 1


# Small and in an index of their own: how many articles and documents of sites there are.
COUNTED = {
    "SCAN articles USING COVERING INDEX",
    "SCAN traces USING COVERING INDEX",
}


# So PostgreSQL joins tables that are small; of a million lines it looked up the 8,000 that were asked for.
ALONG_AN_INDEX = {"SCAN occurrences USING COVERING INDEX"}


def test_a_run_that_adds_a_few_articles_goes_through_no_table(workbench: Workbench) -> None:
    put(workbench, "news", LABELLED)
    take_in(workbench)
    put(workbench, "more", [row | {"id": f"{row['id']}-again"} for row in LABELLED[:3]])
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        asked.append((statement, parameters[0] if many else parameters))

    with ingest.begin(workbench.archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        sa.event.listen(run._store._engine, "before_cursor_execute", note)
        run.learn()
        run.clean_again()
        run.compare()
        sa.event.remove(run._store._engine, "before_cursor_execute", note)
        with run._store._engine.connect() as connection:
            scans = scans_of if isinstance(workbench.archive.store, Path) else scans_in_postgresql
            found = {
                each
                for statement, parameters in asked
                if statement.startswith(("SELECT", "UPDATE", "DELETE"))
                for each in scans(connection, statement, parameters)
            }

    large = r"SCAN (documents|extractions|articles|removals|traces|occurrences|texts|samples|subjects|telling)\b"
    known = tuple(COUNTED if scans is scans_of else COUNTED | ALONG_AN_INDEX)
    assert {each for each in found if re.match(large, each) and not each.startswith(known)} == set()


def scans_of(connection: sa.Connection, statement: str, parameters: Any) -> set[str]:
    """How SQLite goes through tables for a statement."""
    return {row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)}


def scans_in_postgresql(connection: sa.Connection, statement: str, parameters: Any) -> set[str]:
    """The same of PostgreSQL, as it would plan for tables that are large: not through one where an index helps."""
    connection.exec_driver_sql("ANALYZE")
    for other in ("seqscan", "hashjoin", "mergejoin"):
        connection.exec_driver_sql(f"SET LOCAL enable_{other} = off")
    [[plan]] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalars()
    found, nodes = set(), [plan["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        # A bitmap is of those rows that an index finds: its part below says by what, if by anything.
        if node["Node Type"].endswith(" Scan") and "Bitmap Heap" not in node["Node Type"] and "Index Cond" not in node:
            kind = " USING COVERING INDEX" if "Index" in node["Node Type"] else ""
            table = node.get("Relation Name") or node.get("Index Name", "").removeprefix("pk_")
            found.add(f"SCAN {table}{kind}: {statement}")
    return found


def test_who_was_first_and_what_was_cut_is_said(workbench: Workbench) -> None:
    put(workbench, "news", LABELLED)
    take_in(workbench)
    with opened(workbench) as store:
        story = storyline(store, "pile/quake-3")
        alone = storyline(store, "pile/single-1")

    assert alone is None
    assert story is not None
    assert story.texts == 2
    assert set(story.first) == {"pile/quake-1", "pile/quake-2", "pile/quake-3"}  # one minute, two whole days
    cut = next(each for each in story.versions if each.article.id == "pile/quake-2")
    assert cut.against == "pile/quake-1"
    assert cut.comparison is not None
    assert len(cut.comparison.cut) == 2
    assert cut.comparison.added == ()


def article_of(url: str | None, publisher: str | None = None) -> Article:
    return Article("s/1", "s", "u", (Span(0, 0, "text"),), url=url, publisher=publisher)


def test_a_house_is_the_registered_part_of_the_address_or_else_the_publisher() -> None:
    house = described.house_of(article_of("https://www.bote.example/a"))

    assert house == described.house_of(article_of("https://m.bote.example/b", "Der Bote"))
    assert house != described.house_of(article_of("https://www.kurier.example/a"))
    assert described.house_of(article_of(None, "Der Bote")) == described.house_of(article_of(None, "DER BOTE"))
    assert {described.house_of(article_of(url)) for url in (None, "", "http://[")} == {described.UNKNOWN}


def test_the_store_keeps_who_brought_an_article(workbench: Workbench) -> None:
    rows = rows_of("merger-1", "merger-2", "quake-1", "quake-3")
    urls = [{"url": f"https://www.{'bote' if row['id'][0] == 'm' else row['id']}.example/{row['id']}"} for row in rows]
    put(workbench, "news", [row | url for row, url in zip(rows, urls, strict=True)])
    take_in(workbench)

    with opened(workbench) as store:
        told = {
            each.article_id.removeprefix("pile/"): each.terms[-HOUSE:]
            for each in store.subjects([f"pile/{row['id']}" for row in rows])
        }
    assert told["merger-1"] == told["merger-2"]
    assert told["quake-1"] != told["quake-3"]


@pytest.mark.parametrize(
    ("published", "expected"),
    [("2024", (366, 1)), ("2024-02", (29, 1)), ("2024-02-03T10:00+01:00", (1, 3)), (None, None), ("0000-13", None)],
)
def test_a_date_is_the_days_that_it_may_be(published: str | None, expected: tuple[int, int] | None) -> None:
    article = Article("s/1", "s", "u", (Span(0, 0, "text"),), published=published)
    begins, ends = described.days_of(article)
    if expected is None:
        assert (begins, ends) == (None, None)
    else:
        assert begins is not None
        assert ends is not None
        assert ends - begins + 1 == expected[0]


def test_the_samples_tell_one_event_in_two_languages_and_a_wire_story_in_three_versions(
    tmp_path: Path, place: Place
) -> None:
    archive = Archive(tmp_path)
    archive.config_file.write_text(configured(place()), encoding="utf-8")
    config.add_source(archive, "samples", str(SAMPLES))
    with ingest.begin(archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.learn()
        run.clean_again()
        run.compare()
        run.finish()
    store = open_store(archive.store)
    found = [[sorted(Path(each).stem for each in group) for group in story] for story in stories.stories(store)]
    wire = stories.story_of(store, "samples/texte/inselfaehre-sandbank.txt")
    store.close()

    assert found == [[["ottertal-viaduct-closed-after-crack"], ["ottertalbruecke-ab-sofort-gesperrt-8801234"]]]
    assert [len(group) for group in wire] == [3]


@pytest.mark.skipif(not SEEDS.exists(), reason="needs ../shared/data")
def test_the_seeds_are_two_stories_and_one_alone(workbench: Workbench) -> None:
    for file in SEEDS.iterdir():
        workbench.put(file.name, file.read_bytes())
    take_in(workbench)

    found = {frozenset(name.removeprefix("pile/")[:3] for name in story) for story in told(workbench)}

    assert found == {frozenset({"000", "001"}), frozenset({"002", "004"})}
