"""Read and clean a corpus with no shard, one, two …, each with one process that cleans: rate, and whose CPU it takes.

    python -m benchmarks.shards CORPUS.jsonl [--documents 3000] [--shards 0 1 2] [--doze 0.0] [--runs 1]

The store is in a PostgreSQL of its own, with the settings of its package (every commit is synced). Timed is the step
that reads: from the first unit until the last document is written. With shards the run itself cleans nothing, so that
what it costs to settle and write is seen apart; with none it does all of it, with one process that cleans as well.

On one machine shards, run and database share the processors. `--doze` has each document sleep for so many seconds
when it is cleaned, as if it was cleaned elsewhere: that tells what the run and the database carry where processors are
not what is short.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from backfile.config import Archive
from backfile.pipeline import ingest, offering
from backfile.store import Store, open_store
from tests.postgresql.server import Server, _children

ROOT = Path(__file__).parents[1]
PART = 100  # documents in a file
PARTS = 1  # files in a unit: few documents make many units, as there are of many documents


@dataclass(frozen=True, slots=True)
class Took:
    """What reading took, in seconds: by the clock, and of the processors' time of run, shards and database."""

    wall: float
    run: float
    shards: float
    database: float


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--documents", type=int, default=3_000)
    parser.add_argument("--shards", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--doze", type=float, default=0.0, help="seconds that each document sleeps")
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    offering.UNIT_INPUTS = PARTS
    found: dict[int, list[Took]] = {}
    with tempfile.TemporaryDirectory() as directory:
        pile = Path(directory, "pile")
        number = parts(options.corpus, pile, options.documents, options.doze)
        server = Server("shared_buffers=256MB").start()
        try:
            for turn in range(options.runs):
                for shards in options.shards:
                    place = Path(directory, f"{turn}-{shards}")
                    found.setdefault(shards, []).append(taken(pile, place, server, shards, options.doze))
        finally:
            server.stop()
    print(f"{number:,} documents, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {options.doze} s asleep")
    print(f"{'shards':>6}{'s':>8}{'docs / s':>10}{'CPU s: run':>12}{'shards':>9}{'database':>10}{'docs / run':>20}")
    for shards, those in found.items():
        wall, run, theirs, database = (
            statistics.median(getattr(each, what) for each in those) for what in ("wall", "run", "shards", "database")
        )
        told = f"{shards:6}{wall:8.1f}{number / wall:10.1f}{run:12.1f}{theirs:9.1f}{database:10.1f}"
        print(f"{told}{number / run:20.0f}")


def parts(corpus: Path, pile: Path, most: int, doze: float) -> int:
    """The first documents of the corpus in files of some dozens; how many there are."""
    pile.mkdir()
    count = 0
    with (
        gzip.open(corpus, "rt", encoding="utf-8") if corpus.suffix == ".gz" else corpus.open(encoding="utf-8") as lines
    ):
        while chunk := list(islice(lines, min(PART, most - count))):
            told = [_dozing(line) if doze else line for line in chunk]
            (pile / f"{count // PART:05}.jsonl").write_text("".join(told), encoding="utf-8")
            count += len(chunk)
    return count


def _dozing(line: str) -> str:
    article = json.loads(line)
    key = max((name for name in article if isinstance(article[name], str)), key=lambda name: len(article[name]))
    article[key] += "\n\nmisbehave: cleaning doze"
    return json.dumps(article, ensure_ascii=False) + "\n"


def taken(pile: Path, directory: Path, server: Server, shards: int, doze: float) -> Took:
    """Make an archive of the pile as far as reading goes."""
    archive = Archive(directory)
    directory.mkdir(mode=0o700)
    archive.config_file.write_text(
        f'[archive]\nstore = "{server.database()}"\n[limits]\nworkers = 1\n[[source]]\nname = "n"\npath = "{pile}"\n',
        encoding="utf-8",
    )
    with dozing(doze), left_to_shards(wanted=shards > 0):
        before, theirs = database_time(server), [begun(archive) for _ in range(shards)]
        with ingest.begin(archive, shards=ingest.Shards() if shards else None) as run:
            plan = run.plan()
            if shards:
                _wait_for(archive, shards)
            began, own = time.monotonic(), used()
            for batch in plan.batches:
                run.read(batch)
            wall = time.monotonic() - began
            run.learn()
            spent = used() - own
            shares = sum(ended(each) for each in theirs)
            return Took(wall, spent, shares, database_time(server) - before)


def begun(archive: Archive) -> "subprocess.Popen[bytes]":
    words = ["--archive", str(archive.directory), "shard", "--wait", "60"]
    return subprocess.Popen([sys.executable, "-m", "backfile", *words], stderr=subprocess.DEVNULL)


def ended(process: "subprocess.Popen[bytes]") -> float:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return usage.ru_utime + usage.ru_stime


def used() -> float:
    """Seconds of the processor that this process and those that it has ended took."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def database_time(server: Server) -> float:
    """Seconds of the processor that the server took, with its processes that ended."""
    first = server.pid
    total = 0
    for pid in (first, *_children(first)):
        with suppress(OSError):  # one that ended meanwhile is counted by the first
            told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            total += sum(map(int, told[11:15] if pid == first else told[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def _wait_for(archive: Archive, shards: int) -> None:
    """Shards that only just start would be measured starting."""
    store = open_store(archive.store)
    while (found := store.shared_run()) is None or len(store.shards_of(found[0])) < shards:
        time.sleep(0.05)
    store.close()


@contextmanager
def left_to_shards(*, wanted: bool) -> Iterator[None]:
    """The run reads nothing itself."""
    claim = Store.claim_this

    def refused(*_: Any) -> None:
        return None

    if wanted:
        Store.claim_this = refused  # type: ignore[method-assign]
    try:
        yield
    finally:
        Store.claim_this = claim  # type: ignore[method-assign]


@contextmanager
def dozing(seconds: float) -> Iterator[None]:
    """Processes that clean sleep over each document."""
    before = dict(os.environ)
    if seconds:
        folders = (ROOT / "tests" / "pipeline" / "misbehaving", ROOT)
        os.environ |= {"PYTHONPATH": os.pathsep.join(map(str, folders)), "TEST_DOZE": str(seconds)}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    main()
