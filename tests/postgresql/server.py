"""A real server of PostgreSQL, started for the tests on a socket in a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from backfile.database import Database
from backfile.store import open_store

USER = "backfile"
# A commit still waits for its file to be written, but not for the disk: nobody cuts the power of a test.
_QUICK = ("fsync=off", "full_page_writes=off", "max_connections=50", "shared_buffers=16MB", "autovacuum=off")


def missing() -> str:
    """Why there can be no server here; "" when there can."""
    try:
        import psycopg  # noqa: PLC0415
    except ImportError:
        return "psycopg is not installed"
    del psycopg
    if programs() is None:
        return "PostgreSQL is not installed (initdb is neither on the path nor in /usr/lib/postgresql/*/bin)"
    if os.geteuid() == 0 and not _others():
        return "PostgreSQL refuses root, and there is no other user here"
    return ""


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`; None: there is no PostgreSQL here."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name), reverse=True)
    found = [Path(each).parent for each in (shutil.which("initdb"),) if each]
    # A wrapper on the path may be one for people; those of a package come first.
    return next((each for each in (*debian, *found) if (each / "initdb").exists()), None)


_AT_ONCE = 8  # databases; no test has more, and those of hundreds of tests took minutes to be written and removed


class Server:
    """A server with a role that may make databases; `stop` takes all of it away."""

    def __init__(self, *settings: str, password: str | None = None, port: int | None = None) -> None:
        bin_folder = programs()
        assert bin_folder is not None
        self._bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="bf-pg-"))  # a socket's name is short
        self._data = self.folder / "data"
        self._settings = settings or _QUICK
        self._owner = _others()[0] if os.geteuid() == 0 else None  # the server refuses root
        if self._owner is not None:
            os.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
        self.port = port or 5432
        self._listens = "127.0.0.1" if port else ""
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self.password = password
        self._made = ""
        words = ["--auth=trust"]
        if password is not None:
            secret = self.folder / "password"
            secret.write_text(password)
            secret.chmod(0o644)
            words = ["--auth=scram-sha-256", f"--pwfile={secret}"]
        self._run("initdb", "-D", self._data, "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "-N", *words)

    def _run(self, program: str, *words: str | Path) -> None:
        command = [self._bin / program, *words]
        who = self._owner and self._owner.pw_uid
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder, user=who)
        assert done.returncode == 0, done.stderr

    def start(self) -> "Server":
        words = [
            f"unix_socket_directories={self.folder}",
            f"listen_addresses={self._listens}",
            f"port={self.port}",
            *self._settings,
        ]
        options = [word for each in words for word in ("-c", each)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self._owner and self._owner.pw_uid,
            )
        for _ in range(600):
            with suppress(AssertionError):
                self._run("pg_isready", "-h", self.folder, "-p", str(self.port), "-U", USER, "-q")
                return self
            assert self._process.poll() is None, self.said()
            time.sleep(0.05)
        raise AssertionError(self.said())

    def give(self, file: Path) -> None:
        """Lay a file into the server's folder, which it alone can read."""
        there = self._data / file.name
        there.write_bytes(file.read_bytes())
        there.chmod(0o600)
        self.own(there)

    def own(self, file: Path) -> None:
        """Make a file or folder the server's."""
        if self._owner is not None:
            os.chown(file, self._owner.pw_uid, self._owner.pw_gid)

    @property
    def pid(self) -> int:
        """Of the process that all others of the server are begun by."""
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def kill(self) -> None:
        """As if the machine had gone: no process of it has time for anything."""
        assert self._process is not None
        children = _children(self._process.pid)
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        for each in children:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # its fast shutdown
            self._process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Say a statement to the server by itself, as no transaction may hold a new database."""
        import psycopg  # noqa: PLC0415  # where there is a server

        where = psycopg.conninfo.make_conninfo(
            host=str(self.folder), port=self.port, user=USER, password=self.password, dbname=database
        )
        with psycopg.connect(where, autocommit=True) as connection:
            said = connection.execute(statement)
            return list(said.fetchall()) if said.description else []

    def database(self, *, empty: bool = False) -> Database:
        """A new database: a store with nothing in it, or not even that."""
        self._databases += 1
        if (old := self._databases - _AT_ONCE) > 0:
            self.run(f"DROP DATABASE IF EXISTS news{old} WITH (FORCE)")
        name = f"news{self._databases}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else self._template()}")
        return Database(str(self.folder), self.port, name, USER, tls=(("sslmode", "prefer"),))

    def _template(self) -> str:
        """The database that stores are copied from, made once."""
        if not self._made:
            self._made = "fresh"
            self.run(f"CREATE DATABASE {self._made} TEMPLATE template0")
            open_store(Database(str(self.folder), self.port, self._made, USER), create=True).close()
        return self._made


def _others() -> list[pwd.struct_passwd]:
    """Users that a server may run as, where root runs the tests."""
    known = {each.pw_name: each for each in pwd.getpwall()}
    return [known[name] for name in ("postgres", "nobody") if name in known]


def _children(pid: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            if int(each.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(each.parent.name))
    return found
