"""Statements about dates in the ways in which publishers write them, and what they do not say."""

import csv
import re
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.metadata.dates import LONGEST_STATEMENT, When, edtf, parse, readings

HERE = Path(__file__).parent
# Statements in the shapes of pages, feeds and catalogues, written for this table; expected is EDTF.
with (HERE / "dates.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file))
ISO = re.compile(r"\d{4}-\d\d(-\d\d(T.*)?)?")
SEASON = re.compile(r"\d{4}-(2[1-9]|3\d|4[01])")
# Where CLDR writes the year with four figures and the Gregorian calendar, in words or figures.
LOCALES = (
    "de_DE", "de_AT", "en_US", "en_GB", "en_IN", "fr_FR", "fr_CA", "es_ES", "es_MX", "it_IT", "nl_NL",
    "pl_PL", "pt_BR", "pt_PT", "sv_SE", "da_DK", "nb_NO", "fi_FI", "cs_CZ", "sk_SK", "hr_HR", "sl_SI",
    "hu_HU", "tr_TR", "ru_RU", "uk_UA", "be_BY", "bg_BG", "ro_RO", "el_GR", "ar_LB", "he_IL", "hi_IN",
    "bn_BD", "zh_CN", "ja_JP", "ko_KR", "vi_VN", "id_ID", "ca_ES", "gl_ES", "lt_LT", "lv_LV", "et_EE",
    "is_IS", "ga_IE", "cy_GB", "sq_AL", "af_ZA", "sw_KE", "ka_GE", "hy_AM", "kk_KZ", "az_AZ",
)  # fmt: skip
SLOWEST = 1.0  # seconds for a hostile statement, tables read before; 4 ms on a 2-core machine, November 2026

NOW = datetime(2024, 3, 6, 15, 30, tzinfo=timezone(timedelta(hours=1)))  # a Wednesday


def _said(row: dict[str, str]) -> str:
    now = datetime.fromisoformat(row["now"]) if row["now"] else None
    return edtf(row["text"], language=row["lang"] or None, country=row["country"] or None, now=now)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['lang'] or 'any'}: {row['text']}")
def test_a_statement_is_read_as_the_table_says(row: dict[str, str]) -> None:
    assert row["expected"] == _said(row)


@pytest.mark.parametrize("expected", sorted({row["expected"] for row in TABLE if row["expected"]}))
def test_what_was_read_is_read_as_itself(expected: str) -> None:
    assert expected == edtf(expected)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['lang'] or 'any'}: {row['text']}")
def test_a_field_takes_what_is_a_date_and_no_more_than_the_expression_says(row: dict[str, str]) -> None:
    now = datetime.fromisoformat(row["now"]) if row["now"] else None
    found = parse(row["text"], language=row["lang"] or None, country=row["country"] or None, now=now)

    if ISO.fullmatch(row["expected"]) and not SEASON.fullmatch(row["expected"]):
        assert found is not None
        assert row["expected"] == (
            found.iso.removesuffix("+00:00") + "Z" if found.iso.endswith("+00:00") else found.iso
        )
    elif found is not None:  # of an interval the month in which all of it lies
        assert found.precision == "month"
        assert all(end.startswith(found.iso) for end in row["expected"].split("/"))


def test_the_year_of_a_season_counts_only_when_asked_for() -> None:
    assert parse("Herbst 2023") is None
    assert parse("Herbst 2023", lone_year=True) == When("2023", "year")
    assert parse("ca. 2023", lone_year=True) is None


@pytest.mark.parametrize(
    ("statement", "language", "country", "expected"),
    [
        ("05/06/2023", "en", None, ["2023-06-05", "2023-05-06"]),
        ("05/06/2023, 10:12", "en", "CA", ["2023-06-05T10:12", "2023-05-06T10:12"]),
        ("05/06/2023", "en", "AU", ["2023-06-05"]),
        ("05/06/2023", "en", "US", ["2023-05-06"]),
        ("Monday, 05/06/2023", "en", None, ["2023-06-05"]),
        ("25/06/2023", None, None, ["2023-06-25"]),
        ("06/06/2023", None, None, ["2023-06-06"]),
        ("5 June 2023", "en", None, ["2023-06-05"]),
        ("Volume 5/6", "en", None, []),
    ],
)
def test_both_readings_of_undecided_figures_are_told(
    statement: str, language: str | None, country: str | None, expected: list[str]
) -> None:
    assert expected == [when.iso for when in readings(statement, language=language, country=country)]


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


MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2024, 1, 1))  # noqa: DTZ001


@given(MOMENTS, st.sampled_from([4, 7, 10, 16, 19, 25]), st.integers(-48, 56))
def test_a_date_that_was_read_is_read_again_as_it_is(moment: datetime, length: int, quarters: int) -> None:
    zone = timezone(timedelta(minutes=15 * quarters))
    stated = moment.replace(microsecond=0, tzinfo=zone).isoformat()[:length]
    found = parse(stated, lone_year=True)

    assert found is not None
    assert stated == found.iso
    assert parse(found.iso, lone_year=True) == found
    assert edtf(edtf(stated)) == edtf(stated)


@settings(max_examples=400, deadline=None)
@given(
    st.dates(date(1970, 1, 1), date(2024, 12, 31)),
    st.sampled_from(LOCALES),
    st.sampled_from(["full", "long", "medium"]),
)
def test_what_each_language_writes_is_read_at_its_precision(day: date, locale: str, width: str) -> None:
    language, _, country = locale.partition("_")
    if width == "medium" and re.search(r"(?<!\d)\d\d$", format_date(date(1971, 2, 3), width, locale=locale)):
        width = "long"  # years of two figures
    assert day.isoformat() == edtf(format_date(day, width, locale=locale), language=language, country=country)


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from([row["text"] for row in TABLE]), max_size=4).map(" ".join))
@example("9" * 100_000)
@example("1." * 50_000)
@example("3. Juni " * 20_000)
@example("(" * 100_000)
@example("vor 3 " * 30_000)
@example("12:30 " * 20_000)
@example("2024-" * 30_000)
@example("ca. " * 30_000)
@example("十" * 100_000)
def test_whatever_is_stated_is_read_without_a_fault_and_soon(statement: str) -> None:
    for language in (None, "de", "xx", "../en", "sw"):
        edtf("2 juni 2024", language=language)  # its tables are read once
        start = time.perf_counter()
        edtf(statement, language=language, now=NOW)
        readings(statement, language=language)

        assert time.perf_counter() - start < SLOWEST


def test_only_the_beginning_of_a_statement_is_looked_at() -> None:
    assert edtf("5 June 2023" + " " * LONGEST_STATEMENT + "- 7 June 2023") == "2023-06-05"


def test_names_of_other_languages_are_not_loaded_before_they_are_needed() -> None:
    script = (
        "import sys; from transforms.metadata.dates import parse;"
        "parse('2024-06-03T10:12:00Z'); parse('3. Juni 2024', language='de');"
        "sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=HERE.parents[2], check=False).returncode == 0
