"""Why an article's fields have the values that they have: each statement, its weight, and the one that won."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backfile.article import Article, Extraction, Json, Removal, Witness
from backfile.store import StoredArticle
from transforms import normalise
from transforms.metadata.fields.decision import Decision, Weighed

FIELDS = (
    "title", "published", "updated", "fetched", "authors", "agencies", "publisher", "url", "language", "tags", "place",
)  # fmt: skip
_FROM_TEXT = "text:line "  # how the provenance begins of what a rule took from a line


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an article, and all that was said about it."""

    name: str
    value: str | list[str] | None
    origin: str  # who said so, "" when nobody did
    rule: str  # the rule that took it from the text, "" when it was stated
    statement: str  # the words that the rule took
    weighed: tuple[Weighed, ...]  # the heaviest first

    def wins(self, weighed: Weighed) -> bool:
        """Whether the value was read from this statement."""
        if self.rule or not weighed.weight or not self._is_winners(weighed):
            return False
        if not isinstance(self.value, list):
            return weighed is self._first
        named = [each for each in self.weighed if self._is_winners(each) and self._names(each)]
        return not named or weighed in named

    def _is_winners(self, weighed: Weighed) -> bool:
        """Whether it stands where the value comes from."""
        return self.origin in {weighed.witness.origin, f"updated:{weighed.witness.origin}"}

    def _names(self, weighed: Weighed) -> bool:
        """Whether what it says, or a part of that, is one of several values."""
        read = {weighed.read, *re.split(r", |/", weighed.read)}
        return any(value in read for value in self.value or ())

    @property
    def _first(self) -> Weighed | None:
        """Of the statements of the winning origin the one that was read as the value; else the first of them."""
        own = [w for w in self.weighed if self._is_winners(w) and w.weight]
        return next((w for w in own if w.read == self.value), own[0] if own else None)

    def to_json(self) -> dict[str, Json]:
        """The field as data, for `show --json --explain`."""
        witnesses: list[Json] = [
            {
                "origin": each.witness.origin,
                "statement": each.witness.value,
                "read": each.read or None,
                "weight": each.weight,
                "wins": self.wins(each),
                "note": each.note or None,
            }
            for each in self.weighed
        ]
        taken: Json = {"rule": self.rule, "text": self.statement} if self.rule else None
        value: Json = list(self.value) if isinstance(self.value, list) else self.value
        return {"value": value, "origin": self.origin or None, "taken": taken, "witnesses": witnesses}


def explained(stored: StoredArticle, hints: tuple[Witness, ...]) -> list[Field]:
    """The fields that have a value or a statement, decided again from what the store has kept.

    `hints` are what the configuration says about the source now.
    """
    extraction = Extraction(stored.lines, stored.witnesses)
    return list(_fields(stored.article, normalise.explained(extraction, hints=hints)))


def _fields(article: Article, decided: dict[str, Decision[object]]) -> Iterator[Field]:
    record = article.to_json()
    for name in FIELDS:
        value = record[name]
        decision = decided[name]
        if not value and not decision.weighed:
            continue
        told = [str(each) for each in value] if isinstance(value, list) else None if value is None else str(value)
        origin = article.provenance.get(name, "")
        taken = _taken(article, origin)
        yield Field(
            name,
            told,
            origin,
            taken.rule if taken else "",
            taken.text.strip() if taken else "",
            decision.weighed,
        )


def _taken(article: Article, origin: str) -> Removal | None:
    """What the rule took that found the value in a line of the text."""
    if not origin.startswith(_FROM_TEXT):
        return None
    number = origin.removeprefix(_FROM_TEXT)
    kinds = {"title", "byline", "dateline", "date", "tags", "credit"}
    return next((r for r in article.removed if str(r.line + 1) == number and r.kind in kinds), None)
