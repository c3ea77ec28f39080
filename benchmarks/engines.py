"""Compare the engines alone on the same articles and queries: rate, size, merging, adding, cold and warm queries.

    python benchmarks/engines.py FILE.jsonl.gz --articles 10000 100000 [--engines whoosh tantivy fts5] [--keep FOLDER]
    python benchmarks/engines.py --relevance FOLDER [FOLDER …]

FILE has an article per line ("title", "text", "lang", at least); articles are recombined from its paragraphs
(`whole/piles.py`), so that lengths and frequencies of words stay as they are and no two are equal. SQLite's FTS5 is
what a person would take instead, with `bm25()` and `snippet()`; it stems English only and knows no near spellings. A
FOLDER of --relevance is one as `relevance.py` wants it. What --keep has of an earlier run is not made again.

Engines take turns within one run, batch by batch and query by query; all times are of the processor, but for adding.
The cold query is a new process that opens the index and asks once. The log of queries is that of `query_log.py`.
"""

import argparse
import gc
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))

from backfile.article import Article, Span
from benchmarks.query_log import Asked, log
from benchmarks.relevance import asked, grades_of, ndcg, queries_in
from benchmarks.whole.piles import recombined
from index.compounds import Census, Compounds, learn
from index.entry import Entry, analyse
from index.search import search

COMMIT = 2_000  # articles, as many as ingest commits at once
ADDED = 100
LEARNED = 10_000  # articles that compounds are learned of
SOURCES = ("abendpost", "courier", "landbote", "rundblick", "tribune")
TODAY = date(2026, 11, 29)
COLD_OWN = """
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from index.search import search
search(import_module("index." + sys.argv[2]).open_index(Path(sys.argv[3])), sys.argv[4], now=date(2026, 11, 29))
"""
COLD_FTS5 = """
import sys
from pathlib import Path
from sqlite3 import connect
found = "SELECT id, title, date, snippet(article, 2, '[', ']', '…', 30) FROM article WHERE article MATCH ?"
connect(Path(sys.argv[3], "fts5.sqlite")).execute(found + " ORDER BY bm25(article) LIMIT 10", (sys.argv[5],)).fetchall()
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found."""

    ids: tuple[str, ...]
    total: int | None  # None where nobody counts them


class Contestant(Protocol):
    """An engine on a folder."""

    def put(self, articles: Sequence[Article], entries: Sequence[Entry]) -> None: ...

    def ask(self, query: Asked) -> Found | None: ...

    def close(self) -> None: ...


class Own:
    """One of backfile's engines."""

    def __init__(self, name: str, place: Path, compounds: Compounds | None = None) -> None:
        adapter = import_module(f"index.{name}")
        if compounds is None:
            self._engine = adapter.open_index(place)
        else:
            place.mkdir(mode=0o700)
            self._engine = adapter.create(place, compounds)

    def put(self, articles: Sequence[Article], entries: Sequence[Entry]) -> None:
        del articles
        self._engine.add(entries)
        self._engine.commit()

    def ask(self, query: Asked) -> Found | None:
        found = search(self._engine, query.text, now=TODAY)
        return Found(tuple(hit.id for hit in found.hits), found.total)

    def close(self) -> None:
        self._engine.close()


