"""Folding: what letters are the same to a reader who searches.

NFC, soft hyphens and zero-width characters gone, typographic apostrophes plain, case folded (ß → ss); on demand the
marks of Latin letters gone as well.
"""

import unicodedata

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
APOSTROPHE = "'\u2019\u02bc\u2018\uff07"
_CLEAN = {ord(c): None for c in INVISIBLE} | {ord(c): "'" for c in APOSTROPHE}
_ODD_LATIN = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}


def fold_case(text: str) -> str:
    """`text` in NFC, without invisible characters, apostrophes plain, case folded: the exact form of a word."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_CLEAN).casefold())


def fold_key(text: str) -> str:
    """A name as one key: `source:`, `lang:` and `id:` compare by it."""
    return " ".join(fold_case(text).split())


def unmarked(word: str) -> str:
    """A folded word without the marks of Latin letters: `präsident` → `prasident`, `łódź` → `lodz`."""
    return word if word.isascii() else word.translate(_PLAIN)


class _PlainLatin(dict[int, str]):
    """Latin letters without their marks, made when first met; other scripts keep theirs, where marks are letters."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = letter
        if 0xC0 <= code <= 0x24F or 0x1E00 <= code <= 0x1EFF:
            plain = _ODD_LATIN.get(letter) or "".join(
                c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c)
            )
        elif 0x300 <= code <= 0x36F:
            plain = ""
        self[code] = plain
        return plain


_PLAIN = _PlainLatin()
