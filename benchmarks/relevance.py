"""Run a retrieval set through `backfile ingest` and `backfile search - --trec`, and score it with nDCG@10.

    python benchmarks/relevance.py FOLDER [FOLDER …]

A folder holds docs.jsonl or docs.jsonl.gz ("id", "title", "text"), queries.jsonl ("id", "text"), and qrels.tsv
(query id, document id, grade). Gain is 2^grade - 1 (Burges et al. 2005), discount log2(rank + 1), as in trec_eval.
"""

import argparse
import collections
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path


def run_of(folder: Path) -> dict[str, list[str]]:
    """Query id → ids of the hits, best first, of a fresh archive of the folder's documents."""
    docs = next(path for name in ("docs.jsonl.gz", "docs.jsonl") if (path := folder / name).exists())
    with tempfile.TemporaryDirectory() as archive:
        backfile = [sys.executable, "-m", "backfile", "--archive", archive]
        subprocess.run([*backfile, "ingest", str(docs)], check=True, stdout=subprocess.DEVNULL)
        return asked(archive, queries_in(folder))


def queries_in(folder: Path) -> str:
    """The folder's queries as `search -` reads them."""
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    return "".join(f"{query['id']}\t{' '.join(query['text'].split())}\n" for query in queries)


def asked(archive: str, queries: str) -> dict[str, list[str]]:
    """Query id → ids of the hits, best first."""
    command = [sys.executable, "-m", "backfile", "--archive", archive, "search", "-", "--trec"]
    done = subprocess.run(command, input=queries, stdout=subprocess.PIPE, text=True, check=True)
    run = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        query, _, document, *_ = line.split(" ")
        run[query].append(document.partition("/")[2])
    return run


def grades_of(folder: Path) -> dict[str, dict[str, int]]:
    """Query id → document id → grade."""
    grades: dict[str, dict[str, int]] = collections.defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade = line.split("\t")
        grades[query][document] = int(grade)
    return grades


def ndcg(ranked: list[str], grades: dict[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain at `depth`, from 0 to 1."""
    gains = [2 ** grades.get(document, 0) - 1 for document in ranked[:depth]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:depth]
    best = sum(gain / math.log2(place + 2) for place, gain in enumerate(ideal))
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains)) / best if best else 0.0


def main() -> None:
    """Score each folder and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        grades = grades_of(folder)
        run = run_of(folder)
        mean = sum(ndcg(run.get(query, []), each) for query, each in grades.items()) / len(grades)
        print(f"{folder.name:20} nDCG@10 {mean:.4f}  ({len(grades)} queries)")


if __name__ == "__main__":
    main()
