"""The jars of a real OpenSearch node, brought by Maven when a test first needs them, and our main class compiled.

They lie in `tests/opensearch/server/target/`, outside of git; test runs side by side wait for the one that fetches.
"""

import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

SERVER = Path(__file__).parent / "server"
TARGET = SERVER / "target"
FETCH_SECONDS = 900  # for 53 MB over a slow line
PLUGIN = "org.opensearch.plugin:opensearch-security:2.19.1.0:zip"  # 42 MB; TLS, users, roles
PROGRAMS = ("java", "javac", "mvn")


class NotToBeHad(Exception):
    """Why there can be no node here, for people."""


@dataclass(frozen=True, slots=True)
class Jars:
    """What `java` needs to run a node."""

    folder: Path
    classes: Path
    plugin: Path | None = None  # the unpacked security plugin, where a node is to have it

    @property
    def class_path(self) -> str:
        """For `java -cp`; of what is in both, the server's own version is taken."""
        folders = [self.folder, self.plugin] if self.plugin else [self.folder]
        return os.pathsep.join([str(self.classes), *(f"{folder}/*" for folder in folders)])


def provide(*, security: bool = False) -> Jars:
    """The jars, fetched and compiled at most once for each state of the files under `server/`.

    Raises:
        NotToBeHad: a program is missing, or Maven cannot bring the jars.
    """
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        raise NotToBeHad(f"no OpenSearch node can be started: not installed: {', '.join(missing)}")
    TARGET.mkdir(exist_ok=True)
    jars = Jars(TARGET / "jars", TARGET / "classes", TARGET / "security" if security else None)
    with FileLock(TARGET / "lock"):
        _once("jars", lambda: _fetch(jars))
        if jars.plugin:
            _once("security", lambda: _fetch_plugin(TARGET / "security"))
    return jars


def _once(name: str, make: Callable[[], None]) -> None:
    files = b"".join((SERVER / name).read_bytes() for name in ("pom.xml", "NodeMain.java"))
    state = hashlib.sha256(files + PLUGIN.encode()).hexdigest()
    mark = TARGET / f"{name}.complete"
    if not mark.is_file() or mark.read_text() != state:
        mark.unlink(missing_ok=True)
        make()
        mark.write_text(state)


def _fetch(jars: Jars) -> None:
    _maven("copy-dependencies", jars.folder, "-DincludeScope=runtime")
    shutil.rmtree(jars.classes, ignore_errors=True)
    _run("javac", "-cp", f"{jars.folder}/*", "-d", str(jars.classes), str(SERVER / "NodeMain.java"))


def _fetch_plugin(folder: Path) -> None:
    _maven("copy", folder, f"-Dartifact={PLUGIN}")
    (packed,) = folder.glob("*.zip")
    with zipfile.ZipFile(packed) as members:
        members.extractall(folder)
    packed.unlink()


def _maven(goal: str, folder: Path, *words: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _run("mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(SERVER / "pom.xml"),
         f"dependency:{goal}", f"-DoutputDirectory={folder}", *words)  # fmt: skip


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotToBeHad(f"no OpenSearch node can be started: {command[0]} took over {FETCH_SECONDS} s") from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise NotToBeHad(f"no OpenSearch node can be started: {command[0]} failed: {said}")
