"""What every search engine has to do; each adapter's test subclasses `EngineContract` and says how to make one.

Whatever is not decided here and in `index/engine.py` is not decided.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from backfile.article import Article, Removal, Span
from index import ranking
from index.compounds import Compounds
from index.engine import (
    ALL,
    FACETS,
    NOTHING,
    And,
    Clause,
    DateRange,
    Filter,
    Not,
    Or,
    Phrase,
    Placed,
    SearchEngine,
    Sort,
    Variant,
    Word,
)
from index.entry import TEXT_FORMS, TITLE_FORMS, analyse
from index.spelling import near_spellings


def article(key: str, text: str = "Ein Wort.", *, source: str = "taz", **fields: object) -> Article:
    """An article with these paragraphs."""
    body = tuple(Span(line, 0, paragraph) for line, paragraph in enumerate(text.split("\n\n")) if paragraph)
    made = Article(id=f"{source}/{key}", source=source, uri=f"/{key}", body=body, language="de")
    return replace(made, **fields)  # type: ignore[arg-type]


def word(term: str, *fields: str, weight: float = 1.0) -> Word:
    """A word as the planner asks for it: in title and text unless told otherwise."""
    return Word((Variant(term, weight),), fields or ("title", "text"))


def phrase(*terms: str, slop: int = 0, fields: tuple[str, ...] = ("title", "text")) -> Phrase:
    """A phrase of stems."""
    return Phrase(tuple((Variant(term),) for term in terms), fields, slop)


def day(text: str) -> int:
    """The ordinal of an ISO day."""
    return date.fromisoformat(text).toordinal()


def assert_same_answers(one: SearchEngine, other: SearchEngine, clause: Clause, *, sort: Sort, fold: bool) -> None:
    """Two engines that hold the same entries answer alike: matches in their order, scores, copies, total and facets."""
    here = one.search(clause, limit=5, offset=1, sort=sort, facets=FACETS, fold=fold)
    there = other.search(clause, limit=5, offset=1, sort=sort, facets=FACETS, fold=fold)

    assert [match.id for match in here.matches] == [match.id for match in there.matches]
    assert [m.score for m in here.matches] == pytest.approx([m.score for m in there.matches])
    assert [m.copies for m in here.matches] == [m.copies for m in there.matches]
    assert here.total == there.total
    assert here.facets == there.facets


class EngineContract:
    """Subclass it, and give `make` as a fixture: it opens the same index anew at each call."""

    @pytest.fixture
    def engine(self, empty: SearchEngine) -> Iterator[SearchEngine]:
        yield empty
        empty.close()

    @pytest.fixture
    def filled(self, engine: SearchEngine) -> SearchEngine:
        """Four articles in two languages."""
        engine.add(
            [
                analyse(
                    article(
                        "1",
                        "Die Bodentruppen zogen ab. Truppen blieben.",
                        title="Truppen ziehen ab",
                        published="2024-11-25",
                        published_precision="day",
                        publisher="Die Tageszeitung",
                        authors=("Anna Weber", "Jo Kern"),
                        tags=("Krieg", "Ukraine"),
                        place=("Berlin",),
                        url="https://taz.example/a/b-1",
                    )
                ),
                analyse(
                    article("2", "Der Minister will die Truppen besuchen.", published="2024-11", tags=("Krieg",)),
                ),
                analyse(
                    article(
                        "3",
                        "They will stay. Troops are willing to stay.",
                        source="bbc",
                        language="en",
                        title="Troops",
                        published="2023",
                    )
                ),
                analyse(
                    article(
                        "4",
                        "Ein Wort.",
                        parent="taz/digest",
                        removed=(Removal(0, 0, 10, "Abonnieren Sie unseren Newsletter", "boilerplate", "x/1"),),
                    )
                ),
            ]
        )
        engine.commit()
        return engine

    def found(self, engine: SearchEngine, clause: Clause, **options: object) -> list[str]:
        answer = engine.search(clause, limit=100, **options)  # type: ignore[arg-type]
        return [match.id for match in answer.matches]

    # --- what goes in

    def test_an_empty_index_answers_everything_with_nothing(self, engine: SearchEngine) -> None:
        assert engine.count() == 0
        assert self.found(engine, ALL, facets=FACETS) == []
        assert self.found(engine, word("de:trupp")) == []
        assert engine.terms("text") == []
        assert engine.displays(["taz/1"]) == {}

    def test_nothing_is_seen_before_the_commit(self, engine: SearchEngine) -> None:
        engine.add([analyse(article("1"))])

        assert engine.count() == 0
        assert self.found(engine, ALL) == []

        engine.commit()

        assert self.found(engine, ALL) == ["taz/1"]

    def test_an_entry_takes_the_place_of_one_with_its_id(self, engine: SearchEngine) -> None:
        engine.add([analyse(article("1", "Apfel"))])
        engine.commit()
        engine.add([analyse(article("1", "Birne"))])
        engine.commit()

        assert engine.count() == 1
        assert self.found(engine, word("de:apfel")) == []
        assert self.found(engine, word("de:birn")) == ["taz/1"]

    def test_the_last_of_several_with_one_id_in_a_batch_wins(self, engine: SearchEngine) -> None:
        engine.add([analyse(article("1", text)) for text in ("Apfel", "Birne", "Kirsche")])
        engine.commit()

        assert engine.count() == 1
        assert self.found(engine, Or((word("de:apfel"), word("de:birn")))) == []
        assert self.found(engine, word("de:kirsch")) == ["taz/1"]

    def test_deleted_entries_are_gone_after_the_commit(self, filled: SearchEngine) -> None:
        filled.delete(["taz/1", "taz/unknown"])

        assert filled.count() == 4

        filled.commit()

        assert filled.count() == 3
        assert self.found(filled, word("de:trupp")) == ["taz/2"]
        assert filled.displays(["taz/1"]) == {}
        assert self.found(filled, ALL) == ["bbc/3", "taz/2", "taz/4"]

    def test_what_was_added_and_deleted_before_a_commit_is_not_there(self, engine: SearchEngine) -> None:
        engine.add([analyse(article("1")), analyse(article("2"))])
        engine.delete(["taz/1"])
        engine.commit()

        assert self.found(engine, ALL) == ["taz/2"]

    def test_a_commit_without_changes_changes_nothing(self, filled: SearchEngine) -> None:
        filled.commit()

        assert filled.count() == 4

    def test_many_small_commits_lose_and_double_nothing(self, engine: SearchEngine) -> None:
        for number in range(25):
            engine.add([analyse(article(f"{number:02}", f"Wort Nummer{number}")), analyse(article("same", "Immer"))])
            if number % 5 == 4:
                engine.delete([f"taz/{number - 1:02}"])
            engine.commit()

        assert engine.count() == 21
        assert engine.search(ALL, limit=0).total == 21
        assert self.found(engine, word("de:nummer24")) == ["taz/24"]
        assert self.found(engine, word("de:nummer23")) == []
        assert engine.search(word("de:wort"), limit=3).total == 20
        assert self.found(engine, phrase("de:imm")) == ["taz/same"]

    def test_closing_twice_is_no_error(self, engine: SearchEngine) -> None:
        engine.add([analyse(article("1"))])
        engine.close()
        engine.close()

    # --- clauses

    @pytest.mark.parametrize(
        ("clause", "expected"),
        [
            (word("de:trupp"), {"taz/1", "taz/2"}),
            (word("de:trupp", "title"), {"taz/1"}),
            (word("en:will"), {"bbc/3"}),
            (word("de:will"), {"taz/2"}),
            (word("de:newslett"), set()),
            (word("de:newslett", "removed"), {"taz/4"}),
            (word("de:truppen", "text_forms"), {"taz/1", "taz/2"}),
            (word("de:trupp", "text_forms"), set()),
            (Word((Variant("de:ministerium"), Variant("en:troop")), ("text",)), {"bbc/3"}),
            (word("anna", "author"), {"taz/1"}),
            (word("berlin", "place"), {"taz/1"}),
            (And((word("de:trupp"), word("de:minist"))), {"taz/2"}),
            (And((word("de:trupp"), Not(word("de:minist")))), {"taz/1"}),
            (And((Not(word("de:trupp")), Not(word("en:troop")))), {"taz/4"}),
            (Or((word("de:minist"), word("en:troop"))), {"taz/2", "bbc/3"}),
            (Or((word("de:minist"), And((word("de:trupp"), word("de:zieh"))))), {"taz/1", "taz/2"}),
            (Not(word("de:trupp")), {"bbc/3", "taz/4"}),
            (Not(Not(word("de:trupp"))), {"taz/1", "taz/2"}),
            (ALL, {"taz/1", "taz/2", "bbc/3", "taz/4"}),
            (NOTHING, set()),
            (Filter("source", ("bbc",)), {"bbc/3"}),
            (Filter("source", ("bbc", "taz")), {"taz/1", "taz/2", "bbc/3", "taz/4"}),
            (Filter("source", ()), set()),
            (Filter("lang", ("de",)), {"taz/1", "taz/2", "taz/4"}),
            (Filter("id", ("taz/2",)), {"taz/2"}),
            (Filter("parent", ("taz/digest",)), {"taz/4"}),
            (Filter("no-such-field", ("x",)), set()),
            (word("de:trupp", "no-such-field"), set()),
        ],
    )
    def test_clauses_find_what_they_say(self, filled: SearchEngine, clause: Clause, expected: set[str]) -> None:
        assert expected == set(self.found(filled, clause))

    @pytest.mark.parametrize(
        ("clause", "expected"),
        [
            (phrase("de:trupp", "de:zieh"), {"taz/1"}),
            (phrase("de:zieh", "de:trupp"), set()),
            (phrase("de:trupp", "de:ab"), set()),
            (phrase("de:trupp", "de:ab", slop=1), {"taz/1"}),
            (phrase("de:die", "de:trupp", fields=("text",)), {"taz/2"}),
            (phrase("de:minist", "de:besuch", slop=3), {"taz/2"}),
            (phrase("de:minist", "de:besuch", slop=2), set()),
            (phrase("de:trupp", "de:trupp"), set()),
            (phrase("anna", "weber", fields=("author",)), {"taz/1"}),
            (phrase("weber", "jo", fields=("author",)), set()),
            (phrase("weber", "jo", fields=("author",), slop=20), set()),
            (Phrase(((Variant("en:troop"),), (Variant("en:was"), Variant("en:are"))), ("text",)), {"bbc/3"}),
            (phrase("en:stay", "en:troop"), {"bbc/3"}),
        ],
    )
    def test_phrases_ask_for_order_and_nearness(self, filled: SearchEngine, clause: Phrase, expected: set[str]) -> None:
        assert expected == set(self.found(filled, clause))

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            ("2024-11-25", "2024-11-25", {"taz/1", "taz/2"}),
            ("2024-11-26", "2024-12-31", {"taz/2"}),
            ("2024-12-01", None, set()),
            (None, "2024-10-31", {"bbc/3"}),
            (None, None, {"taz/1", "taz/2", "bbc/3"}),
            ("2023-05-01", "2024-11-01", {"bbc/3", "taz/2"}),
        ],
    )
    def test_a_date_matches_every_range_that_overlaps_its_span(
        self, filled: SearchEngine, first: str | None, last: str | None, expected: set[str]
    ) -> None:
        asked = DateRange(day(first) if first else None, day(last) if last else None)

        assert expected == set(self.found(filled, asked))

    def test_what_was_removed_is_found_by_its_words_and_not_by_their_parts(self, engine: SearchEngine) -> None:
        removed = (Removal(0, 0, 22, "Bodentruppen abbestellen", "boilerplate", "x/1"),)
        compounds = Compounds({"boden": 9, "truppe": 9, "truppen": 9})
        made = analyse(article("1", "Ein Wort von Bodentruppen.", removed=removed), compounds=compounds)
        engine.add([made])
        engine.commit()
        [part] = [term for term in made.text.parts if "trupp" in term]

        assert self.found(engine, word(part, "text")) == ["taz/1"]
        assert self.found(engine, word(part, "removed")) == []
        assert [term for term, _ in engine.terms("removed")] == ["de:abbestell", "de:bodentrupp"]

    # --- order

    def test_a_word_in_the_title_counts_more(self, engine: SearchEngine) -> None:
        filler = "Es geschah gestern in einer kleinen Stadt am Meer."
        engine.add(
            [analyse(article("a", f"Brand. {filler}", title="Anderes")), analyse(article("b", filler, title="Brand"))]
        )
        engine.commit()

        assert self.found(engine, word("de:brand")) == ["taz/b", "taz/a"]

    def test_more_occurrences_and_shorter_texts_count_more(self, engine: SearchEngine) -> None:
        engine.add(
            [
                analyse(article("long", "Wolf " + "und noch viel mehr anderes " * 20)),
                analyse(article("often", "Wolf und Wolf und Wolf und Schaf")),
                analyse(article("once", "Wolf und Huhn und Gans und Schaf")),
            ]
        )
        engine.commit()

        assert self.found(engine, word("de:wolf")) == ["taz/often", "taz/once", "taz/long"]

    def test_ties_are_broken_by_id(self, engine: SearchEngine) -> None:
        for key in ("c", "a", "b"):
            engine.add([analyse(article(key, "Gleich"))])
            engine.commit()

        assert self.found(engine, word("de:gleich")) == ["taz/a", "taz/b", "taz/c"]
        assert self.found(engine, ALL) == ["taz/a", "taz/b", "taz/c"]
        assert [m.id for m in engine.search(word("de:gleich"), limit=1, offset=1).matches] == ["taz/b"]

    def test_filters_dates_and_exclusions_do_not_change_scores(self, filled: SearchEngine) -> None:
        plain = {m.id: m.score for m in filled.search(word("de:trupp"), limit=9).matches}
        clause = And((word("de:trupp"), Filter("lang", ("de",)), DateRange(1, None), Not(word("de:newslett"))))

        assert plain == {m.id: pytest.approx(m.score) for m in filled.search(clause, limit=9).matches}
        assert [m.score for m in filled.search(ALL, limit=9).matches] == [0.0] * 4

    def test_the_weight_of_a_variant_scales_its_score(self, filled: SearchEngine) -> None:
        full = filled.search(word("de:minist"), limit=1).matches[0].score
        half = filled.search(word("de:minist", weight=0.5), limit=1).matches[0].score

        assert full / 2 == pytest.approx(half)

    def test_with_coordination_many_words_beat_a_rare_one(self, engine: SearchEngine) -> None:
        texts = {"rare": "Zirkonium", "most": "Haus Baum Hund", **{f"x{i}": "Haus Baum Hund Maus" for i in range(9)}}
        engine.add([analyse(article(key, text)) for key, text in texts.items()])
        engine.commit()
        words = tuple(word(f"de:{stem}") for stem in ("haus", "baum", "hund", "zirkonium"))

        plain, coordinated = Or(words), Or(words, coordination=3.0)

        assert self.found(engine, plain)[0] == "taz/rare"
        assert self.found(engine, coordinated)[0] == "taz/most"
        assert self.found(engine, Or(words, 3.0, weights=(0, 0, 0, 1)))[0] == "taz/rare"

    @pytest.mark.parametrize(
        ("better", "worse"),
        [
            ("Wolf Schaf a b c d e f", "Wolf a b c d e f Schaf"),
            ("a b Wolf Schaf c d e f", "a b Schaf Wolf c d e f"),
            (f"Wolf {'x ' * 30} Schaf", f"{'x ' * 15} Wolf {'x ' * 15} Schaf"),
        ],
        ids=["near each other", "as a phrase", "early"],
    )
    def test_words_count_more_where_they_stand_well(self, engine: SearchEngine, better: str, worse: str) -> None:
        engine.add([analyse(article("a", worse)), analyse(article("b", better))])
        engine.commit()
        words = word("de:wolf"), word("de:schaf")

        assert self.found(engine, And(words)) == ["taz/a", "taz/b"]
        assert self.found(engine, Placed(And(words), words, (0, 1))) == ["taz/b", "taz/a"]

    def test_places_add_to_scores_and_choose_nothing(self, filled: SearchEngine) -> None:
        plain, placed = word("de:trupp"), Placed(word("de:trupp"), (word("de:trupp"),), (0,))
        scores = {m.id: m.score for m in filled.search(plain, limit=9).matches}

        assert all(m.score > scores.pop(m.id) for m in filled.search(placed, limit=9).matches)
        assert scores == {}
        assert self.found(filled, And((placed, Filter("id", ("taz/2",))))) == ["taz/2"]
        assert self.found(filled, Not(placed)) == ["bbc/3", "taz/4"]

    def test_places_are_looked_at_for_the_best_matches_only(
        self, engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ranking, "PLACED", 2)
        engine.add([analyse(article(key, f"Wolf {filler}")) for key, filler in (("a", "x"), ("b", "x"), ("c", "x"))])
        engine.commit()
        wolf = word("de:wolf")
        [one, *_, last] = engine.search(Placed(wolf, (wolf,), (0,)), limit=9).matches

        assert (one.id, last.id) == ("taz/a", "taz/c")
        assert last.score == pytest.approx(engine.search(wolf, limit=1).matches[0].score)
        assert one.score > last.score

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("best", ["bbc/3", "taz/1", "taz/2", "taz/4"]),
            ("date", ["bbc/3", "taz/2", "taz/1", "taz/4"]),
            ("-date", ["taz/1", "taz/2", "bbc/3", "taz/4"]),
            ("source", ["bbc/3", "taz/1", "taz/2", "taz/4"]),
            ("title", ["bbc/3", "taz/1", "taz/2", "taz/4"]),
        ],
    )
    def test_orders_put_what_lacks_the_value_last(self, filled: SearchEngine, sort: Sort, expected: list[str]) -> None:
        assert expected == self.found(filled, ALL, sort=sort)

    def test_of_equal_matches_the_newer_one_is_best(self, engine: SearchEngine) -> None:
        dates = {"old": "1999-01-01", "new": "2024-11-25", "undated": None, "month": "2024-11"}
        engine.add([analyse(article(key, "Ein Wort.", published=day)) for key, day in dates.items()])
        engine.add([analyse(article("twice", "Wort, Wort.", published="1999"))])
        engine.commit()

        assert self.found(engine, word("de:wort"), sort="best") == [
            "taz/twice",
            "taz/new",
            "taz/month",
            "taz/old",
            "taz/undated",
        ]

    # --- pages, copies, facets

    def test_pages_are_parts_of_one_order(self, filled: SearchEngine) -> None:
        whole = self.found(filled, ALL)
        pages = [m.id for offset in (0, 2, 4) for m in filled.search(ALL, limit=2, offset=offset).matches]

        assert whole == pages
        assert filled.search(ALL, limit=2, offset=2).total == 4
        assert filled.search(ALL, limit=0).matches == ()

    def test_copies_fold_into_the_first_of_their_group(self, engine: SearchEngine) -> None:
        engine.add([analyse(article(key, "Derselbe Text steht hier.", title=key)) for key in ("b", "a", "c")])
        engine.add([analyse(article("d", "Ein anderer Text steht hier."))])
        engine.commit()

        folded = engine.search(ALL, limit=10, fold=True)

        assert [(m.id, m.copies) for m in folded.matches] == [("taz/a", 2), ("taz/d", 0)]
        assert folded.total == 2
        assert [m.id for m in engine.search(ALL, limit=1, offset=1, fold=True).matches] == ["taz/d"]
        assert engine.search(ALL, limit=10).total == 4

    def test_a_page_is_full_when_most_of_the_best_are_copies(self, engine: SearchEngine) -> None:
        copies = [
            analyse(article(f"a{n:03}", "Truppen Truppen.", published="2024"), copy_group="one") for n in range(90)
        ]
        others = [analyse(article(f"b{n}", f"Truppen am Ort {n}.", published="2024")) for n in range(9)]
        engine.add([*copies, *others])
        engine.commit()

        folded = engine.search(word("de:trupp"), limit=5, offset=2, fold=True)

        assert [m.id for m in folded.matches] == ["taz/b1", "taz/b2", "taz/b3", "taz/b4", "taz/b5"]
        assert folded.total == 10

    def test_a_phrase_may_have_a_word_as_it_is_written_otherwise(self, engine: SearchEngine) -> None:
        engine.add(
            [
                analyse(article("1", "We met Hans Müller and left.", language="en")),
                analyse(article("2", "We met Hans Mueller and left.", language="en")),
                analyse(article("3", "Hans met a man. Müller left.", language="en")),
            ]
        )
        engine.commit()

        assert self.found(engine, phrase("en:han", "en:mueller")) == ["taz/1", "taz/2"]
        assert self.found(engine, phrase("en:han", "en:muller", "en:and")) == ["taz/1"]
        assert engine.frequencies("text", ["en:mueller", "en:muller"]) == {"en:mueller": 3, "en:muller": 2}
        assert ("en:mueller", 3) in engine.terms("text", "en:mu")

    def test_a_hyphenated_word_is_found_as_a_whole_at_the_place_of_its_first_part(self, engine: SearchEngine) -> None:
        engine.add([analyse(article("1", "Der US-Präsident kam.")), analyse(article("2", "Der Präsident der US."))])
        engine.commit()

        assert self.found(engine, word("de:usprasident")) == ["taz/1"]
        assert self.found(engine, phrase("de:der", "de:usprasident")) == ["taz/1"]
        assert self.found(engine, phrase("de:usprasident", "de:prasident")) == ["taz/1"]
        assert self.found(engine, phrase("de:usprasident", "de:kam")) == []

    def test_terms_with_a_prefix_are_those_of_all_that_begin_so(self, engine: SearchEngine) -> None:
        said = "AT&T C++ C# 10:30 US-Präsident a_b §§ x@y.de O'Neill 9/11 Ärzte 漢字仮名 Ελλάδα 🚲 e^x {a} ~b a|b"
        engine.add([analyse(article("1", said, title="[a].*", authors=("Ann O'Neill (dpa)", "A. B. C+")))])
        engine.commit()

        for field in ("text", "text_forms", "title_forms", "author"):
            every = engine.terms(field)
            assert every != []
            for begin in {term[:size] for term, _ in every for size in range(1, len(term) + 1)}:
                expected = [each for each in every if each[0].startswith(begin)]
                assert engine.terms(field, begin, limit=50) == expected
                assert engine.terms(field, begin, limit=1) == expected[:1]

    @pytest.mark.parametrize(
        ("asked", "distance", "by_edits"),
        [
            ("abend", 1, [["abend"], ["aben", "bend", "tabend", "aband", "abned"]]),
            ("abend", 2, [["abend"], ["aben", "bend", "tabend", "aband", "abned"], ["abd", "abendxx", "axxnd"]]),
            ("abent", 1, [[], ["aben", "abend"]]),
            ("ab", 2, [[], ["abd"], ["aben"]]),
            ("банк", 1, [["банк"], ["банка", "танк"]]),
            ("банк", 2, [["банк"], ["банка", "танк"], ["банда"]]),
            ("фы", 2, []),
        ],
    )
    def test_near_spellings_are_told_from_further_ones(
        self, engine: SearchEngine, asked: str, distance: int, by_edits: list[list[str]]
    ) -> None:
        """Of two edits none changes the first letter."""
        said = "abend aben bend tabend aband abned abd abendxx axxnd abendxxx xxend\n\nбанк банка танк банда танки"
        engine.add([analyse(article("1", said, title="Abend")), analyse(article("2", said, language="ru"))])
        engine.commit()

        found = near_spellings(engine, (TITLE_FORMS, TEXT_FORMS), asked, prefix="de:", distance=distance)

        assert found == {
            near: pytest.approx(ranking.EDIT_WEIGHT**edits) for edits, some in enumerate(by_edits) for near in some
        }

    def test_near_copies_fold_into_the_best_of_their_group(self, engine: SearchEngine) -> None:
        said = {"a": "Truppen hier.", "b": "Truppen und Truppen hier.", "c": "Truppen dort.", "d": "Niemand hier."}
        engine.add([analyse(article(key, text), copy_group="x" if key != "c" else None) for key, text in said.items()])
        engine.commit()

        folded = engine.search(word("de:trupp"), limit=10, fold=True)

        assert {(m.id, m.copies) for m in folded.matches} == {("taz/b", 1), ("taz/c", 0)}
        assert sorted(self.found(engine, word("de:trupp"))) == ["taz/a", "taz/b", "taz/c"]

    def test_articles_without_text_are_not_copies_of_each_other(self, engine: SearchEngine) -> None:
        engine.add([analyse(article(key, "", title="Nur ein Titel")) for key in ("a", "b")])
        engine.commit()

        assert engine.search(ALL, limit=10, fold=True).total == 2

    def test_facets_count_all_matches(self, filled: SearchEngine) -> None:
        facets = filled.search(ALL, limit=1, facets=FACETS).facets

        expected = {
            "lang": {"de": 3, "en": 1},
            "source": {"taz": 3, "bbc": 1},
            "publisher": {"Die Tageszeitung": 1},
            "year": {"2024": 2, "2023": 1},
            "tag": {"Krieg": 2, "Ukraine": 1},
        }
        assert expected == {name: dict(values) for name, values in facets.items()}
        assert filled.search(word("en:will"), limit=1, facets=("lang",)).facets == {"lang": {"en": 1}}

    # --- vocabulary and display

    def test_terms_are_listed_by_prefix_with_their_entries(self, filled: SearchEngine) -> None:
        assert filled.terms("text_forms", "de:boden") == [("de:bodentruppen", 1)]
        assert filled.terms("lang") == [("de", 3), ("en", 1)]
        assert [term for term, _ in filled.terms("text_forms", "de:", limit=2)] == ["de:ab", "de:besuchen"]
        assert filled.terms("no-such-field") == []

    def test_frequencies_leave_out_what_nobody_has(self, filled: SearchEngine) -> None:
        assert filled.frequencies("text", ["de:trupp", "en:will", "de:nichts"]) == {"de:trupp": 2, "en:will": 1}
        assert filled.frequencies("no-such-field", ["de:trupp"]) == {}

    def test_what_is_displayed_comes_back_as_it_went_in(self, engine: SearchEngine) -> None:
        entry = analyse(
            article(
                "ü 1",
                "Erster Absatz: „Grüße“ 😀\n\nZweiter\tAbsatz \ud83d.",
                title="Größe",
                authors=("A", "B"),
                tags=("x",),
                published="2024-11",
                published_precision="month",
                url="https://taz.example/1",
                publisher="taz",
            )
        )
        engine.add([entry])
        engine.commit()

        assert {"taz/ü 1": entry.display} == engine.displays(["taz/ü 1", "taz/2"])

    def test_texts_of_every_script_are_found(self, engine: SearchEngine) -> None:
        texts = {"ru": "Москва и Берлин", "ar": "أخبار اليوم", "ja": "東京の天気", "el": "Αθήνα", "und": "Ωmega 12"}
        engine.add([analyse(article(key, text, language=key)) for key, text in texts.items()])
        engine.commit()

        for key, text in texts.items():
            for term in analyse(article("x", text, language=key)).text.stems:
                assert [f"taz/{key}"] == self.found(engine, word(term))
