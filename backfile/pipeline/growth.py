"""How far an input that grows at its end was read: what is kept with it, and when it is believed."""

import json
from dataclasses import dataclass

from backfile.pipeline.places import Place
from backfile.readers import Growth, Position
from backfile.store import KnownDocument, KnownInput

# A program that appends to a file does so at once, or stops for good. What ends in the middle of an item, and was last
# written to a minute ago, is a file that was cut off, and said to be.
SETTLED = 60  # seconds


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the last item begins, and what is known of it."""

    position: Position
    items: int  # that were read before it
    member: str | None  # it, as it was stored; None: it was left, as it was cut off
    run: int  # that wrote this; documents that were seen later are behind the mark

    def to_text(self) -> str:
        """The mark as the store keeps it."""
        place = self.position
        return json.dumps([place.format, place.offset, place.number, self.items, self.member, self.run])

    def taken(self, row: KnownDocument) -> bool:
        """Whether the document of the row is one of those before the mark, which are not read again."""
        return not row.gone and row.seen <= self.run and row.member != self.member


def mark_of(before: KnownInput | None, place: Place, settings: str) -> Mark | None:
    """The mark of an input that may have grown; None when it is to be read from its beginning."""
    if before is None or before.mark is None or before.settings != settings or not before.digest:
        return None
    if not place.regular or place.size < before.size:
        return None
    kind, offset, number, items, member, run = json.loads(before.mark)
    return Mark(Position(kind, offset, number), items, member, run)


def mark_after(growth: Growth, *, items: int, member: str | None, run: int) -> str | None:
    """What is kept with an input that was read: `items` of it, the last of them `member`."""
    if growth.last is None or member == "":  # no file that grows, or one that failed as a whole
        return None
    last = None if growth.left else member
    return Mark(growth.last, items if growth.left else items - 1, last, run).to_text()
