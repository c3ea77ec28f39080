"""What of an article is marked for a query: the plan's terms, and the query's phrases in the article's own language."""

from collections.abc import Iterator

from index import query as q
from index.analysis import Analyser
from index.matching import Sought, SoughtPhrase
from index.plan import Plan


def sought(node: q.Node | None, found: Plan, words: Analyser) -> Sought:
    """What to mark in an article that `words` is the analyser of."""
    phrases = [phrase for phrase in _asked_for(node) if isinstance(phrase, q.Phrase)]
    if not phrases:
        return Sought(found.stems | found.forms)
    single = frozenset(
        words.term(stem)
        for word in _asked_for(node)
        if isinstance(word, q.Word)
        for places in _places(word.text, words)
        for stem in places
    )
    made = (_phrase(phrase, single, words) for phrase in phrases)
    return Sought(found.stems | found.forms, tuple(phrase for phrase in made if len(phrase.places) > 1))


def _phrase(phrase: q.Phrase, single: frozenset[str], words: Analyser) -> SoughtPhrase:
    places = tuple(frozenset(map(words.term, stems)) for stems in _places(phrase.text, words))
    return SoughtPhrase(places, phrase.slop, frozenset().union(*places) - single)


def _places(text: str, words: Analyser) -> Iterator[tuple[str, ...]]:
    return (stems for _, _, token in words.tokens(text) for stems in token.places)


def _asked_for(node: q.Node | None) -> Iterator[q.Word | q.Phrase]:
    """The words and phrases that an article may have in its title or text, those that are excluded left out."""
    match node:
        case q.Word() | q.Phrase():
            yield node
        case q.And(nodes) | q.Or(nodes):
            for inner in nodes:
                yield from _asked_for(inner)
        case q.Field("title", inner):
            yield from _asked_for(inner)
        case _:
            return
