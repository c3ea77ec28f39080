"""What a command costs: CPU, time, memory of it and all its children, and what it leaves on the disk."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

POLL = 0.1  # seconds between two looks at the memory of a tree of processes


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one command, its children included."""

    cpu: float  # seconds, user and system
    wall: float  # seconds
    peak: float  # MB: resident; what processes share counts once where the system tells (Linux)
    output: bytes


def cost(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end; SystemExit when it fails."""
    began = time.monotonic()
    before = os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        watch = _Watch(process.pid)
        watch.start()
        output, told = process.communicate()
        watch.done.set()
        watch.join()
    wall = time.monotonic() - began
    if process.returncode not in {0, 1, 3}:  # 1: nothing found; 3: done, but some inputs failed
        sys.exit(f"{command}: exit code {process.returncode}: {told.decode(errors='replace')[-500:]}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(cpu, wall, watch.peak / 1e6, output)


class _Watch(threading.Thread):
    """The most memory that a process and its children had at a time."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.peak = 0
        self._pid = pid

    def run(self) -> None:
        while True:
            self.peak = max(self.peak, sum(map(_memory, _tree(self._pid))))
            if self.done.wait(POLL):
                return


def _tree(pid: int) -> list[int]:
    """The process and all below it."""
    try:
        text = "".join(file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    return [pid, *(below for child in text.split() for below in _tree(int(child)))]


def _memory(pid: int) -> int:
    """Bytes of a process; what it shares with others in parts."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def size(*places: Path) -> float:
    """MB of all files below."""
    return sum(file.stat().st_size for place in places for file in place.rglob("*") if file.is_file()) / 1e6
