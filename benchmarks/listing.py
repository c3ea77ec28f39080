"""What a run with nothing new costs, beside a bare walk over the same files: as whole commands, and in this process.

    python benchmarks/listing.py DIRECTORY [--files 100000] [--pile FOLDER]

DIRECTORY keeps the made pile and its archive between calls: to make them takes some minutes for each 10,000 files. The
yardstick is `os.scandir` with one `stat` a file, as `find -size +0` does it; figures are CPU seconds (user and system),
so that a busy machine does not count, and the ratio is what holds on another one. Compiled modules are kept (not with
PYTHONDONTWRITEBYTECODE, which has every run compile what it imports). docs/configuration.md has the figures.
"""

import argparse
import gc
import inspect
import os
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from backfile import config
from backfile.config import Archive
from backfile.pipeline import ingest

FOLDER = 500  # files in one folder
OLD = 3600  # seconds: the made files are no news, so their size and time are believed
TEXT = """{title}

Der Gemeinderat von Niederau hat am {n}. Abend über {word} und {other} beraten. Drei Fraktionen hatten Anträge gestellt.

Bürgermeisterin Anke Sell sprach von {n} guten Tagen für {word}. Die Opposition will den Beschluss über {other} prüfen.
"""


def make(directory: Path, files: int) -> Archive:
    """A pile of short texts and the archive that is made of it, unless they are there."""
    pile, archive = directory / "pile", Archive(directory / "archive")
    if archive.store_file.exists():
        return archive
    stamp = time.time() - OLD
    for n in range(files):
        folder = pile / f"{n // FOLDER:04}"
        if n % FOLDER == 0:
            folder.mkdir(parents=True)
        file = folder / f"meldung-{n:06}.txt"
        word, other = f"Vorhaben{n * 7919 % files}", f"Antrag{n * 104729 % files}"
        file.write_text(TEXT.format(title=f"Rat berät über {word}", n=n, word=word, other=other), encoding="utf-8")
        os.utime(file, (stamp, stamp))
    archive.directory.mkdir(parents=True)
    archive.config_file.write_text(config.FRESH, encoding="utf-8")
    config.add_source(archive, "pile", str(pile))
    subprocess.run(
        [sys.executable, "-m", "backfile", "--archive", str(archive.directory), "ingest"], check=True, stdout=sys.stderr
    )
    return archive


def walk(folder: str) -> int:
    """How many files lie below, each looked at once."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                count += walk(entry.path)
            else:
                entry.stat(follow_symlinks=False)
                count += 1
    return count


def cpu(work: Callable[[], object], runs: int = 3) -> float:
    """CPU seconds of the quickest of some runs."""
    best = float("inf")
    for _ in range(runs):
        gc.collect()
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def command(*args: str, runs: int = 3) -> float:
    """CPU seconds of the quickest of some runs of a Python command."""
    best = float("inf")
    for _ in range(runs):
        process = subprocess.Popen([sys.executable, *args], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{args}: exit {process.returncode}")
        best = min(best, used.ru_utime + used.ru_stime)
    return best


def again(archive: Archive, spent: Counter[str]) -> ingest.Report:
    """A run over the archive, with the CPU seconds of each of its steps."""
    began = time.process_time()

    def step(name: str) -> None:
        nonlocal began
        spent[name] = time.process_time() - began
        began = time.process_time()

    with ingest.begin(archive) as run:
        step("open")
        plan = run.plan()
        step("list")
        for batch in plan.batches:
            run.read(batch)
        step("read")
        for name, work in (
            ("learn", run.learn),
            ("clean again", run.clean_again),
            ("compare", run.compare),
            ("index", run.index),
        ):
            work()
            step(name)
        report = run.finish()
    step("finish")
    return report


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--pile", type=Path, help="where the archive's source lies, if it was made elsewhere")
    options = parser.parse_args()
    archive = make(options.directory, options.files)
    pile = str(options.pile or options.directory / "pile")
    statements = 0

    @event.listens_for(sa.Engine, "before_cursor_execute")
    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    for _ in range(2):  # the first does what a run before has left; the second notes that nothing is
        report = again(archive, Counter())
    statements = 0
    report = again(archive, Counter())
    once = statements
    spent: Counter[str] = Counter()
    bare = cpu(lambda: walk(pile))
    whole = cpu(lambda: again(archive, spent))
    tracemalloc.start()
    again(archive, Counter())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{walk(pile):,} files, {dict(report.tally.inputs)}; Python {sys.version.split()[0]}, {os.cpu_count()} CPUs")
    script = f"import os, sys\n{inspect.getsource(walk)}\nwalk(sys.argv[1])"
    plain = command("-c", script, pile)
    ingesting = command("-m", "backfile", "--archive", str(archive.directory), "ingest")
    print(f"command: walk      {plain:8.3f} s CPU")
    print(f"command: ingest    {ingesting:8.3f} s CPU: ratio {ingesting / plain:.2f}")
    print(f"walk with os.scandir and stat   {bare:8.3f} s CPU")
    print(f"run with nothing new            {whole:8.3f} s CPU: ratio {whole / bare:.2f}")
    print("  of it " + ", ".join(f"{name} {seconds:.3f}" for name, seconds in spent.items()))
    print(f"SQL statements {once}; peak of Python's memory {peak / 1e6:.1f} MB, {peak / walk(pile):.0f} bytes a file")


if __name__ == "__main__":
    main()
