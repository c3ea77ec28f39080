"""What docs/postgresql.md has an operator type does what it says."""

import os
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from backfile import config
from backfile.database import Database
from backfile.store import open_store
from tests.conftest import Workbench, news
from tests.pipeline.made import rows
from tests.postgresql.server import USER, Server, programs
from tests.postgresql.test_server import said_by

pytestmark = pytest.mark.server


def typed(server: Server, *words: str) -> None:
    folder = programs()
    assert folder is not None
    known = {**os.environ, "PGHOST": str(server.folder), "PGUSER": USER}
    done = subprocess.run(
        [folder / words[0], *words[1:]], env=known, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_a_role_that_owns_its_database_and_nothing_else_is_enough_and_a_dump_brings_all_of_it_back(
    tmp_path: Path, postgresql: Server
) -> None:
    typed(postgresql, "createuser", "keeper")
    typed(postgresql, "createdb", "--owner=keeper", "--encoding=UTF8", "--template=template0", "kept")
    place = Database(str(postgresql.folder), 5432, "kept", "keeper", tls=(("sslmode", "prefer"),))
    workbench = Workbench(tmp_path, place)
    for word in ("Radwege", "Kitas"):
        workbench.put(f"{word}.txt", news("Rat berät", word))
    workbench.ingest()
    forgotten = said_by(workbench.archive, "forget", "pile/Kitas.txt", "--yes")
    before = rows(workbench.archive)
    dump = str(tmp_path / "news.dump")

    typed(postgresql, "pg_dump", "--format=custom", f"--file={dump}", "kept")
    typed(postgresql, "createdb", "--owner=keeper", "--encoding=UTF8", "--template=template0", "restored")
    typed(postgresql, "pg_restore", "--dbname=restored", "--no-owner", "--role=keeper", dump)
    config.set_store(workbench.archive, replace(place, name="restored"))

    assert forgotten.returncode == 0, forgotten.stderr
    assert rows(workbench.archive) == before
    assert said_by(workbench.archive, "index", "rebuild").returncode == 0
    assert workbench.found("Radwege") == ["pile/Radwege.txt"]
    assert workbench.ingest().changed_nothing
    for name in ("kept", "restored"):
        postgresql.run(f"DROP DATABASE {name}")
    postgresql.run("DROP ROLE keeper")


def test_nothing_that_was_forgotten_is_left_in_the_files_of_the_tables(
    workbench: Workbench, postgresql: Server
) -> None:
    database = postgresql.database()
    config.set_store(workbench.archive, database)
    word = "querfloetenkonzert"
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    workbench.put(f"{word}.txt", news("Rat berät", "Kitas"))  # its name stands in ids, which are not compressed
    workbench.ingest()
    before = files_with(postgresql, database, word)

    forgotten = said_by(workbench.archive, "forget", f"pile/{word}.txt", "--yes")
    with closing(open_store(database)) as store:
        assert store.check() == []

    assert forgotten.returncode == 0, forgotten.stderr
    assert "articles" in before
    # The input is known still, so that it is not read again.
    assert set(files_with(postgresql, database, word)) <= {"inputs", "documents", "uq_inputs_source_path", "withdrawn"}


def files_with(server: Server, database: Database, word: str) -> list[str]:
    """The tables and indexes in whose files a word stands."""
    server.run("CHECKPOINT")
    found = server.run(
        "SELECT relname::text, pg_relation_filepath(oid) FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')",
        database.name,
    )
    data = server.folder / "data"
    return sorted(str(name) for name, path in found if word.encode() in (data / str(path)).read_bytes())
