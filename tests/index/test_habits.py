"""Signs from elsewhere: what is said of them, and where."""

from datetime import date

import pytest

from index.query import parse

NOW = date(2024, 12, 1)


@pytest.mark.parametrize(
    ("text", "place", "remark"),
    [
        ("Merz AND Scholz", "AND", "all words must occur anyway"),
        ("Merz ODER Scholz", "ODER", "the sign for that is OR"),
        ("Merz UND Scholz", "UND", "all words must occur anyway"),
        ("Merz NICHT Scholz", "NICHT", "the sign for that is NOT"),
        ("Merz NEAR/5 Scholz", "NEAR/5", 'nearness is "two words"~5'),
        ("Merz OR", "OR", "nothing after it"),
        ("OR Merz", "OR", "nothing before it"),
        ("(Merz OR) Scholz", "OR", "nothing after it"),
        ('Merz "Koalition der', '"', "quote is never closed"),
        ("Merz (Koalition der", "(", "bracket is never closed"),
        ("tr*pen", "tr*pen", "at the end of a word only"),
        ("*truppen", "*truppen", "at the end of a word only"),
        ("w?rd", "w?rd", "word~"),
        ("Merz^2", "Merz^2", "no weights"),
        ('Merz "Koal* der"', '"Koal* der"', "star within a phrase"),
        ('Merz ""', '""', "phrase is empty"),
        ("Merz 🎉", "🎉", "no letter or figure"),
        ("title: Merz", "title:", "follows without a blank"),
        ("autor:Weber", "autor:Weber", "did you mean “author:”?"),
        ("site:taz.example", "site:taz.example", "did you mean “url:”?"),
        ("before:2024", "before:2024", "did you mean “date:”?"),
        ("Datum:2024", "Datum:2024", "did you mean “date:”?"),
        ("Merz date:bald", "bald", "is no date"),
        ("date:2025..2024", "2025..2024", "ends before it begins"),
        ("„Koalition der Willigen“ Paris", "„Koalition der Willigen“", 'as a phrase: "Koalition der Willigen"'),
        ("»Koalition der Willigen«", "»Koalition der Willigen«", 'as a phrase: "Koalition der Willigen"'),
        ("‚der Willigen‘", "‚der Willigen‘", 'as a phrase: "der Willigen"'),
        ("“the willing”", "“the willing”", 'as a phrase: "the willing"'),
        ("-Merz -Scholz", "-Merz -Scholz", "only excluded"),
    ],
)
def test_a_sign_from_elsewhere_is_remarked_on_at_its_place(text: str, place: str, remark: str) -> None:
    [note] = parse(text, now=NOW).notes

    assert remark in note.text
    assert note.start is not None
    assert text[note.start : note.end] == place


@pytest.mark.parametrize(
    "text",
    [
        "Merz and Scholz oder Habeck",
        "AND",
        "10:30 Uhr",
        "Ukraine: Krieg",
        "C++ AT&T CDU/CSU § 218",
        "https://a.example/b?c=1&d=2*3",
        "url:https://a.example/b?c=d",
        "f(x) a) b)",
        '5" Rohr',
        "wer? was! – nun …",
        "„Wort“ »Wort« ’s Wort",
        "title:a author:(b OR c) date:..2024",
        "+Merz ~Scholz",
    ],
)
def test_what_stands_in_texts_by_itself_is_left_without_remark(text: str) -> None:
    assert parse(text, now=NOW).notes == ()


def test_signs_of_east_asian_keyboards_are_read_as_ours() -> None:
    assert parse("title：（東京 OR 北京）", now=NOW).node == parse("title:(東京 OR 北京)", now=NOW).node
