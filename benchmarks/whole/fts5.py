"""What a person writes who knows Python and SQLite: trafilatura for the text, FTS5 for the search.

python fts5.py ingest DATABASE PILE
python fts5.py search DATABASE WORDS        (- reads queries from stdin, one a line)
"""

import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path

TABLE = """CREATE VIRTUAL TABLE article
USING fts5(place, title, text, date UNINDEXED, author, tokenize='porter unicode61')"""
FOUND = """SELECT place, title, date, snippet(article, 2, '[', ']', '…', 30) FROM article
WHERE article MATCH ? ORDER BY bm25(article) LIMIT 10"""


def ingest(database: sqlite3.Connection, pile: Path) -> None:
    """All pages below."""
    from trafilatura import bare_extraction  # noqa: PLC0415  # a search does without

    database.execute(TABLE)
    for file in sorted(pile.rglob("*.html")):
        page = bare_extraction(file.read_text(encoding="utf-8"), include_comments=False, with_metadata=True)
        if page:
            row = (str(file), page.title, page.text, page.date, page.author)
            database.execute("INSERT INTO article VALUES (?, ?, ?, ?, ?)", row)
    database.commit()


def search(database: sqlite3.Connection, queries: Iterable[str]) -> None:
    """Ten hits a query."""
    for query in queries:
        words = " ".join('"' + word.replace('"', '""') + '"' for word in query.split())
        for row in database.execute(FOUND, (words,)):
            print(*(str(each).replace("\n", " ") for each in row), sep="\t")


if __name__ == "__main__":
    _, verb, name, what = sys.argv
    connection = sqlite3.connect(name)
    if verb == "ingest":
        ingest(connection, Path(what))
    else:
        search(connection, (line.rstrip("\n") for line in sys.stdin) if what == "-" else [what])
