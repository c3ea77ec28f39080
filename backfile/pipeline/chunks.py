"""What the reader sends of several inputs, as chunks in order; the documents are cleaned elsewhere while more is read.

However many workers there are, the chunks are the same. They are written several at once: one transaction for each of
10,000 pages, or mails, takes longer than all else. Memory is bounded by how far reading is ahead of the store.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from backfile.article import Failure
from backfile.errors import REJECTIONS, Reason
from backfile.pipeline.crew import Crew
from backfile.pipeline.isolation import Task
from backfile.pipeline.visits import Visit
from backfile.pipeline.wire import Message
from backfile.readers import Growth, Position

# What a chunk holds, and one transaction. Measured: below 100 documents the syncs show, above 500 nothing is gained.
CHUNK_DOCUMENTS = 200
CHUNK_CHARACTERS = 8_000_000  # of the documents' text and markup; bounds the memory when documents are large
GROUP_INPUTS = 200  # in one transaction, however little there is in them
GROUP_SECONDS = 10.0  # what waits for others longer is written, so that a stop loses little of what takes long to clean

# How far reading is ahead: enough for all workers while a chunk is written, and what the parent holds in memory.
AHEAD_DOCUMENTS = 2 * CHUNK_DOCUMENTS
AHEAD_BYTES = 16 << 20
AHEAD_INPUTS = 64  # small ones, that the reader need not wait for the next
# Documents that are looked up in the store at once, of one input or of several; so many, however fast they come.
LOT_DOCUMENTS = 50
LOT_BYTES = 256 * 1024  # what takes longer to clean should not wait


@dataclass(frozen=True, slots=True)
class Arrived:
    """A document as the reader described it; its content stays packed."""

    uri: str
    member: str
    name: str  # by which it is known again within its input
    key: str | None  # what its container says identifies it
    digest: str
    left_out: str
    size: int  # characters
    data: bytes  # none, where only what the rules made of it was sent
    made: Message | None = None  # what they made of it, where a shard had it cleaned


@dataclass(slots=True)
class Arrival:
    """An item on its way."""

    item: Arrived | Failure
    dealt: bool = False  # whether it was decided if it is to be cleaned
    cleaning: Task | None = None  # None: there seemed to be nothing to clean when it was

    @property
    def name(self) -> str:
        """By which it is known again within its input."""
        return self.item.member if isinstance(self.item, Failure) else self.item.name

    @property
    def settled(self) -> bool:
        """Whether it waits for nobody."""
        if isinstance(self.item, Failure):
            return True
        return self.dealt and (self.cleaning is None or self.cleaning.over)

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        if isinstance(self.item, Failure):
            return 0
        return len(self.item.data) + (sum(map(len, self.item.made[1])) if self.item.made else 0)


@dataclass(slots=True)
class Input:
    """An input on its way."""

    visit: Visit
    key: str  # what identifies a document of it that says nothing itself
    growth: Growth  # what its reader found of that, once it is at the end
    task: Task
    number: int | None = None  # its row, where it has one
    begun: bool = False  # whether something of it is written
    items: int = 0  # that are written, with those before its mark
    member: str | None = None  # how the last one of them is called
    whole: bool = True  # whether all that was in it could be read
    broken: Message | None = None  # why reading it ended where it did, when something in it was too much


@dataclass(slots=True)
class Chunk:
    """Items of one input that are settled and written together; none, when the input has none."""

    input: Input
    arrivals: list[Arrival] = field(default_factory=list)
    last: bool = False  # whether the input ends with it
    weight: int = 0  # characters
    settled: int = 0  # how many of the first arrivals are; what is settled stays so, and they are asked again and again

    @property
    def full(self) -> bool:
        """Whether no more goes in."""
        return len(self.arrivals) >= CHUNK_DOCUMENTS or self.weight >= CHUNK_CHARACTERS

    @property
    def seeks(self) -> bool:
        """Whether it tells what is not in its input any more."""
        visit = self.input.visit
        if not (self.last and self.input.whole):  # else nobody can say
            return False
        return visit.mark.member is not None if visit.mark else visit.before is not None

    @property
    def done(self) -> bool:
        """Whether all of it that is to be cleaned is cleaned."""
        while self.settled < len(self.arrivals) and self.arrivals[self.settled].settled:
            self.settled += 1
        return self.settled == len(self.arrivals)


@dataclass(slots=True)
class Group:
    """Chunks, each of another input, that are written in one transaction."""

    chunks: list[Chunk] = field(default_factory=list)
    documents: int = 0
    weight: int = 0
    since: float = 0.0

    def takes(self, chunk: Chunk) -> bool:
        """Whether there is room for one more."""
        documents, weight = self.documents + len(chunk.arrivals), self.weight + chunk.weight
        return not self.chunks or (documents <= CHUNK_DOCUMENTS and weight <= CHUNK_CHARACTERS)

    def add(self, chunk: Chunk) -> None:
        """Take one in."""
        self.since = self.since if self.chunks else time.monotonic()
        self.chunks.append(chunk)
        self.documents += len(chunk.arrivals)
        self.weight += chunk.weight

    @property
    def full(self) -> bool:
        """Whether it is to wait for no more."""
        if not self.chunks:
            return False
        large = self.documents >= CHUNK_DOCUMENTS or self.weight >= CHUNK_CHARACTERS
        return large or len(self.chunks) >= GROUP_INPUTS or time.monotonic() > self.since + GROUP_SECONDS


Deal = Callable[[list[tuple[Input, Arrival]]], None]


class Chunks:
    """The chunks of inputs, in order, in groups; `deal` is called for items as they come, to have them cleaned.

    A chunk that is not its input's last is full, and so it is the last of its group. `inputs` gives None when there is
    none to be had just now; it is asked again as long as others are on their way.
    """

    def __init__(self, crew: Crew, inputs: Iterator[Input | None], deal: Deal) -> None:
        self._crew = crew
        self._inputs = inputs
        self._deal = deal
        self._asked: deque[Input] = deque()  # the reader is at the first of them
        self._seen = 0  # items of the first one
        self._ready: deque[Chunk] = deque()
        self._open: Chunk | None = None
        self._group = Group()
        self._lot: list[tuple[Input, Arrival]] = []
        self._lot_bytes = 0
        self._documents = 0  # ahead of the store
        self._bytes = 0

    def __iter__(self) -> Iterator[list[Chunk]]:
        while True:
            self._ask()
            self._take_in()
            if self._group.full:
                yield from self._written()
            elif self._ready and self._ready[0].done:
                if not self._group.takes(self._ready[0]):
                    yield from self._written()
                self._group.add(self._ready.popleft())
            elif self._lot and not (self._asked and self._has_room()):  # nothing more comes
                self._deal_out()
            elif self._ready or self._asked:
                self._crew.pump(listen=self._has_room())
            else:
                yield from self._written()
                return

    def _written(self) -> Iterator[list[Chunk]]:
        """Give the group away, and forget it when it is written."""
        group, self._group = self._group, Group()
        if group.chunks:
            yield group.chunks
        self._documents -= group.documents
        self._bytes -= sum(arrival.size for chunk in group.chunks for arrival in chunk.arrivals)

    def _ask(self) -> None:
        while len(self._asked) < AHEAD_INPUTS and (one := next(self._inputs, None)):
            self._asked.append(one)

    def _has_room(self) -> bool:
        if not self._ready:  # whatever it takes to fill one
            return True
        return self._documents < AHEAD_DOCUMENTS and self._bytes < AHEAD_BYTES

    def _take_in(self) -> None:
        """Sort what has come into chunks."""
        while self._asked and self._asked[0].task.answers and self._has_room():
            self._take(self._asked[0], self._asked[0].task.answers.popleft())

    def _take(self, one: Input, message: Message) -> None:
        match message:
            case (["end", last, left], _):
                one.growth.last = Position(*last) if last else None
                one.growth.left = left
                self._close(one, last=True)
            case (["passed"], _):
                self._seen += 1
            case (["failed", reason, detail], _):
                one.broken = message
                place = f" behind item {self._seen}" if self._seen else ""
                self._add(one, Arrival(Failure(one.visit.place.shown, "", Reason(reason), f"{detail}{place}")))
                self._close(one, last=True)
            case (["failure", uri, member, reason, detail], _):
                self._add(one, Arrival(Failure(uri, member, Reason(reason), detail)))
            case (["item", uri, member, name, key, digest, left_out, size], [data]):
                self._add(one, Arrival(Arrived(uri, member, name, key, digest, left_out, size, data)))
            case (["cleaned item", uri, member, name, key, digest, left_out, size, made], blobs):
                self._add(one, Arrival(Arrived(uri, member, name, key, digest, left_out, size, b"", (made, blobs))))

    def _add(self, one: Input, arrival: Arrival) -> None:
        self._open = self._open or Chunk(one)
        self._open.arrivals.append(arrival)
        self._seen += 1
        self._documents += 1
        if isinstance(arrival.item, Arrived):
            self._open.weight += arrival.item.size
            self._bytes += arrival.size
            self._lot.append((one, arrival))
            self._lot_bytes += arrival.size
        elif arrival.item.reason not in REJECTIONS:
            one.whole = False
        if len(self._lot) >= LOT_DOCUMENTS or self._lot_bytes >= LOT_BYTES:
            self._deal_out()
        if self._open.full:
            self._close(one, last=False)

    def _close(self, one: Input, *, last: bool) -> None:
        chunk = self._open or Chunk(one)
        chunk.last = last
        self._ready.append(chunk)
        self._open = None
        if last:
            self._asked.popleft()
            self._seen = 0

    def _deal_out(self) -> None:
        if self._lot:
            self._deal(self._lot)
            for _, arrival in self._lot:
                arrival.dealt = True
            self._lot, self._lot_bytes = [], 0
