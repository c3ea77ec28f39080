"""What is cleaned again from the store comes out as if it had just come in, and nothing else is touched."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backfile.config import Archive, Limits
from backfile.pipeline import crew, ingest
from backfile.pipeline.crew import Crew
from tests.conftest import Workbench, news
from tests.pipeline.made import aged, misbehaving
from tests.pipeline.test_crew import archives, rows
from tests.pipeline.test_learning import FOOTER, record

SMALL = Limits(workers=1, seconds=5, cpu_seconds=3, memory_mb=256)
BYLINE = "Von Anke Sell"


def marked(archive: Archive) -> int:
    """How many extractions are to be cleaned again for what was learned."""
    with closing(sqlite3.connect(archive.store_file)) as connection:
        return int(connection.execute("SELECT count(*) FROM extractions WHERE rules = ''").fetchone()[0])


# --- by whom


def test_the_store_is_the_same_with_one_worker_and_with_three(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "ANSWERED_BEFORE_NEXT", 1)
    made = archives(workbench, tmp_path)
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
    with closing(sqlite3.connect(workbench.archive.store_file)) as connection:
        [(state, detail)] = connection.execute("SELECT state, detail FROM documents WHERE tried IS NOT NULL")
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
    with closing(sqlite3.connect(workbench.archive.store_file)) as connection:
        assert connection.execute("SELECT DISTINCT tried, detail FROM documents").fetchall() == [(None, None)]
