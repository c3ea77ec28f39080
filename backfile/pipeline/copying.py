"""The order of finding copies: sign while reading, compare at the end of a run, before the index is brought up."""

from backfile.store import Store
from transforms import shingles

SIGNED = 500  # texts in one transaction


def compare(store: Store) -> int:
    """Bring the relations between copies up to the stored articles; how many articles have another copy group by it.

    Stopped anywhere, the next call does what is left; an archive without signatures, or with those of another version,
    gets them here.
    """
    comparison = shingles.COMPARISON
    store.forget_unused_texts(comparison.most)
    for batch in store.unsigned(comparison.version, SIGNED):
        store.sign({each.content_hash: shingles.signature(each.text) for each in batch}, comparison.most)
    return store.compare(comparison)
