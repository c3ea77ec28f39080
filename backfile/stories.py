"""What the store keeps of an article so that others on the same story are found; what the numbers mean, `transforms`
knows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """What one article is about; of a copy group only one stands where others are looked up."""

    article_id: str
    language: str
    begins: int | None  # the first day it may have been published on, as `date.toordinal()`; None: undated
    ends: int | None  # the last such day
    terms: bytes  # packed
    size: int  # how many terms
    number: int = 0  # its row
