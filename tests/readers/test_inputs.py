"""Which files under a folder are inputs; what cannot be opened says why."""

import os
import socket
from pathlib import Path

import pytest

from backfile.article import Failure
from backfile.errors import Reason
from backfile.readers import inputs, read
from backfile.readers.place import shown


def planted(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Text")


def found(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in inputs(root)]


def test_files_come_sorted_from_all_folders(tmp_path: Path) -> None:
    planted(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "c", "B.txt")

    assert found(tmp_path) == ["B.txt", "a/b/c.txt", "a/z.txt", "b.txt", "c"]


def test_a_file_is_its_own_input_even_if_hidden_or_missing(tmp_path: Path) -> None:
    planted(tmp_path, ".a.txt")

    assert list(inputs(tmp_path / ".a.txt")) == [tmp_path / ".a.txt"]
    assert list(inputs(tmp_path / "nichts")) == [tmp_path / "nichts"]


def test_leftovers_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    leftovers = [".DS_Store", ".git/config", "a.txt~", ".a.txt.swp", "b.swp", "Thumbs.db", "desktop.ini", "c.zip.part"]
    planted(tmp_path, "a.txt", "__MACOSX/a.txt", *leftovers)

    assert found(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("ending", ["_files", "-Dateien", "_fichiers", "_archivos"])
@pytest.mark.parametrize("suffix", [".html", ".htm"])
def test_the_folder_a_browser_saves_beside_a_page_is_left_out(tmp_path: Path, ending: str, suffix: str) -> None:
    planted(tmp_path, f"Seite{suffix}", f"Seite{ending}/a.html", f"Andere{ending}/b.html")

    assert found(tmp_path) == [f"Andere{ending}/b.html", f"Seite{suffix}"]


def test_links_lead_neither_outside_nor_in_circles(tmp_path: Path) -> None:
    root = tmp_path / "root"
    planted(tmp_path, "outside/secret.txt", "root/a/a.txt")
    (root / "inside.txt").symlink_to(root / "a" / "a.txt")
    (root / "outside.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "circle").symlink_to(root)
    (root / "dangling").symlink_to(root / "nothing")
    (root / "self").symlink_to(root / "self")

    assert found(root) == ["a/a.txt", "inside.txt"]


def test_a_maildir_is_one_input_and_so_is_each_of_its_folders(tmp_path: Path) -> None:
    planted(tmp_path, "Mail/cur/1", "Mail/new/2", "Mail/.Briefe/cur/3", "Mail/.Briefe/new/4", "Mail/.x/5", "a.txt")

    assert found(tmp_path) == ["Mail", "Mail/.Briefe", "a.txt"]
    assert list(inputs(tmp_path / "Mail")) == [tmp_path / "Mail", tmp_path / "Mail" / ".Briefe"]


def test_the_first_input_comes_before_the_last_folder_is_listed(tmp_path: Path) -> None:
    planted(tmp_path, "a/a.txt", "z/z.txt")
    walk = inputs(tmp_path)

    assert next(walk) == tmp_path / "a" / "a.txt"
    planted(tmp_path, "z/new.txt")
    assert list(walk) == [tmp_path / "z" / "new.txt", tmp_path / "z" / "z.txt"]


def reason(path: Path) -> tuple[Reason, str]:
    (item,) = read(path)
    assert isinstance(item, Failure)
    assert item.uri == str(path)
    return item.reason, item.detail


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))

    assert reason(tmp_path / "fifo") == (Reason.NOT_REGULAR, "a FIFO, not a file")
    assert reason(tmp_path / "s") == (Reason.NOT_REGULAR, "a socket, not a file")
    assert reason(Path("/dev/null")) == (Reason.NOT_REGULAR, "a device, not a file")
    assert reason(tmp_path) == (Reason.NOT_REGULAR, "a folder")


def test_what_the_system_refuses_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to(tmp_path / "self")

    assert reason(tmp_path / "nichts") == (Reason.UNREADABLE, "no such file")
    assert reason(tmp_path / "self")[0] is Reason.UNREADABLE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    planted(tmp_path, "a.txt")
    (tmp_path / "a.txt").chmod(0)

    assert reason(tmp_path / "a.txt")[0] is Reason.UNREADABLE


def test_a_name_that_is_no_utf_8_can_be_printed(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    planted(tmp_path, name)
    (path,) = inputs(tmp_path)
    (item,) = read(path)

    assert item.uri == shown(tmp_path) + "/caf\\xe9.txt"
    assert item.uri.encode()
