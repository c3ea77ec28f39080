"""Kill -9 at numbered moments of an ingest and a rebuild: at each file that is opened for writing, synced, renamed or
removed, at each statement of the database, and at each acknowledgement. In between nothing on disk changes but the
contents of a file that nobody relies on yet.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from benchmarks.crash.scenes import Scene
from benchmarks.crash.stage import Ended, Stage

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGING = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"})


class Clock:
    """Counts the moments of a run, and does something at one of them."""

    def __init__(self, under: Path, fatal: int = 0, strike: Callable[[str], None] = lambda _: None) -> None:
        self._under = str(under)
        self._fatal = fatal
        self._strike = strike
        self.moments: list[str] = []

    def tick(self, what: str) -> None:
        """A moment has come."""
        self.moments.append(what)
        if len(self.moments) == self._fatal:
            self._strike(what)

    def wind(self) -> None:
        """Count from here on, in this process, which cannot stop doing so."""
        sys.addaudithook(self._audited)
        real = os.fsync

        def fsync(descriptor: int) -> None:
            self.tick("before a sync")
            real(descriptor)
            self.tick("after a sync")

        os.fsync = fsync  # type: ignore[assignment]

        @event.listens_for(sa.Engine, "connect")
        def traced(connection: sqlite3.Connection, _record: object) -> None:
            connection.set_trace_callback(lambda statement: self.tick(f"sql {statement.split(None, 1)[0].upper()}"))

    def _audited(self, name: str, arguments: tuple[object, ...]) -> None:
        if name == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING and str(path).startswith(self._under):
                self.tick("open")
        elif name in _CHANGING and str(arguments[0]).startswith(self._under):
            self.tick(name)


def kill(_what: str) -> None:
    """Die here and now."""
    os.kill(os.getpid(), signal.SIGKILL)


RUN = (["ingest"], ["index", "rebuild"])


def moments(stage: Stage, commands: Sequence[Sequence[str]] = RUN) -> tuple[list[str], Ended]:
    """Every moment of a run that nothing happens to."""
    noted = stage.directory / "moments"
    clock = Clock(stage.directory)
    ended = stage.run(*commands, clock=clock, noted=noted)
    return noted.read_text(encoding="utf-8").split("\n"), ended


def chosen(known: list[str], number: int, seed: int) -> list[int]:
    """Numbers of moments, from 1: half of them, where there are as many, at files; the rest at statements."""
    draw = random.Random(seed)
    files = [n for n, what in enumerate(known, 1) if not what.startswith("sql ")]
    picked = set(draw.sample(files, min(len(files), (number + 1) // 2)))
    rest = [n for n in range(1, len(known) + 1) if n not in picked]
    return sorted(picked | set(draw.sample(rest, min(len(rest), number - len(picked)))))


def sweep(scene: Scene, number: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """For each moment that a run was killed at: which it was, and what was lost."""
    whole = scene.begun.copy(scene.directory / "counted")
    known, ended = moments(whole, scene.commands(whole))
    assert ended.code == 0, ended
    for at in chosen(known, number, seed):
        struck = scene.begun.copy(scene.directory / "struck")
        ended = struck.run(*scene.commands(struck), clock=Clock(struck.directory, at, kill))
        lost = scene.faults(struck, struck.acknowledged.read_text(encoding="utf-8"))
        if ended.code != 128 + signal.SIGKILL:
            lost.append(f"was not killed, but ended with {ended.code}: {ended.said}")
        yield f"moment {at} of {len(known)}, {known[at - 1]}", lost
        shutil.rmtree(struck.directory)
