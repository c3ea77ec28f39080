"""Ingest a corpus with one worker, two …, beside Whoosh as it comes out of its box: rate by the clock, and memory.

    python benchmarks/workers.py CORPUS.jsonl[.gz] [--workers 1 2] [--runs 3]

Runs are taken in turn, so that a machine that is busy for a while is so for all of them; printed are the medians. CPU
seconds are those of all processes. Memory is that of all processes together, looked at ten times a second; pages that
they share are counted for each. On a machine that has other things to do only the CPU seconds mean something.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingest import PEER

LOOK = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    wall: float  # seconds
    cpu: float  # seconds, of all processes
    together: float  # MB, at their most
    parent: float  # MB, the same


def cost(command: list[str]) -> Cost:
    """Run a command, and look at it and its children while it runs."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    together = parent = 0.0
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        sizes = [resident(each) for each in (process.pid, *children(process.pid))]
        together, parent = max(together, sum(sizes)), max(parent, sizes[0])
        time.sleep(LOOK)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 3}:
        sys.exit(f"{command}: exit code {process.returncode}")
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, together, parent)


def children(pid: int) -> list[int]:
    """The processes that a process started (Linux)."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(each) for each in told.split()]


def resident(pid: int) -> float:
    """MB that a process has; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def ingest(corpus: Path, directory: Path, workers: int) -> list[str]:
    """The command that makes an archive of the corpus."""
    directory.mkdir(mode=0o700)
    text = f'[archive]\nengine = "whoosh"\n[limits]\nworkers = {workers}\n'
    (directory / "backfile.toml").write_text(text, encoding="utf-8")
    return [sys.executable, "-m", "backfile", "--archive", str(directory), "ingest", str(corpus)]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--documents", type=int, default=10_000, help="how many the corpus has")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[Cost]] = {}
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as directory:
            commands = {f"{n} workers": ingest(options.corpus, Path(directory, str(n)), n) for n in options.workers}
            peer = Path(directory, "peer")
            peer.mkdir()
            commands["Whoosh as it is"] = [sys.executable, "-c", PEER, str(options.corpus), str(peer)]
            for name, command in commands.items():
                found.setdefault(name, []).append(cost(command))
    print(f"{options.documents:,} documents, {os.cpu_count()} processors, medians of {options.runs}")
    print(f"{'':18}{'docs / s':>10}{'docs / CPU s':>14}{'MB together':>13}{'MB parent':>11}")
    for name, costs in found.items():
        wall, cpu = (statistics.median(getattr(each, what) for each in costs) for what in ("wall", "cpu"))
        together, parent = (max(getattr(each, what) for each in costs) for what in ("together", "parent"))
        rates = f"{options.documents / wall:10.0f}{options.documents / cpu:14.0f}"
        print(f"{name:18}{rates}{together:13.0f}{parent:11.0f}")


if __name__ == "__main__":
    main()
