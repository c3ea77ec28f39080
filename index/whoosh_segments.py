"""Segments of the Whoosh engine made in another process than the one that writes the index.

A builder has a folder of its own below the index: a commit sweeps the index's folder of all segments that it does not
know. There it writes like any writer of Whoosh's, and never commits; whoever takes a segment over moves the file.
"""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from backfile.errors import IndexUnusable
from index.compounds import Compounds
from index.engine import Segment
from index.entry import Entry
from index.whoosh import COMPOUNDS, SEGMENT, put
from index.whoosh_files import POOL_LIMIT, BulkWriter, Fresh, no_collections, schema
from index.whoosh_pickles import restrict
from index.whoosh_storage import DurableStorage


class WhooshBuilder:
    """A `SegmentBuilder`."""

    def __init__(self, place: Path, folder: Path) -> None:
        self._place = place  # of the index
        self._folder = folder  # below it, new and empty
        restrict()
        self._storage = DurableStorage(str(folder))
        self._writer = BulkWriter(self._storage.create_index(schema()))

    @cached_property
    def compounds(self) -> Compounds:
        """What the index has learned; see `SegmentBuilder.compounds`."""
        file = self._place / COMPOUNDS
        try:
            return Compounds.from_json(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise IndexUnusable(f"{file}: {error}; run `backfile index rebuild`") from error

    @no_collections()
    def build(self, entries: Iterable[Entry]) -> list[Segment]:
        """The entries as segments; see `SegmentBuilder.build`."""
        fresh: dict[str, Fresh] = {}  # id → where in the segments being written
        ids: dict[str, list[str]] = {}  # id of the segment → those in it
        for entry in entries:
            if self._writer.pool.size > POOL_LIMIT:
                self._writer.begin_segment()
            if (before := fresh.get(entry.id)) is not None:
                self._writer.forget(before)
            fresh[entry.id] = found = put(self._writer, entry)
            ids.setdefault(found.segment.segment_id(), []).append(entry.id)
        ended = self._writer.ended()
        sums = self._storage.settle()
        made = []
        for segment in ended:
            name = f"{segment.segment_id()}{SEGMENT}"
            file = (self._folder / name).relative_to(self._place)
            deleted = tuple(sorted(segment.deleted_docs()))
            made.append(Segment(str(file), sums[name], tuple(ids[segment.segment_id()]), deleted))
        return made

    def close(self) -> None:
        """Closes all files and removes them; see `SegmentBuilder.close`."""
        with suppress(OSError):  # what made us close says what is wrong with the disk
            self._writer.cancel()
        shutil.rmtree(self._folder, ignore_errors=True)
