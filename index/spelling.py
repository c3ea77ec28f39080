"""Words of the index's vocabulary that are spelled nearly like another."""

from collections.abc import Sequence

from index import ranking
from index.engine import SearchEngine

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
    found: dict[str, int] = {}
    for field in fields:
        asked = [prefix + near for near in candidates if near not in found]
        known = engine.frequencies(field, asked)
        found |= {near: candidates[near] for term in known if (near := term.removeprefix(prefix)) in candidates}
    for field in fields if distance > 1 and word else ():
        begin = len(prefix)
        terms = [term[begin:] for term, _ in engine.terms(field, prefix + word[0])]
        found |= dict.fromkeys((near for near in _alike(word, terms, distance) if near not in found), distance)
    return {near: ranking.EDIT_WEIGHT**edits for near, edits in found.items()}


def _edits(word: str) -> set[str]:
    letters = set(word).union(*(abc for abc in (_LATIN, _CYRILLIC, _GREEK) if not set(abc).isdisjoint(word)))
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    less = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    other = {a + c + b[1:] for a, b in cuts if b for c in letters}
    more = {a + c + b for a, b in cuts for c in letters}
    return (less | swapped | other | more) - {word, ""}


def _alike(word: str, others: Sequence[str], distance: int) -> list[str]:
    """Those of the others whose Levenshtein distance is at most `distance`.

    Of `distance` + 1 pieces of the word one at least stands unchanged in what is so near, and so near to its place;
    that is quick to ask.
    """
    least, most = len(word) - distance, len(word) + distance
    near = [other for other in others if least <= len(other) <= most]
    size = len(word) // (distance + 1)
    if size:
        begins = [size * number for number in range(distance + 1)]
        pieces = [(word[begin : begin + size], max(0, begin - distance), begin + size + distance) for begin in begins]
        near = [other for other in near if any(other.find(*piece) >= 0 for piece in pieces)]
    return [other for other in near if _within(word, other, distance)]


def _within(one: str, other: str, distance: int) -> bool:
    """Whether the Levenshtein distance is at most `distance`."""
    if abs(len(one) - len(other)) > distance:
        return False
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        previous, row = row, [i]
        for j, against in enumerate(other, start=1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (letter != against)))
        if min(row) > distance:
            return False
    return row[-1] <= distance
