"""What to say of a search that found nothing, or less than all of its words.

Each part of a query is asked alone. A part that nobody has is named, with words of the archive that are spelled nearly
like it, or with the fact that it stands in what the rules took out. Where each part has its articles and only all
together have none, the part is named without which there would be some.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import engine as e
from index import query as q
from index.analysis import analyser
from index.entry import REMOVED, TEXT_FORMS, TITLE_FORMS
from index.folding import fold_case, unmarked
from index.plan import Part
from index.spelling import near_spellings

MOST_PARTS = 12  # of a query that are asked one by one; a pasted paragraph has no use for it
MOST_SPELLINGS = 3
LEAST_LETTERS = 4  # of a word whose spelling is doubted; anything is near to a shorter one
LONG = 8  # letters from which on two edits are near


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark, and the query that would find something."""

    text: str  # a sentence for people
    query: str | None = None  # what to ask instead; None where the remark says it


def advice(
    engine: e.SearchEngine, query: q.Query, parts: Sequence[Part], narrowing: Sequence[e.Clause]
) -> list[Advice]:
    """Remarks on a query of these parts, with what options narrow it to; empty when there is nothing to remark."""
    if len(parts) > MOST_PARTS:
        return []

    def count(clauses: Sequence[e.Clause]) -> int:
        return engine.search(e.And(tuple(clauses)), limit=0).total

    lonely = [part for part in parts if not isinstance(part.clause, e.Not) and not count([part.clause])]
    if lonely:
        return [remark for part in lonely for remark in _unknown(engine, query, part)]
    clauses = [part.clause for part in parts]
    if narrowing and count(clauses):
        return [Advice(f"without the options there are {count(clauses)} articles")]
    found = [(count([*clauses[:at], *clauses[at + 1 :], *narrowing]), part) for at, part in enumerate(parts)]
    number, killer = max(found, key=lambda each: each[0], default=(0, None))
    if killer is None or not number or len(parts) < 2:
        return []
    said = killer.said(query)
    return [Advice(f"without “{said}” there {_are(number)}", _without(query.text, killer.node.start, killer.node.end))]


def _unknown(engine: e.SearchEngine, query: q.Query, part: Part) -> Iterator[Advice]:
    """What is to be said of a part that no article has."""
    said = part.said(query)
    words = removed_words(part.clause)
    removed = engine.search(e.Or(words), limit=0).total if words else 0
    if removed:
        where = "in what the rules took out of " + ("1 article" if removed == 1 else f"{removed} articles")
        yield Advice(f"“{said}” stands only {where}; --all-text searches that")
        return
    near = _near(engine, said)
    if near:
        instead = [f"{query.text[: part.node.start]}{word}{query.text[part.node.end :]}" for word in near]
        yield Advice(f"no article has “{said}”; did you mean {_listed(near)}?", instead[0])
    else:
        yield Advice(f"no article has “{said}”")


def _near(engine: e.SearchEngine, said: str) -> list[str]:
    """Words of the archive that are spelled nearly like one that nobody has, the likeliest first."""
    word = fold_case(said)
    if len(word) < LEAST_LETTERS or not word.isalpha():
        return []
    ranks: dict[str, tuple[float, int]] = {}
    for language, _ in engine.terms("lang"):
        prefix = analyser(language).term("")
        for field in (TEXT_FORMS, TITLE_FORMS):
            distance = 2 if len(word) >= LONG else 1
            found = near_spellings(engine, field, word, prefix=prefix, distance=distance)
            having = engine.frequencies(field, [prefix + near for near in found])
            for near, weight in found.items():
                same = unmarked(near) == unmarked(word)
                rank = (2.0 if same else weight, having.get(prefix + near, 0))
                ranks[near] = max(rank, ranks.get(near, rank))
    return sorted(ranks, key=lambda near: (-ranks[near][0], -ranks[near][1], near))[:MOST_SPELLINGS]


def removed_words(clause: e.Clause) -> tuple[e.Word, ...]:
    """The words of a clause, looked for in what the rules took out."""
    match clause:
        case e.Word(variants, _):
            return (e.Word(variants, (REMOVED,)),)
        case e.And(clauses) | e.Or(clauses):
            return tuple(word for part in clauses for word in removed_words(part))
        case e.Phrase(places, _, _):
            return tuple(e.Word(place, (REMOVED,)) for place in places)
        case _:
            return ()


def _without(text: str, start: int, end: int) -> str:
    return " ".join(f"{text[:start]} {text[end:]}".split())


def _are(number: int) -> str:
    return "is 1 article" if number == 1 else f"are {number} articles"


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
