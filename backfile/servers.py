"""Where an archive's search cluster is, as `[opensearch]` in `backfile.toml` says it; never a password or a key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from backfile.errors import ConfigError
from backfile.loopback import is_loopback

MOST_URLS = 50
SECONDS = (1, 3_600)
SHARDS = (1, 100)
REPLICAS = (0, 10)
_PORTS = {"http": 80, "https": 443}
# The names of indices are made of it: what OpenSearch allows in them, and room for `-v12-2026.03`.
_PREFIX = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_HOST = re.compile(r"[\w.-]{1,253}|[0-9a-f:.]{2,45}", re.ASCII | re.IGNORECASE)
_FOLDER = re.compile(r"(?:/[\w.~-]+)*/?", re.ASCII)

_FILES = ("ca", "password_file", "api_key_file", "client_cert", "client_key")
KEYS = frozenset({"urls", "prefix", "user", "seconds", "unencrypted", "shards", "replicas", *_FILES})


@dataclass(frozen=True, slots=True)
class Address:
    """Where one server answers."""

    scheme: str
    host: str
    port: int
    folder: str = ""  # the first part of every path, where a proxy has it

    def __str__(self) -> str:
        """As people write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.folder}"

    @property
    def is_private(self) -> bool:
        """Whether nobody can listen in between: TLS, or a server on this machine."""
        return self.scheme == "https" or is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Servers:
    """The nodes of a cluster, and where it is said who we are. It holds no secret: the files named here do."""

    urls: tuple[Address, ...]
    prefix: str  # all names that the archive uses on the servers begin with it
    ca: Path | None = None  # certificates of the authority that signs the servers'; None: those the system trusts
    user: str | None = None
    password_file: Path | None = None
    api_key_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None  # None: in the file of the certificate
    shards: int = 1  # of each index that is made; those that are there stay as they are
    replicas: int = 1  # copies of each shard, on other nodes
    seconds: int = 30  # what one request may take, its answer included
    unencrypted: bool = False  # whether servers on other machines may be spoken to without TLS


def servers(table: Mapping[str, object], where: str, *, beside: Path) -> Servers:
    """The servers of a table with some of `KEYS`; files are looked for from the folder `beside`.

    Raises:
        ConfigError: names the key and what is allowed; an address is not repeated, as a password may stand in it.
    """
    unencrypted = table.get("unencrypted", False)
    if not isinstance(unencrypted, bool):
        raise ConfigError(f"{where}: unencrypted = {unencrypted!r}; allowed: true, false")
    files = {key: _file(table, key, where, beside) for key in _FILES}
    found = Servers(
        urls=_urls(table.get("urls"), where, unencrypted=unencrypted),
        prefix=_prefix(table.get("prefix"), where),
        user=_user(table, where),
        seconds=_number(table, "seconds", 30, SECONDS, where),
        shards=_number(table, "shards", 1, SHARDS, where),
        replicas=_number(table, "replicas", 1, REPLICAS, where),
        unencrypted=unencrypted,
        **files,
    )
    if found.password_file and found.api_key_file:
        raise ConfigError(f"{where}: password_file and api_key_file: one of them says who we are, not both")
    if found.client_key and not found.client_cert:
        raise ConfigError(f"{where}: client_key needs client_cert, the certificate that it belongs to")
    return found


def _urls(value: object, where: str, *, unencrypted: bool) -> tuple[Address, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_URLS:
        raise ConfigError(
            f'{where}: urls: wanted: up to {MOST_URLS} addresses of one cluster, ["https://search.example.org:9200"]'
        )
    return tuple(
        _address(url, f"{where}: urls, number {number}", unencrypted=unencrypted) for number, url in enumerate(value, 1)
    )


def _address(url: object, where: str, *, unencrypted: bool) -> Address:
    shape = "write https://HOST:PORT"
    if not isinstance(url, str):
        raise ConfigError(f"{where}: a text in quotes is wanted; {shape}")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError(f"{where}: this is no address; {shape}") from None
    if "@" in url or parts.query or parts.fragment:
        raise ConfigError(
            f"{where}: an address holds no user, password or key: name the user with `user`, and put the password into "
            "the file that `password_file` names or into $BACKFILE_OPENSEARCH_PASSWORD"
        )
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or not _FOLDER.fullmatch(parts.path) or port == 0:
        raise ConfigError(f"{where}: this is no address of a server; {shape}")
    found = Address(parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))
    if not found.is_private and not unencrypted:
        raise ConfigError(
            f"{where}: http:// to another machine sends passwords and articles in the clear; write https://, or, where "
            "the network is yours alone, unencrypted = true"
        )
    return found


def _prefix(value: object, where: str) -> str:
    if not isinstance(value, str) or not _PREFIX.fullmatch(value):
        raise ConfigError(
            f"{where}: prefix = {value!r}; wanted: what the names of this archive's indices begin with, another one "
            "for each archive: up to 100 of a-z, 0-9, '-', '_' and '.', the first a letter or digit"
        )
    return value


def _user(table: Mapping[str, object], where: str) -> str | None:
    user = _text(table, "user", where)
    if user is not None and not is_user(user):
        raise ConfigError(f"{where}: user: a name without ':' is wanted")
    return user


def is_user(name: str) -> bool:
    """Whether it can be a user's name where it is sent with a password (RFC 7617)."""
    return name.isprintable() and ":" not in name


def _number(table: Mapping[str, object], key: str, default: int, allowed: tuple[int, int], where: str) -> int:
    value, (least, most) = table.get(key, default), allowed
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ConfigError(f"{where}: {key} = {value!r}; allowed: a number from {least} to {most:,}")
    return value


def _file(table: Mapping[str, object], key: str, where: str, beside: Path) -> Path | None:
    value = _text(table, key, where)
    return None if value is None else beside / Path(value).expanduser()


def _text(table: Mapping[str, object], key: str, where: str) -> str | None:
    value = table.get(key)
    if value is None or (isinstance(value, str) and value):
        return value or None
    raise ConfigError(f"{where}: {key}: a text in quotes is wanted")
