"""Ingest archives of growing size, and add 100 articles to each: whether what an article costs stays the same.

    python -m benchmarks.large CORPUS.jsonl[.gz] [--sizes 10000 100000] [--engine whoosh] [--apart] [--keep FOLDER]

CORPUS has one JSON object a line with "lang", "title" and "text"; articles are recombined from its paragraphs. All is
done by the command line, as a person would: `ingest` of one file of JSON Lines from nothing, twice with nothing new, of
a second file with 100 more, and a search. Rates are by CPU of all processes and by the clock; the first size is what
the others are compared with. With `--apart` no two articles share a passage: as drawn, a paragraph stands in a dozen of
100,000 articles, and comparing all that may be copies takes more than all else.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.whole import piles
from benchmarks.whole.measure import Cost, cost, size

MORE = 100  # articles that are added


@dataclass(frozen=True, slots=True)
class Grown:
    """What an archive of one size cost."""

    articles: int
    made: Cost
    added: Cost
    nothing: Cost  # the same again, with nothing new
    found: Cost
    disk: float  # MB, store and index


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--engine", default="whoosh")
    parser.add_argument("--apart", action="store_true", help="have no two articles share a passage")
    parser.add_argument("--keep", type=Path, help="where piles and archives stay")
    parser.add_argument("--query", default="Regierung Prozent")
    options = parser.parse_args()
    print(f"{'articles':>9}{'/ CPU s':>9}{'/ s':>7}{'to first':>10}{'peak MB':>9}{'disk MB':>9}", end="")
    print(f"{'add 100: s':>12}{'CPU s':>7}{'nothing: s':>12}{'cold query: s':>15}")
    first = 0.0
    for number in sorted(options.sizes):
        with tempfile.TemporaryDirectory() as directory:
            folder = (options.keep or Path(directory)) / str(number)
            articles = piles.recombined(options.corpus, number + MORE)
            if options.apart:
                articles = piles.apart(articles, options.corpus)
            one = grown(articles, number, options.engine, options.query, folder)
        rate = one.articles / one.made.cpu
        first = first or rate
        told = f"{one.articles:9,}{rate:9.0f}{one.articles / one.made.wall:7.0f}{rate / first:10.2f}"
        told += f"{one.made.peak:9.0f}{one.disk:9.0f}{one.added.wall:12.1f}{one.added.cpu:7.1f}"
        print(f"{told}{one.nothing.wall:12.2f}{one.found.wall:15.2f}", flush=True)


def grown(articles: Iterator[piles.Told], number: int, engine: str, query: str, directory: Path) -> Grown:
    """Make an archive of so many articles, ask it, and add the rest."""
    pile, archive = directory / "pile", directory / "archive"
    pile.mkdir(parents=True)
    archive.mkdir(mode=0o700)
    (archive / "backfile.toml").write_text(f'[archive]\nengine = "{engine}"\n', encoding="utf-8")
    own = [sys.executable, "-m", "backfile", "--archive", str(archive)]
    piles.as_lines(islice(articles, number), pile / "first.jsonl")
    made = cost([*own, "ingest", str(pile)])
    disk = size(archive)
    nothing = cost([*own, "ingest"])
    nothing = cost([*own, "ingest"])  # the first one notes that there is nothing to do
    piles.as_lines(articles, pile / "second.jsonl")
    added = cost([*own, "ingest"])
    return Grown(number, made, added, nothing, cost([*own, "search", query]), disk)


if __name__ == "__main__":
    main()
