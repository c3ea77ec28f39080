"""Articles like one: its key terms as a question.

A term's worth is how often the article has it, times how rare it is among the articles of its language (tf·idf, Sparck
Jones 1972), with the title counted as in ranking.
"""

from collections import Counter
from collections.abc import Mapping
from math import log

from index import engine as e
from index import ranking
from index.analysis import analyser, is_function_word
from index.entry import TEXT, TITLE, Display

KEY_TERMS = 25  # of an article; more make the question slower and its answer vaguer
LEAST_ARTICLES = 2  # that have a term: what only this one has finds nothing


def like(display: Display, terms: Mapping[str, float]) -> e.Clause:
    """Asks for what is like the article by its key terms, its own copies excluded."""
    words = tuple(e.Word((e.Variant(term, worth, display.language),), (TITLE, TEXT)) for term, worth in terms.items())
    return e.And((e.Or(words), e.Not(e.Filter("copy", (display.copy_group,)))))


def key_terms(engine: e.SearchEngine, display: Display) -> dict[str, float]:
    """The terms that tell most of an article, each with its worth, 1 for the best; at most `KEY_TERMS`."""
    words = analyser(display.language, engine.compounds)
    counts: Counter[str] = Counter()
    for text, boost in ((display.title or "", ranking.BOOST[TITLE]), (display.text, ranking.BOOST[TEXT])):
        for start, end, token in words.tokens(text):
            if not is_function_word(display.language, text[start:end]):
                for place in token.places:
                    counts[words.term(place[0])] += int(boost)
    having = engine.frequencies(TEXT, counts)
    total = dict(engine.terms("lang", display.language)).get(display.language, 0)
    worth = {
        term: log(1 + count) * ranking.rarity(total, having[term])
        for term, count in counts.items()
        if having.get(term, 0) >= LEAST_ARTICLES
    }
    best = sorted(worth, key=lambda term: (-worth[term], term))[:KEY_TERMS]
    return {term: worth[term] / worth[best[0]] for term in best}
