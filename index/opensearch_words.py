"""The words of a text as pieces of the JSON that a cluster is sent: each is written once, and joined for each text.

Most of a document is this. A text goes in cut at blanks, with what shares a place joined by `SEPARATOR`; its terms
stand beside it as a column, where one may be named twice, which servers keep once.
"""

import json
from collections.abc import Iterable

from index.words import Remembered, Vocabulary, Words
from index.written import NO_WORD, SEPARATOR, encoded

_BLANK, _COMMA = b" ", b","
_NOTHING, _SEPARATOR = NO_WORD.encode(), SEPARATOR.encode()


class Pieces:
    """The words of a vocabulary by number: at its place in a text, and in a column; empty where there is none."""

    def __init__(self) -> None:
        self.stems: list[bytes] = []  # all that stands at the place, parts of compounds among it
        self.stem_terms: list[bytes] = []
        self.forms: list[bytes] = []
        self.form_terms: list[bytes] = []

    def grow(self, vocabulary: Vocabulary) -> None:
        """Takes in what the vocabulary was given since."""
        for number in range(len(self.stems), len(vocabulary.stems)):
            there, forms = (*vocabulary.stems[number], *vocabulary.parts[number]), vocabulary.forms[number]
            self.stems.append(_place(there))
            self.stem_terms.append(_terms(there))
            self.forms.append(_BLANK.join(map(_piece, forms)))
            self.form_terms.append(_terms(forms))


_pieces_of = Remembered(Pieces)


def stems_of(words: Words, *, parts: bool = True) -> tuple[bytes, bytes]:
    """What stands at the places of a text, and its terms, both as JSON."""
    numbers = set(words.places)
    if parts:
        pieces = _pieces_of(words.vocabulary)
        there = list(map(pieces.stems.__getitem__, words.places))
        terms = list(map(pieces.stem_terms.__getitem__, numbers))
    else:
        stems = words.vocabulary.stems
        known = {number: _place(stems[number]) for number in numbers}
        there = list(map(known.__getitem__, words.places))
        terms = [_terms(stems[number]) for number in numbers]
    for place, term in words.beside:
        piece = _piece(term)
        there[place] = piece if there[place] == _NOTHING else there[place] + _SEPARATOR + piece
        terms.append(_terms((term,)))
    return _text(there), _column(terms)


def forms_of(words: Words) -> tuple[bytes, bytes]:
    """The exact forms of a text, and its terms, both as JSON."""
    pieces = _pieces_of(words.vocabulary)
    terms = map(pieces.form_terms.__getitem__, set(words.places))
    return _text(map(pieces.forms.__getitem__, words.places)), _column(terms)


def _piece(text: str) -> bytes:
    """A piece of a JSON string."""
    return json.dumps(encoded(text), ensure_ascii=False)[1:-1].encode()


def _place(terms: Iterable[str]) -> bytes:
    return _SEPARATOR.join(map(_piece, terms)) or _NOTHING


def _terms(terms: Iterable[str]) -> bytes:
    """Neighbours in a list."""
    return _COMMA.join(b'"%b"' % _piece(term) for term in terms)


def _text(pieces: Iterable[bytes]) -> bytes:
    return b'"%b"' % _BLANK.join(pieces)


def _column(terms: Iterable[bytes]) -> bytes:
    return b"[%b]" % _COMMA.join(filter(None, terms))
