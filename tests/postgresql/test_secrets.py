"""A password is planted, all fails and works that can, every logger says all it knows, and nothing of it is found."""

import json
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard

from backfile.database import Database
from tests.canaries import PASSWORD, USER, files_with, forms, refuse_secrets, said_by, secret_file
from tests.conftest import news
from tests.flows.living import life_in
from tests.flows.test_up import ask
from tests.opensearch import proxy
from tests.postgresql.server import Server

pytestmark = pytest.mark.server

LOGGERS = ("psycopg", "psycopg.pool", "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool")

# What a program does with an archive's database.
SCRIPT = """
    import pickle
    from backfile.store import ArchiveLock, open_store, postgresql

    tried(lambda: postgresql.connect(archive.store))
    store = tried(lambda: open_store(archive.store, create=True))
    print(archive, archive.store, [archive.store], store, store and vars(store))
    tried(lambda: pickle.dumps(store))
    engine = postgresql.engine_for(archive.store)
    print(engine, [engine], engine.url, engine.pool, vars(engine.pool).keys(), engine.dialect)

    def lock():
        with ArchiveLock(archive.lock_file, archive.store) as held:
            print(held)

    def say(statement):
        with engine.begin() as connection:
            print(connection, connection.connection, connection.connection.driver_connection)
            connection.exec_driver_sql(statement)

    tried(lock)
    tried(lambda: say("SELECT * FROM nowhere"))
    tried(lambda: say("INSERT INTO articles VALUES (1)"))
    tried(lambda: say("SELECT pg_terminate_backend(pg_backend_pid())"))
    tried(lambda: postgresql.integrity(engine))
    engine.dispose()
    if store:
        print(store.check(), store)
        store.close()
"""


