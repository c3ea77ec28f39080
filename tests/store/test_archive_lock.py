"""One run may write, however it was started."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backfile.errors import ArchiveLocked
from backfile.store import ArchiveLock, Writing, writer

HOLD = """
import sys
from pathlib import Path
from backfile.store import ArchiveLock, Writing, writer
with ArchiveLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_writes_and_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    file = tmp_path / "backfile.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(ArchiveLocked, match=f"process {holder.pid}"), ArchiveLock(file):
            pass

        holder.kill()
    with ArchiveLock(file, wait=10):
        pass


def test_who_writes_is_seen_without_touching_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "backfile.lock"

    assert writer(file) is None
    with ArchiveLock(file), monkeypatch.context() as nothing:
        nothing.setattr("fcntl.flock", lambda *_: pytest.fail("the lock was touched"))
        assert writer(file) == (f"process {os.getpid()} on {socket.gethostname()}", Writing.NOW)
    assert writer(file) is None


def test_a_writer_that_was_killed_is_known_from_one_that_bears_its_number_now(tmp_path: Path) -> None:
    file = tmp_path / "backfile.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert writer(file) == (f"process {holder.pid} on {socket.gethostname()}", Writing.NOW)
        holder.kill()
    told = f"process {holder.pid} on {socket.gethostname()}"

    assert writer(file) == (told, Writing.KILLED)
    note = file.with_suffix(".holder")
    note.write_text(f"process {os.getpid()} on {socket.gethostname()}\n1\n", encoding="utf-8")
    assert writer(file) == (f"process {os.getpid()} on {socket.gethostname()}", Writing.KILLED)
    note.write_text("process 1 on another-machine\n1\n", encoding="utf-8")
    assert writer(file) == ("process 1 on another-machine", Writing.ELSEWHERE)
    with ArchiveLock(file):
        pass
    assert writer(file) is None
