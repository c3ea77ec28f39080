"""From what was asked to what engines answer: the nodes of a query become clauses, analysed in each language.

A word is analysed in every language that the index has (or in the one that was asked for), so that words of one
language never meet stems of another. Prefixes and near spellings are looked up in the index's own vocabulary.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from backfile.errors import QueryError
from index import engine as e
from index import query as q
from index import ranking
from index.analysis import Analyser, Token, analyser, fold_words, is_function_word, spellings
from index.compounds import LANGUAGE
from index.entry import NAMES, REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS
from index.folding import fold_case, fold_key
from index.spelling import near_spellings

MAX_EXPANSIONS = 10_000  # words that all prefixes and near spellings of a query stand for; 1.5 s among 10,000 articles
MAX_FUZZY = 12  # words to be found by nearly their spelling; each walks through the vocabulary, .3 s there

# Words of a lower weight are function words, or parts of a word; marking those would hide the others.
_MAJOR = 1.0

_EVERYWHERE = ""  # the zone of what was asked without a field


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the query asks for: a word, a phrase, a field, a bracket."""

    node: q.Node
    clause: e.Clause

    def said(self, query: q.Query) -> str:
        """The part as it stands in the query."""
        return query.text[self.node.start : self.node.end]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an engine is asked, and what is marked in its answer."""

    parts: tuple[Part, ...]  # all of which are asked for
    clause: e.Clause
    partial: e.Clause | None  # for when nothing matches all: entries with some of the words, most and best first
    stems: frozenset[str]  # terms that made an entry match, to be marked
    forms: frozenset[str]


def plan(query: q.Query, index: e.SearchEngine, *, language: str | None = None, all_text: bool = False) -> Plan | None:
    """The clauses for a query; None when there is nothing in it to look for."""
    if query.node is None:
        return None
    asked = language or _only_language(query.node)
    languages = (asked,) if asked else tuple(name for name, _ in index.terms("lang"))
    planner = _Planner(index, languages, spoken=_spoken(query.text, languages), all_text=all_text)
    nodes = query.node.nodes if isinstance(query.node, q.And) else (query.node,)
    found = ((node, planner.clause(node, _EVERYWHERE)) for node in nodes)
    parts = tuple(Part(node, clause) for node, clause in found if clause is not None)
    clause = _and(part.clause for part in parts)
    if clause is None:
        return None
    units = planner.loose_units(query.node)
    partial = planner.partial(query.node, units)
    marked = planner.stems if planner.has_content() else planner.stems | planner.minor
    partial = partial and _placed(partial, units)
    return Plan(parts, _placed(clause, units), partial, frozenset(marked), frozenset(planner.forms))


def _only_language(node: q.Node) -> str | None:
    """The language that a query's outermost `lang:` narrows it to."""
    parts = node.nodes if isinstance(node, q.And) else (node,)
    asked = [part.node for part in parts if isinstance(part, q.Field) and part.name == "lang"]
    words = [word.text for word in asked if isinstance(word, q.Word) and _is_bare(word)]
    return primary_tag(words[0]) if len(words) == len(asked) == 1 else None


def _spoken(text: str, languages: Iterable[str]) -> str | None:
    """The language of a question, told by its function words: at least two, and more than in any other language."""
    words = text.split()
    counts = sorted(((sum(is_function_word(name, word) for word in words), name) for name in languages), reverse=True)
    runner_up = counts[1][0] if len(counts) > 1 else 0
    return counts[0][1] if counts and counts[0][0] >= _ENOUGH and counts[0][0] > runner_up else None


_ENOUGH = 2  # one function word may be a noun of another language: war, die, man


@dataclass(frozen=True, slots=True)
class _Unit:
    """What an article may have or lack on its own: a word of the question, or a part of a compound."""

    clause: e.Clause
    weight: float  # what it counts, before its rarity
    place: int  # in the question


def _placed(clause: e.Clause, units: Iterable[_Unit]) -> e.Clause:
    """The clause, its best matches judged by where they have the words that carry the question."""
    in_order = sorted(units, key=lambda unit: unit.place)
    words = {u.place: u.clause for u in in_order if u.weight >= _MAJOR and isinstance(u.clause, e.Word)}
    return e.Placed(clause, tuple(words.values()), tuple(words)) if words else clause


