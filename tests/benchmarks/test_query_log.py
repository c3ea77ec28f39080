"""The log of queries that engines are measured by: made of an archive's own words, and the same every time."""

import sqlite3
from datetime import date

import pytest

from backfile.article import Article, Span
from benchmarks.query_log import KINDS, Asked, log
from index.query import parse

WORDS = "Laternen Radwege Schulhof Wasserwerk Rathaus Sportplatz Feuerwehr Haltestelle Bibliothek Brunnen"


def articles() -> list[Article]:
    return [
        Article(
            id=f"abendpost/{n}",
            source="abendpost",
            uri=str(n),
            title=f"Neue {WORDS.split()[n % 10]}",
            published=f"2024-0{n % 9 + 1}-17",
            language="de",
            authors=("Anke Sell",),
            body=(Span(0, 0, f"{WORDS} {WORDS.lower()}"),),
        )
        for n in range(20)
    ]


QUERIES = log(articles(), 2 * len(KINDS))


def test_the_same_articles_give_the_same_queries() -> None:
    assert log(articles(), 2 * len(KINDS)) == QUERIES


def test_another_seed_gives_others() -> None:
    assert log(articles(), 2 * len(KINDS), seed=1) != QUERIES


def test_every_kind_is_asked_as_often() -> None:
    kinds = [query.kind for query in QUERIES]

    assert {kinds.count(kind) for kind in kinds} == {2}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.text)
def test_a_query_is_understood_by_both(query: Asked) -> None:
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE article USING fts5(id, title, text, author, date UNINDEXED, language UNINDEXED)"
    )

    assert parse(query.text, now=date(2026, 11, 29)).node is not None
    if query.match is not None:
        sql = f"SELECT id FROM article WHERE article MATCH ? {query.where}"
        assert database.execute(sql, (query.match, *query.values)).fetchall() == []
