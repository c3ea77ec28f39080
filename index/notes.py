"""What is said to the person who asked: a sentence, and the place in the query that it is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One remark."""

    text: str  # a sentence for people, without a full stop
    start: int | None = None  # characters of the query that it is about; None: of no place
    end: int | None = None  # behind the last
