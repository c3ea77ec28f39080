"""A server whose disk is full stops the run in one line; with room again the next one carries on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from backfile.database import Database
from tests.conftest import Workbench
from tests.pipeline.test_learning import record
from tests.postgresql.server import USER, Server
from tests.postgresql.test_server import said_by

pytestmark = pytest.mark.server

RECORDS = 400


def mounted(*words: str) -> bool:
    return os.geteuid() == 0 and subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small(tmp_path: Path, postgresql: Server) -> Iterator[Path]:
    """A disk with room for an empty database, and a little more."""
    place = postgresql.folder / "small"
    place.mkdir(exist_ok=True)
    if not mounted("-t", "tmpfs", "-o", "size=11m", "tmpfs", str(place)):
        pytest.skip("no small disk can be mounted here")
    postgresql.own(place)
    yield place
    for statement in ("DROP DATABASE IF EXISTS cramped", "DROP TABLESPACE IF EXISTS small"):
        postgresql.run(statement)
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_what_was_acknowledged_is_kept(tmp_path: Path, small: Path, postgresql: Server) -> None:
    postgresql.run(f"CREATE TABLESPACE small LOCATION '{small}'")
    postgresql.run("CREATE DATABASE cramped TEMPLATE template0 TABLESPACE small")
    workbench = Workbench(tmp_path, Database(str(postgresql.folder), 5432, "cramped", USER))
    workbench.put("export.jsonl", "\n".join(record(number) for number in range(RECORDS)) + "\n")

    full = said_by(workbench.archive, "ingest")
    assert mounted("-o", "remount,size=200m", str(small))
    again = said_by(workbench.archive, "ingest")

    assert (full.returncode, len(full.stderr.splitlines())) == (5, 1), full.stderr
    assert "the server's disk is full" in full.stderr
    assert "make room" in full.stderr
    assert again.returncode == 0, again.stderr
    assert len(workbench.found("Niederau")) == 100  # as many as are asked for
    assert workbench.ingest().changed_nothing
