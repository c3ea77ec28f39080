"""Dates: `id,kind,lang,country,text,now,expected,precision` (CSV), expected as EDTF, empty for what is no date.

date       the calendar's fields are those expected, as far as they are stated
precision  nothing was invented, nothing lost
time       hour and minute
zone       the offset, where the statement has one
rejected   nothing was read of what is no date
exact      all of these that apply
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from benchmarks.metadata.score import Row, Score, Task

_STATED = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d))?(?:-(?P<day>\d\d))?"
    r"(?:[T ](?P<hour>\d\d)(?::(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_FINEST = ("hour", "day", "month", "year")
_LAST_MONTH = 12  # what stands in a month's place beyond it is a season: 2024-23


def ours(rows: Sequence[Row]) -> dict[str, str]:
    """Each statement as EDTF; empty when it states no date."""
    from transforms.metadata import dates  # noqa: PLC0415

    read: dict[str, str] = {}
    for row in rows:
        now = datetime.fromisoformat(row["now"]) if row.get("now") else None
        read[row["id"]] = dates.edtf(
            row["text"], language=row.get("lang") or None, country=row.get("country") or None, now=now
        )
    return read


def dateparser(rows: Sequence[Row]) -> dict[str, str]:
    """As dateparser reads it with language, country and now; a day without a time where it gives midnight."""
    import dateparser  # type: ignore[import-untyped]  # noqa: PLC0415

    read: dict[str, str] = {}
    for row in rows:
        now = datetime.fromisoformat(row["now"]).replace(tzinfo=None) if row.get("now") else None
        settings: dict[str, Any] = {"RELATIVE_BASE": now} if now else {}
        asked: dict[str, Any] = {"settings": {**settings, "RETURN_TIME_AS_PERIOD": True}}
        if row.get("lang"):
            asked["languages"] = [row["lang"]]
        if row.get("country"):
            asked["region"] = row["country"]
        try:
            found = dateparser.date.DateDataParser(**asked).get_date_data(row["text"])
        except ValueError:
            continue  # a language or region that it does not know
        when, period = found.date_obj, found.period
        cut = {"year": 4, "month": 7, "week": 10, "day": 10}.get(period)
        read[row["id"]] = "" if when is None else when.isoformat()[:cut] if cut else when.isoformat()
    return read


def score(rows: Sequence[Row], read: Mapping[str, str]) -> Score:
    """What was read of each row, against what is expected."""
    result = Score()
    for row in rows:
        expected, got = row["expected"].strip(), (read.get(row["id"]) or "").strip()
        judged = _judged(expected, got, row.get("precision", ""))
        exact = all(judged.values())
        for measure, right in {**judged, "exact": exact, f"kind {row.get('kind') or 'none'}": exact}.items():
            result.count(measure, right)
        if row.get("lang") and expected:
            result.count(f"language {row['lang']}", exact)
        if not exact:
            result.wrong.append(
                f"{row['id']}  {row['text']!r}  expected {expected or 'nothing'}, read {got or 'nothing'}"
            )
    return result


def _judged(expected: str, got: str, precision: str) -> dict[str, bool]:
    if not expected:
        return {"rejected": not got}
    want = _STATED.fullmatch(expected)
    if want is None or int(want["month"] or 0) > _LAST_MONTH:
        return {"date": got.replace(" ", "") == expected}
    found = _STATED.fullmatch(got)
    has = found.groupdict() if found else dict.fromkeys(_STATED.groupindex)
    judged = {"date": all(has[each] == want[each] for each in ("year", "month", "day") if want[each])}
    if precision == "hour":
        judged["time"] = has["hour"] == want["hour"]
    else:
        judged["precision"] = found is not None and _finest(has) == _finest(want.groupdict())
        if want["hour"]:
            judged["time"] = (has["hour"], has["minute"]) == (want["hour"], want["minute"])
    if want["zone"]:
        judged["zone"] = _minutes(has["zone"]) == _minutes(want["zone"])
    return judged


def _finest(fields: Mapping[str, str | None]) -> str:
    return next((each for each in _FINEST if fields[each]), "")


def _minutes(zone: str | None) -> int | None:
    """East of Greenwich."""
    if not zone or zone == "Z":
        return 0 if zone else None
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return -minutes if zone[0] == "-" else minutes


TASK = Task("dates", frozenset({"id", "text", "expected"}), ours, {"dateparser": dateparser}, score)
