"""Statements about dates in the ways in which publishers write them, and what they do not say."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.metadata.dates import When, parse

NOW = datetime(2024, 3, 6, 15, 30, tzinfo=timezone(timedelta(hours=1)))  # a Wednesday


@pytest.mark.parametrize(
    ("statement", "language", "expected"),
    [
        ("2023-07-09", None, "2023-07-09"),
        ("2023-07-09T08:15:00Z", None, "2023-07-09T08:15:00+00:00"),
        ("2023-07-09T08:15+0200", None, "2023-07-09T08:15+02:00"),
        ("2023-07-09T08:15:30.123-05:00", None, "2023-07-09T08:15:30-05:00"),
        ("2023-07-09T08:15:00+01:00[Europe/London]", None, "2023-07-09T08:15:00+01:00"),
        ("2023-07-09 08:15:00 UTC", None, "2023-07-09T08:15:00+00:00"),
        ("2023-07-09T00:00:00", None, "2023-07-09T00:00:00"),
        ("2023-07", None, "2023-07"),
        ("20230709", None, "2023-07-09"),
        ("20230709T081500Z", None, "2023-07-09T08:15:00+00:00"),
        ("1688890500", None, "2023-07-09T08:15:00+00:00"),
        ("1688890500000", None, "2023-07-09T08:15:00+00:00"),
        ("Sun, 09 Jul 2023 08:15:00 +0200", None, "2023-07-09T08:15:00+02:00"),
        ("Sun, 9 Jul 2023 08:15:00 GMT", None, "2023-07-09T08:15:00+00:00"),
        ("Sun Jul 09 2023 08:15:00 GMT+0200 (CEST)", None, "2023-07-09T08:15:00+02:00"),
        ("Sun Jul  9 08:15:00 2023", None, "2023-07-09T08:15:00"),
        ("9. Juli 2023", "de", "2023-07-09"),
        ("Sonntag, 9. Juli 2023, 8:15 Uhr", "de", "2023-07-09T08:15"),
        ("09.07.2023 | 8.15 Uhr", "de", "2023-07-09T08:15"),
        ("09.07.23", "de", "2023-07-09"),
        ("Stand: 09. 07. 2023 um 14 Uhr", "de", "2023-07-09T14:00"),
        ("17. Jänner 2022", "de", "2022-01-17"),
        ("Juli 2023", "de", "2023-07"),
        ("07/2023", "de", "2023-07"),
        ("Veröffentlicht: 9.7.2023, 8:15 MESZ", "de", "2023-07-09T08:15+02:00"),
        ("July 9, 2023", "en", "2023-07-09"),
        ("Sept. 5th, 2022 at 12:05 a.m. EDT", "en", "2022-09-05T00:05-04:00"),
        ("9 July 2023 • 6pm", "en", "2023-07-09T18:00"),
        ("4:45 PM BST, 9 July 2023", "en", "2023-07-09T16:45+01:00"),
        ("le 9 juillet 2023 à 8h15", "fr", "2023-07-09T08:15"),
        ("1er août 2023", "fr", "2023-08-01"),
        ("9 de julio de 2023", "es", "2023-07-09"),
        ("9 luglio 2023", "it", "2023-07-09"),
        ("9 juli 2023", "nl", "2023-07-09"),
        ("9 lipca 2023", "pl", "2023-07-09"),
        ("9 de julho de 2023", "pt", "2023-07-09"),
        ("9 июля 2023", "ru", "2023-07-09"),
        ("2023年7月9日", "ja", "2023-07-09"),
        ("3.–5. Mai 2023", "de", "2023-05"),
    ],
)
def test_a_date_is_read_as_far_as_it_is_stated(statement: str, language: str | None, expected: str) -> None:
    found = parse(statement, language=language)

    assert found is not None
    assert expected == found.iso


@pytest.mark.parametrize(
    ("iso", "precision"),
    [("2023-07", "month"), ("2023-07-09", "day"), ("2023-07-09T08:15", "minute"), ("2023-07-09T08:15:30", "second")],
)
def test_the_precision_is_that_of_the_statement(iso: str, precision: str) -> None:
    assert When(iso, precision) == parse(iso)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("de", None, "2023-02-01"),
        ("en", "GB", "2023-02-01"),
        ("en", "US", "2023-01-02"),
        ("en-US", None, "2023-01-02"),
        ("en_GB", None, "2023-02-01"),
        ("en", None, None),
        ("en", "CA", None),
        (None, None, None),
    ],
)
def test_the_order_of_figures_is_known_or_the_date_is_not(
    language: str | None, country: str | None, expected: str | None
) -> None:
    found = parse("01/02/2023", language=language, country=country)

    assert expected == (found.iso if found else None)


def test_figures_that_allow_one_order_only_need_no_country() -> None:
    assert parse("25/02/2023", language="en") == parse("02/25/2023", language="en") == When("2023-02-25", "day")


@pytest.mark.parametrize(
    "statement",
    ["", "gestern", "5 Minuten Lesezeit", "12:05 Uhr", "Nr. 12", "2.50", "31.02.2023", "May we ask", "0000-00-00",
     "1.2.3.4", "25. November", "Seite 3/4", "2023-13-45", "09.07.1023", "2999-01-01", "heute, 9:15 Uhr", "99/99/9999"],
)  # fmt: skip
def test_what_states_no_certain_date_gives_none(statement: str) -> None:
    assert parse(statement, language="de") is None


def test_a_lone_year_counts_only_when_asked_for() -> None:
    assert parse("2023") is None
    assert parse("2023", lone_year=True) == When("2023", "year")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("heute", "2024-03-06"),
        ("Gestern, 18:20 Uhr", "2024-03-05T18:20"),
        ("vor drei Tagen", "2024-03-03"),
        ("vor 20 Minuten", "2024-03-06T15:10+01:00"),
        ("5 hours ago", "2024-03-06T10:30+01:00"),
        ("two weeks ago", "2024-02-21"),
        ("4 months ago", "2023-11"),
        ("last Friday", "2024-03-01"),
        ("il y a 2 jours", "2024-03-04"),
        ("hace una semana", "2024-02-28"),
        ("avant-hier", "2024-03-04"),
    ],
)
def test_relative_dates_are_understood_with_a_clock(statement: str, expected: str) -> None:
    found = parse(statement, now=NOW)

    assert found is not None
    assert expected == found.iso


def test_two_statements_agree_on_the_day_as_written_or_in_utc() -> None:
    late = When("2023-07-09T23:30:00-04:00", "second")

    assert late.same_day(When("2023-07-09", "day"))
    assert late.same_day(When("2023-07-10T03:30:00+00:00", "second"))
    assert late.same_day(When("2023-07", "month"))
    assert not late.same_day(When("2023-07-11", "day"))


@given(st.text(max_size=60) | st.from_regex(r"[\d./:\- TZ,年月日a-z]{0,40}", fullmatch=True))
@example("٣ 1 2023")
@example("1" * 60)
def test_no_statement_raises_and_none_lies_in_the_future(statement: str) -> None:
    found = parse(statement, language="de", now=NOW, lone_year=True)

    assert found is None or 1500 <= int(found.iso[:4]) <= datetime.now(UTC).year + 1


@given(st.datetimes(datetime(1900, 1, 1), datetime(2024, 1, 1)))  # noqa: DTZ001
def test_what_iso_8601_writes_is_read_back(moment: datetime) -> None:
    stated = moment.replace(microsecond=0, tzinfo=UTC).isoformat()

    assert When(stated, "second") == parse(stated)
