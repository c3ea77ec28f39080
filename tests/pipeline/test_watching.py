"""What is an arrival, and which files are left alone because somebody still writes them."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from backfile.config import Source
from backfile.pipeline import arrivals, places
from backfile.pipeline.arrivals import Looked, Told, is_remote
from backfile.pipeline.written import Written
from tests.conftest import Workbench, news
from tests.pipeline.made import HOUR, counted, ids

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who has a file open")


@dataclass
class Event:
    event_type: str
    src_path: bytes | str
    dest_path: bytes | str = ""
    is_directory: bool = False


@pytest.mark.parametrize(
    ("event", "arrives"),
    [
        (Event("created", "a.txt"), True),
        (Event("modified", "inner/a.txt"), True),
        (Event("closed", "a.txt"), True),
        (Event("deleted", "a.txt"), True),
        (Event("moved", "a.txt.part", "a.txt"), True),
        (Event("moved", "a.txt", "../elsewhere/a.txt"), True),
        (Event("created", b"caf\xe9.txt"), True),
        (Event("created", "inner", is_directory=True), True),
        (Event("modified", "inner", is_directory=True), False),
        (Event("opened", "a.txt"), False),
        (Event("closed_no_write", "a.txt"), False),
        (Event("created", "a.txt.crdownload"), False),
        (Event("moved", "a.txt~", ".a.txt.swp"), False),
        (Event("created", ".git/objects/a"), False),
        (Event("modified", "archive/store.sqlite-wal"), False),
        (Event("created", "archive/index/3/segment"), False),
        (Event("created", "archive/note.txt"), True),
        (Event("created", "../elsewhere/a.txt"), False),
    ],
)
def test_what_may_be_an_input_arrives_and_what_reading_causes_does_not(
    tmp_path: Path, event: Event, *, arrives: bool
) -> None:
    base = tmp_path / "pile"
    (base / "archive").mkdir(parents=True)
    (base / "archive" / "backfile.toml").touch()
    flag = threading.Event()
    named = map(os.fsdecode, (event.src_path, event.dest_path))
    placed = (os.path.normpath(f"{base}/{each}") if each else "" for each in named)
    src, dest = (os.fsencode(each) if isinstance(event.src_path, bytes) else each for each in placed)

    arrivals._Told(base, flag).dispatch(Event(event.event_type, src, dest, event.is_directory))

    assert flag.is_set() == arrives


def test_a_source_that_is_one_file_is_told_of_that_file_alone(tmp_path: Path) -> None:
    flag = threading.Event()
    told = arrivals._Told(tmp_path / "e.jsonl", flag)
    told.dispatch(Event("modified", str(tmp_path / "other.jsonl")))
    before = flag.is_set()
    told.dispatch(Event("modified", str(tmp_path / "e.jsonl")))

    assert (before, flag.is_set()) == (False, True)


def test_the_system_tells_when_a_file_arrives(tmp_path: Path) -> None:
    pytest.importorskip("watchdog")
    (tmp_path / "pile").mkdir()
    told = Told([Source("pile", str(tmp_path / "pile"))])
    try:
        (tmp_path / "pile" / "a.txt").write_text("x", encoding="utf-8")

        assert told.wait(60)
    finally:
        told.close()


def test_what_the_system_dropped_is_an_arrival_and_has_all_watched_anew(tmp_path: Path) -> None:
    told = Told([Source("pile", str(tmp_path))])
    try:
        before = told.is_whole()
        logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; events were lost")

        assert (before, told.wait(5), told.is_whole()) == (True, True, False)
    finally:
        told.close()


FEW_WATCHES = """
import sys
from pathlib import Path
from backfile.config import Source
from backfile.pipeline.arrivals import Told

Path("/proc/sys/user/max_inotify_watches").write_text("20")
told = Told([Source("pile", sys.argv[1])])
for number in range(40):
    Path(sys.argv[1], str(number)).mkdir()
