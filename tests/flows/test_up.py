"""`backfile up` after it was killed, what it prunes, and `deploy` to a server that somebody else keeps."""

import base64
import http
import json
import signal
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.flows.living import Life, is_there, life_in

SECONDS = 500.0
PRUNING = {"PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "5"}


@pytest.mark.server
@pytest.mark.slow
def test_what_a_killed_up_left_is_ended_and_a_second_archive_can_use_its_server(tmp_path: Path) -> None:
    life = life_in(tmp_path, SECONDS, **PRUNING)
    with life.up() as first:
        old, new = old_run(life), life.backfile("run", "ingest")
        life.wait("the old run to be pruned", lambda: old not in names(life))
        assert new.split()[0] in names(life)
        by_another_archive(life, tmp_path)

        left = [child["pid"] for child in life.record()["children"].values()]
        first.process.kill()
        first.process.wait()
        assert [pid for pid in left if is_there(pid)] == left
        first.out.write_bytes(b"")
        with life.up() as second:
            assert f"its server, process {left[0]}, is ended" in second.said()
            assert [pid for pid in left if is_there(pid)] == []
            assert second.stop(signal.SIGINT) == 0
    assert life.record()["children"] == {}
    assert "not running for this archive" in life.backfile("runs", code=5)


def by_another_archive(life: Life, directory: Path) -> None:
    """Another archive, to which this server is one that somebody else keeps."""
    (directory / "second").mkdir()
    other = life_in(directory / "second", SECONDS)
    api, login = access(life)
    other.environment |= {"PREFECT_API_URL": api, "PREFECT_API_AUTH_STRING": login}

    assert f"works on the archive {life.archive}" in other.backfile("deploy", code=2)
    other.backfile("deploy", "--copy")
    file = other.archive / "prefect.yaml"
    text = file.read_text(encoding="utf-8")
    for name in ("scheduled", "manual", "failed"):
        text = text.replace(f"- name: {name}\n", f"- name: {name}-second\n")
    file.write_text(text, encoding="utf-8")
    other.backfile("deploy")
    other.backfile("schedule", "add", "daily 18:30", "--slug", "evening", "--deployment", "ingest/scheduled-second")
    slugs = [row["slug"] for row in other.json("schedule", "list")]
    file.write_text(text, encoding="utf-8")
    said = other.backfile("deploy")

    assert slugs == ["evening", "every-morning"]
    assert "ingest/scheduled-second evening: removed: it is not in the file" in said
    assert [row["slug"] for row in other.json("schedule", "list")] == ["every-morning"]
    assert [row["slug"] for row in life.json("schedule", "list")] == ["every-morning"]
    wrong = other.backfile("runs", code=5, PREFECT_API_AUTH_STRING="backfile:wrong")
    assert "wants a password: set $PREFECT_API_AUTH_STRING" in wrong


def old_run(life: Life) -> str:
    """A run that ended a hundred days ago. A server takes no times from others, so it is told in its database."""
    ended = datetime.now(UTC) - timedelta(days=100)
    (deployment,) = [each for each in ask(life, "/deployments/filter", {}) if each["name"] == "scheduled"]
    run = ask(life, f"/deployments/{deployment['id']}/create_flow_run", {"name": "of-old"})
    ask(life, f"/flow_runs/{run['id']}/set_state", {"state": {"type": "COMPLETED"}, "force": True})
    with closing(sqlite3.connect(life.archive / "prefect" / "prefect.db", timeout=60)) as database, database:
        database.execute("UPDATE flow_run SET end_time = ? WHERE name = 'of-old'", [f"{ended:%Y-%m-%d %H:%M:%S.%f}"])
    return "of-old"


def names(life: Life) -> list[str]:
    return [run["name"] for run in life.json("runs")]


def access(life: Life) -> tuple[str, str]:
    """The server's address for programs, and what it asks for."""
    password = (life.archive / "prefect" / "password").read_text(encoding="ascii")
    return f"http://127.0.0.1:{life.record()['port']}/api", f"backfile:{password}"


def ask(life: Life, path: str, body: dict[str, Any]) -> Any:
    """What the server's API answers."""
    api, login = access(life)
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
    }
    request = urllib.request.Request(f"{api}{path}", json.dumps(body).encode(), headers)

    def answered() -> list[Any] | None:
        """In a list, as an answer may be empty; None while its database is busy, which Prefect's clients wait for."""
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return [json.load(answer)]
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            return None

    return life.wait("the server's database", answered)[0]


def test_without_a_server_a_command_says_how_to_get_one(tmp_path: Path) -> None:
    life = life_in(tmp_path, SECONDS)

    assert "start one with `backfile up`" in life.backfile("runs", code=5)
    assert "does not answer" in life.backfile("runs", code=5, PREFECT_API_URL="http://127.0.0.1:9/api")


def test_a_schedule_that_is_added_without_a_server_holds_from_the_next_start_on(tmp_path: Path) -> None:
    life = life_in(tmp_path, SECONDS)
    said = life.backfile("schedule", "add", "daily 18:30", "--timezone", "Europe/Berlin", "--slug", "evening")

    assert "holds from the next `backfile up`" in said
    assert [row["slug"] for row in life.json("schedule", "list")] == ["every-morning", "evening"]
    assert "is no time that Prefect takes" in life.backfile("schedule", "add", "61 25 * * *", code=2)
    assert "no source is named 'none'" in life.backfile("schedule", "add", "hourly", "--source", "none", code=2)


def test_a_file_with_an_unknown_key_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    life = life_in(tmp_path, SECONDS)
    (life.archive / "prefect.yaml").write_text("deploymets: []", encoding="utf-8")

    for words in (("deploy", "--check"), ("deploy",), ("up",)):
        assert "did you mean 'deployments'?" in life.backfile(*words, code=2)
    assert not (life.archive / "prefect").exists()


@pytest.mark.parametrize("words", ["--help", "up --help", "run --help", "deploy --help", "schedule add --help"])
def test_help_does_not_wait_for_prefect(tmp_path: Path, words: str) -> None:
    life = life_in(tmp_path, SECONDS, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip() for line in life.backfile(*words.split()).splitlines()}

    assert {"backfile.cli.main", "click"} <= loaded
    assert not {"prefect", "sqlalchemy", "fastapi"} & loaded


def test_doctor_says_that_prefect_is_not_in_use(tmp_path: Path) -> None:
    life = life_in(tmp_path, SECONDS)
    life.backfile("ingest")
    said = life.backfile("doctor", "--json")
    told = [each["told"] for each in map(json.loads, said.splitlines()) if each["about"] == "prefect"]

    assert told[1].startswith("not in use; `backfile up`")
    assert not (tmp_path / ".prefect").exists()
