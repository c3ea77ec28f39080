"""What a process asks of the file system below a directory, in order and with every byte, as `strace` sees it.

SQLite's writes are among it, and those of processes that it starts. What cannot be seen or is not modelled ends the
recording with `NotRecorded`, so that no loss hides there: a shared mapping that is written to (but for the one of
`*-shm`, which SQLite makes anew after a power cut), copies within the kernel, links.
"""

# ruff: noqa: ARG002  (all calls of the system are taken by one signature)

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.crash.operations import (
    Cut,
    Made,
    NotRecorded,
    Operation,
    Removed,
    Renamed,
    Said,
    Synced,
    Tree,
    Written,
)

_CALLS = """
open openat creat close close_range dup dup2 dup3 fcntl lseek read readv write writev pwrite64 pwritev pwritev2
ftruncate truncate fallocate rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat mkdir mkdirat
rmdir fsync fdatasync sync syncfs mmap sendfile copy_file_range splice chdir fchdir clone clone3 fork vfork execve
io_uring_setup mknod mknodat
"""
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\w+)(?: .*)?", re.DOTALL)
_UNFINISHED = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass
class _Opened:
    """What a descriptor stands for; shared by its duplicates."""

    node: int
    at: int = 0
    append: bool = False


@dataclass
class _Process:
    """Descriptors below the directory; those that are closed when another program takes over are noted."""

    opened: dict[int, _Opened] = field(default_factory=dict)
    closing: set[int] = field(default_factory=set)

    def copy(self) -> "_Process":
        return _Process(dict(self.opened), set(self.closing))


class Watch:
    """Has `strace` write down what a process does that waits to be let go."""

    def __init__(self, written: Path) -> None:
        self._written = written
        self._reading, self._writing = os.pipe()
        self._tracer: subprocess.Popen[str] | None = None

    def wait(self) -> None:
        """In the process that is looked at: return when it is."""
        os.close(self._writing)
        os.read(self._reading, 1)
        os.close(self._reading)

    def begin(self, process: int) -> None:
        """In the process that looks: have the other one traced, then let it go."""
        calls = ",".join(f"?{call}" for call in _CALLS.split())
        options = ["-f", "-xx", "-s", str(1 << 24), "-e", f"trace={calls}", "-e", "raw=read", "-e", "signal=none"]
        self._tracer = subprocess.Popen(
            ["strace", *options, "-o", str(self._written), "-p", str(process)], stderr=subprocess.PIPE, text=True
        )
        assert self._tracer.stderr is not None
        line = self._tracer.stderr.readline()
        if "attached" not in line:
            raise NotRecorded(f"strace: {line}")
        os.write(self._writing, b"x")

    def end(self) -> None:
        """Wait until all is written."""
        assert self._tracer is not None
        self._tracer.communicate(timeout=60)
        os.close(self._reading)
        os.close(self._writing)


def read(written: Path, before: Tree, said: Path) -> list[Operation]:
    """The operations below a directory, of which `before` is the state when they began; `before` changes with them.

    Args:
        written: what a `Watch` wrote.
        before: the state.
        said: the file to which the process writes what it promises.
    """
    return list(_Reader(before, said).operations(written))


