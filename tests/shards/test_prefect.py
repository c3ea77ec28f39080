"""A run and its shards by a real Prefect server, which keeps what it knows in PostgreSQL, and two workers of one pool.

One shard's process is killed, which the run starts again; one worker is killed with what it runs, as a machine dies.
Each document sleeps, so that there is time for that on a machine of whatever speed.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from backfile.config import Archive
from backfile.database import Database
from backfile.store import open_store
from tests.conftest import news
from tests.flows.living import Life, life_in
from tests.flows.test_own_server import Server, started
from tests.flows.test_prefect_yaml import ROOT
from tests.pipeline.made import aged
from tests.postgresql import server
from tests.shards.machines import rows

SECONDS = 600.0  # for all of it; some machines are slow
DOCUMENTS = 360
SHARDS = 2


@pytest.mark.server
@pytest.mark.slow
def test_shards_are_started_by_prefect_and_again_when_they_die(tmp_path: Path, postgresql: server.Server) -> None:
    home = postgresql.database(empty=True)
    address = f"postgresql+asyncpg://{home.user}@/{home.name}?host={home.host}"
    paths = os.pathsep.join(map(str, (ROOT / "tests" / "pipeline" / "misbehaving", ROOT)))
    life = life_in(tmp_path, SECONDS, PREFECT_SERVER_DATABASE_CONNECTION_URL=address)
    life.environment["PYTHONPATH"] = paths
    several = kept_in(life.archive, life.news, postgresql.database())
    (tmp_path / "one").mkdir()
    one = kept_in(tmp_path / "one", life.news, postgresql.database())
    with started(life) as prefect:
        pile(life.news)
        life.backfile("deploy")
        with worker(life, "a", limit=2):
            run = begun(prefect)
            life.wait("the run", lambda: state(prefect, run) == "Running")
            with worker(life, "b", limit=1) as machine:
                first = life.wait("two shards", lambda: at_work(prefect, several))
                there = [each for each in first if descendants(machine.pid) & processes_of(each)]
                here = [each for each in first if each not in there]
                assert (len(here), len(there)) == (1, 1)
                killed(machine.pid, *processes_of(there[0]))
                killed(*processes_of(here[0]))
                life.wait("another shard", lambda: len(shards(prefect)) > SHARDS)
                life.wait("the end", lambda: state(prefect, run) not in {"Running", "Pending"})
                ended, states = state(prefect, run), {each: state(prefect, each) for each in shards(prefect)}
    alone(life, one)

    assert ended == "Completed"
    assert states[here[0]] == "Crashed"
    assert "Completed" in {states[each] for each in states if each not in first}
    assert rows(several) == rows(one)
    kept = postgresql.run("SELECT id::text FROM flow_run", home.name)
    assert {run, *states} <= {str(each) for (each,) in kept}


def kept_in(directory: Path, news_of: Path, place: Database) -> Archive:
    """An archive whose store is in a database."""
    archive = Archive(directory)
    archive.config_file.write_text(
        f'[archive]\nstore = "{place}"\n[limits]\nworkers = 2\n[[source]]\nname = "news"\npath = "{news_of}"\n',
        encoding="utf-8",
    )
    return archive


def pile(folder: Path) -> None:
    """Some units, as large as they are, though nearly all of it is blanks."""
    for part in range(DOCUMENTS // 30):
        lines = []
        for number in range(30 * part, 30 * part + 30):
            text = news("Rat berät", f"Punkt {number}")
            text += "\n\nmisbehave: cleaning doze"
            lines.append(json.dumps({"id": str(number), "title": f"Rat berät {number}", "text": text}) + " " * 65_000)
        aged(_written(folder / f"{part:02}.jsonl", "\n".join(lines) + "\n"))


def _written(file: Path, content: str) -> Path:
    file.write_text(content, encoding="utf-8")
    return file


@contextmanager
def worker(life: Life, name: str, *, limit: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A machine's worker."""
    words = ["worker", "start", "--pool", "backfile", "--type", "process", "--name", name, "--limit", str(limit)]
    with (life.directory / f"worker-{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *words], env=life.environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
            print((life.directory / f"worker-{name}.log").read_text(errors="replace")[-5_000:])  # noqa: T201


def alone(life: Life, archive: Archive) -> None:
    words = [sys.executable, "-m", "backfile", "--archive", str(archive.directory), "ingest"]
    subprocess.run(words, env=life.environment | {"PYTHONPATH": str(ROOT)}, check=True)


# --- what the server says


def _deployment(prefect: Server, entrypoint: str, name: str) -> str:
    found = prefect.ask("/deployments/filter", {})
    (id_,) = [each["id"] for each in found if (each["entrypoint"], each["name"]) == (entrypoint, name)]
    return str(id_)


def begun(prefect: Server) -> str:
    """The run, started as a person does in the browser."""
    id_ = _deployment(prefect, "flows.ingest.ingest", "manual")
    body = {"parameters": {"shards": SHARDS}, "state": {"type": "SCHEDULED"}}
    return str(prefect.ask(f"/deployments/{id_}/create_flow_run", body)["id"])


def shards(prefect: Server) -> list[str]:
    id_ = _deployment(prefect, "flows.ingest_shard.ingest_shard", "manual")
    found: list[dict[str, Any]] = prefect.ask("/flow_runs/filter", {"deployments": {"id": {"any_": [id_]}}})
    return [str(each["id"]) for each in found]


def state(prefect: Server, run: str) -> str:
    return str(prefect.ask(f"/flow_runs/{run}", method="GET")["state_name"])


def at_work(prefect: Server, archive: Archive) -> list[str]:
    """The shards, once two have delivered something."""
    with closing(open_store(archive.store)) as store:
        found = store.shared_run()
        working = [each for _, each in store.shards_of(found[0]).values() if each] if found else []
    return shards(prefect) if len(working) >= SHARDS else []


# --- processes


def processes_of(run: str) -> set[int]:
    """The processes of a run of Prefect's, those that it started among them."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"PREFECT__FLOW_RUN_ID={run}".encode() in each.read_bytes():
                found.add(int(each.parent.name))
    return found


def descendants(pid: int) -> set[int]:
    found = {pid}
    for each in server._children(pid):
        found |= descendants(each)
    return found


def killed(*pids: int) -> None:
    for each in pids:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
