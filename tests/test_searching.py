"""Every query in docs/searching.md does what it is there to show, asked of an archive of the samples."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from index.directory import open_reader
from index.engine import SearchEngine
from index.search import search

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "searching.md").read_text(encoding="utf-8")
AS_TEXT = "What is read as text"


def queries(*, as_text: bool) -> list[str]:
    """The queries in the first column of the tables that have queries there."""
    found: list[str] = []
    for section in DOCUMENT.split("\n## ")[1:]:
        if section.startswith(AS_TEXT) == as_text:
            for table in re.findall(r"^\| query \|.*\n\|---.*\n((?:\|.*\n)+)", section, re.MULTILINE):
                found += (query for row in table.splitlines() for query in re.findall(r"`([^`]+)`", row.split("|")[1]))
    return found


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    archive = tmp_path_factory.mktemp("samples")
    command = [sys.executable, "-m", "backfile", "--archive", str(archive), "ingest", str(ROOT / "samples")]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    engine = open_reader(archive / "index")
    yield engine
    engine.close()


def test_the_document_has_queries_of_both_kinds() -> None:
    assert len(queries(as_text=False)) > 35
    assert len(queries(as_text=True)) > 10


@pytest.mark.parametrize("query", queries(as_text=False))
def test_an_example_finds_something_without_a_remark(samples: SearchEngine, query: str) -> None:
    results = search(samples, query, now=date(2026, 1, 1))

    assert results.notes == ()
    assert results.total


@pytest.mark.parametrize("query", queries(as_text=True))
def test_an_example_of_text_is_remarked_on_at_its_place(samples: SearchEngine, query: str) -> None:
    notes = search(samples, query, now=date(2026, 1, 1)).notes

    assert [note for note in notes if note.start is not None]
