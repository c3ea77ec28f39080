"""What is cleaned again from the store comes out as if it had just come in, and nothing else is touched."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfile import config
from backfile.article import Extraction, Line, Witness
from backfile.config import Archive, Limits, Source
from backfile.pipeline import cleaner, crew, ingest, learning, recleaning
from backfile.pipeline.crew import Crew
from backfile.store import Begun, Outcome, Portion, Store, open_store
from tests.conftest import Place, Workbench, news
from tests.pipeline.made import aged, misbehaving, rows, said
from tests.pipeline.test_crew import archives
from tests.pipeline.test_learning import FOOTER, archive_in, articles, put, record, story

BOTH_STORES = True

SMALL = Limits(workers=1, seconds=5, cpu_seconds=3, memory_mb=256)
BYLINE = "Von Anke Sell"
LINES = [FOOTER, BYLINE, "Alle Berichte aus Niederau", "Newsletter abonnieren", "Foto: dpa", "Teilen", "Anzeige"]


def marked(archive: Archive) -> int:
    """How many extractions are to be cleaned again for what was learned."""
    [(number,)] = said(archive, "SELECT count(*) FROM extractions WHERE rules = ''")
    return int(str(number))


def mark_all(archive: Archive) -> None:
    said(archive, "UPDATE extractions SET rules = ''")


def learned_of(archive: Archive) -> ingest.Report:
    """One run up to what is learned."""
    with ingest.begin(archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.learn()
        return run.finish()


# --- which documents


def test_a_learned_line_that_another_rule_takes_first_has_nothing_cleaned_again(tmp_path: Path, place: Place) -> None:
    archive = archive_in(tmp_path / "archive", place())
    put(archive, "pile", [record(n, head=[BYLINE], foot=[]) for n in range(8)])

    report = learned_of(archive)

    assert (report.learned, marked(archive)) == (1, 0)
    assert all(rules[-1].startswith("byline/") for _, rules in articles(archive).values())


def test_where_the_other_rule_left_the_line_it_is_cleaned_again(tmp_path: Path, place: Place) -> None:
    archive = archive_in(tmp_path / "archive", place())
    put(archive, "pile", [record(n, head=[BYLINE], foot=[FOOTER] if n < 3 else []) for n in range(8)])

    report = learned_of(archive)

    assert (report.learned, marked(archive)) == (2, 3)


def test_with_that_rule_out_of_use_decisions_on_the_line_concern_all_that_hold_it(tmp_path: Path, place: Place) -> None:
    archive = archive_in(tmp_path / "archive", place())
    put(archive, "pile", [record(n, head=[BYLINE], foot=[]) for n in range(8)])
    learned_of(archive)
    before = articles(archive)

    learning.decide_on(archive, ["byline"], "disable")
    assert all(rules[-1] == "recurring-line/2" for _, rules in articles(archive).values())

    [line] = [each.line for each in _suggestions(archive) if each.text == BYLINE]
    assert learning.decide_on(archive, [line], "disable").changed == 8
    assert learning.decide_on(archive, [line], "enable").changed == 8

    learning.decide_on(archive, ["byline"], "enable")
    assert (articles(archive), marked(archive)) == (before, 0)
    assert learning.decide_on(archive, [line], "disable").changed == 0


def _suggestions(archive: Archive) -> list[learning.Suggestion]:
    with closing(open_store(archive.store)) as store:
        return list(learning.suggestions(store, "pile"))


def extraction(number: int, above: Sequence[str], below: Sequence[str]) -> Extraction:
    url = Witness("url", f"https://zeitung.example/{number}", "column:url")
    return Extraction(tuple(map(Line, [*above, *story(number), *below])), (url,))


def take_in(store: Store, source: Source, number: int, pieces: list[Extraction]) -> None:
    """Store a document as a run does, cleaned in this process."""
    cleaning = learning.cleaners(store, [source])["pile"]
    key = f"pile/{number}"
    traces = cleaner.traces_of(pieces, "pile")
    results = tuple(cleaner.packed_by(cleaning, pieces, id=key, uri=key, site=traces.site))
    outcome = Outcome("", key, f"{number}", None, key, results, traces=cleaner.hidden_from(cleaning, traces))
    begun = Begun("pile", f"/{number}", size=1, modified=1, settings="")
    store.write([Portion(None, 1, [outcome], begun=begun)], run=1, rules=cleaning.fingerprint)


edges = st.lists(st.sampled_from(LINES), max_size=3)
taken_in_once = st.lists(st.tuples(edges, edges, st.booleans()), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(piles=st.lists(taken_in_once, min_size=2, max_size=3))
def test_what_was_left_as_it_was_would_not_have_come_out_otherwise(
    tmp_path_factory: pytest.TempPathFactory, place: Place, piles: list[list[tuple[list[str], list[str], bool]]]
) -> None:
    archive = archive_in(tmp_path_factory.mktemp("any") / "archive", place())
    chosen = config.load(archive)
    number = 0
    with closing(open_store(archive.store, create=True)) as store:
        for pile in piles:
            for above, below, digest in pile:
                pieces = [extraction(number, above, below)]
                if digest:
                    pieces = [replace(pieces[0], story=1), replace(extraction(number + 500, below, above), story=2)]
                take_in(store, chosen.sources[0], number, pieces)
                number += 1
            learning.learn(store, chosen.learn)
            held = {line for lines in store.learned().values() for line in lines}
            recleaning.clean_all_again(store, chosen, learning.cleaners(store, chosen.sources))
            mark_all(archive)

            again = recleaning.clean_all_again(store, chosen, learning.cleaners(store, chosen.sources))

            assert (again.changed, again.failed) == (0, []), held


# --- by whom


def test_the_store_is_the_same_with_one_worker_and_with_three(
    workbench: Workbench, tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "ANSWERED_BEFORE_NEXT", 1)
    made = archives(workbench, tmp_path, place)
    for first, foot in ((0, [FOOTER, BYLINE]), (100, ["Alle Berichte aus Niederau", FOOTER])):
        lines = [record(first + n, foot=foot) for n in range(20)]
        aged(workbench.put(f"{first}.jsonl", "\n".join(lines)))
        for workers, archive in made.items():
            with ingest.begin(archive, crew=Crew(Limits(workers=workers))) as run:
                assert run.whole().recleaned == 20

        assert rows(made[1]) == rows(made[3])


# --- at what cost


def changed_rules(patch: pytest.MonkeyPatch, name: str) -> None:
    patch.setattr("transforms.rule.fingerprint", lambda rules: f"{name} {len(tuple(rules))}")


@pytest.mark.parametrize(
    ("deed", "reason"), [("exit", "crashed"), ("hang-in-c", "timed-out"), ("eat", "out-of-memory")]
)
def test_what_is_too_costly_for_changed_rules_keeps_its_article_and_is_left_alone(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, deed: str, reason: str
) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege") + f"\nmisbehave: ruling {deed}\n")
    workbench.put("b.txt", news("Rat berät", "Kitas"))
    workbench.ingest(Crew(SMALL))
    misbehaving(monkeypatch)
    changed_rules(monkeypatch, "another")

    report = workbench.ingest(Crew(SMALL))

    assert [(Path(each["uri"]).name, each["reason"]) for each in report.tally.examples] == [("a.txt", reason)]
    assert (report.failed, workbench.found("Niederau")) == (1, ["pile/a.txt", "pile/b.txt"])
    [(state, told)] = said(workbench.archive, "SELECT state, detail FROM documents WHERE tried IS NOT NULL")
    detail = str(told)
    assert (state, detail.startswith(f"kept as it was; now {reason}: "), detail.endswith("cleaned again")) == (
        "indexed",
        True,
        True,
    )

    assert workbench.ingest(Crew(SMALL)).changed_nothing
    assert marked(workbench.archive) == 0


def test_other_rules_try_again_what_was_too_costly_though_its_source_is_gone(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbench.put("a.txt", news("Rat berät", "Radwege") + "\nmisbehave: ruling exit\n")
    workbench.put("b.txt", news("Rat berät", "Kitas"))
    workbench.ingest(Crew(SMALL))
    with monkeypatch.context() as patch:
        misbehaving(patch)
        changed_rules(patch, "another")
        workbench.ingest(Crew(SMALL))
    file.unlink()
    changed_rules(monkeypatch, "a third")

    report = workbench.ingest(Crew(SMALL))

    assert (report.failed, workbench.found("Niederau")) == (0, ["pile/a.txt", "pile/b.txt"])
    assert said(workbench.archive, "SELECT DISTINCT tried, detail FROM documents") == [(None, None)]
