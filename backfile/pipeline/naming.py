"""What documents are called: under a key that no other document has, or as the same as another one."""

from collections.abc import Sequence
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
    """Who has which key: documents in the store, and those of this chunk before the one that is named."""

    def __init__(self, store: Store, present: set[int], keys: Sequence[str]) -> None:
        self._store = store
        self._present = present  # rows of documents that are in this chunk
        self._owners = store.owners(keys)
        self._claimed: dict[str, Draft] = {}

    def of(self, draft: Draft) -> Named | str:
        """The key of a document and its row, or where the document lies that it is a duplicate of."""
        assert draft.key is not None
        key = draft.key
        row_id = draft.row.id if draft.row else None
        for number in count():
            holder: Draft | KnownDocument | None = self._claimed.get(key) or self._owners.get(key)
            if isinstance(holder, KnownDocument):
                if holder.gone and row_id is None and holder.id not in self._present:
                    row_id = holder.id  # it lies elsewhere now
                if holder.id == row_id:
                    break
            if holder is None:
                break
            if holder.digest == draft.digest:
                return holder.uri
            key = f"{draft.key}~{identity.short(f'{draft.digest} {number}')}"
            self._owners.update(self._store.owners([key]))
        return Named(key, row_id)

    def claim(self, key: str, draft: Draft) -> None:
        """Note that the document has the key now."""
        self._claimed[key] = draft
