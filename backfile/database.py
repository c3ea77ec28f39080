"""Where a store in PostgreSQL is, as `backfile.toml` says it: an address that never holds a password."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from backfile.loopback import is_loopback

SCHEMES = ("postgresql", "postgres")
PORT = 5432
SOCKETS = ("/var/run/postgresql", "/tmp")  # noqa: S108  # where servers put their socket when nobody says otherwise
_SECRETS = frozenset({"password", "sslpassword", "passfile"})
_PATHS = ("sslrootcert", "sslcert", "sslkey")
_ASKED = frozenset({"host", "port", "user", "schema", "sslmode", *_PATHS})
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")  # a schema's, which needs no quotes


@dataclass(frozen=True, slots=True)
class Database:
    """A database of a PostgreSQL server, and the schema in it that is one archive's store."""

    host: str  # a name or address, or the folder of a socket
    port: int
    name: str
    user: str | None = None  # None: who runs the program, as libpq has it
    schema: str = "public"
    tls: tuple[tuple[str, str], ...] = ()  # sslmode and the files of certificates, as libpq names them
    password_file: Path | None = None  # of mode 600; None: $PGPASSWORD, $PGPASSFILE or ~/.pgpass

    def __str__(self) -> str:
        """Its address as people are told it."""
        return self._written({})

    @property
    def address(self) -> str:
        """Its address as the configuration has it, with the certificates that were named."""
        return self._written({key: value for key, value in self.tls if (key, value) != ("sslmode", _usual(self.host))})

    def _written(self, asked: dict[str, str]) -> str:
        socket = self.host.startswith("/")
        place = "" if socket else _bracketed(self.host)
        place += f":{self.port}" if self.port != PORT else ""
        asked = asked | ({"host": self.host} if socket and self.host != _default_host() else {})
        asked |= {"schema": self.schema} if self.schema != "public" else {}
        who = f"{quote(self.user, safe='')}@" if self.user else ""
        more = "&".join(f"{key}={quote(value)}" for key, value in asked.items())
        return f"postgresql://{who}{place}/{quote(self.name)}{f'?{more}' if more else ''}"


def is_database(store: str) -> bool:
    """Whether what the configuration says is an address of PostgreSQL."""
    return store.partition("://")[0] in SCHEMES


def database(url: str, *, password_file: Path | None = None, beside: Path) -> Database:
    """The database of an address; files of certificates are looked for from the folder `beside`.

    Raises:
        ValueError: it cannot be one; never repeats the address, as it may hold what nobody is to read.
    """
    try:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        port = parts.port or _port(asked.get("port", str(PORT)))
    except ValueError:
        raise ValueError("this is no address; write postgresql://USER@HOST/DATABASE") from None
    if parts.password is not None or _SECRETS & asked.keys():
        raise ValueError(
            "an address holds no password: put it into $PGPASSFILE, $PGPASSWORD or the file that "
            "store_password_file names"
        )
    if unknown := sorted(asked.keys() - _ASKED):
        raise ValueError(f"{unknown[0]!r} is not known in an address; allowed: {', '.join(sorted(_ASKED))}")
    host = _host(parts, asked)
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise ValueError("the name of the database is missing; write postgresql://USER@HOST/DATABASE")
    schema = asked.get("schema", "public")
    if not _NAME.fullmatch(schema):
        raise ValueError("the name of a schema is letters, digits and '_', up to 63")
    user = unquote(parts.username) if parts.username else asked.get("user")
    return Database(host, port, name, user, schema, tuple(_tls(asked, host, beside)), password_file)


def _host(parts: SplitResult, asked: dict[str, str]) -> str:
    host = unquote(parts.netloc.rpartition("@")[2]) if parts.netloc.rpartition("@")[2].startswith("%2") else None
    host = host or asked.get("host") or parts.hostname
    if host is None:
        host = _default_host()
    if "," in host or "," in parts.netloc:
        raise ValueError("one server is wanted, not a list: another one may not have what was acknowledged")
    return host


def _default_host() -> str:
    return next((each for each in SOCKETS if Path(each).is_dir()), SOCKETS[0])


def _usual(host: str) -> str:
    return "prefer" if _is_here(host) else "verify-full"


def _tls(asked: dict[str, str], host: str, beside: Path) -> Iterator[tuple[str, str]]:
    mode = asked.get("sslmode", _usual(host))
    if mode not in _MODES:
        raise ValueError(f"sslmode: allowed: {', '.join(_MODES)}")
    if mode != "verify-full" and not _is_here(host):
        raise ValueError(
            "sslmode: a server on another machine is reached with verify-full only, so that nobody reads or "
            "answers in its place"
        )
    yield "sslmode", mode
    for key in _PATHS:
        if value := asked.get(key):
            yield key, value if value == "system" else str(beside / Path(value).expanduser())


def _is_here(host: str) -> bool:
    return host.startswith(("/", "@")) or is_loopback(host)  # a socket, by its folder or its abstract name


def _port(value: str) -> int:
    if not 0 < int(value) < 1 << 16:
        raise ValueError
    return int(value)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
