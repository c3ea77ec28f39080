"""The truth: every input and document seen, every extraction, article, removal and failure."""

from backfile.store.archive_lock import ArchiveLock, Writing, writer
from backfile.store.copied import snapshot, suspicious
from backfile.store.forgetting import Leaving
from backfile.store.intake import Outline
from backfile.store.store import Store, open_store
from backfile.store.values import (
    KEPT,
    Cleaned,
    CleanedAgain,
    KnownDocument,
    KnownInput,
    Looked,
    Outcome,
    Seen,
    StoredArticle,
    kept,
)

__all__ = [
    "KEPT",
    "ArchiveLock",
    "Cleaned",
    "CleanedAgain",
    "KnownDocument",
    "KnownInput",
    "Leaving",
    "Looked",
    "Outcome",
    "Outline",
    "Seen",
    "Store",
    "StoredArticle",
    "Writing",
    "kept",
    "open_store",
    "snapshot",
    "suspicious",
    "writer",
]
