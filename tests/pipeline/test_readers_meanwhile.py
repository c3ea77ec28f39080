"""Searches go on while another process ingests and rebuilds, and see whole batches only.

First at every moment of a writer, which waits while it is searched: with an index opened at that moment, and with one
opened some moments before. Then by readers that run freely, so that what a writer does comes between any two steps of
theirs.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.crash.kills import Clock
from benchmarks.crash.stage import Stage
from index.directory import open_reader
from index.engine import SearchEngine
from index.entry import Display
from index.search import search
from tests.conftest import Workbench, news

ROOT = Path(__file__).parents[2]
BATCH = 10
WRITER = """
import sys
from pathlib import Path
from backfile.config import Archive
from backfile.pipeline import builders, filling, indexing, ingest
from index import whoosh
filling.COMMIT, builders.WORTH, whoosh.POOL_LIMIT = {batch}, 8, 400
filling._even = lambda *_: {batch}
archive = Archive(Path(sys.argv[1]))
with ingest.begin(archive) as run:
    for batch in run.plan().batches:
        run.read(batch)
    run.learn(); run.clean_again(); run.compare(); run.index()
for _ in range(2):
    indexing.reindex(archive)
"""
READER = """
import sys
from datetime import date
from pathlib import Path
from index.directory import open_reader
from index.search import search
seen = []
print("reading", flush=True)
while not Path(sys.argv[2]).exists():
    with open_reader(Path(sys.argv[1])) as index:
        found = search(index, "Niederau", limit=1000, now=date(2026, 1, 1), all_copies=True)
        shown = index.displays(hit.id for hit in found.hits)
        numbers = len(shown), len(found.hits), found.total, index.count()
        assert len(set(numbers)) == 1, numbers
        state = f"{found.total}/{sum('Neuweg' in each.text for each in shown.values())}"
        if not seen or seen[-1] != state:
            seen.append(state)
print(*seen)
"""
HELD = 12  # moments that an index is kept open

State = dict[str, Display]


def state(index: SearchEngine) -> State:
    """What is found, each once."""
    found = [hit.id for hit in search(index, "Niederau", limit=1000, now=date(2026, 1, 1), all_copies=True).hits]
    shown = index.displays(found)

    assert len(found) == len(shown) == index.count()
    return shown


class Asking(Clock):
    """Has another process search at each moment at which something changes in the files, and waits for it."""

    def __init__(self, under: Path) -> None:
        super().__init__(under)
        self.asked, self._ask = os.pipe()
        self._answered, self.answer = os.pipe()

    def tick(self, what: str) -> None:
        """Ask."""
        super().tick(what)
        if not what.startswith(("sql ", "before a sync", "after a sync")):  # at these nothing can be seen
            os.write(self._ask, b"?")
            os.read(self._answered, 1)

    def answers(self, act: Callable[[], None]) -> None:
        """In the other process: act at each moment, until the asking one has ended."""
        os.close(self._ask)
        os.close(self._answered)
        while os.read(self.asked, 1):
            act()
            os.write(self.answer, b"!")
        os.close(self.asked)
        os.close(self.answer)


def watched(stage: Stage, *commands: list[str], first: Callable[[], None] = lambda: None) -> list[State]:
    """The states that were found one after the other while commands ran."""
    path = stage.archive.index_directory
    seen: list[State] = []
    held: list[tuple[SearchEngine, State]] = []

    def let_go() -> None:
        index, before = held.pop(0)
        with index:
            assert before == state(index)

    def look() -> None:
        index = open_reader(path)
        held.append((index, state(index)))
        if not seen or held[-1][1] != seen[-1]:
            seen.append(held[-1][1])
        if len(held) > HELD:
            let_go()

    clock = Asking(stage.directory)
    ended = stage.run(*commands, clock=clock, first=first, meanwhile=lambda _: clock.answers(look))
    assert ended.code == 0, ended
    while held:
        let_go()
    return seen


def batches(stage: Stage) -> list[set[str]]:
    """The ids of each commit of the index, as it was acknowledged."""
    made: list[set[str]] = [set()]
    for line in stage.acknowledged.read_text().splitlines():
        what, _, name = line.partition(" - ")
        if what in {"indexed", "withdrawn"}:
            made[-1].add(name)
        elif what == "committed":
            made.append(set())
    return made[:-1]


def changes(seen: list[State]) -> list[set[str]]:
    """The ids that came, went or changed, from one state to the next."""
    return [
        {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
        for one, other in pairwise(seen)
    ]


@pytest.fixture
def due(tmp_path: Path) -> Stage:
    """An archive that takes out what has vanished, and a pile with new, changed and vanished files."""
    stage = Stage(tmp_path / "stage")
    stage.begin()
    with stage.archive.config_file.open("a") as out:
        out.write("prune = true\n")
    stage.acknowledged.write_text("")
    return stage


@pytest.mark.slow
def test_at_every_moment_a_search_finds_what_whole_commits_made(due: Stage) -> None:
    seen = watched(due, ["ingest"], ["index", "rebuild"])

    assert batches(due) == changes(seen)
    assert len(seen) > 3
    assert sorted(due.known().articles) == sorted(seen[-1])


@pytest.mark.slow
def test_half_a_batch_would_be_seen(due: Stage) -> None:
    def commit_each() -> None:
        engine = importlib.import_module("index.whoosh").WhooshEngine
        add = engine.add

        def added(self: Any, entries: Iterable[object]) -> None:
            for each in entries:
                add(self, [each])
                self.commit()

        engine.add = added
        importlib.import_module("backfile.pipeline.builders").Builders.worth = lambda *_: 0  # nothing but `add` adds

    seen = watched(due, ["ingest"], first=commit_each)

    assert batches(due) != changes(seen)


@pytest.mark.slow
def test_no_search_fails_and_each_sees_whole_batches(workbench: Workbench, tmp_path: Path) -> None:
    def records(word: str) -> list[str]:
        return [json.dumps({"id": n, "title": f"Meldung {n}", "text": news("x", f"{word}{n}")}) for n in range(100)]

    workbench.put("export.jsonl", "\n".join(records("Radweg")[:BATCH]))
    workbench.ingest()
    index, end = workbench.archive.index_directory, tmp_path / "end"
    reading = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(index), str(end)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for each in reading:
        assert each.stdout is not None
        assert each.stdout.readline() == "reading\n"

    program = WRITER.format(batch=BATCH)
    for word in ("Radweg", "Neuweg"):
        workbench.put("export.jsonl", "\n".join(records(word)))
        command = [sys.executable, "-c", program, str(workbench.archive.directory)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=300)
    end.touch()
    seen = [each.communicate(timeout=60)[0] for each in reading]

    assert [each.returncode for each in reading] == [0, 0]
    for line in seen:
        states = [tuple(map(int, state.split("/"))) for state in line.split()]
        assert states == sorted(states)
        assert (states[0], states[-1]) == ((BATCH, 0), (100, 100))
        assert [state for state in states if state[0] % BATCH or state[1] % BATCH] == []
