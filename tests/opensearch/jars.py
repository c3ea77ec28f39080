"""The jars of a real OpenSearch node, brought by Maven when a test first needs them, and our main class compiled.

They lie in `tests/opensearch/server/target/`, outside of git; test runs side by side wait for the one that fetches.
"""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

SERVER = Path(__file__).parent / "server"
TARGET = SERVER / "target"
FETCH_SECONDS = 900  # for 53 MB over a slow line
PROGRAMS = ("java", "javac", "mvn")


class NotToBeHad(Exception):
    """Why there can be no node here, for people."""


@dataclass(frozen=True, slots=True)
class Jars:
    """What `java` needs to run a node."""

    folder: Path
    classes: Path

    @property
    def class_path(self) -> str:
        """For `java -cp`."""
        return f"{self.classes}{os.pathsep}{self.folder}/*"


def provide() -> Jars:
    """The jars, fetched and compiled at most once for each state of the files under `server/`.

    Raises:
        NotToBeHad: a program is missing, or Maven cannot bring the jars.
    """
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        raise NotToBeHad(f"no OpenSearch node can be started: not installed: {', '.join(missing)}")
    TARGET.mkdir(exist_ok=True)
    state = hashlib.sha256(b"".join((SERVER / name).read_bytes() for name in ("pom.xml", "NodeMain.java"))).hexdigest()
    mark = TARGET / "complete"
    jars = Jars(TARGET / "jars", TARGET / "classes")
    with FileLock(TARGET / "lock"):
        if not mark.is_file() or mark.read_text() != state:
            mark.unlink(missing_ok=True)
            _fetch(jars)
            _compile(jars)
            mark.write_text(state)
    return jars


def _fetch(jars: Jars) -> None:
    shutil.rmtree(jars.folder, ignore_errors=True)
    _run("mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(SERVER / "pom.xml"),
         "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars.folder}")  # fmt: skip


def _compile(jars: Jars) -> None:
    shutil.rmtree(jars.classes, ignore_errors=True)
    _run("javac", "-cp", f"{jars.folder}/*", "-d", str(jars.classes), str(SERVER / "NodeMain.java"))


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotToBeHad(f"no OpenSearch node can be started: {command[0]} took over {FETCH_SECONDS} s") from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise NotToBeHad(f"no OpenSearch node can be started: {command[0]} failed: {said}")
