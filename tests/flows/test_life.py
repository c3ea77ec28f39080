"""The whole life, for real, by the commands that people type.

With SQLAlchemy 2.1 Prefect's scheduler dies while its server calls itself healthy, deploys, and runs what is started by
hand: only a run that the schedule made shows that schedules fire. Minutes on two cores; 90 s of these are
what it takes to tell a killed run from a slow one.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backfile.store import ArchiveLock
from tests.flows.living import Life, hook, is_there, life_in

DEADLINE = 1_500.0  # seconds for all of it; some machines are slow
MANY = 3_000  # articles; enough to be killed in the midst of them

LIGHTHOUSE = """Leuchtturm bekommt neuen Anstrich

12. März 2024. Der Leuchtturm von Norderhafen wird in diesem Sommer neu gestrichen. Das teilte das Wasserstraßenamt mit.

Die Arbeiten dauern bis September und kosten 340.000 Euro. Der Turm bleibt währenddessen für Besucher geschlossen.
"""
LOCOMOTIVE = """Dampflok fährt wieder durch das Ottertal

14. März 2024. Nach drei Jahren Pause fährt die Dampflok des Museumsvereins am Sonntag wieder durch das Ottertal.

Der Kessel wurde in einer Werkstatt in Meiningen erneuert. Die Fahrt dauert vierzig Minuten, Karten gibt es am Bahnhof.
"""
WORDS = [
    "Hafen",
    "Turm",
    "Schiff",
    "Wasser",
    "Amt",
    "Stadt",
    "Markt",
    "Rat",
    "Haus",
    "Brücke",
    "Straße",
    "Zug",
    "Fahrt",
    "Woche",
    "Jahr",
    "Kosten",
    "Plan",
    "Bau",
    "Ende",
]

# What [notify] runs: it leaves what it was told in a file.
TOLD = "import os, sys; open(sys.argv[1], 'a').write(os.environ['BACKFILE_STATE'] + '|' + sys.stdin.read())"


@pytest.mark.server
@pytest.mark.slow
def test_a_whole_life(tmp_path: Path) -> None:
    life = life_in(tmp_path, DEADLINE)
    (life.news / "leuchtturm.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    told = tmp_path / "told.txt"
    with hook() as (address, posted):
        command = json.dumps([sys.executable, "-c", TOLD, str(told)])
        with (life.archive / "backfile.toml").open("a", encoding="utf-8") as out:
            out.write(f'\n[notify]\nwebhook = "{address}"\ncommand = {command}\n')
        with life.up() as up:
            stands(life)
            runs_by_schedule(life)
            assert "Completed: 0 new, 1 changed, 1 unchanged" in changed_and_run_by_hand(life)
            killed = is_killed_amidst(life)
            with carrying_on(life, killed):  # the other 90 s are not waited through
                stays_paused(life)
                is_told_of(life, posted, told)
            all_is_well(life)
            said = up.said()
            left = [child["pid"] for child in life.record()["children"].values()]

            assert up.stop(signal.SIGTERM) == 0
            assert "the worker of backfile ended with -9 and is started again" in said
            assert [pid for pid in left if is_there(pid)] == []
    assert life.search("Leuchtturm") == ["news/leuchtturm.txt"]


def stands(life: Life) -> None:
    """What is there after `backfile up`, and that a second one says so."""
    home = life.archive / "prefect"
    (schedule,) = life.json("schedule", "list")
    first = datetime.fromisoformat(
        life.wait("the scheduler", lambda: life.json("schedule", "list")[0]["next"])
    ).astimezone(ZoneInfo("Europe/Berlin"))

    assert "runs already, as process" in life.backfile("up", code=4)
    assert (home.stat().st_mode & 0o777, (home / "password").stat().st_mode & 0o777) == (0o700, 0o600)
    assert (schedule["deployment"], schedule["slug"]) == ("ingest/scheduled", "every-morning")
    assert first.strftime("%H:%M") == "06:15"


def runs_by_schedule(life: Life) -> None:
    """Nobody waits for the morning: a second schedule, and nothing is started by hand."""
    life.backfile("schedule", "add", "every 15 seconds", "--slug", "often")
    run = life.wait("a run by the schedule", lambda: ended(life.runs("ingest/scheduled", scheduled=True)))

    assert (run["state"], run["message"][:5]) == ("Completed", "1 new")
    assert life.search("Leuchtturm") == ["news/leuchtturm.txt"]

    (life.news / "dampflok.txt").write_text(LOCOMOTIVE, encoding="utf-8")
    life.wait("the next run by the schedule", lambda: life.search("Dampflok"))
    life.backfile("schedule", "pause", "often")

    assert life.search("Dampflok") == ["news/dampflok.txt"]
    life.wait("the end of runs", lambda: not unfinished(life))


def stays_paused(life: Life) -> None:
    """A schedule that was paused stays so when all is deployed again, and nothing is made twice."""
    said = life.backfile("deploy")
    states = {row["slug"]: row["state"] for row in life.json("schedule", "list")}

    assert states == {"every-morning": "active", "often": "paused"}
    assert said.count("automation ") == said.count(": there already\n") == 3
    assert " made" not in said


def changed_and_run_by_hand(life: Life) -> str:
    text = LIGHTHOUSE.replace("bis September", "bis Oktober")
    (life.news / "leuchtturm.txt").write_text(text, encoding="utf-8")
    return life.backfile("run", "ingest", "--watch")


def is_told_of(life: Life, posted: list[dict[str, Any]], told: Path) -> None:
    """While somebody writes, all others are told who it is or wait, as asked; a failed run of a schedule is told of."""
    with ArchiveLock(life.archive / "backfile.lock"):
        who = f"{life.archive} is being written by process {os.getpid()}"
        assert who in life.backfile("ingest", code=4)
        assert f"Failed: {who}" in life.backfile("run", "ingest/scheduled", "--wait", "0", "--watch", code=4)
        patiently = life.command("ingest", "--source", "news", "--wait", "300")
        waiting = subprocess.Popen(patiently, env=life.environment, stderr=subprocess.PIPE, text=True)
        assert waiting.stderr is not None
        assert who in waiting.stderr.readline()
        life.wait("the webhook", lambda: posted)
        life.wait("the command of [notify]", told.exists)
        assert waiting.poll() is None
    assert waiting.wait(300) == 0
    waiting.stderr.close()
    post = posted[0]
    assert [post[each] for each in ("type", "path", "deployment", "state")] == [
        "application/json",
        "/told",
        "scheduled",
        "Failed",
    ]
    assert (post["archive"], who in post["message"], who in post["text"]) == (str(life.archive), True, True)
    assert told.read_text(encoding="utf-8").startswith("Failed|backfile: scheduled Failed\n\n")


def is_killed_amidst(life: Life) -> dict[str, Any]:
    """A long run; worker and run are killed at once."""
    pile(life.directory / "pile")
    life.backfile("source", "add", "pile", str(life.directory / "pile"))
    life.backfile("run", "ingest", "--source", "pile")
    flow = life.wait("a run that writes", lambda: writer(life))
    assert f"is being written by process {flow}" in life.backfile("ingest", code=4)

    worker = life.record()["children"]["worker of backfile"]["pid"]
    os.kill(worker, signal.SIGKILL)
    os.kill(flow, signal.SIGKILL)
    assert 0 < stored(life) < MANY, "it must be in the midst of it"
    return life.runs("ingest/manual", scheduled=False)[0]


@contextmanager
def carrying_on(life: Life, killed: dict[str, Any]) -> Iterator[None]:
    """The next run of the same deployment waits until the killed one is known to be dead, and does the rest."""
    words = life.command("run", "ingest", "--watch")
    with subprocess.Popen(words, env=life.environment, stdout=subprocess.PIPE, text=True) as run:
        yield
        said, _ = run.communicate(timeout=life.until - time.monotonic())
    after = {run["id"]: run for run in life.runs("ingest/manual", scheduled=False)}

    assert "AwaitingConcurrencySlot" in said
    assert "Completed: " in said
    assert (after[killed["id"]]["state"], after[killed["id"]]["message"][:12]) == ("Crashed", "no heartbeat")
    assert sorted(life.search("source:pile")) == sorted(f"pile/{number}.txt" for number in range(MANY))


def all_is_well(life: Life) -> None:
    """But for the run that met the lock; what doctor says to type mends that."""
    found = life.findings()
    assert set(found) == {"ingest/scheduled"}, "its last run met the lock"
    life.type(found["ingest/scheduled"]["do"])
    assert life.findings() == {}


def ended(runs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first run that is over."""
    over = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
    return next((run for run in reversed(runs) if run["state_type"] in over), None)


def unfinished(life: Life) -> list[dict[str, Any]]:
    going = {"PENDING", "RUNNING", "SCHEDULED"}
    return [run for run in life.json("runs") if run["state_type"] in going]


def writer(life: Life) -> int | None:
    """The process of a run that has stored some of the pile."""
    if stored(life) < 200:
        return None
    return int((life.archive / "backfile.holder").read_text(encoding="utf-8").split()[1])


def stored(life: Life) -> int:
    with closing(sqlite3.connect(f"file:{life.archive}/store.sqlite?mode=ro", uri=True)) as store:
        (number,) = store.execute("SELECT count(*) FROM articles WHERE id LIKE 'pile/%'").fetchone()
        return int(number)


def pile(folder: Path) -> None:
    """Many articles of our own making, no two alike."""
    made = random.Random(7)
    folder.mkdir()
    for number in range(MANY):
        lines = [f"{' '.join(made.choices(WORDS, k=60))}." for _ in range(4)]
        (folder / f"{number}.txt").write_text("\n\n".join([f"Meldung {number} aus Niederau", *lines]), encoding="utf-8")
