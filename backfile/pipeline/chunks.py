"""What the reader sends of several inputs, as chunks in order; the documents are cleaned elsewhere while more is read.

However many workers there are, the chunks are the same. Memory is bounded by how far reading is ahead of the store.
"""

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

# What one transaction holds. Measured: below 100 documents the syncs show, above 500 nothing is gained.
CHUNK_DOCUMENTS = 200
CHUNK_CHARACTERS = 8_000_000  # of the documents' text and markup; bounds the memory when documents are large

# How far reading is ahead: enough for all workers while a chunk is written, and what the parent holds in memory.
AHEAD_DOCUMENTS = 2 * CHUNK_DOCUMENTS
AHEAD_BYTES = 16 << 20
AHEAD_INPUTS = 64  # small ones, that the reader need not wait for the next
LOT = 20  # documents that are looked up in the store at once; so many or their input's last, however fast they come


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
    data: bytes


@dataclass(slots=True)
class Arrival:
    """An item on its way."""

    item: Arrived | Failure
    cleaning: Task | None = None  # None: there seemed to be nothing to clean when it came

    @property
    def name(self) -> str:
        """By which it is known again within its input."""
        return self.item.member if isinstance(self.item, Failure) else self.item.name


@dataclass(slots=True)
class Input:
    """An input on its way."""

    visit: Visit
    growth: Growth  # what its reader found of that, once it is at the end
    task: Task
    number: int | None = None  # its row, once something of it is written
    items: int = 0  # that are settled, with those before its mark
    member: str | None = None  # how the last one of them is called
    whole: bool = True  # whether all that was in it could be read


@dataclass(slots=True)
class Chunk:
    """Items of one input that are written in one transaction; none, when the input has none."""

    input: Input
    arrivals: list[Arrival] = field(default_factory=list)
    last: bool = False  # whether the input ends with it
    weight: int = 0  # characters

    @property
    def full(self) -> bool:
        """Whether no more goes in."""
        return len(self.arrivals) >= CHUNK_DOCUMENTS or self.weight >= CHUNK_CHARACTERS

    @property
    def done(self) -> bool:
        """Whether all of it that is being cleaned is cleaned."""
        return all(each.cleaning is None or each.cleaning.over for each in self.arrivals)


Deal = Callable[[Input, list[Arrival]], None]


class Chunks:
    """The chunks of inputs, in order; `deal` is called for items as they come, to have them cleaned."""

    def __init__(self, crew: Crew, inputs: Iterator[Input], deal: Deal) -> None:
        self._crew = crew
        self._inputs = inputs
        self._deal = deal
        self._asked: deque[Input] = deque()  # the reader is at the first of them
        self._seen = 0  # items of the first one
        self._ready: deque[Chunk] = deque()
        self._open: Chunk | None = None
        self._lot: list[Arrival] = []
        self._documents = 0  # ahead of the store
        self._bytes = 0

    def __iter__(self) -> Iterator[Chunk]:
        while True:
            self._ask()
            self._take_in()
            if self._ready and self._ready[0].done:
                chunk = self._ready.popleft()
                yield chunk
                self._documents -= len(chunk.arrivals)
                self._bytes -= sum(_bytes(each) for each in chunk.arrivals)
            elif self._ready or self._asked:
                self._crew.pump(listen=self._has_room())
            else:
                return

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
            case (["failed", reason, detail], _):
                place = f" behind item {self._seen}" if self._seen else ""
                self._add(one, Arrival(Failure(one.visit.place.shown, "", Reason(reason), f"{detail}{place}")))
                self._close(one, last=True)
            case (["failure", uri, member, reason, detail], _):
                self._add(one, Arrival(Failure(uri, member, Reason(reason), detail)))
            case (["item", uri, member, name, key, digest, left_out, size], [data]):
                self._add(one, Arrival(Arrived(uri, member, name, key, digest, left_out, size, data)))

    def _add(self, one: Input, arrival: Arrival) -> None:
        self._open = self._open or Chunk(one)
        self._open.arrivals.append(arrival)
        self._seen += 1
        self._documents += 1
        if isinstance(arrival.item, Arrived):
            self._open.weight += arrival.item.size
            self._bytes += len(arrival.item.data)
            self._lot.append(arrival)
        elif arrival.item.reason not in REJECTIONS:
            one.whole = False
        if len(self._lot) >= LOT:
            self._deal_out()
        if self._open.full:
            self._close(one, last=False)

    def _close(self, one: Input, *, last: bool) -> None:
        self._deal_out()
        chunk = self._open or Chunk(one)
        chunk.last = last
        self._ready.append(chunk)
        self._open = None
        if last:
            self._asked.popleft()
            self._seen = 0

    def _deal_out(self) -> None:
        if self._lot:
            self._deal(self._asked[0], self._lot)
            self._lot = []


def _bytes(arrival: Arrival) -> int:
    return len(arrival.item.data) if isinstance(arrival.item, Arrived) else 0
