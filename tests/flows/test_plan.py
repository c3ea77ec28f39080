"""Words for time, and the archive's own `prefect.yaml`."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.config import Archive
from backfile.errors import WrongUse
from flows.operate import check, plan

ENTRY = {"slug": "evening", "cron": "0 18 * * *", "timezone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("daily 06:15", ("cron", "15 6 * * *")),
        ("Every day at 6:05", ("cron", "5 6 * * *")),
        ("hourly", ("cron", "0 * * * *")),
        ("weekly mon,thu 18:00", ("cron", "0 18 * * mon,thu")),
        ("every Monday, Thursday at 18:00", ("cron", "0 18 * * mon,thu")),
        ("every 6 hours", ("interval", 21_600)),
        ("every 90m", ("interval", 5_400)),
        ("every 1 day", ("interval", 86_400)),
        ("15 6 * * 1-5", ("cron", "15 6 * * 1-5")),
        ("  daily   23:59 ", ("cron", "59 23 * * *")),
    ],
)
def test_people_say_when(text: str, meant: tuple[str, object]) -> None:
    assert plan.when(text) == meant


@pytest.mark.parametrize("text", ["", "daily", "daily 25:00", "tomorrow", "every 3 seconds", "every 0 hours", "6:15"])
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(WrongUse, match=r"say 'daily 06:15'|at least every"):
        plan.when(text)


@given(st.text(max_size=80))
def test_no_text_is_more_than_refused(text: str) -> None:
    with suppress(WrongUse):
        assert plan.when(text)[0] in {"cron", "interval"}


def test_a_schedule_is_added_to_a_copy_and_the_comments_stay(tmp_path: Path) -> None:
    file = plan.add(Archive(tmp_path), "ingest/scheduled", ENTRY)
    text = file.read_text(encoding="utf-8")
    schedules = {d.full_name: [s.slug for s in d.schedules] for d in check.read(file)}

    assert file == tmp_path / "prefect.yaml"
    assert schedules["ingest/scheduled"] == ["every-morning", "evening"]
    assert "# Runs of one deployment queue." in text
    assert "*one_at_a_time" in text


def test_added_and_removed_the_file_says_what_it_said(tmp_path: Path) -> None:
    file = plan.add(Archive(tmp_path), "reindex/manual", ENTRY)
    plan.remove(Archive(tmp_path), "reindex/manual", "evening")

    assert check.read(file) == check.read(check.bundled())


def test_the_last_schedule_can_be_removed(tmp_path: Path) -> None:
    file = plan.remove(Archive(tmp_path), "ingest/scheduled", "every-morning")

    assert [d.schedules for d in check.read(file)] == [(), (), (), (), ()]


def test_a_slug_that_is_taken_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    file = plan.add(Archive(tmp_path), "ingest/scheduled", ENTRY)
    before = file.read_bytes()

    with pytest.raises(WrongUse, match="has a schedule 'evening'"):
        plan.add(Archive(tmp_path), "ingest/scheduled", ENTRY)
    assert file.read_bytes() == before


def test_an_unknown_deployment_or_slug_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="ingest/scheduled, ingest/manual, ingest-shard/manual, reindex/manual"):
        plan.add(Archive(tmp_path), "ingest/nightly", ENTRY)
    with pytest.raises(WrongUse, match="has no schedule 'nightly'"):
        plan.remove(Archive(tmp_path), "ingest/scheduled", "nightly")
