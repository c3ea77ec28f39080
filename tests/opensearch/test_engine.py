"""The engine on a real OpenSearch keeps the contract, and answers as the other engines do."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backfile.errors import QueryError
from backfile.servers import Servers
from benchmarks import query_log
from index import (
    opensearch_order,
    opensearch_search,
    opensearch_server,
    opensearch_statistics,
    opensearch_vocabulary,
    whoosh,
)
from index.compounds import Census, learn
from index.engine import ALL, SORTS, And, Clause, Not, Or, SearchEngine, Sort, Variant, Word
from index.entry import analyse
from index.memory import MemoryEngine
from index.opensearch import Cluster, OpenSearchEngine
from index.search import search
from tests.index.contract import EngineContract, article, assert_same_answers, phrase, word
from tests.index.test_engines_agree import CLAUSES, ENTRIES
from tests.opensearch.made import articles, engine, place, servers

__all__ = ["engine", "place", "servers"]

TODAY = date(2026, 1, 1)
QUERIES = 200
LEAST_IN_COMMON = 0.9  # of the first ten, on average; what the engine promises


class TestOpenSearchEngine(EngineContract):
    @pytest.fixture
    def empty(self, engine: OpenSearchEngine) -> SearchEngine:
        return engine

    @pytest.fixture
    def engine(self, servers: Servers, place: Path) -> Iterator[SearchEngine]:
        with Cluster(servers).create(place) as made:
            yield made


class TestOpenSearchEngineInSmallSteps(EngineContract):
    """The same where every answer is one of many, and where the servers hold no state for a reader."""

    @pytest.fixture
    def empty(self, engine: OpenSearchEngine) -> SearchEngine:
        return engine

    @pytest.fixture
    def engine(self, servers: Servers, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SearchEngine]:
        monkeypatch.setattr(opensearch_order, "_MOST_BUCKETS", 1)
        monkeypatch.setattr(opensearch_order, "_PAGE", 1)
        monkeypatch.setattr(opensearch_vocabulary, "_TERMS", 2)
        monkeypatch.setattr(opensearch_statistics, "_FEW", 0)
        monkeypatch.setattr(opensearch_search, "_DISPLAYS", 1)
        monkeypatch.setattr(opensearch_server.Server, "hold", lambda *_: None)
        with Cluster(servers).create(place) as made:
            yield made


@given(
    ENTRIES, st.lists(CLAUSES, min_size=8, max_size=12), st.sampled_from(SORTS), st.booleans(), st.sampled_from((3, 20))
)
@settings(
    max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_agrees_with_memory(  # noqa: PLR0917  (what Hypothesis makes)
    engine: OpenSearchEngine,
    rows: list[tuple[int, str, str | None, str | None, str]],
    clauses: list[Clause],
    sort: Sort,
    fold: bool,
    batch: int,
) -> None:
    engine.delete(name for name, _ in engine.terms("id"))
    engine.commit()
    entries = [
        analyse(article(str(key), text, title=title, published=published, source=source))
        for key, text, title, published, source in rows
    ]
    memory = MemoryEngine()
    for each in (memory, engine):
        for start in range(0, len(entries), batch):
            each.add(entries[start : start + batch])
            each.commit()
    for clause in clauses:
        assert_same_answers(memory, engine, clause, sort=sort, fold=fold)


def test_queries_of_all_kinds_find_what_whoosh_finds_in_nearly_its_order(
    servers: Servers, place: Path, tmp_path: Path
) -> None:
    known = list(articles(600))
    census = Census()
    for each in known:
        census.add(each.text, each.language)
    compounds = learn(census)
    (tmp_path / "whoosh").mkdir()
    common: list[float] = []
    with (
        whoosh.create(tmp_path / "whoosh", compounds) as one,
        Cluster(servers).create(place, compounds) as other,
    ):
        for index in (one, other):
            index.add(analyse(made, compounds=compounds, revision=1) for made in known)
            index.commit()
        dated = [each for each in known if len(each.published or "") == len("2024-11-25")]
        for asked in query_log.log(dated, QUERIES):
            first = search(one, asked.text, now=TODAY, limit=len(known), all_copies=True)
            second = search(other, asked.text, now=TODAY, limit=len(known), all_copies=True)

            assert {hit.id for hit in first.hits} == {hit.id for hit in second.hits}, asked.text
            if first.hits:
                ten = ({hit.id for hit in found.hits[:10]} for found in (first, second))
                common.append(len(set.intersection(*ten)) / min(10, len(first.hits)))

    assert len(common) > QUERIES * 0.9
    assert sum(common) / len(common) >= LEAST_IN_COMMON


def test_a_prefix_of_thousands_of_words_is_one_question(engine: OpenSearchEngine) -> None:
    engine.add([analyse(article(f"{n:02}", " ".join(f"haus{n:02}{m:02}" for m in range(60)))) for n in range(60)])
    engine.commit()
    variants = tuple(Variant(f"de:haus{n:02}{m:02}", 1.0, "de") for n in range(60) for m in range(60))
    clause = Word(variants, ("title_forms", "text_forms"))

    assert engine.search(clause, limit=1).total == 60
    assert [term for term, _ in engine.terms("text_forms", "de:haus")] == sorted(v.term for v in variants)


def test_brackets_in_brackets_are_answered(engine: OpenSearchEngine) -> None:
    engine.add([analyse(article("1", "Apfel Birne")), analyse(article("2", "Birne Kirsche"))])
    engine.commit()
    clause: Clause = word("de:apfel")
    for number in range(32):
        clause = And((word("de:birn"), Or((clause, Not(word(f"de:x{number}"))))))

    assert {m.id for m in engine.search(clause, limit=9).matches} == {"taz/1", "taz/2"}


def test_more_terms_than_a_server_takes_are_refused_in_one_line(engine: OpenSearchEngine) -> None:
    clause = And(tuple(phrase(f"de:a{n}", f"de:b{n}") for n in range(300)))

    with pytest.raises(QueryError, match="1,200 terms"):
        engine.search(clause, limit=1)


def test_many_words_are_weighted_less_finely_and_all_found(engine: OpenSearchEngine) -> None:
    engine.add([analyse(article(f"{n:03}", f"wort{n:03} immer")) for n in range(240)])
    engine.commit()
    clause = Or(tuple(word(f"de:wort{n:03}") for n in range(240)))

    assert engine.search(clause, limit=1).total == 240


def test_an_id_of_any_length_and_letters_is_kept(engine: OpenSearchEngine) -> None:
    names = ["a" * 5_000, "ü" * 40_000, "\ud83d", "mit blank\tund tab"]
    engine.add([analyse(article(name, "Apfel")) for name in names])
    engine.commit()

    ids = {f"taz/{name}" for name in names}
    assert ids == {m.id for m in engine.search(ALL, limit=9).matches}
    assert ids == engine.displays(ids).keys()
