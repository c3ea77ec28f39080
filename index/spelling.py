"""Words of the index's vocabulary that are spelled nearly like another."""

from collections.abc import Iterable, Mapping, Sequence

from index import ranking
from index.engine import AlikeEngine, SearchEngine, SpellingEngine

# Letters tried in place of each other, beside those of the word itself; other alphabets are covered by the vocabulary
# walk of distance 2, which tries nothing.
_LATIN = "abcdefghijklmnopqrstuvwxyzäöüßéèêáàâçñóíúåøæœ0123456789"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ"
_GREEK = "αβγδεζηθικλμνξοπρςστυφχψωάέήίόύώ"


def near_spellings(
    engine: SearchEngine, fields: Sequence[str], word: str, *, prefix: str, distance: int
) -> dict[str, float]:
    """The words of some fields within `distance` edits of `word` (1 or 2), each with its weight; `word` itself has 1.

    An edit is a letter more, less, other, or two neighbours swapped. With two edits the first letter stays, so that
    only a part of the vocabulary has to be walked.
    """
    candidates = dict.fromkeys(sorted(_edits(word)), 1)  # in the order of the vocabulary, neighbours together
    candidates[word] = 0
    if isinstance(engine, AlikeEngine):
        there = engine.alike(fields, word, prefix=prefix, distance=distance) if word else ()
        found = {near: candidates[near] for near in there if near in candidates}
        further = [each for each in there if each not in found and each[:1] == word[:1]] if distance > 1 else []
        found |= dict.fromkeys(_alike(word, further, distance), distance)
    else:
        found = _looked_for(engine, fields, candidates, prefix)
        for field in fields if distance > 1 and word else ():
            alike = _alike(word, _beginning_alike(engine, field, prefix, word, distance), distance)
            found |= dict.fromkeys((each for each in alike if each not in found), distance)
    return {near: ranking.EDIT_WEIGHT**edits for near, edits in found.items()}


def _looked_for(
    engine: SearchEngine, fields: Sequence[str], candidates: Mapping[str, int], prefix: str
) -> dict[str, int]:
    """Those of the candidates that a field has."""
    found: dict[str, int] = {}
    for field in fields:
        asked = [prefix + near for near in candidates if near not in found]
        known = engine.frequencies(field, asked)
        found |= {near: candidates[near] for term in known if (near := term.removeprefix(prefix)) in candidates}
    return found


def _edits(word: str) -> set[str]:
    letters = set(word).union(*(abc for abc in (_LATIN, _CYRILLIC, _GREEK) if not set(abc).isdisjoint(word)))
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    less = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    other = {a + c + b[1:] for a, b in cuts if b for c in letters}
    more = {a + c + b for a, b in cuts for c in letters}
    return (less | swapped | other | more) - {word, ""}


def _beginning_alike(engine: SearchEngine, field: str, prefix: str, word: str, distance: int) -> Iterable[str]:
    """The words of a field with the first letter of `word`, those that are too short left out where it is cheap."""
    begin = prefix + word[0]
    if isinstance(engine, SpellingEngine):
        terms: Iterable[str] = sorted(engine.spelled(field, begin, least=len(prefix) + len(word) - distance))
    else:
        terms = (term for term, _ in engine.terms(field, begin))
    return (term[len(prefix) :] for term in terms)


def _pieces(word: str, distance: int) -> list[tuple[str, int, int]]:
    """`distance` + 1 pieces of a word, each with the places that it may stand between in a word so near; or none."""
    size = len(word) // (distance + 1)
    begins = [size * number for number in range(distance + 1)] if size else []
    return [(word[begin : begin + size], max(0, begin - distance), begin + size + distance) for begin in begins]


def _alike(word: str, others: Iterable[str], distance: int) -> list[str]:
    """Those of the others whose Levenshtein distance is at most `distance`."""
    least, most = len(word) - distance, len(word) + distance
    near = [other for other in others if least <= len(other) <= most]
    if pieces := _pieces(word, distance):
        # One at least stands unchanged in what is so near, and near to its place; that is quick to ask.
        near = [other for other in near if any(other.find(*piece) >= 0 for piece in pieces)]
    places = {letter: sum(1 << at for at, each in enumerate(word) if each == letter) for letter in word}
    return [other for other in near if _distance(places, len(word), other) <= distance]


def _distance(places: Mapping[str, int], length: int, other: str) -> int:
    """The Levenshtein distance of a word from another; of the first `places` has where each letter stands, as bits.

    Myers 1999, Hyyrö 2003: a column of the table is two numbers, of where it rises and falls by one.
    """
    every, last = (1 << length) - 1, 1 << length >> 1
    rises, falls, found = every, 0, length
    for letter in other:
        equal = places.get(letter, 0)
        across = (((equal & rises) + rises) ^ rises) | equal | falls
        more, less = falls | (every & ~(across | rises)), rises & across
        found += bool(more & last) - bool(less & last)
        more = more << 1 | 1
        rises = (less << 1 | (every & ~(equal | falls | more))) & every
        falls = more & (equal | falls) & every
    return found
