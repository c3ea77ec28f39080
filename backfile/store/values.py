"""The values that go into the store and come out of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from backfile.article import Article, Extraction, Line, Rejection, Witness
from backfile.errors import REJECTIONS, Reason
from backfile.outcome import PackedArticle, Result, Traces


@dataclass(frozen=True, slots=True)
class KnownInput:
    """An input as it was when it was last read."""

    id: int
    path: str
    size: int  # bytes
    modified: int  # ns since the epoch
    digest: str
    settings: str
    items: int
    complete: bool
    gone: str | None
    checked: int  # ns since the epoch, when its bytes were last looked at; 0: not known
    mark: str | None  # JSON: where its last item begins; None: to be read from the beginning


@dataclass(frozen=True, slots=True)
class Looked:
    """An input whose bytes were looked at and are the ones that were read, or are to be."""

    size: int  # bytes
    modified: int  # ns since the epoch
    checked: int  # ns since the epoch, before the looking


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document as it was when it was last read."""

    id: int
    input_id: int
    member: str
    uri: str
    key: str | None
    digest: str
    state: str
    reason: str | None
    detail: str | None
    seen: int  # the run that last read it
    tried: str | None  # under which rules and limits it was too costly; None: it was not
    gone: bool  # whether it, or its input, is not in the source any more


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted of one line over the documents of one site."""

    site_id: int
    site: str
    key: int
    places: Mapping[int, int]  # where → documents that hold it there
    total: int  # documents of the site
    elsewhere: bool  # whether documents of other sites hold it too
    sketches: Callable[[], list[bytes]]  # of the documents that hold it; asked for only when it matters
    state: str | None = None  # learned, accepted, disabled
    where: str | None = None  # it is taken, or would be were it not disabled

    @property
    def documents(self) -> int:
        """How many documents of the site hold it."""
        return sum(self.places.values())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document: its articles, or why there is none."""

    member: str
    uri: str
    digest: str
    document_id: int | None = None  # the row that it updates; None: a new one
    key: str | None = None
    results: tuple[Result, ...] = ()
    reason: Reason | None = None  # set when there are no results
    traces: Traces | None = None  # None when there are no results
    detail: str = ""
    stale: bool = False  # whether it was cleaned with rules that do not hold for it, and must be cleaned again
    tried: str | None = None  # under which rules and limits it was too costly to parse; None: it was not

    @property
    def articles(self) -> tuple[PackedArticle, ...]:
        """The articles among the results."""
        return tuple(each.verdict for each in self.results if isinstance(each.verdict, PackedArticle))

    @property
    def rejection(self) -> Rejection | None:
        """The first verdict that it is no article, when there is none."""
        verdicts = () if self.articles else (result.verdict for result in self.results)
        return next((each for each in verdicts if isinstance(each, Rejection)), None)

    @property
    def why(self) -> Reason | None:
        """Why the document gave no article; None when it gave one."""
        if self.articles:
            return None
        return self.rejection.reason if self.rejection else self.reason or Reason.NO_TEXT

    @property
    def told(self) -> str:
        """What stands beside the reason: the fault in words, or the verdict as `Rejection.detail` has it."""
        return self.rejection.detail if self.rejection else self.detail

    @property
    def state(self) -> str:
        """`stored`, `rejected` or `failed`."""
        why = self.why
        return "stored" if why is None else "rejected" if why in REJECTIONS else "failed"


@dataclass(frozen=True, slots=True)
class Begun:
    """An input that is read from its beginning."""

    source: str
    path: str
    size: int  # bytes
    modified: int  # ns since the epoch
    settings: str  # digest of those it is read with


@dataclass(frozen=True, slots=True)
class Ended:
    """How far an input was read, once nothing more comes of it."""

    digest: str
    looked: Looked | None = None
    mark: str | None = None  # where its last item begins
    complete: bool = True  # else up to an item that is cut off
    sought: bool = False  # whether what the run did not see of it is missing
    member: str | None = None  # the only document that was looked for; None: all of them


@dataclass(frozen=True, slots=True)
class Portion:
    """Some items of an input, one after the other, and what became of them."""

    input_id: int | None  # None: it has no row yet
    items: int  # of the input that were read so far, these among them
    outcomes: Sequence[Outcome] = ()  # one for each document that is new or changed
    unchanged: Sequence[int] = ()  # rows of documents
    kept: Sequence[Outcome] = ()  # of documents that cannot be read any more; what they gave before stays
    begun: Begun | None = None  # set when it begins with these items
    resumed: bool = False  # whether it begins with these items, at its mark; what is known of the bytes before stays
    ended: Ended | None = None  # set when it ends with these items


@dataclass(frozen=True, slots=True)
class Written:
    """What came of portions that were written."""

    input_ids: list[int]  # of each portion
    gone: int  # documents that are newly missing from their inputs


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A stored extraction whose rule set has changed, and what is known of its document."""

    extraction_id: int
    document_id: int
    uri: str
    key: str
    story: int
    site: str
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it stands in the store, with the lines it was cleaned from."""

    article: Article
    lines: tuple[Line, ...]
    state: str  # of its document
    revision: int
    witnesses: tuple[Witness, ...] = ()  # what its metadata was decided from
    copy_group: str | None = None  # what search folds it with has the same; None: only with what is identical


KEPT = "kept as it was; now "


def kept(reason: Reason, detail: str) -> str:
    """What stands beside a document that keeps its articles although it cannot be read any more."""
    return f"{KEPT}{reason}: {detail}"


def now() -> str:
    """The time as the store writes it: UTC, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
