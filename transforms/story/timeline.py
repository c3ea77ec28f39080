"""Which of several articles was published first, as far as their dates allow to say."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

CLOCKS_APART = timedelta(hours=26)  # that two clocks on Earth can differ by; a time without offset may be any of them


def is_before(one: str, other: str) -> bool:
    """Whether `one` is certainly earlier; both are dates as `Article.published` has them, cut at their precision.

    >>> is_before("2024-10", "2024-11-25"), is_before("2024-11", "2024-11-25")
    (True, False)
    >>> is_before("2024-11-25", "2024-11-25T10:12")
    False
    >>> is_before("2024-11-25T10:12+01:00", "2024-11-25T10:00+00:00")
    True
    """
    if "T" in one and "T" in other:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
        if first.tzinfo and second.tzinfo:
            return first < second
        apart = second.replace(tzinfo=None) - first.replace(tzinfo=None)
        return apart > (CLOCKS_APART if first.tzinfo or second.tzinfo else timedelta())
    length = min(len(one), len(other), len("2024-11-25"))
    return one[:length] < other[:length]


def first_of(dated: Mapping[str, str | None]) -> tuple[str, ...]:
    """The names that may have been first, those without a date left out; exactly one: it was, of those with a date.

    >>> first_of({"a": "2024-11", "b": "2024-11-25", "c": None, "d": "2024-12-01"})
    ('a', 'b')
    """
    known = {name: when for name, when in dated.items() if when}
    return tuple(name for name, when in known.items() if not any(is_before(other, when) for other in known.values()))


def order(when: str | None) -> tuple[bool, str]:
    """By what articles stand in a timeline: a month before its days, undated ones last.

    >>> sorted(["2024-11-25", None, "2024-11", "2024-10-31T08:00+02:00"], key=order)
    ['2024-10-31T08:00+02:00', '2024-11', '2024-11-25', None]
    """
    if when and "T" in when and (instant := datetime.fromisoformat(when)).tzinfo:
        day = date.fromisoformat(when[:10])
        return False, f"{day.isoformat()}T{instant.timestamp():020.3f}"
    return when is None, when or ""
