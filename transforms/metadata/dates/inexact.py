"""What is more or less than a date, where a statement says nothing else: years, seasons, guesses, open ends."""

import re
from datetime import date

from transforms.metadata.dates.days import DAYS, JOINED, MONTHS, Found, Reader, first, full_year, timed
from transforms.metadata.dates.machine import week
from transforms.metadata.dates.tokens import Statement, Token
from transforms.metadata.dates.when import EARLIEST_YEAR, Expression, When, dated

OLDEST_WEEKDAY = 7  # years back in which a day of the week decides the year of "Montag, 25. November"

_EDGE, _TAIL = r"[gxhl;,.\-]*", r"[gxhlD;,.\-]*"
_CALENDAR_WEEK = re.compile(
    r"(?:kw|kalenderwoche|woche|week|semaine|semana|settimana|tydzien|tyzden|vecka|uge|uke|viikko)\s?(?P<week>\d{1,2})"
    r"(?:\s?[/,-]\s?|\s(?:of|de|van|del|av|af|roku|in)?\s?)(?P<year>\d{4})"
)
_CORES = tuple(
    (name, re.compile(shape))
    for name, shape in (
        ("years", r"[xt]?g*(?P<year>y)Y?(?P<link>[-rhj/&])g*(?P<last>[yn])Y?g*"),
        ("season", rf"(?P<season>z)[,.']*{JOINED}(?P<year>[yv])(?P<next>[/\-][yn])?"),
        ("season", rf"(?P<year>y)Y?[,.\-/]?{JOINED}(?P<season>z)"),
        ("quarter", rf"(?P<number>[noOR])[.\-]?{JOINED}q\.?[,/]?{JOINED}(?P<year>[yv])Y?{JOINED}"),
        ("quarter", rf"q\.?(?P<number>[noR])\.?[,/]?{JOINED}(?P<year>[yv])"),
        ("quarter", rf"(?P<year>y)Y?[.,]?{JOINED}(?P<number>[noOR])[.\-]?{JOINED}q"),
        ("quarter", rf"(?P<number>Q)[,/.\-]?{JOINED}(?P<year>[yvn])"),
        ("quarter", r"(?P<year>y)[,/.\-]?(?P<number>Q)"),
        ("half", rf"(?P<number>[noOR])[.\-]?{JOINED}H[,/]?{JOINED}(?P<year>[yv])"),
        ("half", rf"(?P<number>J)[,/.\-]?{JOINED}(?P<year>[yvn])"),
        ("half", r"(?P<year>y)[,/.\-]?(?P<number>J)"),
        ("decade", r"(?P<year>E)[\-]?[eg]*"),
        (
            "decade",
            rf"[eg]*e?{JOINED}(?P<year>[nvE])\.?-?e*{JOINED}(?:(?P<number>R)\.?{JOINED}k|k\.?{JOINED}(?P<number2>R))",
        ),
        ("decade", r"(?P<year>y)[;\-]?e+"),
        ("decade", rf"[eg]*e{JOINED}(?P<year>[yE])\.?"),
        ("decade", r"e(?P<year>[nv])\.?"),
        ("decade", r"(?P<year>n)(?:-e+)"),
        ("century", rf"(?P<number>[noRO])\.?-?{JOINED}k\.?"),
        ("century", rf"k\.?{JOINED}(?P<number>[nR])\.?"),
        ("month", r"(?P<month>n)(?P<sep>[-./])(?P<year>y)"),
        ("month", r"(?P<year>y)(?P<sep>[./])(?P<month>n)"),
        ("day", r"(?P<day>n)(?P<month>n)(?P<year>y)"),
        ("year", r"(?P<year>y)Y?"),
    )
)
_LEAD = re.compile(rf"{_EDGE}(?:(?P<about>a)\.?{_EDGE})?(?:(?P<maybe>u)\.?{_EDGE})?(?:(?P<part>f)\.?-?{_EDGE})?")
_OPEN = re.compile(r"[gl;,]*(?P<side>[btj])[gxh]*")
_END_OF = re.compile(rf"{_TAIL}(?P<about>a)?(?P<maybe>u|\?)?{_TAIL}")


def whole(said: Statement, reader: Reader) -> Expression | None:
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
            stated = marked(stated, "a")
        return marked(stated, "u") if lead["maybe"] or end["maybe"] else stated
    return None


def _core(name: str, part: dict[str, Token], said: Statement, reader: Reader) -> Expression | None:
    """The expression of one of the weaker forms."""
    if name == "decade":
        return _decade(part, said, reader)
    if name == "century":
        return _century(part["number"], reader)
    year = full_year(part["year"], reader)
    possible = year is not None and EARLIEST_YEAR <= year <= reader.latest
    return _of_year(name, year, part, said, reader) if possible and year else None


