"""A Prefect server and worker as `backfile up` starts them, and the commands that people type beside it."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, TypeVar

import pytest

from backfile.cli.doctor import EXITS
from tests.flows.test_prefect_yaml import ROOT, clean_environment

PAUSE = 0.5  # seconds between two looks

# Haste: a server plans every 5 s, a worker asks every 2 s. The first is 60 and the second 10 by default.
HASTE = {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5", "PREFECT_WORKER_QUERY_SECONDS": "2"}

T = TypeVar("T")


@dataclass
class Life:
    """An archive with its commands."""

    directory: Path
    until: float  # monotonic time
    environment: dict[str, str]
    archive: Path = field(init=False)
    news: Path = field(init=False)  # the folder that the archive's first source reads

    def __post_init__(self) -> None:
        self.archive = self.directory / "my archive"  # a blank, as people have them
        self.news = self.directory / "news"
        self.news.mkdir()
        self.archive.mkdir()
        (self.archive / "backfile.toml").write_text(f'[[source]]\nname = "news"\npath = "{self.news}"\n', "utf-8")

    def backfile(self, *words: str, code: int = 0, **environment: str) -> str:
        """What a command says, both to stdout and stderr; it must end with `code`."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.directory,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=max(1.0, self.until - time.monotonic()),
            check=False,
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def command(self, *words: str) -> list[str]:
        """The words for the system."""
        return [sys.executable, "-m", "backfile", "--archive", str(self.archive), *words]

    def json(self, *words: str) -> list[dict[str, Any]]:
        """What a command says as lines of JSON."""
        said = self.backfile(*words, "--json")
        return [json.loads(line) for line in said.splitlines() if line.startswith("{")]

    def findings(self) -> dict[str, dict[str, Any]]:
        """What `backfile doctor` finds that is not well, by what it is about; its exit code says the same."""
        done = subprocess.run(
            self.command("doctor", "--json"), env=self.environment, capture_output=True, text=True, check=False
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert (done.returncode, done.stderr) == (max(EXITS[each["level"]] for each in found), "")
        return {each["about"]: each for each in found if each["level"] != "ok"}

    def type(self, words: str) -> str:
        """What a command says that `backfile doctor` has said to type."""
        program, *rest = shlex.split(words)
        assert program == "backfile", words
        return self.backfile(*rest[2:] if rest[0] == "--archive" else rest)

    def runs(self, deployment: str, *, scheduled: bool) -> list[dict[str, Any]]:
        """The runs of a deployment that a schedule made, or that somebody did; the newest first."""
        found = self.json("runs", "--limit", "200")
        return [run for run in found if run["deployment"] == deployment and run["scheduled"] == scheduled]

    def search(self, query: str) -> list[str]:
        """The ids that `backfile search` finds."""
        done = subprocess.run(
            self.command("search", "-l", "--limit", "10000", query),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        return done.stdout.split()

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        """What `look` sees once it sees something; fails when it takes too long."""
        while time.monotonic() < self.until:
            if found := look():
                return found
            time.sleep(PAUSE)
        pytest.fail(f"waited in vain for {what}")

    def record(self) -> dict[str, Any]:
        """What `up` noted of itself."""
        noted: dict[str, Any] = json.loads((self.archive / "prefect" / "up.json").read_text(encoding="utf-8"))
        return noted

    @contextmanager
    def up(self, *words: str) -> Iterator["Up"]:
        """`backfile up` in a terminal of its own, until it is left."""
        out = self.directory / "up.out"
        with out.open("ab") as file:
            process = subprocess.Popen(
                self.command("up", *words),
                cwd=self.directory,
                env=self.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = Up(process, out)
        try:
            self.wait("backfile up", running.ready)
            yield running
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(120)
            process.kill()
            log = self.archive / "prefect" / "up.log"
            print(f"--- up ended with {process.returncode}\n{out.read_text()}")  # noqa: T201
            print(log.read_text(errors="replace")[-20_000:] if log.exists() else "no log")  # noqa: T201


@dataclass
class Up:
    """A running `backfile up`."""

    process: subprocess.Popen[bytes]
    out: Path

    def said(self) -> str:
        """What it printed up to now."""
        return self.out.read_text(encoding="utf-8")

    def ready(self) -> bool:
        """Whether its server and worker are there."""
        assert self.process.poll() is None, f"it ended with {self.process.returncode}\n{self.said()}"
        return "to type " in self.said()

    def stop(self, number: signal.Signals) -> int:
        """Its exit code after that signal."""
        self.process.send_signal(number)
        return self.process.wait(180)


def life_in(directory: Path, seconds: float, **environment: str) -> Life:
    """An archive in a directory, with commands that may take so many seconds in all."""
    given = clean_environment(directory / "none") | HASTE | environment | {"NO_COLOR": "1", "HOME": str(directory)}
    given.pop("PREFECT_HOME")
    given["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [given.get("PYTHONPATH")])])
    return Life(directory, time.monotonic() + seconds, given)


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def is_there(pid: int) -> bool:
    """Whether a process of that number runs; one that has ended and is not yet waited for does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@contextmanager
def hook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a web server on this machine, and what was posted to it."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append({"type": self.headers["Content-Type"], "path": self.path, **json.loads(body)})
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/told", posted
    finally:
        server.shutdown()
        server.server_close()
