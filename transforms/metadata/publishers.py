"""Who publishes at a host, by a table that a user can extend; and what of the names in markup is none."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from html import unescape
from importlib.resources import files
from typing import Any

from backfile.article import Witness
from transforms import hygiene

LONGEST_NAME = 120  # characters; what is longer is a description
LEAST_MOTTO = 5  # words
LEAST_ALIKE = 4  # letters of a name that a host has too
FIELD = "publisher:"  # of a witness of the configuration: with the host behind it
_SLOGAN = re.compile(
    r"just another .{0,40}(?:site|blog|weblog)|(?:ein|eine|un|une|uno|otro) .{0,30}wordpress.{0,30}|my (?:blog|site)"
    r"|site title|(?:welcome to|willkommen (?:bei|auf)|bienvenue (?:sur|à)|bienvenidos? a|benvenuti? (?:su|in))\b.*"
    r"|powered by .*",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:GmbH|AG|KGaA|KG|mbH|eG|SE|Inc\.?|LLC|Ltd\.?|Limited|PLC|Corp\.?|S\.?A\.?S?\.?|S\.?p\.?A\.?|S\.?L\.?|B\.?V\.?"
    r"|A/S|AB|Sp\. z o\.o\.)(?!\w)"
)
_HOST = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,12}/?", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:der|die|das|the|le|la|les|l'|el|los|las|il|lo|de|het|o|a)[\s']*(?=\S{3})", re.IGNORECASE)
_ONLINE = re.compile(
    r"(?:[\s.-]+(?:online|digital|web|nachrichten|news|com|de|at|ch|net|org|fr|es|it|nl))+$", re.IGNORECASE
)


def known(host: str, extra: Mapping[str, str] | None = None) -> str | None:
    """The name of who publishes at `host`, or at the domain it stands below; None when no table has it.

    `extra` (host → name) is the user's table: it comes first, the nearer host before the farther one.
    """
    places = _with_parents(host)
    if extra:
        for place in places:
            if name := extra.get(place):
                return name
    return next((names[0] for place in places if (names := _table().get(place))), None)


def is_no_publisher(name: str) -> bool:
    """Whether a name in markup names no publisher: the system a site is made with, its unedited slogan, an address."""
    tidy = tidied(name)
    if not tidy or len(tidy) > LONGEST_NAME or tidy.startswith("@") or "@" in tidy:
        return True
    return (
        hygiene.letters(tidy) in _systems() or bool(_SLOGAN.fullmatch(tidy)) or tidy.startswith(("http://", "https://"))
    )


def tidied(name: str) -> str:
    """A name as people write it: hygiene done, entities that were escaped twice spelled out."""
    return _tidied(name) if len(name) <= LONGEST_NAME else _tidied.__wrapped__(name)


@lru_cache(1_024)  # a source's articles name few publishers, each several times
def _tidied(name: str) -> str:
    return hygiene.clean(unescape(hygiene.clean(name))).strip("\"' ")


def settled(
    stated: tuple[str, str] | None, host: str, extra: Mapping[str, str] | None = None
) -> tuple[str, str] | None:
    """The publisher and who says so, from what a page states (or nothing) and the table.

    The configuration comes first. Then the page's word counts, unless it names a system, the bare host or a legal body,
    or the table's house under another of its names: then it is the table's name, origin `publishers`.
    """
    if stated is not None and stated[1] == "config":
        return stated
    if extra and (name := next((extra[place] for place in _with_parents(host) if place in extra), None)):
        return name, "config"
    usable = stated is not None and not is_no_publisher(stated[0])
    name = known(host)
    if name is None:
        return stated if usable else None
    if stated is None or not usable or _is_weak(stated[0]) or _is_house(stated[0], host):
        return name, "publishers"
    return stated


def is_like_host(name: str, host: str) -> bool:
    """Whether the host is named after the publisher: `www.sample-post.example` has `The Sample Post`.

    >>> is_like_host("The Sample Post", "www.samplepost.example"), is_like_host("You can use", "samplepost.example")
    (True, False)
    """
    labels = [hygiene.letters(label) for label in host.casefold().removeprefix("www.").split(".")[:-1]]
    core, whole = _core(name), hygiene.letters(tidied(name), "NFKD")
    return any(
        len(label) >= LEAST_ALIKE and (label in whole or (len(core) >= LEAST_ALIKE and core in label))
        for label in labels
    )


def may_be_motto(name: str, host: str) -> bool:
    """Whether a name is as long as a sentence and the host is not named after it."""
    return len(tidied(name).split()) >= LEAST_MOTTO and not is_like_host(name, host)


def extra_of(hints: Iterable[Witness]) -> dict[str, str]:
    """The user's table, from the statements of the configuration: field `publisher:<host>`."""
    stated = (each for each in hints if each.origin == "config" and each.field.startswith(FIELD))
    return {each.field.removeprefix(FIELD): each.value for each in stated}


def _is_weak(name: str) -> bool:
    """Whether a name is only an address or a legal body, which a known house's name is better than."""
    return bool(_HOST.fullmatch(name.strip()) or _LEGAL.search(name))


def _is_house(name: str, host: str) -> bool:
    """Whether a name is one of those by which the house at `host` is known."""
    names = next((found for place in _with_parents(host) if (found := _table().get(place))), ())
    return _core(name) in {_core(each) for each in names}


def _core(name: str) -> str:
    tidy = tidied(name)
    short = _ARTICLE.sub("", _ONLINE.sub("", tidy)) or tidy
    return hygiene.letters(short, "NFKD")


def _with_parents(host: str) -> list[str]:
    """The host and the domains that it stands below, the nearest first, without `www.`."""
    labels = host.casefold().removeprefix("www.").rstrip(".").split(".")
    return [".".join(labels[at:]) for at in range(max(len(labels) - 1, 1))]


@cache
def _table() -> dict[str, tuple[str, ...]]:
    houses = _read()["houses"]
    return {
        host: (names,) if isinstance(names, str) else tuple(names)
        for country in houses.values()
        for host, names in country.items()
    }


@cache
def _systems() -> frozenset[str]:
    """The letters of names that are a system's or a template's."""
    return frozenset(hygiene.letters(name) for name in _read()["no_publishers"])


def _read() -> dict[str, Any]:
    return tomllib.loads(files("transforms").joinpath("metadata/publishers.toml").read_text(encoding="utf-8"))
