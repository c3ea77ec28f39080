"""Why a search found what it found: how the query was understood, and what each hit's score adds up to.

Everything is asked of the engine as any other search, one article at a time, so every engine can tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

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
    """The parts of a hit's score, and what they are worth together beside each alone, so that they add up.

    That is what nearness adds, what recency changes, and what is taken off where a part is missing.
    """
    rest = score - sum(part.score for part in parts)
    return parts if abs(rest) < _LEAST_REST else (*parts, Share("together", 0, 0, matches=True, score=rest))


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


# --- the query, for people


def understood(plan: Plan) -> list[str]:
    """The query as it was read, a line for each node, indented; below a word what it stands for in which language."""
    return [line for part in plan.parts for line in _lines(part.node, part.clause, 0)]


def _lines(node: q.Node, clause: e.Clause | None, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{_named(node)}"
    match node:
        case q.And(nodes) | q.Or(nodes):
            for inner in nodes:
                yield from _lines(inner, None, depth + 1)
        case q.Not(inner) | q.Field(_, inner):
            yield from _lines(inner, None, depth + 1)
        case _:
            pass
    if clause is not None:
        for stands in _variants(clause):
            yield f"{indent}    {stands}"


def _named(node: q.Node) -> str:
    match node:
        case q.Word():
            return _named_word(node)
        case q.Phrase(text, slop=slop):
            return f"phrase “{text}”" + (f" with at most {slop} other words within" if slop else "")
        case q.Field(name):
            return f"in {name}"
        case q.Dates(first, last):
            return f"published {_day(first)}..{_day(last)}"
        case q.And() | q.Or():
            return "all of" if isinstance(node, q.And) else "any of"
        case q.Not():
            return "none of"


def _named_word(word: q.Word) -> str:
    match word.kind:
        case "any":
            return f"word “{word.text}”"
        case "exact":
            return f"exactly “{word.text}”"
        case "prefix":
            return f"words that begin with “{word.text}”"
        case "fuzzy":
            edits = "1 edit" if word.distance == 1 else f"{word.distance} edits"
            return f"words at most {edits} from “{word.text}”"


def _day(ordinal: int | None) -> str:
    return date.fromordinal(ordinal).isoformat() if ordinal is not None else ""


def _variants(clause: e.Clause) -> Iterator[str]:
    variants = list(dict.fromkeys(_all_variants(clause)))
    for variant in variants[:MOST_VARIANTS]:
        yield variant.term if variant.weight == 1 else f"{variant.term} ×{variant.weight:.2g}"
    if len(variants) > MOST_VARIANTS:
        yield f"and {len(variants) - MOST_VARIANTS} more"


def _all_variants(clause: e.Clause) -> Iterator[e.Variant]:
    match clause:
        case e.Word(variants, _):
            yield from variants
        case e.Phrase(places, _, _):
            yield from (variant for place in places for variant in place)
        case e.And(clauses) | e.Or(clauses):
            for part in clauses:
                yield from _all_variants(part)
        case e.Not(part):
            yield from _all_variants(part)
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
