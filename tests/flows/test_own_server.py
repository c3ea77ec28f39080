"""A Prefect server and worker that a person started, named by a profile: every command but `up`, and what doctor finds.

Each finding comes from a state that is brought about on the server, and is gone when what doctor says was typed.
"""

import json
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backfile.store import ArchiveLock
from flows.operate import check
from flows.operate.guard import ZOMBIES
from tests.flows.living import Life, free_port, life_in
from tests.flows.test_life import LIGHTHOUSE

SECONDS = 900.0  # for all of it; some machines are slow


@dataclass
class Server:
    """`prefect server start`, and its API without a client of ours."""

    life: Life
    home: Path
    port: int

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def ask(self, path: str, body: object = None, *, method: str = "POST") -> Any:
        """What the API answers."""
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.api}{path}", content, {"Content-Type": "application/json"}, method=method
        )
        text = self.life.wait(f"an answer to {path}", lambda: _answered(request))
        return json.loads(text) if text.strip() else None

    def is_healthy(self) -> bool:
        try:
            return bool(self.ask("/health", method="GET"))
        except OSError:
            return False

    def run_of(self, name: str, *states: str) -> None:
        """A run of `ingest/manual` that came to these states twenty minutes ago."""
        wanted = ("flows.ingest.ingest", "manual")
        found = self.ask("/deployments/filter", {})
        (id_,) = [each["id"] for each in found if (each["entrypoint"], each["name"]) == wanted]
        moment = datetime.now(UTC) - timedelta(minutes=20)
        when = {"type": "SCHEDULED", "state_details": {"scheduled_time": moment.isoformat()}}
        run = self.ask(f"/deployments/{id_}/create_flow_run", {"name": name, "state": when})
        self.ask(f"/flow_runs/{run['id']}", {"infrastructure_pid": "desk:1"}, method="PATCH")  # as a worker says
        for state in states:
            self.ask(f"/flow_runs/{run['id']}/set_state", {"state": {"type": state}, "force": True})
        with closing(sqlite3.connect(self.home / "prefect.db", timeout=60)) as database, database:
            told = f"{moment:%Y-%m-%d %H:%M:%S.%f}"  # a server takes no times of states from others
            latest = "(SELECT state_id FROM flow_run WHERE id = ?)"
            database.execute(f"UPDATE flow_run_state SET timestamp = ? WHERE id = {latest}", [told, run["id"]])


