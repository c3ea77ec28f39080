"""What "vor drei Tagen", "yesterday" and "hace 2 horas" say: how many of which unit before now."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from transforms.metadata.dates import cldr
from transforms.metadata.dates.words import folded_name, forms, tables

Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]
Kind = Literal["ago", "few", "now", "last", "this", "weekday", "last weekday"]

UNITS: tuple[Unit, ...] = ("minute", "hour", "day", "week", "month", "year")
MOST = 1000  # of a unit; more is no way to tell a date
MOST_LANGUAGES = 64  # whose phrases are kept
_BACK = (0, 1, 2, -1, -2)  # days, in the order of `days_back`
_PHRASES = ("pair", "about", "ago_before", "ago_behind", "half_hour", "few", "now", "last", "this")
_UNSPACED = frozenset({"zh", "ja", "ko"})


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance from now, and where in the statement it stands."""

    kind: Kind
    count: int  # units back (forward when negative); for a weekday 1 (Monday) … 7
    unit: Unit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to tell a distance."""

    kind: Kind
    unit: Unit | None  # None: the statement's own word says it
    expression: str

    def find(self, folded: str) -> re.Match[str] | None:
        """Where it stands; Python keeps what was compiled."""
        return _compiled(self.expression).search(folded)


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The ways to tell a distance in one language, and its words."""

    numbers: Mapping[str, int]
    units: Mapping[str, Unit]
    days: Mapping[str, int]  # today 0, yesterday 1, tomorrow -1
    weekdays: Mapping[str, int]
    ways: tuple[_Way, ...]


@lru_cache(None)  # as many as there are ways
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def relative(folded: str, language: str) -> Distance | None:
    """The distance that the folded statement tells in `language`, or in English; None when it tells none.

    Without a language that is known, all of the table are tried.
    """
    known = language in tables() or (language and cldr.known(language))
    order = [language, "en"] if known else list(tables())
    for each in order:
        if found := _told(folded, _phrases(each)):
            return found
    return None


def _told(folded: str, phrases: _Phrases) -> Distance | None:
    for way in phrases.ways:
        if (match := way.find(folded)) and (found := _distance(way, match, phrases)):
            return found
    return None


def _distance(way: _Way, match: re.Match[str], phrases: _Phrases) -> Distance | None:
    said = {name: re.sub(r"\s+", " ", text) for name, text in match.groupdict().items() if text}
    start, end = match.span()
    if "day" in said:
        return Distance("ago", phrases.days[said["day"]], "day", start, end)
    if "weekday" in said:
        return Distance(way.kind, phrases.weekdays[said["weekday"]], "day", start, end)
    if "half_hour" in said:
        return Distance("ago", 30, "minute", start, end)
    unit = way.unit or (phrases.units[said["unit"]] if "unit" in said else "minute")
    count = 1 if way.kind == "ago" else 0
    if "count" in said:
        count = int(said["count"]) if said["count"].isdecimal() else phrases.numbers[said["count"]]
    if "rest" in said and unit == "hour":  # "1 hour 20 minutes ago"
        count, unit = count * 60 + int(said["rest"]), "minute"
    return Distance(way.kind, count, unit, start, end) if count <= MOST else None


@lru_cache(MOST_LANGUAGES)
def _phrases(language: str) -> _Phrases:
    table = tables().get(language, {})
    if "units" not in table:
        return _Phrases({}, {}, {}, {}, tuple(_of_cldr(language)))
    numbers = {word: number for number, word in forms(table.get("numbers", ""))}
    units: dict[str, Unit] = {word: UNITS[number - 1] for number, word in forms(table.get("units", ""))}
    units |= {word: "second" for _, word in forms(table.get("seconds", ""))}
    days = {word: _BACK[number - 1] for number, word in forms(table.get("days_back", ""))}
    weekdays = {word: number for number, word in forms(table.get("days", ""))}
    stated = {key: _any(word for _, word in forms(table.get(key, ""))) for key in _PHRASES}
    words = {"count": rf"\d{{1,4}}|{_any(numbers)}", "unit": _any(units), "day": _any(days), "weekday": _any(weekdays)}
    ways = tuple(_of_table(stated, words, spaced=language not in _UNSPACED))
    return _Phrases(numbers, units, days, weekdays, ways)


def _any(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest first; one that matches nothing when there are none."""
    return "|".join(_blank(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _blank(text: str) -> str:
    return re.escape(text).replace(r"\ ", r"\s+")


def _of_table(stated: Mapping[str, str], words: Mapping[str, str], *, spaced: bool) -> Iterator[_Way]:
    """The ways to tell a distance with the words of the table; scripts without blanks know no ends of words."""
    start, end = (r"(?<![^\W_])", r"(?![^\W_])") if spaced else ("", "")
    count, unit = rf"(?P<count>{words['count']})", rf"(?P<unit>{words['unit']})\.?"
    gap = r"\s*" if not spaced else r"(?:\s+|'|(?<=\d)-?)"
    rest = rf"(?:,?\s(?:{stated['pair']}\s)?(?P<rest>\d{{1,2}})\s?(?:{words['unit']})\.?)?"
    about = rf"(?:(?:{stated['about']})\.?\s)?"
    last, this = stated["last"], stated["this"]
    half = rf"{about}(?P<half_hour>{stated['half_hour']})"
    yield _Way("ago", None, f"{start}(?:{stated['ago_before']})\\s+{half}(?:\\s+(?:{stated['ago_behind']}))?{end}")
    yield _Way("ago", None, f"{start}{half}\\s+(?:{stated['ago_behind']}){end}")  # before "an hour ago"
    yield _Way(
        "ago",
        None,
        f"{start}(?:{stated['ago_before']})\\s+{about}{count}{gap}{unit}{rest}(?:\\s+(?:{stated['ago_behind']}))?{end}",
    )
    yield _Way("ago", None, f"{start}{about}{count}{gap}{unit}{rest}\\s*(?:{stated['ago_behind']}){end}")
    yield _Way("few", None, f"{start}(?:{stated['ago_before']})\\s+(?:{stated['few']})(?:\\s+{unit})?{end}")
    yield _Way("few", None, f"{start}(?:{stated['few']})\\s+{unit}\\s+(?:{stated['ago_behind']}){end}")
    yield _Way("ago", None, f"{start}{unit}\\s+(?:{stated['ago_behind']}){end}")  # "rok temu"
    turning: tuple[tuple[Kind, str], ...] = (("last", last), ("this", this))
    for kind, turns in turning:
        yield _Way(kind, None, f"{start}(?:{turns})\\s+{unit}{end}")
        yield _Way(kind, None, f"{start}{unit}\\s+(?:{turns}){end}")
    day = rf"(?P<weekday>{words['weekday']})\.?"
    yield _Way("last weekday", None, f"{start}(?:{last})\\s+{day}{end}")
    yield _Way("last weekday", None, f"{start}{day}\\s+(?:{last}){end}")
    yield _Way("now", None, f"{start}(?:{stated['now']}){end}")
    yield _Way("ago", None, f"{start}(?P<day>{words['day']}){end}")
    yield _Way("weekday", None, f"{start}{day}{end}")


def _of_cldr(language: str) -> Iterator[_Way]:
    """CLDR's ways to say how many units ago something was."""
    for unit in UNITS:
        for said in dict.fromkeys(folded_name(text) for stated, text in cldr.ago(language) if stated == unit):
            before, _, behind = said.partition("{}")
            yield _Way("ago", unit, rf"(?<!\w){_blank(before)}(?P<count>\d{{1,4}}){_blank(behind)}(?!\w)")
