"""`backfile doctor`: each finding comes from a real state, and what it says to type takes it away."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backfile.cli import doctor, service
from backfile.config import Archive
from backfile.pipeline.backup import WORKPLACES
from backfile.pipeline.checkup import directory, installation
from backfile.store import ArchiveLock, open_store
from index.directory import open_writer
from tests.conftest import Workbench, news

KILLED = """
import sys
from pathlib import Path
from backfile.config import Archive
from backfile.pipeline.ingest import begin
with begin(Archive(Path(sys.argv[1]))):
    print("begun", flush=True)
    sys.stdin.read()
"""


@dataclass
class Patient:
    """An archive of two articles, as a person at a terminal has it."""

    bench: Workbench
    directory: Path

    @property
    def archive(self) -> Archive:
        return self.bench.archive

    def __post_init__(self) -> None:
        tools = self.directory / "bin"
        tools.mkdir()
        for name, words in {"backfile": f'"{sys.executable}" -m backfile "$@"', "sudo": '"$@"'}.items():
            (tools / name).write_text(f"#!/bin/sh\nexec {words}\n", encoding="utf-8")
            (tools / name).chmod(0o755)

    def type(self, words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """What a shell does with a line."""
        path = f"{self.directory / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["/bin/sh", "-c", words],
            cwd=self.directory,  # not the archive: what is typed must work from anywhere
            env=os.environ | {"PATH": path} | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def findings(self, *options: str) -> list[dict[str, Any]]:
        """What doctor finds."""
        done = CliRunner().invoke(
            doctor.command, ["--json", *options], obj=self.archive.directory, standalone_mode=False
        )
        assert done.exception is None
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.return_value == max({"ok": 0, "warn": 1, "fault": 4}[each["level"]] for each in found)
        return found

    def wrong(self, *options: str) -> dict[str, dict[str, Any]]:
        """What is not well, by what it is about."""
        return {each["about"]: each for each in self.findings(*options) if each["level"] != "ok"}


@pytest.fixture
def patient(workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Patient:
    for name in ("BACKFILE_ARCHIVE", "PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege"))
    workbench.put("b.txt", news("Rat berät über Kitas", "Kindertagesstätten"))
    workbench.ingest()
    return Patient(workbench, tmp_path)


def killed_run(patient: Patient) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(patient.archive.directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        run.kill()


def lost_index(patient: Patient) -> None:
    shutil.rmtree(patient.archive.index_directory)


def index_of_another_version(patient: Patient) -> None:
    manifest = patient.archive.index_directory / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("analysis/", "other/"), encoding="utf-8")


def article_missing_in_the_index(patient: Patient) -> None:
    with open_writer(patient.archive.index_directory) as writer:
        writer.delete(["pile/a.txt"])
        writer.commit()


def index_of_another_archive(patient: Patient) -> None:
    (patient.archive.index_directory / "stamp").write_text("another", encoding="ascii")


def damaged_index_file(patient: Patient) -> None:
    file = next(patient.archive.index_directory.rglob("*.seg"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def stopped_rebuild(patient: Patient) -> None:
    (patient.archive.index_directory / "g000099").mkdir()


def changed_rules(patient: Patient) -> None:
    with patient.archive.config_file.open("a", encoding="utf-8") as out:
        out.write('\n[[source.rule]]\nname = "motto"\npattern = "Alles für Niederau"\n')


def stopped_forgetting(patient: Patient) -> None:
    with closing(open_store(patient.archive.store_file)) as store:
        store.forget(["pile/a.txt"])


def open_to_others(patient: Patient) -> None:
    for each in (patient.archive.directory, patient.archive.store_file):
        each.chmod(0o777)


def another_users(patient: Patient) -> None:
    if os.geteuid():
        pytest.skip("only root gives files away")
    os.chown(patient.archive.store_file, 65_534, -1)


def not_writable(patient: Patient) -> None:
    if not os.geteuid():
        pytest.skip("root may write everywhere")
    patient.archive.store_file.chmod(0o400)


def not_readable(patient: Patient) -> None:
    if not os.geteuid():
        pytest.skip("root may read everything")
    patient.bench.pile.chmod(0o000)


def stopped_backup(patient: Patient) -> None:
    for name in WORKPLACES:
        folder = patient.archive.directory.parent / f"{name}x"
        folder.mkdir()
        (folder / "store.sqlite").write_bytes(b"half")
        os.utime(folder, (0, 0))


def missing_source(patient: Patient) -> None:
    patient.bench.pile.rename(patient.directory / "elsewhere")


def emptied_source(patient: Patient) -> None:
    for each in patient.bench.pile.iterdir():
        each.rename(patient.directory / each.name)
    patient.bench.ingest()


def failed_input(patient: Patient) -> None:
    file = patient.bench.put("c.jsonl", '{"id": 1, "title": "x", "text": "y"}\n{"id": 2,\n')
    patient.bench.ingest()
    file.write_text('{"id": 1, "title": "x", "text": "y"}\n', encoding="utf-8")


def nothing_ingested(patient: Patient) -> None:
    patient.archive.store_file.unlink()
    lost_index(patient)


STATES: dict[str, tuple[Callable[[Patient], None], str, str, str]] = {
    "a run that was killed: its note": (killed_run, "lock", "warn", "ingest"),
    "a run that was killed: its end": (killed_run, "to do", "warn", "ingest"),
    "no index": (lost_index, "index", "fault", "index rebuild"),
    "an index of another version": (index_of_another_version, "index", "fault", "index rebuild"),
    "an article missing in the index": (article_missing_in_the_index, "index", "fault", "index rebuild"),
    "an index that is another archive's": (index_of_another_archive, "index", "fault", "index rebuild"),
    "a byte of the index changed": (damaged_index_file, "index", "fault", "index rebuild"),
    "a rebuild that was stopped": (stopped_rebuild, "index", "warn", "ingest"),
    "other rules": (changed_rules, "to do", "warn", "ingest"),
    "forgetting that was stopped": (stopped_forgetting, "to do", "warn", "ingest"),
    "others can write": (open_to_others, "permissions", "fault", "chmod -R go-w"),
    "another user's file": (another_users, "permissions", "fault", "sudo chown -R"),
    "a store that may not be written": (not_writable, "permissions", "fault", "chmod -R u+rwX"),
    "a source that may not be read": (not_readable, "source pile", "warn", "chmod -R u+rX"),
    "a backup that was stopped": (stopped_backup, "leftovers", "warn", "rm -r"),
    "a source that is not there": (missing_source, "source pile", "warn", "source remove pile"),
    "a source that lost its files": (emptied_source, "inputs", "warn", "ingest --confirm-gone"),
    "an input that failed": (failed_input, "inputs", "warn", "ingest --retry-failed"),
    "nothing ingested yet": (nothing_ingested, "store", "warn", "ingest"),
}


@pytest.mark.parametrize("name", STATES)
def test_what_is_said_to_be_typed_takes_the_finding_away(patient: Patient, name: str) -> None:
    come_about, about, level, command = STATES[name]
    come_about(patient)
    before = patient.wrong()

    assert (before[about]["level"], command in before[about]["do"]) == (level, True)
    assert str(patient.archive.directory) in before[about]["do"] or not before[about]["do"].startswith("backfile")

    done = patient.type(before[about]["do"])

    assert done.returncode == 0, done.stdout + done.stderr
    assert about not in patient.wrong()


def test_an_archive_without_fault_is_all_well(patient: Patient) -> None:
    assert patient.wrong() == patient.wrong("--full") == {}


def test_a_damaged_store_is_known_and_restored_from_a_backup(patient: Patient) -> None:
    backup = patient.directory / "saved.tar.zst"
    assert patient.type(f"backfile --archive '{patient.archive.directory}' backup '{backup}'").returncode == 0
    size = patient.archive.store_file.stat().st_size
    with patient.archive.store_file.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size // 4))
    damage = patient.wrong()["store"]

    assert damage["level"] == "fault"
    assert patient.type(damage["do"].replace("BACKUP", f"'{backup}'")).returncode == 0
    assert patient.wrong() == {}


def test_a_store_of_a_newer_program_is_told_from_a_damaged_one(patient: Patient) -> None:
    with closing(sqlite3.connect(patient.archive.store_file)) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")

    assert patient.wrong()["store"]["do"].endswith("-m pip install --upgrade backfile")


def test_a_wrong_configuration_names_the_file_to_edit(patient: Patient) -> None:
    with patient.archive.config_file.open("a", encoding="utf-8") as out:
        out.write("\n[archiv]\n")
    (fault,) = patient.wrong().values()

    assert "unknown key 'archiv'" in fault["told"]
    assert patient.type(fault["do"], EDITOR="sed -i /archiv]/d").returncode == 0
    assert "configuration" not in patient.wrong()


def test_while_somebody_writes_it_says_who_and_refuses_nobody(patient: Patient) -> None:
    with ArchiveLock(patient.archive.lock_file):
        found = {each["about"]: each for each in patient.findings()}

    assert (found["lock"]["level"], f"process {os.getpid()}" in found["lock"]["told"]) == ("ok", True)
    assert found["index"]["told"] == "is being written"


def test_nothing_of_an_archive_is_written_and_its_lock_stays_free(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def state() -> dict[str, tuple[int, int]]:
        files = [each for each in patient.archive.directory.rglob("*") if each.is_file()]
        return {each.name: (each.stat().st_mtime_ns, each.stat().st_size) for each in files}

    before = state()
    patient.findings()

    assert {name: told for name, told in state().items() if not name.endswith(("-wal", "-shm"))} == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none", place], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_and_a_read_only_one(patient: Patient, small_disk: Path) -> None:
    shutil.copytree(patient.archive.directory, small_disk / "archive")
    patient.bench.archive = Archive(small_disk / "archive")
    full = patient.wrong()["disk"]
    subprocess.run(["mount", "-o", "remount,size=400m", small_disk], check=True)
    roomy = patient.wrong()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    read_only = patient.wrong()["disk"]

    assert (full["level"], full["told"].startswith("50 MB free")) == ("fault", True)
    assert patient.type(full["do"]).stdout.endswith(f"{small_disk}\n")
    assert "disk" not in roomy
    assert (read_only["level"], read_only["do"]) == ("fault", f"sudo mount -o remount,rw {small_disk}")
    assert patient.type(read_only["do"]).returncode == 0
    assert "disk" not in patient.wrong()


def test_room_is_wanted_for_what_is_made_beside_the_old(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "ROOM", 1e9)
    (disk,) = [each for each in directory.look(patient.archive) if each.about == "disk"]

    assert (disk.level, "the next rebuild of the index" in disk.told) == ("warn", True)


@pytest.mark.parametrize(
    ("version", "level"),
    [("0.165.0", "fault"), ("0.138.9", "fault"), ("0.139", "ok"), ("0.150.0.post1", "ok"), ("0.151.0rc1", "fault")],
)
def test_a_package_of_another_version_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, level: str
) -> None:
    told = tmp_path / f"fastapi-{version}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: fastapi\nVersion: {version}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    (finding,) = [each for each in installation.look() if each.about == "fastapi"]

    assert finding.level == level
    assert finding.do is None or finding.do.endswith("-m pip install 'fastapi<0.151,>=0.139'")


def test_a_program_of_notify_that_is_not_there_is_told_of(patient: Patient) -> None:
    with patient.archive.config_file.open("a", encoding="utf-8") as out:
        out.write('\n[notify]\ncommand = ["no-such-program"]\n')
    (patient.archive.directory / "prefect").mkdir(mode=0o700)

    assert "no such program" in patient.wrong()["notify"]["told"]


def test_a_service_that_does_not_run_or_is_of_an_older_program(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(patient.directory / ".config"))
    made = service.service_of(patient.archive, platform="linux")

    assert list(service.look(patient.archive, platform="linux")) == []
    made.file.parent.mkdir(parents=True)
    made.file.write_text(made.text(), encoding="utf-8")
    (stands,) = service.look(patient.archive, platform="linux")
    made.file.write_text("[Unit]\n", encoding="utf-8")
    (old,) = service.look(patient.archive, platform="linux")

    assert (stands.level, stands.do) == (
        "fault",
        f"systemctl --user daemon-reload && systemctl --user enable --now {made.file.name}",
    )
    assert (old.level, old.do) == ("warn", "backfile service install")
