"""From a statement to what it says: the forms of machines, then those of people, then distances from now."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from transforms.metadata.dates.clock import offset_at
from transforms.metadata.dates.days import Reader
from transforms.metadata.dates.folding import fold
from transforms.metadata.dates.grammar import read
from transforms.metadata.dates.inexact import calendar_week, yearless
from transforms.metadata.dates.machine import machine
from transforms.metadata.dates.relative import Distance, relative
from transforms.metadata.dates.tokens import Statement, tokenize
from transforms.metadata.dates.when import Clock, Expression, When, between, dated
from transforms.metadata.dates.words import ANY, vocabulary

LONGEST_STATEMENT = 200  # characters that are looked at; the longest of the 153 in the development data has 41
MONTH_FIRST = frozenset({"us", "ph", "fm", "pw", "mh", "gu", "as", "mp", "vi"})  # write 03/04/2024 for March 4th
EITHER_ORDER = frozenset({"ca"})  # both are in use in English; a statement is decided by its figures or not at all
UNDECIDED_LANGUAGES = frozenset({"en", "und"})  # British and American English differ; other languages put the day first
YEAR_FIRST = frozenset({"zh", "ja", "ko", "hu", "lt", "mn"})  # languages that write 24.06.03 for June 3rd

_SAME_LANGUAGE = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "mo": "ro"}  # other tags of the same, for our tables
_NO_LANGUAGE = frozenset({"", "und"})
_DAY_FIRST_ABROAD = frozenset({"es", "fr", "de", "it", "pt"})  # in Spanish 03/04/2024 is April in the United States too
_NUMBERED = re.compile(r"[0-9]|\b[IVX]{1,5}")  # without figures there are centuries only
_ERAS = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
    "明治": 1867,
    "民國": 1911,
    "民国": 1911,
}  # the year before the first
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s?(元|\d{{1,3}})\s?年")
_FIGURES = {figure: str(value) for value, figure in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_CHINESE = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日号號])")
_UNSEEN = re.compile(
    r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)  # marks of direction, blanks of no width
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600}
_BENIGN = frozenset("glxhaf;,.-")  # signs of what may stand around "yesterday"


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
    03/04/2024; without them it stays undecided. "Yesterday", days of the week and days without a year are understood
    only with `now`, the moment at which it was said. Years reach to the one after now, or after the computer's now if
    that is later. Of an interval the month is kept in which all of it lies. A year alone, or that of a season, counts
    only with `lone_year`.
    """
    found = _read(statement, language, country, now)
    if len(found) != 1:
        return None
    only = found[0]
    if only.when is not None and (lone_year or only.when.precision != "year"):
        return only.when
    return When(only.year, "year") if lone_year and only.year else None


def edtf(
    statement: str, *, language: str | None = None, country: str | None = None, now: datetime | None = None
) -> str:
    """The expression as EDTF (ISO 8601-2, with times to the minute too); "" when it is no date or not decided.

    Arguments as for `parse`. A season is `2024-23`, the third quarter `2024-35`, the nineties `199X`, "ca. 2020"
    `2020~`, "perhaps 2020" `2020?`, "3.–5. Juni 2024" `2024-06-03/2024-06-05`, "since 2020" `2020/..`, and a day
    without a year and without `now` `XXXX-11-25`.
    """
    found = _read(statement, language, country, now)
    return found[0].edtf if len(found) == 1 else ""


def readings(
    statement: str, *, language: str | None = None, country: str | None = None, now: datetime | None = None
) -> tuple[When, ...]:
    """The dates that the statement can mean: none, one, or both readings of 03/04/2024 where nothing decides.

    Arguments as for `parse`. The day comes first in the first reading.
    """
    return tuple(each.when for each in _read(statement, language, country, now) if each.when)


def _read(statement: str, language: str | None, country: str | None, now: datetime | None) -> tuple[Expression, ...]:
    text = statement[:LONGEST_STATEMENT].strip().strip("\"'").strip()
    latest = max(now.year if now else 0, datetime.now(UTC).year) + 1
    if text.isascii() and (stated := machine(text, latest)):
        return (stated,)
    text = _plain(text)
    if now is None and not _NUMBERED.search(text):
        return ()
    tag, place = _region(language, country)
    folded = fold(text)
    said = tokenize(text, folded, vocabulary(tag), place)
    today = now.date() if now else None
    reader = Reader(_order(tag, place), tag in YEAR_FIRST, tag == "th" or bool(_THAI.search(text)), latest, today)
    found = _dated(said, reader)
    if found:
        return found
    day = yearless(said, reader)
    if (now or day) and (told := _distance(text, folded, tag, place)):  # "2 … ago" may look like the second of August
        stated = _resolved(*told, now) if now else None
        return (stated,) if stated else ()
    if day:
        return (day,)
    other = _other_words(said, tag)
    return _dated(tokenize(text, folded, vocabulary(other), place), reader) if other is not None else ()


