"""Why a search found what it found: what each hit's score adds up to.

Everything is asked of the engine as any other search, one article at a time, so every engine can tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import engine as e
from index import query as q
from index.advice import removed_parts
from index.plan import Part, Plan

MOST_VARIANTS = 20  # of one word that are listed; a prefix may have a thousand


@dataclass(frozen=True, slots=True)
class Share:
    """What one part of a query has to do with one article."""

    said: str  # the part as it stands in the query
    start: int  # characters of the query
    end: int
    matches: bool
    score: float  # what it adds; 0 for what only narrows
    found: tuple[str, ...] = ()  # the article's terms that it matched, by the names engines have for them
    removed: bool = False  # it stands in what the rules took out of the article


def shares(engine: e.SearchEngine, query: q.Query, plan: Plan, article: str) -> tuple[Share, ...]:
    """For each part of the query whether the article with this id has it, and what that is worth."""
    only = e.Filter("id", (article,))
    found = [(part, engine.search(e.And((part.clause, only)), limit=1).matches) for part in plan.parts]
    missing = [part for part, matches in found if not matches]
    removed = removed_parts(engine, query, missing, article=article) if missing else {}
    return tuple(_share(engine, query, part, matches, only, removed=part in removed) for part, matches in found)


def with_rest(score: float, parts: tuple[Share, ...]) -> tuple[Share, ...]:
    """The parts of a hit's score, and what their context is worth beside them, so that they add up.

    That is what nearness and a place early in the text add, what recency changes, and what is taken off where a part is
    missing.
    """
    rest = score - sum(part.score for part in parts)
    return parts if abs(rest) < _LEAST_REST else (*parts, Share("context", 0, 0, matches=True, score=rest))


_LEAST_REST = 0.005  # what two decimals do not show


def _share(  # noqa: PLR0913
    engine: e.SearchEngine, query: q.Query, part: Part, matches: Sequence[e.Match], only: e.Filter, *, removed: bool
) -> Share:
    found = tuple(dict.fromkeys(_found(engine, part.clause, only))) if matches else ()
    score = matches[0].score if matches else 0.0
    return Share(part.said(query), part.node.start, part.node.end, bool(matches), score, found, removed)


def _found(engine: e.SearchEngine, clause: e.Clause, only: e.Filter) -> Iterator[str]:
    match clause:
        case e.Word(variants, fields):
            for variant in variants[:MOST_VARIANTS]:
                if engine.search(e.And((e.Word((variant,), fields), only)), limit=0).total:
                    yield variant.term
        case e.And(clauses) | e.Or(clauses):
            for part in clauses:
                if engine.search(e.And((part, only)), limit=0).total:
                    yield from _found(engine, part, only)
        case e.Phrase(places, _, _):
            yield " ".join(place[0].term for place in places)
        case _:
            return


def scored(score: float, parts: Sequence[Share]) -> str:
    """What a score adds up to, in one line: `2.31 = Truppen 2.31 (de:trupp) + date:2024 0.00`."""
    told = []
    for part in parts:
        if part.matches:
            found = f" ({', '.join(part.found)})" if part.found else ""
            told.append(f"{part.said} {part.score:.2f}{found}")
    return f"{score:.2f} = {' + '.join(told)}"
