"""The time from one date to another, in the shape of a statement."""

import re

from transforms.metadata.dates.days import DAYS, JOINED, MONTHS, YEAR, Reader, ends, first, full_year, matches
from transforms.metadata.dates.tokens import Statement
from transforms.metadata.dates.when import Expression, between, dated

_TO = rf"\.?,?(?P<link>[-rhj/&])[,.]*{JOINED}"
_D1, _D2 = "(?P<d1>[no])", "(?P<d2>[no])"
_SPANS = tuple(
    re.compile(shape)
    for shape in (
        rf"{_D1}\.?{_TO}{_D2}\.?{JOINED}(?P<m2>m)[.,]*{JOINED}{YEAR}",  # 3.–5. Juni 2024
        rf"{_D1}\.?{JOINED}(?P<m1>m)\.?{_TO}{_D2}\.?{JOINED}(?P<m2>m)[.,]*{JOINED}{YEAR}",  # 30. Juni – 2. Juli 2024
        rf"(?P<m1>m)\.?{_TO}(?P<m2>m)[.,]*{JOINED}(?P<year>[yv])",  # Mai/Juni 2024
        rf"(?P<m1>m)\.?{_D1}{_TO}(?:(?P<m2>m)\.?)?{_D2}[.,]*{JOINED}(?P<year>[yv])",  # June 3–5, 2024
        rf"{_D1}\.(?:(?P<m1>n)\.?)?{_TO}{_D2}\.(?P<m2>n)\.{YEAR}",  # 3.–5.6.2024, 28.5.–2.6.2024
    )
)
_BRIDGE = re.compile(r"[.,;]*[gx]*[-rhj][gx;,.]*")  # between two whole dates
_LINKS = frozenset("-rhj/&")


def span(said: Statement, reader: Reader) -> Expression | None:
    """The time from one day or month to another."""
    if not _LINKS & set(said.shape):
        return None
    for shape in _SPANS:
        for match in matches(shape, said.shape, 0):
            if spanned := _ends_of(said, match, reader):
                return spanned
    for shapes in (DAYS, MONTHS):
        start = first(said, reader, shapes)
        bridge = _BRIDGE.match(said.shape, start.end) if start else None
        end = first(said, reader, shapes, bridge.end()) if bridge else None
        if start and bridge and end and end.start == bridge.end() and len(start.whens) == len(end.whens) == 1:
            return between(start.whens[0], end.whens[0])
    return None


def _ends_of(said: Statement, match: re.Match[str], reader: Reader) -> Expression | None:
    part = {name: said.tokens[at] for name in match.groupdict() if (at := match.start(name)) >= 0}
    year = full_year(part["year"], reader)
    if year is None or not ends(said, match.end("year"), part["year"]):
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
