"""A store moves between a file and a database, and is the same there; stopped anywhere, the archive has the old one."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from backfile import config
from backfile.database import Database
from backfile.errors import ArchiveError, ArchiveLocked, WrongUse
from backfile.pipeline import rehousing
from backfile.store import ArchiveLock, connected, open_store, transfer
from tests.conftest import Workbench, news
from tests.pipeline.made import rows
from tests.postgresql.server import Server
from tests.postgresql.test_server import archive_with, said_by

pytestmark = pytest.mark.server

SAMPLES = Path(__file__).parents[2] / "samples"
_OWN = ("briefs", "deliveries", "settled", "shards", "units", "writers")  # of a store where it lies


def held(workbench: Workbench) -> dict[str, list[tuple[object, ...]]]:
    return {name: found for name, found in rows(workbench.archive).items() if name not in _OWN}


def test_the_samples_come_out_the_same_in_either_database_row_by_row(
    make_workbench: Callable[[str], Workbench], tmp_path: Path, postgresql: Server
) -> None:
    made = make_workbench("file")
    (tmp_path / "database").mkdir()
    other = Workbench(tmp_path / "database", postgresql.database())
    for each in (made, other):
        config.add_source(each.archive, "samples", str(SAMPLES))
        each.ingest()
        assert each.ingest().changed_nothing

    assert held(other) == held(made)
    assert other.found("Truppen OR Rat") == made.found("Truppen OR Rat")


def test_there_and_back_it_is_the_same_and_is_found_without_another_index(
    ingested: Workbench, postgresql: Server
) -> None:
    archive = ingested.archive
    before = held(ingested)
    with closing(open_store(archive.store)) as store:
        count = transfer.row_count(store)
    target = postgresql.database(empty=True)

    there = said_by(archive, "store", "copy", target.address)

    assert there.returncode == 0
    assert there.stdout == f"{target}: 5 articles, {count:,} rows, compared and the same\n"
    assert f"the old store is kept in {archive.store_file}, for you to remove" in there.stderr
    assert (archive.store.name, type(archive.store)) == (target.name, Database)
    assert held(ingested) == before
    assert said_by(archive, "search", "-c", "Niederau").stdout == "5\n"
    assert ingested.ingest().changed_nothing

    refused = said_by(archive, "store", "copy", "sqlite")
    shutil.move(archive.store_file, archive.directory / "old")
    back = said_by(archive, "store", "copy", "sqlite")

    assert (refused.returncode, back.returncode) == (2, 0)
    assert "store.sqlite is there already: move it away" in refused.stderr
    assert archive.store == archive.store_file
    again = held(ingested)
    assert {name: again[name] for name in again if name != "runs"} == {
        name: before[name] for name in before if name != "runs"
    }
    ingested.put("new.txt", news("Rat berät über Neues", "Neues"))
    ingested.ingest()
    assert ingested.found("Neues") == ["pile/new.txt"]


def test_a_place_where_something_is_gets_nothing(ingested: Workbench, tmp_path: Path, postgresql: Server) -> None:
    archive = ingested.archive
    filled = postgresql.database()
    free = postgresql.database(empty=True)
    elsewhere = archive_with(tmp_path / "elsewhere", free)

    with pytest.raises(WrongUse, match="is not empty"):
        rehousing.rehouse(archive, filled)
    with pytest.raises(WrongUse, match="already"):
        rehousing.rehouse(archive, archive.store_file)
    with ArchiveLock(elsewhere.lock_file, elsewhere.store), pytest.raises(WrongUse, match="is in use by process"):
        rehousing.rehouse(archive, free)
    with ArchiveLock(archive.lock_file), pytest.raises(ArchiveLocked):
        rehousing.rehouse(archive, free)
    for wrong in ("sqlite:///x", "postgresql://a:planted@localhost/x", "postgresql://db.example/x?sslmode=allow"):
        done = said_by(archive, "store", "copy", wrong)
        assert (done.returncode, "planted" in done.stderr) == (2, False)
    assert archive.store == archive.store_file


class Stopped(BaseException):
    """As Ctrl-C, or worse."""


def stop(*_: object, **__: object) -> None:
    raise Stopped


def _in_the_middle(patch: pytest.MonkeyPatch) -> None:
    insert = connected.insert

    def some(connection: sa.Connection, table: sa.Table, found: Sequence[tuple[object, ...]]) -> None:
        insert(connection, table, found)
        if table.name == "articles":
            raise Stopped

    patch.setattr(transfer, "insert", some)


STOPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "in the middle": _in_the_middle,
    "before it is compared": lambda patch: patch.setattr(transfer, "summed", stop),
    "before it is opened": lambda patch: patch.setattr(rehousing, "_check", stop),
    "before it is named": lambda patch: patch.setattr(rehousing, "set_store", stop),
    "while it is named": lambda patch: patch.setattr("backfile.config.replace_text", stop),
}


@pytest.mark.parametrize("to_file", [False, True], ids=["into a database", "into a file"])
def test_whatever_stops_it_the_archive_has_its_old_store(
    ingested: Workbench, postgresql: Server, monkeypatch: pytest.MonkeyPatch, to_file: bool
) -> None:
    archive = ingested.archive
    if to_file:
        rehousing.rehouse(archive, postgresql.database(empty=True))
    before, place = held(ingested), archive.store

    for where in STOPS.values():
        if to_file:
            archive.store_file.unlink(missing_ok=True)
        with monkeypatch.context() as patch:
            where(patch)
            with pytest.raises(Stopped):
                rehousing.rehouse(archive, archive.store_file if to_file else postgresql.database(empty=True))

        assert archive.store == place
        assert held(ingested) == before
        assert list(archive.directory.glob(".backfile*")) == []

    ingested.put("new.txt", news("Rat berät über Neues", "Neues"))
    ingested.ingest()
    assert ingested.found("Neues") == ["pile/new.txt"]


@pytest.mark.parametrize("to_file", [False, True], ids=["into a database", "into a file"])
def test_what_arrives_otherwise_is_not_used(
    ingested: Workbench, postgresql: Server, monkeypatch: pytest.MonkeyPatch, to_file: bool
) -> None:
    archive = ingested.archive
    target: Path | Database = postgresql.database(empty=True)
    if to_file:
        rehousing.rehouse(archive, target)
        archive.store_file.unlink()
        target = archive.store_file
    place = archive.store
    insert = connected.insert

    def lossy(connection: sa.Connection, table: sa.Table, found: Sequence[tuple[object, ...]]) -> None:
        insert(connection, table, found[1:] if table.name == "removals" else found)

    with monkeypatch.context() as patch:
        patch.setattr(transfer, "insert", lossy)
        with pytest.raises(ArchiveError, match=r"removals: \d+ rows were written, and others are read"):
            rehousing.rehouse(archive, target)

    assert archive.store == place
    rehousing.rehouse(archive, target)  # nothing is left of it
    assert archive.store == target


def test_texts_with_nul_arrive_as_the_other_database_has_them(workbench: Workbench, postgresql: Server) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    workbench.ingest()
    with closing(open_store(workbench.archive.store)) as store, store._transaction() as connection:
        connection.execute(sa.text("UPDATE documents SET detail = :told"), {"told": "so\0 and so"})

    rehousing.rehouse(workbench.archive, postgresql.database(empty=True))

    with closing(open_store(workbench.archive.store)) as store:
        assert [each["detail"] for each in store.problems()] == ["so\ufffd and so"]


def test_what_has_no_meaning_in_a_database_says_what_to_do_instead(ingested: Workbench, postgresql: Server) -> None:
    archive = ingested.archive
    rehousing.rehouse(archive, postgresql.database(empty=True))

    backup = said_by(archive, "backup", str(archive.directory.parent / "b.tar.zst"))
    doctor = said_by(archive, "doctor", "--full")
    status = said_by(archive, "status")

    assert backup.returncode == 2
    assert "`pg_dump` backs it up" in backup.stderr
    assert "5 articles, no fault is found" in doctor.stdout
    assert "the server runs with fsync = off" in doctor.stdout  # as that of the tests does
    assert "articles   5" in status.stdout
