"""The query language: what is understood, what is text, and that nothing raises but the limits."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backfile.errors import QueryError
from index.query import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_WORDS,
    And,
    Dates,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Word,
    parse,
)

NOW = date(2024, 12, 1)


def shape(node: Node | None) -> str:  # noqa: PLR0911
    """A node as a short string, without positions."""
    match node:
        case None:
            return "-"
        case Word(text, _, _, kind, distance):
            return {"any": text, "exact": f"={text}", "prefix": f"{text}*", "fuzzy": f"{text}~{distance}"}[kind]
        case Phrase(text, _, _, slop):
            return f'"{text}"' + (f"~{slop}" if slop else "")
        case Field(name, inner):
            return f"{name}:{shape(inner)}"
        case Dates(first, last):
            days = [date.fromordinal(day).isoformat() if day else "" for day in (first, last)]
            return f"[{'..'.join(days)}]"
        case And(nodes):
            return f"({' & '.join(map(shape, nodes))})"
        case Or(nodes):
            return f"({' | '.join(map(shape, nodes))})"
        case Not(inner):
            return f"!{shape(inner)}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Truppen", "Truppen"),
        ("zwei Wörter", "(zwei & Wörter)"),
        ("cats OR dogs", "(cats | dogs)"),
        ("cats or dogs", "(cats & or & dogs)"),
        ("cats OR dogs food", "((cats | dogs) & food)"),
        ("a OR b OR c", "(a | b | c)"),
        ("(a b) OR c", "((a & b) | c)"),
        ("a (b c)", "(a & b & c)"),
        ("Merkel -Macron", "(Merkel & !Macron)"),
        ("Merkel NOT Macron", "(Merkel & !Macron)"),
        ("Merkel NOT NOT Macron", "(Merkel & Macron)"),
        ("Merkel -(Macron OR Scholz)", "(Merkel & !(Macron | Scholz))"),
        ('Merkel -"a b"', '(Merkel & !"a b")'),
        ('"Koalition der Willigen"', '"Koalition der Willigen"'),
        ('"zwei Wörter"~5', '"zwei Wörter"~5'),
        ("Merkl~1", "Merkl~1"),
        ("Merkl~", "Merkl~1"),
        ("Merkl~9", "Merkl~2"),
        ("Merkel~0", "=Merkel"),
        ("pre*", "pre*"),
        ("=Truppen", "=Truppen"),
        ("title:Krieg", "title:Krieg"),
        ("TITLE:Krieg", "title:Krieg"),
        ('author:"Anna Weber"', 'author:"Anna Weber"'),
        ("title:(a OR b)", "title:(a | b)"),
        ("title:pre*", "title:pre*"),
        ("-source:taz Krieg", "(!source:taz & Krieg)"),
        ("url:https://taz.example/a", "url:https://taz.example/a"),
        ("date:2024-11", "[2024-11-01..2024-11-30]"),
        ("date:2024-11..2025-02", "[2024-11-01..2025-02-28]"),
        ("date:>=2024-11-20", "[2024-11-20..]"),
        ("date:<2024", "[..2023-12-31]"),
        ("date:25.11.2024", "[2024-11-25..2024-11-25]"),
        ("date:2w..", "[2024-11-17..]"),
        ("date:1m..", "[2024-11-01..]"),
        ("date:..2024", "[..2024-12-31]"),
    ],
)
def test_what_is_grammar_is_understood(text: str, expected: str) -> None:
    assert shape(parse(text, now=NOW).node) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "-"),
        ("   ", "-"),
        ("* ? ! & / -", "-"),
        ("-Wort", "-Wort"),
        ("NOT Wort", "(NOT & Wort)"),
        ("-a -b", "(-a & -b)"),
        ("-(a b)", "(a & b)"),
        ("OR", "OR"),
        ("a OR", "(a & OR)"),
        ("OR a", "(OR & a)"),
        ("a OR OR b", "(a & OR & OR & b)"),
        ("NOT", "NOT"),
        ("(a b", "((a & b)"),
        ("a) b", "(a) & b)"),
        ("()", "-"),
        ("f(x)", "f(x)"),
        ('"unbalanced', '"unbalanced'),
        ('""', "-"),
        ('"Haider-Erben"-Truppe', '("Haider-Erben" & -Truppe)'),
        ("US-Präsident", "US-Präsident"),
        ("AT&T", "AT&T"),
        ("CDU/CSU", "CDU/CSU"),
        ("„Koalition der Willigen“", "(„Koalition & der & Willigen“)"),
        ("«guillemets»", "«guillemets»"),
        ("– Gedankenstrich", "Gedankenstrich"),
        ("--help", "--help"),
        ("*stern", "*stern"),
        ("wer?", "wer?"),
        ("[a TO b]", "([a & TO & b])"),
        ("a** b", "(a** & b)"),
        ("title:", "title:"),
        ("title: Krieg", "(title: & Krieg)"),
        ("12:30 Uhr", "(12:30 & Uhr)"),
        ("http://a.example/b?c=1", "http://a.example/b?c=1"),
        ("10.000", "10.000"),
        ("§ 218", "(§ & 218)"),
        ("~", "-"),
        ("^boost^2", "^boost^2"),
    ],
)
def test_what_is_no_grammar_is_text(text: str, expected: str) -> None:
    assert shape(parse(text, now=NOW).node) == expected


def test_nodes_know_their_place() -> None:
    text = 'title:Krieg "zwei Wörter"~5 Merkl~1'
    node = parse(text, now=NOW).node

    assert isinstance(node, And)
    assert [text[part.start : part.end] for part in node.nodes] == ["title:Krieg", '"zwei Wörter"~5', "Merkl~1"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("autor:Weber", "did you mean “author:”"),
        ("titel:Krieg", "did you mean “title:”"),
        ("qqqqq:x", "fields are author"),
        ("date:gibtsnicht", "is no date"),
        ("date:2024-13", "is no date"),
        ("date:..", "is no date"),
    ],
)
def test_a_note_says_what_was_taken_as_text(text: str, part: str) -> None:
    query = parse(text, now=NOW)

    assert query.node is not None or text == "date:.."
    assert len(query.notes) == 1
    assert part in query.notes[0].text


@pytest.mark.parametrize("text", ["Krieg", "https://taz.example", "12:30", "title:x", "a : b"])
def test_there_is_no_note_without_need(text: str) -> None:
    assert parse(text, now=NOW).notes == ()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a" * (MAX_LENGTH + 1), "characters"),
        ("a " * (MAX_WORDS + 1), "words"),
        ('"' + "a " * (MAX_WORDS + 1) + '"', "words"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), "nested"),
    ],
)
def test_over_a_limit_the_query_says_so(text: str, part: str) -> None:
    with pytest.raises(QueryError, match=part):
        parse(text, now=NOW)


@pytest.mark.parametrize(
    "text", ["(" * 3999, ")" * 3999, '"' * 3999, "-" * 3999, "~" * 3999, "a:" * 1999, "NOT " * 250]
)
def test_long_nonsense_ends_at_once(text: str) -> None:
    begun = time.process_time()
    parse(text, now=NOW)

    assert time.process_time() - begun < 1  # quadratic scans of 4,000 characters take minutes; this takes milliseconds


ALPHABET = st.sampled_from(
    [*'()":-~*=<>. \t\n,;&/§„“”‘’«»–…', "OR ", "NOT ", "date:", "title:", "x:", "a", "ß", "\u0301", "1", "2w.."]
)


@given(st.one_of(st.lists(ALPHABET, max_size=60).map("".join), st.text(max_size=80)))
@settings(max_examples=10_000, deadline=None)
def test_no_string_raises(text: str) -> None:
    query = parse(text, now=NOW)

    for node in [query.node] if query.node is not None else []:
        assert 0 <= node.start < node.end <= len(text)
        assert shape(node)
