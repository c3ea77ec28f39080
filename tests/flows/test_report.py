"""What a flow leaves for people to see in a browser."""

import logging
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.pipeline.ingest import Report
from backfile.pipeline.tally import Tally
from flows.report import MAX_KINDS, MAX_SHOWN, counts, failures, logged_to, plain, summary


def report(tally: Tally) -> Report:
    return Report("/srv/news", 12.34, tally, learned=3, unlearned=1, recleaned=2, regrouped=0, indexed=5)


def numbers(tally: Tally) -> dict[tuple[str, str], object]:
    return {(str(row["count of"]), str(row["which"])): row["number"] for row in counts(report(tally))}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/srv/news/taz/2019.jsonl", "/srv/news/taz/2019.jsonl"),
        ("Überschwemmung – 洪水.html", "Überschwemmung – 洪水.html"),
        ("![x](http://evil.example/p.png)", "!(x)(http: //evil.example/p.png)"),
        ("<img src=x onerror=alert(1)>", "‹img src=x onerror=alert(1)›"),
        ("a | `b` | ![c](d)", "a ¦ 'b' ¦ !(c)(d)"),
        ("WWW.evil.example", "WWW .evil.example"),
        ("mail.mbox-path#<1@evil.example>", "mail.mbox-path#‹1 @evil.example›"),
        ("two\nlines\x1b[31m", "two lines (31m"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 1_000, "x" * (MAX_SHOWN - 1) + "…"),
    ],
)
def test_a_name_is_shown_without_what_a_page_could_act_on(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text() | st.text(alphabet="<>[]()!|`:/w.@\n\r a\u202e\u2028"))
def test_no_name_is_markup_or_a_link(text: str) -> None:
    shown = plain(text)

    assert not set("<>[]|`") & set(shown)
    assert "://" not in shown
    assert " www." not in f" {shown.lower()}"
    assert "@" not in shown.replace(" @", "")
    assert not [each for each in shown if unicodedata.category(each).startswith("C")]
    assert len(shown) <= MAX_SHOWN


def test_the_report_counts_documents_reasons_removals_languages_and_dates() -> None:
    tally = Tally(
        documents=Counter(new=4, unchanged=7),
        states=Counter(stored=3, failed=1),
        reasons=Counter({"bad-record": 1}),
        removals=Counter({"newsletter-footer/2": 9}),
        languages=Counter(de=2, en=1),
        precision=Counter(day=1, month=1, undated=1),
    )
    table = numbers(tally)

    assert table[("documents", "new")] == 4
    assert table[("documents", "gone")] == 0
    assert table[("states", "failed")] == 1
    assert table[("not taken in", "bad-record")] == 1
    assert table[("removals by rule", "newsletter-footer/2")] == 9
    assert table[("languages", "de")] == 2
    assert (table[("dates", "known")], table[("dates", "unknown")]) == (2, 1)
    assert table[("precision of dates", "month")] == 1
    assert table[("articles", "added to the index")] == 5
    assert table[("seconds", "in all")] == 12.3


def test_a_run_that_found_nothing_has_a_report_too() -> None:
    assert numbers(Tally())[("dates", "known")] == 0


def test_many_kinds_of_one_count_end_in_one_row_that_says_how_many_more() -> None:
    tally = Tally(removals=Counter({f"own-{number}/1": 2 for number in range(MAX_KINDS + 3)}))

    assert numbers(tally)[("removals by rule", "3 more")] == 6


def test_failures_are_named_and_escaped() -> None:
    tally = Tally()
    tally.fail("/srv/<b>.html", "damaged", "ends early")

    assert failures(report(tally)) == [{"uri": "/srv/‹b›.html", "reason": "damaged", "detail": "ends early"}]


def test_the_summary_is_one_line() -> None:
    tally = Tally(documents=Counter(new=1_234), states=Counter(stored=1_200, rejected=30, failed=4))

    assert summary(report(tally)) == (
        "1,234 new, 0 changed, 0 unchanged; 1,200 stored, 30 rejected, 4 failed; 5 added to the index"
    )


def test_tracebacks_go_to_the_log_file_of_the_archive_and_nowhere_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("backfile.pipeline.cleaner")
    with logged_to(tmp_path / "backfile.log"):
        log.error("cleaning failed")
    log.error("after the run")

    assert "ERROR backfile.pipeline.cleaner: cleaning failed\n" in (tmp_path / "backfile.log").read_text()
    assert caplog.messages == ["after the run"]


def test_a_log_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    with logged_to(tmp_path / "missing" / "backfile.log"):
        logging.getLogger("transforms").error("dropped")
