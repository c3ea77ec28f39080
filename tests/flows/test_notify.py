"""The flow that tells of a failed run: a command and a mail, for real."""

import importlib
import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from backfile.config import FRESH, Archive, load
from backfile.errors import ConfigError

# Apprise still looks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

FAILED = {"run": "grey-owl", "state": "Failed", "message": "locked by\nanother <b>", "deployment": "scheduled"}
WRITE = "import os, sys; open(sys.argv[1], 'w').write(os.environ['BACKFILE_MESSAGE'] + '|' + sys.stdin.read())"


@pytest.fixture(scope="module")
def notify(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        yield importlib.import_module("flows.notify")


def archive_with(directory: Path, lines: str) -> Archive:
    (directory / "backfile.toml").write_text(f"{FRESH}\n[notify]\n{lines}\n", encoding="utf-8")
    return Archive(directory)


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """The port of a server that takes mail (RFC 5321), and the mails that it took."""
    taken: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                match line[:4].upper():
                    case "DATA":
                        self.say("354 go on")
                        taken.append("".join(iter(lambda: self.rfile.readline().decode(), ".\r\n")))
                        self.say("250 taken")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 well")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1], taken
        finally:
            server.shutdown()


def test_the_command_gets_the_text_on_its_input_and_the_facts_in_its_environment(
    notify: ModuleType, tmp_path: Path
) -> None:
    command = json.dumps([sys.executable, "-c", WRITE, str(tmp_path / "told")])
    archive = archive_with(tmp_path, f"command = {command}")
    state = notify.notify.fn(archive=str(archive.directory), **FAILED)
    facts, _, text = (tmp_path / "told").read_text().partition("|")

    assert (state.type, state.message) == ("COMPLETED", "told of grey-owl")
    assert facts == "locked by another ‹b›"
    assert text.splitlines()[:3] == ["backfile: scheduled Failed", "", "locked by another ‹b›"]


def test_the_mail_is_sent(notify: ModuleType, tmp_path: Path) -> None:
    with mail_server() as (port, taken):
        address = f"mailto://127.0.0.1:{port}?from=archive@example.org&to=ada@example.org"
        archive = archive_with(tmp_path, f'mail = "{address}"')
        state = notify.notify.fn(archive=str(archive.directory), **FAILED)

    assert (state.type, len(taken)) == ("COMPLETED", 1)
    assert "ada@example.org" in taken[0]
    assert "backfile: scheduled Failed" in taken[0]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('command = ["/nowhere/at all"]', "the command /nowhere/at all did not run: FileNotFoundError"),
        ('command = ["false"]', "the command false ended with 1"),
        ('mail = "mailto://127.0.0.1:9?from=a@example.org&to=b@example.org"', "the mail was not sent; is the address"),
    ],
)
def test_what_could_not_be_told_fails_in_one_line(notify: ModuleType, tmp_path: Path, lines: str, said: str) -> None:
    state = notify.notify.fn(archive=str(archive_with(tmp_path, lines).directory), **FAILED)

    assert state.type == "FAILED"
    assert said in state.message


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('webhook = "hooks.example.org"', "an address that begins with https:// is wanted"),
        ('mail = "ada@example.org"', "wanted: mailtos://"),
        ('command = "notify-send"', "wanted: a program and its arguments"),
        ("telegram = 1", "unknown key 'telegram'; allowed: command, mail, webhook"),
    ],
)
def test_a_wrong_notify_is_named(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(archive_with(tmp_path, lines))

    assert said in str(error.value)
