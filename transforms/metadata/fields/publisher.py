"""Who published an article: configuration, markup, the sender of a mail, a mailing list's name."""

import re
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from transforms import hygiene
from transforms.metadata import persons, publishers, titles
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.statements import Statements

FROM = frozenset({"header:from", "forwarded:from"})
LEAST_HEADLINE = 4  # words of a headline whose title element is believed to have the site's name behind it
_SITE_BEHIND = re.compile(r"\s+[|–—-]\s+(?P<site>[^|–—]{2,40})$")
_PUBLISHERS = {"config": 0, "json-ld": 1, "meta:og:site_name": 2}  # then columns, then other markup


def decide(stated: Statements, url: Decision[str]) -> Decision[str]:
    """Who publishes at the host of the address or of a mail's sender, as stated and by the table of houses."""
    host = urlsplit(url.value).hostname or "" if url.value else _sender_host(stated)
    found = publishers.settled(_stated(stated, host), host, publishers.extra_of(stated.all))
    return Decision(*found) if found else Decision(None)


def _stated(stated: Statements, host: str) -> tuple[str, str] | None:
    """Configuration, JSON-LD, og:site_name, column, other markup, the sender's display name; in this order.

    A motto, which some programs write into JSON-LD, gives way to an og:site_name after which the host is named.
    """
    claims = stated.of("publisher")
    if any(w.origin == "meta:og:site_name" and publishers.is_like_host(w.value, host) for w in claims):
        claims = [w for w in claims if w.origin != "json-ld" or not publishers.may_be_motto(w.value, host)]
    order = sorted(claims, key=lambda w: _PUBLISHERS.get(w.origin, 3 if not w.origin.startswith("meta:") else 4))
    for witness in order:
        name = publishers.tidied(witness.value)
        if witness.origin == "config" or not publishers.is_no_publisher(name):
            return name, witness.origin
    sender = next(((name, by) for name, by in _senders(stated) if is_sender_publisher(stated, name)), None)
    return sender or _list_name(stated) or _behind_headline(stated)


def _behind_headline(stated: Statements) -> tuple[str, str] | None:
    """The site's name behind the headline in the title element: `Headline | The Sample Post` above that h1."""
    wholes = [hygiene.clean(w.value) for w in stated.of("title") if w.origin == "title"]
    headlines = [hygiene.clean(w.value) for w in stated.of("title") if w.origin == "h1"]
    for whole in wholes[:1]:
        for headline in headlines:
            match = _SITE_BEHIND.match(whole[len(headline) :]) if whole.startswith(headline) else None
            if match and len(headline.split()) >= LEAST_HEADLINE:
                return match["site"], "title"
    return None


def _list_name(stated: Statements) -> tuple[str, str] | None:
    """What a mailing list calls itself."""
    for witness in stated.of("list-id"):
        name = hygiene.clean(witness.value.partition("<")[0]).strip("\"' ")
        if name and "<" in witness.value and "@" not in name:
            return name, witness.origin
    return None


def _senders(stated: Statements) -> Iterator[tuple[str, str]]:
    """The display names of a mail's sender, and which header has them: that of the mail, or of one that it forwards."""
    for witness in stated.of("author"):
        if witness.origin.casefold() in FROM and (name := display_name(witness.value)):
            yield name, witness.origin


def _sender_host(stated: Statements) -> str:
    """The host of a mail's sender; "" where it is none."""
    said = (w.value for w in stated.of("author") if w.origin.casefold() in FROM)
    return next((parseaddr(value)[1].rpartition("@")[2] for value in said if "@" in value), "")


def is_sender_publisher(stated: Statements, name: str) -> bool:
    """Whether a mail's sender is who publishes it: no person's name, or it went to a list that has no other name.

    A name that the sender's host has too is the house's, however it looks: `Muster Morgenlage <post@muster.example>`.
    """
    if persons.person(name) is None:
        return True
    if not any(w.field in {"list-id", "mail-newsletter"} for w in stated.all):
        return False
    listed = _list_name(stated)
    if listed is None or titles.fold(listed[0]) == titles.fold(name):
        return True
    said = stated.of("author") + stated.of("sender")
    hosts = " ".join(w.value.rpartition("@")[2] for w in said if "@" in w.value)
    return any(titles.fold(word) in titles.fold(hosts) for word in name.split() if len(word) > 3)


def display_name(sender: str) -> str:
    """The name in a From field, which may have its address behind it."""
    name = parseaddr(sender)[0] if "<" in sender else sender
    return hygiene.clean(name).strip("\"' ")


def sites(stated: Statements, publisher: Decision[str], url: Decision[str]) -> tuple[str, ...]:
    """The names under which the site may stand behind a headline."""
    names = [publisher.value] if publisher.value else []
    names += [w.value for field in ("publisher", "site") for w in stated.of(field)]
    if url.value and (host := urlsplit(url.value).hostname):
        names.append(host)
    return tuple(dict.fromkeys(name.lstrip("@") for name in names if len(name) <= 120))
