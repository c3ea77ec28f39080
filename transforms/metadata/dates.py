"""What a statement about a date says, cut at its own precision: nothing is invented, and "today" needs a clock."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from backfile.article import Precision
from transforms.metadata.months import MONTHS
from transforms.metadata.relative import relative

EARLIEST_YEAR = 1500  # the first printed news; older years in a statement are typing errors or page numbers
LONGEST_STATEMENT = 200  # characters that are looked at; the longest of the 153 in the development data has 41
MONTH_FIRST = frozenset({"us", "ph", "fm", "pw", "mh"})  # countries that write 03/04/2024 for March 4th
EITHER_ORDER = frozenset({"ca"})  # both are in use; a statement is decided by its figures or not at all
UNDECIDED_LANGUAGES = frozenset({"en"})  # British and American English differ; other languages put the day first

_ISO = re.compile(
    r"(?P<year>\d{4})(?:(?P<dash>[-/.])(?P<month>\d{1,2})(?:(?P=dash)(?P<day>\d{1,2}))?)?"
    r"(?:(?:[T ]|,\s)\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,:]\d+)?\s*(?P<zone>.{0,40}))?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?", re.IGNORECASE
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_OFFSET = re.compile(r"\s*(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)", re.IGNORECASE)
_ZONE_NAME = re.compile(r"\s*\(?([a-z]{1,5})\b", re.IGNORECASE)
_ZONES = {  # minutes east of Greenwich; names that several zones share (IST, ET, AST) are left out
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "eest": 180, "msk": 180, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "sgt": 480,
    "hkt": 480, "pkt": 300,
}  # fmt: skip
_CLOCK = re.compile(
    r"(?<![\d.:/-])(?P<hour>\d{1,2})\s?(?:(?P<sep>[:.hH])\s?(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?)?(?![\d/])"
    r"\s?(?P<half>[ap]\.?\s?m\b\.?)?\s?(?P<word>uhr\b|[h時时](?!\w))?",
    re.IGNORECASE,
)
_WORD = r"(?P<name>[^\W\d_]{2,12}(?:\s(?:الثاني|الأول))?)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|ª)?"
_LINK = r"[\s.,]*(?:(?:de|del|of|d')\s+)?"
_YEAR = r"(?P<year>\d{4}|'?\d{2})(?![\d:]|\s?[ap]\.?m)"
_DAY_NAME_YEAR = re.compile(rf"{_DAY}[\s.\-/]*(?:(?:de|of|d')\s+)?{_WORD}{_LINK}[\-/]?{_YEAR}", re.IGNORECASE)
_NAME_DAY_YEAR = re.compile(rf"(?<!\w){_WORD}[\s.]*{_DAY}{_LINK}(?P<year>\d{{4}})(?!\d)", re.IGNORECASE)
_YEAR_NAME_DAY = re.compile(rf"(?<!\d)(?P<year>\d{{4}})[\s.,\-]*{_WORD}[\s.\-]*{_DAY}(?!\d)", re.IGNORECASE)
_NAME_YEAR = re.compile(rf"(?<!\w){_WORD}{_LINK}(?P<year>\d{{4}})(?!\d)", re.IGNORECASE)
_RANGE = re.compile(r"(?<!\d)\d{1,2}\.?\s*(?:[–—-]|bis|to|au)\s*(?=\d{1,2}\.?\s*[^\W\d_])", re.IGNORECASE)
_YMD = re.compile(
    r"(?<!\d)(?P<year>\d{4})\s?(?:年|(?P<sep>[-/.]))\s?(?P<month>\d{1,2})\s?(?:月|(?P=sep))\s?(?P<day>\d{1,2})日?(?!\d{3})"
)
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<a>\d{1,2})\s?(?P<sep>[./-])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<year>\d{4}|\d{2})(?!\d)"
)
_MONTH_YEAR = re.compile(r"(?<![\d./])(?P<month>\d{1,2})[/.](?P<year>\d{4})(?!\d)")
_YEAR_MONTH = re.compile(r"(?<!\d)(?P<year>\d{4})年(?P<month>\d{1,2})月")
_LONE_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class When:
    """A date as far as it was stated."""

    iso: str  # `2024`, `2024-11`, `2024-11-25`, `2024-11-25T10:12+01:00`; an offset only where one was stated
    precision: Precision

    @property
    def day(self) -> str | None:
        """The calendar day as written, `2024-11-25`; None when no day was stated."""
        return self.iso[:10] if len(self.iso) >= 10 else None

    @property
    def instant(self) -> datetime | None:
        """The moment, in UTC; None unless time and offset were stated."""
        if "T" not in self.iso:
            return None
        moment = datetime.fromisoformat(self.iso)
        return moment.astimezone(UTC) if moment.tzinfo else None

    def same_day(self, other: "When") -> bool:
        """Whether both can be the same day: as written or in UTC, and as far as both are stated."""
        shared = min(len(self.iso), len(other.iso), 10)
        if self.iso[:shared] == other.iso[:shared]:
            return True
        here, there = self.instant, other.instant
        return here is not None and there is not None and here.date() == there.date()


def parse(
    statement: str,
    *,
    language: str | None = None,
    country: str | None = None,
    now: datetime | None = None,
    lone_year: bool = False,
) -> When | None:
    """What `statement` says about a date, at its own precision; None when it states none, or none that is certain.

    `language` (BCP 47; a region in it counts as country) and `country` (ISO 3166, two letters) decide the order of
    03/04/2024; without them it stays undecided. "Yesterday" is understood only with `now`, the moment at which it was
    said. Years reach to the one after now, or after the computer's now if that is later. A year alone counts only with
    `lone_year`.
    """
    text = unicodedata.normalize("NFKC", statement[:LONGEST_STATEMENT]).strip().strip("\"'").strip()
    if not any(character.isdecimal() for character in text) and now is None:
        return None
    latest = max(now.year if now else 0, datetime.now(UTC).year) + 1
    order = _order(language, country)
    found = _machine(text, latest) or _written(text, latest, order)
    if found is None and lone_year and _LONE_YEAR.fullmatch(text):
        found = _when(int(text), None, None, None, latest)
    if found is None and now is not None:
        found = _from_now(text, now)
    return found


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day as stated."""

    hour: int
    minute: int
    second: int | None = None
    offset: int | None = None  # minutes east of Greenwich

    @property
    def iso(self) -> str:
        text = f"{self.hour:02}:{self.minute:02}" + (f":{self.second:02}" if self.second is not None else "")
        if self.offset is None:
            return text
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{text}{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}"


