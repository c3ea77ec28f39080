"""Documents that are cleaned together come out as each would by itself, and fail alone."""

import json

import pytest

from backfile.article import Document
from backfile.config import Limits, Source
from backfile.pipeline import abreast, tasks, wire
from backfile.pipeline.crew import Crew
from backfile.pipeline.wire import Message
from tests.conftest import Workbench, news
from tests.pipeline.made import ids, misbehaving

WORDS = ["Radwege", "Kitas", "Turnhalle", "Brücken", "Schwimmbäder", "Rathaus", "Bücherei", "Feuerwehr"]
SMALL = Limits(workers=1, seconds=5, cpu_seconds=3, memory_mb=256)


def cleaning(document: Document) -> Message:
    return wire.only(tasks.clean(1, None, document.uri, wire.document_bytes(document)))


def texts() -> list[Document]:
    """Articles, what is none, what is empty, and a page with markup."""
    made = [news("Rat berät", word) + f"\n\nMehr zum Thema {word}" for word in WORDS]
    made += ["", "\n\n", "Bitte melden Sie sich an, um fortzufahren.", made[0]]
    pages = [Document(f"{number}.txt", "", text=text) for number, text in enumerate(made)]
    body = "".join(f"<p>{line}</p>" for line in made[1].split("\n\n"))
    return [*pages, Document("page.html", "", html=f"<title>Rat</title><article><h1>Rat</h1>{body}</article>")]


def test_the_answers_are_those_to_each_by_itself() -> None:
    doing = tasks.Tasks()
    list(doing.answers(wire.only(tasks.rules(1, Source("pile", "/pile"), (), {}))))
    messages = [cleaning(each) for each in texts()]
    singly = b"".join(answer for each in messages for answer in doing.answers(each))

    assert doing.answer_to_all(messages) == singly


def test_each_step_is_done_for_all_before_the_next() -> None:
    seen = []

    def counting(name: str, steps: int) -> abreast.Steps[str]:
        for step in range(steps):
            seen.append(f"{name}{step}")
            yield
        return name

    assert abreast.abreast([counting("a", 1), counting("b", 3), counting("c", 2)]) == ["a", "b", "c"]
    assert seen == ["a0", "b0", "c0", "b1", "c1", "b2"]


def test_long_documents_are_not_put_together() -> None:
    short, long = (cleaning(Document("a", "", text="a" * size)) for size in (10, tasks.TOGETHER_BYTES))

    assert [len(each) for each in tasks.together([short] * 3 + [long] + [short] * tasks.TOGETHER + [short])] == [
        3, 1, tasks.TOGETHER, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "reason"),
    [("hang", "timed-out"), ("eat", "out-of-memory"), ("exit", "crashed"), ("kill", "crashed"), ("raise", "own-error")],
)
def test_only_the_one_fails_that_misbehaves(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, deed: str, reason: str
) -> None:
    misbehaving(monkeypatch)
    lines = [{"id": f"{n}", "title": "Rat", "text": news("Rat", f"Radwege {n}")} for n in range(40)]
    lines[30]["text"] += f"\nmisbehave: cleaning {deed}\n"
    workbench.put("a.jsonl", "\n".join(map(json.dumps, lines)))

    tally = workbench.ingest(Crew(SMALL)).tally

    assert [(each["uri"].rpartition("#")[2], each["reason"]) for each in tally.examples] == [("line=31", reason)]
    assert len(ids(workbench)) == 39


def test_a_process_cannot_have_a_document_done_over_and_over(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was taken over may say of any document that it does it together with others."""
    misbehaving(monkeypatch)
    workbench.put("a.txt", news("Rat", "Kitas") + "\nmisbehave: cleaning pretend-together\n")

    assert workbench.ingest(Crew(SMALL)).failed == 1
