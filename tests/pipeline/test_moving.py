"""An archive moves from one engine to another, whatever happens on the way."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec

import pytest

from backfile import config
from backfile.errors import EngineMissing
from backfile.pipeline import indexing, verifying
from backfile.store import open_store
from index import directory
from index.directory import MANIFEST
from tests.conftest import Workbench, news

needs_tantivy = pytest.mark.skipif(find_spec("tantivy") is None, reason="an extra: pip install 'backfile[tantivy]'")


@pytest.fixture
def ingested(workbench: Workbench) -> Workbench:
    return workbench.with_articles(4)


def engines(workbench: Workbench) -> tuple[str, str]:
    """What the configuration names, and what the index was made with."""
    manifest = json.loads((workbench.archive.index_directory / MANIFEST).read_bytes())
    return config.load(workbench.archive).engine, manifest["engine"]


def run(workbench: Workbench, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "backfile", *words],
        cwd=workbench.archive.directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def without_tantivy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("index.tantivy")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys.modules["index"], "tantivy", None, raising=False)
    monkeypatch.delattr(sys.modules["index"], "tantivy")
    monkeypatch.setitem(sys.modules, "tantivy", None)


@needs_tantivy
def test_an_archive_moves_there_and_back_and_finds_the_same(ingested: Workbench) -> None:
    archive = ingested.archive
    archive.config_file.write_text("# mine\n" + archive.config_file.read_text())

    moved = run(ingested, "index", "rebuild", "--engine", "tantivy")

    assert (moved.returncode, moved.stdout, moved.stderr) == (0, "4 articles indexed\n", "")
    assert engines(ingested) == ("tantivy", "tantivy")
    assert archive.config_file.read_text().startswith("# mine\n")
    assert ingested.found("Radweg2") == ["pile/2.txt"]
    assert verifying.verify(archive).none
    status = json.loads(run(ingested, "status", "--json").stdout)
    assert (status["index"]["engine"], status["index"]["documents"]) == ("tantivy", 4)

    run(ingested, "index", "rebuild", "--engine", "whoosh")

    assert engines(ingested) == ("whoosh", "whoosh")
    assert ingested.found("Radweg2") == ["pile/2.txt"]


@needs_tantivy
def test_ingest_goes_on_with_the_engine_that_was_moved_to(ingested: Workbench) -> None:
    indexing.reindex(ingested.archive, engine="tantivy")
    ingested.put("9.txt", news("Rat berät über Punkt 9", "Radweg9"))
    ingested.put("1.txt", news("Rat berät über Punkt 1", "Fahrradstraße"))
    ingested.ingest()

    assert engines(ingested) == ("tantivy", "tantivy")
    assert ingested.found("Radweg9") == ["pile/9.txt"]
    assert ingested.found("Fahrradstraße") == ["pile/1.txt"]
    assert verifying.verify(ingested.archive).none


@needs_tantivy
def test_a_move_that_was_killed_is_ended_by_the_next_ingest(ingested: Workbench) -> None:
    config.set_engine(ingested.archive, "tantivy")  # as far as it came

    assert engines(ingested) == ("tantivy", "whoosh")
    assert ingested.found("Radweg2") == ["pile/2.txt"]

    ingested.ingest()

    assert engines(ingested) == ("tantivy", "tantivy")
    assert ingested.found("Radweg2") == ["pile/2.txt"]


@needs_tantivy
def test_a_move_that_fails_leaves_engine_and_configuration(
    ingested: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> Iterator[object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(directory, "renewed", stopped)
    with pytest.raises(KeyboardInterrupt):
        indexing.reindex(ingested.archive, engine="tantivy")

    assert engines(ingested) == ("whoosh", "whoosh")
    assert ingested.found("Radweg2") == ["pile/2.txt"]


@pytest.mark.usefixtures("without_tantivy")
def test_an_engine_that_is_not_installed_is_named_and_changes_nothing(ingested: Workbench) -> None:
    with pytest.raises(EngineMissing, match=r"pip install 'backfile\[tantivy\]'"):
        indexing.reindex(ingested.archive, engine="tantivy")

    assert engines(ingested) == ("whoosh", "whoosh")


@needs_tantivy
def test_an_index_whose_engine_is_not_installed_is_told_of_and_made_anew_by_the_other(
    ingested: Workbench, request: pytest.FixtureRequest
) -> None:
    indexing.reindex(ingested.archive, engine="tantivy")
    request.getfixturevalue("without_tantivy")

    with pytest.raises(EngineMissing, match="--engine whoosh"):
        ingested.found("Radweg2")
    assert "backfile[tantivy]" in str(directory.describe(ingested.archive.index_directory)["problems"])

    indexing.reindex(ingested.archive, engine="whoosh")

    assert engines(ingested) == ("whoosh", "whoosh")
    assert ingested.found("Radweg2") == ["pile/2.txt"]


@needs_tantivy
def test_what_is_forgotten_leaves_no_trace_in_the_files(ingested: Workbench) -> None:
    indexing.reindex(ingested.archive, engine="tantivy")
    done = run(ingested, "forget", "pile/2.txt", "--yes")

    assert done.returncode == 0, done.stderr
    assert ingested.found("Radweg2") == []
    files = [path for path in ingested.archive.index_directory.rglob("*") if path.is_file()]
    assert not [path for path in files if b"radweg2" in path.read_bytes()]
    with closing(open_store(ingested.archive.store)) as store:
        assert store.counts()["articles"] == 3
