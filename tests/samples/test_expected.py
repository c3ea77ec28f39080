"""Each sample comes out as a careful librarian would write it down (`expected.jsonl`)."""

import json
from pathlib import Path
from typing import Any

import pytest

from backfile.article import Article, Document, Rejection
from backfile.config import Source
from backfile.pipeline import cleaner
from backfile.readers import read

ROOT = Path(__file__).parents[2]
EXPECTED = [json.loads(line) for line in Path(__file__).with_name("expected.jsonl").read_text("utf-8").splitlines()]
FIELDS = ("title", "authors", "agencies", "published", "language", "publisher", "url", "tags", "place")

# What cannot be done yet: (file, field) → why. Strict: a case that passes must leave this table.
NOT_YET: dict[tuple[str, str], str] = {
    ("texte/inselfaehre-sandbank.txt", "publisher"): "the outlet stands in a masthead line only, as a person could",
    ("pages/festival-monteluna.html", "place"): "a place between name and date, which no markup calls a place",
}


def name(row: dict[str, Any]) -> str:
    return "#".join(str(part) for part in (row["path"], row["member"], row.get("story") or "") if part)


def articles(path: str) -> dict[tuple[str, int], Article]:
    """The articles of a sample file by member and story."""
    found = {}
    cleaning = cleaner.cleaner_for(Source("samples", str(ROOT / "samples")))
    for item in read(ROOT / "samples" / path):
        assert isinstance(item, Document), item
        verdicts = list(cleaner.articles_of(item, cleaning, path))
        told_apart = len(verdicts) > 1  # then the first is what belongs to no story
        for number, verdict in enumerate(verdicts):
            if told_apart and isinstance(verdict, Rejection):
                continue
            assert isinstance(verdict, Article), verdict
            found[item.member, number] = verdict
    return found


def article(row: dict[str, Any]) -> Article:
    found = articles(row["path"])
    story = row.get("story") or 0
    by_key = {(key.strip("<>"), number): each for (key, number), each in found.items()}
    if (row["member"].strip("<>"), story) in by_key:
        return by_key[row["member"].strip("<>"), story]
    return next(e for (_, told), e in found.items() if told == story and row["member"].strip("<>") in e.uri)


def cases(*fields: str) -> list[Any]:
    made = []
    for row in EXPECTED:
        for field in fields:
            why = NOT_YET.get((name(row), field))
            marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
            made.append(pytest.param(row, field, id=f"{name(row)}-{field}", marks=marks))
    return made


@pytest.mark.parametrize(("row", "field"), cases(*FIELDS))
def test_a_field_is_what_a_librarian_would_write(row: dict[str, Any], field: str) -> None:
    value = getattr(article(row), field)

    assert (list(value) if isinstance(value, tuple) else value) == row[field]


@pytest.mark.parametrize(("row", "_field"), cases("text"))
def test_the_text_has_its_own_words_and_no_others(row: dict[str, Any], _field: str) -> None:
    text = article(row).text

    assert [phrase for phrase in row["must"] if phrase not in text] == []
    assert [phrase for phrase in row["must_not"] if phrase in text] == []
