"""A store in PostgreSQL: one run writes at a time, what is acknowledged is on disk, and faults are told in one line."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from backfile.config import Archive
from backfile.database import Database
from backfile.errors import (
    ArchiveError,
    ArchiveLocked,
    ArchiveMissing,
    BackfileError,
    ConfigError,
    DiskTrouble,
    ServiceUnavailable,
)
from backfile.store import ArchiveLock, Store, Writing, open_store, postgresql, writer
from backfile.store.postgresql_faults import StatementRefused, told
from backfile.store.tables import articles, metadata
from tests.conftest import Workbench, news
from tests.postgresql.server import USER, Server

pytestmark = pytest.mark.server

HOLD = """
import sys
from pathlib import Path
from backfile.config import Archive
from backfile.store import ArchiveLock
archive = Archive(Path(sys.argv[1]))
with ArchiveLock(archive.lock_file, archive.store):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(postgresql: Server) -> Database:
    return postgresql.database()


def archive_with(directory: Path, database: Database) -> Archive:
    directory.mkdir()
    archive = Archive(directory)
    archive.config_file.write_text(f'[archive]\nstore = "{database.address}"\n', encoding="utf-8")
    return archive


# --- one run writes


def test_an_archive_on_another_machine_with_the_same_store_is_told_who_writes(
    tmp_path: Path, database: Database
) -> None:
    here, there = archive_with(tmp_path / "here", database), archive_with(tmp_path / "there", database)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(there.directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(ArchiveLocked, match=f"process {holder.pid} on "), ArchiveLock(here.lock_file, here.store):
            pass
        noted = writer(here.lock_file, here.store)
        assert noted is not None
        assert (noted[0].split(" on ")[0], noted[1]) == (f"process {holder.pid}", Writing.NOW)

        holder.kill()
    waited: list[str] = []
    with ArchiveLock(here.lock_file, here.store, wait=20, waiting=waited.append):
        pass
    assert writer(here.lock_file, here.store) is None


def test_archives_in_two_schemas_of_a_database_do_not_wait_for_each_other(tmp_path: Path, postgresql: Server) -> None:
    database = postgresql.database()
    postgresql.run("CREATE SCHEMA other", database.name)
    one = archive_with(tmp_path / "one", database)
    other = archive_with(tmp_path / "other", replace(database, schema="other"))

    with (
        ArchiveLock(one.lock_file, one.store) as first,
        ArchiveLock(other.lock_file, other.store) as second,
        closing(open_store(one.store, lock=first)) as here,
        closing(open_store(other.store, create=True, lock=second)) as there,
    ):
        assert (here.begin_run(), there.begin_run(), here.begin_run()) == (1, 1, 2)


def test_the_lock_is_free_as_soon_as_a_run_has_ended(tmp_path: Path, database: Database) -> None:
    here = archive_with(tmp_path / "here", database)
    for _ in range(40):  # a server under load hears of one end in some tens too late
        with ArchiveLock(here.lock_file, here.store):
            pass


def locked(archive: Archive) -> "tuple[ArchiveLock, Store]":
    lock = ArchiveLock(archive.lock_file, archive.store)
    lock.__enter__()
    return lock, open_store(archive.store, lock=lock)


def end_connections_that_hold(server: Server, database: Database) -> None:
    """As a network does that breaks, or a person who looks after the server."""
    server.run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted", database.name)


def test_a_run_whose_lock_is_lost_writes_nothing_more(tmp_path: Path, postgresql: Server, database: Database) -> None:
    archive = archive_with(tmp_path / "archive", database)
    lock, store = locked(archive)
    store.disable_rule("before")

    end_connections_that_hold(postgresql, database)

    with pytest.raises(ServiceUnavailable, match="this run stops") as lost:
        store.disable_rule("after")
    assert lost.value.exit_code == 5
    assert store.disabled_rules() == {("before", "")}
    store.close()
    lock.__exit__(None, None, None)


def test_who_takes_over_waits_for_what_was_begun_and_lets_nothing_more_begin(
    tmp_path: Path, postgresql: Server, database: Database
) -> None:
    here, there = archive_with(tmp_path / "here", database), archive_with(tmp_path / "there", database)
    lock, store = locked(here)
    took: list[set[tuple[str, str]]] = []

    def take_over() -> None:
        mine = ArchiveLock(there.lock_file, there.store, wait=20)
        with mine, closing(open_store(there.store, lock=mine)) as theirs:
            took.append(theirs.disabled_rules())

    with store._transaction() as connection:
        end_connections_that_hold(postgresql, database)
        thread = threading.Thread(target=take_over)
        thread.start()
        thread.join(1)
        assert took == []  # what was begun may still be committed
        connection.exec_driver_sql("INSERT INTO disabled (rule, article_id) VALUES ('begun', '')")
    thread.join(20)

    assert took == [{("begun", "")}]
    with pytest.raises(ServiceUnavailable):
        store.disable_rule("late")
    store.close()
    lock.__exit__(None, None, None)


# --- how it is opened


def test_commits_wait_for_the_disk_whatever_the_role_is_told(postgresql: Server, database: Database) -> None:
    postgresql.run(f"ALTER DATABASE {database.name} SET synchronous_commit = off")
    postgresql.run(f"ALTER DATABASE {database.name} SET statement_timeout = 1")
    with closing(open_store(database)) as store, store.engine.connect() as connection:
        said = [
            connection.scalar(sa.select(sa.func.current_setting(name)))
            for name in ("synchronous_commit", "statement_timeout", "idle_session_timeout")
        ]
        weak = store.weaknesses()

    assert said == ["on", "0", "0"]
    assert [each.partition(" = off")[0] for each in weak] == [  # as the tests' server is
        "the server runs with fsync",
        "the server runs with full_page_writes",
    ]


def test_texts_are_sorted_as_in_sqlite_in_every_column(database: Database) -> None:
    with closing(open_store(database)) as store, store.engine.connect() as connection:
        other = connection.execute(
            sa.text(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
                "AND table_name <> 'alembic_version' AND data_type IN ('text', 'character varying') "
                "AND collation_name IS DISTINCT FROM 'C'"
            )
        ).all()
        names = ["a", "B", "ä", "Z", "z~1", "z/1", "z-1", "\U0001f600", "\uffff", "ﬀ"]
        values = sa.values(sa.column("id", articles.c.id.type), name="v").data([(each,) for each in names])
        found = connection.scalars(sa.select(values.c.id).order_by(sa.collate(values.c.id, "C"))).all()

        sequences = connection.scalar(sa.text("SELECT count(*) FROM pg_sequences"))

    assert (other, sequences) == ([], 0)  # rows are numbered by who writes them
    assert found == sorted(names, key=lambda each: each.encode())


def test_a_place_with_nothing_in_it_is_no_archive_until_something_is_ingested(postgresql: Server) -> None:
    empty = postgresql.database(empty=True)

    with pytest.raises(ArchiveMissing, match="nothing was ingested yet"):
        open_store(empty)
    open_store(empty, create=True).close()
    open_store(empty).close()


def test_two_that_make_a_store_at_once_make_one(postgresql: Server) -> None:
    empty = postgresql.database(empty=True)
    made: list[int] = []
    threads = [threading.Thread(target=lambda: made.append(len(open_and_close(empty)))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert made == [len(metadata.tables) + 1] * 4


def open_and_close(database: Database) -> list[str]:
    with closing(open_store(database, create=True)) as store:
        return sa.inspect(store.engine).get_table_names()


# --- what is told


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    for gone in (Database(str(tmp_path), 5432, "news", USER), Database("127.0.0.1", 1, "news", USER)):
        with pytest.raises(ServiceUnavailable, match="cannot be opened: ") as told:
            open_store(gone)
        assert "\n" not in str(told.value)
        assert told.value.exit_code == 5


@pytest.mark.parametrize(
    ("prepared", "error", "match"),
    [
        ("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", ArchiveError, "UTF8"),
        ("SELECT 1", ServiceUnavailable, 'database "{name}" does not exist'),
    ],
)
def test_a_database_that_cannot_hold_news_says_so(
    postgresql: Server, prepared: str, error: type[BackfileError], match: str
) -> None:
    name = f"odd{abs(hash(prepared)) % 10**9}"
    postgresql.run(prepared.format(name=name))

    with pytest.raises(error, match=match.format(name=name)):
        open_store(Database(str(postgresql.folder), 5432, name, USER), create=True)


@pytest.mark.parametrize("table", ["weather (day date)", "alembic_version (version_num varchar(32) NOT NULL)"])
def test_the_tables_of_another_program_are_left_alone(postgresql: Server, table: str) -> None:
    database = postgresql.database(empty=True)
    postgresql.run(f"CREATE TABLE {table}", database.name)
    if table.startswith("alembic"):
        postgresql.run("INSERT INTO alembic_version VALUES ('bb2fc0e7d3e3')", database.name)

    with pytest.raises(ArchiveError, match="name an empty one"):
        open_store(database, create=True)


def test_a_schema_that_is_missing_is_named(database: Database) -> None:
    with pytest.raises(ArchiveError, match="no schema nowhere"):
        open_store(replace(database, schema="nowhere"), create=True)


def test_who_may_read_only_is_told_so(postgresql: Server, database: Database) -> None:
    postgresql.run("CREATE ROLE reader LOGIN", database.name)
    postgresql.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", database.name)

    with closing(open_store(replace(database, user="reader"))) as store:
        assert store.counts()["articles"] == 0
        with pytest.raises(ArchiveError, match=r"permission denied for table settled; docs/postgresql\.md"):
            store.disable_rule("any")
    postgresql.run("DROP OWNED BY reader", database.name)
    postgresql.run("DROP ROLE reader", database.name)


def test_a_database_that_is_read_only_is_told_so(postgresql: Server, database: Database) -> None:
    postgresql.run(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")

    with closing(open_store(database)) as store, pytest.raises(DiskTrouble, match="is read-only"):
        store.disable_rule("any")


def test_a_fault_does_not_quote_what_was_to_be_stored(database: Database) -> None:
    with closing(open_store(database)) as store:
        store.disable_rule("Querflöte")
        with pytest.raises(StatementRefused, match="23505") as refused, store._transaction() as connection:
            connection.execute(sa.text("INSERT INTO disabled VALUES (:rule, '')"), {"rule": "Querflöte"})

    error: BaseException | None = refused.value
    while error is not None:
        assert "Querflöte" not in str(error)
        error = error.__cause__ or error.__context__


STATES = [
    ("DiskFull", DiskTrouble, "the server's disk is full"),
    ("IoError", DiskTrouble, "the server's disk fails"),
    ("ReadOnlySqlTransaction", DiskTrouble, "read-only"),
    ("AdminShutdown", ServiceUnavailable, "the next run carries on"),
    ("CrashShutdown", ServiceUnavailable, "the next run carries on"),
    ("CannotConnectNow", ServiceUnavailable, "the next run carries on"),
    ("TooManyConnections", ServiceUnavailable, "the next run carries on"),
    ("OutOfMemory", ServiceUnavailable, "the next run carries on"),
    ("OperationalError", ServiceUnavailable, "the connection is lost"),
    ("InvalidPassword", ServiceUnavailable, "cannot be opened"),
    ("DataCorrupted", ArchiveError, "is damaged"),
    ("InsufficientPrivilege", ArchiveError, "what the role must be allowed"),
]


@pytest.mark.parametrize(("name", "kind", "match"), STATES)
def test_every_fault_has_its_line_and_its_exit_code(name: str, kind: type[BackfileError], match: str) -> None:
    import psycopg  # noqa: PLC0415  # where there is a server

    made = told(
        Database("db.example", 5432, "news"), getattr(psycopg.errors, name, psycopg.OperationalError)("so\nand so")
    )

    assert type(made) is kind
    assert match in str(made)
    assert str(made).splitlines() == [str(made)]


# --- secrets


PLANTED = "planted-Querflötenkonzert-7"


@pytest.fixture(scope="module")
def guarded(postgresql: Server) -> Iterator[Server]:
    """A server that asks for a password."""
    server = Server(password=PLANTED)
    yield server.start()
    server.stop()


@pytest.fixture
def locked_up(tmp_path: Path, guarded: Server) -> tuple[Workbench, Path]:
    """An archive in a database behind that password, and the file that holds it."""
    secret = tmp_path / "secret"
    secret.write_text(f"{PLANTED}\n", encoding="utf-8")
    secret.chmod(0o600)
    guarded.password = PLANTED
    made = guarded.database(empty=True)
    workbench = Workbench(tmp_path, made)
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    return workbench, secret


def said_by(archive: Archive, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    command = [sys.executable, "-m", "backfile", "--archive", str(archive.directory), *words]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**kept, "HOME": "/nonexistent", **environment},
    )


def test_a_password_comes_from_the_environment_or_a_file_and_is_seen_nowhere(locked_up: tuple[Workbench, Path]) -> None:
    workbench, secret = locked_up
    archive = workbench.archive
    passed = secret.with_name("pgpass")
    passed.write_text(f"*:*:*:*:{PLANTED}\n", encoding="utf-8")
    passed.chmod(0o600)

    without = said_by(archive, "ingest")
    wrong = said_by(archive, "ingest", PGPASSWORD=f"{PLANTED}, but wrong")
    right = said_by(archive, "ingest", PGPASSWORD=PLANTED)
    by_file = said_by(archive, "status", PGPASSFILE=str(passed))
    with archive.config_file.open("a", encoding="utf-8") as out:
        out.write('[[source]]\nname = "x"\npath = "x"\n')
    text = archive.config_file.read_text(encoding="utf-8")
    archive.config_file.write_text(text.replace("[archive]\n", f'[archive]\nstore_password_file = "{secret}"\n'))
    named = said_by(archive, "doctor")
    secret.chmod(0o640)
    open_to_others = said_by(archive, "status")

    assert (without.returncode, wrong.returncode) == (5, 5)
    assert "the password is looked for in $PGPASSWORD" in without.stderr
    assert "password authentication failed" in wrong.stderr
    assert (right.returncode, by_file.returncode, open_to_others.returncode) == (0, 0, 2)
    assert "1 articles, no fault is found" in named.stdout
    assert f"chmod 600 {secret}" in open_to_others.stderr
    told = [
        each for done in (without, wrong, right, by_file, named, open_to_others) for each in (done.stdout, done.stderr)
    ]
    told += [file.read_bytes().decode("latin-1") for file in archive.directory.rglob("*") if file.is_file()]
    assert [each for each in told if PLANTED in each or PLANTED.encode().decode("latin-1") in each] == []
    for each in (archive.store, postgresql.engine_for(Database("localhost", 1, "n", password_file=secret))):
        assert PLANTED not in repr(each)


def test_a_password_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PLANTED, encoding="utf-8")
    secret.chmod(0o644)
    place = Database("localhost", 1, "n", password_file=secret)

    with pytest.raises(ConfigError, match="others can read"):
        postgresql.connect(place)
    with pytest.raises(ConfigError, match="No such file"):
        postgresql.connect(replace(place, password_file=tmp_path / "none"))