def _is_loose(node: q.Node) -> TypeGuard[q.Word | q.Phrase]:
    return isinstance(node, q.Phrase) or _is_bare(node)


def _is_bare(node: q.Node) -> bool:
    return isinstance(node, q.Word) and node.kind == "any"


def primary_tag(language: str) -> str:
    """`de` for `de-AT` and `DE`."""
    return fold_key(language).replace("_", "-").partition("-")[0]


@dataclass(slots=True)
class _Planner:
    index: e.SearchEngine
    languages: tuple[str, ...]  # that the query is analysed in
    spoken: str | None  # the language of the question, where it shows
    all_text: bool
    stems: set[str] = field(default_factory=set)
    minor: set[str] = field(default_factory=set)  # stems of function words, marked only when there are no others
    weights: dict[str, float] = field(default_factory=dict)  # word as typed → what it counts, in any language least
    forms: set[str] = field(default_factory=set)
    expanded: int = 0  # words that prefixes and near spellings stand for so far
    looked_up: dict[int, q.Kind] = field(default_factory=dict)  # where these stand in the query
    excluding: int = 0  # inside how many NOTs; what is excluded is not marked

    def clause(self, node: q.Node, zone: str) -> e.Clause | None:  # noqa: PLR0911  (one return per kind of node)
        """The clause for a node in a field; None when analysis finds no word in it."""
        match node:
            case q.And(nodes):
                return _and(self.clauses(nodes, zone))
            case q.Or(nodes):
                return _or(self.clauses(nodes, zone))
            case q.Not(inner):
                self.excluding += 1
                clause = self.clause(inner, zone)
                self.excluding -= 1
                return None if clause is None else e.Not(clause)
            case q.Dates(first, last):
                return e.DateRange(first, last)
            case q.Field(name, inner):
                return self.clause(inner, name)
            case q.Word() | q.Phrase() if zone in q.KEY_FIELDS:
                return self.key(node, zone)
            case q.Word() | q.Phrase() if zone in NAMES:
                return self.name(node, zone)
            case q.Word():
                return self.word(node, zone)
            case q.Phrase(text, _, _, slop):
                return _or(self.phrase(text, slop, language, zone) for language in self.languages)

    def clauses(self, nodes: Iterable[q.Node], zone: str) -> Iterator[e.Clause]:
        return (clause for node in nodes if (clause := self.clause(node, zone)) is not None)

    def loose_units(self, node: q.Node) -> list[_Unit]:
        """What the bare words and phrases of a query are made of; empty when there are nothing but phrases and fields.

        Beside bare words a phrase counts as its words; alone it was meant as it stands.
        """
        nodes = node.nodes if isinstance(node, q.And) else (node,)
        if not any(_is_bare(part) for part in nodes):
            return []
        units: list[_Unit] = []
        for part in nodes:
            if _is_loose(part):
                units += self.units(part, units[-1].place + 1 if units else 0)
        return units

    def partial(self, node: q.Node, units: Sequence[_Unit]) -> e.Clause | None:
        """The clause that asks for some of the words; None when there is only one."""
        if len(units) < 2:
            return None
        nodes = node.nodes if isinstance(node, q.And) else (node,)
        words = e.Or(tuple(u.clause for u in units), ranking.COORDINATION, tuple(u.weight for u in units))
        return _and([*self.clauses((part for part in nodes if not _is_loose(part)), _EVERYWHERE), words])

    def units(self, node: q.Word | q.Phrase, first: int) -> Iterator[_Unit]:
        """What a node is made of, its words from place `first` of the question on, and parts of its compounds.

        What stands at one place in several languages is one unit.
        """
        clauses: dict[tuple[int, str, int], list[e.Clause]] = {}
        weights: dict[tuple[int, str, int], float] = {}
        places: dict[tuple[int, str, int], int] = {}
        for language in self.languages:
            place = first
            for number, (start, end, token) in enumerate(self.analyser(language).tokens(node.text)):
                factor = self.factor(node.text[start:end], language)
                for kind, within, clause, weight in self.loose(token, language, factor):
                    key = number, kind, within
                    clauses.setdefault(key, []).append(clause)
                    weights[key] = min(weight, weights.get(key, weight))
                    places.setdefault(key, place + (within if kind == "word" else 0))
                place += len(token.places)
        for key, found in clauses.items():
            if (unit := _or(found)) is not None:
                yield _Unit(unit, weights[key], places[key])

    # --- title and text

    def analyser(self, language: str) -> Analyser:
        return analyser(language, self.index.compounds)

    def zone(self, zone: str) -> tuple[str, ...]:
        if zone == TITLE:
            return (TITLE,)
        return (TITLE, TEXT, REMOVED) if self.all_text else (TITLE, TEXT)

    def form_zone(self, zone: str) -> tuple[str, ...]:
        return (TITLE_FORMS,) if zone == TITLE else (TITLE_FORMS, TEXT_FORMS)

    def word(self, node: q.Word, zone: str) -> e.Clause | None:
        return _or(clause for language in self.languages if (clause := self.word_in(node, language, zone)) is not None)

    def word_in(self, node: q.Word, language: str, zone: str) -> e.Clause | None:
        tokens = list(self.analyser(language).tokens(node.text))
        clauses = [self.token(t, language, zone, self.factor(node.text[a:b], language)) for a, b, t in tokens]
        if node.kind == "any" or not tokens:
            return _and(clauses)
        if node.kind == "exact":
            return _and(self.exact(token, language, zone) for *_, token in tokens)
        start, end, _ = tokens[-1]
        last = fold_case(node.text[start:end])
        expanded = self.expand(last, node, self.form_zone(zone), language)
        return _and([*clauses[:-1], self.of_forms(expanded, language, zone)])

    def factor(self, raw: str, language: str) -> float:
        says_little = is_function_word(language, raw) or (self.spoken and is_function_word(self.spoken, raw))
        weight = ranking.FUNCTION_WORD_WEIGHT if says_little else 1.0
        self.weights[raw] = min(weight, self.weights.get(raw, weight))
        return weight

    def foreign(self, language: str) -> float:
        return 1.0 if self.spoken in {None, language} else ranking.FOREIGN_WEIGHT

    def has_content(self) -> bool:
        """Whether one of the words is a function word in none of the languages."""
        return any(weight >= _MAJOR for weight in self.weights.values())

    def token(self, token: Token, language: str, zone: str, factor: float) -> e.Clause:
        minor = factor < _MAJOR
        places = token.places[1:] if token.elided and len(token.places) > 1 else token.places
        if len(places) == 1:
            return e.Word(self.variants(places[0], language, factor, minor=minor, inside=True), self.zone(zone))
        phrase = e.Phrase(
            tuple(self.variants(place, language, factor, minor=minor) for place in places), self.zone(zone)
        )
        if token.whole is None:
            return phrase
        return e.Or((phrase, e.Word(self.variants((token.whole,), language, factor, minor=minor), self.zone(zone))))

    def loose(self, token: Token, language: str, factor: float) -> Iterator[tuple[str, int, e.Clause, float]]:
        """What a token is made of: its kind and number, its clause, and what it counts."""
        minor, zone = factor < _MAJOR, self.zone(_EVERYWHERE)
        for number, place in enumerate(token.places):
            variants = self.variants(place, language, factor, minor=minor, inside=True)
            yield "word", number, e.Word(variants, zone), factor
        for number, stem in enumerate(dict.fromkeys(stem for stems in token.parts for stem in stems)):
            weight = ranking.QUERY_PART_WEIGHT
            variants = self.variants((stem,), language, weight, minor=False, inside=True)
            yield "part", number, e.Word(variants, zone), weight

    def exact(self, token: Token, language: str, zone: str) -> e.Clause:
        forms = (token.whole_form,) if token.whole_form is not None else token.forms
        clauses = [self.of_forms({form: 1.0}, language, zone) for form in forms]
        return clauses[0] if len(clauses) == 1 else e.And(tuple(clauses))

    def of_forms(self, forms: dict[str, float], language: str, zone: str) -> e.Clause:
        term = self.analyser(language).term
        variants = tuple(e.Variant(term(form), weight, language) for form, weight in sorted(forms.items()))
        if not self.excluding:
            self.forms.update(variant.term for variant in variants)
        return e.Word(variants, self.form_zone(zone))

    def phrase(self, text: str, slop: int, language: str, zone: str) -> e.Clause:
        places: list[tuple[e.Variant, ...]] = []
        for start, end, token in self.analyser(language).tokens(text):
            factor = self.factor(text[start:end], language)
            places += (self.variants(place, language, factor, minor=factor < _MAJOR) for place in token.places)
        if len(places) == 1:
            return e.Word(places[0], self.zone(zone))
        return e.Phrase(tuple(places), self.zone(zone), slop) if places else e.NOTHING

    def variants(
        self, stems: Iterable[str], language: str, weight: float, *, minor: bool, inside: bool = False
    ) -> tuple[e.Variant, ...]:
        """What stems stand for: themselves and, `inside` compounds, articles that have them as parts of other words."""
        words = self.analyser(language)
        weight *= self.foreign(language)
        variants = [e.Variant(words.term(stem), weight, language) for stem in stems]
        if inside and not minor and language == LANGUAGE and self.index.compounds:
            variants += [e.Variant(words.part(stem), weight * ranking.PART_WEIGHT, language) for stem in stems]
        if not self.excluding:
            marked = self.minor if minor else self.stems
            marked.update(variant.term for variant in variants)
        return tuple(variants)

    # --- names and keys

    def name(self, node: q.Word | q.Phrase, zone: str) -> e.Clause | None:
        words = fold_words(node.text)
        if not words:
            return None
        if isinstance(node, q.Word) and node.kind in {"prefix", "fuzzy"}:
            expanded = self.expand(words[-1], node, (zone,), None)
            last: e.Clause = e.Word(
                tuple(e.Variant(word, weight) for word, weight in sorted(expanded.items())), (zone,)
            )
            return _and([*(e.Word((e.Variant(word),), (zone,)) for word in words[:-1]), last])
        if len(words) == 1:
            return e.Word((e.Variant(words[0]),), (zone,))
        slop = node.slop if isinstance(node, q.Phrase) else 0
        return e.Phrase(tuple((e.Variant(word),) for word in words), (zone,), slop)

    def key(self, node: q.Word | q.Phrase, zone: str) -> e.Clause:
        text = node.text.strip() if zone == "id" else fold_key(node.text)
        if zone == "lang":
            text = primary_tag(text)
        if isinstance(node, q.Word) and node.kind == "prefix":
            return e.Filter(zone, tuple(sorted(self.expand(text, node, (zone,), None))))
        return e.Filter(zone, (text,))

    # --- the vocabulary

    def expand(self, word: str, node: q.Word, fields: tuple[str, ...], language: str | None) -> dict[str, float]:
        """The words of the index that a prefix or a near spelling stands for, with their weights."""
        prefix = f"{language}:" if language else ""
        found: dict[str, float] = {}
        self.looked_up[node.start] = node.kind
        if sum(kind == "fuzzy" for kind in self.looked_up.values()) > MAX_FUZZY:
            raise QueryError(f"more than {MAX_FUZZY} words are looked for by near spellings", node.start, node.end)
        room = MAX_EXPANSIONS - self.expanded
        if node.kind == "fuzzy":
            found = near_spellings(self.index, fields, word, prefix=prefix, distance=node.distance)
        for field_ in fields if node.kind == "prefix" else ():
            for spelling in spellings(word) if language else (word,):
                terms = self.index.terms(field_, prefix + spelling, limit=room + 1)
                found |= dict.fromkeys((term.removeprefix(prefix) for term, _ in terms), 1.0)
        self.expanded += len(found)
        if self.expanded > MAX_EXPANSIONS:
            all_of = ", those before it included" if len(self.looked_up) > 1 else ""
            raise QueryError(
                f"“{node.text}*” stands for more than {MAX_EXPANSIONS:,} words{all_of}; add letters",
                node.start,
                node.end,
            )
        return found


def _and(clauses: Iterable[e.Clause | None]) -> e.Clause | None:
    parts = tuple(clause for clause in clauses if clause is not None)
    if len(parts) < 2:
        return parts[0] if parts else None
    return e.And(parts)


def _or(clauses: Iterable[e.Clause]) -> e.Clause | None:
    """Any of them; single words of the same fields become one word with more variants, which is cheaper to answer."""
    words: dict[tuple[str, ...], list[e.Variant]] = {}
    others: list[e.Clause] = []
    for clause in clauses:
        if isinstance(clause, e.Word):
            words.setdefault(clause.fields, []).extend(clause.variants)
        else:
            others.append(clause)
    merged = [e.Word(tuple(dict.fromkeys(variants)), fields) for fields, variants in words.items()]
    parts = (*merged, *others)
    if len(parts) < 2:
        return parts[0] if parts else None
    return e.Or(parts)
