"""The store keeps what it acknowledged, and gives it back as it was."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from backfile import records
from backfile.article import Article, Extraction, Line, Rejection, Removal, Span, Witness
from backfile.database import Database
from backfile.errors import ArchiveError, ArchiveMissing, Reason, WrongUse
from backfile.store import Begun, CleanedAgain, Ended, Looked, Outcome, Portion, Store, migrate, open_store, sqlite
from backfile.store.tables import metadata
from tests.conftest import Place

LINES = (Line("Bild: KI"), Line("Berlin. – Der Rat tagt wieder.", "text"), Line("Zwei Sätze. Anzeige Noch einer."))
EXTRACTION = Extraction(LINES, (Witness("title", "Rat", "h1"),), 0, "text/1")
REMOVED = (
    Removal(0, 0, 8, "Bild: KI", "credit", "image-credit/1"),
    Removal(1, 0, 10, "Berlin. – ", "dateline", "dateline/1"),
    Removal(2, 12, 20, "Anzeige ", "boilerplate", "advertisement/1"),
)
BODY = (Span(1, 10, "Der Rat tagt wieder."), Span(2, 0, "Zwei Sätze. "), Span(2, 20, "Noch einer."))
ARTICLE = Article(
    id="taz/1",
    source="taz",
    uri="/news/1.txt",
    body=BODY,
    title="Rat",
    authors=("Ada Beispiel",),
    published="2024-11",
    published_precision="month",
    language="de",
    place=("Berlin",),
    removed=REMOVED,
    provenance={"title": "h1"},
)


BOTH_STORES = True


@pytest.fixture
def store(tmp_path: Path, place: Place) -> Iterator[Store]:
    made = open_store(place() or tmp_path / "store.sqlite", create=True)
    yield made
    made.close()


def outcome(article: Article = ARTICLE, *, member: str = "", row: int | None = None, digest: str = "d1") -> Outcome:
    return Outcome(member, article.uri, digest, row, article.id, (records.result(EXTRACTION, article),))


def written(store: Store, *outcomes: Outcome, run: int = 1, path: str = "/news/1.txt") -> int:
    begun, ended = Begun("taz", path, size=10, modified=1, settings="s"), Ended(f"bytes of {path}")
    [number] = store.write(
        [Portion(None, len(outcomes), outcomes, begun=begun, ended=ended)], run=run, rules="r1"
    ).input_ids
    return number


def test_what_was_too_costly_is_found_without_going_through_all_documents(tmp_path: Path) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []
    with closing(open_store(tmp_path / "store.sqlite", create=True)) as store:
        sa.event.listen(store._engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
        assert not store.has_costly("taz")
        [(statement, parameters)] = [each for each in asked if "tried" in each[0]]
        with store._engine.connect() as connection:
            found = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    assert any(each.startswith("SEARCH documents USING INDEX ix_documents_tried") for each in found), found
    assert not any("ix_documents_input_id" in each for each in found)


def test_an_article_comes_back_as_it_was_written(store: Store) -> None:
    written(store, outcome())

    found = store.article("taz/1")

    assert found.article == ARTICLE
    assert found.lines == LINES
    assert (found.state, found.revision) == ("stored", 1)


def test_an_unknown_id_names_ids_that_look_alike(store: Store) -> None:
    written(store, outcome())

    with pytest.raises(WrongUse, match="did you mean taz/1"):
        store.article("az/1")


def test_what_the_index_lacks_is_pending_until_it_is_acknowledged(store: Store) -> None:
    written(store, outcome())
    batch = next(store.pending(10))

    store.mark_indexed(batch)

    assert [each.id for each in batch] == ["taz/1"]
    assert list(store.pending(10)) == []
    assert store.indexed_count() == 1


def test_a_changed_document_goes_back_to_stored_with_a_higher_revision(store: Store) -> None:
    number = written(store, outcome())
    store.mark_indexed(next(store.pending(10)))
    row = store.known_documents({number: [""]})[number, ""]

    changed = outcome(replace(ARTICLE, title="Neu"), row=row.id, digest="d2")
    store.write([Portion(number, 1, [changed])], run=2, rules="r1")

    found = store.article("taz/1")
    assert (found.article.title, found.state, found.revision) == ("Neu", "stored", 2)


def test_an_article_that_its_document_no_longer_gives_is_withdrawn_from_the_index(store: Store) -> None:
    number = written(store, outcome())
    row = store.known_documents({number: [""]})[number, ""]

    store.write([Portion(number, 1, [outcome(replace(ARTICLE, id="taz/2"), row=row.id)])], run=2, rules="r1")

    assert store.withdrawn() == ["taz/1"]
    assert [each.article.id for each in store.articles()] == ["taz/2"]


def test_what_vanished_from_its_source_is_kept_and_marked_as_gone(store: Store) -> None:
    number = written(store, outcome())

    assert store.mark_gone([number], prune=False) == 1
    assert store.mark_gone([number], prune=False) == 0
    assert store.counts()["gone"] == 1
    assert store.article("taz/1").article == ARTICLE


def test_a_pruned_source_takes_its_articles_along(store: Store) -> None:
    number = written(store, outcome())

    store.mark_gone([number], prune=True)

    assert store.withdrawn() == ["taz/1"]
    assert list(store.articles()) == []


def test_a_moved_input_keeps_the_ids_of_its_articles(store: Store) -> None:
    written(store, outcome())
    known = store.inputs_at("taz", ["/news/1.txt"])["/news/1.txt"]

    store.move_inputs([(known, "/elsewhere/1.txt", Looked(10, 2, 3))])

    assert store.article("taz/1").article.uri == "/elsewhere/1.txt"
    assert [row[0] for rows in store.outline("taz", settings="", tick=0) for row in rows] == ["/elsewhere/1.txt"]


def test_a_rejected_document_stands_with_its_reason(store: Store) -> None:
    verdict = Rejection(Reason.NOT_ARTICLE, 0.9, "error-page/1")
    written(store, Outcome("", "/news/404.html", "d", None, "taz/404", (records.result(EXTRACTION, verdict),)))

    [problem] = store.problems()

    assert (problem["state"], problem["reason"]) == ("rejected", "not-article")


def test_changed_rules_say_anew_why_something_is_rejected(store: Store) -> None:
    before = Rejection(Reason.NOT_ARTICLE, 0.9, "error-page/1")
    written(store, Outcome("", "/news/404.html", "d", None, "taz/404", (records.result(EXTRACTION, before),)))

    [[outdated]] = list(store.outdated("taz", "r2"))
    verdict = Rejection(Reason.NOT_ARTICLE, 0.96, "login-page/1", "login")
    changed = store.write_cleaned([CleanedAgain(outdated, verdict)], rules="r2")

    assert changed == 0
    assert [each["detail"] for each in store.problems()] == ["login 0.96 login-page/1"]


def test_changed_rules_clean_again_what_they_rejected_before(store: Store) -> None:
    verdict = Rejection(Reason.NOT_ARTICLE, 0.9, "error-page/1")
    written(store, Outcome("", "/news/1.txt", "d", None, "taz/1", (records.result(EXTRACTION, verdict),)))

    [[outdated]] = list(store.outdated("taz", "r2"))
    changed = store.write_cleaned([CleanedAgain(outdated, records.packed_article(ARTICLE))], rules="r2")

    assert (changed, list(store.outdated("taz", "r2"))) == (1, [])
    assert store.article("taz/1").article == ARTICLE
    assert list(store.problems()) == []


def test_cleaning_again_with_the_same_outcome_changes_nothing_but_the_fingerprint(store: Store) -> None:
    written(store, outcome())
    store.mark_indexed(next(store.pending(10)))

    [[outdated]] = list(store.outdated("taz", "r2"))
    changed = store.write_cleaned([CleanedAgain(outdated, records.packed_article(ARTICLE))], rules="r2")

    assert (changed, store.article("taz/1").state, store.outdated_count({"taz": "r2"})) == (0, "indexed", 0)


def test_a_store_that_is_missing_is_an_archive_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        open_store(tmp_path / "store.sqlite")


def test_a_file_that_is_no_store_is_an_archive_error(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_text("not a database, but long enough to look like one at first sight" * 20)

    with pytest.raises(ArchiveError):
        open_store(file)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path, place: Place) -> None:
    where = place() or tmp_path / "store.sqlite"
    store = open_store(where, create=True)
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(ArchiveError, match="update backfile"):
        open_store(where)


def test_the_migrations_make_the_tables_that_the_program_expects(store: Store) -> None:
    with store.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert differences == []
    assert ScriptDirectory("backfile/store/migrations").get_current_head() == migrate.HEAD


def test_every_commit_is_synced_and_foreign_keys_hold(tmp_path: Path) -> None:
    engine = sqlite.engine_for(tmp_path / "store.sqlite")
    with engine.connect() as connection:
        settings = {name: connection.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        keys = connection.scalar(sa.text("PRAGMA foreign_keys"))
    engine.dispose()

    assert (settings, keys) == ({"journal_mode": "wal", "synchronous": 2}, 1)


def test_a_store_whose_making_was_stopped_is_made_by_the_next_run(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place() or tmp_path / "store.sqlite"
    if isinstance(file, Database):
        with closing(open_store(file)) as made, made.engine.begin() as connection:
            connection.execute(sa.text("CREATE SCHEMA other"))
        file = replace(file, schema="other")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", stopped)
        with pytest.raises(KeyboardInterrupt):
            open_store(file, create=True)

    store = open_store(file, create=True)

    assert store.counts()["articles"] == 0
    store.close()


def test_more_pending_than_one_list_holds_is_given_once_even_when_nothing_is_acknowledged(store: Store) -> None:
    for number in range(5):
        article = replace(ARTICLE, id=f"taz/{number}", uri=f"/news/{number}.txt")
        written(store, outcome(article), path=article.uri)

    assert [each.id for batch in store.pending(2) for each in batch] == [f"taz/{n}" for n in range(5)]


def test_a_store_that_is_damaged_inside_is_an_archive_error_and_no_fault_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    store = open_store(file, create=True)
    for number in range(50):
        written(store, outcome(replace(ARTICLE, id=f"taz/{number}")), path=f"/news/{number}.txt")
    store.close()
    engine = sqlite.engine_for(file)
    with engine.connect() as connection:
        root = connection.scalar(sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'articles'"))
        size = connection.scalar(sa.text("PRAGMA page_size"))
    engine.dispose()
    with file.open("r+b") as damaged:
        damaged.seek((root - 1) * size)
        damaged.write(b"\xa5" * size)

    store = open_store(file)
    with pytest.raises(ArchiveError, match=r"store\.sqlite"):
        list(store.articles())
    store.close()
