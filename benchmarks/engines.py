"""Compare the embedded engines on the same articles and queries: index rate, size, cold and warm queries, same answers.

    python benchmarks/engines.py FILE.jsonl.gz --articles 10000 100000
    python benchmarks/engines.py --relevance FOLDER [FOLDER …]

FILE has an article per line ("id", "title", "text", "date", "lang", "source"). Where more articles are asked for than
it has, they are recombined: each takes a title and the paragraphs of random others of its language, so that lengths and
the frequencies of words stay as they are and no two are equal. A FOLDER is one as `relevance.py` wants it.

Engines take turns within one run, query by query. The cold query is a new process that opens the index and asks once.
"""

import argparse
import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path

from relevance import asked, grades_of, ndcg, queries_in

from backfile.article import Article, Span
from index.compounds import Census, Compounds, learn
from index.engine import SearchEngine
from index.entry import analyse
from index.search import search

ENGINES = ("whoosh", "tantivy")
COMMIT = 2_000
TODAY = date(2026, 11, 29)
COLD = """
import sys, time
from datetime import date
from pathlib import Path
from importlib import import_module
from index.search import search
with import_module("index." + sys.argv[1]).open_index(Path(sys.argv[2])) as engine:
    search(engine, sys.argv[3], now=date(2026, 11, 29))
print(time.process_time())
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def article(number: int, row: dict[str, str], paragraphs: Iterable[str]) -> Article:
    body = tuple(Span(line, 0, paragraph) for line, paragraph in enumerate(paragraphs))
    return Article(
        id=f"{row.get('source') or 'all'}/{row['id']}-{number}",
        source=row.get("source") or "all",
        uri=row["id"],
        title=row.get("title"),
        published=row.get("date"),
        language=row.get("lang") or "und",
        body=body,
    )


def articles_of(rows: list[dict[str, str]], wanted: int, seed: int = 1) -> Iterator[Article]:
    """The articles as they are, and behind them as many recombined ones as are missing."""
    chance = random.Random(seed)
    paragraphs: dict[str, list[str]] = {}
    for number, row in enumerate(islice(rows, wanted)):
        parts = [part for part in row["text"].split("\n\n") if part]
        paragraphs.setdefault(row["lang"], []).extend(parts)
        yield article(number, row, parts)
    for number in range(len(rows), wanted):
        row, like = chance.choice(rows), chance.choice(rows)
        pile = paragraphs[row["lang"]]
        yield article(number, row, [chance.choice(pile) for part in like["text"].split("\n\n") if part])


def batches_of(articles: Iterable[Article]) -> Iterator[list[Article]]:
    remaining = iter(articles)
    while batch := list(islice(remaining, COMMIT)):
        yield batch


def queries_of(rows: list[dict[str, str]], number: int, seed: int = 2) -> list[str]:
    """Queries of all kinds, from words that stand in articles."""
    chance = random.Random(seed)

    def words(least: int) -> list[str]:
        while True:
            parts = [word.strip('.,;:!?()"„“”»«–') for word in chance.choice(rows)["text"].split()]
            at = chance.randrange(max(len(parts) - 8, 1))
            found = [word for word in parts[at : at + 8] if word.isalpha() and len(word) > 3]
            if len(found) >= least:
                return found

    kinds = (
        lambda: words(1)[0],
        lambda: " ".join(words(2)[:2]),
        lambda: " ".join(words(3)[:3]),
        lambda: f"{words(1)[0]} {words(1)[0]}",
        lambda: '"{} {}"'.format(*words(2)),
        lambda: '"{} {}"~5'.format(*words(2)),
        lambda: f"{words(1)[0][:4]}*",
        lambda: f"{words(1)[0]}~1",
        lambda: f"={words(1)[0]}",
        lambda: f"{words(1)[0]} OR {words(1)[0]} -{words(1)[0]}",
        lambda: f"{words(1)[0]} date:2013",
        lambda: f"title:{words(1)[0]}",
    )
    return [kinds[n % len(kinds)]() for n in range(number)]


def build(places: dict[str, Path], articles: Iterable[Article], compounds: Compounds) -> None:
    """Both indexes from the same entries, batch by batch; prints what each cost."""
    engines = {name: import_module(f"index.{name}").create(place, compounds) for name, place in places.items()}
    spent = dict.fromkeys(("analysis", *engines), 0.0)
    characters = number = 0
    for batch in batches_of(articles):
        start = time.process_time()
        entries = [analyse(each, compounds=compounds) for each in batch]
        spent["analysis"] += time.process_time() - start
        characters += sum(len(each.text.encode()) for each in batch)
        number += len(batch)
        for name, engine in engines.items():
            start = time.process_time()
            engine.add(entries)
            engine.commit()
            spent[name] += time.process_time() - start
    sizes = {name: sum(path.stat().st_size for path in place.iterdir()) for name, place in places.items()}
    print(
        f"  {number:,} articles, {characters / 1e6:.0f} MB of text; analysis {number / spent['analysis']:.0f} per CPU s"
    )
    for name, engine in engines.items():
        rate, size = number / spent[name], sizes[name]
        both = number / (spent[name] + spent["analysis"])
        print(f"  {name:8} {rate:7.0f} articles per CPU s ({both:.0f} with analysis), {size / characters:.2f} × text")
        start = time.perf_counter()
        engine.add([analyse(each, compounds=compounds) for each in articles_of(ROWS, 100, seed=9)])
        engine.commit()
        print(f"  {name:8} {time.perf_counter() - start:7.2f} s to add 100 articles more")
        engine.close()


def overlap(one: list[str], other: list[str]) -> float:
    """The share of the longer of two lists that both have."""
    return len({*one} & {*other}) / max(len(one), len(other)) if one or other else 1.0


def ask(places: dict[str, Path], queries: list[str]) -> None:
    """Warm and cold queries, and how far the answers are the same."""
    engines: dict[str, SearchEngine] = {n: import_module(f"index.{n}").open_index(p) for n, p in places.items()}
    took: dict[str, list[float]] = {name: [] for name in engines}
    same, common = 0, []
    for query in queries[:24]:  # warm
        for engine in engines.values():
            search(engine, query, now=TODAY)
    for query in queries:
        results = {}
        for name, engine in engines.items():
            start = time.process_time()
            results[name] = search(engine, query, now=TODAY)
            took[name].append(time.process_time() - start)
        whoosh, tantivy = (results[name] for name in ENGINES)
        same += whoosh.total == tantivy.total
        common.append(overlap([hit.id for hit in whoosh.hits], [hit.id for hit in tantivy.hits]))
    for name, place in places.items():
        engines[name].close()
        cold = [
            float(subprocess.check_output([sys.executable, "-c", COLD, name, str(place), queries[1]])) for _ in range(5)
        ]
        tiles = statistics.quantiles(took[name], n=20)
        print(
            f"  {name:8} warm p50 {tiles[9] * 1e3:.1f} ms, p95 {tiles[18] * 1e3:.1f} ms; cold {min(cold):.2f} s (CPU)"
        )
    print(f"  the same number of hits {same}/{len(queries)}, first ten in common {statistics.mean(common):.3f}")


def compare_relevance(folder: Path) -> None:
    """Both engines on one set with judgements, through the command line: one archive that moves."""
    docs = next(path for name in ("docs.jsonl.gz", "docs.jsonl") if (path := folder / name).exists())
    grades = grades_of(folder)
    runs = {}
    with tempfile.TemporaryDirectory() as archive:
        run_backfile(archive, "ingest", str(docs))
        for name in ENGINES:
            run_backfile(archive, "index", "rebuild", "--engine", name)
            runs[name] = asked(archive, queries_in(folder))
    common = [overlap(*(runs[name].get(query, [])[:10] for name in ENGINES)) for query in grades]
    for name in ENGINES:
        mean = statistics.mean(ndcg(runs[name].get(query, []), each) for query, each in grades.items())
        print(f"{folder.name:16} {name:8} nDCG@10 {mean:.4f}")
    print(f"{folder.name:16} first ten in common {statistics.mean(common):.3f} ({len(grades)} queries)")


def run_backfile(archive: str, *words: str, told: str = "") -> str:
    command = [sys.executable, "-m", "backfile", "--archive", archive, *words]
    return subprocess.run(command, input=told, stdout=subprocess.PIPE, text=True, check=True).stdout


ROWS: list[dict[str, str]] = []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--articles", nargs="+", type=int, default=[10_000])
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--relevance", nargs="+", type=Path, default=[])
    given = parser.parse_args()
    for folder in given.relevance:
        compare_relevance(folder)
    if given.file is None:
        return
    ROWS.extend(rows_of(given.file))
    census = Census()
    for each in articles_of(ROWS, len(ROWS)):
        census.add(each.text, each.language)
    compounds = learn(census)
    for wanted in given.articles:
        with tempfile.TemporaryDirectory() as directory:
            places = {name: Path(directory, name) for name in ENGINES}
            for place in places.values():
                place.mkdir(mode=0o700)
            print(f"{wanted:,} articles")
            build(places, articles_of(ROWS, wanted), compounds)
            ask(places, queries_of(ROWS, given.queries))


if __name__ == "__main__":
    main()
