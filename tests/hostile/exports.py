"""JSON, JSON Lines, CSV and TSV made to do harm."""

import json

from tests.hostile.case import SENTENCE, TEXT, case, file, lines, repeated

MEGABYTES = 1_000_000


def _line(**fields: object) -> str:
    """A record without an id of its own: all cases are one source, and what has the id of another is its duplicate."""
    return json.dumps({"title": "Rat berät über Radwege", "text": TEXT, **fields})


def _among(hostile: str) -> str:
    """JSON Lines with a good one before and behind the hostile one."""
    return lines([_line(), hostile, _line(text=TEXT + SENTENCE)])


def _deep(opening: str, closing: str, depth: int) -> str:
    return '{"id": "deep", "text": "x", "deep": ' + opening * depth + "1" + closing * depth + "}"


def _wide_table() -> str:
    names = ["title", "text", *(f"c{number}" for number in range(100_000))]
    return lines([",".join(names), f'Radwege,"{SENTENCE * 4}"'])


def _formulas() -> str:
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://evil.example/")']
    quoted = [cell.replace('"', '""') for cell in cells]
    rows = (f'{number},"{cell}","{cell}","{SENTENCE * 3}{number}"' for number, cell in enumerate(quoted))
    return lines(["nr,title,author,text", *rows])


CASES = [
    case(
        "jsonl-long-line",
        "a line of 50 MB between two good ones",
        file("a.jsonl", lambda: _among(json.dumps({"text": "x" * 50 * MEGABYTES}))),
        article=2,
        too_large=1,
    ),
    case(
        "jsonl-deep",
        "lists within lists, 100,000 of them",
        file("a.jsonl", lambda: _among(_deep("[", "]", 100_000))),
        article=2,
        too_deep=1,
    ),
    case(
        "jsonl-number",
        "a number of a million digits",
        file("a.jsonl", lambda: _among('{"text": "x", "n": ' + "9" * MEGABYTES + "}")),
        article=2,
        bad_record=1,
    ),
    case(
        "jsonl-infinite",
        "numbers that are none",
        file("a.jsonl", lambda: _among('{"id": NaN, "published": -1e999999, "text": ' + json.dumps(TEXT * 2) + "}")),
        article=3,
    ),
    case(
        "jsonl-surrogates",
        "halves of characters, and NUL",
        file(
            "a.jsonl",
            lambda: _among(
                '{"id": "\\ud800", "title": "\\udfff\\u0000\\u001b[2J", "text": ' + json.dumps(TEXT * 2) + "}"
            ),
        ),
        article=3,
    ),
    case(
        "jsonl-twice",
        "keys that come twice",
        file(
            "a.jsonl", lambda: _among('{"text": "x", "text": ' + json.dumps(TEXT * 2) + ', "title": "A", "title": "B"}')
        ),
        article=3,
    ),
    case(
        "jsonl-dates",
        "dates of the year 99999 and of none",
        file(
            "a.jsonl",
            lambda: lines(
                _line(published=date, text=f"{TEXT}\n\nNummer {n}.")
                for n, date in enumerate(
                    ("99999-12-31", "0000-00-00", "-1", "1e400", "2024-11-25T99:99:99", "9" * 4000, 10**15, [[]])
                )
            ),
        ),
        article=8,
    ),
    case(
        "jsonl-links",
        "addresses that are scripts",
        file(
            "a.jsonl",
            lambda: lines(
                _line(url=url, text=f"{TEXT}\n\nNummer {n}.")
                for n, url in enumerate(
                    (
                        "javascript:alert(1)",
                        "data:text/html,<script>",
                        "file:///etc/passwd",
                        "http://[::1",
                        "http://" + "a" * 5000,
                        "\u202ehttp://x.example/",
                    )
                )
            ),
        ),
        article=6,
    ),
    case(
        "jsonl-keys",
        "an object of a million keys",
        file(
            "a.jsonl",
            lambda: _among(
                '{"text": ' + json.dumps(TEXT * 2) + "," + ",".join(f'"{n}":1' for n in range(MEGABYTES)) + "}"
            ),
        ),
        article=3,
    ),
    case(
        "jsonl-authors",
        "an article of 200,000 authors and tags",
        file(
            "a.jsonl",
            lambda: _among(
                json.dumps(
                    {
                        "text": TEXT * 2,
                        "authors": [f"Ada Beispiel {n}" for n in range(200_000)],
                        "tags": ["x"] * 200_000,
                    }
                )
            ),
        ),
        article=3,
    ),
    case(
        "jsonl-garbage",
        "a million lines that are no articles",
        file("a.jsonl", lambda: _line() + "\n" + "1\n" * MEGABYTES),
        article=1,
        bad_record=100_000,
        too_many=1,
    ),
    case(
        "json-endless",
        "a list that is never closed",
        file("a.json", lambda: "[" + _line() + "," + _line(text=TEXT * 2) + ","),
        article=2,
        damaged=1,
    ),
    case(
        "json-quotes",
        "an object whose quote is never closed, 40 MB",
        file("a.json", lambda: '[{"text": "' + '{"a":1},' * 5 * MEGABYTES),
        too_large=1,
        damaged=1,
    ),
    case("json-brackets", "two million brackets", file("a.json", lambda: "[" * 2 * MEGABYTES), no_text=1),
    case(
        "json-numbers",
        "a list of a million numbers",
        file("a.json", lambda: "[" + "1," * MEGABYTES + _line() + "]"),
        bad_record=100_000,
        too_many=1,
    ),
    case(
        "csv-open-quote",
        "a quote that is never closed, 40 MB",
        file(
            "a.csv",
            lambda: f'title,text\nRadwege,"{SENTENCE * 4}"\nx,"' + repeated("Zeile ohne Ende\n", 40 * MEGABYTES),
        ),
        article=1,
        bad_record=100_000,
        too_many=1,
    ),
    case(
        "csv-quotes",
        "2,000 quotes that open within a cell",
        file("a.csv", lambda: f'title,text\nRadwege,"{SENTENCE * 4}"\n' + 'x"y,"z\n' * 2_000),
        article=2_001,
    ),
    case("csv-columns", "a table of 100,000 columns", file("a.csv", _wide_table), too_many=1),
    case("csv-nul", "NUL in every cell", file("a.csv", lambda: f"title,text\nRad\0wege,{SENTENCE * 4}\0\n"), article=1),
    case("csv-formulas", "cells that a spreadsheet would run", file("a.csv", _formulas), article=7),
    case(
        "csv-long-line",
        "a row of 50 MB between two good ones",
        file(
            "a.csv",
            lambda: lines(["title,text", f"A,{SENTENCE * 4}", "B," + "x" * 50 * MEGABYTES, f"C,{SENTENCE * 5}"]),
        ),
        article=2,
        too_large=1,
    ),
]
