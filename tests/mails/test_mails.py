"""Mails in the shape of real ones give the articles that a reader would name, and no line is lost on the way."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from backfile.article import Article, Document, Extraction, Rejection
from backfile.config import Source
from backfile.pipeline import cleaner
from backfile.readers import read
from transforms import extract
from transforms.extract import newsletter, plaintext

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text("utf-8"))["article"]
MAILS = sorted(path.name for path in HERE.glob("*.eml"))
CLEANER = cleaner.cleaner_for(Source("mails", str(HERE)))


def document(mail: str) -> Document:
    (found,) = read(HERE / mail)
    assert isinstance(found, Document)
    return found


def articles(mail: str) -> list[Article]:
    return [each for each in cleaner.articles_of(document(mail), CLEANER, mail) if isinstance(each, Article)]


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['mail']}: {row['title']}")
def test_an_article_has_its_own_title_address_and_words(row: dict[str, Any]) -> None:
    (found,) = (each for each in articles(row["mail"]) if each.title == row["title"])

    assert found.text.startswith(row["begins"])
    assert found.text.endswith(row["ends"])
    said = {name: row[name] for name in row.keys() - {"mail", "title", "begins", "ends"}}
    record = found.to_json()
    assert {name: record[name] for name in said} == said


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_gives_these_articles_and_no_others(mail: str) -> None:
    assert [each.title for each in articles(mail)] == [row["title"] for row in EXPECTED if row["mail"] == mail]


@pytest.mark.parametrize("mail", MAILS)
def test_every_line_of_a_mail_is_a_line_of_one_extraction(mail: str) -> None:
    read_in = document(mail)
    whole = newsletter.lines(read_in.html) if read_in.html else plaintext.lines(read_in.text or "")

    found = extract.extract(read_in)

    assert Counter(line for each in found for line in each.lines) == Counter(whole)


@pytest.mark.parametrize("mail", MAILS)
def test_kept_and_removed_rebuild_every_extraction(mail: str) -> None:
    for each in extract.extract(document(mail)):
        verdict = cleaner.verdict_on(CLEANER, each, id="mails/1", uri=mail)
        if not isinstance(verdict, Rejection):
            assert rebuilt(each, verdict) == [line.text for line in each.lines]


def rebuilt(extraction: Extraction, article: Article) -> list[str]:
    parts = [(span.line, span.start, span.text) for span in article.body]
    parts += [(removal.line, removal.start, removal.text) for removal in article.removed]
    lines = ["" for _ in extraction.lines]
    for line, _, text in sorted(parts):
        lines[line] += text
    return lines


def test_who_published_a_forwarded_mail_is_said_by_its_own_header() -> None:
    (found,) = (each for each in articles("forwarded-by-gmail.eml") if each.publisher)

    assert found.provenance["publisher"] == "forwarded:From"
