"""What it is worth where the words of a question stand in a text: near each other, as a phrase, and early.

BM25F knows how often words occur, not where. Of two articles that have the same words the one is meant that has them in
one sentence, and a report says first what it is about. What this gains is in docs/engines.md; the weights stand in
`ranking`. An engine that cannot see positions may leave all of it out, or come near by a rescore: a loose phrase, and a
field of first words.
"""

from collections.abc import Iterable, Sequence

from index import ranking

# Of one text; a thousand-page document is judged by its beginning, so that no text costs more than 20 ms.
MOST_OCCURRENCES = 5_000

Occurrence = tuple[int, int, float]  # place in the text, number of the word in the question, what it is worth here


def worth(occurrences: Iterable[Occurrence], places: Sequence[int]) -> float:
    """What is added to an article's score; `places` says where each word stands in the question.

    >>> worth([(0, 0, 1.0)], [0]) == ranking.LEAD_WEIGHT
    True
    """
    found = sorted(occurrences)[:MOST_OCCURRENCES]
    together = _nearness(found) + ranking.PHRASE_WEIGHT * _phrase(found, places) if len(places) > 1 else 0.0
    return together + ranking.LEAD_WEIGHT * _lead(found)


def _nearness(found: Sequence[Occurrence]) -> float:
    """The best sentence and the best clause, each by the different words in it."""
    clause = sentence = 0.0
    for number, (start, *_) in enumerate(found):
        total = 0.0
        here: dict[int, float] = {}
        for at in range(number, len(found)):
            place, word, value = found[at]
            if place >= start + ranking.SENTENCE:
                break
            known = here.get(word, 0.0)
            if value > known:
                here[word] = value
                total += value - known
                if place < start + ranking.CLAUSE and total > clause:
                    clause = total
        sentence = max(sentence, total)
    return ranking.SENTENCE_WEIGHT * sentence + ranking.CLAUSE_WEIGHT * clause


def _phrase(found: Sequence[Occurrence], places: Sequence[int]) -> float:
    """What the words are worth together where the text has the whole question as it stands; 0 where it has not."""
    known: list[dict[int, float]] = [{} for _ in places]
    for place, word, value in found:
        known[word][place] = max(value, known[word].get(place, 0.0))
    starts = set(known[0])
    for at, number in zip(places[1:], range(1, len(places)), strict=True):
        starts &= {place - (at - places[0]) for place in known[number]}
        if not starts:
            return 0.0
    return max(sum(row[start + at - places[0]] for row, at in zip(known, places, strict=True)) for start in starts)


def _lead(found: Iterable[Occurrence]) -> float:
    """Each word by its earliest place."""
    best: dict[int, float] = {}
    for place, word, value in found:
        here = value / (1 + place / ranking.LEAD_HALF)
        if here > best.get(word, 0.0):
            best[word] = here
    return sum(best.values())
