"""Machines that take part in a run: in threads where that is enough, in processes where they are to be killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from backfile import config
from backfile.config import Archive
from backfile.database import Database
from backfile.pipeline import ingest, offering, shard, sharing
from backfile.pipeline.ingest import Ingest, Report
from backfile.pipeline.listing import Selection
from backfile.pipeline.shard import Done
from backfile.store import Store
from tests.conftest import CREW
from tests.pipeline.made import rows

__all__ = ["rows"]  # what stands in a store

PATIENCE = 60.0  # seconds after which a test fails that would hang


def archive_beside(pile: Archive, directory: str, place: Database | None) -> Archive:
    """Another archive of the same sources."""
    made = Archive(pile.directory.parent / directory)
    made.directory.mkdir()
    text = pile.config_file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("store =")]
    named = [f'store = "{place}"'] if place else []
    at = lines.index("[archive]") + 1
    made.config_file.write_text("\n".join([*lines[:at], *named, *lines[at:], ""]), encoding="utf-8")
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units that are small beside the piles of tests, and a run that waits for nobody for long."""
    monkeypatch.setattr(offering, "UNIT_INPUTS", 4)
    monkeypatch.setattr(offering, "UNIT_BYTES", 8_000)
    monkeypatch.setattr(sharing, "UNIT_BYTES", 8_000)
    monkeypatch.setattr(offering, "CUT_FROM", 12_000)
    monkeypatch.setattr(sharing, "RANGES_AT_ONCE", 3)
    monkeypatch.setattr(sharing, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(sharing, "LEASE_SECONDS", 5.0)
    monkeypatch.setattr(shard, "IDLE_SECONDS", 0.05)


@contextmanager
def left_to_shards(patch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The run claims nothing itself until the event is set, or all has gone wrong."""
    claim = Store.claim_this
    help_out = threading.Event()
    end = time.monotonic() + PATIENCE

    def claimed(store: Store, *which: Any) -> Any:
        return claim(store, *which) if help_out.is_set() or time.monotonic() > end else None

    with patch.context() as mine:
        mine.setattr(Store, "claim_this", claimed)
        yield help_out


class Shard(threading.Thread):
    """A machine that takes part, in a thread."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(daemon=True)
        self.archive = archive
        self.done: Done | BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.done = shard.work(self.archive, wait=60)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test looks at it
            self.done = error

    def ended(self) -> Done:
        self.join(60)
        assert isinstance(self.done, Done), self.done
        return self.done


class Process:
    """A machine that takes part, in a process that can be killed."""

    def __init__(self, archive: Archive) -> None:
        words = ["--archive", str(archive.directory), "shard", "--wait", "60"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backfile", *words], stderr=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        self.pid = self._process.pid

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def ended(self) -> str:
        """What it said last."""
        _, told = self._process.communicate(timeout=60)
        return told.splitlines()[-1] if told else ""


def until(what: Callable[[], Any], seconds: float = 60) -> Any:
    """What something comes to, once it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come to that")


def up_to_the_index(run: Ingest, meanwhile: Callable[[], None] = lambda: None) -> Report:
    for batch in run.plan().batches:
        meanwhile()
        run.read(batch)
    run.learn()
    run.clean_again()
    run.compare()
    return run.finish()


def shared(archive: Archive, **more: Any) -> Report:
    """A run that is open to shards."""
    with ingest.begin(archive, shards=ingest.Shards(), selection=Selection(gone=True), **more) as run:
        return up_to_the_index(run)


def alone(archive: Archive) -> Report:
    """A run on one machine."""
    with ingest.begin(archive, selection=Selection(gone=True), crew=CREW) as run:
        return up_to_the_index(run)


def one_worker(archive: Archive) -> None:
    with archive.config_file.open("a", encoding="utf-8") as file:
        file.write("\n[limits]\nworkers = 1\n")
    config.load(archive)


def comparable(report: Report) -> dict[str, Any]:
    """What a run counted, but for who did it and when."""
    return {**report.to_json(), "archive": "", "seconds": 0, "shards": None}
