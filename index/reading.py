"""How a query was read, for people: its nodes, and what each word stands for in each language."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from index import engine as e
from index import query as q
from index.plan import Plan, plan

MOST_VARIANTS = 20  # of one word that are listed; a prefix may have thousands


def understood(engine: e.SearchEngine, query: q.Query, found: Plan, *, language: str | None = None) -> list[str]:
    """The query as it was read, a line for each node, indented; below a word what it stands for in which language.

    `+trupp` is trupp as a part of a compound; `×0.5` is what a word counts where it does not count whole.
    """
    spoken = tuple(part.node for part in found.parts if isinstance(part.node, q.Field) and part.node.name == "lang")
    return [line for part in found.parts for line in _Reader(engine, query, spoken, language).lines(part.node, 0, "")]


class _Reader:
    def __init__(self, engine: e.SearchEngine, query: q.Query, spoken: tuple[q.Node, ...], language: str | None):
        self.engine = engine
        self.query = query
        self.spoken = spoken  # what narrows the query to a language
        self.language = language

    def lines(self, node: q.Node, depth: int, zone: str) -> Iterator[str]:
        """A node, what is in it, and what its words stand for."""
        indent = "  " * depth
        yield f"{indent}{_named(node)}"
        match node:
            case q.And(nodes) | q.Or(nodes):
                for inner in nodes:
                    yield from self.lines(inner, depth + 1, zone)
            case q.Not(inner):
                yield from self.lines(inner, depth + 1, zone)
            case q.Field(name, inner):
                yield from self.lines(inner, depth + 1, name)
            case q.Word() | q.Phrase():
                for stands in self.stands_for(node, zone):
                    yield f"{indent}    {stands}"
            case q.Dates():
                pass

    def stands_for(self, node: q.Word | q.Phrase, zone: str) -> Iterator[str]:
        """A line for each language: what is looked for in its articles."""
        alone: q.Node = q.Field(zone, node, node.start, node.end) if zone else node
        asked = q.And((*self.spoken, alone), node.start, node.end) if self.spoken and zone != "lang" else alone
        made = plan(replace(self.query, node=asked), self.engine, language=self.language)
        if made is None or not made.parts:
            yield "nothing: no word is in it"
            return
        by_language: dict[str, list[str]] = {}
        for language, word in _terms(made.parts[-1].clause):
            by_language.setdefault(language, []).append(word)
        for language, all_words in by_language.items():
            words = list(dict.fromkeys(all_words))
            more = f" and {len(words) - MOST_VARIANTS:,} more" if len(words) > MOST_VARIANTS else ""
            yield f"{language}{', '.join(words[:MOST_VARIANTS])}{more}"


def _terms(clause: e.Clause) -> Iterator[tuple[str, str]]:
    """The language, with a colon, and the words of all that a clause asks for."""
    match clause:
        case e.Word(variants, _):
            for variant in variants:
                language, word = _split(variant)
                yield language, word if variant.weight == 1 else f"{word} ×{variant.weight:.2g}"
        case e.Phrase(places, _, _):
            yield _split(places[0][0])[0], " ".join("|".join(_split(each)[1] for each in place) for place in places)
        case e.Filter(_, values):
            yield from (("", value) for value in values)
        case e.And(clauses) | e.Or(clauses):
            for part in clauses:
                yield from _terms(part)
        case _:
            return


def _split(variant: e.Variant) -> tuple[str, str]:
    language, colon, word = variant.term.partition(":")
    return (f"{language}: ", word) if variant.language and colon else ("", variant.term)


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
