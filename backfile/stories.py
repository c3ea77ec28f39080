"""What the store keeps of an article so that others on the same story are found; `transforms` knows what terms mean."""

from dataclasses import dataclass

HOUSE = 8  # bytes behind an article's terms that say who brought it
_TERM = 9  # bytes of a term: 8, and 1 behind all of these


@dataclass(frozen=True, slots=True)
class About:
    """What an article is about, as it says itself: whatever it is called, and whatever copies it has."""

    version: int  # of the terms
    begins: int | None  # the first day it may have been published on, as `date.toordinal()`; None: undated
    ends: int | None  # the last such day
    terms: bytes  # packed: 8 bytes each, then 1 byte each; then who brought it

    @property
    def size(self) -> int:
        """How many terms."""
        return max(0, len(self.terms) - HOUSE) // _TERM


@dataclass(frozen=True, slots=True)
class Subject:
    """What a stored article is about."""

    article_id: str
    copy_group: str  # copies have the same
    language: str
    begins: int | None  # as in `About`
    ends: int | None
    terms: bytes
