"""What an archive teaches about compounds, and how they are cut."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.compounds import cases, learned, score
from index.analysis import analyser
from index.compounds import MAX_WORD, NO_COMPOUNDS, Census, Compounds, learn
from index.entry import analyse
from index.folding import fold_case
from index.memory import MemoryEngine
from index.search import search
from tests.index.contract import article

SPEED = Path(__file__).parents[3] / "shared" / "data" / "speed" / "articles-10k.jsonl.gz"
NEWS = (
    "Der Minister sprach über Truppen am Boden, und die Truppen blieben. Neben Truppen kamen Panzer, auch Truppen aus "
    "Polen. Es ging um Boden, um den Boden und um das Klima. Sie sahen den Boden unter den Füßen. Für die Sicherheit "
    "gibt es keine Garantien, ohne Garantien keine Sicherheit, und zur Sicherheit gehören Garantien. Ein Rat für die "
    "Sicherheit, ein Gericht, das Gericht, vor Gericht, die Verfassung, keine Verfassung, neue Verfassung. "
)


def taught(*texts: str, language: str = "de") -> Compounds:
    """What some articles teach."""
    census = Census()
    for text in texts:
        census.add(text, language)
    return learn(census)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("bodentruppen", ("boden", "truppen")),
        ("sicherheitsgarantien", ("sicherheits", "garantien")),
        ("verfassungsgericht", ("verfassungs", "gericht")),
        ("truppen", ()),
        ("minister", ()),
        ("klimaxyztruppen", ()),
        ("generation", ()),  # neither genes nor a ration: a common noun is simple
        ("zugkabel", ("zug", "kabel")),  # common nouns that a small archive lacks
        ("", ()),
        ("bodentruppen" * 10, ()),  # no word is so long
    ],
)
def test_nouns_are_cut_at_the_borders_of_nouns_the_archive_has(word: str, parts: tuple[str, ...]) -> None:
    assert parts == taught(NEWS).parts(word)


def test_what_begins_many_nouns_is_a_part_though_it_never_stands_alone() -> None:
    text = (
        "Sie kennt den Bundesrat, eine Bundesbahn und die Bundesbank, die Bundeswehr, das Bundesgesetz, "
        "die Bahn, die Bank, die Wehr, das Gesetz. "
    )

    assert taught(text * 5).parts("bundesbahn") == ("bundes", "bahn")


def test_only_german_articles_teach() -> None:
    assert not taught(NEWS, language="en")
    assert taught(NEWS, language="en").articles == 1


def test_what_was_learned_comes_back_as_it_was_written() -> None:
    compounds = taught(NEWS)

    again = Compounds.from_json(compounds.to_json())

    assert (compounds.articles, compounds.to_json()) == (again.articles, again.to_json())


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 0, "lasts": {}, "firsts": {}, "articles": 1, "simple": []}', "null"]
)
def test_what_nobody_has_learned_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (json's own and ours)
        Compounds.from_json(text)


@given(st.text(alphabet="abenostruäß", max_size=2 * MAX_WORD))
def test_parts_are_the_word(word: str) -> None:
    compounds = taught(NEWS)

    assert "".join(compounds.parts(word)) in {word, ""}
    assert all(0 < cut < len(word) for cut in compounds.cuts(word))


def test_a_word_made_of_parts_without_end_is_cut_in_time() -> None:
    compounds = Compounds({"en" * number: 9 for number in range(1, MAX_WORD)})

    assert compounds.cuts("en" * (MAX_WORD // 2)) is not None


# --- in search


@pytest.fixture
def archive() -> MemoryEngine:
    compounds = taught(NEWS)
    engine = MemoryEngine(compounds)
    texts = {
        "whole": "Die Truppen verließen am Morgen die Stadt.",
        "part": "Bodentruppen, Bodentruppen, Bodentruppen und Bodentruppen.",
        "garantie": "Es gibt keine Sicherheitsgarantien.",
        "parts": "Eine Garantie für die Sicherheit aller.",
    }
    engine.add([analyse(article(key, text), compounds=compounds) for key, text in texts.items()])
    engine.add([analyse(article("en", "Bodentruppen in an English text.", language="en"), compounds=compounds)])
    engine.commit()
    return engine


def found(engine: MemoryEngine, query: str) -> list[str]:
    return [hit.id.partition("/")[2] for hit in search(engine, query, now=date(2026, 1, 1)).hits]


def test_a_word_finds_compounds_below_itself(archive: MemoryEngine) -> None:
    assert found(archive, "Truppen") == ["whole", "part"]
    assert found(archive, "Garantie") == ["parts", "garantie"]


def test_a_compound_is_not_watered_down_by_its_parts(archive: MemoryEngine) -> None:
    assert found(archive, "Sicherheitsgarantie") == ["garantie"]


def test_what_matched_inside_a_compound_is_marked(archive: MemoryEngine) -> None:
    hits = search(archive, "Garantie", now=date(2026, 1, 1)).hits

    assert [hit.snippet.marked("[", "]") for hit in hits][1] == "Es gibt keine [Sicherheitsgarantien]."


@pytest.mark.parametrize("query", ["=Truppen", '"die Truppen"', "lang:en Truppen"])
def test_exact_forms_phrases_and_other_languages_know_no_parts(archive: MemoryEngine, query: str) -> None:
    assert "part" not in found(archive, query)
    assert "en" not in found(archive, query)


def test_long_compounds_are_found_by_neighbouring_parts() -> None:
    words = analyser("de", Compounds({"gericht": 9, "land": 7, "haupt": 5}))

    assert {"de:+landesgericht", "de:+gericht"} <= set(words.words("Hauptlandesgericht").parts)


def test_without_compounds_nothing_is_cut() -> None:
    assert analyser("de", NO_COMPOUNDS).words("Bodentruppen").parts == {}


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Es geht um See-, Luft- und Landstreitkräfte.", "Luftstreitkräfte", "Luft"),
        ("Es geht um See-, Luft- und Landstreitkräfte.", "Seestreitkräfte", "See"),
        ("Die Ein- und Ausfuhr von Holz.", "Einfuhr", "Ein"),
        ("Boden- oder auch Lufttruppen.", "Bodentruppen", "Boden"),
    ],
)
def test_words_that_leave_their_end_to_another_are_found_whole(text: str, query: str, marked: str) -> None:
    nouns = dict.fromkeys("streit kräfte land luft see einfuhr ausfuhr truppen boden".split(), 9)  # noqa: SIM905
    compounds = Compounds(nouns)
    engine = MemoryEngine(compounds)
    engine.add([analyse(article("a", text), compounds=compounds), analyse(article("b", "Etwas anderes."))])
    engine.commit()

    [hit] = search(engine, query, now=date(2026, 1, 1)).hits

    assert f"[{marked}]" in hit.snippet.marked("[", "]")


# --- measured


def test_the_cases_are_compounds_and_simple_words_of_news() -> None:
    words = cases()

    assert sum("|" in word for word in words) >= 300
    assert len(words) == len({fold_case(word) for word in words})


@pytest.mark.skipif(not SPEED.exists(), reason="needs ../shared/data")
def test_compounds_are_cut_as_by_hand_after_ten_thousand_articles() -> None:
    made = score(learned(SPEED), cases())

    assert made.precision >= 0.97
    assert made.recall >= 0.85
    assert made.cut_share <= 0.03
