"""The flows as functions, without a server: tests/flows/test_life.py has the whole."""

import importlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from backfile.config import Archive, add_source, find_or_make_archive
from backfile.store import ArchiveLock

ARTICLE = """Leuchtturm bekommt neuen Anstrich

12. März 2024. Der Leuchtturm von Norderhafen wird in diesem Sommer neu gestrichen. Das teilte das Wasserstraßenamt mit.

Die Arbeiten dauern bis September und kosten 340.000 Euro. Der Turm bleibt währenddessen für Besucher geschlossen.
"""


@dataclass
class Left:
    """The artifacts that a flow made, by key, in place of a server."""

    tables: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def __call__(self, table: list[dict[str, object]], *, key: str, description: str) -> None:
        self.tables[key] = table


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home for Prefect; it reads its environment when it is imported, and makes a folder there."""
    with pytest.MonkeyPatch.context() as patch:
        directory = tmp_path_factory.mktemp("prefect")
        patch.setenv("PREFECT_HOME", str(directory))
        yield directory


@pytest.fixture
def reindex(home: Path) -> ModuleType:
    return importlib.import_module("flows.reindex")


@pytest.fixture
def ingest(home: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of the flow, its tasks and logger replaced by what they are without Prefect."""
    module = importlib.import_module("flows.ingest")
    for name in ("read", "learn", "clean_again", "compare", "update_index"):
        monkeypatch.setattr(module, name, getattr(module, name).fn)
    monkeypatch.setattr(module, "get_run_logger", lambda: logging.getLogger("flow"))
    return module


@pytest.fixture
def left(ingest: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Left:
    made = Left()
    monkeypatch.setattr(ingest, "create_table_artifact", made)
    return made


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with one source, a folder that holds one article."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "leuchtturm.txt").write_text(ARTICLE, encoding="utf-8")
    archive = find_or_make_archive(tmp_path / "archive")
    add_source(archive, "news", str(folder))
    return archive


def test_a_run_ends_as_completed_and_says_what_it_did(ingest: ModuleType, archive: Archive, left: Left) -> None:
    state = ingest.ingest.fn(archive=str(archive.directory))

    assert (state.type, state.name) == ("COMPLETED", "Completed")
    assert state.message == ("1 new, 0 changed, 0 unchanged; 1 stored, 0 rejected, 0 failed; 1 added to the index")


def test_a_run_leaves_a_table_of_counts_and_one_of_failures(ingest: ModuleType, archive: Archive, left: Left) -> None:
    ingest.ingest.fn(archive=str(archive.directory))

    assert {"count of": "documents", "which": "new", "number": 1} in left.tables["ingest-report"]
    assert left.tables["ingest-failures"] == []


def test_a_second_run_changes_nothing(ingest: ModuleType, archive: Archive, left: Left) -> None:
    ingest.ingest.fn(archive=str(archive.directory))
    state = ingest.ingest.fn(archive=str(archive.directory))

    assert state.message == ("0 new, 0 changed, 1 unchanged; 0 stored, 0 rejected, 0 failed; 0 added to the index")


def test_a_run_in_which_an_input_failed_ends_under_another_name(
    ingest: ModuleType, archive: Archive, left: Left
) -> None:
    add_source(archive, "away", "/nowhere/![x](y)<b>")
    state = ingest.ingest.fn(archive=str(archive.directory))

    assert (state.type, state.name) == ("COMPLETED", "CompletedWithFailures")
    assert [row["uri"] for row in left.tables["ingest-failures"]] == ["/nowhere/!(x)(y)‹b›"]


def test_a_run_may_be_told_which_sources(ingest: ModuleType, archive: Archive, left: Left) -> None:
    add_source(archive, "away", "/nowhere")
    state = ingest.ingest.fn(archive=str(archive.directory), sources=["news"])

    assert state.name == "Completed"


def test_many_batches_are_at_most_so_many_tasks(
    ingest: ModuleType, archive: Archive, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = archive.directory.parent / "news"
    for number in range(9):
        (folder / f"{number}.txt").write_text(f"{ARTICLE}\nEs ist der {number}. Turm.\n", encoding="utf-8")
    monkeypatch.setattr("backfile.pipeline.listing.BATCH_INPUTS", 1)
    monkeypatch.setattr(ingest, "MAX_TASKS", 4)
    shares: list[tuple[int, int, int]] = []
    read = ingest.read

    def noted(run: object, share: list[object], *, part: int, parts: int) -> object:
        shares.append((part, parts, len(share)))
        return read(run, share, part=part, parts=parts)

    monkeypatch.setattr(ingest, "read", noted)
    ingest.ingest.fn(archive=str(archive.directory))

    assert shares == [(1, 4, 3), (2, 4, 3), (3, 4, 3), (4, 4, 1)]


def test_two_runs_of_one_archive_exclude_each_other(ingest: ModuleType, reindex: ModuleType, archive: Archive) -> None:
    with ArchiveLock(archive.lock_file):
        states = [flow.fn(archive=str(archive.directory), wait_seconds=0) for flow in (ingest.ingest, reindex.reindex)]

    assert [state.type for state in states] == ["FAILED", "FAILED"]
    assert [f"{archive.directory} is being written by process" in state.message for state in states] == [True, True]


def test_a_flow_works_on_the_archive_of_the_environment_when_none_is_named(
    ingest: ModuleType, archive: Archive, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKFILE_ARCHIVE", str(archive.directory))
    states = [ingest.ingest.fn(archive=named) for named in (None, "")]

    assert [state.name for state in states] == ["Completed", "Completed"]


def test_a_missing_archive_fails_in_one_line_and_is_not_made(
    ingest: ModuleType, reindex: ModuleType, tmp_path: Path
) -> None:
    states = [flow.fn(archive=str(tmp_path / "none")) for flow in (ingest.ingest, reindex.reindex)]

    said = f"{tmp_path / 'none'} is no archive (it has no backfile.toml); 'backfile ingest PATH' makes one"
    assert [(state.type, state.message) for state in states] == [("FAILED", said), ("FAILED", said)]
    assert not (tmp_path / "none").exists()


def test_an_archive_without_sources_fails_in_one_line(ingest: ModuleType, tmp_path: Path) -> None:
    archive = find_or_make_archive(tmp_path)
    state = ingest.ingest.fn(archive=str(archive.directory))

    assert state.type == "FAILED"
    assert state.message == f"{archive.config_file} names no source; say 'backfile ingest PATH'"


def test_reindexing_says_how_many_articles_there_are(
    ingest: ModuleType, reindex: ModuleType, archive: Archive, left: Left
) -> None:
    ingest.ingest.fn(archive=str(archive.directory))
    state = reindex.reindex.fn(archive=str(archive.directory))

    assert (state.type, state.message) == ("COMPLETED", "articles in the index: 1")
