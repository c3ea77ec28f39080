"""From a query string to hits, on the in-memory engine."""

from datetime import date

import pytest

from backfile.errors import QueryError, WrongUse
from index import plan as planning
from index.engine import SearchEngine
from index.entry import analyse
from index.memory import MemoryEngine
from index.notes import Note
from index.search import EMPTY_NOTE, PARTIAL_NOTE, Results, rank, search
from tests.index.contract import article

NOW = date(2024, 12, 1)
ARTICLES = [
    article(
        "truppen",
        "Frankreich will Bodentruppen schicken. Die Truppen sollen bald kommen, sagte der US-Präsident.",
        title="Koalition der Willigen",
        published="2024-11",
        authors=("Anna Weber",),
        tags=("Ukraine-Krieg",),
        place=("Paris",),
        publisher="Die Tageszeitung",
        url="https://www.taz.example/politik/truppen-1",
    ),
    article("will", "Er will, sie will, alle wollen. Präsident Müller schweigt.", published="2024-10-05"),
    article("beides", "Willige Koalition: der Müller und der Präsident. 10.000 Euro nach § 218.", published="2023"),
    article(
        "en", "They are willing to help. Mr Mueller will not.", source="bbc", language="en", published="2024-12-01"
    ),
    article("fr", "L’état d’urgence est décrété à Aix-en-Provence.", source="afp", language="fr"),
    article("weg", "Kurzer Text.", removed=()),
]


@pytest.fixture(scope="module")
def engine() -> SearchEngine:
    filled = MemoryEngine()
    filled.add(map(analyse, ARTICLES))
    filled.commit()
    return filled


def ask(engine: SearchEngine, text: str, **options: object) -> Results:
    return search(engine, text, now=NOW, **options)  # type: ignore[arg-type]


def ids(results: Results) -> set[str]:
    return {hit.id.partition("/")[2] for hit in results.hits}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Truppen", {"truppen"}),
        ("truppe", {"truppen"}),
        ("willing", {"en"}),
        ("will", {"truppen", "will", "en"}),
        ("lang:de will", {"truppen", "will"}),
        ("Praesident", {"truppen", "will", "beides"}),
        ("Prasident", {"truppen", "will", "beides"}),
        ("PRÄSIDENT", {"truppen", "will", "beides"}),
        ("US-Präsident", {"truppen"}),
        ("us präsident", {"truppen"}),
        ("Mueller", {"will", "beides", "en"}),
        ("Müller", {"will", "beides", "en"}),
        ('"Koalition der Willigen"', {"truppen"}),
        ('"Koalition der"', {"truppen", "beides"}),
        ('"Truppen kommen"~2', {"truppen"}),
        ('"Truppen kommen"~1', set()),
        ("Koalition OR Urgence", {"truppen", "beides", "fr"}),
        ("Präsident -Müller", {"truppen"}),
        ("Müller (Koalition OR schweigt)", {"will", "beides"}),
        ("boden*", {"truppen"}),
        ("praes*", {"truppen", "will", "beides"}),
        ("=wollen", {"will"}),
        ("=willigen", {"truppen"}),
        ("=willig", set()),
        ("Trupen~1", {"truppen"}),
        ("Tupen~1", set()),
        ("Tupen~2", {"truppen"}),
        ("Truppn~2", {"truppen"}),
        ("title:Koalition", {"truppen"}),
        ("author:weber", {"truppen"}),
        ('author:"Anna Weber"', {"truppen"}),
        ("author:web*", {"truppen"}),
        ("tag:ukraine", {"truppen"}),
        ("tag:Ukraine-Krieg", {"truppen"}),
        ("place:Paris", {"truppen"}),
        ("publisher:tageszeitung", {"truppen"}),
        ("url:taz.example/politik", {"truppen"}),
        ("source:BBC", {"en"}),
        ("source:(bbc OR afp)", {"en", "fr"}),
        ("source:b*", {"en"}),
        ("lang:EN", {"en"}),
        ("lang:de-AT will", {"truppen", "will"}),
        ("id:bbc/en", {"en"}),
        ("date:2024-11", {"truppen"}),
        ("date:2023..2024-10", {"beides", "will"}),
        ("date:2w..", {"truppen", "en"}),
        ("will date:>=2024-12", {"en"}),
        ("état", {"fr"}),
        ("l'etat", {"fr"}),
        ("Aix-en-Provence", {"fr"}),
        ("10000", {"beides"}),
        ("10,000", {"beides"}),
        ("§ 218", {"beides"}),
        ("title:(Koalition Willigen)", {"truppen"}),
        ("-will", {"truppen", "will", "en"}),
    ],
)
def test_queries_find_what_a_reader_means(engine: SearchEngine, query: str, expected: set[str]) -> None:
    assert ids(ask(engine, query)) == expected


def test_partial_matches_follow_when_nothing_has_all_words(engine: SearchEngine) -> None:
    results = ask(engine, "Bodentruppen Koalition Zirkonium")

    assert results.partial
    assert results.hits[0].id == "taz/truppen"
    assert results.notes == (PARTIAL_NOTE, Note("no article has “Zirkonium”", 23, 32))


def test_filters_hold_for_partial_matches(engine: SearchEngine) -> None:
    assert ids(ask(engine, "Präsident Zirkonium date:2024-11")) == {"truppen"}
    assert ids(ask(engine, "Präsident Zirkonium -Müller")) == {"truppen"}
    assert ids(ask(engine, "Präsident Zirkonium", source="bbc")) == set()


def test_a_whole_match_is_no_partial_one(engine: SearchEngine) -> None:
    results = ask(engine, "Bodentruppen Frankreich")

    assert not results.partial
    assert results.notes == ()


