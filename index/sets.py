"""Which documents match a clause, and where phrases stand: sets, before anything is scored.

The clause that the fewest documents match is answered first; of the others it is then only asked whether they have
these, so that common words cost no more than the rare ones beside them.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from index.engine import And, Clause, DateRange, Filter, Not, Or, Phrase, Placed, Variant, Word
from index.shelf import HALF, NO_DAY, Shelf

MANY = 8  # variants of a word that are gathered together
_FAR_MORE = 8  # times as many documents, and it is quicker to look for a few than to gather all
NEVER = 1 << 30  # behind the last day that a date can have


class Sets:
    """What documents of one shelf match clauses; keeps what it has found out, for clauses that occur twice."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._found: dict[Clause, set[int]] = {}
        self._phrases: dict[Phrase, dict[str, Mapping[int, int]]] = {}

    def matches(self, clause: Clause) -> set[int]:
        """The documents that match; not to be changed by the caller."""
        known = self._found.get(clause)
        if known is None:
            known = self._found[clause] = self._matches(clause)
        return known

    def _matches(self, clause: Clause) -> set[int]:  # noqa: PLR0911  (one return per kind of clause)
        match clause:
            case Word(variants, fields):
                self.gather(clause)
                return set().union(*(self._shelf.documents(*term) for term in terms_of(variants, fields)))
            case Phrase():
                return set().union(*self.occurrences(clause).values())
            case Filter(field, values):
                return set().union(*(self._shelf.documents(field, value) for value in values))
            case DateRange(first, last):
                return self._dated(first, last, self._shelf.live())
            case And(clauses):
                return self._all(clauses)
            case Or(clauses):
                return set().union(*(self.matches(part) for part in clauses))
            case Not(part):
                return self._shelf.live() - self.matches(part)
            case Placed(inner, _, _):
                return self.matches(inner)

    def gather(self, word: Word) -> None:
        """Tells the shelf of the many variants that a word has."""
        if len(word.variants) > MANY:
            for field in word.fields:
                self._shelf.gather(field, [variant.term for variant in word.variants])

    def _all(self, clauses: tuple[Clause, ...]) -> set[int]:
        first, *others = sorted(clauses, key=self._size) if clauses else (None,)
        if first is None or isinstance(first, Not | DateRange):
            found, others = self._shelf.live(), list(clauses)
        else:
            found = self.matches(first)
        for part in others:
            found = self.within(part, found)
        return found if others else set(found)

    def within(self, clause: Clause, documents: set[int]) -> set[int]:  # noqa: PLR0911  (one return per kind of clause)
        """Those of some documents that match; quicker than `matches` where they are few."""
        if clause in self._found or not documents:
            return documents & self.matches(clause) if documents else documents
        match clause:
            case Word(variants, fields) if len(documents) * _FAR_MORE < self._size(clause):
                return self._having(terms_of(variants, fields), documents)
            case Filter(field, values) if len(documents) * _FAR_MORE < self._size(clause):
                return self._having([(field, value) for value in values], documents)
            case DateRange(first, last):
                return self._dated(first, last, documents)
            case And(clauses):
                for part in sorted(clauses, key=self._size):
                    documents = self.within(part, documents)
                return documents
            case Or(clauses):
                return set().union(*(self.within(part, documents) for part in clauses))
            case Not(inner):
                return documents - self.within(inner, documents)
            case Placed(inner, _, _):
                return self.within(inner, documents)
            case _:
                return documents & self.matches(clause)

    def _having(self, terms: Collection[tuple[str, str]], documents: set[int]) -> set[int]:
        return documents & set().union(*(self._shelf.counts(field, term, documents) for field, term in terms))

    def _size(self, clause: Clause) -> int:  # noqa: PLR0911  (one return per kind of clause)
        """About how many documents match, to begin with the fewest; what is cheap to ask of any comes last."""
        match clause:
            case Word(variants, fields):
                return self._shelf.number(terms_of(variants, fields), exact=False)
            case Filter(field, values):
                return self._shelf.number([(field, value) for value in values], exact=False)
            case Phrase(places, fields, _):
                return min((self._size(Word(place, fields)) for place in places), default=0)
            case And(clauses):
                return min(map(self._size, clauses), default=NEVER)
            case Or(clauses):
                return sum(map(self._size, clauses))
            case Placed(inner, _, _):
                return self._size(inner)
            case DateRange() | Not():
                return NEVER

    def _dated(self, first: int | None, last: int | None, among: Iterable[int]) -> set[int]:
        low, high = first or NO_DAY + 1, last if last is not None else NEVER
        begin, end = self._shelf.days()
        return {document for document in among if NO_DAY != begin[document] <= high and end[document] >= low}

    def occurrences(self, phrase: Phrase) -> dict[str, Mapping[int, int]]:
        """For each field how often documents have a phrase in it."""
        known = self._phrases.get(phrase)
        if known is None:
            known = self._phrases[phrase] = {field: self._in_field(phrase, field) for field in phrase.fields}
        return known

    def _in_field(self, phrase: Phrase, field: str) -> Mapping[int, int]:
        words = [Word(place, (field,)) for place in phrase.places]
        documents = self._all(tuple(words)) if words else set()
        if not documents:
            return {}
        if phrase.slop:
            return self._loosely(phrase, field, documents)
        return self._in_a_row(phrase, field, documents, sorted(range(len(words)), key=lambda at: self._size(words[at])))

    def _in_a_row(self, phrase: Phrase, field: str, documents: set[int], order: Sequence[int]) -> Mapping[int, int]:
        """How often documents have the words in a row: where the first of this order stands, the others are sought."""
        first, *others = order
        starts = {at - first for at in self._places_of(phrase.places[first], field, documents)}
        for number in others:
            places = sorted(start + number for start in starts)
            variants = phrase.places[number]
            standing = chain.from_iterable(self._shelf.standing(field, each.term, places) for each in variants)
            starts = {at - number for at in standing}
        return Counter((start + first) >> HALF for start in starts)

    def _loosely(self, phrase: Phrase, field: str, documents: set[int]) -> Mapping[int, int]:
        places: list[dict[int, list[int]]] = []
        for place in phrase.places:
            rows: dict[int, list[int]] = {document: [] for document in documents}
            for at in sorted({*self._places_of(place, field, documents)}):
                rows[at >> HALF].append(at)
            places.append(rows)
        found = {}
        for document in documents:
            positions = [rows[document] for rows in places]
            if number := sum(_reaches(start, positions, phrase.slop) for start in positions[0]):
                found[document] = number
        return found

    def _places_of(self, place: tuple[Variant, ...], field: str, documents: Collection[int]) -> Iterable[int]:
        return chain.from_iterable(self._shelf.occurrences(field, variant.term, documents) for variant in place)


def terms_of(variants: Iterable[Variant], fields: Iterable[str]) -> list[tuple[str, str]]:
    """Each variant in each field."""
    return [(field, variant.term) for variant in variants for field in fields]


def _reaches(start: int, places: Sequence[Sequence[int]], slop: int) -> bool:
    at = start
    for positions in places[1:]:
        following = bisect_right(positions, at)
        if following == len(positions):
            return False
        at = positions[following]
    return at - start - (len(places) - 1) <= slop
