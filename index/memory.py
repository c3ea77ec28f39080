"""The engine for tests and for piles that fit into memory: plain dictionaries, nothing on disk."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from index.compounds import NO_COMPOUNDS, Compounds
from index.engine import Answer, Clause, Closing, Facet, Sort
from index.entry import KEYS, Display, Entry
from index.evaluate import answer
from index.folding import fold_key
from index.labels import facet_values
from index.shelf import HALF, NO_DAY


class MemoryEngine(Closing):
    """A `SearchEngine` that forgets everything when it is closed; "durable" means for its lifetime."""

    def __init__(self, compounds: Compounds = NO_COMPOUNDS) -> None:
        self._compounds = compounds
        self._shelf = _MemoryShelf({})
        self._changes: dict[str, Entry | None] = {}  # None: delete

    @property
    def compounds(self) -> Compounds:
        """What entries are analysed with; see `SearchEngine.compounds`."""
        return self._compounds

    def add(self, entries: Iterable[Entry]) -> None:
        """Takes entries in; see `SearchEngine.add`."""
        self._changes.update((entry.id, entry) for entry in entries)

    def delete(self, ids: Iterable[str]) -> None:
        """Takes entries out; see `SearchEngine.delete`."""
        self._changes.update((id_, None) for id_ in ids)

    def commit(self) -> None:
        """Makes the changes visible."""
        if self._changes:
            merged: dict[str, Entry | None] = {**self._shelf.entries, **self._changes}
            self._shelf = _MemoryShelf({id_: entry for id_, entry in merged.items() if entry is not None})
            self._changes = {}

    def search(  # noqa: PLR0913  (as in the protocol)
        self,
        clause: Clause,
        *,
        limit: int,
        offset: int = 0,
        sort: Sort = "score",
        facets: Sequence[Facet] = (),
        fold: bool = False,
    ) -> Answer:
        """The entries that match; see `SearchEngine.search`."""
        return answer(self._shelf, clause, limit=limit, offset=offset, sort=sort, facets=facets, fold=fold)

    def terms(self, field: str, prefix: str = "", *, limit: int | None = None) -> list[tuple[str, int]]:
        """The terms with a prefix; see `SearchEngine.terms`."""
        postings = self._shelf.postings.get(field, {})
        return [(term, len(postings[term])) for term in sorted(postings) if term.startswith(prefix)][:limit]

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """How many entries have each term; see `SearchEngine.frequencies`."""
        postings = self._shelf.postings.get(field, {})
        return {term: len(postings[term]) for term in terms if term in postings}

    def count(self) -> int:
        """The number of committed entries."""
        return len(self._shelf.entries)

    def displays(self, ids: Iterable[str]) -> dict[str, Display]:
        """What is shown of the entries with these ids."""
        return {id_: self._shelf.entries[id_].display for id_ in ids if id_ in self._shelf.entries}

    def faults(self, *, quick: bool = False) -> Iterator[str]:
        """Nothing: there are no files."""
        del quick
        return iter(())

    def close(self) -> None:
        """Drops uncommitted changes."""
        self._changes = {}


class _MemoryShelf:
    """Committed entries as posting lists."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries = entries
        self.postings: dict[str, dict[str, dict[int, Sequence[int]]]] = {}
        self._documents = list(entries.values())
        for number, entry in enumerate(self._documents):
            for field, words in entry.word_fields():
                for term, positions in words.items():
                    self._put(field, term, number, positions)
            for field in KEYS:
                for value in entry.keys.get(field, ()):
                    self._put(field, value, number, (0,))

    def _put(self, field: str, term: str, number: int, positions: Sequence[int]) -> None:
        self.postings.setdefault(field, {}).setdefault(term, {})[number] = positions

    def live(self) -> set[int]:
        return set(range(len(self._documents)))

    def counts(self, field: str, term: str, among: Collection[int] | None = None) -> Mapping[int, float]:
        del among
        found = self.postings.get(field, {}).get(term, {})
        return {number: len(positions) for number, positions in found.items()}

    def documents(self, field: str, term: str) -> Collection[int]:
        return self.postings.get(field, {}).get(term, {}).keys()

    def number(self, terms: Collection[tuple[str, str]], *, exact: bool = True) -> int:
        del exact
        return len(set().union(*(self.documents(field, term) for field, term in terms)))

    def gather(self, field: str, terms: Iterable[str]) -> None:
        """Nothing is to be done: all of them are there."""

    def positions(self, field: str, term: str, document: int) -> Sequence[int]:
        return self.postings[field][term][document]

    def occurrences(self, field: str, term: str, documents: Collection[int]) -> Iterable[int]:
        having = self.postings.get(field, {}).get(term, {})
        return (document << HALF | place for document in documents for place in having.get(document, ()))

    def standing(self, field: str, term: str, places: Collection[int]) -> Iterable[int]:
        return {*places}.intersection(self.occurrences(field, term, self.documents(field, term)))

    def lengths(self, field: str) -> Sequence[int]:
        return [entry.lengths().get(field, 0) for entry in self._documents]

    def average_length(self, field: str, language: str) -> float:
        known = self.lengths(field)
        chosen = self.counts("lang", language) if language else self.live()
        lengths = [known[document] for document in chosen if known[document]]
        return sum(lengths) / len(lengths) if lengths else 1.0

    def days(self) -> tuple[Sequence[int], Sequence[int]]:
        return (
            [entry.first_day or NO_DAY for entry in self._documents],
            [entry.last_day or NO_DAY for entry in self._documents],
        )

    def groups(self) -> Sequence[int]:
        numbers: dict[str, int] = {}
        return [numbers.setdefault(entry.display.copy_group, len(numbers)) for entry in self._documents]

    def id(self, document: int) -> str:
        return self._documents[document].id

    def label(self, document: int, sort: Sort) -> str:
        display = self._documents[document].display
        return fold_key((display.source if sort == "source" else display.title) or "")

    def values(self, document: int, facet: Facet) -> tuple[str, ...]:
        return facet_values(self._documents[document].display, facet)
