"""Articles go into an index: analysed here, or in processes that write segments of them for this one to take over.

Either way the index answers alike, and what is learned of words beforehand is the same.
"""

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from math import ceil
from typing import Any

from backfile.outcome import PackedStored
from backfile.pipeline import analysing, tasks
from backfile.pipeline.builders import Builders
from backfile.pipeline.isolation import Task
from backfile.store import Store
from index.compounds import LANGUAGE, Census, Compounds, learn
from index.engine import SearchEngine, Segment, SegmentEngine

log = logging.getLogger(__name__)

# Articles in one commit of the index. A commit is synced and may merge segments; thousands make that cost small, and a
# crash costs no more than adding them again.
COMMIT = 2_000

Portion = list[PackedStored]


def learned(store: Store, processes: Builders) -> Compounds:
    """What the words of all articles teach: of German ones, others are not read."""
    census = Census()
    number = store.counts()["articles"]
    chosen = processes if processes.worth(number) else None
    # Always of this size: rare words of a large archive are forgotten between two.
    portions = store.packed(COMMIT, language=LANGUAGE)
    with closing(_answered(portions, tasks.count, chosen)) as counted:
        for portion, answer in counted:
            articles, words = answer or analysing.counted(portion)
            census.include(articles, words)
    census.articles = number
    return learn(census)


def added(
    writer: SearchEngine, portions: Callable[[int], Iterator[Portion]], number: int, processes: Builders
) -> Generator[Portion]:
    """Adds articles to an index; each portion is given when it is in, for whoever commits it.

    Args:
        writer: the index.
        portions: gives the articles in portions of about a size.
        number: how many articles there are.
        processes: may analyse them, where the engine takes segments.
    """
    workers = processes.worth(number)
    if not isinstance(writer, SegmentEngine) or not workers:
        for portion in portions(COMMIT):
            writer.add(analysing.entries(portion, writer.compounds))
            yield portion
        return
    asked = partial(tasks.build, writer.place)
    with closing(_answered(portions(_even(number, workers)), asked, processes)) as answers:
        for portion, answer in answers:
            if answer is None:
                writer.add(analysing.entries(portion, writer.compounds))
            else:
                writer.take_over(_segment(*each) for each in answer)
            yield portion


def comes_in_segments(writer: SearchEngine, number: int, processes: Builders) -> bool:
    """Whether `added` adds a segment for each portion, so that there are many of them until they are committed."""
    return isinstance(writer, SegmentEngine) and processes.worth(number) > 0


def _even(number: int, workers: int) -> int:
    """The size of portions of which all processes get equally many, so that they end at the same time."""
    rounds = ceil(number / (COMMIT * workers))
    return ceil(number / (rounds * workers))


def _answered(
    portions: Iterator[Portion], asked: Callable[[Portion], bytes], processes: Builders | None
) -> Generator[tuple[Portion, list[Any] | None]]:
    """Each portion with what a process answered; None where none is to be asked, or none could do it."""
    if processes is None:
        yield from ((portion, None) for portion in portions)
        return
    held: deque[Portion] = deque()

    def given() -> Iterator[Task]:
        for portion in portions:
            held.append(portion)
            yield Task(asked(portion), f"{len(portion):,} articles from {portion[0].id} on")

    for task in processes.over(given()):
        [word, *answer], _ = task.answers[0]
        if word == "failed":
            log.warning("%s: not in a process of their own (%s), but in this one", task.about, answer[1])
        yield held.popleft(), None if word == "failed" else answer


def _segment(file: str, total: str, ids: list[str], deleted: list[int]) -> Segment:
    return Segment(file, total, tuple(ids), tuple(deleted))
