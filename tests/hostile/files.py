"""What lies in a folder and is no file, or has a name, a size or a place made to do harm."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import TEXT, case, file

DEEP = 1_500  # folders within folders: deeper than Python recurses, and the path is shorter than Linux allows


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / "a.txt")


def _socket(folder: Path) -> None:
    before = Path.cwd()
    os.chdir(folder)  # the address of a socket has 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("a.txt")
    finally:
        os.chdir(before)


def _link(target: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / "a.txt").symlink_to(target)

    return make


def _link_to_neighbour(folder: Path) -> None:
    outside = folder.parent.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "secret.txt").write_text(TEXT, encoding="utf-8")
    (folder / "a.txt").symlink_to(outside / "secret.txt")
    (folder / "b").symlink_to(outside)


def _link_to_parent(folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "again").symlink_to(folder)


def _deep(folder: Path) -> None:
    """Folders within folders with a text in the innermost one, made from within, where paths have no length."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(DEEP):
            os.mkdir("d")  # noqa: PTH102
            os.chdir("d")
        Path("a.txt").write_text(TEXT, encoding="utf-8")
    finally:
        os.fchdir(before)
        os.close(before)


def _long_path(folder: Path) -> None:
    """A path of more than 4,096 bytes, which the system opens for nobody."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(20):
            os.mkdir("d" * 250)  # noqa: PTH102
            os.chdir("d" * 250)
        Path("a.txt").write_text(TEXT, encoding="utf-8")
    finally:
        os.fchdir(before)
        os.close(before)


def _nearly_long_path(folder: Path) -> None:
    """A path of nearly 4,096 bytes, which the system opens."""
    while (left := 4_080 - len(os.fsencode(folder / "a.txt"))) > 2:
        folder /= "d" * min(200, left - 1)
        folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")


def _forbidden(folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "a.txt").chmod(0)


def _name(name: bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with open(os.path.join(os.fsencode(folder), name), "wb") as out:  # noqa: PTH118, PTH123
            out.write(TEXT.encode())

    return make


def _holes(folder: Path) -> None:
    with (folder / "a.txt").open("wb") as out:
        out.write(TEXT.encode())
        out.truncate(1 << 42)  # 4 TB, of which the disk holds one block


def _many(folder: Path) -> None:
    for number in range(3_000):
        (folder / f"{number}.txt").write_bytes(b"")


CASES = [
    case("fifo", "a FIFO that nobody writes to", _fifo, not_regular=1),
    case("socket", "a socket", _socket, not_regular=1),
    case("device", "a link to an endless device", _link("/dev/zero")),
    case("link-to-itself", "a link that leads to itself", _link("a.txt")),
    case("link-to-nothing", "a link that leads nowhere", _link("missing")),
    case("link-outside", "links to a file and a folder outside the source", _link_to_neighbour),
    case("link-to-parent", "a link to the folder that it lies in", _link_to_parent, article=1),
    case("deep-folders", f"{DEEP:,} folders, one within the other", _deep, too_deep=1),
    case("long-path", "a path of more than 4,096 bytes", _long_path, too_large=1),
    case("path-below-limit", "a path of 4,080 bytes", _nearly_long_path, article=1),
    case(
        "forbidden", "a file that may not be read", _forbidden, **{"article" if os.geteuid() == 0 else "unreadable": 1}
    ),
    case("long-name", "a name of 255 bytes", _name(b"n" * 251 + b".txt"), article=1),
    case("name-not-utf8", "a name that is not UTF-8", _name(b"caf\xe9\xff.txt"), article=1),
    case(
        "name-escapes",
        "a name that would drive a terminal",
        _name(b"\x1b]0;owned\x07\x1b[2J\n\r\xe2\x80\xae.txt"),
        article=1,
    ),
    case("name-formula", "a name that is a formula and an option", _name(b"=cmd|' C'!A0 --help <b>.txt"), article=1),
    case("holes", "a file of 4 TB, all holes", _holes, too_large=1),
    case("empty-files", "3,000 empty files", _many, empty=3_000),
    case("empty", "an empty file", file("a.html", b""), empty=1),
]
