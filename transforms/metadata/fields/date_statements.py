"""What each statement of a date says and how far it is to be trusted, before statements are held against each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from backfile.article import Witness
from transforms.metadata import dates
from transforms.metadata.dates import When

# Right of all, on 333 labelled pages (116 news, 217 others; Nov 2026), sites of even / odd hash:
#   json-ld of a news article    62 of 64 / 50 of 50      json-ld of another article  27 of 35 / 23 of 26
#   json-ld of a mere web page   10 of 15 /  9 of 13      dateCreated, news article    9 of  9 /  8 of  9
#   article:published_time       71 of 79 / 54 of 55      meta date                   16 of 18 / 13 of 16
#   time                         56 of 61 / 41 of 42      class:date                  22 of 24 / 38 of 39
#   h1:near                     95 of 101 / 79 of 82      labelled                    22 of 22 / 15 of 16
#   itemprop                      6 of  8 /  9 of  9      lone                         7 of  8 /  8 of  9
# Where what is shown by the headline differs from what markup says, a news article's json-ld was right 4 times of 4,
# and on other pages what is shown 8 times of 8: house blogs put a new date above an old text. So the one stands above
# it, the other below. The container's own statements were not measured; they are made for machines and about one item.
WEIGHTS = {
    "config": 1.0,
    "header:": 0.99, "forwarded:": 0.99, "feed:": 0.97, "column:": 0.97, "field:": 0.97, "warc:": 0.9,
    "json-ld": 0.995, "json-ld:article": 0.88, "json-ld:page": 0.55,
    "meta:": 0.9, "itemprop:": 0.87, "rdfa:": 0.87,
    "meta:date": 0.85, "meta:dc.date": 0.58, "meta:revised": 0.5, "meta:last-modified": 0.5,
    "labelled": 0.93, "h1:near": 0.93, "time": 0.93, "class:date": 0.93, "margin:": 0.7, "lone": 0.65,
    "url": 0.9, "url:month": 0.62,
}  # fmt: skip
OTHER = 0.9  # of origins that are not named: a container's own
CREATED = 0.7  # times the weight of an origin that says when the file, not the article, was made
SEEN = 0.8  # of a day that markup states, when it stands anywhere in the page's text
LATER_THAN_FETCHED = timedelta(days=1)  # clocks and zones differ; what is later than that is no date of publication
EARLIEST_ADDRESS = "1995"  # the first year in which an address can have been made on the day that it names
SETTLED = "day and month as another statement has them"

Kind = Literal["markup", "shown", "url", "container"]

_MARKUP = ("json-ld", "meta:", "itemprop:", "rdfa:")
_SHOWN = ("time", "class:", "labelled", "h1:", "margin:", "lone")
_EITHER = re.compile(r"(?<!\d)(\d{1,2})\s?[/-]\s?(\d{1,2})\s?[/-]\s?(?:\d{4}|\d\d)(?!\d)")  # 03.04.2024 is plain
_BARE_MIDNIGHT = re.compile(r".{10}T00:00(?::00)?")
_IN_ADDRESS = (
    re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?=[/_-])"),
    re.compile(r"(?<=[/_-])((?:19|20)\d{2})-(\d{2})-(\d{2})(?=[/_.+-])"),
    re.compile(r"(?<=[/_-])((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/_-])"),
    re.compile(r"/((?:19|20)\d{2})/(0[1-9]|1[0-2])/(?=[^/]*[a-z]{3})"),
)
# Countries whose clocks are behind UTC, and those whose clocks are hours before it; all others are within three hours.
_WESTERN_TEXT = "ar bo br ca cl co cr cu do ec gt hn mx ni pa pe pr py sv us uy ve"
_EASTERN_TEXT = "ae af au bd cn hk id in ir jp kh kr kz la lk mm mn my np nz ph pk sg th tw uz vn"
_WESTERN = frozenset(_WESTERN_TEXT.split())
_EASTERN = frozenset(_EASTERN_TEXT.split())
_EVERYWHERE = frozenset({"en", "es", "pt", "und"})  # languages that do not tell on which side of the ocean


@dataclass(frozen=True, slots=True)
class Page:
    """What has to be known of a page to understand its dates."""

    tongue: str  # BCP 47, with the region where it is known
    fetched: When | None = None

    @property
    def moment(self) -> datetime | None:
        """The moment from which "two hours ago" is counted; noon where only the day is known."""
        if self.fetched is None or self.fetched.day is None:
            return None
        stated = datetime.fromisoformat(self.fetched.iso)
        return stated if "T" in self.fetched.iso else datetime.combine(stated.date(), time(12), UTC)

    @property
    def latest(self) -> str:
        """The last day that one of its dates can have."""
        return ((self.moment or datetime.now(UTC)) + LATER_THAN_FETCHED).date().isoformat()

    @property
    def hours(self) -> tuple[int, int]:
        """How far its publisher's clocks can be from UTC: the least and the most."""
        language, _, place = self.tongue.casefold().replace("_", "-").partition("-")
        if place in _WESTERN:
            return (-8, -2)
        if place in _EASTERN:
            return (3, 13)
        return (-8, 3) if language in _EVERYWHERE and not place else (0, 3)

    def is_future(self, when: When) -> bool:
        """Whether the date is later than the page."""
        return when.iso[:10] > self.latest[: len(when.iso)]


