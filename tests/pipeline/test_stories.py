"""Stories of an archive: a function of what is stored, whatever came first and however often somebody stopped."""

import json
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
from backfile.pipeline.storyline import storyline
from backfile.store import Store, open_store
from backfile.store.tables import subjects, telling
from tests.conftest import Workbench
from transforms.story import terms

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
    store = open_store(workbench.archive.store_file)
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


def test_a_story_that_is_described_in_part_is_finished_by_the_next_call(workbench: Workbench) -> None:
    put(workbench, "news", rows_of("vote-1", "vote-2", "comet-1", "comet-2", "fest-1", "strike-1"))
    with ingest.begin(workbench.archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
    with opened(workbench) as store:
        copying.compare(store)
        first = next(store.undescribed(3))
        store.describe([stories.subject_of(each) for each in first], terms.VERSION)
        assert stories.story_of(store, "pile/vote-1") == ()  # nothing is listed yet
    take_in(workbench)

    assert frozenset({"pile/vote-1", "pile/vote-2"}) in told(workbench)


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
    house = stories.house_of(article_of("https://www.bote.example/a"))

    assert house == stories.house_of(article_of("https://m.bote.example/b", "Der Bote"))
    assert house != stories.house_of(article_of("https://www.kurier.example/a"))
    assert stories.house_of(article_of(None, "Der Bote")) == stories.house_of(article_of(None, "DER BOTE"))
    assert {stories.house_of(article_of(url)) for url in (None, "", "http://[")} == {stories.UNKNOWN}


def test_the_store_keeps_who_brought_an_article(workbench: Workbench) -> None:
    rows = rows_of("merger-1", "merger-2", "quake-1", "quake-3")
    urls = [{"url": f"https://www.{'bote' if row['id'][0] == 'm' else row['id']}.example/{row['id']}"} for row in rows]
    put(workbench, "news", [row | url for row, url in zip(rows, urls, strict=True)])
    take_in(workbench)

    with opened(workbench) as store:
        told = {
            each.article_id.removeprefix("pile/"): each.terms[-stories.HOUSE :]
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
    begins, ends = stories.days_of(article)
    if expected is None:
        assert (begins, ends) == (None, None)
    else:
        assert begins is not None
        assert ends is not None
        assert ends - begins + 1 == expected[0]


def test_the_samples_tell_one_event_in_two_languages_and_a_wire_story_in_three_versions(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.config_file.write_text(config.FRESH, encoding="utf-8")
    config.add_source(archive, "samples", str(SAMPLES))
    with ingest.begin(archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.learn()
        run.clean_again()
        run.compare()
        run.finish()
    store = open_store(archive.store_file)
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
