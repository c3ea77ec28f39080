"""What a run recognises: new, changed, unchanged, moved, gone, back; and what makes it look closer, or elsewhere."""

import os
import shutil
import time
from datetime import datetime

import pytest

from backfile import config
from backfile.cli.status import gather
from backfile.errors import WrongUse
from backfile.pipeline import ingest, listing, missing
from backfile.pipeline.ingest import Report
from tests.conftest import Workbench, news
from tests.pipeline.made import (
    CONTAINERS,
    HOUR,
    aged,
    box,
    counted,
    ids,
    misbehaving,
    problems,
    records,
    store_of,
    zipped,
)

BOTH_STORES = True

containers = pytest.mark.parametrize("name", CONTAINERS)


# --- plain files


def test_a_change_within_the_same_tick_of_the_clock_is_seen(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbench.put("a.txt", news("Rat berät", "Radwege"))
    stamp = file.stat().st_mtime_ns
    with monkeypatch.context() as patch:  # whoever waits for a busy machine looks when no doubt is left
        patch.setattr("backfile.pipeline.visits.time.time_ns", lambda: stamp + 1)
        workbench.ingest()
    file.write_text(news("Rat berät", "Rodwege"), encoding="utf-8")
    os.utime(file, ns=(stamp, stamp))

    report = workbench.ingest()

    assert (report.tally.inputs["changed"], workbench.found("Rodwege")) == (1, ["pile/a.txt"])


def test_the_doubt_about_a_file_ends_when_its_bytes_were_looked_at_later(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    workbench.ingest()
    later = time.time_ns() + HOUR
    monkeypatch.setattr("backfile.pipeline.visits.time.time_ns", lambda: later)
    workbench.ingest()
    monkeypatch.setattr("backfile.pipeline.places.digest", lambda place: pytest.fail("nothing is in doubt"))

    assert counted(workbench.ingest()) == {"unchanged": 1}


def test_a_time_that_went_backwards_has_the_bytes_decide(workbench: Workbench) -> None:
    same, other = workbench.put("a.txt", news("Rat", "Radwege")), workbench.put("b.txt", news("Rat", "Turnhalle"))
    workbench.ingest()
    other.write_text(news("Rat", "Turnkelle"), encoding="utf-8")
    aged(same, other)

    report = workbench.ingest()

    assert counted(report) == {"unchanged": 1, "changed": 1}
    assert workbench.found("Turnkelle") == ["pile/b.txt"]


def test_only_a_check_sees_bytes_that_changed_under_the_same_size_and_time(workbench: Workbench) -> None:
    file = workbench.put("a.txt", news("Rat berät", "Radwege"))
    whole = workbench.put("b.txt", news("Rat berät", "Turnhalle"))
    aged(file, whole)
    workbench.ingest()
    stamp = file.stat().st_mtime_ns
    file.write_text(news("Rat berät", "Rodwege"), encoding="utf-8")
    os.utime(file, ns=(stamp, stamp))

    unseen, seen = workbench.ingest(), workbench.ingest(check=True)

    assert counted(unseen) == {"unchanged": 2}
    assert counted(seen) == {"unchanged": 1, "changed": 1, "altered": 1}
    assert workbench.found("Rodwege") == ["pile/a.txt"]
    assert workbench.ingest(check=True).changed_nothing


def test_a_renamed_folder_moves_all_that_is_in_it(workbench: Workbench) -> None:
    for number in range(12):
        workbench.put(f"2024/{number}.txt", news("Rat berät", f"Radweg{number}"))
    workbench.put("2024/e.zip", zipped("Kitas", "Turnhalle"))
    workbench.ingest()
    before = ids(workbench)
    (workbench.pile / "2024").rename(workbench.pile / "Jahrgang 2024")

    report = workbench.ingest()

    assert (counted(report), report.tally.documents) == ({"moved": 13}, {"unchanged": 14})
    assert ids(workbench) == before


def test_a_name_in_other_letters_is_a_move(workbench: Workbench) -> None:
    file = workbench.put("rat.txt", news("Rat berät", "Radwege"))
    workbench.ingest()
    file.rename(workbench.pile / "Rat.TXT")

    report = workbench.ingest()

    assert (counted(report), ids(workbench)) == ({"moved": 1}, ["pile/rat.txt"])


def test_what_is_moved_and_changed_at_once_is_known_by_its_own_id_or_is_new(workbench: Workbench) -> None:
    text, export = workbench.put("a.txt", news("Rat", "Radwege")), workbench.put("e.jsonl", records("Kitas"))
    workbench.put("stays.txt", news("Rat", "Turnhalle"))
    workbench.ingest()
    text.unlink()
    export.unlink()
    workbench.put("new/a.txt", news("Rat", "Radwege und Brücken"))
    workbench.put("new/e.jsonl", records("Kitas").replace("Drei", "Vier"))

    report = workbench.ingest()

    assert counted(report) == {"new": 2, "gone": 2, "unchanged": 1}
    assert (report.tally.documents["new"], report.tally.documents["changed"]) == (1, 1)
    assert ids(workbench) == ["pile/Kitas", "pile/a.txt", "pile/new/a.txt", "pile/stays.txt"]


def test_a_file_in_whose_place_a_folder_stands_and_the_other_way_round(workbench: Workbench) -> None:
    file, folder = workbench.put("a", news("Rat", "Radwege")), workbench.put("b/inner.txt", news("Rat", "Kitas")).parent
    workbench.put("stays.txt", news("Rat", "Turnhalle"))
    workbench.ingest()
    file.unlink()
    workbench.put("a/inner.txt", news("Rat", "Brücken"))
    shutil.rmtree(folder)
    workbench.put("b", news("Rat", "Schwimmbäder"))

    report = workbench.ingest()

    assert counted(report) == {"new": 2, "gone": 2, "unchanged": 1}
    assert len(ids(workbench)) == 5
    assert counted(workbench.ingest()) == {"unchanged": 3}


def test_what_comes_back_changed_is_back_and_changed(workbench: Workbench) -> None:
    file = workbench.put("a.txt", news("Rat", "Radwege"))
    workbench.put("b.txt", news("Rat", "Kitas"))
    workbench.ingest()
    file.unlink()
    workbench.ingest()
    workbench.put("a.txt", news("Rat", "Schwimmbäder"))

    report = workbench.ingest()

    assert counted(report) == {"back": 1, "changed": 1, "unchanged": 1}
    assert ids(workbench) == ["pile/a.txt", "pile/b.txt"]


# --- containers


@containers
def test_in_a_container_each_document_is_recognised(workbench: Workbench, name: str) -> None:
    content = CONTAINERS[name]
    workbench.put(name, content("Radwege", "Kitas", "Turnhalle"))
    first = workbench.ingest()
    workbench.put(name, content("Radwege", "Turnhalle", "Brücken"))

    second, third = workbench.ingest(), workbench.ingest()

    assert (first.tally.documents["new"], counted(first)) == (3, {"new": 1})
    assert second.tally.documents == {"unchanged": 2, "new": 1, "changed": 0, "gone": 1}
    assert third.tally.documents["unchanged"] == 3
    assert third.changed_nothing
    assert len(ids(workbench)) == 4


@containers
def test_a_container_moves_with_all_that_is_in_it(workbench: Workbench, name: str) -> None:
    file = workbench.put(name, CONTAINERS[name]("Radwege", "Kitas"))
    workbench.ingest()
    before = ids(workbench)
    (workbench.pile / "alt").mkdir()
    file.rename(workbench.pile / "alt" / name)

    report = workbench.ingest()

    store = store_of(workbench)
    places = {each.article.uri for each in store.articles()}
    store.close()
    assert (counted(report), report.tally.documents) == ({"moved": 1}, {"unchanged": 2})
    assert ids(workbench) == before
    assert all(place.startswith(f"{workbench.pile}/alt/{name}") for place in places)


# --- what is missing


def emptied(workbench: Workbench, number: int, *, left: int = 0, prune: bool = False) -> Report:
    """A run after most of the files are gone."""
    config.remove_source(workbench.archive, "pile")
    config.add_source(workbench.archive, "pile", str(workbench.pile), prune=prune)
    files = [workbench.put(f"{n:02}.txt", news("Rat berät", f"Radweg{n}")) for n in range(number)]
    workbench.ingest()
    for file in files[left:]:
        file.rename(workbench.pile.parent / f"away-{file.name}")
    return workbench.ingest()


@pytest.mark.parametrize(("number", "left"), [(1, 0), (3, 0), (30, 0), (30, 5)])
@pytest.mark.parametrize("prune", [False, True])
def test_a_source_that_is_suddenly_empty_lets_nothing_go(
    workbench: Workbench, number: int, left: int, *, prune: bool
) -> None:
    report = emptied(workbench, number, left=left, prune=prune)

    assert (report.failed, report.tally.inputs["gone"], report.tally.inputs["missing"]) == (1, 0, number - left)
    assert "backfile ingest --source pile --confirm-gone" in report.tally.examples[0]["detail"]
    assert len(ids(workbench)) == number


def test_what_is_confirmed_to_be_gone_is_let_go(workbench: Workbench) -> None:
    emptied(workbench, 3, prune=True)

    report = workbench.ingest(gone=True)

    assert (report.failed, report.tally.inputs["gone"], ids(workbench)) == (0, 3, [])
    assert workbench.ingest().failed == 0


def test_a_disk_that_is_there_again_has_all_as_it_was(workbench: Workbench) -> None:
    emptied(workbench, 12)
    for file in workbench.pile.parent.glob("away-*"):
        file.rename(workbench.pile / file.name.removeprefix("away-"))

    report = workbench.ingest()

    assert (report.failed, counted(report)) == (0, {"unchanged": 12})


def test_a_pile_whose_files_are_others_every_day_is_no_missing_disk(workbench: Workbench) -> None:
    for day in (1, 2):
        shutil.rmtree(workbench.pile)
        workbench.pile.mkdir()
        for number in range(12):
            workbench.put(f"day{day}-{number}.txt", news("Rat berät", f"Radweg{day * 100 + number}"))
        report = workbench.ingest()

    assert (report.failed, counted(report)) == (0, {"new": 12, "gone": 12})


def test_a_mount_point_without_its_disk_lets_nothing_of_it_go(workbench: Workbench) -> None:
    for number in range(30):
        folder = "disk/deep" if number < 12 else "here"
        aged(workbench.put(f"{folder}/{number:02}.txt", news("Rat berät", f"Radweg{number}")))
    workbench.ingest()
    shutil.move(workbench.pile / "disk" / "deep", workbench.pile.parent / "deep")
    (workbench.pile / "here" / "29.txt").unlink()

    report = workbench.ingest()

    assert (report.failed, counted(report)) == (1, {"unchanged": 17, "missing": 12, "gone": 1})
    assert f"{workbench.pile}/disk is empty, and had 12 inputs" in report.tally.examples[0]["detail"]
    assert counted(workbench.ingest(gone=True)) == {"unchanged": 17, "gone": 12}


@pytest.mark.parametrize("number", [3, 12])
def test_a_folder_that_a_person_deleted_or_that_had_little_in_it_is_no_missing_disk(
    workbench: Workbench, number: int
) -> None:
    aged(*(workbench.put(f"some/{n:02}.txt", news("Rat berät", f"Radweg{n}")) for n in range(number)))
    aged(*(workbench.put(f"{n:02}.txt", news("Rat berät", f"Hafen{n}")) for n in range(20)))
    workbench.ingest()
    shutil.rmtree(workbench.pile / "some")
    if number < missing.LEAST_MISSING:
        (workbench.pile / "some").mkdir()

    report = workbench.ingest()

    assert (report.failed, counted(report)) == (0, {"unchanged": 20, "gone": number})


def test_a_source_that_may_be_empty_is_believed_to_be(workbench: Workbench) -> None:
    config.remove_source(workbench.archive, "pile")
    config.add_source(workbench.archive, "pile", str(workbench.pile), may_be_empty=True)
    files = [workbench.put(f"{n:02}.txt", news("Rat berät", f"Radweg{n}")) for n in range(12)]
    workbench.ingest()
    for file in files:
        file.unlink()

    report = workbench.ingest()

    assert (report.failed, counted(report), len(ids(workbench))) == (0, {"gone": 12}, 12)


# --- mailboxes that are rotated


@pytest.mark.parametrize(
    ("kept", "last"), [("alt.mbox", "archiv.mbox"), ("e.mbox.1", "e.mbox.2"), ("z.mbox", "y.mbox")]
)
def test_a_mailbox_that_is_rotated_keeps_its_messages(workbench: Workbench, kept: str, last: str) -> None:
    first, second = workbench.put(kept, box("Turnhalle", "Theater")), workbench.put("e.mbox", box("Radweg", "Rathaus"))
    aged(first, second)
    workbench.ingest()
    before = ids(workbench)
    first.rename(workbench.pile / last)
    second.rename(first)
    aged(workbench.put("e.mbox", box("Hafen")))

    report = workbench.ingest()

    assert (counted(report), report.tally.documents["unchanged"]) == ({"moved": 2, "new": 1}, 4)
    assert set(before) < set(ids(workbench))
    assert counted(workbench.ingest()) == {"unchanged": 3}


def test_a_mailbox_that_was_copied_and_has_grown_since_is_still_itself(workbench: Workbench) -> None:
    file = workbench.put("e.mbox", box("Radweg", "Rathaus"))
    aged(file)
    workbench.ingest()
    shutil.copy2(file, workbench.pile / "alt.mbox")
    file.write_bytes(file.read_bytes() + box("Hafen"))

    report = workbench.ingest()

    assert counted(report) == {"new": 1, "changed": 1, "grown": 1}


# --- what is asked for


def test_only_what_was_modified_since_is_read_and_the_rest_the_next_time(workbench: Workbench) -> None:
    old, young = workbench.put("old.txt", news("Rat", "Kitas")), workbench.put("young.txt", news("Rat", "Radwege"))
    aged(old, ns=72 * HOUR)
    aged(young)

    some = workbench.ingest(since=time.time_ns() - 24 * HOUR)
    rest = workbench.ingest()

    assert (counted(some), counted(rest)) == ({"new": 1, "older": 1}, {"new": 1, "unchanged": 1})
    assert ids(workbench) == ["pile/old.txt", "pile/young.txt"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024-11-20", datetime(2024, 11, 20)),  # noqa: DTZ001  # local time is meant
        ("20.11.2024", datetime(2024, 11, 20)),  # noqa: DTZ001
        ("2024-11", datetime(2024, 11, 1)),  # noqa: DTZ001
        ("2w", datetime(2024, 11, 18)),  # noqa: DTZ001
        ("2024-11-20T18:30", datetime(2024, 11, 20, 18, 30)),  # noqa: DTZ001
    ],
)
def test_a_date_is_said_as_people_write_it(said: str, day: datetime) -> None:
    now = datetime(2024, 12, 2, 9, 0).astimezone()

    assert listing.since(said, now=now) == int(day.astimezone().timestamp() * 1e9)


@pytest.mark.parametrize("said", ["soon", "2024-13-01", ">=2024-11", "2024-11-20T99:00", "2023..2024x", ""])
def test_what_is_no_date_is_wrong_use(said: str) -> None:
    with pytest.raises(WrongUse):
        listing.since(said, now=datetime.now().astimezone())


def test_what_failed_is_tried_again_when_asked(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    workbench.put("a.txt", news("Rat", "Radwege"))
    aged(workbench.put("b.jsonl", records("Kitas", "Turnhalle")), workbench.pile / "a.txt")
    with monkeypatch.context() as patch:
        misbehaving(patch)
        patch.setenv("TEST_FAULT", "yes")
        failed = workbench.ingest(crew=None)

    nothing, again, after = workbench.ingest(), workbench.ingest(retry=True), workbench.ingest(retry=True)

    assert (failed.failed, counted(nothing)) == (3, {"unchanged": 2})
    assert (counted(again), again.tally.states["stored"]) == ({"unchanged": 2, "retried": 2}, 3)
    assert (counted(after), ids(workbench)) == ({"unchanged": 2}, ["pile/Kitas", "pile/Turnhalle", "pile/a.txt"])


def test_what_is_only_kept_as_it_was_is_tried_again_and_is_well(workbench: Workbench) -> None:
    whole = zipped("Radwege")
    workbench.put("e.zip", whole)
    workbench.ingest()
    file = workbench.put("e.zip", whole.replace(b"Radwege", b"Rodwege", 3))  # its checksum does not hold any more
    workbench.ingest()
    assert problems(workbench) == []
    file.write_bytes(whole)

    report = workbench.ingest(retry=True)

    store = store_of(workbench)
    told = list(store.problems())
    store.close()
    assert (report.tally.inputs["retried"], told, workbench.found("Radwege")) == (1, [], ["pile/e.zip#Radwege.txt"])


def test_a_retry_of_what_still_fails_is_no_new_failure(workbench: Workbench) -> None:
    workbench.put("e.jsonl", records("Kitas") + "{half\n")
    workbench.ingest()

    report = workbench.ingest(retry=True)

    assert (report.failed, report.tally.inputs["retried"], problems(workbench)) == (
        0,
        1,
        [("e.jsonl#line=2", "bad-record")],
    )


def test_only_the_sources_that_are_named_are_read(workbench: Workbench) -> None:
    for name in ("other", "third"):
        (workbench.pile.parent / name).mkdir()
        (workbench.pile.parent / name / "a.txt").write_text(news("Rat", name), encoding="utf-8")
        config.add_source(workbench.archive, name, str(workbench.pile.parent / name))
    workbench.put("a.txt", news("Rat", "Radwege"))
    with ingest.begin(workbench.archive, only=["other", "third"]) as run:
        for batch in run.plan().batches:
            run.read(batch)

    assert ids(workbench) == ["other/a.txt", "third/a.txt"]


# --- changed rules


def test_a_new_version_of_a_rule_cleans_again_what_is_stored_and_status_says_so_before(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege") + "\nMehr davon in der Dorfzeitung am Samstag\n")
    workbench.put("b.txt", news("Rat berät", "Kitas"))
    workbench.ingest()
    (workbench.pile / "a.txt").unlink()
    monkeypatch.setattr("transforms.rule.fingerprint", lambda rules: f"another {len(tuple(rules))}")

    store = store_of(workbench)
    outdated = gather(workbench.archive, store)["outdated"]
    store.close()
    report = workbench.ingest()
    store = store_of(workbench)
    left = gather(workbench.archive, store)["outdated"]
    store.close()

    assert (outdated, report.recleaned, left) == (2, 0, 0)
    assert counted(report) == {"unchanged": 1, "gone": 1}


def test_a_rule_that_is_disabled_between_two_runs_is_put_back_by_the_next(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege") + "\nJetzt Newsletter abonnieren\n")
    workbench.ingest()
    store = store_of(workbench)
    [rule] = {
        each.rule.partition("/")[0] for each in store.article("pile/a.txt").article.removed if "News" in each.text
    }
    store.disable_rule(rule, "", enable=False)
    store.close()
    shutil.rmtree(workbench.pile)

    report = workbench.ingest()

    assert (report.recleaned, report.indexed, workbench.found("abonnieren")) == (1, 1, ["pile/a.txt"])


def test_a_changed_rule_of_one_source_leaves_the_others_alone(workbench: Workbench) -> None:
    (workbench.pile.parent / "other").mkdir()
    config.add_source(workbench.archive, "other", str(workbench.pile.parent / "other"))
    text = news("Rat berät", "Radwege") + "\nMehr davon in der Dorfzeitung am Samstag\n"
    workbench.put("a.txt", text)
    (workbench.pile.parent / "other" / "a.txt").write_text(text, encoding="utf-8")
    workbench.ingest()
    with workbench.archive.config_file.open("a", encoding="utf-8") as out:  # behind `other`, the last one
        out.write('\n[[source.rule]]\nname = "village-paper"\npattern = "Mehr davon in der Dorfzeitung.*"\n')

    report = workbench.ingest()

    assert (report.recleaned, workbench.found("Dorfzeitung")) == (1, ["pile/a.txt"])
