"""Floors: what backfile's scores may not fall below. They only rise.

[sample-pages]
labels = "0123456789ab"     # digest of the set; another of that name has a table of its own
f1 = 0.953
"""

import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.quality import metrics
from benchmarks.quality.labelled import BadSet, LabelledSet

HEADER = """\
# What backfile's scores may not fall below. `python -m benchmarks.quality SET --raise` raises them; nothing lowers.
"""
PLACES = 4  # decimals of a floor; scores are cut there, not rounded, so that a score never misses its own floor

Floors = dict[str, dict[str, float | str]]


def load(file: Path) -> Floors:
    """The floors of a file; none when there is no file.

    Raises:
        BadSet: it is no such file.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (OSError, ValueError) as error:
        raise BadSet(f"{file}: {error}") from error
    for name, floors in table.items():
        values = {key: value for key, value in floors.items() if key != "labels"} if isinstance(floors, dict) else None
        if values is None or not all(isinstance(value, int | float) for value in values.values()):
            raise BadSet(f"{file}: {name}: a table with labels and a number for each metric is expected")
    return table


def faults(floors: Floors, labelled: LabelledSet, scores: Mapping[str, float]) -> list[str]:
    """One line for each score that is below its floor."""
    held = _held(floors, labelled)
    return [
        f"{labelled.name}: {metric} is {scores.get(metric, 0.0):.4f}, below its floor {floor}"
        for metric, floor in held.items()
        if scores.get(metric, 0.0) < floor
    ]


def raised(floors: Floors, labelled: LabelledSet, scores: Mapping[str, float]) -> Floors:
    """The floors with the set's raised to its scores; those that a score does not reach stay."""
    held = _held(floors, labelled)
    new: dict[str, float | str] = {"labels": labelled.digest}
    for metric in metrics.FLOORED[labelled.kind]:
        if metric in scores:
            new[metric] = max(_cut(scores[metric]), held.get(metric, 0.0))
    return {**floors, _key(floors, labelled): new}


def written(floors: Floors) -> str:
    """The floors as TOML, in order of name."""
    return HEADER + "".join(f"\n{_table(name, floors[name])}" for name in sorted(floors))


def _table(name: str, floors: Mapping[str, float | str]) -> str:
    lines: Iterable[str] = (
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in floors.items()
    )
    return f'["{name}"]\n' + "\n".join(lines) + "\n"


def _held(floors: Floors, labelled: LabelledSet) -> dict[str, float]:
    table = floors.get(_key(floors, labelled), {})
    return {key: value for key, value in table.items() if not isinstance(value, str)}


def _key(floors: Floors, labelled: LabelledSet) -> str:
    """What the set is called among the floors: its name, unless another set has it; nobody's floors are overwritten."""
    taken = floors.get(labelled.name)
    return (
        labelled.name if not taken or taken.get("labels") == labelled.digest else f"{labelled.name} {labelled.digest}"
    )


def _cut(score: float) -> float:
    whole = 10.0**PLACES
    return math.floor(score * whole + 1e-9) / whole
