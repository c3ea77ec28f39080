"""The passage that shows why an article was found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import analyser
from index.matching import Sought, SoughtPhrase
from index.snippet import marks_of, snippet

FILLER = "Es geschah gestern in einer kleinen Stadt am Meer, wo nichts sonst geschieht. " * 6


def stems(text: str, language: str = "de") -> frozenset[str]:
    return frozenset(analyser(language).words(text).stems)


def shown(text: str, query: str, language: str = "de", length: int = 220) -> str:
    made = snippet(text, analyser(language), Sought(stems(query, language)), length=length)
    return made.marked("[", "]")


def test_a_short_text_is_shown_whole() -> None:
    assert shown("Die Truppen\n\nziehen  ab.", "truppe") == "Die [Truppen] ziehen ab."


def test_the_passage_with_most_different_words_is_chosen() -> None:
    text = f"Wolf Wolf Wolf. {FILLER} Der Wolf traf den Bären im Wald. {FILLER} Ein Bär."

    assert "Der [Wolf] traf den [Bären] im" in shown(text, "Wolf Bär")


def test_left_out_text_is_marked_and_no_word_is_cut() -> None:
    text = f"{FILLER} Die Truppen kamen an. {FILLER}"
    made = snippet(text, analyser("de"), Sought(stems("Truppen")))

    assert made.text.startswith("… ")
    assert made.text.endswith(" …")
    assert set(made.text.strip("… ").split()) <= set(text.split())


def test_without_a_match_the_beginning_is_shown() -> None:
    assert shown(FILLER, "Zirkonium").startswith("Es geschah gestern")


def test_titles_are_marked_too() -> None:
    assert marks_of("Truppen in Paris", analyser("de"), Sought(stems("Truppe"))) == ((0, 7),)


def phrased(text: str, query: str, slop: int = 0, language: str = "de") -> str:
    """A text's passage for a phrase alone."""
    words = analyser(language)
    places = tuple(frozenset(map(words.term, p)) for *_, token in words.tokens(query) for p in token.places)
    sought = Sought(stems(query, language), (SoughtPhrase(places, slop, stems(query, language)),))
    return snippet(text, words, sought).marked("[", "]")


def test_a_phrase_is_shown_and_marked_as_one() -> None:
    text = f"Die Koalition hält, die Willigen auch. {FILLER} Eine Koalition der Willigen zerfiel. {FILLER} Der Wille."

    assert "Eine [Koalition der Willigen] zerfiel." in phrased(text, "Koalition der Willigen")
    assert phrased(text, "Koalition der Willigen").count("[") == 1


def test_words_of_a_phrase_are_marked_one_by_one_where_the_article_does_not_have_it() -> None:
    assert phrased("Willige Leute, eine Koalition.", "Koalition der Willigen") == "[Willige] Leute, eine [Koalition]."


@pytest.mark.parametrize(
    ("slop", "expected"), [(0, "[Rat] plant [Bad]"), (1, "[Rat] plant [Bad]"), (2, "[Rat plant ein Bad]")]
)
def test_a_phrase_with_words_in_between_is_marked_to_its_end(slop: int, expected: str) -> None:
    text = "Rat plant ein Bad"

    assert phrased(text, "Rat Bad", slop).replace(" ein", "" if slop < 2 else " ein") == expected


def test_a_word_that_stands_beside_the_phrase_in_the_query_is_marked_everywhere() -> None:
    words = analyser("de")
    sought = Sought(
        stems("Rat Bad"),
        (SoughtPhrase((frozenset({"de:rat"}), frozenset({"de:bad"})), 0, frozenset({"de:bad"})),),
    )

    assert snippet("Rat am Bad. Rat Bad. Bad.", words, sought).marked("[", "]") == "[Rat] am Bad. [Rat Bad]. Bad."


def test_a_phrase_of_the_commonest_words_ends() -> None:
    assert phrased("der " * 20_000, "der " * 250, 1_000).startswith("[der")


def test_two_passages_are_shown_where_none_has_all_words() -> None:
    text = f"Anfang. {FILLER} Der Wolf lief. {FILLER} Ein Bär kam. {FILLER}"
    made = shown(text, "Wolf Bär")

    assert "Der [Wolf] lief." in made
    assert "Ein [Bär] kam." in made
    assert made.index("[Wolf]") < made.index(" … ") < made.index("[Bär]")
    assert len(made) < 300


def test_a_passage_keeps_the_quote_that_its_first_word_stands_in() -> None:
    assert "… „[Truppen] kommen“, hieß es. " in shown(f"{FILLER} „Truppen kommen“, hieß es. {FILLER}", "Truppen")


def test_a_passage_begins_and_ends_with_a_sentence_where_one_is_near() -> None:
    text = f"{FILLER} Kurz vorher. Die Truppen kamen an, und alle sahen ihnen nach. {FILLER}"

    assert shown(text, "Truppen").startswith("… Kurz vorher. Die [Truppen] kamen an")
    assert shown(text, "Truppen").endswith(". …")


@pytest.mark.parametrize(
    ("text", "query", "language", "expected"),
    [
        ("東京都知事選挙が終わった", "選挙", "ja", "東京都知事[選挙]が終わった"),
        ("東京都知事選挙が終わった", "都知事", "ja", "東京[都知事]選挙が終わった"),
        ("ＮＨＫは選挙を報じた", "選挙", "ja", "ＮＨＫは[選挙]を報じた"),
        ("서울시장 선거", "선거", "ko", "서울시장 [선거]"),
        ("Luft- und Landstreitkräfte", "Luft", "de", "[Luft]- und Landstreitkräfte"),
        ("L’état d’urgence", "état", "fr", "[L’état] d’urgence"),
    ],
)
def test_in_a_script_without_blanks_only_what_matches_is_marked(
    text: str, query: str, language: str, expected: str
) -> None:
    assert shown(text, query, language) == expected


def test_no_sign_is_cut_from_its_marks() -> None:
    text = "か\u3099" * 400

    assert not shown(text, "選挙", "ja").strip("… ").startswith("\u3099")
    assert shown(text, "選挙", "ja").strip("… ").endswith("\u3099")


@given(st.text(max_size=400), st.text(max_size=20), st.integers(10, 300), st.sampled_from(["de", "en", "ja", "und"]))
@settings(max_examples=400, deadline=None)
def test_marks_are_ascending_apart_and_inside(text: str, query: str, length: int, language: str) -> None:
    made = snippet(text, analyser(language), Sought(stems(query, language)), length=length)

    ends = 0
    for start, end in made.marks:
        assert ends <= start < end <= len(made.text)
        ends = end
    assert made.marked("", "") == made.text


@pytest.mark.parametrize("text", ["", " ", "…", "\n\n"])
def test_an_empty_text_has_an_empty_passage(text: str) -> None:
    assert shown(text, "Wort").strip("… ") == ""