@pytest.mark.parametrize("query", ["", "…", "***", "()", '""'])
def test_a_query_without_a_word_finds_nothing_and_says_why(engine: SearchEngine, query: str) -> None:
    results = ask(engine, query)

    assert results.hits == ()
    assert results.notes[-1] == EMPTY_NOTE


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"since": "2024-11"}, {"truppen", "en"}),
        ({"until": "2024"}, {"truppen", "will", "en"}),
        ({"since": "5.10.2024", "until": "2024-10"}, {"will"}),
        ({"language": "de"}, {"truppen", "will"}),
        ({"language": "de-DE"}, {"truppen", "will"}),
        ({"source": "BBC"}, {"en"}),
    ],
)
def test_options_narrow_a_search(engine: SearchEngine, options: dict[str, object], expected: set[str]) -> None:
    assert ids(ask(engine, "will", **options)) == expected


def test_options_that_exclude_each_other_are_wrong_use(engine: SearchEngine) -> None:
    with pytest.raises(WrongUse, match="--since 2025 is after --until 2024"):
        ask(engine, "will", since="2025", until="2024")


@pytest.mark.parametrize("text", ["bald", "2024-13", "", "2024..2025"])
def test_an_option_that_is_no_date_is_wrong_use(engine: SearchEngine, text: str) -> None:
    with pytest.raises(WrongUse, match="is no date"):
        ask(engine, "will", since=text)


@pytest.mark.parametrize(
    ("query", "place", "said"),
    [
        ("Wort w*", "w*", "“w*” stands for more than 5 words; add letters"),
        ("wi* mü* e*", "mü*", "“mü*” stands for more than 5 words, those before it included; add letters"),
    ],
)
def test_prefixes_of_too_many_words_in_all_are_over_a_limit(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch, query: str, place: str, said: str
) -> None:
    monkeypatch.setattr(planning, "MAX_EXPANSIONS", 5)

    with pytest.raises(QueryError) as raised:
        ask(engine, query)
    assert (str(raised.value), query[raised.value.start : raised.value.end]) == (said, place)


def test_too_many_near_spellings_are_over_a_limit(engine: SearchEngine) -> None:
    ask(engine, " ".join(f"wort{n}~" for n in range(planning.MAX_FUZZY)))

    with pytest.raises(QueryError, match="more than 12 words are looked for by near spellings"):
        ask(engine, " ".join(f"wort{n}~" for n in range(planning.MAX_FUZZY + 1)))


def test_removed_words_are_searched_on_demand_only() -> None:
    from backfile.article import Removal  # noqa: PLC0415

    removal = Removal(0, 0, 10, "Abonnieren Sie unseren Newsletter", "boilerplate", "newsletter-footer/1")
    with MemoryEngine() as engine:
        engine.add([analyse(article("1", "Text", removed=(removal,)))])
        engine.commit()

        assert ask(engine, "Newsletter").total == 0
        assert ask(engine, "Newsletter", all_text=True).total == 1


def test_a_hit_shows_what_was_found_in_every_form(engine: SearchEngine) -> None:
    (hit,) = ask(engine, "truppe praes* Koalition").hits

    assert hit.snippet.marked("[", "]").endswith("Die [Truppen] sollen bald kommen, sagte der [US-Präsident].")
    assert hit.title is not None
    assert [hit.title[start:end] for start, end in hit.title_marks] == ["Koalition"]


def test_function_words_are_not_marked_beside_others(engine: SearchEngine) -> None:
    (hit,) = ask(engine, "der Bodentruppen").hits

    assert hit.snippet.marked("[", "]").count("[") == 1
    assert "[der]" in ask(engine, "der").hits[0].snippet.marked("[", "]").casefold()


def test_excluded_words_are_not_marked(engine: SearchEngine) -> None:
    (hit,) = ask(engine, "Präsident -Koalition").hits

    assert hit.snippet.marked("[", "]").count("[") == 1


def test_a_run_is_filled_with_partial_matches_below_the_others(engine: SearchEngine) -> None:
    ranked = rank(engine, "Präsident Müller", now=NOW)

    assert {line.id for line in ranked[:2]} == {"taz/will", "taz/beides"}
    assert {line.id for line in ranked[2:]} == {"taz/truppen", "bbc/en"}
    assert [line.score for line in ranked] == sorted((line.score for line in ranked), reverse=True)
    assert len(rank(engine, "Präsident Müller", now=NOW, limit=3)) == 3
    assert rank(engine, "…", now=NOW) == []


def test_an_empty_index_is_searched_without_complaint() -> None:
    assert ask(MemoryEngine(), 'Wort "zwei Wörter" pre* w~1 title:x date:2024').total == 0


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("what is the war about", "en"), ("wer war der erste", "de"), ("war", None), ("Truppen Paris", None), ("", None)],
)
def test_a_question_shows_its_language_by_its_small_words(text: str, spoken: str | None) -> None:
    assert planning._spoken(text, ("de", "en", "fr")) == spoken


def test_a_question_prefers_articles_of_its_language() -> None:
    with MemoryEngine() as engine:
        engine.add(analyse(article(str(i), f"Ein deutscher Artikel, Nummer {i}.")) for i in range(20))
        engine.add([analyse(article("of", "Best of Wolf, eine Platte."))])
        engine.add([analyse(article("en", "A study of the wolf and the sheep.", language="en"))])
        engine.add(analyse(article(f"en{i}", "Nothing of the kind here.", language="en")) for i in range(20))
        engine.commit()

        assert ask(engine, "what is the habitat of a wolf").hits[0].id == "taz/en"