class _Reader:
    def __init__(self, tree: Tree, said: Path) -> None:
        self._tree = tree
        self._said = tree.find(str(said))
        self._processes: dict[str, _Process] = {}
        self._parents: dict[str, tuple[str, bool]] = {}  # process → who began it, and whether they share descriptors
        self._here = str(Path.cwd())

    def operations(self, written: Path) -> Iterator[Operation]:
        calls = list(_calls(written))
        for process, name, arguments, value in calls:
            if name in {"clone", "clone3", "fork", "vfork"} and value > 0:
                self._parents[str(value)] = (process, "CLONE_FILES" in arguments)
        for process, name, arguments, value in calls:
            if value < 0:
                continue
            act: Callable[[_Process, list[str], int], Iterator[Operation]] | None = getattr(self, f"_{name}", None)
            if act:
                for operation in act(self._process(process), arguments.split(", "), value):
                    if isinstance(operation, Made | Removed | Renamed):
                        self._tree.apply(operation)
                    yield operation

    def _process(self, number: str) -> _Process:
        if number not in self._processes:
            parent, shared = self._parents.get(number, ("", False))
            known = self._process(parent) if parent else _Process()
            self._processes[number] = known if shared else known.copy()
        return self._processes[number]

    # Descriptors

    def _path(self, process: _Process, folder: str, text: str) -> str | None:
        """An absolute path; None when it is relative to what is not looked at."""
        path = _text(text)
        if path.startswith("/"):
            return path
        if folder == "AT_FDCWD":
            return f"{self._here}/{path}"
        opened = process.opened.get(int(folder))
        return None if opened is None else f"{self._tree.path(opened.node)}/{path}"

    def _open(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        yield from self._openat(process, ["AT_FDCWD", *arguments], value)

    def _creat(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        yield from self._openat(process, ["AT_FDCWD", arguments[0], "O_WRONLY|O_CREAT|O_TRUNC"], value)

    def _openat(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        process.opened.pop(value, None)
        path, flags = self._path(process, arguments[0], arguments[1]), arguments[2].split("|")
        if path is None or (place := self._tree.place(path)) is None:
            if path is None or self._tree.find(path) is None:
                return
            place = (0, "")  # the directory itself
        if "O_TMPFILE" in flags or "__O_TMPFILE" in flags:
            raise NotRecorded("a file without a name")
        node = self._tree.find(path)
        if node is None:
            node = self._tree.new()
            yield Made(*place, node)
        elif "O_TRUNC" in flags:
            yield self._cut(node, 0)
        process.opened[value] = _Opened(node, append="O_APPEND" in flags)
        process.closing.discard(value)
        if "O_CLOEXEC" in flags:
            process.closing.add(value)

    def _close(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        process.opened.pop(int(arguments[0]), None)
        yield from ()

    def _close_range(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        for number in [each for each in process.opened if int(arguments[0]) <= each <= int(arguments[1])]:
            del process.opened[number]
        yield from ()

    def _dup(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        process.opened.pop(value, None)
        if known := process.opened.get(int(arguments[0])):
            process.opened[value] = known
            process.closing.discard(value)
        yield from ()

    _dup2 = _dup3 = _dup

    def _fcntl(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if arguments[1].startswith("F_DUPFD"):
            yield from self._dup(process, arguments, value)

    def _execve(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        for number in process.closing:
            process.opened.pop(number, None)
        process.closing.clear()
        yield from ()

    def _chdir(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        raise NotRecorded("a process that goes to another folder")

    # Bytes

    def _lseek(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if opened := process.opened.get(int(arguments[0])):
            opened.at = value
        yield from ()

    def _read(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if opened := process.opened.get(int(arguments[0], 0)):
            opened.at += value
        yield from ()

    _readv = _read

    def _write(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        opened = process.opened.get(int(arguments[0]))
        if opened is None or not value:
            return
        data = b"".join(map(_bytes, _TEXT.findall(", ".join(arguments[1:]))))[:value]
        if opened.node == self._said:
            yield Said(data.decode())
            return
        if opened.append:
            opened.at = len(self._tree.files[opened.node])
        yield self._put(opened.node, opened.at, data)
        opened.at += value

    _writev = _write

    def _pwrite64(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if opened := process.opened.get(int(arguments[0])):
            yield self._put(opened.node, int(arguments[-1]), _bytes(arguments[1].strip('"'))[:value])

    def _put(self, node: int, at: int, data: bytes) -> Written:
        # Only the length is needed here, for who appends.
        self._tree.files[node] = self._tree.files[node].ljust(at + len(data), b"\0")
        return Written(node, at, data)

    def _ftruncate(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if opened := process.opened.get(int(arguments[0])):
            yield self._cut(opened.node, int(arguments[1]))

    def _truncate(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        node = self._tree.find(_text(arguments[0]))
        if node is not None:
            yield self._cut(node, int(arguments[1]))

    def _cut(self, node: int, size: int) -> Cut:
        self._tree.files[node] = self._tree.files[node][:size].ljust(size, b"\0")
        return Cut(node, size)

    def _fsync(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if opened := process.opened.get(int(arguments[0])):
            yield Synced(opened.node)

    _fdatasync = _fsync

    def _refused(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if any(each.isdigit() and int(each) in process.opened for each in arguments[:3]):
            raise NotRecorded("bytes that are copied, or made room for, in the kernel")
        yield from ()

    _sendfile = _copy_file_range = _splice = _fallocate = _pwritev = _pwritev2 = _refused

    def _unseen(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        raise NotRecorded("io_uring, or a sync of everything")

    _io_uring_setup = _sync = _syncfs = _unseen

    def _mmap(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        opened = process.opened.get(int(arguments[4]))
        seen = opened and "MAP_SHARED" in arguments[3] and "PROT_WRITE" in arguments[2]
        if seen and opened and not self._tree.path(opened.node).endswith("-shm"):
            raise NotRecorded(f"{self._tree.path(opened.node)} is written to in memory")
        yield from ()

    # Names

    def _mkdir(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        yield from self._mkdirat(process, ["AT_FDCWD", *arguments], value)

    def _mkdirat(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if place := self._place(process, *arguments[:2]):
            yield Made(*place, self._tree.new(), is_folder=True)

    def _unlink(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        yield from self._unlinkat(process, ["AT_FDCWD", *arguments], value)

    _rmdir = _unlink

    def _unlinkat(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if place := self._place(process, *arguments[:2]):
            yield Removed(*place)

    def _rename(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        yield from self._renameat(process, ["AT_FDCWD", arguments[0], "AT_FDCWD", arguments[1]], value)

    def _renameat(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        place, to = self._place(process, *arguments[:2]), self._place(process, *arguments[2:4])
        if place and to:
            yield Renamed(*place, *to, swapped="RENAME_EXCHANGE" in arguments[4:])
        elif place or to:
            raise NotRecorded("a name that comes from elsewhere, or goes there")

    _renameat2 = _renameat

    def _link(self, process: _Process, arguments: list[str], value: int) -> Iterator[Operation]:
        if any(self._tree.place(_text(each)) for each in arguments if each.startswith('"')):
            raise NotRecorded("a link")
        yield from ()

    _linkat = _symlink = _symlinkat = _mknod = _mknodat = _link

    def _place(self, process: _Process, folder: str, text: str) -> tuple[int, str] | None:
        path = self._path(process, folder, text)
        return None if path is None else self._tree.place(path)


def _calls(written: Path) -> Iterator[tuple[str, str, str, int]]:
    """Process, call, arguments and value of each call, when it was done; two halves are put together."""
    begun: dict[str, str] = {}
    with written.open(encoding="ascii") as lines:
        for line in map(str.rstrip, lines):
            if half := _UNFINISHED.fullmatch(line):
                begun[half[1]] = half[3]
                continue
            rest = _RESUMED.fullmatch(line)
            whole = f"{rest[1]} {rest[2]}({begun.pop(rest[1], '')}{rest[3]}" if rest else line
            if call := _LINE.fullmatch(whole):
                value = 0 if call[4] == "?" else int(call[4], 0)
                yield call[1], call[2], call[3], value


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _text(quoted: str) -> str:
    return os.fsdecode(_bytes(quoted.strip('"')))
