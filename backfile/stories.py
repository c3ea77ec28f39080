"""What the store keeps of an article so that others on the same story are found; `transforms` knows what terms mean."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """What an article is about."""

    article_id: str
    copy_group: str  # copies have the same
    language: str
    begins: int | None  # the first day it may have been published on, as `date.toordinal()`; None: undated
    ends: int | None  # the last such day
    terms: bytes  # packed: 8 bytes each, then 1 byte each; then who brought it
    size: int  # how many terms
