"""Folding: what letters are the same to a reader who searches.

Soft hyphens, zero-width characters and marks of direction gone, typographic apostrophes plain, NFKC (ﬁ, ĳ, ₂,
full-width letters and digits), case folded (ß → ss); on demand the marks of letters gone as well, where a reader may
leave them out.
"""

import re
import unicodedata
from collections.abc import Iterator

INVISIBLE = "\u00ad\u034f\u061c\u200b-\u200f\u2060-\u2064\ufe0e\ufe0f\ufeff"  # as ranges of a character class
APOSTROPHE = "'`\u00b4\u2018\u2019\u201b\u02b9\u02bc\u2032\uff07"


def _codes(ranges: str) -> Iterator[int]:
    """The characters of a class of a regular expression; to try each of 8,000 took 5 ms of every search."""
    for first, last in re.findall(r"(.)(?:-(.))?", ranges):
        yield from range(ord(first), ord(last or first) + 1)


_CLEAN: dict[int, str | None] = dict.fromkeys(_codes(INVISIBLE)) | {ord(c): "'" for c in APOSTROPHE}
_ODD = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h", "ё": "е", "ς": "σ"}


def fold_case(text: str) -> str:
    """`text` without invisible characters, apostrophes plain, in NFKC, case folded: the exact form of a word."""
    if text.isascii():
        return text.lower().replace("`", "'")
    folded = unicodedata.normalize("NFKC", text.translate(_CLEAN)).casefold()
    return unicodedata.normalize("NFKC", folded).replace("i\u0307", "i")  # the last: İstanbul


def fold_key(text: str) -> str:
    """A name as one key: `source:`, `lang:` and `id:` compare by it."""
    return " ".join(fold_case(text).split())


def unmarked(word: str) -> str:
    """A folded word without the marks that a reader may leave out: `präsident` → `prasident`, `łódź` → `lodz`.

    Of Latin and Greek letters all, of Hebrew and Arabic the vowels; in other scripts marks make other letters (й, ї).
    """
    return word if word.isascii() else word.translate(_PLAIN)


class _PlainLetters(dict[int, str]):
    """Letters without their marks, made when first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = _ODD.get(letter, letter)
        if plain == letter and any(first <= code <= last for first, last in _MARKED_LETTERS):
            plain = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
        elif any(first <= code <= last for first, last in _LOOSE_MARKS):
            plain = ""
        self[code] = plain
        return plain


_MARKED_LETTERS = ((0xC0, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1FFF))  # Latin, Greek
# Combining marks, Hebrew points, Arabic vowels and the stretching sign.
_LOOSE_MARKS = (
    (0x300, 0x36F), (0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7),
    (0x610, 0x61A), (0x640, 0x640), (0x64B, 0x652), (0x670, 0x670), (0x6D6, 0x6DC),
)  # fmt: skip
_PLAIN = _PlainLetters()


def transcribed(word: str) -> str:
    """A folded word as it is written without umlauts: `präsident` → `praesident`."""
    return word.translate(_TRANSCRIPTION)


UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}
_TRANSCRIPTION = {ord(letter): written for letter, written in (*UMLAUTS.items(), ("ß", "ss"))}
