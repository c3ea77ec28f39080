"""Copies from the pile to the search: found at the end of a run, gone with what they were found in."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from backfile import config
from backfile.copies import Relation
from backfile.pipeline import copying, indexing
from backfile.store import Store, open_store
from backfile.store.tables import articles, texts
from index.directory import open_reader
from index.search import search
from tests.conftest import Workbench

BOTH_STORES = True

STORY = """{title}

Die Fähre {name} ist am Morgen vor Norderhafen auf Grund gelaufen. An Bord waren 143 Menschen, verletzt wurde niemand.

Der Kapitän hatte nach ersten Erkenntnissen eine Tonne übersehen, die nach dem Sturm der vergangenen Woche versetzt war.

Zwei Schlepper aus dem Nachbarort sollen das Schiff bei Flut am späten Nachmittag freiziehen, teilte die Reederei mit.

Bis dahin fahren Busse über den Damm. Die Behörde rechnet mit Verspätungen bis in den Abend und rät vom Auto ab.
"""
OTHER = """Stadtbad bleibt zu

Das Stadtbad in Unterlingen öffnet nach der Sanierung erst im Herbst, weil Fliesen für das große Becken fehlen.

Der Hersteller hatte im Frühjahr Insolvenz angemeldet, und ein neuer Lieferant ist nach Angaben des Amtes gefunden.

Vereine und Schulen weichen so lange in die Halle der Nachbargemeinde aus, die dafür länger geöffnet bleibt.
"""
FOOT = "\nUnsere Reporterin war vor Ort und hat mit Fahrgästen gesprochen, die auf den ersten Bus warteten.\n"


@pytest.fixture
def story(workbench: Workbench) -> Workbench:
    """A wire story in three versions, one of them twice, and another article."""
    workbench.put("a.txt", STORY.format(title="Fähre auf Grund", name="Adelheid"))
    workbench.put("b.txt", STORY.format(title="Schiff läuft auf", name="Adelheid") + FOOT)
    workbench.put("c.txt", "\n\n".join(STORY.format(title="143 Menschen an Bord", name="Adelheid").split("\n\n")[:4]))
    workbench.put("d.txt", STORY.format(title="Fähre vor Norderhafen auf Grund", name="Adelheid"))
    workbench.put("e.txt", OTHER)
    workbench.ingest()
    return workbench


def copies(workbench: Workbench, name: str) -> set[tuple[str, str]]:
    store = open_store(workbench.archive.store)
    try:
        return {(copy.id, copy.relation) for copy in store.copies(f"pile/{name}")}
    finally:
        store.close()


def hits(workbench: Workbench, query: str, *, all_copies: bool = False) -> list[tuple[str, int]]:
    with open_reader(workbench.archive.index_directory) as engine:
        found = search(engine, query, now=date(2026, 1, 1), all_copies=all_copies).hits
        return [(hit.id, hit.copies) for hit in found]


def test_copies_are_told_apart_by_their_relation(story: Workbench) -> None:
    expected = {("pile/d.txt", Relation.IDENTICAL), ("pile/b.txt", Relation.NEAR_COPY), ("pile/c.txt", "near copy")}

    assert expected == copies(story, "a.txt")
    assert copies(story, "e.txt") == set()


def test_search_folds_copies_into_the_best_hit(story: Workbench) -> None:
    assert [number for _, number in hits(story, "Norderhafen")] == [3]
    assert hits(story, "Reporterin") == [("pile/b.txt", 0)]
    assert len(hits(story, "Norderhafen", all_copies=True)) == 4


def test_an_article_that_changes_has_lost_its_copies(story: Workbench) -> None:
    story.put("b.txt", OTHER.replace("Herbst", "Winter"))
    story.ingest()

    assert {("pile/e.txt", "near copy")} == copies(story, "b.txt")
    assert {("pile/d.txt", "identical"), ("pile/c.txt", "near copy")} == copies(story, "a.txt")
    assert [number for _, number in hits(story, "Norderhafen")] == [2]
    assert [number for _, number in hits(story, "Stadtbad")] == [1]


def test_what_was_pruned_is_no_copy_and_its_text_is_forgotten(story: Workbench) -> None:
    stated = story.archive.config_file.read_text(encoding="utf-8")
    story.archive.config_file.write_text(stated + "prune = true\n", encoding="utf-8")
    assert config.load(story.archive).source("pile").prune
    for name in ("a.txt", "b.txt", "d.txt"):
        (story.pile / name).unlink()
    story.ingest()

    assert copies(story, "c.txt") == set()
    assert hits(story, "Norderhafen") == [("pile/c.txt", 0)]
    assert hashes(story, texts) == hashes(story, articles)


def hashes(workbench: Workbench, table: sa.Table) -> set[str]:
    store = open_store(workbench.archive.store)
    with store._engine.connect() as connection:
        found = set(connection.scalars(sa.select(table.c.content_hash)))
    store.close()
    return found


def test_a_run_that_was_stopped_before_it_compared_is_carried_on(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: Store) -> int:
        raise KeyboardInterrupt

    workbench.put("a.txt", STORY.format(title="Fähre auf Grund", name="Adelheid"))
    workbench.put("b.txt", STORY.format(title="Schiff läuft auf", name="Adelheid") + FOOT)
    with monkeypatch.context() as patch:
        patch.setattr(copying, "compare", stopped)
        with pytest.raises(KeyboardInterrupt):
            workbench.ingest()

    report = workbench.ingest()

    assert (report.regrouped, report.indexed) == (2, 2)
    assert [number for _, number in hits(workbench, "Norderhafen")] == [1]


@pytest.mark.parametrize("left", [sa.delete(texts), sa.update(texts).values(version=0)])
def test_an_archive_without_signatures_gets_them_in_the_next_run(story: Workbench, left: sa.Delete | sa.Update) -> None:
    before = copies(story, "a.txt")
    store = open_store(story.archive.store)
    with store._transaction() as connection:
        if isinstance(left, sa.Delete):
            connection.exec_driver_sql("DELETE FROM samples")
            connection.exec_driver_sql("DELETE FROM telling")  # what articles are about came after signatures
            connection.exec_driver_sql("DELETE FROM subjects")
        connection.execute(left)
    store.close()

    story.ingest()

    assert before == copies(story, "a.txt")
    assert [number for _, number in hits(story, "Norderhafen")] == [3]


def test_a_second_run_and_a_rebuilt_index_change_nothing(story: Workbench) -> None:
    before = hits(story, "Norderhafen OR Stadtbad")

    assert story.ingest().changed_nothing
    indexing.reindex(story.archive)
    assert before == hits(story, "Norderhafen OR Stadtbad")


def test_the_order_of_files_and_runs_does_not_show(story: Workbench, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    other = Workbench(tmp_path / "again")
    for name in ("e.txt", "d.txt", "c.txt", "b.txt", "a.txt"):
        shutil.copy(story.pile / name, other.pile / name)
        other.ingest()

    for name in ("a.txt", "b.txt", "c.txt"):
        assert copies(story, name) == copies(other, name)
    assert hits(story, "Norderhafen") == hits(other, "Norderhafen")


def test_one_ingest_reports_whose_copies_changed(story: Workbench) -> None:
    story.put(
        "f.txt", STORY.format(title="Fähre frei", name="Adelheid") + "\nDie Fahrgäste sind wohlauf und versorgt.\n"
    )

    assert story.ingest().regrouped >= 1
