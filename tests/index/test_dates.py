"""Days and spans of days."""

from datetime import date

import pytest

from index.dates import parse_dates, span_of

NOW = date(2024, 3, 31)


def iso(days: tuple[int | None, int | None] | None) -> list[str | None] | None:
    return None if days is None else [date.fromordinal(day).isoformat() if day else None for day in days]


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2024", ["2024-01-01", "2024-12-31"]),
        ("2024-02", ["2024-02-01", "2024-02-29"]),
        ("2024-11-25", ["2024-11-25", "2024-11-25"]),
        ("2024-11-25T10:12+01:00", ["2024-11-25", "2024-11-25"]),
        ("9999-12", ["9999-12-01", "9999-12-31"]),
        ("0000", [None, None]),
        ("2024-13", [None, None]),
        ("soon", [None, None]),
        (None, [None, None]),
    ],
)
def test_a_date_is_the_days_it_may_mean(published: str | None, expected: list[str | None]) -> None:
    assert iso(span_of(published)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", ["2024-01-01", "2024-12-31"]),
        ("25.11.2024", ["2024-11-25", "2024-11-25"]),
        ("5. 1. 2024", ["2024-01-05", "2024-01-05"]),
        ("11.2024", ["2024-11-01", "2024-11-30"]),
        ("2024-1-5", ["2024-01-05", "2024-01-05"]),
        ("today", ["2024-03-31", "2024-03-31"]),
        ("Gestern", ["2024-03-30", "2024-03-30"]),
        ("2w", ["2024-03-17", "2024-03-17"]),
        ("1m", ["2024-02-29", "2024-02-29"]),
        ("1y..", ["2023-03-31", None]),
        ("2023..2024-02", ["2023-01-01", "2024-02-29"]),
        ("..1.2.2024", [None, "2024-02-01"]),
        (">=2024-02", ["2024-02-01", None]),
        (">2024-02", ["2024-03-01", None]),
        ("<=2024-02", [None, "2024-02-29"]),
        ("<2024-02", [None, "2024-01-31"]),
        ("November 2024", ["2024-11-01", "2024-11-30"]),
        ("nov 2024", ["2024-11-01", "2024-11-30"]),
        ("Nov-2024", ["2024-11-01", "2024-11-30"]),
        ("März 2024", ["2024-03-01", "2024-03-31"]),
        ("Mrz. 2024", ["2024-03-01", "2024-03-31"]),
        ("5. Dezember 2023", ["2023-12-05", "2023-12-05"]),
        ("5 Dec 2023", ["2023-12-05", "2023-12-05"]),
        ("December 5th, 2023", ["2023-12-05", "2023-12-05"]),
        ("Okt 2023..Jan 2024", ["2023-10-01", "2024-01-31"]),
        (">=Mai 2023", ["2023-05-01", None]),
        ("Smarch 2024", None),
        ("5 May 6 2024", None),
        ("November 24", None),
        ("2024/2", ["2024-02-01", "2024-02-29"]),
        ("2024/2/29", ["2024-02-29", "2024-02-29"]),
        ("11/12/2023", None),
        ("1.2.24", ["2024-02-01", "2024-02-01"]),
        ("1.2.99", ["1999-02-01", "1999-02-01"]),
        ("2.24", None),
        ("", None),
        ("..", None),
        ("2024..bald", None),
        ("9999y", None),
        ("31.2.2024", None),
        ("²024", None),
    ],
)
def test_what_a_query_says_of_dates(text: str, expected: list[str | None] | None) -> None:
    assert iso(parse_dates(text, now=NOW)) == expected
