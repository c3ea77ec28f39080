"""Dates in the forms that are made by programs: ISO 8601 with weeks and ordinal days, its extension EDTF, Unix time."""

import re
from datetime import UTC, date, datetime

from transforms.metadata.dates.clock import named_offset, possible
from transforms.metadata.dates.when import Clock, Expression, When, between, dated

_ISO = re.compile(
    r"(?P<year>\d{4})(?:(?P<dash>[-/.])(?P<month>\d{1,2})(?:(?P=dash)(?P<day>\d{1,2}))?)?"
    r"(?:(?:[Tt ]|,\s)\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,:]\d+)?\s*(?P<zone>.{0,40}))?"
)
_HOUR = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d)(Z|[+-]\d\d(?::?\d\d)?)?")
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[Tt ]?(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?"
)
_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)?([+-]\d\d:\d\d)?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
_WEEK = re.compile(r"(\d{4})-?W(\d\d)(?:-?([1-7]))?", re.IGNORECASE)
_EDTF_DATE = (
    r"(?:(?P<year{0}>\d{{4}}|\d{{3}}X|\d\dXX|XXXX)(?:-(?P<month{0}>\d\d|XX)(?:-(?P<day{0}>\d\d|XX))?)?"
    r"(?P<mark{0}>[?~%]?))"
)
_EDTF = re.compile(_EDTF_DATE.format(""))
_EDTF_INTERVAL = re.compile(rf"(?:{_EDTF_DATE.format(1)}|\.\.)?/(?:{_EDTF_DATE.format(2)}|\.\.)?")
SEASONS = range(21, 42)  # EDTF level 2: seasons, seasons by hemisphere, quarters, thirds and halves of a year


def machine(text: str, latest: int) -> Expression | None:
    """What a machine's date says, or None; a year alone and a compact form that no calendar has are none."""
    if (match := _ISO.fullmatch(text)) and (when := _iso(match, latest)):
        return Expression.of(when)
    if text.isdecimal() and text.isascii():
        when = _unix(text, latest) or _compact(text, latest)
        return Expression.of(when) if when else None
    for read in (_compact, _hour, _exif, _ordinal):
        if when := read(text, latest):
            return Expression.of(when)
    return _week(text, latest) or edtf(text, latest)


def _iso(match: re.Match[str], latest: int) -> When | None:
    if match["month"] is None or (match["clock"] and not match["day"]):
        return None
    if match["day"] is None and (match["dash"] != "-" or len(match["month"]) != 2):
        return None
    clock = None
    if match["clock"]:
        parts = [int(part) for part in match["clock"].split(":")]
        clock = _clock(parts, match["zone"] or "")
    day = int(match["day"]) if match["day"] else None
    return dated(int(match["year"]), int(match["month"]), day, clock, latest)


def _clock(parts: list[int], zone: str) -> Clock | None:
    second = parts[2] if parts[2:] else None
    return Clock(parts[0], parts[1], second, named_offset(zone)) if possible(parts[0], parts[1], second) else None


def _unix(text: str, latest: int) -> When | None:
    """Seconds or milliseconds since 1970."""
    if not _EPOCH.fullmatch(text):
        return None
    moment = datetime.fromtimestamp(int(text[:10]), UTC)
    clock = Clock(moment.hour, moment.minute, moment.second, 0)
    return dated(moment.year, moment.month, moment.day, clock, latest)


def _compact(text: str, latest: int) -> When | None:
    if not (match := _COMPACT.fullmatch(text)):
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    clock = _clock([int(each) for each in (hour, minute, second) if each], zone or "") if hour else None
    return dated(int(year), int(month), int(day), clock, latest)


def _hour(text: str, latest: int) -> When | None:
    """An hour without minutes: the day, for an hour is no precision of ours."""
    match = _HOUR.fullmatch(text)
    return dated(int(match[1]), int(match[2]), int(match[3]), None, latest) if match else None


def _exif(text: str, latest: int) -> When | None:
    if not (match := _EXIF.fullmatch(text)):
        return None
    clock = _clock([int(each) for each in match.groups()[3:6]], match[7] or "")
    return dated(int(match[1]), int(match[2]), int(match[3]), clock, latest)


def _ordinal(text: str, latest: int) -> When | None:
    if not (match := _ORDINAL.fullmatch(text)) or not 1 <= int(match[1]) <= latest:
        return None
    start = date(int(match[1]), 1, 1).toordinal()
    day = date.fromordinal(start + int(match[2]) - 1) if int(match[2]) else None
    return dated(day.year, day.month, day.day, None, latest) if day and day.year == int(match[1]) else None


def _week(text: str, latest: int) -> Expression | None:
    match = _WEEK.fullmatch(text)
    return week(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, latest) if match else None


def week(year: int, number: int, day: int | None, latest: int) -> Expression | None:
    """A week of ISO 8601, from Monday to Sunday, or one day (1 … 7) of it; None when the year has no such week."""
    try:
        first, last = (date.fromisocalendar(year, number, each) for each in (day or 1, day or 7))
    except ValueError:
        return None
    start, end = (dated(each.year, each.month, each.day, None, latest + 1) for each in (first, last))
    if start is None or end is None:
        return None
    return Expression.of(start) if day else between(start, end)


def edtf(text: str, latest: int) -> Expression | None:
    """An expression of EDTF that is more or less than a date, as it stands; None when it is none or out of range."""
    if match := _EDTF.fullmatch(text):
        if not (match["month"] or match["mark"] or "X" in text):
            return None
        return _inexact(match, "", latest)
    match = _EDTF_INTERVAL.fullmatch(text)
    if match is None or not (match["year1"] or match["year2"]):
        return None
    ends = [_inexact(match, number, latest) for number in "12" if match[f"year{number}"]]
    if None in ends:
        return None
    if len(ends) == 2 and all(end and end.when and end.edtf == end.when.iso for end in ends):
        first, last = (end.when for end in ends if end)
        return between(first, last) if first and last else None
    return Expression(text)


def _inexact(match: re.Match[str], number: str, latest: int) -> Expression | None:
    year, month, day, mark = (match[f"{name}{number}"] for name in ("year", "month", "day", "mark"))
    said = "-".join(part for part in (year, month, day) if part)
    if "X" in year:
        return Expression(said + mark) if day is None or day == "XX" or month != "XX" else None
    if month and month != "XX" and int(month) in SEASONS and not day and int(year) <= latest:
        return Expression(said + mark, None, "" if mark else year)
    numbers = [int(part) if part and part != "XX" else None for part in (year, month, day)]
    if numbers[0] is None or (month == "XX" and day and day != "XX"):
        return None
    when = dated(numbers[0], numbers[1], numbers[2], None, latest)
    if when is None or mark:
        return Expression(said + mark) if when else None
    return Expression.of(when) if said == when.iso else Expression(said, when)
