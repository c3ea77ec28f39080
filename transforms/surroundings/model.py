"""The probability that a line is boilerplate: boosted decision trees, small enough to read (`model.json`)."""

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Trees(NamedTuple):
    """All trees in flat lists: a node is a number, a leaf `l` is the node `-1 - l`."""

    names: tuple[str, ...]  # of the figures that a vector has
    roots: tuple[int, ...]
    figure: tuple[int, ...]  # of each node: which figure it asks for
    limit: tuple[float, ...]  # … and up to which value it goes left
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaves: tuple[float, ...]  # log odds that are added up


@cache
def trees() -> Trees:
    """The trees of `model.json`, read at the first call."""
    stated = json.loads(files("transforms").joinpath("surroundings", "model.json").read_text(encoding="utf-8"))
    return Trees(**{name: tuple(stated[name]) for name in Trees._fields})


def probability(vector: Sequence[float]) -> float:
    """0 (article) to 1 (boilerplate) for the figures of `looks.NAMES`."""
    model = trees()
    figure, limit, left, right = model.figure, model.limit, model.left, model.right
    odds = 0.0
    for node in model.roots:
        at = node
        while at >= 0:
            at = left[at] if vector[figure[at]] <= limit[at] else right[at]
        odds += model.leaves[-1 - at]
    return 1 / (1 + math.exp(-odds))
