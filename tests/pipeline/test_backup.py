"""A backup is the archive of one moment, taken while it is in use; nothing else is ever made an archive of."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard

from backfile import config
from backfile.config import Archive
from backfile.errors import ArchiveError, ArchiveLocked, BackfileError, WrongUse
from backfile.pipeline import backup, container, forgetting, verifying
from backfile.pipeline.container import BackupUnusable
from backfile.store import ArchiveLock, open_store
from tests.conftest import Workbench, news


@pytest.fixture
def made(ingested: Workbench, tmp_path: Path) -> Path:
    return backup.back_up(ingested.archive, tmp_path / "news.tar.zst").file


def texts(archive: Archive) -> dict[str, str]:
    with closing(open_store(archive.store)) as store:
        return {each.article.id: each.article.text for each in store.articles()}


def test_what_was_backed_up_comes_back_and_is_searched(ingested: Workbench, made: Path, tmp_path: Path) -> None:
    place = Archive(tmp_path / "restored")

    done = backup.restore(made, place)

    assert texts(place) == texts(ingested.archive)
    assert place.config_file.read_text() == ingested.archive.config_file.read_text()
    assert verifying.verify(place).none
    assert (done.manifest.articles, done.kept_aside, done.forgotten) == (5, None, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "news.tar.zst", "pile", "restored"]


def test_only_this_user_can_read_backup_and_archive(made: Path, tmp_path: Path) -> None:
    backup.restore(made, Archive(tmp_path / "restored"))

    modes = [path.stat().st_mode & 0o777 for path in (made, tmp_path / "restored", tmp_path / "restored/store.sqlite")]

    assert modes == [0o600, 0o700, 0o600]


def test_a_backup_is_a_tar_that_other_programs_open(ingested: Workbench, made: Path, tmp_path: Path) -> None:
    raw = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(made.read_bytes())).read()
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        names = tar.getnames()
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]

    assert names == ["manifest.json", "backfile.toml", "store.sqlite"]
    assert manifest["articles"] == 5


def test_a_writer_neither_waits_nor_disturbs(
    ingested: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that has begun, and one that commits while pages are copied, are not in the backup."""
    monkeypatch.setattr("backfile.store.copied.PAGES", 2)
    copied = threading.Event()
    real = sqlite3.Connection.backup

    class Watched(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, pages: int) -> None:  # type: ignore[override]
            def step(_status: int, remaining: int, _total: int) -> None:
                if not copied.is_set():
                    copied.set()
                    with closing(sqlite3.connect(ingested.archive.store_file)) as other, other:
                        other.execute("DELETE FROM articles")
                        other.execute("DELETE FROM documents")

            real(self, target, pages=pages, progress=step)

    connect = sqlite3.connect
    monkeypatch.setattr(
        "backfile.store.copied.sqlite3.connect", lambda *a, **k: connect(*a, **{**k, "factory": Watched})
    )
    done = backup.back_up(ingested.archive, tmp_path / "news.tar.zst")
    monkeypatch.undo()

    assert (copied.is_set(), done.manifest.articles, texts(ingested.archive)) == (True, 5, {})
    assert len(texts_of(done.file, tmp_path)) == 5


def texts_of(file: Path, tmp_path: Path) -> dict[str, str]:
    place = Archive(tmp_path / "looked-at")
    backup.restore(file, place, index=False)
    return texts(place)


def test_nothing_is_overwritten_unless_it_was_said(ingested: Workbench, made: Path, tmp_path: Path) -> None:
    ingested.put("9.txt", news("Rat berät über Punkt 9", "Radweg9"))
    ingested.ingest()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "report.pdf").write_text("x")

    with pytest.raises(WrongUse, match="--replace puts it aside"):
        backup.restore(made, ingested.archive)
    with pytest.raises(WrongUse, match="name another folder"):
        backup.restore(made, Archive(tmp_path / "folder"), replace=True)
    with pytest.raises(WrongUse, match="is no backup"):
        backup.back_up(ingested.archive, tmp_path / "report.pdf")
    with ArchiveLock(ingested.archive.lock_file), pytest.raises(ArchiveLocked):
        backup.restore(made, ingested.archive, replace=True)
    backup.restore(made, Archive(tmp_path / "empty"))
    done = backup.restore(made, ingested.archive, replace=True)

    assert len(texts(Archive(tmp_path / "empty"))) == len(texts(ingested.archive)) == 5
    assert done.kept_aside is not None
    assert len(texts(Archive(done.kept_aside))) == 6
    assert (ingested.ingest().indexed, ingested.found("Radweg9")) == (1, ["pile/9.txt"])


