"""What is said of a search that found nothing, why a hit was found, and what is like an article."""

from datetime import date

import pytest

from backfile.article import Removal
from backfile.errors import WrongUse
from index.engine import And, Filter
from index.entry import analyse
from index.explain import shares
from index.memory import MemoryEngine
from index.plan import plan
from index.query import parse
from index.search import search, similar
from tests.index.contract import article

TODAY = date(2026, 1, 1)


@pytest.fixture
def archive() -> MemoryEngine:
    engine = MemoryEngine()
    footer = Removal(1, 0, 30, "Bestellen Sie unseren Rundbrief", "boilerplate", "newsletter-de/2")
    made = [
        article("1", "Die Truppen verließen die Stadt am Fluss.", removed=(footer,), published="2024-11"),
        article("2", "Die Stadt baut am Fluss eine Brücke.", published="2023-05-01"),
        article("3", "Ein Präsident reist ab.", published="2025", authors=("Anna Weber",)),
        article("4", "The troops left the city.", language="en"),
    ]
    engine.add(map(analyse, made))
    engine.commit()
    return engine


def notes(engine: MemoryEngine, query: str, **options: str) -> list[str]:
    return [note.text for note in search(engine, query, now=TODAY, **options).notes]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "remark"),
    [
        ("Trupen", "no article has “Trupen”; did you mean “Truppen”?"),
        ("Präsidnet", "no article has “Präsidnet”; did you mean “Präsident”?"),
        ("Truppen Trupen", "no article has “Trupen”; did you mean “Truppen”?"),
        ("Zzyzx", "no article has “Zzyzx”"),
        ("Rundbrief", "“Rundbrief” stands only in what the rules took out of 1 article; --all-text searches that"),
        ('"Stadt Fluss"', 'no article has “"Stadt Fluss"”'),
        ("Fluss date:2025", "without “date:2025” there are 2 articles"),
        (f'"{"Stadt " * 40}"', f'no article has “"{"Stadt " * 9}Stadt…”'),
        ("title:Fluss", "no article has “title:Fluss”"),
        ("(Trupen OR Zzyzx)", "no article has “Trupen”; did you mean “Truppen”?"),
        ("(Qqqq OR Zzyzx)", "no article has “(Qqqq OR Zzyzx)”"),
        ("author:webr", "no article has “webr”; did you mean “weber”?"),
        ("author:Qqqq", "no article has “author:Qqqq”"),
        ("TRUPEN", "no article has “TRUPEN”; did you mean “TRUPPEN”?"),
        ("source:spiegel", "no article has “source:spiegel”; the sources of the archive are taz"),
        ("lang:fr", "no article has “lang:fr”; the languages of the archive are de, en"),
        ("date:1990", "no article is of “date:1990”; 3 of 4 have a date"),
        ("unseren-Brücke", "no article has “unseren-Brücke”"),
        (
            '"unseren Rundbrief"',
            '“"unseren Rundbrief"” stands only in what the rules took out of 1 article; --all-text searches that',
        ),
        ('"Rundbrief unseren"', 'no article has “"Rundbrief unseren"”'),
        (
            "Truppen Brücke date:2025",
            "each part of the query has articles, but no article has all parts, or all but one",
        ),
    ],
)
def test_what_finds_nothing_is_told_why(archive: MemoryEngine, query: str, remark: str) -> None:
    assert remark in notes(archive, query)


def test_options_that_leave_nothing_are_told_apart_from_the_query(archive: MemoryEngine) -> None:
    assert notes(archive, "Fluss", since="2025") == ["without --since there are 2 articles"]


@pytest.mark.parametrize(
    ("options", "remark"),
    [
        ({"source": "spiegel"}, "--source spiegel: the sources of the archive are taz"),
        ({"language": "fr"}, "--lang fr: the languages of the archive are de, en"),
        ({"since": "2025", "language": "de"}, "without --since and --lang there are 2 articles"),
    ],
)
def test_an_option_that_nobody_meets_is_told_with_what_there_is(
    archive: MemoryEngine, options: dict[str, str], remark: str
) -> None:
    assert notes(archive, "Fluss", **options) == [remark]