@pytest.fixture(scope="module")
def guarded(postgresql: Server) -> Iterator[Server]:
    """A server that lets in nobody without a password: of one the planted one, of another one another."""
    server = Server(password=PASSWORD).start()
    quoted = PASSWORD.replace("'", "''")
    server.run(f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{quoted}'")
    server.run("CREATE ROLE stranger LOGIN PASSWORD 'another one'")
    yield server
    server.stop()


def owned(server: Server) -> Database:
    """A database with nothing in it that is the user's own."""
    made = server.database(empty=True)
    server.run(f"ALTER DATABASE {made.name} OWNER TO {USER}")
    return Database(made.host, made.port, made.name, USER)


@contextmanager
def letting_in(server: Server) -> Iterator[str]:
    yield owned(server).address


@contextmanager
def refusing(server: Server) -> Iterator[str]:
    yield owned(server).address.replace(f"{USER}@", "stranger@")


@contextmanager
def without_a_database(server: Server) -> Iterator[str]:
    yield Database(str(server.folder), server.port, "nowhere", USER).address


@contextmanager
def nowhere(_server: Server) -> Iterator[str]:
    yield f"postgresql://{USER}@127.0.0.1:9/news"


def talking(talk: proxy.Talk) -> Callable[[Server], object]:
    """A server of the test's own."""

    @contextmanager
    def served(_server: Server) -> Iterator[str]:
        with proxy.serving(talk) as url:
            yield f"postgresql://{USER}@{url.removeprefix('http://')}/news"

    return served


def echo(client: socket.socket) -> None:
    """Wants the password in the clear, and repeats it in its refusal."""
    client.recv(8)
    client.sendall(b"N")  # no TLS
    client.recv(1 << 16)
    client.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
    password = client.recv(1 << 16)[5:].rstrip(b"\0")
    body = b"SFATAL\0VFATAL\0C28P01\0Modd: password " + password + b" is not right\0D" + password + b"\0\0"
    client.sendall(b"E" + (len(body) + 4).to_bytes(4, "big") + body)


SERVERS = {
    "good": letting_in,
    "refusing": refusing,
    "no database": without_a_database,
    "nowhere": nowhere,
    "no answer": talking(proxy.saying(b"")),
    "no PostgreSQL": talking(proxy.saying(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "echoing": talking(echo),
}
SAID = {
    "good": "refuses a statement: 42P01",
    "refusing": "password authentication failed",
    "no database": 'database "nowhere" does not exist',
    "nowhere": "refused",
    "no answer": "cannot be opened: ",
    "no PostgreSQL": "cannot be opened: ",
    "echoing": "refuses the password, and repeats it in the clear",
}


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("kind", ["PGPASSWORD", "PGPASSFILE", "store_password_file"])
def test_no_password_comes_out_whatever_the_server_does(
    guarded: Server, tmp_path: Path, server: str, kind: str
) -> None:
    environment = {"HOME": str(tmp_path)}
    head = []
    match kind:
        case "PGPASSWORD":
            environment[kind] = PASSWORD
        case "PGPASSFILE":
            environment[kind] = str(secret_file(tmp_path, "pgpass", f"*:*:*:*:{PASSWORD}\n"))
        case _:
            head = [f"{kind} = {json.dumps(str(secret_file(tmp_path, 'password', PASSWORD)))}"]
    with SERVERS[server](guarded) as address:  # type: ignore[attr-defined]
        text = "\n".join(["[archive]", f"store = {json.dumps(address)}", *head])
        (tmp_path / "backfile.toml").write_text(text, encoding="utf-8")
        said = said_by(SCRIPT, tmp_path, environment, values="locals", loggers=LOGGERS)

    assert SAID[server] in said
    refuse_secrets(said, PASSWORD)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://eva:{}@127.0.0.1:9/news",
        "postgresql://eva@127.0.0.1:9/news?password={}",
        "postgresql://eva@127.0.0.1:9/news?passfile={}",
    ],
)
def test_an_address_that_holds_one_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    text = f"[archive]\nstore = {json.dumps(address.format('Zwiebelfisch-93'))}"
    (tmp_path / "backfile.toml").write_text(text, encoding="utf-8")
    script = "tried(lambda: archive.store)"
    said = said_by(script, tmp_path, {"HOME": str(tmp_path)}, values="no locals", loggers=LOGGERS)

    assert "an address holds no password" in said
    refuse_secrets(said, "Zwiebelfisch-93")


@pytest.mark.slow
def test_the_whole_program_keeps_and_says_no_password(guarded: Server, tmp_path: Path) -> None:
    life = life_in(tmp_path, 550, PGPASSWORD=PASSWORD)
    (life.news / "a.txt").write_text(news("Rat berät über Radwege", "Radwege"), encoding="utf-8")
    places = [owned(guarded), owned(guarded)]
    passed = secret_file(tmp_path, "pgpass", f"*:*:*:*:{PASSWORD}\n")
    file = secret_file(life.archive, "password", PASSWORD)
    source = ["[[source]]", 'name = "news"', f"path = {json.dumps(str(life.news))}"]
    text = "\n".join(["[archive]", f"store = {json.dumps(places[0].address)}", *source])
    (life.archive / "backfile.toml").write_text(text, encoding="utf-8")

    said = [life.backfile(*words) for words in (("ingest",), ("status", "--json"), ("search", "Radwege"))]
    with life.up() as running:
        (life.news / "b.txt").write_text(news("Rat berät über Schulbusse", "Schulbusse"), encoding="utf-8")
        said.append(life.backfile("run", "ingest", "--watch"))
        guarded.run(f"ALTER ROLE {USER} PASSWORD 'another one'")
        (life.news / "c.txt").write_text(news("Rat berät über Freibäder", "Freibad"), encoding="utf-8")
        said.append(life.backfile("run", "ingest", "--watch", code=4))
        said += [life.backfile(*words, code=5) for words in (("ingest",), ("status",), ("status", "--json"))]
        said += [life.backfile("doctor", code=4), life.backfile("doctor", "--json", code=4), life.backfile("runs")]
        asked = ("/logs/filter", "/artifacts/filter", "/flow_runs/filter", "/task_runs/filter", "/deployments/filter",
                 "/work_pools/filter", "/block_documents/filter", "/variables/filter")  # fmt: skip
        said += [json.dumps(ask(life, path, {"limit": 200}), ensure_ascii=False) for path in asked]
        said.append(running.said())
        assert running.stop(signal.SIGINT) == 0
    quoted = PASSWORD.replace("'", "''")
    guarded.run(f"ALTER ROLE {USER} PASSWORD '{quoted}'")
    del life.environment["PGPASSWORD"]
    said.append(life.backfile("ingest", code=5))
    said.append(life.backfile("ingest", PGPASSFILE=str(passed)))
    (life.archive / "backfile.toml").write_text(
        text.replace("[archive]\n", f'[archive]\nstore_password_file = "{file.name}"\n'), encoding="utf-8"
    )
    said.append(life.backfile("status", "--json"))
    said += [life.backfile("doctor", *words, code=1) for words in ((), ("--json",))]  # this server need not be durable
    said.append(life.backfile("store", "copy", places[1].address, "--password-file", str(file)))
    said += [life.backfile("ingest"), life.backfile("backup", str(tmp_path / "backup"), code=2)]  # that is for pg_dump
    file.chmod(0o644)
    said.append(life.backfile("status", code=2))
    file.chmod(0o600)
    said += [life.backfile("store", "copy", "sqlite"), life.backfile("backup", str(tmp_path / "backup"))]

    assert "password authentication failed" in "".join(said)
    refuse_secrets("".join(said), PASSWORD)
    kept = [each for each in tmp_path.rglob("*") if each.is_file() and each not in {file, passed}]
    assert {"backfile.log", "up.log", "prefect.db"} <= {each.name for each in kept}
    kept += [each for each in guarded.folder.rglob("*") if each.is_file() and each != guarded.folder / "password"]
    assert files_with(kept, PASSWORD) == []
    with (tmp_path / "backup").open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as whole:
        content = whole.read()
    assert b"backfile.toml" in content
    assert not [form for form in forms(PASSWORD) if form.encode() in content]