def test_a_newer_backup_takes_the_old_ones_place_or_leaves_it(
    ingested: Workbench, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(container, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="space"):
            backup.back_up(ingested.archive, made)

    assert made.read_bytes() == old
    assert [path.name for path in made.parent.glob(".*")] == []

    ingested.put("9.txt", news("Rat berät über Punkt 9", "Radweg9"))
    ingested.ingest()
    backup.back_up(ingested.archive, made)

    assert backup.check(made).articles == 6


def test_what_the_replaced_archive_had_forgotten_stays_out(ingested: Workbench, made: Path) -> None:
    forgetting.forget(ingested.archive, ["pile/3.txt"])

    done = backup.restore(made, ingested.archive, replace=True)
    ingested.ingest()

    assert (done.forgotten, "pile/3.txt" in texts(ingested.archive), ingested.found("Radweg3")) == (1, False, [])
    assert verifying.verify(ingested.archive).none


# --- hostile files


def packed(*members: tuple[str, bytes] | tuple[tarfile.TarInfo, bytes], end: bytes = bytes(1024)) -> bytes:
    out = b""
    for name, content in members:
        info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
        info.size = info.size or len(content)
        out += info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)
    return zstandard.ZstdCompressor().compress(out + end)


def manifest(store: bytes, toml: bytes = b"", **said: object) -> bytes:
    files = [
        {"name": name, "size": len(content), "sha256": __import__("hashlib").sha256(content).hexdigest()}
        for name, content in (("backfile.toml", toml), ("store.sqlite", store))
    ]
    return json.dumps({"format": 1, "made": "x", "version": "x", "articles": 0, "files": files} | said).encode()


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def database(*statements: str) -> Callable[[Path], bytes]:
    def made(directory: Path) -> bytes:
        file = directory / "made.sqlite"
        open_store(file, create=True).close()
        with closing(sqlite3.connect(file)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        return file.read_bytes()

    return made


def whole(store: bytes, toml: bytes = b"", **said: object) -> bytes:
    return packed(("manifest.json", manifest(store, toml, **said)), ("backfile.toml", toml), ("store.sqlite", store))


def said(files: list[dict[str, Any]]) -> tuple[str, bytes]:
    return "manifest.json", manifest(b"", files=files)


HUGE = [{"name": name, "size": 10**15, "sha256": "0" * 64} for name in ("backfile.toml", "store.sqlite")]
BOMB = [{"name": "backfile.toml", "size": 0, "sha256": "0" * 64}, {"name": "store.sqlite", "size": 10**6, "sha256": ""}]
NAMES = [{"name": name, "size": 0, "sha256": "0" * 64} for name in ("backfile.toml", "../store.sqlite")]
OTHER_NAME = ("manifest.json", manifest(b""))
EMPTY = (("backfile.toml", b""), ("store.sqlite", b""))
ABC = ("manifest.json", manifest(b"abc"))
TOML = ("backfile.toml", b"")
HOSTILE: dict[str, tuple[bytes | Callable[[Path], bytes], str]] = {
    "empty": (b"", "too early"),
    "text": (b"hello, this is no backup", "no backup, or damaged"),
    "empty frame": (zstandard.ZstdCompressor().compress(b""), "too early"),
    "no tar": (zstandard.ZstdCompressor().compress(b"x" * 2048), "no backup, or damaged"),
    "path upwards": (packed(OTHER_NAME, ("../backfile.toml", b"")), "'../backfile.toml' stands where"),
    "absolute path": (packed(OTHER_NAME, ("/etc/cron.d/x", b"")), "'/etc/cron.d/x' stands where"),
    "symbolic link": (packed(OTHER_NAME, (link("backfile.toml", tarfile.SYMTYPE, "/etc/passwd"), b"")), "plain file"),
    "hard link": (packed(OTHER_NAME, (link("backfile.toml", tarfile.LNKTYPE, "/etc/passwd"), b"")), "plain file"),
    "device": (packed(OTHER_NAME, (link("backfile.toml", tarfile.CHRTYPE, ""), b"")), "plain file"),
    "fifo": (packed(OTHER_NAME, (link("backfile.toml", tarfile.FIFOTYPE, ""), b"")), "plain file"),
    "pax header": (packed((link("manifest.json", tarfile.XHDTYPE, ""), b"9 path=x\n")), "plain file"),
    "long name": (packed((link("././@LongLink", tarfile.GNUTYPE_LONGNAME, ""), b"x" * 600)), "plain file"),
    "one more file": (
        packed(OTHER_NAME, ("backfile.toml", b""), ("store.sqlite", b""), ("index/x.toc", b"cos\nsystem\n")),
        "more in it",
    ),
    "something behind the end": (
        packed(OTHER_NAME, *EMPTY, end=bytes(2048)),
        "more in it",
    ),
    "cut off": (whole(b"x" * 5000)[:-40], ""),
    "another digest": (
        packed(ABC, TOML, ("store.sqlite", b"abd")),
        "digest",
    ),
    "another size": (
        packed(ABC, TOML, ("store.sqlite", b"ab")),
        "has 2 bytes",
    ),
    "huge": (packed(("manifest.json", manifest(b"", files=HUGE))), "is said to have"),
    "bomb": (
        packed(("manifest.json", manifest(b"", files=BOMB)), ("backfile.toml", b""), ("store.sqlite", bytes(10**6))),
        "is said to have",
    ),
    "negative size": (
        packed(("manifest.json", manifest(b"", files=[{**HUGE[0], "size": -1}, HUGE[1]]))),
        "is said to have",
    ),
    "names in the manifest": (packed(("manifest.json", manifest(b"", files=NAMES))), "its manifest names"),
    "manifest of another kind": (packed(("manifest.json", b"[1]")), "cannot be read"),
    "nested manifest": (packed(("manifest.json", b"[" * 60_000)), "cannot be read"),
    "large manifest": (packed(("manifest.json", b" " * 70_000)), "its manifest has 70,000 bytes"),
    "later format": (packed(("manifest.json", manifest(b"", format=2))), "update backfile"),
    "no database": (whole(b"x" * 5000), "its store cannot be read"),
    "configuration": (whole(b"", b"[archive]\nengine = 'lucene'\n"), "lucene"),
    "store elsewhere": (
        whole(b"", b"[archive]\nstore = 'postgresql://localhost/news'\n"),
        "has the store in a database",
    ),
    "trigger": (database("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM articles; END"), "the trigger t"),
    "view": (database("CREATE VIEW v AS SELECT 1"), "the view v"),
    "foreign table": (database("CREATE TABLE extra (x)"), "the table extra"),
    "newer store": (database("UPDATE alembic_version SET version_num = '9999'"), "update backfile"),
    "counts": (database("INSERT INTO runs (started) VALUES ('x')"), "the manifest says 3"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_backup_is_refused_with_a_reason_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    content, says = HOSTILE[name]
    if callable(content):
        content = whole(content(tmp_path), articles=3 if name == "counts" else 0)
        (tmp_path / "made.sqlite").unlink()
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "hostile.tar.zst"
    file.write_bytes(content)

    with pytest.raises(BackfileError) as refused:
        backup.restore(file, Archive(tmp_path / "in" / "restored"))

    assert says in str(refused.value)
    assert refused.value.exit_code in {2, 4}
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["hostile.tar.zst"]


def test_a_backup_that_does_not_fit_is_refused_before_it_is_unpacked(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 1000))  # type: ignore[attr-defined]

    with pytest.raises(BackupUnusable, match="and 1,000 are free"):
        backup.restore(made, Archive(tmp_path / "restored"))


@pytest.mark.parametrize("at", range(7))
def test_every_changed_byte_is_noticed(made: Path, at: int, tmp_path: Path) -> None:
    whole = made.read_bytes()
    content = bytearray(whole)
    content[len(content) * (2 * at + 1) // 14] ^= 0x10
    made.write_bytes(content)

    try:
        backup.check(made)
    except ArchiveError:
        return
    assert unpacked(bytes(content)) == unpacked(whole)  # one in two thousand: the same can be packed in several ways


def unpacked(content: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True).read()


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != config.ENVIRONMENT}
    command = [sys.executable, "-m", "backfile", *map(str, words)]
    return subprocess.run(command, env=kept, capture_output=True, text=True, check=False, timeout=120)


def test_the_commands_say_what_they_did(ingested: Workbench, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    made = run("--archive", ingested.archive.directory, "backup", tmp_path / "backups")
    [file] = (tmp_path / "backups").iterdir()
    checked = run("restore", "--check", file)
    nowhere = run("restore", file)
    restored = run("--archive", tmp_path / "restored", "restore", file)
    found = run("--archive", tmp_path / "restored", "search", "-c", "Niederau")
    occupied = run("--archive", tmp_path / "restored", "restore", file)

    assert (made.returncode, checked.returncode, restored.returncode, occupied.returncode) == (0, 0, 0, 2)
    assert "5 articles, " in made.stdout
    assert checked.stdout.endswith("it can be restored\n")
    assert "say where" in nowhere.stderr
    assert f"source pile: {ingested.pile}" in restored.stdout
    assert found.stdout == "5\n"