def _answered(request: urllib.request.Request) -> bytes | None:
    """What the server says; a blank for nothing, and None while its database is busy, as Prefect's client takes it."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read() or b" "
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        return None


@contextmanager
def started(life: Life, *words: str) -> Iterator[Server]:
    """A server, and a profile that names it."""
    home, port = life.directory / "server", free_port()
    home.mkdir()
    environment = life.environment | {"PREFECT_HOME": str(home), "PREFECT_SERVER_DATABASE_TIMEOUT": "60"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), *words]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT)
    server = Server(life, home, port)
    profile = life.directory / ".prefect" / "profiles.toml"
    profile.parent.mkdir()
    profile.write_text(f'active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "{server.api}"\n', encoding="utf-8")
    try:
        life.wait("the server", server.is_healthy)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        print((home / "log").read_text(errors="replace")[-5_000:])  # noqa: T201


@pytest.mark.server
@pytest.mark.slow
def test_a_server_of_ones_own_and_what_can_be_wrong_with_it(tmp_path: Path) -> None:
    life = life_in(tmp_path, SECONDS)
    (life.news / "leuchtturm.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    life.backfile("ingest")
    with started(life) as server:
        is_deployed(life)
        wrong_with_the_server(life, server)
        wrong_with_runs(life, server)
        with_a_worker(life)
    unreachable = life.findings()

    assert set(unreachable) == {"server"}
    assert (unreachable["server"]["level"], unreachable["server"]["do"]) == ("fault", "prefect server start")


def is_deployed(life: Life) -> None:
    found = life.findings()
    assert (set(found), found["deployments"]["do"]) == ({"deployments"}, typed(life, "deploy"))
    life.type(found["deployments"]["do"])

    found = life.findings()
    assert set(found) == {"pool backfile"}
    assert found["pool backfile"]["do"] == "prefect worker start --pool backfile --type process"
    assert not (life.archive / "prefect").exists()


def wrong_with_the_server(life: Life, server: Server) -> None:
    """Somebody has changed things there, or in the files of the archive."""
    server.ask("/work_pools/backfile", {"is_paused": True}, method="PATCH")
    (zombies,) = server.ask("/automations/filter", {"automations": {"name": {"any_": [ZOMBIES]}}})
    server.ask(f"/automations/{zombies['id']}", {"enabled": False}, method="PATCH")
    life.backfile("schedule", "pause", "every-morning")
    text = check.bundled().read_text(encoding="utf-8").replace("    limit: 1", "    limit: 2")
    (life.archive / "prefect.yaml").write_text(text, encoding="utf-8")
    with (life.archive / "backfile.toml").open("a", encoding="utf-8") as out:
        out.write('\n[notify]\nwebhook = "http://127.0.0.1:9/"\n')
    found = life.findings()

    assert {about: each["do"].partition("' ")[2] for about, each in found.items()} == {
        "automation": "deploy --resume",
        "deployments": "deploy",
        "notify": "deploy",
        "pool backfile": "deploy --resume",
        "schedules": "schedule resume every-morning",
    }
    assert found["deployments"]["told"].startswith("ingest/manual has other limit than prefect.yaml says; ingest/sched")

    life.type(found["deployments"]["do"])
    life.type(found["schedules"]["do"])
    life.type(found["pool backfile"]["do"])
    assert set(life.findings()) == {"pool backfile"}, "there is no worker yet"

    server.ask("/work_pools/backfile", method="DELETE")
    server.ask(f"/automations/{zombies['id']}", method="DELETE")
    found = life.findings()
    assert [(about, found[about]["do"]) for about in sorted(found)] == [
        ("automation", typed(life, "deploy")),
        ("pool", typed(life, "deploy")),
    ]
    life.type(found["pool"]["do"])


def wrong_with_runs(life: Life, server: Server) -> None:
    """No worker is there: what was begun hangs, what was planned is late."""
    server.run_of("late-manual")
    server.run_of("pending-manual", "PENDING")
    server.run_of("running-manual", "PENDING", "RUNNING")
    server.run_of("cancelling-manual", "PENDING", "RUNNING", "CANCELLING")
    found = life.findings()
    hang = {f"run {state}-manual" for state in ("pending", "running", "cancelling")}

    assert set(found) == {"pool backfile", *hang}, "who waits behind another is not late"
    for about in hang:
        assert found[about]["level"] == "fault"
        life.type(found[about]["do"])

    found = life.findings()
    (late,) = found.keys() - {"pool backfile"}
    assert (found[late]["level"], found[late]["do"]) == ("warn", typed(life, "runs --cancel late-manual"))
    life.type(found[late]["do"])
    for number in (1, 2):
        server.run_of(f"late-manual-{number}")
    found = life.findings()
    assert found[late]["do"] == typed(life, f"runs --cancel {late}")
    life.type(found[late]["do"])
    assert "no run 'none' of this archive waits or runs; there are: none" in life.backfile(
        "runs", "--cancel", "none", code=2
    )


def with_a_worker(life: Life) -> None:
    """The places of the cancelled runs are free, and all is well."""
    with working(life, life.findings()["pool backfile"]["do"]), watched(life) as said:
        life.wait("the worker", lambda: life.findings() == {})
        assert "articles in the index: 1" in life.backfile("run", "reindex", "--watch")
        with ArchiveLock(life.archive / "backfile.lock"):
            life.backfile("run", "ingest/scheduled", "--wait", "0", "--watch", code=4)
        found = life.findings()
        assert (set(found), found["ingest/scheduled"]["level"]) == ({"ingest/scheduled"}, "warn")
        life.type(found["ingest/scheduled"]["do"])
        assert life.findings() == {}
    ends = [(run["deployment"], run["state"]) for run in said if run["state"] in {"Completed", "Failed"}]
    assert ends == [("reindex/manual", "Completed"), ("ingest/scheduled", "Failed"), ("ingest/scheduled", "Completed")]


@contextmanager
def working(life: Life, words: str) -> Iterator[None]:
    """A worker, started as doctor says."""
    with (life.directory / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", *words.split()]
        process = subprocess.Popen(command, env=life.environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


@contextmanager
def watched(life: Life) -> Iterator[list[dict[str, Any]]]:
    """What `backfile runs --watch` says meanwhile, there when it is left; Ctrl-C ends it."""
    said: list[dict[str, Any]] = []
    with (life.directory / "watch.out").open("w+", encoding="utf-8") as out:
        words = life.command("runs", "--watch", "--json")
        process = subprocess.Popen(words, env=life.environment, stdout=out, stderr=subprocess.DEVNULL)
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
            out.seek(0)
            said += map(json.loads, out)


def typed(life: Life, words: str) -> str:
    return f"backfile --archive '{life.archive}' {words}"
