"""A run with nothing to do does not look for it again; and whatever gives it something to do is noticed."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from backfile import config
from backfile.pipeline import ingest, settled
from tests.conftest import Workbench, news
from tests.pipeline.made import aged, store_of


@pytest.fixture
def resting(workbench: Workbench) -> Workbench:
    """An archive of which a run has found that there is nothing left to do."""
    aged(*(workbench.put(f"{n}.txt", news("Rat berät", f"Radweg{n}")) for n in range(3)))
    workbench.ingest()
    workbench.ingest()
    return workbench


def is_settled(workbench: Workbench) -> bool:
    with closing(store_of(workbench)) as store:
        return store.settled(settled.token(workbench.archive))


def test_a_run_that_did_something_leaves_the_next_one_to_look_whether_all_is_done(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät", "Radweg"))
    workbench.ingest()
    after_one = is_settled(workbench)
    workbench.ingest()

    assert (after_one, is_settled(workbench)) == (False, True)


def test_what_has_nothing_to_do_is_not_searched_for_it(resting: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in ("learning.learn", "learning.cleaners", "copying.compare", "stories.describe", "indexing.update"):
        monkeypatch.setattr(f"backfile.pipeline.{step}", lambda *_, **__: pytest.fail("nothing is to be done"))
    report = resting.ingest()

    assert (report.changed_nothing, report.tally.documents["unchanged"]) == (True, 3)
    assert is_settled(resting)


def _rule(workbench: Workbench) -> None:
    with closing(store_of(workbench)) as store:
        store.disable_rule("newsletter-footer")


def _article_to_index(workbench: Workbench) -> None:
    with closing(store_of(workbench)) as store:
        store.forget(["pile/0.txt"])


def _configuration(workbench: Workbench) -> None:
    config.add_source(workbench.archive, "more", str(workbench.pile.parent))


def _index(workbench: Workbench) -> None:
    next(workbench.archive.index_directory.rglob("*.seg")).unlink()


def _new_file(workbench: Workbench) -> None:
    workbench.put("new.txt", news("Rat berät", "Hafen"))
    workbench.ingest()


def _gone_file(workbench: Workbench) -> None:
    (workbench.pile / "0.txt").unlink()
    workbench.ingest()


CHANGES = [_rule, _article_to_index, _configuration, _index, _new_file, _gone_file]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_may_give_a_step_something_to_do_is_noticed(
    resting: Workbench, change: Callable[[Workbench], None]
) -> None:
    before = is_settled(resting)
    change(resting)

    assert (before, is_settled(resting)) == (True, False)


def test_another_version_of_this_program_has_the_next_run_look(
    resting: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "program" / "transforms" / "rules" / "de.toml"
    rules.parent.mkdir(parents=True)
    rules.write_text("a", encoding="utf-8")
    monkeypatch.setattr(settled, "_PROGRAM", tmp_path / "program")
    before = settled.token(resting.archive)
    rules.write_text("b", encoding="utf-8")
    os.utime(rules, ns=(1, 1))

    assert settled.token(resting.archive) != before


def test_a_run_over_some_of_the_sources_says_nothing_of_the_others(workbench: Workbench) -> None:
    other = workbench.pile.parent / "other"
    other.mkdir()
    (other / "b.txt").write_text(news("Rat", "Turnhalle"), encoding="utf-8")
    config.add_source(workbench.archive, "other", str(other))
    for _ in range(3):
        with ingest.begin(workbench.archive, only=["pile"]) as run:
            run.whole()

    assert not is_settled(workbench)
