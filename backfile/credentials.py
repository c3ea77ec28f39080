"""Secrets, read where they are needed: from the environment, or from a file that only its owner can read.

A secret is never an argument of a command or a flow, part of an address, or of anything that is printed, logged or
stored. Errors name the place where one was looked for.
"""

import base64
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backfile.errors import ConfigError
from backfile.servers import Servers, is_user

USER, PASSWORD, API_KEY = "BACKFILE_OPENSEARCH_USER", "BACKFILE_OPENSEARCH_PASSWORD", "BACKFILE_OPENSEARCH_API_KEY"
LONGEST_SECRET = 8_192  # bytes; what servers take as one header
_KEY = re.compile(r"[\w+/=.~:-]+", re.ASCII)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is sent with every request to say who we are."""

    header: str | None = field(default=None, repr=False)  # the value of `Authorization`; a secret
    told: str = "nobody"  # who that is and where it is said, for people


def credentials(servers: Servers, environment: Mapping[str, str] = os.environ) -> Credentials:
    """Who we are to these servers: the environment comes before the files that the configuration names.

    Raises:
        ConfigError: half of it is missing, others can read the file, or it is none; never shows a part of the secret.
    """
    user, password, key = (environment.get(name) or None for name in (USER, PASSWORD, API_KEY))
    if key and password:
        raise ConfigError(f"${API_KEY} and ${PASSWORD}: one of them says who we are, not both")
    if key:
        return _by_key(key, f"${API_KEY}")
    if not password and servers.api_key_file:
        return _by_key(read_secret(servers.api_key_file, "api_key_file"), str(servers.api_key_file))
    user, said = user or servers.user, f"${PASSWORD}"
    if not password and servers.password_file:
        password, said = read_secret(servers.password_file, "password_file"), str(servers.password_file)
    if password and user:
        return _by_password(user, password, said)
    if password:
        raise ConfigError(f"there is a password ({said}) and no user; name one: `user` under [opensearch], or ${USER}")
    if user:
        raise ConfigError(
            f"there is no password for the user {user!r}: ${PASSWORD}, or a file of mode 600 that `password_file` "
            "under [opensearch] names"
        )
    return Credentials(None, f"the owner of the certificate {servers.client_cert}" if servers.client_cert else "nobody")


def read_secret(file: Path, key: str) -> str:
    """The one line of a file that only this user, or root, owns and can read.

    Raises:
        ConfigError: others can read it, or it is not such a file.
    """
    secret = _private(file, key, LONGEST_SECRET + 1)
    if len(secret) > LONGEST_SECRET:
        raise ConfigError(f"{file} ({key}): longer than {LONGEST_SECRET:,} bytes; it holds more than one secret")
    try:
        line = secret.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigError(f"{file} ({key}): it is no UTF-8") from None
    if not line or not line.isprintable():
        raise ConfigError(f"{file} ({key}): one line is wanted, the secret and nothing else")
    return line


def refuse_shared(file: Path, key: str) -> None:
    """Raises `ConfigError` when others can read a file with a key, or it is none."""
    _private(file, key, 1)


def _private(file: Path, key: str, most: int) -> bytes:
    try:
        # Without waiting, where somebody laid a FIFO.
        with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:  # noqa: PTH123
            found = os.fstat(opened.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ConfigError(f"{file} ({key}): it is no file")
            if found.st_uid not in {os.geteuid(), 0}:
                raise ConfigError(f"{file} ({key}): another user owns it; make a copy of your own, with mode 600")
            if found.st_mode & _OTHERS:
                raise ConfigError(f"{file} ({key}): others can read or change the secret in it: chmod 600 {file}")
            return opened.read(most)
    except OSError as error:
        raise ConfigError(f"{file} ({key}): {error.strerror}") from None


def _by_key(key: str, said: str) -> Credentials:
    if len(key) > LONGEST_SECRET or not _KEY.fullmatch(key):
        raise ConfigError(f"{said}: this is no API key; it is one word of letters, digits and + / = . ~ : _ -")
    return Credentials(f"ApiKey {key}", f"the API key of {said}")


def _by_password(user: str, password: str, said: str) -> Credentials:
    if not is_user(user):
        raise ConfigError(f"${USER}: a name without ':' is wanted")
    if len(password) > LONGEST_SECRET or not password.isprintable():
        raise ConfigError(f"{said}: a password is one line of up to {LONGEST_SECRET:,} characters")
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return Credentials(f"Basic {encoded}", f"the user {user} with the password of {said}")
