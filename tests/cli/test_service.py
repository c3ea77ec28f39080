"""The service's file: what systemd and launchd read, whatever stands in a path."""

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from backfile.cli import service
from backfile.config import FRESH, Archive
from backfile.errors import WrongUse

ODD = ["archive", "my archive", 'the "old" one', "100% $HOME", "back\\slash", "Zeitungs-Übersicht", "it's"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "my config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def archive_in(home: Path, name: str) -> Archive:
    (home / name).mkdir()
    (home / name / "backfile.toml").write_text(FRESH, encoding="utf-8")
    return Archive(home / name)


def verified(unit: Path, runtime: Path) -> tuple[int, str]:
    """What systemd says of a unit; without a runtime directory it says nothing of any."""
    command = ["systemd-analyze", "--user", "verify", "--man=no", str(unit)]
    given = os.environ | {"XDG_RUNTIME_DIR": str(runtime)}
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", ODD)
def test_systemd_finds_no_fault_in_the_unit(home: Path, name: str) -> None:
    made = service.service_of(archive_in(home, name), platform="linux")
    made.file.parent.mkdir(parents=True)
    made.file.write_text(made.text(), encoding="utf-8")
    wrong = made.file.with_name("wrong.service")
    wrong.write_text(made.text().replace("Type=exec", "Type=none"), encoding="utf-8")

    assert verified(made.file, home) == (0, "")
    assert "Failed to parse service type" in verified(wrong, home)[1], "it does look"


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("plain", '"plain"'),
        ("a blank", '"a blank"'),
        ('a "quote"', '"a \\"quote\\""'),
        ("100%", '"100%%"'),
        ("$HOME", '"$$HOME"'),
        ("back\\slash", '"back\\\\slash"'),
    ],
)
def test_a_word_of_the_command_stays_one_word(word: str, written: str) -> None:
    assert service.quoted(word) == written


def test_a_line_end_in_a_path_is_refused() -> None:
    with pytest.raises(WrongUse, match="no control characters"):
        service.quoted("a\nExecStart=/bin/sh")


def test_the_unit_survives_a_restart_of_the_machine_and_lets_a_run_end(home: Path) -> None:
    lines = service.service_of(archive_in(home, "archive"), platform="linux").text().splitlines()

    assert "WantedBy=default.target" in lines
    assert "Restart=on-failure" in lines
    assert "KillMode=mixed" in lines
    assert f"TimeoutStopSec={service.STOP_WITHIN}" in lines
    assert service.STOP_WITHIN > service.PATIENCE + 100


@pytest.mark.parametrize("name", ODD)
def test_launchd_gets_the_words_as_they_are(home: Path, name: str) -> None:
    archive = archive_in(home, name)
    made = service.service_of(archive, platform="darwin")
    told = plistlib.loads(made.text().encode())

    assert told["ProgramArguments"][:5] == [sys.executable, "-m", "backfile", "--archive", str(archive.directory)]
    assert (told["RunAtLoad"], told["KeepAlive"]) == (True, {"SuccessfulExit": False})
    assert made.file == home / "Library" / "LaunchAgents" / f"{told['Label']}.plist"


def test_two_archives_of_one_name_have_two_services(home: Path) -> None:
    (home / "a").mkdir()
    (home / "b").mkdir()
    names = {service.service_of(archive_in(home / each, "news"), platform="linux").name for each in "ab"}

    assert len(names) == 2
    assert {name[:14] for name in names} == {"backfile-news-"}


def test_it_is_installed_looked_at_and_removed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = archive_in(home, "my archive")
    monkeypatch.setattr(sys, "platform", "linux")
    said: list[list[str]] = []

    def noted(commands: list[list[str]]) -> bool:
        said.extend(commands)
        return True

    monkeypatch.setattr(service, "_run_all", noted)

    def call(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(service.command, words, obj=archive.directory, standalone_mode=False)
        assert done.exception is None
        return done.return_value or 0, done.output

    before = call("status")
    installed = call("install")
    file = service.service_of(archive).file
    after = call("status")
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    changed = call("status")
    removed = call("uninstall")

    assert (before[0], "not installed" in before[1]) == (1, True)
    assert (installed[0], f"wrote {file}" in installed[1], "loginctl enable-linger" in installed[1]) == (0, True, True)
    assert (after[0], "not as this program" in after[1]) == (0, False)
    assert "not as this program" in changed[1]
    assert (removed[0], file.exists()) == (0, False)
    assert [" ".join(words[:3]) for words in said[:2]] == ["systemctl --user daemon-reload", "systemctl --user enable"]
    assert call("uninstall")[1].startswith("not installed")
