"""The table of languages, and what holds of every text."""

import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import language
from transforms.language import gate, letters, make_weights, paragraphs, weights

TABLE = tomllib.loads((Path(__file__).parent / "cases" / "languages.toml").read_text(encoding="utf-8"))
SENTENCES = [
    (tag, text) for table in ("sentences", "headlines") for tag, texts in TABLE[table].items() for text in texts
]
CASED = [(tag, text) for tag, text in SENTENCES if text.upper() != text.lower() and tag not in {"tr", "el"}]

GERMAN = "Der Rat der Stadt hat am Montag beschlossen, dass der alte Bahnhof nicht verkauft wird, weil er noch für den "
ENGLISH = "The council said on Monday that it would not sell the old station because it was of use to all of those who "
FOOTER = "You are receiving this mail because you have subscribed to our newsletter. Unsubscribe at any time."


@pytest.mark.parametrize(("tag", "text"), SENTENCES)
def test_a_sentence_and_a_headline_tell_their_language(tag: str, text: str) -> None:
    assert tag == language.detect(text)


@pytest.mark.parametrize(
    ("tag", "text"),
    [(tag, text) for table in ("title_case", "words") for tag, texts in TABLE[table].items() for text in texts],
)
def test_a_headline_in_title_case_and_a_word_tell_their_language(tag: str, text: str) -> None:
    assert tag == language.detect(text)


@pytest.mark.xfail(strict=True, reason="languages without a profile, and words that kindred languages write alike")
@pytest.mark.parametrize(("tag", "text"), [(tag, text) for tag, texts in TABLE["not_yet"].items() for text in texts])
def test_what_cannot_be_told_yet(tag: str, text: str) -> None:
    assert tag == language.detect(text)


@pytest.mark.parametrize("text", TABLE["und"]["none"])
def test_what_is_no_language_is_undetermined(text: str) -> None:
    assert language.detect(text) == "und"


@pytest.mark.parametrize(("tag", "text"), CASED)
def test_capitals_change_nothing(tag: str, text: str) -> None:
    assert tag == language.detect(text.upper())


@pytest.mark.parametrize(("tag", "text"), SENTENCES)
def test_saying_it_again_and_a_year_change_nothing(tag: str, text: str) -> None:
    assert [tag, tag] == [language.detect(f"{text} {text}"), language.detect(f"{text} 2024")]


@given(st.text())
def test_any_text_has_an_answer_and_always_the_same(text: str) -> None:
    assert language.identify(text) == language.identify(text)


@pytest.mark.parametrize("unit", ["a", "der Hund und ", "{", "x1", "ё", "日", "Aa", "www."])
def test_a_million_characters_are_told_in_bounded_time(unit: str) -> None:
    weights.load()
    start = time.process_time()
    language.detect(unit * (1_000_000 // len(unit)))

    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        (GERMAN * 2, "en", "de"),  # a site that says English on every page
        (ENGLISH * 2, "de-DE", "en"),
        ("Bahnhof Altstadt", "de", "de"),
        ("Regen", "de-AT", "de"),
        ("Berlin", None, "und"),
        ("Müller Schmidt Weber Meyer", "de", "de"),
        ("Truppen im Gespräch", "en-US", "de"),  # a default of a CMS
        ("12 345", "de", "und"),
    ],
)
def test_what_the_page_says_of_its_language_is_a_hint(text: str, hint: str | None, expected: str) -> None:
    assert expected == language.detect(text, hint)


def test_an_english_footer_does_not_make_a_german_article_bilingual() -> None:
    lines = [GERMAN * 3, GERMAN * 2, FOOTER]

    assert paragraphs.shares(lines, language.detect(lines)) == {"de": 1.0}
    assert paragraphs.tell(lines, "de")[:2] == ["de", "de"]


def test_a_newsletter_in_two_languages_is_known_as_such() -> None:
    lines = [GERMAN * 3, GERMAN * 2, ENGLISH * 2, "Heute, Berlin", ENGLISH * 2]

    assert paragraphs.tell(lines, "de") == ["de", "de", "en", "en", "en"]
    assert list(paragraphs.shares(lines, "de")) == ["de", "en"]


@pytest.mark.parametrize("main", [GERMAN, ENGLISH])
@pytest.mark.parametrize(
    "other", ["", "Heute, Berlin", "OK", FOOTER, GERMAN, ENGLISH * 4, "Le chat est dans la maison."]
)
def test_one_look_at_the_whole_text_says_what_a_look_at_each_paragraph_says(main: str, other: str) -> None:
    lines = (main * 3, main, other)
    alone = gate.alone(lines)

    assert alone is None or [alone] * 3 == paragraphs.tell(lines, alone)
    assert alone in {None, language.detect([line + " https://a.example" for line in lines])}


