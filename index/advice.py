"""What to say of a search that found nothing, or less than all of its words.

Each part of a query is asked alone. A part that nobody has is named, with words of the archive that are spelled nearly
like it, or with the fact that it stands in what the rules took out. Where each part has its articles and only all
together have none, the part is named without which there would be some.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from index import engine as e
from index import query as q
from index.analysis import analyser
from index.entry import NAMES, TEXT_FORMS, TITLE_FORMS
from index.folding import fold_case, unmarked
from index.notes import Note
from index.plan import Part, plan
from index.spelling import near_spellings

MOST_PARTS = 12  # of a query that are asked one by one; a pasted paragraph has no use for it
MOST_SPELLINGS = 3
MOST_NAMED = 8  # sources or languages that are listed
LEAST_LETTERS = 4  # of a word whose spelling is doubted; anything is near to a shorter one
LONG = 8  # letters from which on two edits are near

_Count = Callable[[Sequence[e.Clause]], int]


def advice(
    engine: e.SearchEngine, query: q.Query, parts: Sequence[Part], narrowing: Mapping[str, e.Clause]
) -> list[Note]:
    """Remarks on a query of these parts that found too little; empty when there is nothing to remark.

    `narrowing` is what options narrow it to, each by its name.
    """

    def count(clauses: Sequence[e.Clause]) -> int:
        return engine.search(e.And(tuple(clauses)), limit=0).total

    unknown = [note for name, clause in narrowing.items() for note in _no_such_key(engine, clause, name, count)]
    if unknown or len(parts) > MOST_PARTS:
        return unknown
    lonely = [part for part in parts if not isinstance(part.clause, e.Not) and not count([part.clause])]
    if lonely:
        removed = removed_parts(engine, query, lonely, language=_language(narrowing))
        return [note for part in lonely for note in _unknown(engine, query, part, removed.get(part, 0), count)]
    return _killers(query, parts, narrowing, count)


def _killers(query: q.Query, parts: Sequence[Part], narrowing: Mapping[str, e.Clause], count: _Count) -> list[Note]:
    """Without which part or option there would be something, where every part has its articles."""
    clauses = [part.clause for part in parts]
    if narrowing and (number := count(clauses)):
        return [Note(f"without {_options(narrowing)} there {_are(number)}")]
    found = [(count([*clauses[:at], *clauses[at + 1 :], *narrowing.values()]), part) for at, part in enumerate(parts)]
    number, killer = max(found, key=lambda each: each[0], default=(0, None))
    if killer is None or len(parts) < 2:
        return []
    if not number:
        return [Note("each part of the query has articles, but no article has all parts, or all but one")]
    return [Note(f"without “{_said(killer, query)}” there {_are(number)}", killer.node.start, killer.node.end)]


def _language(narrowing: Mapping[str, e.Clause]) -> str | None:
    clause = narrowing.get("lang")
    return clause.values[0] if isinstance(clause, e.Filter) else None


def _options(narrowing: Mapping[str, e.Clause]) -> str:
    return " and ".join(f"--{name}" for name in narrowing)


def removed_parts(
    engine: e.SearchEngine, query: q.Query, parts: Sequence[Part], *, language: str | None = None, article: str = ""
) -> dict[Part, int]:
    """Those of the parts that articles have when what the rules took out counts as well, each with how many.

    With `article`, only that one is asked. The parts are those of the query's plan in that language.
    """
    searched = plan(query, engine, language=language, all_text=True)
    if searched is None:
        return {}
    whole = {part.node: part.clause for part in searched.parts}
    only = (e.Filter("id", (article,)),) if article else ()
    counts = {
        part: engine.search(e.And((whole[part.node], *only)), limit=0).total for part in parts if part.node in whole
    }
    return {part: number for part, number in counts.items() if number}


def _no_such_key(engine: e.SearchEngine, clause: e.Clause, name: str, count: _Count) -> Iterator[Note]:
    if isinstance(clause, e.Filter) and clause.field in _LISTED and not count([clause]):
        yield Note(f"--{name} {', '.join(clause.values)}: {_existing(engine, clause.field)}")


_LISTED = {"source": "sources", "lang": "languages"}


def _existing(engine: e.SearchEngine, field: str) -> str:
    """The sources or languages that the index has, the largest first."""
    known = sorted(engine.terms(field), key=lambda each: (-each[1], each[0]))
    if not known:
        return "the index is empty"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"the {_LISTED[field]} of the archive are {', '.join(name for name, _ in known[:MOST_NAMED])}{more}"


def _unknown(engine: e.SearchEngine, query: q.Query, part: Part, removed: int, count: _Count) -> Iterator[Note]:
    """What is to be said of a part that no article has, but `removed` of them in what the rules took out."""
    said, place = _said(part, query), (part.node.start, part.node.end)
    if removed:
        where = "1 article" if removed == 1 else f"{removed:,} articles"
        yield Note(f"“{said}” stands only in what the rules took out of {where}; --all-text searches that", *place)
    elif isinstance(part.clause, e.Filter) and part.clause.field in _LISTED:
        yield Note(f"no article has “{said}”; {_existing(engine, part.clause.field)}", *place)
    elif isinstance(part.clause, e.DateRange):
        dated = count([e.DateRange(None, None)])
        yield Note(f"no article is of “{said}”; {dated:,} of {engine.count():,} have a date", *place)
    else:
        yield from _misspelled(engine, query, part)


def _misspelled(engine: e.SearchEngine, query: q.Query, part: Part) -> Iterator[Note]:
    """A remark for each word of the part that the archive has in another spelling; else that nobody has the part."""
    told = False
    for word, zone in _words(part.node):
        if near := _near(engine, word.text, zone):
            told = True
            said = query.text[word.start : word.end]
            yield Note(f"no article has “{said}”; did you mean {_listed(near)}?", word.start, word.end)
    if not told:
        yield Note(f"no article has “{_said(part, query)}”", part.node.start, part.node.end)


def _words(node: q.Node, zone: str = "") -> Iterator[tuple[q.Word, str]]:
    """The bare words of a node that are asked for, each with the field it is looked for in."""
    match node:
        case q.Word(kind="any"):
            yield node, zone
        case q.Field(name, inner):
            yield from _words(inner, name)
        case q.And(nodes) | q.Or(nodes):
            for inner in nodes:
                yield from _words(inner, zone)
        case _:
            return


def _near(engine: e.SearchEngine, said: str, zone: str) -> list[str]:
    """Words of the archive that are spelled nearly like one that nobody has, the likeliest first."""
    word = fold_case(said)
    if len(word) < LEAST_LETTERS or not word.isalpha() or zone in q.KEY_FIELDS:
        return []
    ranks: dict[str, tuple[float, int]] = {}
    for field, prefix in _vocabularies(engine, zone):
        found = near_spellings(engine, (field,), word, prefix=prefix, distance=2 if len(word) >= LONG else 1)
        having = engine.frequencies(field, [prefix + near for near in found])
        if prefix + word in having:
            return []
        for near, weight in found.items():
            if not (number := having.get(prefix + near, 0)):
                continue  # stood in an article that is no longer there
            same = unmarked(near) == unmarked(word)
            rank = (2.0 if same else weight, number)
            ranks[near] = max(rank, ranks.get(near, rank))
    best = sorted(ranks, key=lambda near: (-ranks[near][0], -ranks[near][1], near))[:MOST_SPELLINGS]
    return [_as_written(near, said) for near in best]


def _vocabularies(engine: e.SearchEngine, zone: str) -> Iterator[tuple[str, str]]:
    """The fields that a word was looked for in, with what their terms begin with."""
    if zone in NAMES:
        yield zone, ""
        return
    for language, _ in engine.terms("lang"):
        prefix = analyser(language).term("")
        yield TITLE_FORMS, prefix
        if not zone:
            yield TEXT_FORMS, prefix


def _as_written(near: str, said: str) -> str:
    """A word of the archive, which keeps no capitals, with those of the query: `Truppne` → `Truppen`."""
    if said.isupper():
        return near.upper()
    return near[:1].upper() + near[1:] if said[:1].isupper() else near


def _said(part: Part, query: q.Query) -> str:
    said = part.said(query)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


_LONGEST = 60  # characters of a part that are repeated


def _are(number: int) -> str:
    return "is 1 article" if number == 1 else f"are {number:,} articles"


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
