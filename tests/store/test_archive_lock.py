"""One run may write, however it was started."""

import subprocess
import sys
from pathlib import Path

import pytest

from backfile.errors import ArchiveLocked
from backfile.store import ArchiveLock

HOLD = """
import sys
from pathlib import Path
from backfile.store import ArchiveLock
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
