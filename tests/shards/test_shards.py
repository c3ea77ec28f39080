"""Whatever number of machines reads and cleans, and whichever of them die, the store comes out as one machine's."""

import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from backfile.config import Archive, load
from backfile.database import Database
from backfile.errors import ArchiveMissing, BackfileError, WrongUse
from backfile.pipeline import ingest, offering, shard, terms
from backfile.pipeline.ingest import Report
from backfile.store import Store, open_store
from tests.conftest import Workbench, news
from tests.pipeline.made import aged, box, records
from tests.pipeline.test_crew import WORDS, pile
from tests.postgresql.server import Server
from tests.shards.machines import (
    Process,
    Shard,
    alone,
    archive_beside,
    comparable,
    left_to_shards,
    one_worker,
    rows,
    shared,
    small,
    until,
    up_to_the_index,
)

BOTH_STORES = True
__all__ = ["small"]  # a fixture
pytestmark = pytest.mark.usefixtures("small")

FOOTER = "Mehr aus Niederau lesen Sie täglich in unserer Zeitung und im Netz"
LONG = " ".join(f"Der Rat hat {word} in Niederau nach langer Beratung am Abend beschlossen." for word in WORDS)


@pytest.fixture
def beside(workbench: Workbench, place: Callable[[], Database | None]) -> Callable[[str], Archive]:
    """Makes archives of the workbench's pile."""
    one_worker(workbench.archive)
    return lambda name: archive_beside(workbench.archive, name, place())


def everything(workbench: Workbench) -> None:
    """All kinds of inputs, lines that recur, and copies, which no machine sees enough of by itself."""
    pile(workbench, WORDS)
    lines = [
        {
            "id": f"s{number}",
            "url": f"https://niederau.example/{number}",
            "title": f"Beratung {number}",
            "text": f"{news('Rat', f'Punkt {number}')}\n\n{LONG} Zum {number}. Mal.\n\n{FOOTER}",
        }
        for number in range(12)
    ]
    for number, each in enumerate(lines):
        workbench.put(f"site/{number:02}.jsonl", json.dumps(each) + "\n")
    workbench.put("site/long.jsonl", records(*(f"w{number}" for number in range(120))))
    workbench.put("site/long.mbox", box(*(f"w{number}" for number in range(60))))
    aged(*(file for file in workbench.pile.rglob("*") if file.is_file()))


slow = pytest.mark.slow  # several machines are several crews, that load what they clean with


