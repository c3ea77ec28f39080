"""Make the index alone, beside Whoosh as it comes out of its box, and search it from a cold start.

    python benchmarks/index.py ARTICLES.jsonl[.gz] [--rounds N]

ARTICLES has one JSON object a line with `id`, `source`, `url`, `lang`, `title`, `date` and `text`. All that is compared
takes turns in one run, each in a fresh process that reads the file itself, and the best round of each counts: what else
runs on the machine only makes them slower. Figures are articles per CPU second of user and system, import included.

* `stems`: stems and exact forms of each language, positions, display texts; committed and synced.
* `parts`: the same with the parts of German compounds, learned from the articles first, as by `index rebuild`.
* `Whoosh`: its own writer and StandardAnalyzer, title and text stored; no stems, no exact forms.
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.ingest import BARE, PEER, measured, size

BATCH = 2_000  # articles, as many as ingest commits at once


def articles(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def build(path: Path, place: Path, *, parts: bool) -> None:
    """Make an index of a file's articles in a new directory."""
    from backfile.article import Article, Span  # noqa: PLC0415  (in the process that is measured)
    from index import directory  # noqa: PLC0415
    from index.compounds import NO_COMPOUNDS, Census, learn  # noqa: PLC0415
    from index.entry import Entry, analyse  # noqa: PLC0415

    def made(row: dict[str, str]) -> Article:
        lines = tuple(Span(number, 0, line) for number, line in enumerate(row["text"].split("\n")) if line)
        return Article(
            id=f"{row['source']}/{row['id']}",
            source=row["source"],
            uri=row["url"],
            url=row["url"],
            body=lines,
            title=row["title"],
            published=row["date"],
            published_precision="day",
            language=row["lang"],
        )

    compounds = NO_COMPOUNDS
    if parts:
        census = Census()
        for row in articles(path):
            census.add(row["text"], row["lang"])
        compounds = learn(census)

    def batches() -> Iterator[list[Entry]]:
        rows = map(made, articles(path))
        while batch := [analyse(each, copy_group=each.id, compounds=compounds) for each in islice(rows, BATCH)]:
            yield batch  # copy groups come from the store, which has compared the texts

    directory.rebuild(place, batches(), compounds=compounds)


def compare(path: Path, rounds: int, query: str) -> None:
    """Measure and print a table."""
    own = [sys.executable, __file__, str(path), "--build"]
    found: dict[str, list[tuple[float, float, float]]] = {"stems": [], "parts": [], "Whoosh": []}
    cold: dict[str, list[float]] = {"search": [], "bare": []}
    rows = list(articles(path))
    text = sum(len(f"{row['title']}{row['text']}".encode()) for row in rows) / 1e6
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            for name, results in found.items():
                target = Path(place, name, "index")
                target.parent.mkdir()
                if name == "Whoosh":
                    target.mkdir()
                    command = [sys.executable, "-c", PEER, str(path), str(target)]
                else:
                    command = [*own, str(target), "--kind", name]
                cpu, _, memory, _ = measured(command)
                results.append((cpu, memory, size(target)))
            archive = Path(place, "parts")
            (archive / "backfile.toml").touch()
            newest = max((archive / "index").rglob("*.toc")).parent
            for _ in range(5):
                cold["search"].append(
                    measured([sys.executable, "-m", "backfile", "--archive", str(archive), "search", query])[0]
                )
                cold["bare"].append(measured([sys.executable, "-c", BARE, str(newest)])[0])
    base = min(cpu for cpu, _, _ in found["Whoosh"])
    print(f"{len(rows)} articles, {text:.1f} MB of text; best of {rounds} rounds")
    print(f"{'':10}{'articles / CPU s':>18}{'times Whoosh':>14}{'peak MB':>10}{'disk MB':>10}{'times text':>12}")
    for name, results in found.items():
        cpu, memory, disk = (min(column) for column in zip(*results, strict=True))
        print(f"{name:10}{len(rows) / cpu:18.0f}{base / cpu:14.2f}{memory:10.0f}{disk:10.1f}{disk / text:12.2f}")
    search, bare = min(cold["search"]), min(cold["bare"])
    print(f"cold search for {query!r}: {search:.3f} s of CPU, bare Python that opens the index {bare:.3f} s", end="")
    print(f": ratio {search / bare:.2f}")


def main() -> None:
    """Compare; with `--build`, be one of what is compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--query", default="Truppen Afghanistan", help="two words that are in the articles")
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kind", choices=("stems", "parts"), default="stems", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody who searches compiles the program each time
    if options.build:
        build(options.articles, options.build, parts=options.kind == "parts")
    else:
        compare(options.articles, options.rounds, options.query)


if __name__ == "__main__":
    main()
