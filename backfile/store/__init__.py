"""The truth: every input and document seen, every extraction, article, removal and failure."""

from backfile.store.archive_lock import ArchiveLock
from backfile.store.store import Store, open_store
from backfile.store.values import Cleaned, KnownDocument, KnownInput, Outcome, Result, StoredArticle, kept

__all__ = [
    "ArchiveLock",
    "Cleaned",
    "KnownDocument",
    "KnownInput",
    "Outcome",
    "Result",
    "Store",
    "StoredArticle",
    "kept",
    "open_store",
]
