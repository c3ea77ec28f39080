"""What PostgreSQL and its driver say when something is wrong, as one line for people."""

import logging
from typing import Any

from backfile.database import Database
from backfile.errors import ArchiveError, BackfileError, DiskTrouble, EngineMissing, ServiceUnavailable


def driver() -> Any:  # the module, which is an extra
    """The module psycopg.

    Raises:
        EngineMissing: it is not installed.
    """
    try:
        import psycopg  # noqa: PLC0415  # only a store in PostgreSQL pays for it
    except ImportError as error:
        raise EngineMissing(
            "a store in PostgreSQL needs psycopg, which is not installed: pip install 'backfile[postgresql]'"
        ) from error
    logging.getLogger("psycopg").addFilter(_not_in_detail)  # the same one again changes nothing
    return psycopg


def _not_in_detail(record: logging.LogRecord) -> bool:
    """Whether the driver may log it: its details hold what servers say word for word."""
    return record.levelno > logging.DEBUG


class StatementRefused(RuntimeError):
    """The database did not take what we said: a fault of ours. Its text is the server's, without any value."""


class StoreBusy(BackfileError):
    """Somebody uses what was to be written anew."""


_CARRIES_ON = "what was acknowledged is kept, and the next run carries on"
_PLACES = "the password is looked for in $PGPASSWORD, $PGPASSFILE, ~/.pgpass, or the file of store_password_file"

# The beginning of a state (appendix A of the manual) → what it is for us, and what is told; the longest one counts.
_FAULTS: dict[str, tuple[type[BackfileError | StatementRefused], str]] = {
    "": (StatementRefused, "{place} refuses a statement: {state} {line}"),
    "08": (ServiceUnavailable, "{place}: the connection is lost: {line}; " + _CARRIES_ON),
    "25006": (DiskTrouble, "{place} is read-only: {line}; is it a standby, or was it made so?"),
    "28": (ServiceUnavailable, "{place} cannot be opened: {line}"),
    "3D000": (ServiceUnavailable, "{place} cannot be opened: {line}"),
    "42501": (ArchiveError, "{place}: {line}; docs/postgresql.md says what the role must be allowed"),
    "55P03": (StoreBusy, "{place} is in use: {line}"),
    "53": (ServiceUnavailable, "{place}: {line}; " + _CARRIES_ON),
    "53100": (DiskTrouble, "{place}: the server's disk is full: {line}; make room and say it again; " + _CARRIES_ON),
    "57P": (ServiceUnavailable, "{place}: {line}; " + _CARRIES_ON),
    "58": (DiskTrouble, "{place}: the server's disk fails: {line}; " + _CARRIES_ON),
    "XX001": (ArchiveError, "{place} is damaged: {line}"),
    "XX002": (ArchiveError, "{place} is damaged: {line}; REINDEX may help"),
}


def told(database: Database, fault: Exception) -> BackfileError | StatementRefused:
    """The error as one line for people: of the server, its disk, or the role."""
    state = getattr(fault, "sqlstate", None) or ""
    if not state and isinstance(fault, driver().OperationalError):
        state = "08"  # the connection broke, and nobody was there to say why
    line = _primary(fault)
    fault.args = (line,)  # its details, which a traceback in the log would show, quote what was to be stored
    known = max((each for each in _FAULTS if state.startswith(each)), key=len)
    kind, text = _FAULTS[known]
    return kind(text.format(place=database, state=state, line=line))


def refused(database: Database, fault: Exception) -> ServiceUnavailable:
    """Why there is no connection; libpq has no state for it, only words, a line for each address that it tried."""
    line = "the server refuses the password, and repeats it in the clear" if _repeats(fault) else _primary(fault)
    fault.args = (line,)
    hint = f"; {_PLACES}" if database.password_file is None and "password" in line else ""
    return ServiceUnavailable(f"{database} cannot be opened: {line}{hint}")


def _repeats(fault: Exception) -> bool:
    """Whether the server's words hold the password, which one that asks for it in the clear gets to read."""
    password = getattr(getattr(fault, "pgconn", None), "password", b"").decode(errors="replace")
    return bool(password) and password in str(fault)


def _primary(fault: Exception) -> str:
    """The server's one sentence; its details quote values."""
    said = getattr(getattr(fault, "diag", None), "message_primary", None) or str(fault)
    return "; ".join(line.strip() for line in said.splitlines() if line.strip())[:500]
