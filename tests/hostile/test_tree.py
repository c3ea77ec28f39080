"""The whole hostile tree, ingested by the command line with ordinary articles between, as a person would."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile import run, tree
from tests.hostile.case import Case, Outcome

pytestmark = pytest.mark.slow
BOUNDS = run.Bounds(cpu=500, memory=3 << 30)
DEEP = 60
FAILED = 3  # finished, but some inputs failed in this run


@dataclass(frozen=True, slots=True)
class Ingested:
    """The tree after two ingests."""

    folder: Path
    first: run.Done
    second: run.Done
    report: Mapping[str, Mapping[str, int]]  # of the second
    found: Mapping[str, Outcome]
    around: tuple[list[str], list[str]]  # what lay beside the archive before and after


@pytest.fixture(scope="module")
def ingested() -> Iterator[Ingested]:
    with run.folder() as here:
        tree.write(here / "tree")
        archive = here / "archive"
        before = listed(here)
        first = run.backfile("--archive", archive, "ingest", here / "tree", cwd=here, bounds=BOUNDS)
        found = run.outcomes(archive, here / "tree", cwd=here, bounds=BOUNDS)
        second = run.backfile("--archive", archive, "ingest", "--json", cwd=here, bounds=BOUNDS)
        yield Ingested(here, first, second, json.loads(second.out), found, (before, listed(here)))


def listed(here: Path) -> list[str]:
    """All paths but the archive's, the commands' output, and those in folders too deep for Python to walk."""
    found = []
    for folder, folders, names in os.walk(here):
        folders[:] = [name for name in folders if name not in {"archive", "tmp"} or folder != str(here)]
        found += [f"{folder}/{name}" for name in [*folders, *names] if name not in {"stdout", "stderr"}]
        if folder.count("/") > DEEP:
            folders.clear()
    return sorted(found)


def test_at_least_forty_kinds_of_harm_are_tried() -> None:
    names = [case.name for case in tree.CASES]

    assert len(names) == len(set(names))
    assert len(names) > 120


@pytest.mark.parametrize("case", tree.CASES, ids=lambda case: case.name)
def test_each_case_becomes_what_it_is_said_to(ingested: Ingested, case: Case) -> None:
    assert run.words(ingested.found.get(case.name, Counter())) == run.words(case.outcome)


def test_every_neighbour_is_stored_and_found(ingested: Ingested) -> None:
    here = ingested.folder
    done = run.backfile(
        "--archive", here / "archive", "search", tree.WORD, "-l", "--all-copies", cwd=here, bounds=BOUNDS
    )
    found = done.out.splitlines()

    assert ingested.found[""] == Counter(article=len(tree.GOOD))
    assert [name for name in tree.GOOD if not any(line.endswith(f"/{name}") for line in found)] == []


def test_nothing_is_written_beside_the_archive_and_no_traceback_anywhere(ingested: Ingested) -> None:
    log = ingested.folder / "archive" / "backfile.log"
    told = [ingested.first.out, ingested.first.err, ingested.second.err, log.read_text(encoding="utf-8")]

    assert ingested.around[0] == ingested.around[1]
    assert list((ingested.folder / "tmp").iterdir()) == []
    assert [text for text in told if "Traceback" in text or "our fault" in text] == []
    assert [text for text in told if "\x1b" in text or "\u202e" in text] == []


def test_the_run_says_that_inputs_failed_and_the_next_finds_nothing_new(ingested: Ingested) -> None:
    documents = sum(sum(outcome.values()) for outcome in ingested.found.values())

    assert (ingested.first.code, ingested.second.code) == (FAILED, 0)
    assert {word: n for word, n in ingested.report["documents"].items() if n} == {"unchanged": documents}
    assert ingested.report["states"] == {}
