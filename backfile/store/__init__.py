"""The truth: every input and document seen, every extraction, article, removal and failure."""

from backfile.store.archive_lock import ArchiveLock, Writing, writer
from backfile.store.copied import snapshot, suspicious
from backfile.store.forgetting import Leaving
from backfile.store.input_rows import Outline
from backfile.store.store import Store, open_store
from backfile.store.store_lock import holder
from backfile.store.transfer import row_count
from backfile.store.units import Backlog, Claimed, Delivery, Standing
from backfile.store.values import (
    KEPT,
    Begun,
    Cleaned,
    CleanedAgain,
    Ended,
    KnownDocument,
    KnownInput,
    Looked,
    Outcome,
    Portion,
    Seen,
    StoredArticle,
    Written,
    kept,
)

__all__ = [
    "KEPT",
    "ArchiveLock",
    "Backlog",
    "Begun",
    "Claimed",
    "Cleaned",
    "CleanedAgain",
    "Delivery",
    "Ended",
    "KnownDocument",
    "KnownInput",
    "Leaving",
    "Looked",
    "Outcome",
    "Outline",
    "Portion",
    "Seen",
    "Standing",
    "Store",
    "StoredArticle",
    "Writing",
    "Written",
    "holder",
    "kept",
    "open_store",
    "row_count",
    "snapshot",
    "suspicious",
    "writer",
]
