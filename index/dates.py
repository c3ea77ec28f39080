"""Days and spans of days, as articles state them and as queries ask for them.

A date is the span of days it may mean: `2024-11` is thirty of them. Days are proleptic ordinals (`date.toordinal`).
"""

import calendar
import re
from datetime import date, timedelta

Span = tuple[int, int]  # first and last day, both inclusive
OpenSpan = tuple[int | None, int | None]  # None: open at that end

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?")
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})(?:/(\d{1,2}))?")  # the year first; 11/12/2024 is two days, so it is none
_GERMAN = re.compile(r"(?:(\d{1,2})\.\s?)?(\d{1,2})\.\s?(\d{4})")
_SHORT_YEAR = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2})")
# 25. November 2024, 25 Nov 2024, Nov. 2024, November 25, 2024; blanks may be hyphens.
_WORDED = re.compile(
    r"(?:(\d{1,2})(?:\.|st|nd|rd|th)?[\s-]*)?([^\W\d_]{3,9})\.?[\s-]+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)
_AGO = re.compile(r"(\d{1,4})([dwmy])", re.IGNORECASE)
_COMPARED = re.compile(r"(>=|<=|>|<)(.+)", re.DOTALL)
_DAYS = {"d": 1, "w": 7}
_MONTHS = (  # names in English and German that begin so; those of both languages are one month
    ("jan", "jän", "january januar jänner"),
    ("feb", "feb", "february februar feber"),
    ("mar", "mär", "march märz maerz mrz"),
    ("apr", "apr", "april"),
    ("may", "mai", "may mai"),
    ("jun", "jun", "june juni"),
    ("jul", "jul", "july juli"),
    ("aug", "aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "okt", "october oktober"),
    ("nov", "nov", "november"),
    ("dec", "dez", "december dezember"),
)
_MONTH = {
    name: str(number)
    for number, (english, german, whole) in enumerate(_MONTHS, start=1)
    for name in (english, german, *whole.split())
}
# What is said where a value is none.
DAYS = 'dates are 2024, 2024-11, 2024-11-25, 25.11.2024, "November 2024", 2w (two weeks ago), today'
DATES = f"{DAYS}, A..B, >=A"
_NAMED = {"today": 0, "heute": 0, "yesterday": 1, "gestern": 1}


def span_of(published: str | None) -> Span | tuple[None, None]:
    """The days that an article's `published` may mean; `(None, None)` without a readable date.

    >>> [date.fromordinal(day).isoformat() for day in span_of("2024-11")]
    ['2024-11-01', '2024-11-30']
    """
    found = _ISO.fullmatch(published or "")
    span = _span(*found.groups()) if found else None
    return span or (None, None)


def parse_dates(text: str, *, now: date) -> OpenSpan | None:
    """The span that the value of `date:` asks for; None when it is no date.

    `2024`, `2024-11`, `2024-11-25`, `2024/11/25`, `25.11.2024`, `25.11.24`, `11.2024`, `25. November 2024`, `Nov 2024`,
    `today`, `3d` `2w` `6m` `1y` (the day so long ago), ranges `A..B`, `A..`, `..B` and comparisons `>=A`, `<A`.
    """
    text = text.strip()
    if compared := _COMPARED.fullmatch(text):
        return _compare(compared.group(1), _point(compared.group(2).strip(), now))
    if ".." not in text:
        return _point(text, now)
    left, _, right = text.partition("..")
    first = _point(left.strip(), now) if left.strip() else (None, None)
    last = _point(right.strip(), now) if right.strip() else (None, None)
    if first is None or last is None or not (left.strip() or right.strip()):
        return None
    return (first[0], last[1])


def _compare(sign: str, point: Span | None) -> OpenSpan | None:
    if point is None:
        return None
    first, last = point
    return {">=": (first, None), ">": (last + 1, None), "<=": (None, last), "<": (None, first - 1)}[sign]


def _point(text: str, now: date) -> Span | None:
    if (days := _NAMED.get(text.casefold())) is not None:
        return _ago(now, days)
    if ago := _AGO.fullmatch(text):
        number, unit = int(ago.group(1)), ago.group(2).lower()
        return (
            _ago(now, number * _DAYS[unit]) if unit in _DAYS else _months_ago(now, number * (12 if unit == "y" else 1))
        )
    if found := _ISO.fullmatch(text) or _SLASHED.fullmatch(text):
        return _span(*found.groups())
    if found := _GERMAN.fullmatch(text):
        day, month, year = found.groups()
        return _span(year, month, day)
    if found := _SHORT_YEAR.fullmatch(text):
        day, month, year = found.groups()
        return _span(_century(int(year), now) + year, month, day)
    return _worded(text)


def _worded(text: str) -> Span | None:
    found = _WORDED.fullmatch(text)
    if not found:
        return None
    before, name, behind, year = found.groups()
    month = _MONTH.get(name.casefold())
    return _span(year, month, before or behind) if month and not (before and behind) else None


def _century(year: int, now: date) -> str:
    """The first two figures of a year of two: the past, or a little ahead."""
    century = now.year // 100
    return str(century if year <= now.year % 100 + _AHEAD else century - 1)


_AHEAD = 10  # years; what is announced for later has four figures


def _ago(now: date, days: int) -> Span | None:
    try:
        day = (now - timedelta(days=days)).toordinal()
    except OverflowError:
        return None
    return (day, day)


def _months_ago(now: date, months: int) -> Span | None:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    if year < 1:
        return None
    day = date(year, month + 1, min(now.day, calendar.monthrange(year, month + 1)[1])).toordinal()
    return (day, day)


def _span(year: str, month: str | None, day: str | None) -> Span | None:
    try:
        if month is None:
            return (date(int(year), 1, 1).toordinal(), date(int(year), 12, 31).toordinal())
        if day is None:
            last = calendar.monthrange(int(year), int(month))[1]
            return (date(int(year), int(month), 1).toordinal(), date(int(year), int(month), last).toordinal())
        exact = date(int(year), int(month), int(day)).toordinal()
    except (ValueError, calendar.IllegalMonthError):
        return None
    return (exact, exact)
