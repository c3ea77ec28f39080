"""When an article was published, updated and fetched, and which statements disagree."""

import re
from urllib.parse import urlsplit

from backfile.article import Witness
from transforms.metadata import dates
from transforms.metadata.dates import When
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.statements import RANKS, Statements, rank

MOST_CONFLICTS = 10  # statements that are kept beside the date
# Statements made for machines, about this one article: they decide, and it is worth telling when they disagree.
_STRONG_DATES = (
    "config",
    "json-ld",
    "meta:",
    "itemprop:",
    "header:",
    "forwarded:",
    "column:",
    "field:",
    "feed:",
    "warc:",
)
_WEAK_META_DATES = frozenset({"meta:date", "meta:last-modified", "meta:revised"})


def region(stated: Statements) -> str | None:
    """A tag with a region, "en-US", which decides the order of 03/04/2024."""
    return next(
        (w.value for w in stated.of("language") if re.fullmatch(r"[a-zA-Z]{2,3}[-_][a-zA-Z]{2}", w.value)), None
    )


def published(stated: Statements, tongue: str, url: Decision[str]) -> tuple[Decision[When], tuple[str, ...]]:
    """The date of publication, and the strong statements that name another day.

    A mail was published when it was sent. An address that has a day in it is a witness of its own, the last one.
    """
    read = [
        (when, witness)
        for witness in sorted(stated.of("published"), key=lambda w: _date_rank(w.origin))
        if (when := dates.parse(witness.value, language=tongue, lone_year=not witness.origin.startswith("class:")))
    ]
    if not read:
        read = [(when, w) for w in stated.of("created") if (when := dates.parse(w.value, language=tongue))]
    if not read:
        of_url = _date_in_url(url.value) if url.value else None
        return Decision(of_url, "url") if of_url else Decision(None), ()
    finer = _finer(read)
    conflicts = dict.fromkeys(
        f"{w.origin}: {w.value.strip()}" for when, w in read if _is_strong(w.origin) and not when.same_day(finer[0])
    )
    return Decision(finer[0], finer[1].origin), tuple(conflicts)[:MOST_CONFLICTS]


def _finer(read: list[tuple[When, Witness]]) -> tuple[When, Witness]:
    """The first statement, or a strong one that says the same date with more of it; midnight is not more."""
    best = read[0]
    if "T" in best[0].iso:
        return best
    same = (pair for pair in read if pair[0].iso.startswith(best[0].iso) and _is_strong(pair[1].origin))
    return max((best, *(p for p in same if "T00:00" not in p[0].iso)), key=lambda pair: len(pair[0].iso[:16]))


def _date_rank(origin: str) -> int:
    return RANKS.index("h1") if origin in _WEAK_META_DATES else rank(origin)


def _is_strong(origin: str) -> bool:
    return origin not in _WEAK_META_DATES and (origin.startswith(_STRONG_DATES))


def _date_in_url(url: str) -> When | None:
    """A day that stands in the path, /2024/11/25/ or /2024-11-25-; a month or year alone may be anything."""
    match = re.search(r"/((?:19|20)\d{2})([/-])(\d{1,2})\2(\d{1,2})(?=[/_-])", urlsplit(url).path + "/")
    return dates.parse(f"{match[1]}-{match[3]:0>2}-{match[4]:0>2}") if match else None


def first(stated: Statements, field: str, tongue: str) -> Decision[When]:
    """The first statement of the field that says a date."""
    for witness in stated.of(field):
        if when := dates.parse(witness.value, language=tongue):
            return Decision(when, witness.origin)
    return Decision(None)


def received(stated: Statements) -> Decision[When]:
    """When a mail was sent, which is when it was received as far as can be known."""
    sent = (w for w in stated.of("published") if w.origin.casefold() == "header:date")
    found = next(((when, w.origin) for w in sent if (when := dates.parse(w.value))), None)
    return Decision(*found) if found else Decision(None)
