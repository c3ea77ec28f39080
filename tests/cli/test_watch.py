"""`backfile watch` as a process: what arrives is found, once, and whatever goes wrong does not end it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backfile.store import ArchiveLock
from tests.conftest import Workbench, news

pytestmark = pytest.mark.slow
PATIENCE = 120  # seconds; a busy machine takes its time, and nothing here depends on how much


class Process:
    """A watching process, and what it printed so far."""

    def __init__(self, workbench: Workbench, *options: str) -> None:
        self._out, self._err = workbench.pile.parent / "out", workbench.pile.parent / "err"
        command = [sys.executable, "-m", "backfile", "--archive", str(workbench.archive.directory)]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            words = [*command, "watch", "--json", "--settle", "0.5", "--every", "0.5", *options]
            self.process = subprocess.Popen(words, stdout=out, stderr=err)
        until(lambda: "watching" in self.told)

    @property
    def reports(self) -> list[dict[str, Any]]:
        """One for each round in which something happened."""
        lines = self._out.read_text(encoding="utf-8").split("\n")[:-1]
        return [json.loads(line) for line in lines]

    @property
    def told(self) -> str:
        """What it said to people."""
        return self._err.read_text(encoding="utf-8")

    @property
    def new(self) -> list[int]:
        """How many new documents each round brought."""
        return [report["documents"].get("new", 0) for report in self.reports]

    def end(self, number: signal.Signals) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens in another process."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.05)


@pytest.fixture(params=[(), ("--poll",)], ids=["told", "polling"])
def watching(workbench: Workbench, request: pytest.FixtureRequest) -> Iterator[tuple[Workbench, Process]]:
    workbench.put("there.txt", news("Rat berät", "Brücken"))
    process = Process(workbench, *request.param)
    try:
        until(lambda: process.new == [1])
        yield workbench, process
    finally:
        if process.process.poll() is None:
            process.process.kill()
        process.process.wait()


def arrive(workbench: Workbench, folder: str, words: list[str]) -> None:
    """Files that are there all at once."""
    outside = workbench.pile.parent / folder
    outside.mkdir()
    for word in words:
        (outside / f"{word}.txt").write_text(news(f"Rat berät über {word}", word), encoding="utf-8")
    outside.rename(workbench.pile / folder)


def test_what_arrives_together_is_one_run_and_found_by_others(watching: tuple[Workbench, Process]) -> None:
    workbench, process = watching
    arrive(workbench, "morning", [f"Radweg{number}" for number in range(20)])
    until(lambda: sum(process.new) == 21)
    found = workbench.found("Niederau")
    between = workbench.ingest()  # the archive is locked only during a round
    (workbench.pile / "there.txt").unlink()
    until(lambda: process.reports[-1]["inputs"].get("gone") == 1)

    assert (process.new, len(found), between.changed_nothing) == ([1, 20, 0], 21, True)
    assert process.end(signal.SIGTERM) == 143


def test_what_is_not_whole_yet_is_left_alone(watching: tuple[Workbench, Process]) -> None:
    workbench, process = watching
    download = workbench.put("page.txt.crdownload", news("Rat", "Turnhalle")[:50])
    writer = (workbench.pile / "slow.txt").open("w", encoding="utf-8")
    writer.write(news("Rat", "Kitas")[:60])
    writer.flush()
    arrive(workbench, "whole", ["Radwege"])
    until(lambda: process.new == [1, 1])
    if sys.platform.startswith("linux"):
        until(lambda: process.reports[-1]["inputs"].get("waiting") == 1)
    writer.write(news("Rat", "Kitas")[60:])
    writer.close()
    download.write_text(news("Rat", "Turnhalle"), encoding="utf-8")
    download.rename(workbench.pile / "page.txt")
    until(lambda: sum(process.new) == 4)

    assert workbench.found("Kitas") == ["pile/slow.txt"]
    assert workbench.found("Turnhalle") == ["pile/page.txt"]
    assert all(report["documents"].get("changed", 0) == 0 for report in process.reports)
    assert process.end(signal.SIGINT) == 130
    assert "Traceback" not in process.told


def test_errors_of_a_round_do_not_end_it(watching: tuple[Workbench, Process]) -> None:
    workbench, process = watching
    with ArchiveLock(workbench.archive.lock_file):
        arrive(workbench, "locked", ["Radwege"])
        until(lambda: "is being written by" in process.told)
    until(lambda: sum(process.new) == 2)
    before = workbench.archive.config_file.read_text(encoding="utf-8")
    workbench.archive.config_file.write_text(before + "\n[[source]\n", encoding="utf-8")
    until(lambda: "backfile.toml" in process.told)
    workbench.archive.config_file.write_text(before, encoding="utf-8")
    arrive(workbench, "mended", ["Kitas"])
    until(lambda: sum(process.new) == 3)

    assert process.end(signal.SIGTERM) == 143
    assert (workbench.found("Radwege"), workbench.found("Kitas")) == (
        ["pile/locked/Radwege.txt"],
        ["pile/mended/Kitas.txt"],
    )


def test_a_source_that_is_added_or_mounted_while_it_runs_is_watched_too(watching: tuple[Workbench, Process]) -> None:
    workbench, process = watching
    later = workbench.pile.parent / "later"
    words = ["source", "add", "later", str(later)]
    command = [sys.executable, "-m", "backfile", "--archive", str(workbench.archive.directory)]
    subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL)
    until(lambda: any(report["reasons"].get("unreadable") for report in process.reports))
    later.mkdir()
    (later / "a.txt").write_text(news("Rat", "Schwimmbäder"), encoding="utf-8")
    until(lambda: sum(process.new) == 2)

    assert workbench.found("Schwimmbäder") == ["later/a.txt"]
    assert process.end(signal.SIGTERM) == 143


def test_a_path_that_is_no_source_yet_is_noted_and_watched(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.txt").write_text(news("Rat", "Radwege"), encoding="utf-8")
    command = [sys.executable, "-m", "backfile", "--archive", str(tmp_path / "archive")]
    with subprocess.Popen([*command, "watch", str(inbox)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        assert run.stdout is not None
        line = run.stdout.readline().decode()
        run.send_signal(signal.SIGTERM)
    toml = (tmp_path / "archive" / "backfile.toml").read_text(encoding="utf-8")

    assert "1 new, 1 added to the index" in line
    assert f'path = "{inbox}"' in toml
    assert run.returncode == 143