def _other_words(said: Statement, tag: str) -> str | None:
    """The vocabulary with which the statement is to be read once more; None when that would tell no more."""
    if tag in _NO_LANGUAGE:
        return ANY if _unknown_name(said) else None
    return "" if "m" in said.shape and "W" in said.shape else None  # another language's month, with its short words


def _dated(said: Statement, reader: Reader) -> tuple[Expression, ...]:
    if weeks := calendar_week(said, reader):
        return (weeks,)
    return read(said, reader)


def _unknown_name(said: Statement) -> bool:
    """Whether an unknown word stands beside a number, as the name of a month would."""
    return re.search(r"n\.?W\.?,?y|W\.?n,?y|y\.?W\.?n|^W\.?y$", said.shape) is not None


def _plain(text: str) -> str:
    """The text with the digits of ASCII, and with the years of eras and the figures of Chinese as such digits."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    text = _ERA.sub(lambda match: f"{_ERAS[match[1]] + (1 if match[2] == '元' else int(match[2]))}年", text)
    return _CHINESE.sub(_chinese, text)


def _chinese(match: re.Match[str]) -> str:
    """`二〇二四` as 2024, `二十五` as 25."""
    figures = match[0]
    if "十" not in figures:
        return "".join(_FIGURES[each] for each in figures)
    tens, _, ones = figures.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return figures
    return str(int(_FIGURES.get(tens, "1")) * 10 + int(_FIGURES.get(ones, "0")))


def _region(language: str | None, country: str | None) -> tuple[str, str]:
    """The primary tag and the country, small; "" for what is not known."""
    tag, _, region = (language or "").replace("_", "-").lower().partition("-")
    return _SAME_LANGUAGE.get(tag, tag), (country or region.rpartition("-")[2]).lower()


def _order(tag: str, place: str) -> str:
    """Which comes first in 03/04/2024: "day", "month", or "" when that cannot be known."""
    undecided = not tag or tag in UNDECIDED_LANGUAGES
    if place and not (undecided and place in EITHER_ORDER):
        return "month" if place in MONTH_FIRST and (undecided or tag not in _DAY_FIRST_ABROAD) else "day"
    return "" if undecided else "day"


def _distance(text: str, folded: str, tag: str, place: str) -> tuple[Distance, Statement] | None:
    """The distance from now that the statement tells, and what stands around it; None where it says anything else."""
    told = relative(folded, tag)
    if told is None:
        return None
    around = " " * (told.end - told.start)
    text, folded = (f"{each[: told.start]}{around}{each[told.end :]}" for each in (text, folded))
    rest = tokenize(text, folded, vocabulary(tag), place)
    return None if set(rest.shape) - _BENIGN or len(rest.clocks) > 1 else (told, rest)


def _resolved(told: Distance, rest: Statement, now: datetime) -> Expression | None:
    """What "yesterday, 18:20" or "vor 3 Tagen" said at `now` means."""
    if told.kind == "now" or (told.kind == "ago" and told.unit in _SECONDS):
        moment = now - timedelta(seconds=told.count * _SECONDS.get(told.unit, 0))
        return Expression.of(When(moment.isoformat(timespec="minutes"), "minute"))
    if told.kind == "few":  # which few is not known
        return Expression.of(When(now.date().isoformat(), "day")) if told.unit in _SECONDS else None
    if told.kind in {"last", "this"} or told.unit in {"month", "year"}:
        back = {"last": told.count or 1, "this": 0}.get(told.kind, told.count)
        return _period(told.unit, back, now.date()) if told.kind != "ago" or told.unit != "week" else None
    if told.kind in {"weekday", "last weekday"}:
        back = _days_since(told, rest, now)
    else:
        back = told.count * (7 if told.unit == "week" else 1)
    day = (now - timedelta(days=back)).date()
    stated, zone = rest.clocks[0] if rest.clocks and not rest.spans_hours else (None, "")
    if stated and zone:
        stated = Clock(stated.hour, stated.minute, stated.second, offset_at(zone, day.year, day.month, day.day, stated))
    when = dated(day.year, day.month, day.day, stated, day.year + 1)
    return Expression.of(when) if when else None


def _days_since(told: Distance, rest: Statement, now: datetime) -> int:
    """Days since a day of the week: "Monday" may be today unless its time is still to come, "last Monday" is not."""
    back = (now.isoweekday() - told.count) % 7
    ahead = bool(rest.clocks) and (rest.clocks[0][0].hour, rest.clocks[0][0].minute) > (now.hour, now.minute)
    return 7 if back == 0 and (told.kind == "last weekday" or ahead) else back


def _period(unit: str, back: int, today: date) -> Expression | None:
    """A week, month or year so many before that of today; a day as it is."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        days = (When(day.isoformat(), "day") for day in (monday, monday + timedelta(days=6)))
        return between(*days)
    months = today.year * 12 + today.month - 1 - back * (12 if unit == "year" else 1)
    if unit not in {"month", "year"}:
        return None
    when = dated(months // 12, months % 12 + 1 if unit == "month" else None, None, None, today.year + 1)
    return Expression.of(when) if when else None
