"""How terms are written where an engine keeps them as UTF-8 and cuts texts at blanks; for clusters and for Tantivy.

A text comes as numbers of a vocabulary, one for each place (index/words.py). What stands there is written once for each
number and joined for each text, so that no object is made per word.
"""

import re
from hashlib import blake2b
from itertools import compress

from index.marks import NO_MARK, mark
from index.words import Remembered, Vocabulary, Words

NO_WORD = "\ue000"  # at a place without a stem; no term is written so, see `encoded`
SEPARATOR = "\ue001"  # between what shares a place; no letter, so no word has it
_MOST_OF_KEY = 30_000  # bytes; a longer value is known by its beginning and its checksum. Lucene takes 32,766

# UTF-8 has no lone surrogates (names of files that cannot be decoded have them). They are written with a sign of the
# private area, which itself is written with it, so that code point order stays as it is.
_SIGN = "\ue000"
_NO_UTF8 = re.compile("[\ud800-\udfff\ue000]")
_WRITTEN = re.compile(f"{_SIGN}([0-9a-f]{{4}})")


def encoded(text: str) -> str:
    """Text as UTF-8 can have it."""
    return text if text.isascii() else _NO_UTF8.sub(lambda found: f"{_SIGN}{ord(found.group()):04x}", text)


def decoded(text: str) -> str:
    """What `encoded` was given."""
    return text if text.isascii() else _WRITTEN.sub(lambda found: chr(int(found.group(1), 16)), text)


def key(value: str) -> str:
    """A whole value as a term."""
    kept = encoded(value)
    if len(kept) * 4 <= _MOST_OF_KEY or len(raw := kept.encode()) <= _MOST_OF_KEY:
        return kept
    return f"{kept[: _MOST_OF_KEY // 8]}{_SIGN}{blake2b(raw, digest_size=16).hexdigest()}"


class Written:
    """The words of a vocabulary as they are written, by number: made once for each, joined for each text."""

    def __init__(self) -> None:
        self.mains: list[str] = []  # the usual stem of each place
        self.marks: list[bytes] = []  # of these
        self.forms: list[str] = []
        self.beside: dict[int, tuple[str, ...]] = {}  # other stems, and parts of compounds, where there are any

    def grow(self, vocabulary: Vocabulary) -> None:
        """Takes in what the vocabulary was given since."""
        for number in range(len(self.mains), len(vocabulary.stems)):
            main, *others = vocabulary.stems[number] or (None,)
            self.mains.append(NO_WORD if main is None else encoded(main))
            self.marks.append(NO_MARK if main is None else mark(main))
            self.forms.append(" ".join(map(encoded, vocabulary.forms[number])))
            if others or vocabulary.parts[number]:
                self.beside[number] = (*others, *vocabulary.parts[number])


written_of = Remembered(Written)  # the words of a vocabulary as they are written


def beside_of(words: Words, *, parts: bool = True) -> list[tuple[int, str]]:
    """What shares its place with a usual stem: place and term, as often as it occurs; parts of compounds on demand."""
    known = written_of(words.vocabulary).beside
    having = known.keys() & set(words.places)
    if not parts:
        stems = words.vocabulary.stems
        known = {number: stems[number][1:] for number in having}
    if not having:
        return list(words.beside)
    places = compress(enumerate(words.places), map(having.__contains__, words.places))
    return [*((at, term) for at, number in places for term in known[number]), *words.beside]
