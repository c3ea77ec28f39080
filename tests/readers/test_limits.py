"""Every limit: over it a failure with its reason, its neighbours unharmed."""

import json
from pathlib import Path

import pytest

from backfile.errors import Reason
from backfile.readers import limits
from tests.readers.conftest import Reading, failures, outline

HEADERS = "From: Ada <ada@example.org>\nSubject: Lage\nDate: heute\n"


@pytest.mark.parametrize(("name", "begin"), [("a.txt", "Text "), ("a.html", "<html><p>"), ("a.eml", HEADERS + "\n")])
def test_a_document_over_the_limit_is_too_large(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, name: str, begin: str
) -> None:
    monkeypatch.setattr(limits, "MAX_ITEM_BYTES", 1000)

    assert failures(reading(name, begin + "x" * (1000 - len(begin)))) == []
    assert [item.reason for item in failures(reading(name, begin + "x" * (1001 - len(begin))))] == [Reason.TOO_LARGE]


def test_a_message_over_the_limit_leaves_its_neighbours(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ITEM_BYTES", 1000)
    begin = "From a@b Mon Nov 25 10:12:00 2024\n" + HEADERS
    content = f"{begin}\neins\n\n{begin}\n{'x' * 100_000}\n\n{begin}\ndrei\n"

    assert outline(reading("Inbox", content)) == [("1", "eins"), ("2", "too-large"), ("3", "drei")]


def test_a_line_over_the_limit_leaves_its_neighbours(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LINE_BYTES", 100)
    lines = ['{"text": "a"}', json.dumps({"text": "x" * 1000}), '{"text": "c"}', json.dumps({"text": "x" * 1000})]

    assert outline(reading("a.jsonl", "\n".join(lines))) == [
        ("1", "a"),
        ("2", "too-large"),
        ("3", "c"),
        ("4", "too-large"),
    ]


@pytest.mark.parametrize("chunk", [64, 256 * 1024])
def test_an_item_of_a_list_over_the_limit_leaves_its_neighbours(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(limits, "MAX_ITEM_BYTES", 100)
    monkeypatch.setattr("backfile.readers.json._CHUNK_BYTES", chunk)
    records = [{"text": "a"}, {"text": 'x\\"}{' * 1000, "n": [{}]}, {"text": "c"}]

    assert outline(reading("a.json", json.dumps(records))) == [("1", "a"), ("2", "too-large"), ("3", "c")]
    assert outline(reading("a.json", json.dumps({"items": records}))) == [("1", "a"), ("2", "too-large"), ("3", "c")]
    assert outline(reading("a.json", json.dumps({"text": "x" * 1000}, indent=1))) == [("", "too-large")]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_row_over_the_limit_leaves_its_neighbours(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, quote: str
) -> None:
    monkeypatch.setattr(limits, "MAX_FIELD_BYTES", 100)
    content = f"title,text\nA,a\nB,{quote}{'x' * 1000}{quote}\nC,c\n"

    assert outline(reading("a.csv", content)) == [("2", "a"), ("3", "too-large"), ("4", "c")]


def test_a_quote_that_is_never_closed_takes_no_more_than_the_limit(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_FIELD_BYTES", 100)
    rows = "".join(f"T,text {number}\n" for number in range(100))
    items = reading("a.csv", f'title,text\nA,a\nB,"offen\n{rows}')

    assert outline(items)[:3] == [("2", "a"), ("3", "bad-record"), ("4", "text 0")]
    assert len(items) == 102


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [limits.MAX_JSON_DEPTH + 1, 100_000])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_nested_over_the_limit_leaves_its_neighbours(
    reading: Reading, name: str, depth: int, opening: str
) -> None:
    deep = '{"text": "x", "deep": ' + opening * depth + "1" + {"[": "]"}.get(opening, "}") * depth + "}"
    items = ['{"text": "a"}', deep, '{"text": "c"}']
    content = "\n".join(items) if name == "a.jsonl" else f"[{', '.join(items)}]"

    assert outline(reading(name, content)) == [("1", "a"), ("2", "too-deep"), ("3", "c")]


def test_a_mail_of_too_many_parts_is_refused(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PARTS", 5)

    def mail(parts: int) -> str:
        return HEADERS + "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nText\n" * parts

    assert outline(reading("a.eml", mail(4))) == [("", "Text\n\n\nText\n\n\nText\n\n\nText")]
    assert outline(reading("a.eml", mail(50))) == [("", "too-many")]


def test_a_mail_nested_over_the_limit_is_too_deep(reading: Reading) -> None:
    def mail(depth: int) -> str:
        parts = (f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n" for number in range(depth))
        return HEADERS + "".join(parts) + "\nText\n"

    assert outline(reading("a.eml", mail(limits.MAX_PART_DEPTH))) == [("", "Text")]
    assert outline(reading("a.eml", mail(limits.MAX_PART_DEPTH + 1))) == [("", "too-deep")]
    assert outline(reading("a.eml", mail(1500))) == [("", "too-deep")]


def test_headers_over_the_limit_are_cut_and_the_text_is_read(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_HEADER_BYTES", 1000)
    monkeypatch.setattr(limits, "MAX_HEADER_VALUE", 100)
    (item,) = reading("a.eml", f"From: a@b\nSubject: {'x' * 500}\n{'X-Weg: y' * 1000}\nDate: heute\n\nText\n")

    assert outline([item]) == [("", "Text")]
    assert [len(witness.value) for witness in getattr(item, "witnesses")] == [100, 3]  # noqa: B009


def test_every_limit_says_why_it_is_what_it_is() -> None:
    source = Path(limits.__file__).read_text()
    names = [name for name in vars(limits) if name.isupper()]

    assert len(names) > 10
    assert [
        name for name in names if f"{name} = " not in source or '"""' not in source.split(f"{name} = ")[1][:120]
    ] == []
