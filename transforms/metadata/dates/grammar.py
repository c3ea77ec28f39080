"""Dates that are written for people, read by the shape of the statement.

A statement is a row of tokens, each of one sign; the signs behind each other are its shape: `3. Juni 2024` is `n.my`,
in any language. A day or a month is found anywhere in a statement; weaker forms (a year, a season, `25. November`) only
where it says nothing else.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from transforms.metadata.dates.clock import offset_at, possible
from transforms.metadata.dates.machine import week
from transforms.metadata.dates.tokens import Statement, Token
from transforms.metadata.dates.when import EARLIEST_YEAR, Clock, Expression, When, between, dated

BUDDHIST = 543  # years that the Thai calendar is ahead
BUDDHIST_YEARS = range(2400, 2700)
OLDEST_WEEKDAY = (
    7  # years back in which a day of the week decides the year of "Montag, 25. November"; they repeat after 6
)

_J = "[gxh]*"  # words that join the parts of a date
_END = r"(?P<year>[ynv])"
_DAYS = (
    rf"(?P<year>y)(?P<sep>[-./])(?P<month>n)(?P=sep)(?P<day>n)",
    r"(?P<year>y)Y(?P<month>n)M(?P<day>n)D?",
    rf"(?P<a>n)(?P<sep>[-./])(?P<b>n)(?P=sep){_END}",
    rf"(?P<day>[no])[.\-/]?{_J}(?P<month>m)[.,\-/gxh]*{_END}",
    rf"(?P<month>m)[.\-]?{_J}(?P<day>[no])[.,]*{_J}(?P<year>[yv])",
    rf"(?P<year>y)[.,\-gxh]*(?P<month>m)[.\-]?{_J}(?P<day>[no])",
    r"(?P<year>y)[.,gxh]*g[.,gxh]*(?P<day>n)\.?(?P<month>m)",
    r"(?P<day>n)[.\-]?(?P<roman>R)[.\-]?(?P<year>y)",
)
_MONTHS = (
    rf"(?P<month>m)[.,\-/]*{_J},?(?P<year>[yv])",
    r"(?P<year>y)Y(?P<month>n)M",
    rf"(?P<year>y)[.,\-/]?{_J}(?P<month>m)",
)
DAYS = tuple(re.compile(shape) for shape in _DAYS)
MONTHS = tuple(re.compile(shape) for shape in _MONTHS)
_TO = rf"\.?,?(?P<link>[-rhj/&])[,.]*{_J}"
_D1, _D2 = "(?P<d1>[no])", "(?P<d2>[no])"
SPANS = tuple(
    re.compile(shape)
    for shape in (
        rf"{_D1}\.?{_TO}{_D2}\.?{_J}(?P<m2>m)[.,]*{_J}{_END}",  # 3.–5. Juni 2024
        rf"{_D1}\.?{_J}(?P<m1>m)\.?{_TO}{_D2}\.?{_J}(?P<m2>m)[.,]*{_J}{_END}",  # 30. Juni – 2. Juli 2024
        rf"(?P<m1>m)\.?{_TO}(?P<m2>m)[.,]*{_J}(?P<year>[yv])",  # Mai/Juni 2024
        rf"(?P<m1>m)\.?{_D1}{_TO}(?:(?P<m2>m)\.?)?{_D2}[.,]*{_J}(?P<year>[yv])",  # June 3–5, 2024
        rf"{_D1}\.(?:(?P<m1>n)\.?)?{_TO}{_D2}\.(?P<m2>n)\.{_END}",  # 3.–5.6.2024, 28.5.–2.6.2024
    )
)
BRIDGE = re.compile(r"[.,;]*[gx]*[-rhj][gx;,.]*")  # between two whole dates
_LINKS = frozenset("-rhj/&")
_NUMERIC_SIGNS = frozenset("./-")
_EDGE, _TAIL = r"[gxhl;,.\-]*", r"[gxhlD;,.\-]*"


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


def read(said: Statement, reader: Reader) -> tuple[Expression, ...]:
    """What the statement says; two expressions when it cannot be decided between them, none when it says nothing."""
    if "n" not in said.shape and "y" not in said.shape and not set("oEvkONQ") & set(said.shape):
        return ()
    if spanned := _span(said, reader):
        return (spanned,)
    if whole := _whole(said, reader):
        return (whole,)
    found = first(said, reader, DAYS) or first(said, reader, MONTHS)
    if found is None:
        return ()
    timed = tuple(Expression.of(when) for when in _timed(said, found))
    return tuple(_modified(said, found.start, each) for each in timed)


def first(said: Statement, reader: Reader, shapes: tuple[re.Pattern[str], ...], at: int = 0) -> Found | None:
    """The first date of one of these shapes that the calendar has."""
    best: Found | None = None
    for shape in shapes:
        for match in _matches(shape, said.shape, at):
            if best is not None and match.start() >= best.start:
                break
            if whens := _dates(said, match, reader):
                best = Found(whens, match.start(), match.end())
                break
    return best


def _matches(shape: re.Pattern[str], row: str, at: int) -> Iterator[re.Match[str]]:
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
    if year is None or not _ends(said, match.end("year"), part["year"]):
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


def _ends(said: Statement, at: int, year: Token) -> bool:
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


def _timed(said: Statement, found: Found) -> tuple[When, ...]:
    """The dates with the time of day that is stated; hours from … to are none."""
    if found.whens[0].precision != "day" or said.spans_hours:
        return found.whens
    if said.clocks:
        stated, zone = said.clocks[0]
    else:
        stated, zone = _dotted(said, found), ""
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
    hour, minute, second = (*(part.number for part in parts[::2]), None)[:3]
    return Clock(hour, minute, second) if possible(hour, minute, second) else None


def _span(said: Statement, reader: Reader) -> Expression | None:
    """The time from one day or month to another."""
    if not _LINKS & set(said.shape):
        return None
    for shape in SPANS:
        for match in _matches(shape, said.shape, 0):
            if spanned := _ends_of(said, match, reader):
                return spanned
    for shapes in (DAYS, MONTHS):
        start = first(said, reader, shapes)
        bridge = BRIDGE.match(said.shape, start.end) if start else None
        end = first(said, reader, shapes, bridge.end()) if bridge else None
        if start and bridge and end and end.start == bridge.end() and len(start.whens) == len(end.whens) == 1:
            return between(start.whens[0], end.whens[0])
    return None


def _ends_of(said: Statement, match: re.Match[str], reader: Reader) -> Expression | None:
    part = {name: said.tokens[at] for name in match.groupdict() if (at := match.start(name)) >= 0}
    year = full_year(part["year"], reader)
    if year is None or not _ends(said, match.end("year"), part["year"]):
        return None
    last_month = (part.get("m2") or part["m1"]).number
    first_month = (part.get("m1") or part["m2"]).number
    days = [part[name].number if name in part else None for name in ("d1", "d2")]
    if part["link"].sign in "/&" and days[0] and first_month == last_month and days[1] != days[0] + 1:
        return None  # "3/5 June" and "3 and 5 June" are two days
    start_year = year - 1 if first_month > last_month else year
    start = dated(start_year, first_month, days[0], None, reader.latest)
    end = dated(year, last_month, days[1], None, reader.latest)
    return between(start, end) if start and end else None


def _modified(said: Statement, start: int, stated: Expression) -> Expression:
    """The expression as approximate or uncertain when such a word stands directly before it."""
    if said.tokens[start].parted:
        return stated
    before = said.shape[:start].rstrip("gxh.")
    if before.endswith(("a", "u")) and len(before) >= start - 2:
        return _marked(stated, before[-1])
    return stated


def _marked(stated: Expression, sign: str) -> Expression:
    """`2020~` for "ca. 2020", `2020?` for "perhaps 2020", `2020%` for both; no date for `published`."""
    mark = {"a": "~", "u": "?"}[sign]
    if stated.edtf[-1:] in "~?%":
        return Expression(stated.edtf if stated.edtf.endswith(mark) else f"{stated.edtf[:-1]}%")
    if "/" in stated.edtf or "T" in stated.edtf:
        return stated
    return Expression(stated.edtf + mark)


_CORES = tuple(
    (name, re.compile(shape))
    for name, shape in (
        ("years", r"[xt]?g*(?P<year>y)Y?(?P<link>[-rhj/&])g*(?P<last>[yn])Y?g*"),
        ("season", rf"(?P<season>z)[,.']*{_J}(?P<year>[yv])(?P<next>[/\-][yn])?"),
        ("season", rf"(?P<year>y)Y?[,.\-/]?{_J}(?P<season>z)"),
        ("quarter", rf"(?P<number>[noOR])[.\-]?{_J}q\.?[,/]?{_J}(?P<year>[yv])Y?{_J}"),
        ("quarter", rf"q\.?(?P<number>[noR])\.?[,/]?{_J}(?P<year>[yv])"),
        ("quarter", rf"(?P<year>y)Y?[.,]?{_J}(?P<number>[noOR])[.\-]?{_J}q"),
        ("quarter", rf"(?P<number>Q)[,/.\-]?{_J}(?P<year>[yvn])"),
        ("quarter", rf"(?P<year>y)[,/.\-]?(?P<number>Q)"),
        ("half", rf"(?P<number>[noOR])[.\-]?{_J}H[,/]?{_J}(?P<year>[yv])"),
        ("half", rf"(?P<number>J)[,/.\-]?{_J}(?P<year>[yvn])"),
        ("half", rf"(?P<year>y)[,/.\-]?(?P<number>J)"),
        ("decade", r"(?P<year>E)[\-]?[eg]*"),
        ("decade", rf"[eg]*e?{_J}(?P<year>[nvE])\.?-?e*{_J}(?:(?P<number>R)\.?{_J}k|k\.?{_J}(?P<number2>R))"),
        ("decade", r"(?P<year>y)[;\-]?e+"),
        ("decade", rf"[eg]*e{_J}(?P<year>[yE])\.?"),
        ("decade", r"e(?P<year>[nv])\.?"),
        ("decade", r"(?P<year>n)(?:-e+)"),
        ("century", rf"(?P<number>[noRO])\.?-?{_J}k\.?"),
        ("century", rf"k\.?{_J}(?P<number>[nR])\.?"),
        ("month", r"(?P<month>n)(?P<sep>[-./])(?P<year>y)"),
        ("month", r"(?P<year>y)(?P<sep>[./])(?P<month>n)"),
        ("day", r"(?P<day>n)(?P<month>n)(?P<year>y)"),
        ("year", r"(?P<year>y)Y?"),
    )
)
_LEAD = re.compile(rf"{_EDGE}(?:(?P<about>a)\.?{_EDGE})?(?:(?P<maybe>u)\.?{_EDGE})?(?:(?P<part>f)\.?-?{_EDGE})?")
_OPEN = re.compile(r"[gl;,]*(?P<side>[btj])[gxh]*")
_END_OF = re.compile(rf"{_TAIL}(?P<about>a)?(?P<maybe>u|\?)?{_TAIL}")


def _whole(said: Statement, reader: Reader) -> Expression | None:
    """What the whole statement says, where it says nothing but a time that is more or less than a date."""
    if said.clocks:
        return None
    opened = _OPEN.match(said.shape)
    if opened and (stated := _open(said, reader, opened)):
        return stated
    return _inexact(said, reader, 0)


def _open(said: Statement, reader: Reader, opened: re.Match[str]) -> Expression | None:
    """The time until or since a date."""
    found = first(said, reader, DAYS, opened.end()) or first(said, reader, MONTHS, opened.end())
    if found and found.start == opened.end() and len(found.whens) == 1:
        edtf = found.whens[0].iso if re.fullmatch(_TAIL, said.shape[found.end :]) else ""
    else:
        core = _inexact(said, reader, opened.end())
        edtf = core.edtf if core and "/" not in core.edtf else ""
    if not edtf:
        return None
    return Expression(f"{edtf}/.." if opened["side"] == "t" else f"../{edtf}")


def _inexact(said: Statement, reader: Reader, at: int) -> Expression | None:
    lead = _LEAD.match(said.shape, at)
    if lead is None:
        return None
    for name, shape in _CORES:
        match = shape.match(said.shape, lead.end())
        end = _END_OF.fullmatch(said.shape, match.end()) if match else None
        if match is None or end is None:
            continue
        part = {group: said.tokens[match.start(group)] for group in match.groupdict() if match[group]}
        stated = _core(name, part, said, reader)
        if stated is None:
            continue
        if lead["about"] or end["about"]:
            stated = _marked(stated, "a")
        return _marked(stated, "u") if lead["maybe"] or end["maybe"] else stated
    return None


def _core(name: str, part: dict[str, Token], said: Statement, reader: Reader) -> Expression | None:
    """The expression of one of the weaker forms."""
    if name == "decade":
        century = part.get("number") or part.get("number2")
        return _decade(part["year"], century, said, reader)
    if name == "century":
        return _century(part["number"], reader)
    year = full_year(part["year"], reader)
    if year is None or not EARLIEST_YEAR <= year <= reader.latest:
        return None
    if name == "years":
        if part["link"].sign == "&" and "x" not in said.shape:
            return None  # "2019 and 2021" are two years
        return _years(year, part["last"], part["link"], reader)
    if name in {"month", "day"}:
        day = part["day"].number if "day" in part else None
        if name == "month" and part["month"].length == 2 and part["sep"].sign == "/" and _follows(part, year):
            return None  # 2003/04 is April or a season
        when = dated(year, part["month"].number, day, None, reader.latest) if not day or reader.order == "day" else None
        return Expression.of(when) if when else None
    if name == "season":
        return Expression(f"{year}-{part['season'].number}", None, "" if "next" in part else str(year))
    if name in {"quarter", "half"}:
        number, most, base = part["number"].number, *((4, 32) if name == "quarter" else (2, 39))
        return Expression(f"{year}-{base + number}", None, str(year)) if 1 <= number <= most else None
    return Expression.of(When(f"{year:04}", "year"))


def _follows(part: dict[str, Token], year: int) -> bool:
    """Whether `2003/04` can be two years."""
    return part["year"].start < part["month"].start and part["month"].number == (year + 1) % 100


def _years(year: int, last: Token, link: Token, reader: Reader) -> Expression | None:
    """`2019–2021`, `2023/24`."""
    if last.length == 4:
        end = full_year(last, reader) or 0
    elif last.length == 2:
        end = year // 100 * 100 + last.number
        if last.number <= 12 and link.sign in "-/":
            return None  # 2010-12 is December or three years
    else:
        return None
    return Expression(f"{year}/{end}") if year < end <= reader.latest else None


def _decade(stated: Token, century: Token | None, said: Statement, reader: Reader) -> Expression | None:
    """`199X`, also for "lata 90. XX wieku"; `18XX` for the English "1800s"."""
    if century is not None and stated.number < 100 and stated.number % 10 == 0:
        return Expression(f"{century.number - 1:02}{stated.number // 10}X") if century.number else None
    if stated.length == 4:
        if stated.number % 10 or not EARLIEST_YEAR <= stated.number <= reader.latest:
            return None
        hundred = stated.number % 100 == 0 and stated.number < reader.latest // 100 * 100
        if hundred and stated.sign == "E" and said.text[stated.end - 1] == "s":
            return Expression(f"{stated.number // 100}XX")
        return Expression(f"{stated.number // 10}X")
    if stated.number % 10 or stated.number > 99:
        return None
    year = full_year(stated._replace(length=2), reader)
    return Expression(f"{year // 10}X") if year else None


def _century(stated: Token, reader: Reader) -> Expression | None:
    """`18XX` for "19. Jahrhundert"."""
    return Expression(f"{stated.number - 1:02}XX") if 1 <= stated.number <= reader.latest // 100 + 1 else None


_YEARLESS = tuple(
    re.compile(rf"{_EDGE}{shape}{_TAIL}")
    for shape in (rf"(?P<day>[no])\.?{_J}(?P<month>m)", r"(?P<month>m)\.?g*(?P<day>[no])", r"(?P<day>n)\.(?P<month>n)\.",
                  r"(?P<month>n)M(?P<day>n)D")
)  # fmt: skip


def yearless(said: Statement, reader: Reader) -> Expression | None:
    """A day and month without a year: the last one before today, `XXXX-11-25` when today is not known."""
    for shape in _YEARLESS:
        if match := shape.fullmatch(said.shape):
            month, day = (said.tokens[match.start(name)].number for name in ("month", "day"))
            if dated(2000, month, day, None, reader.latest) is None:
                return None
            if reader.today is None:
                return Expression(f"XXXX-{month:02}-{day:02}")
            return _last_passed(said, month, day, reader, reader.today, match.end())
    return None


def _last_passed(said: Statement, month: int, day: int, reader: Reader, today: date, end: int) -> Expression | None:
    for year in range(today.year, today.year - OLDEST_WEEKDAY, -1):
        when = dated(year, month, day, None, reader.latest)
        if when is None or when.iso > today.isoformat():
            continue
        if said.weekday and date.fromisoformat(when.iso).isoweekday() != said.weekday:
            continue
        return Expression.of(_timed(said, Found((when,), 0, end))[0])
    return None


def calendar_week(said: Statement, reader: Reader) -> Expression | None:
    """`KW 23/2024`: from Monday to Sunday."""
    match = _CALENDAR_WEEK.fullmatch(said.text.strip())
    return week(int(match["year"]), int(match["week"]), None, reader.latest) if match else None


_CALENDAR_WEEK = re.compile(
    r"(?:kw|kalenderwoche|woche|week|semaine|semana|settimana|tydzien|tyzden|vecka|uge|uke|viikko)\s?(?P<week>\d{1,2})"
    r"(?:\s?[/,-]\s?|\s(?:of|de|van|del|av|af|roku|in)?\s?)(?P<year>\d{4})"
)
