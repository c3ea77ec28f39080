"""What documents are called: under a key that no other document has, or as the same as another one."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from backfile.pipeline import identity
from backfile.pipeline.chunks import Arrived
from backfile.pipeline.isolation import Task
from backfile.store import KnownDocument, Store


@dataclass(slots=True)
class Draft:
    """A new or changed document on its way: not yet named."""

    document: Arrived
    member: str
    row: KnownDocument | None  # as it was before
    key: str | None  # what identifies it, with its source; may turn out to be taken; None: its cleaning tells
    cleaning: Task | None

    @property
    def digest(self) -> str:
        """Of the document."""
        return self.document.digest

    @property
    def uri(self) -> str:
        """Where the document is."""
        return self.document.uri


@dataclass(frozen=True, slots=True)
class Named:
    """What a document is called."""

    key: str
    row: int | None  # of the documents, that it takes


class Names:
    """Who has which key: documents in the store, and those that were named before the one that is named.

    Documents are named chunk by chunk, and written later, several chunks at once. What a chunk relies on that the store
    does not say yet is noted, so that whoever writes can see whether it holds.
    """

    def __init__(self, store: Store, keys: Iterable[str]) -> None:
        self._store = store
        self._owners = store.owners(keys)
        self._claimed: dict[str, Draft] = {}
        self._fresh: set[str] = set()  # keys that were claimed in the present chunk
        self._present: set[int] = set()  # rows of documents that are in it
        self._inputs: set[int] = set()  # of chunks before it
        self._rows: set[int] = set()  # of documents that chunks before it spoke for
        self.moved: dict[int, KnownDocument] = {}  # that documents of other inputs took, by row
        self.leaning: set[str] = set()  # keys claimed in chunks before it on which names in the present one rely
        self.unsure = False  # whether names in the present chunk rely on a row that chunks before it change

    def begin(self, present: set[int]) -> None:
        """Go on to the next chunk, in which there are documents of these rows."""
        self._rows |= self._present | self.moved.keys()
        self._present = present
        self._fresh = set()
        self.leaning = set()
        self.unsure = False

    def end(self, input_id: int | None) -> None:
        """Leave the chunk of an input."""
        if input_id is not None:
            self._inputs.add(input_id)

    def of(self, draft: Draft) -> Named | str:
        """The key of a document and its row, or where the document lies that it is a duplicate of."""
        assert draft.key is not None
        key = draft.key
        row_id = draft.row.id if draft.row else None
        for number in count():
            holder = self._holder(key)
            if isinstance(holder, KnownDocument):
                if holder.gone and row_id is None and holder.id not in self._present:
                    row_id = holder.id  # it lies elsewhere now
                    self.moved[row_id] = holder
                if holder.id == row_id:
                    break
            if holder is None:
                break
            if holder.digest == draft.digest:
                return holder.uri
            key = f"{draft.key}~{identity.short(f'{draft.digest} {number}')}"
            self._owners.update(self._store.owners([key]))
        return Named(key, row_id)

    def _holder(self, key: str) -> Draft | KnownDocument | None:
        if claimed := self._claimed.get(key):
            if key not in self._fresh:
                self.leaning.add(key)
            return claimed
        owner = self._owners.get(key)
        if owner and (owner.id in self._rows or owner.input_id in self._inputs):
            self.unsure = True
        return owner

    def claim(self, key: str, draft: Draft) -> None:
        """Note that the document has the key now."""
        self._claimed[key] = draft
        self._fresh.add(key)
