"""What a disk may hold after a power cut: all that was synced, and of the rest nothing, all, or some.

In the manner of ALICE (Pillai et al., All File Systems Are Not Created Equal, OSDI 2014), CrashMonkey (Mohan et al.,
Finding Crash-Consistency Bugs with Bounded Black-Box Crash Testing, OSDI 2018) and Linux's dm-log-writes: what a run
asked for is recorded once and played back up to a moment, and states are made that POSIX allows there. No more is
promised than POSIX does: a sync of a file keeps its bytes and length and not its name, a sync of a folder keeps the
names in it; an un-synced rename may be lost although a later one is kept, in another folder or of another name; of
un-synced writes each sector may be there or not, and the length may be there without the bytes (zeros, as on ext4).
What is not torn is one change of names, which all file systems with a log keep whole.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from benchmarks.crash.operations import Cut, Made, NameChange, Operation, Renamed, Said, Synced, Tree, Written, rename

SECTOR = 512  # bytes that a disk writes whole


class Loss(Enum):
    """What becomes of what was not synced."""

    ALL = "all lost"
    BYTES = "names kept, bytes lost"
    ZEROS = "names and lengths kept, zeros for bytes"
    NAMES = "bytes kept, names lost"
    TORN = "some names lost, writes up to a torn one kept"
    MIXED = "some names and some sectors lost"
    NOTHING = "nothing lost"


@dataclass
class _File:
    durable: bytes
    waiting: list[Written | Cut] = field(default_factory=list)

    def now(self) -> bytes:
        return _after(self.durable, self.waiting)

    def sync(self) -> None:
        self.durable, self.waiting = self.now(), []


class Disk:
    """The state of a directory, and what of it has reached the disk."""

    def __init__(self, tree: Tree) -> None:
        self._names = {folder: dict(names) for folder, names in tree.names.items()}  # on disk
        self._waiting: list[NameChange] = []
        self._files = {node: _File(content) for node, content in tree.files.items()}
        self.said: list[str] = []

    def do(self, operation: Operation) -> None:
        """What a process asked for, and got."""
        match operation:
            case Written(node) | Cut(node):
                self._files[node].waiting.append(operation)
            case Synced(node) if node in self._files:
                self._files[node].sync()
            case Synced(node):
                self._sync_names(node)
            case Said(text):
                self.said.append(text)
            case Made(_, _, node, is_folder):
                if is_folder:
                    self._names[node] = {}
                else:
                    self._files.setdefault(node, _File(b""))
                self._waiting.append(operation)
            case _:
                self._waiting.append(operation)

    def _sync_names(self, folder: int) -> None:
        kept = {n for n, change in enumerate(self._waiting) if any(folder == each for each, _ in _keys(change))}
        kept = _with_earlier(self._waiting, kept)
        for number in sorted(kept):
            rename(self._names, self._waiting[number])
        self._waiting = [change for number, change in enumerate(self._waiting) if number not in kept]

    @property
    def unsynced(self) -> bool:
        """Whether a power cut can lose something."""
        return bool(self._waiting) or any(each.waiting for each in self._files.values())

    def left(self, loss: Loss, draw: random.Random) -> dict[str, bytes | None]:
        """What may be found after a power cut now: path → bytes, None for a folder; folders before what is in them."""
        names = {folder: dict(there) for folder, there in self._names.items()}
        for number in sorted(self._kept_names(loss, draw)):
            rename(names, self._waiting[number])
        found: dict[str, bytes | None] = {}
        self._walk(names, 0, "", loss, draw, found)
        return found

    def _kept_names(self, loss: Loss, draw: random.Random) -> set[int]:
        match loss:
            case Loss.ALL | Loss.NAMES:
                return set()
            case Loss.BYTES | Loss.ZEROS | Loss.NOTHING:
                return set(range(len(self._waiting)))
            case Loss.TORN | Loss.MIXED:
                share = draw.random()
                picked = {number for number in range(len(self._waiting)) if draw.random() < share}
                return _with_earlier(self._waiting, picked)

    def _walk(  # noqa: PLR0913, PLR0917
        self,
        names: dict[int, dict[str, int]],
        folder: int,
        path: str,
        loss: Loss,
        draw: random.Random,
        found: dict[str, bytes | None],
    ) -> None:
        for name, node in sorted(names[folder].items()):
            if node in self._files:
                found[path + name] = _survived(self._files[node], loss, draw)
            else:
                found[path + name] = None
                self._walk(names, node, f"{path}{name}/", loss, draw, found)


def lay_out(directory: Path, found: dict[str, bytes | None]) -> None:
    """Write a state into a new directory."""
    directory.mkdir()
    for path, content in found.items():
        if content is None:
            (directory / path).mkdir(mode=0o700)
        else:
            (directory / path).write_bytes(content)


def _keys(change: NameChange) -> list[tuple[int, str]]:
    """The names that a change touches."""
    if isinstance(change, Renamed):
        return [(change.folder, change.name), (change.to_folder, change.to_name)]
    return [(change.folder, change.name)]


def _with_earlier(changes: list[NameChange], kept: set[int]) -> set[int]:
    """These changes and those before of the same names, without which they could not have been."""
    found: set[int] = set()
    needed: set[tuple[int, str]] = set()
    for number in reversed(range(len(changes))):
        keys = _keys(changes[number])
        if number in kept or not needed.isdisjoint(keys):
            found.add(number)
            needed.update(keys)
    return found


def _survived(file: _File, loss: Loss, draw: random.Random) -> bytes:
    match loss:
        case Loss.ALL | Loss.BYTES:
            return file.durable
        case Loss.NAMES | Loss.NOTHING:
            return file.now()
        case Loss.ZEROS:
            return _as_long(file.durable, len(file.now()))
        case Loss.TORN:
            whole = draw.randint(0, len(file.waiting))
            return _after(file.durable, [*file.waiting[:whole], *_torn(file.waiting[whole : whole + 1], draw)])
        case Loss.MIXED:
            kept = _after(file.durable, _some(file.waiting, draw))
            return _as_long(kept, len(file.now())) if draw.random() < 1 / 2 else kept


def _after(content: bytes, changes: Iterable[Written | Cut]) -> bytes:
    made = bytearray(content)
    for change in changes:
        match change:
            case Written(_, at, data):
                made.extend(bytes(max(0, at - len(made))))
                made[at : at + len(data)] = data
            case Cut(_, size):
                made = bytearray(_as_long(bytes(made), size))
    return bytes(made)


def _as_long(content: bytes, size: int) -> bytes:
    return content[:size].ljust(size, b"\0")


def _torn(changes: list[Written | Cut], draw: random.Random) -> list[Written | Cut]:
    """The sectors of a write up to one of them."""
    sectors = [part for change in changes for part in _sectors(change)]
    return sectors[: draw.randint(0, len(sectors))]


def _some(changes: list[Written | Cut], draw: random.Random) -> list[Written | Cut]:
    """Any of the sectors."""
    share = draw.random()
    return [part for change in changes for part in _sectors(change) if draw.random() < share]


def _sectors(change: Written | Cut) -> list[Written | Cut]:
    if isinstance(change, Cut):
        return [change]
    made: list[Written | Cut] = []
    at, end = change.at, change.at + len(change.data)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        made.append(Written(change.node, at, change.data[at - change.at : until - change.at]))
        at = until
    return made
