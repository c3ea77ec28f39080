"""What a run offers is all that it will read, also where nobody can tell where a file is to be cut."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from backfile.config import Source
from backfile.pipeline import offering, places, tasks
from backfile.pipeline.isolation import Task
from backfile.pipeline.listing import Batch
from backfile.pipeline.offering import Offering
from backfile.pipeline.parts import Part, parts_from, stated
from backfile.pipeline.wire import only
from backfile.readers import Growth
from backfile.store import Store, open_store
from tests.pipeline.made import aged, records


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "store.sqlite", create=True)) as opened:
        yield opened


@pytest.mark.parametrize("dies_at", [1, 2, 3, 9])
def test_a_file_is_offered_to_its_end_wherever_the_search_for_ranges_dies(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    monkeypatch.setattr(offering, "CUT_FROM", 10)
    file = tmp_path / "a.jsonl"
    file.write_text(records(*"abcdefghijkl"))
    aged(file)
    asked = 0

    def cut(path: str, source: Source, growth: Growth) -> Task:
        nonlocal asked
        asked += 1
        task = Task(b"", path, over=True)
        found = tasks.Tasks().answers(only(tasks.cut(path, source, growth, size=700, most=3)))
        task.answers.extend(only(each) for each in found)
        if asked == dies_at:
            task.answers.clear()
            task.answers.append((["failed", "crashed", "it died"], []))
        return task

    source = Source("pile", str(file))
    run = store.begin_run()
    store.open_to_shards(run, "{}")
    made = Offering(store, run, cut, batches=[Batch("pile", (places.place(str(file)),))], brief=lambda _: (source, b""))
    made.go_on(0)
    store.enter(run, "one")
    growths = [
        part.growth for unit in iter(lambda: store.claim_unit(run, "one"), None) for part in parts_from(unit.parts)
    ]

    begins = [growth[2][1] if growth[2] else 0 for growth in growths]
    assert growths[-1][0] == file.stat().st_size
    assert begins[0] == 0
    assert all(before[0] == begin for before, begin in zip(growths, begins[1:], strict=False))
    assert all(one < other for one, other in pairwise(begins))
    assert len(growths) == 1 if dies_at == 1 else len(growths) > 1


def test_a_name_that_is_no_utf8_goes_through_the_store(tmp_path: Path) -> None:
    place = places.Place("/a/\udcff.txt", "/a/\\xff.txt", 3, 4, regular=True)
    part = Part(place, [3, True, None, False], again=True)

    assert json.loads(stated([part]))
    assert stated([part]).isascii()
    assert parts_from(stated([part])) == (part,)
