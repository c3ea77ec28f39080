"""What recurs over the articles of a site is learned from counts alone, and can be unlearned."""

import itertools
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfile import config
from backfile.article import Article, Document, Failure
from backfile.config import Archive, Source
from backfile.database import Database
from backfile.errors import WrongUse
from backfile.pipeline import cleaner, ingest, learning, recleaning, spool
from backfile.pipeline.spool import Extracted
from backfile.store import open_store
from tests.conftest import Place, configured
from transforms import recurring

BOTH_STORES = True

FOOTER = "Mehr aus der Region lesen Sie in unserer Wochenendbeilage"
CONTACT = "Die Redaktion der Niederauer Nachrichten sitzt am Marktplatz"
BIO = "Rosa Linde schreibt seit vielen Jahren aus dem Rathaus und hat mehrere Bücher über die Stadt verfasst."
NAMES = ("Anke Sell", "Jonas Brandt", "Mira Kolb", "Veit Ahorn", "Rosa Linde", "Timo Weiher", "Ella Moos", "Kai Stein")
THEMES = ("Radwege", "Kitas", "Brücken", "Schwimmbäder", "Wälder", "Märkte", "Friedhöfe", "Bibliotheken")


def story(number: int) -> list[str]:
    """Two paragraphs that no other number has."""
    name, theme = NAMES[number % 8], THEMES[number // 8 % 8]
    return [
        f"Der Rat von Niederau{number} hat am Abend lange über {theme} beraten, und {name} stellte drei Anträge dazu.",
        f"{name} sprach von einem guten Tag für Fall {number}, doch die Gegner wollen {theme} lieber prüfen lassen.",
    ]


def record(
    number: int, *, site: str = "zeitung.example", foot: Sequence[str] = (FOOTER,), head: Sequence[str] = ()
) -> str:
    """A line of an export: an article of a site, with what stands above and below it."""
    lines = [f"Niederau streitet über Fall {NAMES[number % 8]}", *head, *story(number), *foot]
    return json.dumps({"id": f"a{number}", "url": f"https://www.{site}/{number}", "text": "\n\n".join(lines)})


def archive_in(directory: Path, store: Database | None = None) -> Archive:
    directory.mkdir(parents=True)
    (directory / "pile").mkdir()
    archive = Archive(directory)
    archive.config_file.write_text(configured(store), encoding="utf-8")
    config.add_source(archive, "pile", str(directory / "pile"))
    return archive


def put(archive: Archive, name: str, records: Iterable[str]) -> None:
    (archive.directory / "pile" / f"{name}.jsonl").write_text("\n".join(records) + "\n", encoding="utf-8")


def taken_in(archive: Archive) -> ingest.Report:
    """One run without an index."""
    with ingest.begin(archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.learn()
        run.clean_again()
        return run.finish()


def settled(archive: Archive) -> tuple[int, int]:
    """Learning and cleaning again in this process, with what a test made of its rules; lines learned and unlearned."""
    chosen = config.load(archive)
    with closing(open_store(archive.store)) as store:
        decided = learning.learn(store, chosen.learn)
        recleaning.clean_all_again(store, chosen, learning.cleaners(store, chosen.sources))
    return decided


def articles(archive: Archive) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Of each article its text and the rules that took something."""
    store = open_store(archive.store)
    try:
        return {
            each.article.id: (each.article.text, tuple(r.rule for r in each.article.removed))
            for each in store.articles()
        }
    finally:
        store.close()


def suggested(archive: Archive) -> dict[str, learning.Suggestion]:
    store = open_store(archive.store)
    try:
        return {each.text: each for each in learning.suggestions(store, "pile")}
    finally:
        store.close()


@pytest.fixture
def archive(tmp_path: Path, place: Place) -> Archive:
    return archive_in(tmp_path / "archive", place())


def test_a_footer_of_a_site_is_learned_and_taken_from_what_was_stored_before(archive: Archive) -> None:
    put(archive, "monday", [record(1)])
    taken_in(archive)
    assert FOOTER in articles(archive)["pile/a1"][0]

    put(archive, "tuesday", [record(2)])
    report = taken_in(archive)

    assert (report.learned, report.recleaned) == (1, 2)
    assert not any(FOOTER in text for text, _ in articles(archive).values())
    assert articles(archive)["pile/a1"][1][-1] == "recurring-line/2"


@pytest.mark.parametrize("runs", [([0], [1, 2, 3]), ([1, 2, 3], [0]), ([0, 1, 2, 3],)])
def test_a_line_of_which_a_rule_leaves_a_learned_line_stays_whatever_came_first(
    archive: Archive, runs: tuple[list[int], ...]
) -> None:
    feet = [f"{BIO} (dpa)", BIO, BIO, BIO]
    for number, those in enumerate(runs):
        put(archive, f"run{number}", [record(each, foot=[feet[each]]) for each in those])
        taken_in(archive)

    made = articles(archive)

    assert [name for name, (text, _) in made.items() if BIO in text] == ["pile/a0"]
    assert made["pile/a0"][1][-1].startswith("agency-credit/")


def test_a_second_run_over_the_same_pile_changes_nothing(archive: Archive) -> None:
    put(archive, "pile", [record(n) for n in range(4)])
    taken_in(archive)

    again = taken_in(archive)

    assert (again.learned, again.unlearned, again.recleaned) == (0, 0, 0)


def test_what_recurs_at_one_site_is_left_to_the_others(archive: Archive) -> None:
    other = "Fragen an die Redaktion"
    put(
        archive,
        "pile",
        [record(1), record(2), record(3, site="blatt.example"), record(4, site="blatt.example", foot=[other])],
    )

    taken_in(archive)

    kept = articles(archive)
    assert FOOTER not in kept["pile/a1"][0]
    assert FOOTER in kept["pile/a3"][0]
    assert other in kept["pile/a4"][0]


def test_the_same_article_saved_twice_keeps_its_own_lines(archive: Archive) -> None:
    own = "Und so ging ein langer Abend zu Ende"
    copies = [
        json.loads(record(1, foot=[own])) | {"id": f"c{n}", "url": f"https://www.zeitung.example/{n}"} for n in range(6)
    ]
    put(archive, "pile", map(json.dumps, copies))

    report = taken_in(archive)

    assert report.learned == 0
    assert all(own in text for text, _ in articles(archive).values())


def test_an_update_of_an_article_is_no_second_article(archive: Archive) -> None:
    first, later = json.loads(record(1)), json.loads(record(1))
    later |= {"id": "b1", "text": first["text"].replace("\n\n", f"\n\n{' '.join(story(9))}\n\n", 1)}
    put(archive, "pile", map(json.dumps, [first, later]))

    assert taken_in(archive).learned == 0


def test_sub_headings_speakers_and_closing_sentences_stay(archive: Archive) -> None:
    def interview(number: int) -> str:
        one, two = story(number)
        lines = [
            "Der Hintergrund",
            one,
            "Was bisher bekannt ist",
            two,
            "Frau Sell, wie geht es weiter:",
            one[::-1],
            "(Beifall)",
        ]
        return json.dumps(
            {
                "id": f"i{number}",
                "url": f"https://zeitung.example/{number}",
                "text": "\n\n".join([f"Gespräch {number} über alles", *lines]),
            }
        )

    put(
        archive,
        "pile",
        [interview(n) for n in range(8)]
        + [record(n, foot=["Die Ermittlungen dauern an."]) for n in range(20, 23)]
        + [record(n, foot=[]) for n in range(30, 50)],
    )

    assert taken_in(archive).learned == 0

    learning.decide_on(archive, [suggested(archive)["Was bisher bekannt ist"].line], "accept")

    assert not any("Was bisher bekannt ist" in text for text, _ in articles(archive).values())
    assert "Der Hintergrund" in articles(archive)["pile/i1"][0]


def test_a_paragraph_that_ends_two_articles_is_only_suggested(archive: Archive) -> None:
    standing = (
        "Die Gemeinde Niederau hatte im Jahr davor alle Gebühren erhöht, weil das Land seine Zuschüsse strich und "
        "niemand einen anderen Weg sah, die Schulden zu bezahlen."
    )
    put(archive, "pile", [record(n, foot=[standing] if n < 2 else []) for n in range(5)])

    report = taken_in(archive)

    assert report.learned == 0
    assert (suggested(archive)[standing].state, suggested(archive)[standing].articles) == ("candidate", 2)


def test_a_mixed_pile_without_sites_asks_for_more(archive: Archive) -> None:
    for number in range(3):
        (archive.directory / "pile" / f"{number}.txt").write_text("\n\n".join([*story(number), "Kontakt und Hilfe"]))

    assert taken_in(archive).learned == 0


def test_a_line_that_was_taken_at_the_tail_may_be_taken_at_the_head_as_well_later(archive: Archive) -> None:
    put(archive, "one", [record(n) for n in range(4)])
    taken_in(archive)
    put(archive, "two", [record(n, head=[FOOTER], foot=[]) for n in range(10, 14)])

    report = taken_in(archive)

    assert (report.learned, report.unlearned) == (0, 0)
    assert suggested(archive)[FOOTER].where == "edges"
    assert not any(FOOTER in text for text, _ in articles(archive).values())


def test_what_is_not_there_any_more_is_unlearned(archive: Archive) -> None:
    archive.config_file.write_text(archive.config_file.read_text() + "prune = true\n")
    put(archive, "one", [record(1)])
    put(archive, "two", [record(2)])
    taken_in(archive)
    (archive.directory / "pile" / "two.jsonl").unlink()

    report = taken_in(archive)

    assert (report.unlearned, report.recleaned) == (1, 1)
    assert FOOTER in articles(archive)["pile/a1"][0]


def test_with_suggest_nothing_is_taken_that_nobody_accepted(archive: Archive) -> None:
    fresh = archive.config_file.read_text()
    put(archive, "pile", [record(n) for n in range(3)])
    taken_in(archive)

    archive.config_file.write_text(fresh.replace('engine = "whoosh"', 'engine = "whoosh"\nlearn = "suggest"'))
    report = taken_in(archive)

    assert (report.unlearned, report.recleaned) == (1, 3)
    line = suggested(archive)[FOOTER]
    assert line.state == "candidate"

    learning.decide_on(archive, [line.line], "accept")

    assert not any(FOOTER in text for text, _ in articles(archive).values())


def test_a_line_that_was_learned_wrongly_is_put_back_for_good(archive: Archive) -> None:
    put(archive, "pile", [record(n) for n in range(3)])
    taken_in(archive)

    done = learning.decide_on(archive, [suggested(archive)[FOOTER].line], "disable")
    put(archive, "more", [record(n) for n in range(3, 6)])
    taken_in(archive)

    assert done.changed == 3
    assert all(FOOTER in text for text, _ in articles(archive).values())

    back = learning.decide_on(archive, [suggested(archive)[FOOTER].line], "enable")

    assert back.changed == 6
    assert suggested(archive)[FOOTER].state == "learned"


def test_a_rule_is_disabled_for_one_article_or_for_all(archive: Archive) -> None:
    put(
        archive,
        "pile",
        [record(n, foot=["Newsletter abonnieren"]) for n in range(1)] + [record(n) for n in range(1, 4)],
    )
    taken_in(archive)
    before = articles(archive)

    one = learning.decide_on(archive, ["recurring-line/2"], "disable", article="pile/a1")
    assert (one.changed, FOOTER in articles(archive)["pile/a1"][0]) == (1, True)
    assert FOOTER not in articles(archive)["pile/a2"][0]

    taken_in(archive)
    assert FOOTER in articles(archive)["pile/a1"][0]

    every = learning.decide_on(archive, ["newsletter-de", "recurring-line"], "disable")
    assert every.changed == 3
    assert not any(
        rules for _, rules in articles(archive).values() if {"newsletter-de/1", "recurring-line/2"} & {*rules}
    )

    learning.decide_on(archive, ["recurring-line"], "enable", article="pile/a1")
    learning.decide_on(archive, ["newsletter-de", "recurring-line"], "enable")
    assert articles(archive) == before


def test_decisions_on_what_does_not_exist_say_so(archive: Archive) -> None:
    put(archive, "pile", [record(1)])
    taken_in(archive)

    with pytest.raises(WrongUse, match="did you mean newsletter-de"):
        learning.decide_on(archive, ["newsleter-de"], "disable")
    with pytest.raises(WrongUse, match="no article has such a line"):
        learning.decide_on(archive, ["line-1-0000000000000000"], "accept")
    with pytest.raises(WrongUse, match="no article has the id"):
        learning.decide_on(archive, ["newsletter-de"], "disable", article="pile/none")
    with pytest.raises(WrongUse, match="is no id of a line"):
        learning.decide_on(archive, ["newsletter-de"], "accept")


def test_a_run_that_stops_before_it_has_decided_is_made_up_for(archive: Archive) -> None:
    put(archive, "one", [record(1), record(2)])
    with ingest.begin(archive) as run:
        for batch in run.plan().batches:
            run.read(batch)

    report = taken_in(archive)

    assert (report.learned, report.recleaned) == (1, 2)


def test_a_run_that_stops_before_it_has_cleaned_again_is_made_up_for(archive: Archive) -> None:
    put(archive, "one", [record(1), record(2)])
    with ingest.begin(archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.learn()

    report = taken_in(archive)

    assert (report.learned, report.recleaned) == (0, 2)


def test_lines_counted_by_another_version_are_counted_anew(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    put(archive, "one", [record(1), record(2)])
    taken_in(archive)
    before = articles(archive)
    monkeypatch.setattr(recurring, "VERSION", recurring.VERSION + 1)
    before_that = recurring._hash
    monkeypatch.setattr(recurring, "_hash", lambda folded: before_that(b"otherwise " + folded))
    recurring.key.cache_clear()

    decided = settled(archive)
    recurring.key.cache_clear()

    assert decided == (1, 1)
    assert {name: text for name, (text, _) in articles(archive).items()} == {n: text for n, (text, _) in before.items()}
    assert articles(archive)["pile/a1"][1][-1] == f"recurring-line/{recurring.VERSION}"


FEET: tuple[list[str], ...] = (
    [FOOTER],
    [FOOTER, CONTACT],
    [CONTACT],
    [],
    ["Folgen Sie uns auf dem Marktplatz", FOOTER],
    ["Die Ermittlungen dauern an."],
    [BIO],
    [f"{BIO} (dpa)"],
)
made_articles = st.lists(
    st.tuples(st.sampled_from(["zeitung.example", "blatt.example"]), st.sampled_from(range(len(FEET)))),
    min_size=2,
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=made_articles, order=st.randoms(use_true_random=False), cuts=st.sets(st.integers(1, 13), max_size=2))
def test_neither_order_nor_number_of_runs_changes_the_articles(
    tmp_path_factory: pytest.TempPathFactory,
    place: Place,
    made: list[tuple[str, int]],
    order: "st.DataObject",
    cuts: set[int],
) -> None:
    directory = tmp_path_factory.mktemp("orders")
    records = [record(n, site=site, foot=FEET[foot]) for n, (site, foot) in enumerate(made)]
    at_once, in_parts = archive_in(directory / "once", place()), archive_in(directory / "parts", place())
    put(at_once, "all", records)
    taken_in(at_once)
    order.shuffle(records)  # type: ignore[attr-defined]

    edges = [0, *sorted(cut for cut in cuts if cut < len(records)), len(records)]
    for first, last in itertools.pairwise(edges):
        put(in_parts, f"part{first}", records[first:last])
        taken_in(in_parts)

    assert articles(in_parts) == articles(at_once)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=made_articles)
def test_clean_learns_what_ingest_learns(
    tmp_path_factory: pytest.TempPathFactory, place: Place, made: list[tuple[str, int]]
) -> None:
    archive = archive_in(tmp_path_factory.mktemp("both") / "archive", place())
    records = [record(n, site=site, foot=FEET[foot]) for n, (site, foot) in enumerate(made)]
    put(archive, "all", records)
    taken_in(archive)

    cleaning = cleaner.cleaner_for(Source("pile", str(archive.directory / "pile")))
    items = [extracted(json.loads(each)) for each in records]
    together = list(spool.clean_together(items, cleaning))

    assert all(isinstance(each, Article) for each in together)
    assert [each.text for each in together if isinstance(each, Article)] == [
        articles(archive)[each.id][0] for each in items
    ]


def extracted(row: dict[str, str]) -> Extracted:
    from backfile.article import Witness  # noqa: PLC0415

    document = Document("x", row["id"], text=row["text"], witnesses=(Witness("url", row["url"], "column:url"),))
    return Extracted(f"pile/{row['id']}", "x", row["id"], tuple(cleaner.lines_of(document)))


def test_clean_keeps_the_order_of_what_it_is_given_failures_among_it() -> None:
    from backfile.errors import Reason  # noqa: PLC0415

    items: list[Extracted | Failure] = [extracted(json.loads(record(n))) for n in range(3)]
    items.insert(1, Failure("broken", "", Reason.DAMAGED, "cut off"))

    found = list(spool.clean_together(items, cleaner.cleaner_for(Source("pile", "/x"))))

    assert [each.id if isinstance(each, Article) else each.uri for each in found] == [
        "pile/a0",
        "broken",
        "pile/a1",
        "pile/a2",
    ]
    assert not any(FOOTER in each.text for each in found if isinstance(each, Article))