@pytest.mark.parametrize("number", [pytest.param(1, marks=slow), 2, pytest.param(3, marks=slow)])
def test_the_outcome_is_one_machines_however_many_take_part(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    everything(workbench)
    expected = alone(beside("one"))
    several = beside("several")

    with left_to_shards(monkeypatch):
        machines = [Shard(several) for _ in range(number)]
        report = shared(several)
        done = [each.ended() for each in machines]

    assert min(report.learned, report.recleaned, report.regrouped) > 0
    assert sum(each.documents for each in done) == sum(report.shards.values()) >= 500
    assert all(each.documents for each in done)
    assert comparable(report) == comparable(expected)
    assert rows(several) == rows(workbench.archive.__class__(several.directory.parent / "one"))


@slow
def test_who_is_free_takes_part_and_a_second_run_changes_nothing(
    workbench: Workbench, beside: Callable[[str], Archive]
) -> None:
    everything(workbench)
    alone(one := beside("one"))
    several = beside("several")
    machines = [Shard(several) for _ in range(2)]
    shared(several)
    for each in machines:
        each.ended()

    assert rows(several) == rows(one)
    assert shared(several).changed_nothing


@slow
def test_a_run_that_is_open_to_shards_does_without_them(workbench: Workbench, beside: Callable[[str], Archive]) -> None:
    everything(workbench)
    expected = alone(one := beside("one"))
    report = shared(several := beside("several"))

    assert comparable(report) == comparable(expected)
    assert rows(several) == rows(one)
    assert report.shards == {}


@slow
def test_what_changed_and_what_left_comes_out_the_same(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, several = beside("one"), beside("several")
    everything(workbench)
    reports = []
    for step in (_nothing, _changes, _leaves):
        step(workbench)
        expected = alone(one)
        with left_to_shards(monkeypatch):
            machine = Shard(several)
            reports.append((shared(several), expected))
            machine.ended()

        assert rows(several) == rows(one)

    assert all(comparable(found) == comparable(expected) for found, expected in reports)
    assert [sum(found.shards.values()) > 0 for found, _ in reports] == [True, True, True]


def _nothing(_: Workbench) -> None:
    pass


def _changes(workbench: Workbench) -> None:
    words = [f"w{number}" for number in range(130)]
    files = [
        workbench.put("site/long.jsonl", records(*words)),  # grown
        workbench.put("site/long.mbox", box(*words[30:90])),
        workbench.put("texts/0.txt", news("Rat berät", "Kran")),
        workbench.put("a.jsonl", records(*words[:9]) + "{broken\n" + records("neu")),
    ]
    aged(*files, ns=1_800_000_000_000)


def _leaves(workbench: Workbench) -> None:
    for name in ("site/long.mbox", "texts/1.txt", "mails/2.eml"):
        (workbench.pile / name).unlink()
    aged(workbench.put("mails/9.eml", box("Kran").partition(b"\n")[2]))


# --- who dies


def long_unit(workbench: Workbench, patch: pytest.MonkeyPatch, documents: int = 700) -> None:
    """One unit, of several batches."""
    patch.setattr(offering, "CUT_FROM", 1 << 30)
    aged(workbench.put("long.jsonl", records(*(f"w{number}" for number in range(documents)))))


def delivered(archive: Archive, least: int) -> bool:
    """Whether so many batches of the first unit came from a shard."""
    with suppress(ArchiveMissing), closing(open_store(archive.store)) as store:
        found = store.shared_run()
        standing = store.unit_standing(found[0], 1) if found else None
        return standing is not None and standing.delivered >= least
    return False


class Run(threading.Thread):
    """The run itself, in a thread."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(daemon=True)
        self.archive = archive
        self.report: Report | None = None
        self.start()

    def run(self) -> None:
        self.report = shared(self.archive)

    def ended(self) -> Report:
        self.join(120)
        assert self.report is not None
        return self.report


@slow
def test_a_shard_that_is_killed_costs_the_batches_that_it_had_not_delivered(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    long_unit(workbench, monkeypatch)
    expected = alone(one := beside("one"))
    several = beside("several")
    with left_to_shards(monkeypatch):
        victim = Process(several)
        run = Run(several)
        until(lambda: delivered(several, 1))
        victim.kill()
        heir = Shard(several)
        report = run.ended()
        done = heir.ended()

    assert done.passed == 1
    assert done.documents < 700
    assert sum(report.shards.values()) == 700  # nothing was delivered twice
    assert comparable(report) == comparable(expected)
    assert rows(several) == rows(one)


@slow
def test_when_all_shards_die_the_run_goes_on_alone(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    long_unit(workbench, monkeypatch)
    expected = alone(one := beside("one"))
    several = beside("several")
    with left_to_shards(monkeypatch) as help_out:
        victims = [Process(several), Process(several)]
        run = Run(several)
        until(lambda: delivered(several, 1))
        for each in victims:
            each.kill()
        help_out.set()
        report = run.ended()

    assert 0 < sum(report.shards.values()) < 700
    assert comparable(report) == comparable(expected)
    assert rows(several) == rows(one)


@slow
def test_what_a_killed_run_left_is_thrown_away_and_the_next_one_is_right(
    workbench: Workbench, beside: Callable[[str], Archive]
) -> None:
    for name in "abcd":  # a unit each, for all the blanks
        lines = records(*(f"{name}{number}" for number in range(400))).splitlines()
        aged(workbench.put(f"{name}.jsonl", "".join(line + " " * 4_500 + "\n" for line in lines)))
    alone(one := beside("one"))
    several = beside("several")
    machine = Shard(several)
    words = ["--archive", str(several.directory), "ingest", "--shards"]
    run = subprocess.Popen([sys.executable, "-m", "backfile", *words], stderr=subprocess.DEVNULL)
    until(lambda: _articles(several))
    run.kill()
    run.wait()
    machine.ended()
    left = _articles(several)
    shared(several)

    assert 0 < left < 1_600
    assert rows(several)["articles"] == rows(one)["articles"]
    assert (rows(several)["units"], rows(several)["deliveries"]) == ([], [])


def _articles(archive: Archive) -> int:
    with suppress(ArchiveMissing), closing(open_store(archive.store)) as store:
        return store.article_count()
    return 0


@slow
@pytest.mark.server
def test_a_database_that_dies_ends_run_and_shards_in_one_line_and_the_next_run_is_right(
    workbench: Workbench, beside: Callable[[str], Archive], tmp_path: Path, postgresql: Server
) -> None:
    for number in range(60):  # the run offers them at once, as nothing is to be cut
        workbench.put(f"{number}.txt", news("Rat", f"Punkt {number}"))
    alone(one := beside("one"))
    own = Server().start()
    try:
        several = archive_beside(workbench.archive, "of-its-own", own.database())
        machine = Shard(several)
        with pytest.raises(BackfileError) as told:
            _read_while_it_dies(several, machine, own)
        machine.join(60)
        own.start()
        shared(several)

        assert told.value.exit_code == 5
        assert isinstance(machine.done, BackfileError)
        assert "\n" not in str(machine.done)
        assert rows(several)["articles"] == rows(one)["articles"]
    finally:
        own.stop()


def _read_while_it_dies(archive: Archive, machine: Shard, database: Server) -> None:
    with ingest.begin(archive, shards=ingest.Shards()) as run:
        (batch,) = run.plan().batches
        until(lambda: _has_claimed(archive) or machine.done)
        database.kill()
        run.read(batch)


@slow
def test_a_shard_whose_run_is_killed_stops(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    for word in WORDS:
        workbench.put(f"{word}.txt", news("Rat", word))
    several = beside("several")
    with ingest.begin(several, shards=ingest.Shards()) as run:
        run.plan()
        machine = Shard(several)
        until(lambda: machine.done or _has_claimed(several))
    done = machine.ended()

    assert done.units > 0
    assert shard.work(several) is None


def _has_claimed(archive: Archive) -> bool:
    with closing(open_store(archive.store)) as store:
        found = store.shared_run()
        return bool(found and store.holders(found[0]))


# --- who may take part


def test_a_machine_with_other_rules_is_refused_in_one_line(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("a.txt", news("Rat", "Kran"))
    several = beside("several")
    text = several.config_file.read_text(encoding="utf-8")
    with ingest.begin(several, shards=ingest.Shards()) as run:
        run.plan()
        several.config_file.write_text(text.replace("workers = 1", "workers = 1\nseconds = 7"), encoding="utf-8")
        with pytest.raises(WrongUse, match=r"cannot take part in the run: \[limits\] in backfile.toml are not those"):
            shard.work(several)
        several.config_file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(terms, "version", lambda _: "9.9")
        with pytest.raises(WrongUse, match=r"backfile's version is not those of the run \(here 9.9, there"):
            shard.work(several)


@pytest.mark.parametrize("name", ["backfile", "Python", "program", "libraries", "limits", "sources"])
def test_each_term_is_compared(workbench: Workbench, name: str) -> None:
    mine = terms.of(load(workbench.archive))

    terms.check(terms.stated(mine), mine)
    with pytest.raises(WrongUse, match="cannot take part"):
        terms.check(terms.stated({**mine, name: "another"}), mine)


@slow
def test_a_machine_that_does_not_see_the_files_leaves_them_to_the_run(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(workbench)
    alone(one := beside("one"))
    several = beside("several")
    with monkeypatch.context() as patch:
        patch.setattr(shard, "_is_here", lambda _: False)
        blind = Shard(several)
        report = shared(several)
        blind.join(30)

    assert isinstance(blind.done, WrongUse)
    assert "mount the sources under the same paths" in str(blind.done)
    assert sum(report.shards.values()) == 0
    assert rows(several) == rows(one)


@slow
def test_a_delivery_that_is_no_message_is_done_again(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(workbench)
    alone(one := beside("one"))
    several = beside("several")
    deliver = Store.deliver

    def torn(store: Store, *given: Any) -> bool:
        *which, what = given
        return deliver(store, *which, dataclasses.replace(what, payload=what.payload[:-3]))  # type: ignore[call-arg]

    with monkeypatch.context() as patch:
        patch.setattr(Store, "deliver", torn)
        machine = Shard(several)
        shared(several)
        machine.ended()

    assert rows(several) == rows(one)


@slow
def test_shards_wait_when_too_much_is_not_taken_in(
    workbench: Workbench, beside: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(workbench)
    alone(one := beside("one"))
    several = beside("several")
    monkeypatch.setattr(shard, "MOST_BATCHES", 2)
    most: list[int] = []
    deliver = Store.deliver

    def noted(store: Store, run: int, *given: object) -> bool:
        done = deliver(store, run, *given)  # type: ignore[arg-type]
        most.append(store.backlog(run).batches)
        return done

    monkeypatch.setattr(Store, "deliver", noted)
    with left_to_shards(monkeypatch):
        machines = [Shard(several) for _ in range(2)]
        shared(several)
        for each in machines:
            each.ended()

    assert max(most) <= 2 + len(machines) + 1  # what each has ready, and what the run waits for
    assert rows(several) == rows(one)


def test_a_run_without_sharing_has_no_part_for_shards(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat", "Kran"))
    with ingest.begin(workbench.archive) as run:
        run.plan()

        assert shard.work(workbench.archive) is None
        up_to_the_index(run)
