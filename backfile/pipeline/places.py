"""What lies in a source: its inputs, their sizes, times and digests, and how a place is written down."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backfile.config import FILE_NAME, Source

_MAGIC = re.compile(r"[*?]")
# What an archive keeps in its directory is no input, even when the archive lies in the folder that it is made from.
_OWN = re.compile(r"backfile\.(toml|new|lock|holder|log)(\..*)?|store\.sqlite.*|index|prefect(\.yaml(\.new)?)?")
_BLOCK = 1 << 20  # bytes read at once for a digest


@dataclass(frozen=True, slots=True)
class Place:
    """An input as it lies there now. A run may hold a million of them, so the path is kept as text."""

    name: str  # the path as the operating system gave it
    shown: str  # the path as text that can be stored; the same object wherever the bytes are UTF-8
    size: int  # bytes
    modified: int  # ns since the epoch
    regular: bool

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self.name)


def shown(path: str | Path) -> str:
    """The path as text that can be stored and printed; bytes that are no UTF-8 become a backslash, x, two digits."""
    name = os.fspath(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    return name


def key_of(path: Path, source: Source) -> str:
    """The path relative to its source, with / between the parts: what identifies an input that says nothing itself."""
    base = Path(_base(source.path))
    return shown(path.relative_to(base) if path != base and path.is_relative_to(base) else Path(path.name))


def exists(source: Source) -> bool:
    """Whether there is anything where the source points; an unplugged disk is not an emptied folder."""
    return Path(_base(source.path)).exists()


def places(source: Source) -> Iterator[Place]:
    """The inputs of a source, sorted, one at a time."""
    from backfile import readers  # noqa: PLC0415  # `status` needs the rest of this module without the readers

    base = Path(_base(source.path))
    wanted = re.compile(_glob(source.path)) if os.fspath(base) != source.path else None
    archives: dict[Path, bool] = {}
    for path in readers.inputs(base):
        if wanted and not wanted.fullmatch(os.fspath(path)):
            continue
        if not _own(path, base, archives):
            yield place(path)


def place(path: Path) -> Place:
    """The input as it lies there now; one that vanished meanwhile has size 0 and is left to its reader to report."""
    name = os.fspath(path)
    told = shown(name)
    try:
        found = path.stat()
    except OSError:
        return Place(name, told, 0, 0, regular=False)
    if stat.S_ISDIR(found.st_mode):  # a Maildir, or a folder that cannot be listed
        try:
            stats = [each.stat() for each in _messages(path)]
        except OSError:
            stats = []
        newest = max((each.st_mtime_ns for each in stats), default=found.st_mtime_ns)
        return Place(name, told, sum(each.st_size for each in stats), newest, regular=False)
    return Place(name, told, found.st_size, found.st_mtime_ns, regular=stat.S_ISREG(found.st_mode))


def digest(place: Place) -> str:
    """SHA-256 (hex) of a regular file's bytes; of a Maildir's message names; "" of anything else, unopened."""
    total = hashlib.sha256()
    try:
        if place.path.is_dir():
            for entry in _messages(place.path):
                total.update(os.fsencode(entry.name.partition(":")[0]) + b"\n")
            return total.hexdigest()
        if not place.regular:
            return ""
        with place.path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                total.update(block)
    except OSError:
        return ""
    return total.hexdigest()


class Listable:
    """Tells what vanished from what only cannot be seen: a folder that refuses to be listed has lost nothing."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def parent_of(self, path: str) -> bool:
        """Whether the folder that the path is in can be listed, or is not there any more."""
        folder = os.path.dirname(path)  # noqa: PTH120  # a run may ask for a million of them
        if folder not in self._known:
            try:
                os.scandir(folder).close()
            except (FileNotFoundError, NotADirectoryError):
                self._known[folder] = True
            except OSError:
                self._known[folder] = False
            else:
                self._known[folder] = True
        return self._known[folder]


def _messages(maildir: Path) -> list[os.DirEntry[str]]:
    found = []
    for part in ("cur", "new"):
        with os.scandir(maildir / part) as entries:
            found += [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    return sorted(found, key=lambda entry: entry.name)


def _base(pattern: str) -> str:
    """The folder or file that a source's path begins at: all parts before the first one with a wildcard.

    A name with `?` or `*` in it that is there is no wildcard.
    """
    if not _MAGIC.search(pattern) or os.path.lexists(pattern):
        return pattern
    parts = Path(pattern).parts
    fixed = [part for n, part in enumerate(parts) if not any(_MAGIC.search(each) for each in parts[: n + 1])]
    return os.fspath(Path(*fixed)) if fixed else "."


def _glob(pattern: str) -> str:
    """A regular expression for a glob: `*` and `?` stay within a part, `**` is any number of parts."""
    parts = []
    for part in Path(pattern).parts:
        if part == "**":
            parts.append("(?:[^/]+/)*")
        else:
            one = re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
            parts.append(one if part == "/" else one + "/")
    return "".join(parts).removesuffix("/")


def _own(path: Path, base: Path, archives: dict[Path, bool]) -> bool:
    """Whether the path is a part of an archive; `archives` remembers which folders are one."""
    for parent in path.parents:
        if parent not in archives:
            archives[parent] = (parent / FILE_NAME).is_file()
        if archives[parent]:
            return bool(_OWN.fullmatch(path.relative_to(parent).parts[0]))
        if parent == base:
            break
    return False
