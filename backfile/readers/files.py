"""Which files and folders are inputs, and how one is opened without being held up by it."""

import errno
import io
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits

_LEFTOVER_NAMES = {"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "$recycle.bin"}
_LEFTOVER_ENDINGS = ("~", ".swp", ".swo", ".part", ".partial", ".crdownload", ".tmp")
# How browsers name the folder beside a saved page, in the languages of their menus.
_COMPANION = re.compile(
    r"(.+)(?:[_.]files|-Dateien|_Dateien|_fichiers|_archivos|_file|_bestanden|_ficheiros|_arquivos|_pliki|[-_]filer|"
    r"_soubory|_fails|_elemei|_tiedostot)",
    re.DOTALL,
)
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".xht", ".shtml", ".html.gz", ".htm.gz")


def inputs(path: Path) -> Iterator[Path]:
    """The inputs under a file or folder, sorted by name, found as they are asked for.

    Hidden files, leftovers of editors and systems, and the folders that browsers save beside a page are left out, and
    so is what a symbolic link leads to outside `path`. Links to folders are not followed. A Maildir is one input. A
    path that does not exist or cannot be listed is an input too: reading it says why.
    """
    yield from map(Path, names(path))


def names(path: Path) -> Iterator[str]:
    """As `inputs`, but each as the operating system names it: to make paths of them costs as much again."""
    for run in runs(path):
        yield from (each if isinstance(each, str) else each.path for each in run)


def runs(path: Path) -> Iterator[list[os.DirEntry[str]] | list[str]]:
    """As `inputs`, in lists of what lies side by side in one folder; what is no file, or was not listed, as its name.

    An entry knows more of a file than its name does, so that looking at it costs less.
    """
    if is_maildir(path) or not path.is_dir():
        yield [os.fspath(path)]
        if is_maildir(path):
            yield from _subfolders(path)
        return
    yield from _below(os.fspath(path), path.resolve())


def is_maildir(path: Path) -> bool:
    """Whether a folder holds a Maildir: one file a message, in `cur` and `new`."""
    return os.path.isdir(path / "cur") and os.path.isdir(path / "new")  # noqa: PTH112 - Path's raises for a long path


def is_leftover(name: str) -> bool:
    """Whether a name is hidden, or one that an editor, a download or a system leaves behind."""
    return name.startswith(".") or name.lower() in _LEFTOVER_NAMES or name.lower().endswith(_LEFTOVER_ENDINGS)


def pages_of(folder: str) -> Iterator[str]:
    """The pages beside which a browser makes a folder of this name; any of them there, it is no folder of articles."""
    if match := _COMPANION.fullmatch(folder):
        yield from (match[1] + suffix for suffix in _PAGE_SUFFIXES)


def opened(path: Path) -> io.BufferedReader:
    """The open file.

    Raises:
        UnreadableInput: it is no regular file (a FIFO would wait for a writer for ever), one that is all holes, or its
            path is over the limit.
        OSError: the operating system refuses.
    """
    if len(os.fsencode(path)) > limits.MAX_PATH_BYTES:
        raise UnreadableInput(Reason.TOO_LARGE, f"a path of {len(os.fsencode(path)):,} bytes")
    _refuse_special(path, os.stat(path).st_mode)  # noqa: PTH116 - opening a FIFO or a tape can have an effect
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        found = os.fstat(descriptor)
        _refuse_special(path, found.st_mode)  # it may have changed since
        _refuse_holes(descriptor, found.st_size)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def worded(error: OSError) -> str:
    """An error of the operating system in a few words, without the path, which stands beside it."""
    if error.errno == errno.ENOENT:
        return "no such file"
    return error.strerror or str(error) or type(error).__name__


def _refuse_special(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        os.scandir(path).close()  # one that cannot be listed is unreadable
        if len(path.parts) > limits.MAX_FOLDER_DEPTH:
            raise UnreadableInput(Reason.TOO_DEEP, f"folders nested more than {limits.MAX_FOLDER_DEPTH} deep")
        raise UnreadableInput(Reason.NOT_REGULAR, "a folder")
    if not stat.S_ISREG(mode):
        kind = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}.get(stat.S_IFMT(mode), "a device")
        raise UnreadableInput(Reason.NOT_REGULAR, f"{kind}, not a file")


def _refuse_holes(descriptor: int, size: int) -> None:
    """Refuse a file that expands while it is read as a bomb does: the system makes up zeros for what was not written.

    A file of 1 TB that takes nothing on the disk would be read for minutes, to tell its digest alone.
    """
    if size <= limits.EXPANSION_FLOOR or not hasattr(os, "SEEK_DATA"):
        return
    written = end = 0
    try:
        while end < size and written * limits.MAX_RATIO < size:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
            end = os.lseek(descriptor, start, os.SEEK_HOLE)
            written += end - start
    except OSError as error:
        if error.errno != errno.ENXIO:  # nothing but holes from here on; what else there is, the reader meets
            written = size
    os.lseek(descriptor, 0, os.SEEK_SET)
    if written * limits.MAX_RATIO < size:
        raise UnreadableInput(Reason.TOO_LARGE, f"{size:,} bytes, of which {written:,} were written; the rest is holes")


def _below(folder: str, root: Path, depth: int = 0) -> Iterator[list[os.DirEntry[str]] | list[str]]:
    found = _listed(folder, depth)
    if found is None:
        yield [folder]
        return
    beside: set[str] = set()
    run: list[os.DirEntry[str]] = []
    for entry in found:
        if is_leftover(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if run:
                yield run
                run = []
            path = Path(entry.path)
            beside = beside or {each.name for each in found}
            if is_maildir(path):
                yield [entry.path]
                yield from _subfolders(path)
            elif not any(page in beside for page in pages_of(entry.name)):
                yield from _below(entry.path, root, depth + 1)
        elif not entry.is_symlink() or _leads_to_file_within(Path(entry.path), root):
            run.append(entry)
    if run:
        yield run


def _listed(folder: str, depth: int) -> list[os.DirEntry[str]] | None:
    """What lies in a folder, in order; None where it cannot be listed, or lies too deep."""
    if depth > limits.MAX_FOLDER_DEPTH:
        return None
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=_in_order)
    except OSError:
        return None


def _in_order(entry: os.DirEntry[str]) -> str:
    """What sorts the entries of a folder so that all paths, those below its folders among them, are in order."""
    return entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name


def _subfolders(maildir: Path) -> Iterator[list[str]]:
    """The folders of a Maildir++, which lie hidden in it, each of them an input."""
    try:
        with os.scandir(maildir) as entries:
            hidden = sorted(entry.name for entry in entries if entry.name.startswith("."))
    except OSError:
        return
    yield from ([os.fspath(maildir / name)] for name in hidden if is_maildir(maildir / name))


def _leads_to_file_within(link: Path, root: Path) -> bool:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # dangling, or a link to itself
        return False
    return target.is_file() and target.is_relative_to(root)
