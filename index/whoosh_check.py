"""Whether a Whoosh index is what was written: its files against their checksums, and every posting list read."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from index.whoosh_files import terms_of
from index.whoosh_postings import COUNTED, POSITIONED, PostingList
from index.whoosh_storage import CHECKSUMS, checksum, read_checksums

MOST_TOLD = 20  # faults of one segment; a damaged one may have as many as terms


def file_faults(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """What is wrong with the files that an index consists of."""
    try:
        known = read_checksums(folder)
    except (OSError, ValueError) as error:
        yield f"{folder / CHECKSUMS}: cannot be read ({error})"
        return
    for name in names:
        if name not in known:
            yield f"{folder / name}: has no checksum; an older backfile wrote it, or somebody else"
        elif checksum(folder / name) != known[name]:
            yield f"{folder / name}: is not as it was written"


def posting_faults(leaf: Any) -> Iterator[str]:
    """What is wrong with the posting lists of a segment, `MOST_TOLD` at most; raises what damage makes Whoosh raise."""
    told = 0
    documents = leaf.doc_count_all()
    for field in sorted(POSITIONED | COUNTED):
        for term, found in terms_of(leaf).all_postings(field):
            if not _is_whole(found, documents, positioned=field in POSITIONED):
                yield f"segment {leaf.segment().segment_id()}: the postings of {field}:{term!r} contradict themselves"
                told += 1
                if told == MOST_TOLD:
                    return


def _is_whole(found: PostingList, documents: int, *, positioned: bool) -> bool:
    ids = found.ids
    if not (0 < len(ids) == len(found.counts) and ids[0] >= 0 and ids[-1] < documents and min(found.counts) > 0):
        return False
    if any(before >= after for before, after in pairwise(ids)):
        return False
    return len(found.positions) == (sum(found.counts) if positioned else 0)
