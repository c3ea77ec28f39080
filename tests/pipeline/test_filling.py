"""However many processes analyse articles for the index, and whatever becomes of them, it answers alike."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from backfile.config import Archive, Limits, load
from backfile.errors import BackfileError
from backfile.pipeline import builders, filling, indexing, tasks, verifying
from backfile.pipeline.builders import Builders
from backfile.pipeline.isolation import Task, Worker
from backfile.store import open_store
from index import whoosh, whoosh_files
from index.compounds import Compounds
from index.directory import open_reader
from index.search import search
from tests.conftest import Workbench, news
from tests.pipeline.made import misbehaving

WORDS = ["Radweg", "Brücke", "Turnhalle", "Rathausbrücke", "Schwimmbad", "Bücherei", "Feuerwehr"]
QUERIES = ["Niederau", "Brücke", '"guten Tag"', "rad*", "Brükce~1", "lang:de -Feuerwehr", "article7"]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes thousands of articles happens with thirty."""
    monkeypatch.setattr(builders, "WORTH", 4)
    monkeypatch.setattr(filling, "COMMIT", 5)
    monkeypatch.setattr(whoosh_files, "_MAX_SEGMENTS", 4)
    monkeypatch.setattr(whoosh_files, "_MERGE_AT_ONCE", 3)


@pytest.fixture
def pile(workbench: Workbench) -> Workbench:
    """Thirty articles, of which twelve changed and two left after they were indexed."""
    workbench.archive.config_file.write_text(
        workbench.archive.config_file.read_text(encoding="utf-8").replace("[[source]]", "[[source]]\nprune = true"),
        encoding="utf-8",
    )
    put(workbench, range(30))
    workbench.ingest()
    put(workbench, range(4, 32), more=" mehr" * 3)
    for gone in (0, 1):
        (workbench.pile / f"{gone}.txt").unlink()
    return workbench


def put(workbench: Workbench, numbers: range, more: str = "") -> None:
    for number in numbers:
        word = WORDS[number % len(WORDS)]
        extra = more if number % 2 else ""
        workbench.put(f"{number}.txt", news(f"Rat berät über {word}", f"{word} article{number}{extra}"))


def workers(archive: Archive, number: int) -> None:
    text = archive.config_file.read_text(encoding="utf-8").partition("[limits]")[0]
    archive.config_file.write_text(f"{text}[limits]\nworkers = {number}\n", encoding="utf-8")
    assert load(archive).limits.workers == number


def answers(archive: Archive) -> list[object]:
    """What searches find, with scores and snippets, and what the index knows."""
    with open_reader(archive.index_directory) as index:
        found: list[object] = [list(search(index, query, limit=50, now=date(2026, 1, 1)).hits) for query in QUERIES]
        return [*found, index.count(), index.terms("text"), json.loads(index.compounds.to_json())]


def segments(archive: Archive) -> int:
    return len(list(archive.index_directory.glob("g*/*.seg")))


def sound(archive: Archive) -> bool:
    found = verifying.verify(archive)
    left = list(archive.index_directory.glob("g*/parts"))
    return found.none and not found.waiting and not left


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the processes that were started for the index."""
    made: list[int] = []
    begin = Builders._begin

    def noted(self: Builders) -> None:
        begin(self)
        made.extend(each.pid for each in self._workers if each.pid not in made)

    monkeypatch.setattr(Builders, "_begin", noted)
    return made


def test_an_index_is_the_same_made_by_one_process_and_by_three(
    pile: Workbench, make_workbench: Callable[[str], Workbench], begun: list[int]
) -> None:
    found = []
    for number in (1, 3):
        workers(pile.archive, number)
        indexing.reindex(pile.archive)
        found.append(answers(pile.archive))
        assert sound(pile.archive)
        assert segments(pile.archive) <= 7

    assert found[0] == found[1]
    assert len(begun) == 3


def test_what_is_new_changed_or_gone_is_taken_in_alike(pile: Workbench, tmp_path: Path, begun: list[int]) -> None:
    before = answers(pile.archive)
    workers(pile.archive, 3)
    pile.ingest()
    by_three = answers(pile.archive)

    workers(pile.archive, 1)
    indexing.reindex(pile.archive)

    assert len(begun) == 3
    assert by_three[: len(QUERIES) + 1] == answers(pile.archive)[: len(QUERIES) + 1] != before[: len(QUERIES) + 1]


@pytest.mark.parametrize("deaths", [1, 1_000])
def test_a_process_that_is_killed_in_the_middle_costs_nothing(
    pile: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, deaths: int
) -> None:
    workers(pile.archive, 1)
    indexing.reindex(pile.archive)
    expected = answers(pile.archive)
    workers(pile.archive, 3)
    misbehaving(monkeypatch)
    monkeypatch.setenv("TEST_MARK", str(tmp_path / "mark"))
    monkeypatch.setenv("TEST_KILLED_BUILDING", str(deaths))
    indexing.reindex(pile.archive)

    assert answers(pile.archive) == expected
    assert sound(pile.archive)
    assert (tmp_path / "mark").stat().st_size == min(deaths, 2 * 6)  # each of six portions kills twice
    assert ("but in this one" in caplog.text) == (deaths > 1)


def test_where_no_process_can_be_started_the_index_is_made_without(
    pile: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers(pile.archive, 3)

    def refused(*_: object, **__: object) -> Worker:
        raise BackfileError("no process can be started")

    monkeypatch.setattr(builders, "Worker", refused)

    assert indexing.reindex(pile.archive) == 30
    assert sound(pile.archive)


def test_where_segments_cannot_be_taken_over_the_old_index_stays(
    pile: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers(pile.archive, 3)
    before = answers(pile.archive)

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whoosh.WhooshEngine, "take_over", broken)
    with pytest.raises(OSError, match="No space"):
        indexing.reindex(pile.archive)

    assert answers(pile.archive) == before
    assert len(list(pile.archive.index_directory.glob("g*"))) == 1


def test_no_process_is_started_for_a_few_articles(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, begun: list[int]
) -> None:
    monkeypatch.setattr(builders, "WORTH", 500)
    put(workbench, range(30))
    workers(workbench.archive, 3)

    workbench.ingest()

    assert begun == []
    assert sound(workbench.archive)


def test_what_is_learned_of_words_is_the_same(pile: Workbench) -> None:
    with closing(open_store(pile.archive.store)) as store:
        learned: list[Compounds] = []
        for number in (1, 3):
            with builders.builders(Limits(workers=number)) as processes:
                learned.append(filling.learned(store, processes))

    assert learned[0].to_json() == learned[1].to_json()


def test_no_more_is_held_than_a_portion_for_each_process_and_one_more(pile: Workbench) -> None:
    held: set[int] = set()
    most = 0

    def given() -> Iterator[Task]:
        nonlocal most
        with closing(open_store(pile.archive.store)) as store:
            for number, portion in enumerate(store.packed(2)):
                held.add(number)
                most = max(most, len(held))
                yield Task(tasks.count(portion), str(number))

    with builders.builders(Limits(workers=2)) as processes:
        names = []
        for task in processes.over(given()):
            names.append(task.about)
            held.remove(int(task.about))

    assert names == [str(number) for number in range(15)]
    assert most == 3