@dataclass(frozen=True, slots=True)
class Read:
    """A statement as understood."""

    witness: Witness
    when: When
    weight: float  # 0 where it can mean two days
    kind: Kind  # those of one kind do not confirm each other
    other: When | None = None  # with day and month the other way round, where that is possible
    note: str = ""

    def as_agreed(self, when: When, hours: tuple[int, int]) -> "Read | None":
        """The statement as it means that date; None where it cannot."""
        if same_day(self.when, when, hours):
            return self
        if self.other is not None and same_day(self.other, when, hours):
            return replace(self, when=self.other, other=None, note=SETTLED)
        return None


def reading(witness: Witness, page: Page) -> Read | None:
    """The statement as understood; None when it says no date."""
    kind = kind_of(witness.origin)
    when = parsed(witness.value, language=page.tongue, lone_year=kind != "shown")
    note = ""
    if when is None and kind == "shown" and page.moment is not None:
        when = parsed(witness.value, language=page.tongue, now=page.moment)
        note = "counted from when it was fetched"
    turned = _turned(witness.value, when)
    weight = weight_of(witness.origin) * (CREATED if witness.field == "created" else 1.0)
    if when is not None:
        return Read(witness, _plain(when), weight, kind, turned, note)
    either = parsed(witness.value, country="gb") if turned else None
    if either is None or turned is None:
        return None
    if either == turned:
        turned = parsed(witness.value, country="us")
    return Read(witness, either, 0.0, kind, turned, "day and month can be either")


def seen(witnesses: list[Witness], stated: list[Read], page: Page) -> Iterator[Read]:
    """The dates anywhere in a page's text that are one of the days `stated`."""
    for witness in witnesses:
        when = parsed(witness.value, language=page.tongue)
        for found in (when, _turned(witness.value, when)):
            if found is not None and found.day and any(same_day(found, each.when, page.hours) for each in stated):
                yield Read(witness, found, SEEN, "shown")
                break


def settled(read: list[Read], page: Page) -> tuple[list[Read], list[Read]]:
    """Those that mean one day, by themselves or as another statement settles it, and those that stay undecided."""
    sure = [each for each in read if each.weight]
    told: list[Read] = []
    open_: list[Read] = []
    for each in read:
        if each.weight:
            told.append(each)
            continue
        means = [m for m in (each.when, each.other) if m and any(same_day(m, s.when, page.hours) for s in sure)]
        if len(means) == 1:
            told.append(replace(each, when=means[0], other=None, weight=weight_of(each.witness.origin), note=SETTLED))
        else:
            open_.append(each)
    return told, open_


def in_address(url: str) -> Read | None:
    """A day in the path, /2024/11/25/, -2024-11-25-, /20241125/; a month where blogs put it, /2024/11/headline."""
    path = urlsplit(url).path + "/"
    if "19" not in path and "20" not in path:
        return None
    for expression in _IN_ADDRESS:
        if match := expression.search(path):
            when = parsed("-".join(f"{int(part):02}" for part in match.groups()))
            if when is not None and when.iso >= EARLIEST_ADDRESS:
                weight = WEIGHTS["url" if when.precision == "day" else "url:month"]
                return Read(Witness("published", path[:-1], "url"), when, weight, "url")
    return None


def same_day(when: When, other: When, hours: tuple[int, int]) -> bool:
    """Whether both can be one day: as written, in UTC, or where one is told in UTC and the other on the spot."""
    if when.same_day(other):
        return True
    for utc, local in ((when, other), (other, when)):
        if is_utc(utc) and utc.instant and local.day and local.instant is None:
            return local.day in {(utc.instant + timedelta(hours=each)).date().isoformat() for each in hours}
    return False


def is_utc(when: When) -> bool:
    """Whether the time is told in UTC, as software does wherever it stands."""
    return when.iso.endswith("+00:00")


def weight_of(origin: str) -> float:
    """How far a statement of that origin is trusted, 0 to 1."""
    if (exact := WEIGHTS.get(origin)) is not None:
        return exact
    head, colon, _ = origin.partition(":")
    return WEIGHTS.get(f"{head.casefold()}{colon}", OTHER)


def kind_of(origin: str) -> Kind:
    """What speaks: markup, what is shown, or the container."""
    if origin.startswith(_MARKUP):
        return "markup"
    return "shown" if origin.startswith(_SHOWN) else "container"


@lru_cache(2_048)
def parsed(
    statement: str,
    *,
    language: str | None = None,
    country: str | None = None,
    now: datetime | None = None,
    lone_year: bool = False,
) -> When | None:
    """As `dates.parse`; a page states its few dates many times."""
    return dates.parse(statement, language=language, country=country, now=now, lone_year=lone_year)


def _turned(value: str, when: When | None) -> When | None:
    """What 03/04/2024 means with day and month the other way round; None where it can mean one thing only."""
    match = _EITHER.search(value[:200])
    if match is None or int(match[1]) > 12 or int(match[2]) > 12 or match[1] == match[2]:
        return None
    both = (parsed(value, country="gb"), parsed(value, country="us"))
    return next((each for each in both if each is not None and each != when), None)


def _plain(when: When) -> When:
    """The date without a midnight for which no zone speaks: software fills it in where a day is all it knows."""
    return When(when.iso[:10], "day") if _BARE_MIDNIGHT.fullmatch(when.iso) else when
