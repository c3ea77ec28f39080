"""Score how statements are read, on any file of labelled ones; which kind it is, its columns say.

    python -m benchmarks.metadata                              the tables of our own that the tests use
    python -m benchmarks.metadata --gold FILE [--gold FILE]    dates, bylines (CSV), addresses (JSON), languages, copies
                                                               (JSON Lines)
    python -m benchmarks.metadata --gold FILE --peers          the peers that are installed, beside
    python -m benchmarks.metadata --gold FILE --errors 20      the first twenty that are wrong
    python -m benchmarks.metadata --gold FILE --predictions D  what was read, as a file for other scripts

Columns and measures of each kind: the modules beside this one. The exit code is 2 for a file of no known kind.
"""

import argparse
import csv
import importlib.util
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.metadata import addresses, bylines, copies, dates, languages
from benchmarks.metadata.score import BadTable, Row, Score, Task

TASKS = (dates.TASK, bylines.TASK, addresses.TASK, copies.TASK, languages.TASK)
_CASES = Path(__file__).parents[2] / "tests" / "transforms"
OWN = (_CASES / "metadata" / "dates.csv", _CASES / "metadata" / "urls.json", _CASES / "story" / "labelled.jsonl")


def main(words: list[str] | None = None) -> int:
    """Score what is asked for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, action="append", metavar="FILE")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--errors", type=int, default=0, metavar="N")
    parser.add_argument("--predictions", type=Path, metavar="DIRECTORY")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(words)
    for path in args.gold or OWN:
        try:
            rows, task = table(path)
            results = scored(rows, task, peers=args.peers)
        except (BadTable, KeyError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
        if args.predictions:
            args.predictions.mkdir(parents=True, exist_ok=True)
            write(args.predictions, task, results["backfile"][0])
        shown = {name: score for name, (_, score, _) in results.items()}
        print(json.dumps(as_json(path, task, shown)) if args.json else as_text(path, task, results))
        for line in shown["backfile"].wrong[: args.errors]:
            print("  ", line)
    return 0


def table(path: Path) -> tuple[Sequence[Row], Task]:
    """The rows of a file, and the task that its columns are of.

    Raises:
        BadTable: the file cannot be read, or is of no task.
    """
    try:
        rows = _rows(path)
    except (OSError, ValueError) as error:
        raise BadTable(str(error)) from error
    columns = set(rows[0]) if rows else set()
    for task in TASKS:
        if task.columns <= columns or (task is addresses.TASK and "pair" in columns):
            return rows, task
    raise BadTable(f"columns {', '.join(sorted(columns)) or 'none'}: no kind of table that is known")


def _rows(path: Path) -> Sequence[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            return [{"id": str(number), **row} for number, row in enumerate(csv.DictReader(file), start=1)]
        if path.suffix == ".json":
            return addresses.rows(json.load(file))
        return [json.loads(line) for line in file if line.strip()]


def scored(rows: Sequence[Row], task: Task, *, peers: bool) -> dict[str, tuple[Mapping[str, Any], Score, float]]:
    """By name of the reader: what it read, its score, its CPU seconds. Peers that are not installed are left out."""
    results: dict[str, tuple[Mapping[str, Any], Score, float]] = {}
    for name, reader in {"backfile": task.ours, **(task.peers if peers else {})}.items():
        if name != "backfile" and importlib.util.find_spec(name) is None:
            continue
        begun = time.process_time()
        read = reader(rows)
        results[name] = read, task.score(rows, read), time.process_time() - begun
    return results


def write(directory: Path, task: Task, read: Mapping[str, Any]) -> None:
    """What was read: `dates.csv` (id,pred), `addresses.json` (address → form), else JSON Lines (id, …)."""
    if task is dates.TASK:
        with (directory / "dates.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("id", "pred"), *read.items()])
    elif task is addresses.TASK:
        (directory / "addresses.json").write_text(json.dumps(read, indent=1), encoding="utf-8")
    else:
        with (directory / f"{task.name}.jsonl").open("w", encoding="utf-8") as file:
            for id_, said in read.items():
                print(json.dumps({"id": id_, **(said if isinstance(said, dict) else {"pred": said})}), file=file)


def as_json(path: Path, task: Task, scores: Mapping[str, Score]) -> dict[str, Any]:
    """One table as data: by reader and measure the share, and of how many."""
    return {
        "file": path.name,
        "task": task.name,
        "scores": {
            name: {measure: [round(score.share(measure), 4), score.of[measure]] for measure in score.of}
            for name, score in scores.items()
        },
    }


def as_text(path: Path, task: Task, results: Mapping[str, tuple[Mapping[str, Any], Score, float]]) -> str:
    """One table for people: a line a measure, a column a reader."""
    names = list(results)
    ours = results["backfile"][1]
    width = max(len(measure) for measure in ours.of)
    lines = [f"{path.name}: {task.name}", " " * (width + 10) + "".join(f"{name:>13}" for name in names)]
    for measure in ours.of:
        shares = "".join(f"{score.share(measure):13.3f}" for _, score, _ in results.values())
        lines.append(f"  {measure:{width}} {ours.of[measure]:7}{shares}")
    lines.append(
        f"  {'CPU seconds':{width}} {'':7}" + "".join(f"{seconds:13.2f}" for _, _, seconds in results.values())
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
