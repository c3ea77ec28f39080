"""What lies in a source: its inputs, their sizes, times and digests, and how a place is written down."""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backfile.config import FILE_NAME, Source
from backfile.errors import UnreadableInput

_MAGIC = re.compile(r"[*?]")
# What an archive keeps in its directory is no input, even when the archive lies in the folder that it is made from.
_OWN = re.compile(r"backfile\.(toml|new|lock|holder|log)(\..*)?|store\.sqlite.*|index|prefect(\.yaml(\.new)?)?")
_SURROGATES = {code: 0x10FF00 + code - 0xDC00 for code in range(0xDC80, 0xDD00)}
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


Found = tuple[str, str, int, int, bool]
"""The fields of a `Place`; to make places of a hundred thousand of them took longer than to list them."""


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
    begin = Path(base(source))
    return shown(path.relative_to(begin) if path != begin and path.is_relative_to(begin) else Path(path.name))


def exists(source: Source) -> bool:
    """Whether there is anything where the source points; an unplugged disk is not an emptied folder."""
    return Path(base(source)).exists()


def places(source: Source) -> Iterator[Place]:
    """The inputs of a source, one at a time, nearly in the order of their paths."""
    for run in found(source):
        yield from (Place(*each) for each in run)


def found(source: Source) -> Iterator[list[Found]]:
    """As `places`, in lists of what lies in one folder, each as bare as it can be: most of them are as they were.

    In the order of `shown`, but for a Maildir, which comes where its files would, and for names that are no UTF-8.
    """
    from backfile.readers import files  # noqa: PLC0415  # `status` needs the rest of this module without the readers

    begin = base(source)
    wanted = _glob(source.path) if begin != source.path else None
    archives = Archives(begin)
    for run in files.runs(Path(begin)):
        those = [_found(each) for each in run]
        if wanted is not None:
            those = [each for each in those if wanted(each[0])]
        if those and archives.near(those[0][0]):
            those = [each for each in those if not archives.own(each[0])]
        if those:
            yield those


def _found(entry: os.DirEntry[str] | str) -> Found:
    name = entry if isinstance(entry, str) else entry.path
    told = name if name.isascii() else shown(name)
    try:
        seen = os.stat(entry) if isinstance(entry, str) else entry.stat()  # noqa: PTH116  # there may be a million
    except OSError:
        return name, told, 0, 0, False
    mode = seen.st_mode
    if stat.S_ISDIR(mode):  # a Maildir, or a folder that cannot be listed
        try:
            stats = [each.stat() for each in _messages(Path(name))]
        except OSError:
            stats = []
        newest = max((each.st_mtime_ns for each in stats), default=seen.st_mtime_ns)
        return name, told, sum(each.st_size for each in stats), newest, False
    return name, told, seen.st_size, seen.st_mtime_ns, stat.S_ISREG(mode)


def place(name: str) -> Place:
    """The input as it lies there now; one that vanished meanwhile has size 0 and is left to its reader to report."""
    return Place(*_found(name))


def digest(place: Place) -> str:
    """SHA-256 (hex) of a regular file's bytes; of a Maildir's message names; "" of anything else, unopened."""
    if place.regular:
        return digests(place, place.size)[0]
    total = hashlib.sha256()
    try:
        if not place.path.is_dir():
            return ""
        for entry in _messages(place.path):
            total.update(os.fsencode(entry.name.partition(":")[0]) + b"\n")
    except OSError:
        return ""
    return total.hexdigest()


def digests(place: Place, beginning: int) -> tuple[str, str]:
    """SHA-256 (hex) of a regular file's bytes, and of the first of them; ("", "") when it cannot be read.

    What came since the file was listed does not count: the digest belongs to the size.
    """
    from backfile.readers.files import opened  # noqa: PLC0415  # `status` needs the rest without the readers

    total, first = hashlib.sha256(), ""
    try:
        with opened(place.path) as stream:
            for rest in (beginning, place.size - beginning):
                while rest > 0 and (block := stream.read(min(rest, _BLOCK))):
                    total.update(block)
                    rest -= len(block)  # noqa: PLW2901  # what is left of it
                first = first or total.hexdigest()
    except (OSError, UnreadableInput):
        return "", ""
    return total.hexdigest(), first


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


def base(source: Source) -> str:
    """The folder or file that a source's path begins at: all parts before the first one with a wildcard.

    A name with `?` or `*` in it that is there is no wildcard.
    """
    pattern = source.path
    if not _MAGIC.search(pattern) or os.path.lexists(pattern):
        return pattern
    parts = Path(pattern).parts
    fixed = [part for n, part in enumerate(parts) if not any(_MAGIC.search(each) for each in parts[: n + 1])]
    return os.fspath(Path(*fixed)) if fixed else "."


def _glob(pattern: str) -> Callable[[str], bool]:
    """Tells whether a path matches a glob: `*` and `?` stay within a part, `**` is any number of parts.

    By RE2, whose time is linear in the path: with `re`, `*a*a*a*a*a*a*b` took minutes over one long name. RE2 knows no
    surrogates, as which Python shows bytes that are no UTF-8, so these take other signs that no name has.
    """
    from transforms.pattern import linear  # noqa: PLC0415  # slow to load, and rarely needed

    expression = linear(_expression(pattern.translate(_SURROGATES)))
    return lambda name: expression.fullmatch(name.translate(_SURROGATES)) is not None


def _expression(pattern: str) -> str:
    parts = []
    for part in Path(pattern).parts:
        if part == "**":
            parts.append("(?:[^/]+/)*")
        else:
            one = re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
            parts.append(one if part == "/" else one + "/")
    return "".join(parts).removesuffix("/")


class Archives:
    """Tells what is a part of an archive from what is an input; looks at each folder once."""

    def __init__(self, base: str) -> None:
        self._nearest: dict[str, str] = {os.path.dirname(base): ""} if Path(base).is_dir() else {}  # noqa: PTH120
        self._folder = self._archive = ""  # as last asked for; inputs come folder by folder

    def own(self, name: str) -> bool:
        """Whether the path is a part of an archive that lies in the base or below it."""
        folder = os.path.dirname(name)  # noqa: PTH120  # a run may ask for a million of them
        if folder != self._folder:
            self._folder, self._archive = folder, self._above(folder)
        if not self._archive:
            return False
        return _OWN.fullmatch(name[len(self._archive) :].lstrip("/").partition("/")[0]) is not None

    def near(self, name: str) -> bool:
        """Whether what lies beside the path may be a part of an archive."""
        return bool(self._above(os.path.dirname(name)))  # noqa: PTH120

    def _above(self, folder: str) -> str:
        """The nearest folder with an archive in it, the folder itself or one above it up to the base; "" if none."""
        passed: list[str] = []
        while folder not in self._nearest:
            passed.append(folder)
            above = os.path.dirname(folder)  # noqa: PTH120
            if above == folder or Path(folder, FILE_NAME).is_file():
                break
            folder = above
        nearest = self._nearest.get(folder, folder if Path(folder, FILE_NAME).is_file() else "")
        self._nearest.update(dict.fromkeys(passed, nearest))
        return nearest