class Fts5:
    """SQLite's full-text search, as a person uses it who knows it."""

    TABLE = """CREATE VIRTUAL TABLE IF NOT EXISTS article USING fts5(id UNINDEXED, title, text, author,
        date UNINDEXED, language UNINDEXED, tokenize='porter unicode61')"""
    FOUND = """SELECT id, title, date, snippet(article, 2, '[', ']', '…', 30) FROM article
        WHERE article MATCH ? {where} ORDER BY bm25(article) LIMIT 10"""

    def __init__(self, place: Path, compounds: Compounds | None = None) -> None:
        place.mkdir(exist_ok=compounds is None)
        self._database = sqlite3.connect(place / "fts5.sqlite")
        self._database.execute(self.TABLE)

    def put(self, articles: Sequence[Article], entries: Sequence[Entry]) -> None:
        del entries
        rows = [(a.id, a.title, a.text, " ".join(a.authors), a.published, a.language) for a in articles]
        self._database.executemany("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._database.commit()

    def ask(self, query: Asked) -> Found | None:
        if query.match is None:
            return None
        rows = self._database.execute(self.FOUND.format(where=query.where), (query.match, *query.values))
        return Found(tuple(id_ for id_, *_ in rows.fetchall()), None)

    def close(self) -> None:
        self._database.close()


def contestant(name: str, place: Path, compounds: Compounds | None = None) -> Contestant:
    """Opened, or made when it is told what to know of compounds."""
    return Fts5(place, compounds) if name == "fts5" else Own(name, place, compounds)


# --- Articles -----------------------------------------------------------------------------------------------------


def articles_of(corpus: Path, number: int) -> Iterator[Article]:
    """So many recombined articles."""
    for told in recombined(corpus, number):
        yield Article(
            id=f"{SOURCES[told.number % len(SOURCES)]}/{told.number}",
            source=SOURCES[told.number % len(SOURCES)],
            uri=str(told.number),
            title=told.title,
            published=told.date.date().isoformat(),
            published_precision="day",
            language=told.language,
            authors=(told.author,),
            body=tuple(Span(line, 0, paragraph) for line, paragraph in enumerate(told.paragraphs)),
        )


def compounds_of(corpus: Path) -> Compounds:
    """What an archive of these articles would have learned."""
    census = Census()
    for article in articles_of(corpus, LEARNED):
        census.add(article.text, article.language)
    return learn(census)


# --- Making indexes -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Made:
    """What making an index cost."""

    seconds: float = 0.0
    longest: float = 0.0  # of one batch: when segments were merged


def build(places: dict[str, Path], articles: Iterable[Article], compounds: Compounds) -> None:
    """All indexes from the same articles, batch by batch; prints what each cost."""
    engines = {name: contestant(name, place, compounds) for name, place in places.items()}
    made = {name: Made() for name in engines}
    analysis, size, number = 0.0, 0, 0
    remaining = iter(articles)
    while batch := list(islice(remaining, COMMIT)):
        start = time.process_time()
        entries = [analyse(each, copy_group=each.id, compounds=compounds) for each in batch]
        analysis += time.process_time() - start
        size += sum(len(each.text.encode()) for each in batch)
        number += len(batch)
        for name, engine in engines.items():
            start = time.process_time()
            engine.put(batch, entries)
            took = time.process_time() - start
            made[name].seconds += took
            made[name].longest = max(made[name].longest, took)
    print(f"  {number:,} articles, {size / 1e6:.0f} MB of text; analysis {number / analysis:.0f} articles per CPU s")
    for name, engine in engines.items():
        disk = sum(path.stat().st_size for path in places[name].iterdir())
        print(
            f"  {name:8} {number / made[name].seconds:6.0f} articles per CPU s, {disk / size:.2f} × text,"
            f" longest batch of {COMMIT:,} {made[name].longest:.1f} s"
        )
        engine.close()


def add(places: dict[str, Path], corpus: Path, compounds: Compounds, rounds: int = 3) -> None:
    """A hundred more articles, and how much was read and written for them (Linux tells)."""
    more = list(articles_of(corpus, ADDED * rounds))
    for name, place in places.items():
        engine = contestant(name, place)
        for turn in range(rounds):
            batch = [_renamed(each, turn) for each in more[turn * ADDED : (turn + 1) * ADDED]]
            before, start = _traffic(), time.perf_counter()
            engine.put(batch, [analyse(each, copy_group=each.id, compounds=compounds) for each in batch])
            took, after = time.perf_counter() - start, _traffic()
            moved = ", ".join(
                f"{(b - a) / 1e6:.1f} MB {what}" for what, a, b in zip(_MOVED, before, after, strict=False)
            )
            print(f"  {name:8} {took:5.2f} s to add {ADDED} articles (time on the clock); {moved}")
        engine.close()


_MOVED = ("read", "written")


def _renamed(article: Article, turn: int) -> Article:
    return replace(article, id=f"{article.id}-{turn}")


def _traffic() -> tuple[int, ...]:
    try:
        lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    except OSError:
        return ()
    return int(lines["rchar"]), int(lines["wchar"])


# --- Asking -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Took:
    """Milliseconds of one engine."""

    every: list[float] = field(default_factory=list)
    kinds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def ask(places: dict[str, Path], queries: Sequence[Asked], before: Sequence[Asked], *, by_kind: bool) -> None:
    """Warm queries, and how far the answers are the same."""
    engines = {name: contestant(name, place) for name, place in places.items()}
    for query in before:
        for engine in engines.values():
            engine.ask(query)
    gc.collect()
    gc.freeze()  # the articles and queries are ours, not the engines'
    took = {name: Took() for name in engines}
    same, common = [], []
    for query in queries:
        found = {}
        for name, engine in engines.items():
            start = time.process_time()
            found[name] = engine.ask(query)
            milliseconds = (time.process_time() - start) * 1e3
            if found[name] is not None:
                took[name].every.append(milliseconds)
                took[name].kinds[query.kind].append(milliseconds)
        one, other = found.get("whoosh"), found.get("tantivy")
        if one is not None and other is not None:
            same.append(one.total == other.total)
            common.append(overlap(one.ids, other.ids))
    for name, engine in engines.items():
        tiles = statistics.quantiles(took[name].every, n=100)
        print(
            f"  {name:8} warm, {len(took[name].every)} queries: p50 {tiles[49]:.1f} ms, p95 {tiles[94]:.1f},"
            f" p99 {tiles[98]:.1f}; cold {cold(name, places[name], queries[1]):.2f} s"
        )
        engine.close()
    if same:
        print(f"  the same number of hits {sum(same)}/{len(same)}, first ten in common {statistics.mean(common):.3f}")
    for kind in sorted({query.kind for query in queries}) if by_kind else ():
        rows = ((name, took[name].kinds[kind]) for name in engines)
        print(f"    {kind:24}", "   ".join(f"{n} {statistics.median(ms):.1f}, {max(ms):.1f}" for n, ms in rows if ms))


def cold(name: str, place: Path, query: Asked) -> float:
    """CPU seconds of a new process that asks once; the least of five."""
    program = COLD_FTS5 if name == "fts5" else COLD_OWN
    command = [sys.executable, "-c", program, str(Path(__file__).parents[1]), name, str(place), query.text, query.match]
    found = []
    for _ in range(5):
        start = os.times()
        subprocess.run([str(part) for part in command], check=True)
        end = os.times()
        found.append(end.children_user + end.children_system - start.children_user - start.children_system)
    return min(found)


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of the longer of two lists that both have."""
    return len({*one} & {*other}) / max(len(one), len(other)) if one or other else 1.0


# --- Relevance ----------------------------------------------------------------------------------------------------


def compare_relevance(folder: Path) -> None:
    """Both engines on one set with judgements, through the command line: one archive that moves."""
    docs = next(path for name in ("docs.jsonl.gz", "docs.jsonl") if (path := folder / name).exists())
    grades = grades_of(folder)
    runs = {}
    with tempfile.TemporaryDirectory() as archive:
        run_backfile(archive, "ingest", str(docs))
        for name in ("whoosh", "tantivy"):
            run_backfile(archive, "index", "rebuild", "--engine", name)
            runs[name] = asked(archive, queries_in(folder))
    common = [overlap(*(found.get(query, [])[:10] for found in runs.values())) for query in grades]
    for name, found in runs.items():
        mean = statistics.mean(ndcg(found.get(query, []), each) for query, each in grades.items())
        print(f"{folder.name:16} {name:8} nDCG@10 {mean:.4f}")
    print(f"{folder.name:16} first ten in common {statistics.mean(common):.3f} ({len(grades)} queries)")


def run_backfile(archive: str, *words: str) -> None:
    command = [sys.executable, "-m", "backfile", "--archive", archive, *words]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--articles", nargs="+", type=int, default=[10_000])
    parser.add_argument(
        "--engines", nargs="+", choices=("whoosh", "tantivy", "fts5"), default=["whoosh", "tantivy", "fts5"]
    )
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--by-kind", action="store_true", help="median and most of each kind of query")
    parser.add_argument("--keep", type=Path, help="where indexes stay, and are found again")
    parser.add_argument("--relevance", nargs="+", type=Path, default=[])
    given = parser.parse_args()
    for folder in given.relevance:
        compare_relevance(folder)
    if given.file is None:
        return
    compounds = compounds_of(given.file)
    queries = log(articles_of(given.file, LEARNED), given.queries)
    before = log(articles_of(given.file, LEARNED), 40, seed=1)
    for wanted in given.articles:
        with tempfile.TemporaryDirectory() as directory:
            folder = (given.keep or Path(directory)) / str(wanted)
            folder.mkdir(parents=True, exist_ok=True)
            places = {name: folder / name for name in given.engines}
            print(f"{wanted:,} articles")
            if missing := {name: place for name, place in places.items() if not place.exists()}:
                build(missing, articles_of(given.file, wanted), compounds)
            ask(places, queries, before, by_kind=given.by_kind)
            add(places, given.file, compounds)


if __name__ == "__main__":
    main()
