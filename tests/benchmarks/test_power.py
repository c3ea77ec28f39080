"""Nothing that was acknowledged is lost by a power cut: a sample; `python -m benchmarks.crash power` tries more."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.crash.operations import Cut, Made, NotRecorded, Operation, Removed, Renamed, Said, Synced, Tree, Written
from benchmarks.crash.recording import Watch, read
from benchmarks.crash.unsynced import Disk, Loss

ROOT = Path(__file__).parents[2]
traced = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
OLD, NEW = b"old" * 300, b"new" * 300


def survivors(tmp_path: Path, operations: list[Operation], loss: Loss) -> set[tuple[tuple[str, bytes | None], ...]]:
    """The states that many draws give, of a folder with the file `kept` (1) after these operations."""
    begun = tmp_path / "begun"
    begun.mkdir(exist_ok=True)
    (begun / "kept").write_bytes(OLD)
    disk = Disk(Tree(begun))
    for each in operations:
        disk.do(each)
    return {tuple(sorted(disk.left(loss, random.Random(seed)).items())) for seed in range(60)}


REPLACED: list[Operation] = [Made(0, "new", 2), Written(2, 0, NEW), Renamed(0, "new", 0, "kept")]


@pytest.mark.parametrize(
    ("operations", "loss", "left"),
    [
        ([Written(1, 0, NEW)], Loss.ALL, {"kept": OLD}),
        ([Written(1, 0, NEW), Synced(1)], Loss.ALL, {"kept": NEW}),
        ([Cut(1, 0)], Loss.ALL, {"kept": OLD}),
        ([Cut(1, 0), Synced(1)], Loss.ALL, {"kept": b""}),
        ([Written(1, 900, NEW)], Loss.ZEROS, {"kept": OLD + bytes(900)}),
        ([Removed(0, "kept")], Loss.ALL, {"kept": OLD}),
        ([Removed(0, "kept"), Synced(0)], Loss.ALL, {}),
        # A file that was synced and whose name was not.
        ([Made(0, "new", 2), Written(2, 0, NEW), Synced(2)], Loss.ALL, {"kept": OLD}),
        ([Made(0, "new", 2), Written(2, 0, NEW), Synced(2), Synced(0)], Loss.ALL, {"kept": OLD, "new": NEW}),
        # A name that was synced and whose file was not: the classic that empties files.
        ([*REPLACED, Synced(0)], Loss.ALL, {"kept": b""}),
        ([*REPLACED, Synced(2), Synced(0)], Loss.ALL, {"kept": NEW}),
        (REPLACED, Loss.ALL, {"kept": OLD}),
        (REPLACED, Loss.BYTES, {"kept": b""}),
        (REPLACED, Loss.NOTHING, {"kept": NEW}),
        # What is in a folder whose own name was not synced is out of reach.
        ([Made(0, "in", 2, is_folder=True), Made(2, "new", 3), Synced(3), Synced(2)], Loss.ALL, {"kept": OLD}),
    ],
)
def test_what_was_not_synced_is_lost(
    tmp_path: Path, operations: list[Operation], loss: Loss, left: dict[str, bytes]
) -> None:
    assert {tuple(sorted(left.items()))} == survivors(tmp_path, operations, loss)


def test_a_write_is_torn_at_a_sector(tmp_path: Path) -> None:
    contents = {dict(state)["kept"] for state in survivors(tmp_path, [Written(1, 0, NEW)], Loss.TORN)}

    assert {OLD, NEW[:512] + OLD[512:], NEW} == contents


def test_a_later_change_of_names_may_be_kept_where_an_earlier_one_is_lost(tmp_path: Path) -> None:
    names = {
        tuple(name for name, _ in state) for state in survivors(tmp_path, [*REPLACED, Made(0, "z", 3)], Loss.MIXED)
    }

    assert {("kept",), ("kept", "new"), ("kept", "z"), ("kept", "new", "z")} == names


def recorded(tmp_path: Path, act: Callable[[Path], object]) -> list[Operation]:
    """What an act asked for below a folder that holds the file `kept` (2) and a file for what is said (1)."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "kept").write_bytes(OLD)
    (place / "a-said").write_text("")
    tree, watch = Tree(place), Watch(tmp_path / "trace")
    child = os.fork()
    if child == 0:
        try:
            watch.wait()
            act(place)
        finally:
            os._exit(0)
    watch.begin(child)
    os.waitpid(child, 0)
    watch.end()
    return read(tmp_path / "trace", tree, place / "a-said")


def _act(place: Path) -> None:
    with (place / "kept").open("ab") as out:
        out.write(b"more")
        out.flush()
        os.fsync(out.fileno())
    with (place / "a-said").open("a") as said:
        said.write("it is done")
    (place / "in").mkdir()
    with (place / "in" / "new").open("wb") as out:
        out.write(b"12345")
        out.seek(1)
        out.write(b"x")
        out.truncate(3)
    (place / "in" / "new").replace(place / "kept")
    shutil.rmtree(place / "in")
    descriptor = os.open(place, os.O_RDONLY)
    os.fsync(descriptor)
    # Through a duplicate, in another process.
    subprocess.run(
        [sys.executable, "-c", "print('said', end='')"], stdout=os.open(place / "kept", os.O_WRONLY), check=True
    )


@traced
def test_a_recording_has_what_was_asked_for(tmp_path: Path) -> None:
    assert [
        Written(2, 900, b"more"),
        Synced(2),
        Said("it is done"),
        Made(0, "in", 3, is_folder=True),
        Made(3, "new", 4),
        Written(4, 0, b"12345"),
        Written(4, 1, b"x"),
        Cut(4, 3),
        Renamed(3, "new", 0, "kept"),
        Removed(0, "in"),
        Synced(0),
        Written(4, 0, b"said"),
    ] == recorded(tmp_path, _act)


@traced
def test_what_cannot_be_recorded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotRecorded, match="link"):
        recorded(tmp_path, lambda place: os.link(place / "kept", place / "twice"))


def swept(*words: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as the runs are forked from it."""
    command = [sys.executable, "-m", "benchmarks.crash", "power", "--seed", "7", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


@traced
@pytest.mark.slow
@pytest.mark.parametrize("scene", ["run", "first", "forget", "backup", "restore", "replace"])
def test_a_sample_of_power_cuts_loses_nothing(scene: str) -> None:
    done = swept("--scene", scene, "--points", "6")

    assert (done.returncode, "6 tried, 0 with losses" in done.stdout) == (0, True), done.stdout + done.stderr


@traced
@pytest.mark.slow
@pytest.mark.parametrize(
    ("left_out", "scene"),
    [
        ("database", "run"),
        ("commits", "run"),
        ("index-folder", "run"),
        ("index-files", "run"),
        ("archive-name", "first"),
        ("index-name", "first"),
    ],
)
def test_losses_are_seen_where_a_sync_is_left_out(left_out: str, scene: str) -> None:
    done = swept("--scene", scene, "--without", left_out)

    assert (done.returncode, "1 with losses" in done.stdout) == (1, True), done.stdout + done.stderr
