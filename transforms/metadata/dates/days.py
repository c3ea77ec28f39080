"""Whole days and months in the shape of a statement, with the time of day that stands beside them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from transforms.metadata.dates.clock import offset_at, possible
from transforms.metadata.dates.tokens import Statement, Token
from transforms.metadata.dates.when import Clock, When, dated

BUDDHIST = 543  # years that the Thai calendar is ahead
BUDDHIST_YEARS = range(2400, 2700)
JOINED = "[gxh]*"  # words that join the parts of a date
YEAR = r"(?P<year>[ynv])"
_DAYS = (
    r"(?P<year>y)(?P<sep>[-./])(?P<month>n)(?P=sep)(?P<day>n)",
    r"(?P<year>y)Y(?P<month>n)M(?P<day>n)D?",
    rf"(?P<a>n)(?P<sep>[-./])(?P<b>n)(?P=sep){YEAR}",
    r"(?P<a>n)(?P<sep>/)(?P<b>n)-(?P<year>y)",  # Danish
    rf"(?P<day>[no])[.\-/]?{JOINED}(?P<month>m)[.,\-/gxh]*{YEAR}",
    rf"(?P<month>m)[.\-]?{JOINED}(?P<day>[no])[.,]*{JOINED}(?P<year>[yv])",
    rf"(?P<year>y)[.,\-gxh]*(?P<month>m)[.\-]?{JOINED}(?P<day>[no])",
    r"(?P<year>y)[.,gxh]*g[.,gxh]*(?P<day>n)\.?(?P<month>m)",
    r"(?P<day>n)[.\-]?(?P<roman>R)[.\-]?(?P<year>y)",
)
_MONTHS = (
    rf"(?P<month>m)[.,\-/]*{JOINED},?(?P<year>[yv])",
    r"(?P<year>y)Y(?P<month>n)M",
    rf"(?P<year>y)[.,\-/]?{JOINED}(?P<month>m)",
)
DAYS = tuple(re.compile(shape) for shape in _DAYS)
MONTHS = tuple(re.compile(shape) for shape in _MONTHS)
_NUMERIC_SIGNS = frozenset("./-")


class Found(NamedTuple):
    """A date in a row of tokens; two when 03/04/2024 can be both."""

    whens: tuple[When, ...]
    start: int  # tokens
    end: int


@dataclass(frozen=True, slots=True)
class Reader:
    """What decides how a statement is read."""

    order: str  # "day" or "month" comes first in 03/04/2024; "" when that is not known
    year_first: bool  # whether 24.06.03 begins with the year
    thai: bool  # whether 2567 is 2024
    latest: int  # the last year that is possible
    today: date | None


def first(said: Statement, reader: Reader, shapes: tuple[re.Pattern[str], ...], at: int = 0) -> Found | None:
    """The first date of one of these shapes that the calendar has."""
    best: Found | None = None
    for shape in shapes:
        for match in matches(shape, said.shape, at):
            if best is not None and match.start() >= best.start:
                break
            if whens := _dates(said, match, reader):
                best = Found(whens, match.start(), match.end())
                break
    return best


def matches(shape: re.Pattern[str], row: str, at: int) -> Iterator[re.Match[str]]:
    """Each place at which the shape begins."""
    while match := shape.search(row, at):
        yield match
        at = match.start() + 1


def _dates(said: Statement, match: re.Match[str], reader: Reader) -> tuple[When, ...]:
    """The dates that a shape of a day or month can mean."""
    part = {name: said.tokens[match.start(name)] for name, at in match.groupdict().items() if at and name != "sep"}
    year = full_year(part["year"], reader)
    figures = match.groupdict().get("sep") is not None or "a" in part
    if figures and not _apart(said, match):
        return ()
    if "a" in part and reader.year_first and part["year"].length <= 2:
        return _year_first(part, reader)
    if year is None or not ends(said, match.end("year"), part["year"]):
        return ()
    if "a" in part:
        return _figures(said, match, reader, year)
    month = part.get("month") or part["roman"]
    day = part.get("day")
    if day is None and _has_day(said, match):
        return ()
    when = dated(year, month.number, day.number if day else None, None, reader.latest)
    return (when,) if when else ()


def _has_day(said: Statement, match: re.Match[str]) -> bool:
    """Whether a number stands beside a month and its year, which is no day then: "32. Januar 2024"."""
    before = said.shape[: match.start()].rstrip(".gxh")
    return before.endswith(("n", "o")) or said.shape[match.end() :].lstrip(".")[:1] in {"n", "o"}


def _figures(said: Statement, match: re.Match[str], reader: Reader, year: int) -> tuple[When, ...]:
    """What 03/04/2024 can mean: dots put the day first everywhere, a day of the week decides, else the order."""
    a, b = (said.tokens[match.start(name)] for name in "ab")
    both = [(a.number, b.number), (b.number, a.number)]
    if match["sep"] == ".":
        both = both[:1]
    elif reader.order and a.number <= 12 and b.number <= 12:
        both = both[:1] if reader.order == "day" else both[1:]
    whens = [when for day, month in dict.fromkeys(both) if (when := dated(year, month, day, None, reader.latest))]
    if len(whens) > 1 and said.weekday:
        fitting = [when for when in whens if date.fromisoformat(when.iso).isoweekday() == said.weekday]
        whens = fitting or whens
    return tuple(whens)


def _year_first(part: Mapping[str, Token], reader: Reader) -> tuple[When, ...]:
    """What 24.06.03 is where the year is written first."""
    year = full_year(part["a"], reader) if part["a"].length == 2 else None
    when = dated(year, part["b"].number, part["year"].number, None, reader.latest) if year else None
    return (when,) if when else ()


def _apart(said: Statement, match: re.Match[str]) -> bool:
    """Whether figures are a date of their own and not part of an IP address, a version or a telephone number."""
    before = said.tokens[match.start() - 1] if match.start() else None
    first_token, last = said.tokens[match.start()], said.tokens[match.end() - 1]
    if before and before.end == first_token.start and (before.sign in _NUMERIC_SIGNS or before.sign in "nNyP"):
        return False
    behind = said.tokens[match.end() : match.end() + 2]
    return not (
        len(behind) == 2
        and behind[0].sign in _NUMERIC_SIGNS
        and behind[1].sign in "nNy"
        and behind[0].start == last.end
        and behind[1].start == behind[0].end
    )


def ends(said: Statement, at: int, year: Token) -> bool:
    """Whether a year of two figures is none of the things that stand behind a day and month without a year."""
    if year.sign != "n":
        return True
    behind = said.tokens[at : at + 2]
    glued = len(behind) == 2 and behind[0].start == year.end and behind[1].start == behind[0].end
    return year.length == 2 and not year.parted and not (glued and behind[0].sign in "./-" and behind[1].sign in "nNy")


def full_year(year: Token, reader: Reader) -> int | None:
    """The year: `24` is 2024 and `98` 1998, the last one that is possible; 2567 is 2024 in Thailand."""
    if year.length == 4:
        return year.number - BUDDHIST if reader.thai and year.number in BUDDHIST_YEARS else year.number
    if reader.thai:  # 67 may be 2567 or 1967
        return None
    century = reader.latest // 100 * 100
    return century + year.number if century + year.number <= reader.latest else century - 100 + year.number


def timed(said: Statement, found: Found) -> tuple[When, ...]:
    """The dates with the time of day that is stated; hours from … to are none."""
    if found.whens[0].precision != "day" or said.spans_hours:
        return found.whens
    stated, zone = said.clocks[0] if said.clocks else (_dotted(said, found), "")
    return tuple(_at(when, stated, zone) for when in found.whens)


def _at(when: When, stated: Clock | None, zone: str) -> When:
    if stated is None:
        return when
    day = date.fromisoformat(when.iso)
    if zone:
        stated = replace(stated, offset=offset_at(zone, day.year, day.month, day.day, stated))
    return dated(day.year, day.month, day.day, stated, day.year) or when


_DOTTED = re.compile(r"[,;\-gl]*(?P<hour>n)\.(?P<minute>n)(?:\.(?P<second>n))?(?!\.?[nN])")


def _dotted(said: Statement, found: Found) -> Clock | None:
    """The time of day in `28.04.2023, 17.52`."""
    match = _DOTTED.match(said.shape, found.end)
    if match is None:
        return None
    parts = said.tokens[match.start("hour") : match.end()]
    if any(left.end != right.start for left, right in pairwise(parts)) or any(part.length != 2 for part in parts[2::2]):
        return None
    hour, minute = parts[0].number, parts[2].number
    second = parts[4].number if parts[4:] else None
    return Clock(hour, minute, second) if possible(hour, minute, second) else None
