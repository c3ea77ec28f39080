"""What in an address says how one came there: parameters of services and newsrooms, and doors that only lead elsewhere.

`trackers.toml` is a copy of a maintained list, `trackers_own.toml` what it lacks; what may identify an article stays.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

MOST_DOORS = 4  # wrappers within wrappers that are opened: a mail filter's around a search engine's around an archive's
MOST_PARAMETERS = 100  # of a wrapper that are looked at

# The Wayback Machine and archives that name what they hold likewise: what is behind the time is the article's own.
_ARCHIVED = re.compile(
    r"^(?:https?:)?(?://(?:web\.archive\.org|wayback\.archive-it\.org/\d+|arquivo\.pt/(?:noFrame/)?(?:replay|wayback)"
    r"|(?:www\.)?webarchive\.org\.uk/wayback(?:/en)?/archive|(?:www\.)?webarchive\.nationalarchives\.gov\.uk"
    r"|archive\.(?:today|ph|is|li|vn|fo|md)))?(?:/web|(?<=\w))/(?:o/\w+/)?\d{4,14}\*?(?:[a-z]{2}_)?/(?=https?:/)",
    re.IGNORECASE,
)
# Google's and Bing's copies of AMP pages: /c/s/ before the address without its scheme; s where that is https.
_AMP_COPY = re.compile(
    r"^https?://(?:(?:[\w-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/[cvr]|www\.google\.[a-z.]{2,6}/amp)/(s/)?(?=[\w-]+\.)",
    re.IGNORECASE,
)
_PROOFPOINT_2 = re.compile(r"^https?://urldefense\.proofpoint\.com/v[12]/url\?(?:.*&)?u=([^&]+)", re.IGNORECASE)
_PROOFPOINT_3 = re.compile(r"^https?://urldefense\.(?:com|us)/v3/__(https?:/.+?)__;", re.IGNORECASE)
_YAHOO = re.compile(r"^https?://r\.search\.yahoo\.com/.*/RU=([^/]+)/", re.IGNORECASE)
_CACHED = re.compile(r"^cache:(?:[\w-]{12}:)?(?=\w)")


def is_tracker(host: str, name: str, value: str) -> bool:
    """Whether a parameter (decoded) says nothing about which article an address names."""
    return _table().drops(host, name.casefold(), value)


def unwrapped(url: str) -> str:
    """The address behind a door: of a mail filter, a search engine, a share button, an archive; else `url` itself."""
    for _ in range(MOST_DOORS):
        inner = _behind(url)
        if inner is None:
            break
        url = re.sub(r"^(https?):/+", r"\1://", inner.strip(), count=1, flags=re.IGNORECASE)
    return url


def _behind(url: str) -> str | None:
    if match := _ARCHIVED.match(url):
        return url[match.end() :]
    if match := _AMP_COPY.match(url):
        return f"http{'s' if match[1] else ''}://{url[match.end() :]}"
    if match := _PROOFPOINT_2.match(url):
        return unquote_plus(match[1].replace("-", "%").replace("_", "/"))
    if match := _PROOFPOINT_3.match(url):
        return match[1] if "*" not in match[1] else None  # a star stands for a sign that only its key tells
    if match := _YAHOO.match(url):
        return _address(unquote_plus(match[1]))
    return _parameter(url)


def _parameter(url: str) -> str | None:
    """The address in a parameter of a host that is known as a door."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return None
    for door in _table().doors if _table().any_door.search(host) else ():
        if door.hosts.search(host) and (not door.paths or parts.path in door.paths):
            try:
                said = {
                    name.casefold(): value for name, value in parse_qsl(parts.query, max_num_fields=MOST_PARAMETERS)
                }
            except ValueError:
                return None
            return next((found for name in door.parameters if (found := _address(said.get(name, "")))), None)
    if host == "webcache.googleusercontent.com":
        query = dict(parse_qsl(parts.query)).get("q", "")
        inner = _CACHED.sub("", query) if query.startswith("cache:") else ""
        return _address(inner if "://" in inner or not inner else f"http://{inner}")
    return None


def _address(text: str) -> str | None:
    return text if re.match(r"https?:/", text, re.IGNORECASE) else None


@dataclass(frozen=True, slots=True)
class _Door:
    hosts: re.Pattern[str]
    paths: frozenset[str]  # any, when empty
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    everywhere: frozenset[str]
    prefixes: tuple[str, ...]
    unless_number: frozenset[str]
    channels: frozenset[str]
    places: frozenset[str]
    views: dict[str, frozenset[str]]
    hosts: dict[str, frozenset[str]]
    doors: tuple[_Door, ...]
    any_door: re.Pattern[str]  # the hosts of all of them

    def drops(self, host: str, name: str, value: str) -> bool:
        if name in self.everywhere or name.startswith(self.prefixes):
            return True
        said = value.casefold()
        if name in self.unless_number:
            return not said.isdigit()
        if name in self.channels and said in self.places:
            return True
        if said in self.views.get(name, ()):
            return True
        return any(name in self.hosts.get(each, ()) for each in _with_parents(host))


def _with_parents(host: str) -> list[str]:
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(max(len(labels) - 1, 1))]


@cache
def _table() -> _Table:
    theirs, ours = _read("trackers.toml"), _read("trackers_own.toml")
    hosts = {host: frozenset(names) for host, names in theirs["hosts"].items()}
    for host, names in ours["hosts"].items():
        hosts[host] = hosts.get(host, frozenset()) | frozenset(names)
    kept = set(ours["identifying"])
    return _Table(
        everywhere=frozenset({name.casefold() for name in (*theirs["everywhere"], *ours["everywhere"])} - kept),
        prefixes=tuple(ours["prefixes"]),
        unless_number=frozenset(ours["unless_number"]),
        channels=frozenset(ours["channels"]["names"]),
        places=frozenset(ours["channels"]["values"]),
        views={name: frozenset(values) for name, values in ours["views"].items()},
        hosts=hosts,
        doors=tuple(
            _Door(_hosts(door["hosts"]), frozenset(door.get("paths", ())), tuple(door["parameters"]))
            for door in ours["wrapper"]
        ),
        any_door=_hosts([host for door in ours["wrapper"] for host in door["hosts"]]),
    )


def _hosts(names: list[str]) -> re.Pattern[str]:
    """The hosts and those below them; `google.*` is Google in any country."""
    ways = (re.escape(name).replace(r"\.\*", r"\.[a-z]{2,3}(?:\.[a-z]{2})?") for name in names)
    return re.compile(rf"(?:^|\.)(?:{'|'.join(ways)})$")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("transforms").joinpath("metadata", name).read_text(encoding="utf-8"))