def test_the_possessive_of_english_names_is_no_french() -> None:
    lines = [ENGLISH * 2, "Moody's and Sotheby's: Lloyd's, Levi's, Reuter's, McDonald's"] * 2

    assert list(paragraphs.shares(lines, "en")) == ["en"]
    assert paragraphs.beside(lines, "en") == ()


def test_a_table_where_much_is_not_available_is_no_french() -> None:
    row = "Start stocks n.a. n.a. Production 10.3 n.a. Imports 12.0 n.a. n.a. Exports n.a. n.a."

    assert language.detect([row] * 4) == "en"


def test_a_japanese_text_with_english_between_is_not_decided_by_the_english_words() -> None:
    lines = ["市議会は月曜日、古い駅舎を取り壊さず、二十年間貸し出すことを決めた。" * 4, ENGLISH]

    assert gate.alone(lines) is None
    assert language.detect(lines) == "ja"


def test_runs_of_letters_are_four_long_and_said_once_of_each_language() -> None:
    seen: dict[str, set[str]] = {}
    for tag, _, runs in make_weights._fours():
        each = [runs[at : at + 4] for at in range(0, len(runs), 4)]

        assert [run for run in each if len(run) != 4 or not run.isalpha() or run in seen.setdefault(tag, set())] == []
        seen[tag].update(each)

    assert {"da", "no", "sv", "ru", "uk", "bg", "mk", "nl", "af"} < seen.keys()


def test_the_file_of_weights_is_what_is_counted_from_profiles_lists_and_runs() -> None:
    assert weights.FILE.read_bytes() == make_weights.packed(make_weights.made()), "make it anew: make_weights.py"


def test_a_word_says_what_is_counted_of_it_and_of_its_runs() -> None:
    counted = make_weights.made()
    for word in ("haus", "über", "ціна", "xqxqzj", "日本", "willing", "ş", "a" * 100):
        runs = sum(counted.runs.get(run, 0) for run in weights._runs(word))

        assert weights.load().said(word) == weights.Said(
            runs + counted.words.get(word, 0), known=word in counted.words, common=word in counted.common
        )


@pytest.mark.parametrize("text", ["", *(text for _, text in SENTENCES), "wort " * 500])
def test_no_lane_runs_over_into_the_next(text: str) -> None:
    found = weights.load().weigh(text[: language.LONG])

    assert found.nats[0][0] < weights.STEP * 2**weights.LANE / 2


FIRST_USE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from transforms import language
texts = ["Truppen im Gespräch", "Will he stay", "Le chat dort", "Kvinne skadet i brann", "Ціна на хліб зростає"]
long = ["Herr Müller (Bonn), Frau Meier (Köln), Herr Schulz (Kiel). " * 8, "Net loss of shares, year end " * 20]
with ThreadPoolExecutor(8) as pool:
    print(list(pool.map(language.identify, (texts + long) * 4)))
"""


def test_the_first_use_in_eight_threads_under_another_hash_seed_gives_the_same() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", FIRST_USE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(said) == 1
    assert "'no', 'weights'" in said.pop()


def test_a_quotation_does_not_change_the_language_of_its_neighbours() -> None:
    assert paragraphs.tell([GERMAN, "To be or not", GERMAN], "de") == ["de", "de", "de"]


@given(st.lists(st.text()))
def test_each_paragraph_gets_a_language(lines: list[str]) -> None:
    assert len(paragraphs.tell(lines, "de")) == len(lines)


@pytest.mark.parametrize(
    ("word", "lacking"), [("bröd", "da"), ("řeka", "sl"), ("растёт", "mk"), ("ñandú", "pt"), ("її", "ru")]
)
def test_a_letter_that_a_language_lacks_speaks_against_it(word: str, lacking: str) -> None:
    assert letters.against({word: True})[lacking] == letters.LACKING
    assert letters.against({word: False})[lacking] < letters.LACKING


@pytest.mark.parametrize(
    ("text", "own", "other"),
    [("¿Bueno?", "es", "pt"), ("¡Vamos!", "gl", "it"), ("п'ять", "uk", "ru"), ("п’ять", "be", "bg")],
)
def test_a_mark_that_a_language_does_not_write_speaks_against_it(text: str, own: str, other: str) -> None:
    assert letters.against({}, text).keys() >= {other}
    assert own not in letters.against({}, text)


@pytest.mark.parametrize(("tag", "text"), SENTENCES)
def test_no_language_is_held_to_lack_a_letter_of_its_own(tag: str, text: str) -> None:
    words = re.findall(r"[^\W\d_]+", text.lower())

    assert tag not in letters.against(dict.fromkeys(words, True), text)
