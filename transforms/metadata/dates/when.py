"""A date at the precision at which it was stated, and expressions that are more or less than one date."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from backfile.article import Precision

EARLIEST_YEAR = 1500  # the first printed news; older years in a statement are typing errors or page numbers


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
        """The moment, in UTC; None unless time and offset were stated, or where the calendar ends."""
        if "T" not in self.iso:
            return None
        moment = datetime.fromisoformat(self.iso)
        try:
            return moment.astimezone(UTC) if moment.tzinfo else None
        except OverflowError:
            return None

    def same_day(self, other: "When") -> bool:
        """Whether both can be the same day: as written or in UTC, and as far as both are stated."""
        shared = min(len(self.iso), len(other.iso), 10)
        if self.iso[:shared] == other.iso[:shared]:
            return True
        here, there = self.instant, other.instant
        return here is not None and there is not None and here.date() == there.date()


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as stated."""

    hour: int  # 0 … 24; 24:00 is the end of the day
    minute: int
    second: int | None = None
    offset: int | None = None  # minutes east of Greenwich

    @property
    def iso(self) -> str:
        """`10:12`, `10:12:30+01:00`."""
        text = f"{self.hour:02}:{self.minute:02}" + (f":{self.second:02}" if self.second is not None else "")
        if self.offset is None:
            return text
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{text}{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}"


@dataclass(frozen=True, slots=True)
class Expression:
    """What a statement says of time."""

    edtf: str  # ISO 8601-2, as the Library of Congress writes it; times to the minute too
    when: When | None = None  # the date, as far as one is certain
    year: str = ""  # the year in which all of it lies, where `when` is None or a year and that is all one can say

    @classmethod
    def of(cls, when: When) -> "Expression":
        """The expression that is one date."""
        edtf = when.iso.removesuffix("+00:00") + "Z" if when.iso.endswith("+00:00") else when.iso
        return cls(edtf, when, when.iso if when.precision == "year" else "")


def dated(year: int, month: int | None, day: int | None, clock: Clock | None, latest: int) -> When | None:
    """The date if the calendar has it and the year is possible (not after `latest`), else None."""
    if not EARLIEST_YEAR <= year <= latest or (month is not None and not 1 <= month <= 12):
        return None
    if month is None:
        return When(f"{year:04}", "year")
    if day is None:
        return When(f"{year:04}-{month:02}", "month")
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    if clock is None:
        return When(f"{year:04}-{month:02}-{day:02}", "day")
    stated = f"{year:04}-{month:02}-{day:02}"
    if clock.hour == 24:  # ISO 8601: the end of a day is the beginning of the next one
        stated = (date(year, month, day) + timedelta(days=1)).isoformat()
        clock = Clock(0, 0, clock.second, clock.offset)
    return When(f"{stated}T{clock.iso}", "minute" if clock.second is None else "second")


def between(first: When, last: When) -> Expression | None:
    """The time from one date to another, without times of day; None when it would run backwards."""
    start, end = first.iso[:10], last.iso[:10]
    if start >= end[: len(start)] and start != end:
        return None
    shared = start[:7] if len(start) >= 7 and start[:7] == end[:7] else ""
    when = When(shared, "month") if shared else None
    return Expression(f"{start}/{end}" if start != end else start, when, start[:4] if start[:4] == end[:4] else "")