def test_what_was_remarked_on_as_text_is_not_told_to_be_missing_as_well(archive: MemoryEngine) -> None:
    assert len(notes(archive, "autor:Qqqq")) == 1


def test_a_note_knows_its_place_in_the_query(archive: MemoryEngine) -> None:
    [_, note] = search(archive, "Truppen Trupen", now=TODAY).notes

    assert (note.start, note.end) == (8, 14)


@pytest.mark.parametrize("query", ["Truppen", "Fluss -Truppen", "troops"])
def test_what_finds_something_needs_no_advice(archive: MemoryEngine, query: str) -> None:
    assert notes(archive, query) == []


def test_a_pasted_paragraph_is_not_asked_word_by_word(archive: MemoryEngine) -> None:
    words = " ".join(f"wort{number}" for number in range(50))

    assert not any("no article has" in note for note in notes(archive, words))


# --- explanations


def test_a_hit_tells_what_each_part_of_the_query_adds(archive: MemoryEngine) -> None:
    results = search(archive, "Truppen Fluss date:2024", now=TODAY, explain=True)

    [hit] = results.hits
    assert [share.said for share in hit.shares] == ["Truppen", "Fluss", "date:2024", "context"]
    assert hit.score == pytest.approx(sum(share.score for share in hit.shares))
    assert hit.shares[0].found == ("de:trupp",)
    assert hit.shares[2].score == 0


def test_the_query_is_told_as_it_was_understood(archive: MemoryEngine) -> None:
    query = 'Truppen -(=Stadt OR Brück*) "am Fluss"~2 date:2024-11.. lang:de author:weber'
    told = search(archive, query, now=TODAY, explain=True).understood

    assert told == (
        "word “Truppen”",
        "    de: trupp",
        "none of",
        "  any of",
        "    exactly “Stadt”",
        "        de: stadt",
        "    words that begin with “Brück”",
        "        de: brücke",
        "phrase “am Fluss” with at most 2 other words within",
        "    de: am fluss",
        "published 2024-11-01..",
        "in lang",
        "  word “de”",
        "      de",
        "in author",
        "  word “weber”",
        "      weber",
    )


def test_a_word_is_told_in_each_language_of_the_archive(archive: MemoryEngine) -> None:
    assert search(archive, "Troops", now=TODAY, explain=True).understood == (
        "word “Troops”",
        "    de: troops",
        "    en: troop",
    )
    assert search(archive, "Troops", now=TODAY, explain=True, language="en").understood[1:] == ("    en: troop",)


def test_what_the_context_of_the_words_is_worth_is_told_beside_them(archive: MemoryEngine) -> None:
    [hit, *_] = search(archive, "Truppen Fluss Zirkonium", now=TODAY, explain=True).hits

    assert [share.said for share in hit.shares] == ["Truppen", "Fluss", "Zirkonium", "context"]
    assert hit.score == pytest.approx(sum(share.score for share in hit.shares))


def test_an_article_tells_which_part_it_lacks(archive: MemoryEngine) -> None:
    query = parse("Truppen Brücke Rundbrief -Präsident", now=TODAY)
    found = plan(query, archive)

    assert found is not None
    assert [(s.said, s.matches, s.removed) for s in shares(archive, query, found, "taz/1")] == [
        ("Truppen", True, False),
        ("Brücke", False, False),
        ("Rundbrief", False, True),
        ("-Präsident", True, False),
    ]


# --- more like this


def test_what_is_like_an_article_has_its_telling_words(archive: MemoryEngine) -> None:
    results = similar(archive, "taz/1")

    assert [hit.id for hit in results.hits] == ["taz/2"]
    assert "[Fluss]" in results.hits[0].snippet.marked("[", "]")


def test_copies_of_an_article_are_not_like_it(archive: MemoryEngine) -> None:
    archive.add([analyse(article("copy", "Die Truppen verließen die Stadt am Fluss."))])
    archive.commit()
    same = archive.search(And((Filter("id", ("taz/copy",)),)), limit=1).total

    assert same == 1
    assert "taz/copy" not in [hit.id for hit in similar(archive, "taz/1").hits]


def test_an_unknown_article_is_named() -> None:
    with pytest.raises(WrongUse, match="taz/9"):
        similar(MemoryEngine(), "taz/9")
