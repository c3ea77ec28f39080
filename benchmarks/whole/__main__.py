"""backfile beside what a person would take instead, from the same pile to the same answers.

    python -m benchmarks.whole CORPUS.jsonl[.gz] [--sizes 300 1000 3000] [--rounds 3] [--svg FILE]

CORPUS has one JSON object a line with "lang", "title" and "text"; piles of pages and of mails are made of its
paragraphs. For each size and kind of pile every contestant makes its index from nothing and is asked the same queries,
one after the other in every round, so that a busy machine slows all; the best round counts. A cold query is a new
process (what it reads is in the page cache); a warm one is one of many that a process is asked, where there is a way
to. Ratios to backfile are what holds on another machine.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.whole import piles, plot
from benchmarks.whole.contestants import CONTESTANTS, Contestant
from benchmarks.whole.measure import cost, size

KINDS = {"pages": piles.as_pages, "mails": piles.as_mails}
QUERIES = 12  # of two words each
SHORT = 6  # characters of words that are not asked for
WARM = 20  # times these, in one process


@dataclass(slots=True)
class Row:
    """What one contestant needed for one pile; the best of all rounds."""

    name: str
    cpu: list[float] = field(default_factory=list)  # seconds
    wall: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)  # MB
    disk: float = 0  # MB
    cold: list[float] = field(default_factory=list)  # seconds, median of the queries
    warm: list[float] = field(default_factory=list)  # seconds a query
    hits: int = 0  # shown over all queries, ten at most each


def main() -> None:
    """Measure, print tables, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", choices=KINDS, nargs="+", default=list(KINDS))
    parser.add_argument("--svg", type=Path, help="where to draw the CPU time of the pages")
    options = parser.parse_args()
    for each in (missing := [each for each in CONTESTANTS if each.missing]):
        print(f"{each.name} is left out: {each.needs} is not installed")
    there = [each for each in CONTESTANTS if each not in missing]
    lines: dict[str, list[tuple[float, float]]] = {}
    for kind in options.kinds:
        for number in sorted(options.sizes):
            with tempfile.TemporaryDirectory() as directory:
                laid = laid_out(options.corpus, kind, number, Path(directory))
                rows = measured(laid, [each for each in there if kind in each.kinds], options.rounds)
            _print(kind, number, rows)
            for row in rows if kind == options.kinds[0] else ():
                lines.setdefault(row.name, []).append((number, min(row.cpu)))
    if options.svg:
        title = f"From a pile of {options.kinds[0]} to a searchable index"
        options.svg.write_text(plot.svg(lines, title=title, across="articles", up="CPU seconds"), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Laid:
    """A pile, and what is asked of it."""

    directory: Path
    pile: Path
    queries: tuple[str, ...]
    asked: Path  # the queries `WARM` times, one a line


def laid_out(corpus: Path, kind: str, number: int, directory: Path) -> Laid:
    """Make a pile of that many articles in a directory."""
    pile, asked = directory / "pile", directory / "queries"
    KINDS[kind](piles.recombined(corpus, number), pile)
    queries = _queries(piles.recombined(corpus, number))
    asked.write_text("\n".join(queries * WARM) + "\n", encoding="utf-8")
    return Laid(directory, pile, tuple(queries), asked)


def measured(laid: Laid, there: Sequence[Contestant], rounds: int) -> list[Row]:
    """A row for each contestant."""
    rows = [Row(each.name) for each in there]
    for turn in range(rounds):
        for each, row in zip(there, rows, strict=True):
            own = laid.directory / f"{row.name} {turn}".replace(" ", "-").replace(",", "")
            own.mkdir()
            _ingest(each, row, laid, own)
            _search(each, row, laid, own)
            if (kept := each.kept(laid.pile, own)) != own:  # in the pile: the next round begins from nothing
                shutil.rmtree(kept)
    return rows


def _ingest(each: Contestant, row: Row, laid: Laid, own: Path) -> None:
    made = [cost(command) for command in each.ingest(laid.pile, own)]
    row.cpu.append(sum(one.cpu for one in made))
    row.wall.append(sum(one.wall for one in made))
    row.peak.append(max(one.peak for one in made))
    row.disk = size(each.kept(laid.pile, own))


def _search(each: Contestant, row: Row, laid: Laid, own: Path) -> None:
    found = [_timed(each.search(own, query)) for query in laid.queries]
    row.cold.append(statistics.median(seconds for seconds, _ in found))
    row.hits = sum(each.hits(output) for _, output in found)
    if each.many:
        with laid.asked.open("rb") as lines:
            began = time.perf_counter()
            subprocess.run(each.many(own), stdin=lines, capture_output=True, check=True)
            whole = time.perf_counter() - began
        row.warm.append((whole - min(row.cold)) / (len(laid.queries) * WARM))


def _timed(command: Sequence[str]) -> tuple[float, bytes]:
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - began, done.stdout


def _queries(articles: Iterable[piles.Told]) -> list[str]:
    """The first two words of one article each that are neither common nor occur in it alone."""
    told = [[word for word in " ".join(each.paragraphs).split() if word.isalpha()] for each in articles]
    seen = Counter(word for words in told for word in set(words))
    often = max(5, len(told) // 20)
    middle = [[each for each in dict.fromkeys(words) if len(each) > SHORT and 1 < seen[each] < often] for words in told]
    pairs = [" ".join(words[:2]) for words in middle if len(words) > 1]
    return pairs[:: max(1, len(pairs) // QUERIES)][:QUERIES]


def _print(kind: str, number: int, rows: Sequence[Row]) -> None:
    ours = rows[0]
    print(f"\n{number:,} {kind}; Python {sys.version.split()[0]}, {os.cpu_count()} CPUs; ratios to {ours.name}")
    heads = ("CPU s", "ratio", "wall s", "ratio", "peak MB", "disk MB", "cold ms", "warm ms", "hits")
    print(f"{'':26}" + "".join(f"{head:>9}" for head in heads))
    for row in rows:
        cpu, wall = min(row.cpu), min(row.wall)
        warm = f"{min(row.warm) * 1000:9.1f}" if row.warm else f"{'':>9}"
        print(
            f"{row.name:26}{cpu:9.1f}{cpu / min(ours.cpu):9.2f}{wall:9.1f}{wall / min(ours.wall):9.2f}"
            f"{min(row.peak):9.0f}{row.disk:9.1f}{min(row.cold) * 1000:9.0f}{warm}{row.hits:9}"
        )


if __name__ == "__main__":
    main()
