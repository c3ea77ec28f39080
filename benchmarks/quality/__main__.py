"""Score backfile and its peers on labelled sets, hold the scores against their floors.

    python -m benchmarks.quality                        the sample that lies beside this file
    python -m benchmarks.quality DATA [DATA…]           every set at or below the paths
    python -m benchmarks.quality DATA --only news --peers trafilatura
    python -m benchmarks.quality DATA --half even       one half of the sites, to tune on; the other one is to check
    python -m benchmarks.quality --raise                raise the floors to what is reached now

The exit code is 1 when a score of backfile is below its floor, 2 on wrong use. What a set is, what each number means
and how the peers are run: benchmarks/quality/README.md.
"""

import argparse
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.quality import contest, floors, intervals, labelled, metrics, peers
from benchmarks.quality.contest import Result
from benchmarks.quality.labelled import LabelledSet

HERE = Path(__file__).parent
SAMPLE = HERE / "sample"
FLOORS = HERE / "floors.toml"
RESAMPLES = 1000
KEPT = 0.99  # kR below which a peer of lines is no rival: who takes more of the articles takes more of anything


def main(words: list[str] | None = None) -> int:
    """Score what is asked for; the exit code."""
    args = _arguments(words)
    logging.disable(logging.CRITICAL)  # peers complain about pages; they would bury the table
    warnings.simplefilter("ignore")
    try:
        held = floors.load(args.floors)
        sets = list(labelled.found(args.sets, only=args.only))
        below: list[str] = []
        scored = []
        for each in sets:
            table = _table(each, args)
            scored.append(table)
            print(_shown(table), flush=True)
            if args.half is None:
                ours = table["contestants"][0]["scores"]
                below += floors.faults(held, each, ours)
                held = floors.raised(held, each, ours) if args.raised else held
    except labelled.BadSet as error:
        print(error, file=sys.stderr)
        return 2
    if args.json:
        args.json.write_text(json.dumps(scored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if args.raised:
        args.floors.write_text(floors.written(held), encoding="utf-8")
    for fault in below:
        print(fault, file=sys.stderr)
    return 1 if below else 0


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", type=Path, default=[SAMPLE], metavar="SET")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only sets of this name")
    parser.add_argument(
        "--peers", action="append", metavar="NAME", help="only peers whose name begins so; 'none': none"
    )
    parser.add_argument("--half", choices=("even", "odd"), help="score one half of the sites; floors are not looked at")
    parser.add_argument("--resamples", type=int, default=RESAMPLES, help=f"of the bootstrap; {RESAMPLES}")
    parser.add_argument("--floors", type=Path, default=FLOORS, metavar="FILE")
    parser.add_argument("--raise", dest="raised", action="store_true", help="raise the floors to what is reached")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args(words)


def _table(each: LabelledSet, args: argparse.Namespace) -> dict[str, Any]:
    """All figures of one set."""
    chosen = each.chosen(args.half)
    drawn = intervals.draws(len(chosen), args.resamples) if chosen else []
    contestants = []
    skipped = []
    for result in _results(each, args.peers, skipped):
        addends = [metrics.OF[each.kind](each.rows[n], result.texts.get(each.rows[n]["id"], "")) for n in chosen]
        total = metrics.summed(addends)
        contestants.append(
            {
                "name": result.name,
                "scores": metrics.SCORES[each.kind](total),
                "empty": int(total["empty"]),
                "ms": 1000 * result.seconds / max(len(each.rows), 1),
                "resampled": intervals.resampled(each.kind, addends, drawn),
            }
        )
    _compare(contestants, metrics.HEADLINES[each.kind])
    return {
        "set": each.name, "kind": each.kind, "documents": len(chosen), "half": args.half, "skipped": skipped,
        "contestants": contestants,
    }  # fmt: skip


def _results(each: LabelledSet, names: list[str] | None, skipped: list[str]) -> Iterator[Result]:
    yield contest.ours(each)
    for peer in peers.of_lines() if each.kind == "lines" else peers.of_pages():
        if names is not None and not any(peer.name.startswith(name) for name in names):
            continue
        if peer.missing:
            skipped.append(peer.name)
        else:
            yield contest.theirs(each, peer)


def _compare(contestants: list[dict[str, Any]], headlines: tuple[str, ...]) -> None:
    """Put intervals in place of the resampled scores, and for backfile the paired difference to the best peer."""
    ours, *others = contestants
    first = next((metric for metric in headlines if metric in ours["scores"]), "")
    rivals = [each for each in others if first in each["scores"] and each["scores"].get("kR", 1.0) >= KEPT]
    if rivals:
        best = max(rivals, key=lambda each: each["scores"][first])
        ours["ahead"] = {"of": best["name"], "by": {}}
        for metric in headlines:
            if metric in ours["scores"] and metric in best["scores"]:
                by = ours["scores"][metric] - best["scores"][metric]
                drawn = intervals.difference(ours["resampled"], best["resampled"], metric)
                ours["ahead"]["by"][metric] = (by, drawn)
    for each in contestants:
        drawn = each.pop("resampled")
        each["intervals"] = {
            metric: intervals.interval([one[metric] for one in drawn if metric in one])
            for metric in each["scores"]
            if any(metric in one for one in drawn)
        }


def _shown(table: dict[str, Any]) -> str:
    """The table for people: a line a contestant, the headline metrics with their intervals, the others without."""
    kind = table["kind"]
    headlines = metrics.HEADLINES[kind]
    rest = [name for name in table["contestants"][0]["scores"] if name not in headlines]
    half = f", the {table['half']} half of the sites" if table["half"] else ""
    lines = [f"## {table['set']}: {table['documents']} documents{half}; 95 % intervals", ""]
    rows = [["", *headlines, *rest, "empty", "ms"]]
    for each in table["contestants"]:
        told = [_with_interval(each, name) for name in headlines]
        told += [_number(each["scores"].get(name)) for name in rest]
        rows.append([each["name"], *told, str(each["empty"]), f"{each['ms']:.1f}"])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines += [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(3, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    lines.append("")
    if ahead := table["contestants"][0].get("ahead"):
        told = (f"{metric} {by:+.3f} [{low:+.3f} {high:+.3f}]" for metric, (by, (low, high)) in ahead["by"].items())
        lines.append(f"backfile minus {ahead['of']}, the best peer: {', '.join(told)}")
    if table["skipped"]:
        lines.append(f"not installed, skipped: {', '.join(table['skipped'])}")
    return "\n".join(lines) + "\n"


def _with_interval(each: dict[str, Any], metric: str) -> str:
    number = _number(each["scores"].get(metric))
    if metric not in each["intervals"]:
        return number
    low, high = each["intervals"][metric]
    return f"{number} [{_number(low)} {_number(high)}]"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".replace("0.", ".", 1) if value < 1 else f"{value:.3f}"


if __name__ == "__main__":
    sys.exit(main())
