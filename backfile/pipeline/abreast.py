"""Work in steps, done for several things abreast: each step for all of them before the next one.

To clean a document takes thousands of functions and their tables, more than a processor keeps at hand; alone, each
document finds what the one before it left pushed out again. Abreast, 16 articles take a quarter less time (Nov 2026).
"""

from collections.abc import Generator, Iterable
from typing import TypeVar

Made = TypeVar("Made")
Steps = Generator[None, None, Made]  # work that pauses between its steps, and what comes of it


def whole(work: Steps[Made]) -> Made:
    """What comes of work that is done without a pause."""
    return abreast([work])[0]


def abreast(works: Iterable[Steps[Made]]) -> list[Made]:
    """What comes of several works done abreast, in their order. What one raises ends all."""
    going = dict(enumerate(works))
    made: dict[int, Made] = {}
    while going:
        for number, work in [*going.items()]:
            try:
                next(work)
            except StopIteration as end:
                made[number] = end.value
                del going[number]
    return [made[number] for number in sorted(made)]
