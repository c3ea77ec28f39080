"""However many processes parse, and in whatever order they answer, an archive comes out the same."""

import json
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

import pytest

from backfile import config
from backfile.config import Archive, Limits
from backfile.pipeline import crew, ingest
from backfile.pipeline.crew import Crew
from tests.conftest import Place, Workbench, configured, news
from tests.pipeline.made import aged, box, rows

WORDS = ["Radwege", "Kitas", "Turnhalle", "Brücken", "Schwimmbäder", "Rathaus", "Bücherei", "Feuerwehr"]


def page(word: str, *, address: str) -> str:
    text = "".join(f"<p>{line}</p>" for line in news("Rat berät", word).split("\n\n"))
    head = f'<title>{word}</title><link rel="canonical" href="{address}">'
    return f"<!doctype html><html lang=de><head>{head}</head><body><article><h1>Rat</h1>{text}</article></body></html>"


def letter(word: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "Rat <rat@example.org>", word, f"<{word.encode().hex()}@x>"
    mail["Date"] = "Mon, 02 Mar 2026 08:00:00 +0100"
    mail.set_content(news("Rat berät", word))
    return mail.as_bytes()


def pile(workbench: Workbench, words: Iterable[str]) -> None:
    """All kinds of inputs: long ones and short, the same twice, one id for two, broken, without an id."""
    chosen = list(words)
    lines = [
        json.dumps({"id": f"{n % 290}", "title": "Rat", "text": news("Rat", f"{chosen[n % 7]} {n // 2}")})
        for n in range(300)
    ]
    workbench.put("a.jsonl", "\n".join([*lines, "{broken", *lines[:5]]))
    workbench.put("b.mbox", box(*chosen))
    for number, word in enumerate(chosen):
        workbench.put(f"pages/{number}.html", page(word, address=f"https://example.org/{number % 6}"))
        workbench.put(f"mails/{number}.eml", letter(word))
        workbench.put(f"texts/{number}.txt", news("Rat berät", word))
        workbench.put(f"texts/again-{number}.txt", news("Rat berät", word))
    workbench.put("texts/empty.txt", "")
    workbench.put("texts/bytes.html", b"\x00\x01\x02" * 50)
    aged(*(file for file in workbench.pile.rglob("*") if file.is_file()))


def archives(workbench: Workbench, directory: Path, place: Place = lambda: None) -> dict[int, Archive]:
    """An archive of the pile for each number of workers."""
    made = {}
    for workers in (1, 3):
        archive = Archive(directory / f"with-{workers}")
        archive.directory.mkdir()
        archive.config_file.write_text(configured(place()), encoding="utf-8")
        config.add_source(archive, "pile", str(workbench.pile))
        made[workers] = archive
    return made


@pytest.mark.parametrize("words", [WORDS, WORDS[::-1]])
def test_the_store_is_the_same_with_one_worker_and_with_three(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(crew, "ANSWERED_BEFORE_NEXT", 1)
    monkeypatch.setattr(crew, "TIMED_BEFORE_NEXT", 1)
    monkeypatch.setattr(crew, "WORTH_SECONDS", 0)
    pile(workbench, words)
    made = archives(workbench, tmp_path)
    counts = []
    for _ in range(2):
        for workers, archive in made.items():
            with ingest.begin(archive, crew=Crew(Limits(workers=workers))) as run:
                report = run.whole()
            counts.append({**report.to_json(), "archive": "", "seconds": 0})

        assert rows(made[1]) == rows(made[3])
        assert counts[-1] == counts[-2]
        pile(workbench, [*words[3:], *words[:3]])  # what another run changes


def test_another_worker_is_started_only_when_there_is_much_to_do(workbench: Workbench) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    parsing = Crew(Limits(workers=8), lasting=True)
    try:
        workbench.ingest(parsing)

        assert parsing.size == 2  # one reads, one cleans
    finally:
        parsing.close()


@pytest.mark.parametrize(("seconds", "processes"), [(0, 3), (float("inf"), 2)])
def test_another_worker_is_started_for_what_waits_when_that_takes_longer_than_a_start(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, seconds: float, processes: int
) -> None:
    monkeypatch.setattr(crew, "ANSWERED_BEFORE_NEXT", 1_000_000)
    monkeypatch.setattr(crew, "TIMED_BEFORE_NEXT", 1)
    monkeypatch.setattr(crew, "WORTH_SECONDS", seconds)
    lines = [json.dumps({"id": f"{n}", "text": news("Rat", f"Radwege {n}")}) for n in range(2 * crew.IN_HAND_TASKS)]
    workbench.put("a.jsonl", "\n".join(lines))
    parsing = Crew(Limits(workers=2), lasting=True)
    try:
        workbench.ingest(parsing)

        assert parsing.size == processes
    finally:
        parsing.close()


def test_what_steps_behind_reading_need_is_loaded_once_and_only_where_something_is_cleaned(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr("index.directory.load_engine", lambda engine, **_: loaded.append(engine))
    for word in WORDS[:3]:
        workbench.put(f"{word}.txt", news("Rat berät", word))
    for _ in range(2):
        with ingest.begin(workbench.archive) as run:
            for batch in run.plan().batches:
                run.read(batch)

    assert loaded == ["whoosh"]