told.wait(5)
while told.is_whole():
    told.wait(1)
told.close()
try:
    Told([Source("pile", sys.argv[1])])
except OSError as error:
    print(error)
"""


@linux
def test_folders_that_the_system_does_not_watch_any_more_are_noticed(tmp_path: Path) -> None:
    namespace = ["unshare", "--user", "--map-root-user"]
    try:
        subprocess.run([*namespace, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no limit of its own can be set here")

    command = [*namespace, sys.executable, "-c", FEW_WATCHES, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)

    assert "no watch is left for another folder" in done.stdout


def test_without_the_system_a_listing_tells_of_what_came_changed_or_left(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    looked = Looked([Source("pile", str(tmp_path))], every=0.01)
    told = [looked.wait(0.05)]
    for change in (lambda: file.write_text("x"), lambda: file.write_text("xy"), file.unlink):
        change()
        told.append(looked.wait(60))

    assert told == [False, True, True, True]


@pytest.mark.parametrize(
    ("path", "remote"), [("/", False), ("/data/news", True), ("/data/local/news", False), ("/my disk/a", True)]
)
def test_a_network_disk_is_known_by_its_mount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, *, remote: bool
) -> None:
    lines = "/dev/sda1 / ext4 rw 0 0\nnas:/x /data nfs4 rw 0 0\n/dev/sdb1 /data/local xfs rw 0 0\n"
    (tmp_path / "mounts").write_text(lines + "me@nas: /my\\040disk fuse.sshfs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(arrivals, "_MOUNTS", tmp_path / "mounts")

    assert is_remote(path) == remote


# --- files that are still being written


def passed(patch: pytest.MonkeyPatch, ns: int) -> None:
    """Let so much time have passed on all clocks."""
    clock, monotonic = time.time_ns() + ns, time.monotonic() + ns / 1e9
    patch.setattr("backfile.pipeline.written.time.time_ns", lambda: clock)
    patch.setattr("backfile.pipeline.written.time.monotonic", lambda: monotonic)


def test_a_file_is_left_alone_until_it_has_settled(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    written = Written(60)

    first = workbench.ingest(written=written)
    with monkeypatch.context() as patch:
        passed(patch, HOUR)
        second = workbench.ingest(written=written)

    assert (counted(first), counted(second)) == ({"waiting": 1}, {"new": 1})
    assert ids(workbench) == ["pile/a.txt"]


def test_what_is_known_stays_as_it_was_while_it_is_written_anew(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    workbench.ingest()
    workbench.put("a.txt", news("Rat berät", "Schwimmbäder")[:80])

    report = workbench.ingest(written=Written(60))

    assert (counted(report), workbench.found("Radwege")) == ({"waiting": 1}, ["pile/a.txt"])


def test_a_clock_that_is_ahead_keeps_no_file_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x", encoding="utf-8")
    ahead = time.time_ns() + 100 * HOUR
    os.utime(file, ns=(ahead, ahead))
    written, place = Written(60), places.place(str(file))
    first = written(place)
    passed(monkeypatch, HOUR)

    assert (first, written(place)) == (True, False)


@contextmanager
def held_open(file: Path, mode: str) -> Iterator[None]:
    """Another process has the file open."""
    script = "import sys; f = open(sys.argv[1], sys.argv[2]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(file), mode]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.communicate()


@linux
@pytest.mark.parametrize(("mode", "waits"), [("a", True), ("r+", True), ("r", False)])
def test_a_file_that_somebody_has_open_for_writing_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, *, waits: bool
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "a.txt").write_text("x", encoding="utf-8")
    passed(monkeypatch, HOUR)
    written, place = Written(60), places.place(str(tmp_path / "link" / "a.txt"))
    with held_open(tmp_path / "real" / "a.txt", mode):
        held = written(place)
    written.begin_round()

    assert (held, written(place)) == (waits, False)