def _when(year: int, month: int | None, day: int | None, clock: _Clock | None, latest: int) -> When | None:
    """The date if the calendar has it and the year is possible, else None."""
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not EARLIEST_YEAR <= year <= latest:
        return None
    if month is None:
        return When(f"{year:04}", "year")
    if day is None:
        return When(f"{year:04}-{month:02}", "month")
    stated = f"{year:04}-{month:02}-{day:02}"
    if clock is None:
        return When(stated, "day")
    return When(f"{stated}T{clock.iso}", "minute" if clock.second is None else "second")


def _machine(text: str, latest: int) -> When | None:
    """ISO 8601, RFC 3339, their compact form, and seconds or milliseconds since 1970."""
    if _EPOCH.fullmatch(text):
        seconds = int(text[:10])
        moment = datetime.fromtimestamp(seconds, UTC)
        clock = _Clock(moment.hour, moment.minute, moment.second, 0)
        return _when(moment.year, moment.month, moment.day, clock, latest)
    if match := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zone = match.groups()
        stated = _clock(int(hour), int(minute), second and int(second), zone or "") if hour else None
        return _when(int(year), int(month), int(day), stated, latest)
    match = _ISO.fullmatch(text)
    if match is None or match["month"] is None or (match["clock"] and not match["day"]):
        return None
    if match["dash"] != "-" and not match["day"]:
        return None
    parts = [int(part) for part in (match["clock"] or "").split(":") if part]
    stated = _clock(parts[0], parts[1], parts[2] if parts[2:] else None, match["zone"] or "") if parts else None
    day = int(match["day"]) if match["day"] else None
    return _when(int(match["year"]), int(match["month"]), day, stated, latest)


def _clock(hour: int, minute: int, second: int | str | None, zone: str) -> _Clock | None:
    """A possible time of day with the zone that `zone` begins with, else None; 24:00 is none."""
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return None
    return _Clock(hour, minute, None if second is None else int(second), _zone(zone))


def _zone(text: str) -> int | None:
    """The offset in minutes that stands at the beginning of `text`; None when there is none that is certain."""
    match = _OFFSET.match(text)
    if match:
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        return (hours * 60 + minutes) * (-1 if match[1] == "-" else 1)
    named = _ZONE_NAME.match(text)
    return _ZONES.get(named[1].casefold()) if named else None


def _order(language: str | None, country: str | None) -> str:
    """Which comes first in 03/04/2024: "day", "month", or "" when that cannot be known."""
    tag, _, region = (language or "").replace("_", "-").casefold().partition("-")
    place = (country or region.rpartition("-")[2]).casefold()
    if place in EITHER_ORDER:
        return ""
    if place:
        return "month" if place in MONTH_FIRST else "day"
    return "" if not tag or tag in UNDECIDED_LANGUAGES else "day"