def _of_year(name: str, year: int, part: dict[str, Token], said: Statement, reader: Reader) -> Expression | None:
    match name:
        case "years":
            two = part["link"].sign == "&" and "x" not in said.shape  # "2019 and 2021"; "between" them is a time
            return None if two else _years(year, part["last"], part["link"], reader)
        case "month" | "day":
            return _in_figures(year, part, reader)
        case "season":
            return Expression(f"{year}-{part['season'].number}", None, "" if "next" in part else str(year))
        case "quarter" | "half":
            number, most, base = part["number"].number, *((4, 32) if name == "quarter" else (2, 39))
            return Expression(f"{year}-{base + number}", None, str(year)) if 1 <= number <= most else None
    return Expression.of(When(f"{year:04}", "year"))


def _in_figures(year: int, part: dict[str, Token], reader: Reader) -> Expression | None:
    """`11/2024`, `2024.11`, and `25 11 2024` where the day comes first."""
    day, month = part["day"].number if "day" in part else None, part["month"]
    behind = month.start > part["year"].start
    if day is None and behind and part["sep"].sign == "/" and month.number == (year + 1) % 100:
        return None  # 2003/04 is April or a season
    if day is not None and reader.order != "day":
        return None
    when = dated(year, month.number, day, None, reader.latest)
    return Expression.of(when) if when else None


def _years(year: int, last: Token, link: Token, reader: Reader) -> Expression | None:
    """`2019–2021`, `2023/24`; not `2010-12`, which may be December."""
    if last.length == 2 and (last.number > 12 or link.sign not in "-/"):
        end = year // 100 * 100 + last.number
    else:
        end = (full_year(last, reader) or 0) if last.length == 4 else 0
    return Expression(f"{year}/{end}") if year < end <= reader.latest else None


def _decade(part: dict[str, Token], said: Statement, reader: Reader) -> Expression | None:
    """`199X`, also for "lata 90. XX wieku"; `18XX` for the English "1800s"."""
    stated, century = part["year"], part.get("number") or part.get("number2")
    if century is not None and stated.number < 100 and stated.number % 10 == 0:
        return Expression(f"{century.number - 1:02}{stated.number // 10}X") if century.number else None
    year = full_year(stated if stated.length == 4 else stated._replace(length=2), reader)
    if year is None or year % 10 or not EARLIEST_YEAR <= year <= reader.latest:
        return None
    hundred = stated.length == 4 and year % 100 == 0 and year < reader.latest // 100 * 100
    if hundred and stated.sign == "E" and said.text[stated.end - 1] == "s":
        return Expression(f"{year // 100}XX")
    return Expression(f"{year // 10}X")


def _century(stated: Token, reader: Reader) -> Expression | None:
    """`18XX` for "19. Jahrhundert"."""
    return Expression(f"{stated.number - 1:02}XX") if 1 <= stated.number <= reader.latest // 100 + 1 else None


_YEARLESS = tuple(
    re.compile(rf"{_EDGE}{shape}{_TAIL}")
    for shape in (rf"(?P<day>[no])\.?{JOINED}(?P<month>m)", r"(?P<month>m)\.?g*(?P<day>[no])",
                  r"(?P<day>n)\.(?P<month>n)\.",
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
            return _last_passed(said, (month, day), match.end(), reader.today)
    return None


def _last_passed(said: Statement, stated: tuple[int, int], end: int, today: date) -> Expression | None:
    """The last such month and day up to today, and on the day of the week that is stated."""
    for year in range(today.year, today.year - OLDEST_WEEKDAY, -1):
        when = dated(year, *stated, None, today.year)
        if when is None or when.iso > today.isoformat():
            continue
        if said.weekday is None or date.fromisoformat(when.iso).isoweekday() == said.weekday:
            return Expression.of(timed(said, Found((when,), 0, end))[0])
    return None


def calendar_week(said: Statement, reader: Reader) -> Expression | None:
    """`KW 23/2024`: from Monday to Sunday."""
    match = _CALENDAR_WEEK.fullmatch(said.text.strip())
    return week(int(match["year"]), int(match["week"]), None, reader.latest) if match else None


def marked(stated: Expression, sign: str) -> Expression:
    """`2020~` for "ca. 2020", `2020?` for "perhaps 2020", `2020%` for both; no date for `published`."""
    mark = {"a": "~", "u": "?"}[sign]
    if stated.edtf[-1:] in "~?%":
        return Expression(stated.edtf if stated.edtf.endswith(mark) else f"{stated.edtf[:-1]}%")
    if "/" in stated.edtf or "T" in stated.edtf:
        return stated
    return Expression(stated.edtf + mark)
