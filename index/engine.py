"""The seam between what is searched and what searches: clauses go in, matches come out.

An engine keeps analysed entries and answers clauses. It never sees a query string, never analyses a word and makes no
snippets, so that an embedded engine and a cluster give the same answers. Whatever is not decided here and in
`tests/index/contract.py` is not decided.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, runtime_checkable

from index.compounds import Compounds
from index.entry import Display, Entry

Sort = Literal["score", "best", "date", "-date", "source", "title"]
Facet = Literal["lang", "source", "publisher", "year", "tag"]

SORTS: tuple[Sort, ...] = ("score", "best", "date", "-date", "source", "title")
FACETS: tuple[Facet, ...] = ("lang", "source", "publisher", "year", "tag")


# --- Clauses: what an engine is asked -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variant:
    """One term that a word of the query may stand for."""

    term: str  # with its language, "de:trupp"
    weight: float = 1.0  # 1 for the word itself, less for what it only implies
    language: str = ""  # key of the entries that its rarity and their length are measured against; "" for all.
    # An engine that cannot tell languages apart in its statistics may always take all.


@dataclass(frozen=True, slots=True)
class Word:
    """Entries with at least one of the variants in at least one of the fields.

    Score: that of the best variant; BM25F over the fields (index/ranking.py has formula and parameters). The word is as
    rare as the entries are that have any of its variants of that language, so that no variant is worth more than the
    word itself because few have it.
    """

    variants: tuple[Variant, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Entries with the terms in this order in one field, with at most `slop` other words in between altogether.

    Every place has one or more alternative terms. Score: that of its rarest place as a `Word`, counted once for each
    occurrence of the phrase; an engine may score it as the `And` of its places.
    """

    places: tuple[tuple[Variant, ...], ...]
    fields: tuple[str, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Entries with one of these exact values in a key field (`entry.KEYS`). Adds nothing to the score."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DateRange:
    """Entries whose span of publication overlaps `first..last` (ordinal days, inclusive; None is open).

    An entry without a date matches no range, not even an open one. Adds nothing to the score.
    """

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class And:
    """Entries that match all clauses; the scores are added. Without clauses: all entries."""

    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Entries that match any clause; the scores are added. Without clauses: no entry.

    With `coordination` c > 0 the sum is multiplied by (weight of the matching clauses / weight of all)^c: an entry with
    four words of five comes before one with two, however rare those are.
    """

    clauses: tuple["Clause", ...]
    coordination: float = 0.0
    weights: tuple[float, ...] = ()  # one per clause, for the coordination only; empty for all 1


@dataclass(frozen=True, slots=True)
class Not:
    """Entries that do not match the clause. Adds nothing to the score."""

    clause: "Clause"


@dataclass(frozen=True, slots=True)
class Placed:
    """Entries that match the clause; the best of them gain by where they have the words in their text.

    The `ranking.PLACED` best by the clause's score, of the entries that match the whole question, get added to it what
    `index/placing.py` finds their places worth: words near each other, the question as a phrase, and early in the text.
    The others keep their score; as nothing is ever taken off, none of them is overtaken wrongly. It is what clusters
    call a rescore of the first page.
    """

    clause: "Clause"
    words: tuple[Word, ...]  # in the order of the question; only their occurrences in `entry.TEXT` count
    places: tuple[int, ...]  # ascending, one for each: where it stands in the question, so that gaps are known


Clause = Word | Phrase | Filter | DateRange | And | Or | Not | Placed

ALL = And(())
NOTHING = Or(())


# --- Answers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """One entry that matches."""

    id: str
    score: float  # higher is better; comparable within one answer only
    copies: int = 0  # matching entries of its copy group that were folded into it


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found."""

    matches: tuple[Match, ...]  # the page asked for, in order
    total: int  # matches in all, before paging and after folding
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # facet → value → matches (unfolded)


class Closing(ABC):
    """A context that ends with `close`."""

    @abstractmethod
    def close(self) -> None:
        """Frees everything; closing twice is no error."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class SearchEngine(Protocol):
    """A place that keeps entries and finds them again.

    `compounds` is what its entries are analysed with, as it was given when the index was made; an engine keeps it.

    One object is used by one thread. What `add` and `delete` changed is seen by searches of this object after
    `commit()`, by other objects when they are opened after it. Client libraries are imported by the adapter only, and
    their errors leave it as `BackfileError`s.
    """

    @property
    def compounds(self) -> Compounds:
        """What the archive taught about compounds when this index was made: for entries, queries and snippets."""

    def add(self, entries: Iterable[Entry]) -> None:
        """Takes entries in; one with the id of another takes its place, also within one batch (the last one wins)."""

    def delete(self, ids: Iterable[str]) -> None:
        """Takes the entries with these ids out; unknown ids are no error."""

    def commit(self) -> None:
        """Makes all changes since the last commit visible and durable: they survive a power cut from here on.

        Without changes it does nothing. What was not committed when the object is closed is lost. A reader sees all
        changes of a commit or none.
        """

    def search(  # noqa: PLR0913  (all but the first are optional)
        self,
        clause: Clause,
        *,
        limit: int,
        offset: int = 0,
        sort: Sort = "score",
        facets: Sequence[Facet] = (),
        fold: bool = False,
    ) -> Answer:
        """The entries that match, best first.

        Ties are broken by id, ascending, in every order. `best` is the score times `ranking.recency`, counted from the
        newest match; the scores that come back are those. `date` is by the first day of the span, oldest first; entries
        without a date (with `source`, `title`: without that) come last in every order. `source` and `title` compare
        folded names. With `fold`, entries of one copy group are one match: the one that comes first. Facets count all
        matches, of every value; an entry with two tags counts in both; one without a value counts nowhere.
        """

    def terms(self, field: str, prefix: str = "", *, limit: int | None = None) -> list[tuple[str, int]]:
        """The terms of a field that begin with `prefix`, with how many entries have them, in code point order.

        At most `limit` of them. A term whose entries were all deleted may still be listed until the engine has cleaned
        up. An unknown field has no terms.
        """

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """How many entries have each of these terms; terms that nobody has are left out. Deletions as in `terms`."""

    def count(self) -> int:
        """The number of committed entries."""

    def displays(self, ids: Iterable[str]) -> dict[str, Display]:
        """What is shown of the committed entries with these ids; unknown ids are left out."""

    def faults(self, *, quick: bool = False) -> Iterator[str]:
        """What is wrong with what the engine keeps, as sentences: files that changed, postings that cannot be read.

        An index that is sound yields nothing. With `quick` files are compared with their checksums only.
        """

    def close(self) -> None:
        """Frees everything; uncommitted changes are dropped. Closing twice is no error."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@runtime_checkable
class SpellingEngine(Protocol):
    """What an engine offers besides, when it finds near spellings in its vocabulary without handing all of it on."""

    def spelled(self, field: str, prefix: str, *, least: int) -> Iterable[str]:
        """The terms of a field that begin with `prefix` and have `least` characters at least, in any order."""


@runtime_checkable
class AlikeEngine(Protocol):
    """What an engine offers besides, when it finds near spellings by itself, in all of some fields at once."""

    def alike(self, fields: Sequence[str], word: str, *, prefix: str, distance: int) -> Collection[str]:
        """The words of which fields have `prefix` and word as a term: `word` itself, and all that are so near.

        Near is within 1 edit (a letter more, less, other, two neighbours swapped), and for a `distance` of 2 within 2
        if the first letter is the same. There may be others among them, and words of entries that were deleted lately.
        """


# --- Servers ------------------------------------------------------------------------------------------------------


@runtime_checkable
class RemoteEngine(Protocol):
    """What an engine on servers offers besides."""

    def refused(self) -> Mapping[str, str]:
        """Entries that the servers would not have, since this was asked last: id → reason, for people.

        They are not in the index, nor is what they were before; their neighbours are.
        """

    def revisions(self, ids: Iterable[str]) -> Mapping[str, int]:
        """The revisions of those of these entries that it has."""

    def size(self) -> int:
        """Bytes on the disks of the servers, copies included."""


# --- Segments made elsewhere --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """Entries in a file beside an index, written and synced; in the index when its engine has taken it over."""

    file: str  # below the index's place
    checksum: str
    ids: tuple[str, ...]  # of the entries by number
    deleted: tuple[int, ...] = ()  # numbers of those whose place a later one with the same id took


class SegmentBuilder(Protocol):
    """Writes segments for an index of which it knows the place only, in any process and beside any other builder."""

    @property
    def compounds(self) -> Compounds:
        """What the entries are to be analysed with."""

    def build(self, entries: Iterable[Entry]) -> list[Segment]:
        """The entries as segments, of which the index knows nothing yet; one with the id of another replaces it.

        A builder that was stopped by an error builds no more.
        """

    def close(self) -> None:
        """Takes away what nobody was given; what was not taken over goes as well."""


@runtime_checkable
class SegmentEngine(Protocol):
    """What an engine offers besides, when a `SegmentBuilder` can make its segments; `directory.builder` has that."""

    @property
    def place(self) -> Path:
        """The directory that the index is in."""

    def take_over(self, segments: Iterable[Segment]) -> None:
        """Takes in what a builder wrote, as `add` takes in entries."""
