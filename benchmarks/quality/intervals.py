"""How far a score may be chance: bootstrap over documents, seeded."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.quality import metrics
from benchmarks.quality.metrics import Addends

SEED = 4  # any; the same one in every run, so that two runs over one set give one table
COVERED = 0.95  # of the resampled scores lie within an interval

Interval = tuple[float, float]


def draws(documents: int, resamples: int) -> list[list[int]]:
    """How often each document is drawn in each resample; the same for all contestants, so that they can be paired."""
    chance = random.Random(SEED)
    made = []
    for _ in range(resamples):
        drawn = Counter(chance.choices(range(documents), k=documents))
        made.append([drawn[n] for n in range(documents)])
    return made


def resampled(kind: str, addends: Sequence[Addends], drawn: Sequence[Sequence[int]]) -> list[dict[str, float]]:
    """The scores of each resample."""
    return [metrics.SCORES[kind](metrics.summed(addends, weights)) for weights in drawn]


def interval(scores: Sequence[float]) -> Interval:
    """The percentiles between which the scores lie, both ends cut alike; NaN for no scores.

    >>> interval([n / 100 for n in range(101)])
    (0.02, 0.98)
    """
    if not scores:
        return float("nan"), float("nan")
    ordered = sorted(scores)
    cut = int(len(ordered) * (1 - COVERED) / 2)
    return ordered[cut], ordered[-1 - cut]


def difference(ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]], metric: str) -> Interval:
    """The interval of ours minus theirs over the same resamples; one that lacks the metric is left out."""
    pairs = [(a[metric], b[metric]) for a, b in zip(ours, theirs, strict=True) if metric in a and metric in b]
    return interval([a - b for a, b in pairs])
