"""A server that is killed while a run writes: nothing acknowledged is lost, and the next run carries on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backfile import config
from backfile.config import Archive
from backfile.store import open_store
from tests.conftest import Workbench
from tests.pipeline.test_learning import record
from tests.postgresql.server import Server

pytestmark = pytest.mark.server

RECORDS = 700  # some transactions of 200 documents each


@pytest.fixture
def durable(postgresql: Server) -> Iterator[Server]:
    """A server that waits for the disk, as an operator's does."""
    server = Server("fsync=on")
    yield server.start()
    server.stop()


def told(archive: Archive) -> tuple[list[object], dict[str, object]]:
    """All that people see of a store, but for the runs that filled it."""
    with closing(open_store(archive.store)) as store:
        found = [(each.article, each.lines, each.state, each.copy_group) for each in store.articles()]
        return list(found), store.counts()


def count(server: Server, archive: Archive) -> int:
    [(number,)] = server.run("SELECT count(*) FROM documents", getattr(archive.store, "name"))  # noqa: B009
    return int(str(number))


def test_killed_in_mid_ingest_it_has_what_it_acknowledged_and_ends_like_an_undisturbed_run(
    tmp_path: Path, durable: Server
) -> None:
    struck = Workbench(tmp_path, durable.database())
    struck.put("export.jsonl", "\n".join(record(number) for number in range(RECORDS)) + "\n")
    (tmp_path / "whole").mkdir()
    whole = Workbench(tmp_path / "whole")
    whole.archive.config_file.write_text(config.FRESH, encoding="utf-8")
    config.add_source(whole.archive, "pile", str(struck.pile))
    whole.ingest()
    command = [sys.executable, "-m", "backfile", "--archive", str(struck.archive.directory), "ingest"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        while not (acknowledged := count(durable, struck.archive)):
            assert run.poll() is None
            time.sleep(0.05)
        os.kill(run.pid, signal.SIGSTOP)  # so that it is in the middle, however quick it is
        acknowledged = count(durable, struck.archive)
        durable.kill()
        os.kill(run.pid, signal.SIGCONT)
        said = run.communicate(timeout=120)[1].splitlines()

    assert run.returncode == 5, said
    assert len(said) == 1
    assert "what was acknowledged is kept, and the next run carries on" in said[0]
    assert 0 < acknowledged < RECORDS
    durable.start()
    assert count(durable, struck.archive) >= acknowledged
    struck.ingest()
    assert struck.ingest().changed_nothing
    assert told(struck.archive) == told(whole.archive)
    assert struck.found("Niederau") == whole.found("Niederau")


def test_a_run_without_a_server_says_so_and_touches_nothing(tmp_path: Path, durable: Server) -> None:
    workbench = Workbench(tmp_path, durable.database())
    workbench.put("a.jsonl", json.dumps({"id": "1", "text": "Ein Satz, der lang genug ist."}) + "\n")
    durable.kill()

    command = [sys.executable, "-m", "backfile", "--archive", str(workbench.archive.directory), "ingest"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert (done.returncode, len(done.stderr.splitlines())) == (5, 1)
    assert "cannot be opened" in done.stderr
    durable.start()
    assert workbench.ingest().failed == 0
