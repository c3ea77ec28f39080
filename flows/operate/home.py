"""Where the Prefect that `backfile up` starts for an archive lives, what it is told, and whether it runs.

Imports no Prefect: Prefect reads its environment when it is imported.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from backfile.config import Archive
from backfile.disk import replace_text
from backfile.errors import ArchiveError, ArchiveLocked
from backfile.process import Started, is_alive

HOST = "127.0.0.1"
USER = "backfile"

# Prefect's own names for what is set here by another; a user's value for them would lead away from the archive.
_TAKEN_OUT = (
    "PREFECT_API_DATABASE_CONNECTION_URL",
    "PREFECT_API_KEY",
    "PREFECT_PROFILE",
    "PREFECT_PROFILES_PATH",
    "PREFECT_UI_API_URL",
    "PREFECT_UI_URL",
)

# What holds unless the environment says otherwise.
_DEFAULTS = {
    # Events after 7 days, runs with their logs and reports after 90: else the database grows by megabytes a week.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # Runs, events and heartbeats write at once; after the usual 10 s SQLite says "database is locked", and one is lost.
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


@dataclass(slots=True)
class Record:
    """What `up` writes down for its next start and for other commands."""

    port: int | None = None  # the one used last
    since: str | None = None  # ISO 8601, when `up` was started
    up: Started | None = None  # its own process
    children: dict[str, Started] = field(default_factory=dict)

    @property
    def pid(self) -> int | None:
        """The number of `up`'s process."""
        return self.up.pid if self.up else None


class Home:
    """The folder `prefect` of an archive: Prefect's database and settings, the password, the log, what `up` noted."""

    def __init__(self, archive: Archive) -> None:
        self.directory = archive.directory / "prefect"
        self.database = self.directory / "prefect.db"
        self.log_file = self.directory / "up.log"
        self._record = self.directory / "up.json"
        self._lock = self.directory / "up.lock"
        self._password = self.directory / "password"

    def make(self) -> None:
        """The folder, for this user only: Prefect runs what it finds in there."""
        try:
            self.directory.mkdir(mode=0o700, exist_ok=True)
            self.directory.chmod(0o700)
            if not self._password.exists():
                descriptor = os.open(self._password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "w", encoding="ascii") as out:
                    out.write(secrets.token_urlsafe(18))
        except OSError as error:
            raise ArchiveError(f"{self.directory}: {error.strerror}") from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the one `up` of the archive; the system lets go of it when the process ends, however it ends.

        Raises:
            ArchiveLocked: another one is.
        """
        lock = FileLock(self._lock, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            record = self.read()
            told = f", as process {record.pid} since {record.since}: {self.page(record)}" if record.up else ""
            raise ArchiveLocked(f"it runs already{told}") from None
        try:
            yield
        finally:
            lock.release()

    def runs(self) -> bool:
        """Whether an `up` runs now, by what it noted; its lock is left alone, for to look would be to hold it."""
        up = self.read().up
        return up is not None and is_alive(up)

    def read(self) -> Record:
        """What was noted; nothing when there is no note, or a damaged one."""
        try:
            told = json.loads(self._record.read_text(encoding="utf-8"))
            children = {name: _started(each) for name, each in told["children"].items()}
            return Record(told["port"], told["since"], _started(told["up"]) if told["up"] else None, children)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Record()

    def write(self, record: Record) -> None:
        """Note it, whole or not at all."""
        replace_text(self._record, json.dumps(asdict(record), indent=1))

    @property
    def login(self) -> str:
        """What the server asks for, `user:password`."""
        return f"{USER}:{self._password.read_text(encoding='ascii').strip()}"

    def page(self, record: Record) -> str:
        """The server's address for a browser."""
        return f"http://{HOST}:{record.port}"

    def api(self, record: Record) -> str:
        """The server's address for programs."""
        return f"{self.page(record)}/api"

    def environment(self, record: Record, given: Mapping[str, str]) -> dict[str, str]:
        """The environment of server, worker and runs: all within the archive, nothing told to others.

        The server asks for the password, and takes a browser's requests from its own pages only. Without that every
        user of the machine, and every page that is open in a browser on it, could have the worker run a program.
        """
        kept = {name: value for name, value in given.items() if name not in _TAKEN_OUT}
        return (
            _DEFAULTS
            | kept
            | {
                "DO_NOT_TRACK": "1",
                "PREFECT_API_AUTH_STRING": self.login,
                "PREFECT_API_URL": self.api(record),
                "PREFECT_HOME": str(self.directory),
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                "PREFECT_SERVER_API_AUTH_STRING": self.login,
                "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": self.page(record),
                "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{self.database}",
                "PREFECT_SERVER_UI_API_URL": self.api(record),
                "PYTHONUNBUFFERED": "1",
            }
        )


def _started(told: Mapping[str, object]) -> Started:
    return Started(int(str(told["pid"])), str(told["begun"]))


def now() -> str:
    """The time of day for people, with its zone."""
    return datetime.now(UTC).astimezone().isoformat(" ", "seconds")
