"""What is to change in the indices until it is sent: which document goes where, and where it has to leave.

The id of a document is unique in one index only. So before anything is sent it is looked up where the entries are by
now, and at which version: who has another month now leaves the index of the old one; what is there already at the same
or a later version is not sent at all. What was taken out is known with its version, for good, so that an entry that
comes back begins above it, and no late request of before brings it back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backfile.batching import batches
from index.entry import Entry
from index.opensearch_actions import Action
from index.opensearch_bulk import Bulk, Stream
from index.opensearch_documents import FLOOR, address, period, source_of
from index.opensearch_indices import Generation, Indices
from index.opensearch_server import Server

# Bytes of documents that wait for the commit. More are sent before, to be seen at the next commit, whose ever it is.
MOST_HELD = 64 << 20
_IN_ONE_STREAM = 10_000  # documents, whose ids are known until all of them are settled
_AT_ONCE = 1_000  # ids looked up in one question; of an answer a server gives 10,000 hits


@dataclass(frozen=True, slots=True)
class _Pending:
    """What is to become of an entry."""

    id: str
    index: str = ""  # where it belongs; "": nowhere, it is taken out
    revision: int = 0
    source: bytes = b""


@dataclass(slots=True)
class Known:
    """What the indices have of an entry."""

    versions: dict[str, int] = field(default_factory=dict)  # index → version
    floor: int = 0  # the version at which it was taken out, if ever


def looked_up(server: Server, generation: Generation, places: Sequence[str]) -> dict[str, Known]:
    """What the indices have of these addresses."""
    found: dict[str, Known] = {}
    for some in batches(places, _AT_ONCE):
        body = {"query": {"ids": {"values": some}}, "size": 9 * len(some), "_source": False, "version": True}
        wanted = {**body, "docvalue_fields": [FLOOR], "track_total_hits": False}
        for hit in server.search(wanted, target=generation.pattern)["hits"]["hits"]:
            known = found.setdefault(hit["_id"], Known())
            if hit["_index"] == generation.deleted:
                known.floor = int(hit["fields"][FLOOR][0])
            else:
                known.versions[hit["_index"]] = int(hit["_version"])
    return found


class Changes:
    """Entries that come and go, until the commit."""

    def __init__(self, server: Server, indices: Indices, *, filling: bool) -> None:
        self._server = server
        self._bulk = Bulk(server.client)
        self._indices = indices
        self._filling = filling  # whether it is a new generation, which nobody reads, until its first commit
        self._read = not filling  # whether searches have new indices at once
        self._held: dict[str, _Pending] = {}
        self._bytes = 0
        self._sent: dict[str, Known] = {}  # since the last commit, by address: no search finds it yet
        self._touched: set[str] = set()
        self._stream: Stream | None = None
        self._on_their_way: dict[str, str] = {}  # address → id
        self._refused: dict[str, str] = {}
        self._shown = filling  # whether a search finds all that was sent before this began

    def add(self, entry: Entry) -> None:
        """Takes an entry in."""
        index = self._indices.generation.index(period(entry.display.published))
        pending = _Pending(entry.id, index, entry.revision, source_of(entry))
        if self._filling and entry.revision:
            self._send_on(pending)
        else:
            self._hold(pending)

    def delete(self, id_: str) -> None:
        """Takes an entry out."""
        self._hold(_Pending(id_))

    def commit(self) -> None:
        """Sends what is left and has it seen: one refresh for all indices."""
        self._finish()
        self._send()
        if self._touched:
            self._server.refresh(sorted(self._touched))
        self._touched.clear()
        self._sent.clear()
        self._filling = False

    def drop(self) -> None:
        """Forgets what was not sent."""
        self._held.clear()
        self._bytes = 0
        if self._stream is not None:
            self._stream.__exit__(None, None, None)
            self._stream = None

    def refused(self) -> Mapping[str, str]:
        """What the servers would not have since this was asked last: id → reason."""
        found, self._refused = self._refused, {}
        return found

    def _hold(self, pending: _Pending) -> None:
        before = self._held.pop(pending.id, None)
        self._held[pending.id] = pending
        self._bytes += len(pending.source) - (len(before.source) if before else 0)
        if self._bytes > MOST_HELD:
            self._send()

    # --- Sending while others are made, into what nobody reads

    def _send_on(self, pending: _Pending) -> None:
        """A store that fills new indices has each id once, so nothing is looked up."""
        if self._stream is None:
            self._stream = self._bulk.stream().__enter__()
        place = address(pending.id)
        self._on_their_way[place] = pending.id
        self._need(pending.index)
        for refused in self._stream.put(Action(pending.index, place, pending.revision, pending.source)):
            self._refused[self._on_their_way[refused.id]] = refused.reason
        if len(self._on_their_way) >= _IN_ONE_STREAM:
            self._finish()

    def _finish(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        try:
            for refused in stream.finish():
                self._refused[self._on_their_way[refused.id]] = refused.reason
        finally:
            stream.__exit__(None, None, None)
        self._on_their_way.clear()

    def _need(self, index: str) -> None:
        self._indices.need(index.removeprefix(f"{self._indices.generation.template}-"), read=self._read)
        self._touched.add(index)

    # --- Sending

    def _send(self) -> None:
        held = list(self._held.values())
        if not held:
            return
        known = self._known(held)
        names = {address(each.id): each.id for each in held}
        refused = {each.id: each.reason for each in self._bulk.send(self._actions(held, known))}
        self._refused.update((names[place], reason) for place, reason in refused.items())
        # What they were before would be found by words that they have no more.
        outdated = {place: known[place] for place in refused if place in known}
        list(self._bulk.send(_gone(outdated)))
        self.drop()

    def _actions(self, held: Iterable[_Pending], known: Mapping[str, Known]) -> Iterator[Action]:
        for each in held:
            place = address(each.id)
            there = known.get(place) or Known()
            actions = list(_put(each, place, there) if each.index else self._taken_out(place, there))
            for action in actions:
                self._need(action.index)
            if actions and not self._filling:
                self._note(each, place, there, actions)
            yield from actions

    def _taken_out(self, place: str, there: Known) -> Iterator[Action]:
        if not there.versions:
            return
        floor = max(there.versions.values()) + 1
        deleted = self._indices.need_deleted()
        yield Action(deleted, place, floor, f'{{"{FLOOR}":{floor}}}'.encode())
        for index, version in there.versions.items():
            yield Action(index, place, version + 1, None)

    def _note(self, pending: _Pending, place: str, there: Known, actions: Iterable[Action]) -> None:
        now = Known({}, there.floor)
        for action in actions:
            if action.index == self._indices.generation.deleted:
                now.floor = action.version
            elif action.source is not None:
                now.versions[action.index] = action.version
        if not pending.index or now.versions:
            self._sent[place] = now

    # --- Looking up

    def _known(self, held: Iterable[_Pending]) -> dict[str, Known]:
        """What the indices have of these entries; a store that fills new ones has each id once."""
        places = {address(each.id): each for each in held}
        if self._filling:
            if all(each.index and each.revision for each in places.values()) or not self._touched:
                return {}
            self._server.refresh(sorted(self._touched))
        if not self._shown:  # what a run sent that was stopped before its commit
            self._server.refresh(self._indices.articles())
            self._shown = True
        found = {place: known for place in places if (known := self._sent.get(place))}
        asked = [place for place in places if place not in found]
        return found | looked_up(self._server, self._indices.generation, asked)


def _put(pending: _Pending, place: str, there: Known) -> Iterator[Action]:
    """What brings an entry into its index, and out of any other."""
    latest = max(there.versions.values(), default=there.floor)
    version = there.floor + pending.revision if pending.revision else latest + 1
    if there.versions.get(pending.index, 0) < version:
        if latest > version:  # a later one is elsewhere
            return
        yield Action(pending.index, place, version, pending.source)
    elif latest > there.versions[pending.index]:
        return
    for index, old in there.versions.items():
        if index != pending.index:
            yield Action(index, place, max(old, version), None)


def _gone(outdated: Mapping[str, Known]) -> Iterator[Action]:
    for place, known in outdated.items():
        for index, version in known.versions.items():
            yield Action(index, place, version, None)