def _written(text: str, latest: int, order: str) -> When | None:
    """A date written for people: figures or a name for the month, a time of day before, within or behind it."""
    if _RANGE.search(text):  # "3.–5. Juni 2024" is no single day: what is certain is the month
        text = _RANGE.sub(" ", text)
        found = _named(text, latest)
        return When(found[0].iso[:7], "month") if found else None
    clock, rest = _time_of_day(text, with_colon=True)
    found = _figures(rest, latest, order) or _named(rest, latest)
    if found is None:
        return None
    when, before, after = found
    if clock is None:
        clock = _time_of_day(after, with_colon=False)[0] or _time_of_day(before, with_colon=False)[0]
    if clock is None or when.precision != "day":
        return when
    return When(f"{when.iso}T{clock.iso}", "minute" if clock.second is None else "second")


def _time_of_day(text: str, *, with_colon: bool) -> tuple[_Clock | None, str]:
    """The first time of day in `text` and the text without any; `14.05` counts only when dots are not a date's."""
    for match in _CLOCK.finditer(text):
        separator, half, word = match["sep"], match["half"], match["word"]
        if with_colon and separator != ":":
            continue
        if separator is None and not half and not word:
            continue
        hour = int(match["hour"])
        if half:
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if half[0] in "pP" else 0)
        clock = _clock(hour, int(match["minute"] or 0), match["second"], text[match.end() :])
        if clock is not None:
            offset = _OFFSET.match(text, match.end()) if clock.offset is not None else None
            rest = text[offset.end() if offset else match.end() :]
            return clock, f"{text[: match.start()]} {_CLOCK.sub(_drop_colon_time, rest)}"
    return None, text


def _drop_colon_time(match: re.Match[str]) -> str:
    return " " if match["sep"] == ":" else match[0]


def _figures(text: str, latest: int, order: str) -> tuple[When, str, str] | None:
    """A day in figures, with the text before and behind it."""
    match = _YMD.search(text)
    if match and (when := _when(int(match["year"]), int(match["month"]), int(match["day"]), None, latest)):
        return _placed(when, match)
    if match := _NUMERIC.search(text):
        a, b = int(match["a"]), int(match["b"])
        if match["sep"] == "." or a > 12 or a == b:
            day, month = a, b
        elif b > 12:
            day, month = b, a
        elif order:
            day, month = (a, b) if order == "day" else (b, a)
        else:
            return None
        return _placed(_when(_full_year(match["year"], latest), month, day, None, latest), match)
    for pattern in (_YEAR_MONTH, _MONTH_YEAR):
        if match := pattern.search(text):
            return _placed(_when(int(match["year"]), int(match["month"]), None, None, latest), match)
    return None


def _named(text: str, latest: int) -> tuple[When, str, str] | None:
    """A day or month with the month's name, with the text before and behind it."""
    for pattern in (_DAY_NAME_YEAR, _NAME_DAY_YEAR, _YEAR_NAME_DAY, _NAME_YEAR):
        at = 0
        while match := pattern.search(text, at):
            month = MONTHS.get(match["name"].casefold())
            if month is not None:
                day = int(match["day"]) if "day" in pattern.groupindex else None
                placed = _placed(_when(_full_year(match["year"], latest), month, day, None, latest), match)
                if placed:
                    return placed
            at = match.start() + 1
    return None


def _placed(when: When | None, match: re.Match[str]) -> tuple[When, str, str] | None:
    return None if when is None else (when, match.string[: match.start()], match.string[match.end() :])


def _full_year(stated: str, latest: int) -> int:
    """`24` as 2024, `98` as 1998: the last year with these two figures that is possible."""
    year = int(stated.strip("'"))
    if len(stated.strip("'")) == 4:
        return year
    century = latest // 100 * 100
    return century + year if century + year <= latest else century - 100 + year


def _from_now(text: str, now: datetime) -> When | None:
    """What "yesterday, 18:20" or "vor 3 Tagen" said at `now` means."""
    clock, rest = _time_of_day(text, with_colon=False)
    found = relative(rest if clock else text)
    if found is None:
        return None
    if found.unit in {"minute", "hour"}:
        moment = now - timedelta(minutes=found.count * (60 if found.unit == "hour" else 1))
        return When(moment.isoformat(timespec="minutes"), "minute")
    if found.unit in {"month", "year"}:
        months = now.year * 12 + now.month - 1 - found.count * (12 if found.unit == "year" else 1)
        if found.unit == "year":
            return When(f"{months // 12:04}", "year")
        return When(f"{months // 12:04}-{months % 12 + 1:02}", "month")
    if found.unit == "weekday":
        back = (now.weekday() - found.count) % 7 or 7
    else:
        back = found.count * (7 if found.unit == "week" else 1)
    day = (now - timedelta(days=back)).date().isoformat()
    if clock is None:
        return When(day, "day")
    return When(f"{day}T{clock.iso}", "minute" if clock.second is None else "second")
