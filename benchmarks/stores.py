"""Ingest the same articles into SQLite and into PostgreSQL, in turns, and say what the database costs.

    python benchmarks/stores.py CORPUS.jsonl[.gz] [--articles 2000] [--rounds 2]

CORPUS has one JSON object a line with "id", "title", "text". The server is started here, on a socket, with settings as
they come out of the box: it waits for the disk. Figures are of whole runs, index and all: seconds of the processor, of
the run and its processes, of the server's beside it; seconds on the clock; the ratio is of the sums. The better of the
rounds counts.
"""

import argparse
import gzip
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.postgresql.server import Server  # noqa: E402  # the one that tests use


def cpu_of(process: int) -> float:
    """CPU seconds of a process and of all that it has waited for, and of those that it has now."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        number, parent = int(stat.parent.name), int(fields[1])
        if number == process:
            total += sum(map(int, fields[11:15]))
        elif parent == process:
            total += sum(map(int, fields[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def ingested(pile: Path, server: Server | None) -> tuple[float, float, float]:
    """CPU seconds of the run, CPU seconds of the server, seconds on the clock."""
    with tempfile.TemporaryDirectory() as place:
        archive = Path(place)
        named = f'store = "{server.database(empty=True).address}"\n' if server else ""
        (archive / "backfile.toml").write_text(f'[archive]\nengine = "whoosh"\n{named}', encoding="utf-8")
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        served = cpu_of(server.pid) if server else 0
        command = [sys.executable, "-m", "backfile", "--archive", place, "ingest", str(pile)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begun
        own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return own, (cpu_of(server.pid) - served if server else 0), took


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("corpus", type=Path)
    words.add_argument("--articles", type=int, default=2_000)
    words.add_argument("--rounds", type=int, default=2)
    given = words.parse_args()
    server = Server("fsync=on").start()
    try:
        with tempfile.TemporaryDirectory() as place:
            pile = Path(place) / "pile.jsonl"
            opener = gzip.open if given.corpus.suffix == ".gz" else open
            with opener(given.corpus, "rt", encoding="utf-8") as lines, pile.open("w", encoding="utf-8") as out:
                out.writelines(itertools.islice(lines, given.articles))
            found = {"SQLite": [], "PostgreSQL": []}
            for _ in range(given.rounds):
                found["SQLite"].append(ingested(pile, None))
                found["PostgreSQL"].append(ingested(pile, server))
    finally:
        server.stop()
    best = {name: min(each, key=lambda took: took[0] + took[1]) for name, each in found.items()}
    for name, (own, served, clock) in best.items():
        rate = given.articles / (own + served)
        print(
            f"{name:10}  {own:6.2f} s of the run  {served:5.2f} s of the server  {clock:6.2f} s on the clock"
            f"  {rate:6.0f} articles/s"
        )
    sums = {name: own + served for name, (own, served, _) in best.items()}
    print(f"PostgreSQL takes {sums['PostgreSQL'] / sums['SQLite']:.2f} times as much")


if __name__ == "__main__":
    main()
