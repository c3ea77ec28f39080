"""The whole, for real: a server, a worker, the deployments of prefect.yaml, a run by hand, and one by the schedule.

With SQLAlchemy 2.1 Prefect's scheduler dies while its server calls itself healthy, deploys, and runs what is started by
hand: only a run that the schedule made shows that schedules fire. Some 60 to 90 s on two cores.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from tests.flows.test_prefect_yaml import ROOT, clean_environment

DEADLINE = 300.0  # seconds for all of it; some machines are slow
PAUSE = 0.5  # seconds between two looks
PATIENCE = (signal.SIGINT, 15), (signal.SIGTERM, 10), (signal.SIGKILL, 5)  # what a process is told, and for how long

LIGHTHOUSE = """Leuchtturm bekommt neuen Anstrich

12. März 2024. Der Leuchtturm von Norderhafen wird in diesem Sommer neu gestrichen. Das teilte das Wasserstraßenamt mit.

Die Arbeiten dauern bis September und kosten 340.000 Euro. Der Turm bleibt währenddessen für Besucher geschlossen.
"""
LOCOMOTIVE = """Dampflok fährt wieder durch das Ottertal

14. März 2024. Nach drei Jahren Pause fährt die Dampflok des Museumsvereins am Sonntag wieder durch das Ottertal.

Der Kessel wurde in einer Werkstatt in Meiningen erneuert. Die Fahrt dauert vierzig Minuten, Karten gibt es am Bahnhof.
"""

T = TypeVar("T")


@dataclass(frozen=True)
class Life:
    """A running server and worker, an archive, and the means to look at them."""

    api: str
    archive: Path
    news: Path  # the folder that the archive's one source reads
    environment: dict[str, str]
    until: float  # monotonic time

    def prefect(self, *arguments: str) -> str:
        """What a command of Prefect says, run in the project's directory as docs/scheduling.md does."""
        return self._output([sys.executable, "-m", "prefect", *arguments])

    def search(self, query: str) -> list[str]:
        """The ids that `backfile search` finds."""
        command = [
            str(Path(sys.executable).with_name("backfile")),
            "--archive",
            str(self.archive),
            "search",
            "-l",
            query,
        ]
        return self._output(command, allowed=(0, 1)).split()

    def ask(self, path: str, body: dict[str, object]) -> Any:
        """What the server's API answers."""
        request = urllib.request.Request(
            f"{self.api}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def runs(self, deployment: str, *, scheduled: bool) -> list[dict[str, Any]]:
        """The runs of a deployment that the schedule made, or that somebody did."""
        made: list[dict[str, Any]] = self.ask(
            "/flow_runs/filter",
            {"deployments": {"name": {"any_": [deployment]}}, "flows": {"name": {"any_": ["ingest"]}}},
        )
        return [run for run in made if run["auto_scheduled"] == scheduled]

    def artifact(self, key: str) -> list[dict[str, Any]]:
        """The rows of the latest table of that key."""
        (found,) = self.ask("/artifacts/latest/filter", {"artifacts": {"key": {"any_": [key]}}})
        data = found["data"]
        rows: list[dict[str, Any]] = json.loads(data) if isinstance(data, str) else data
        return rows

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        """What `look` sees once it sees something; fails when it takes too long."""
        while time.monotonic() < self.until:
            if found := look():
                return found
            time.sleep(PAUSE)
        pytest.fail(f"waited in vain for {what}")

    def _output(self, command: list[str], allowed: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=max(1.0, self.until - time.monotonic()),
            check=False,
        )
        assert done.returncode in allowed, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@contextmanager
def started(name: str, command: list[str], environment: dict[str, str], directory: Path) -> Iterator[None]:
    """A process in a group of its own, whose output is shown when the test fails."""
    log = directory / f"{name}.log"
    # A shell that runs pytest with `&` makes it deaf to SIGINT, and so would it make its children.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        stop(process)
        print(f"--- {name} ended with {process.returncode}\n{log.read_text(errors='replace')[-20_000:]}")  # noqa: T201


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started, asking first."""
    for number, patience in PATIENCE:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            break
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    environment = clean_environment(tmp_path / "prefect") | {
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
    }
    news = tmp_path / "news"
    news.mkdir()
    life = Life(api, tmp_path / "archive", news, environment, time.monotonic() + DEADLINE)
    serve = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    work = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "backfile", "--type", "process"]
    with started("server", serve, environment, tmp_path):
        life.wait("the server", lambda: healthy(api))
        life.prefect("--no-prompt", "work-pool", "create", "backfile", "--type", "process")
        with started("worker", work, environment, tmp_path):
            yield life


def healthy(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:
            return bool(json.load(answer))
    except (OSError, urllib.error.URLError):
        return False


@pytest.mark.server
@pytest.mark.slow
def test_what_is_deployed_runs_by_hand_and_by_its_schedule_and_the_articles_are_found(life: Life) -> None:
    (life.news / "leuchtturm.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    life.archive.mkdir()
    (life.archive / "backfile.toml").write_text(f'[[source]]\nname = "news"\npath = "{life.news}"\n', encoding="utf-8")

    # The archive is known to `prefect deploy` only: its worker learns it from the deployment.
    here = replace(life, environment=life.environment | {"BACKFILE_ARCHIVE": str(life.archive)})
    here.prefect("--no-prompt", "deploy", "--all")

    life.prefect("deployment", "run", "ingest/manual", "--watch")
    assert [run["state"]["name"] for run in life.runs("manual", scheduled=False)] == ["Completed"]
    assert life.search("Leuchtturm") == ["news/leuchtturm.txt"]
    assert life.search("Dampflok") == []
    rows = {(row["count of"], row["which"]): row["number"] for row in life.artifact("ingest-report")}
    assert (rows[("documents", "new")], rows[("states", "stored")]) == (1, 1)
    assert life.artifact("ingest-failures") == []

    # The scheduler has planned what the schedule says.
    first = min(datetime.fromisoformat(run["expected_start_time"]) for run in planned(life))
    assert (first.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M"), first > datetime.now(UTC)) == ("06:15", True)

    # Nobody waits for the morning: the same deployment gets a second schedule, and nothing is started by hand.
    (life.news / "dampflok.txt").write_text(LOCOMOTIVE, encoding="utf-8")
    life.prefect("--no-prompt", "deployment", "schedule", "create", "ingest/scheduled", "--interval", "10")
    run = life.wait("a run by the schedule", lambda: ended(life))

    assert (run["created_by"]["type"], run["state"]["name"]) == ("SCHEDULE", "Completed")
    assert life.search("Dampflok") == ["news/dampflok.txt"]
    assert life.search("Leuchtturm") == ["news/leuchtturm.txt"]


def planned(life: Life) -> list[dict[str, Any]]:
    return life.wait("the scheduler", lambda: life.runs("scheduled", scheduled=True))


def ended(life: Life) -> dict[str, Any] | None:
    """A run of the schedule that is over."""
    over = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    return next((run for run in life.runs("scheduled", scheduled=True) if run["state_type"] in over), None)
