"""Text without what nobody sees: one form of every character, one kind of blank, nothing invisible.

A clean text passes unchanged, and hygiene twice is hygiene once. Typographic quotes, dashes and ellipses stay: they are
the author's.
"""

import re
import unicodedata
from typing import Literal

# Soft hyphen, zero-width space, word joiner and the invisible operators behind it, BOM, Mongolian vowel separator,
# interlinear annotation marks, object replacement, bidi marks, overrides and isolates (U+200E/F, U+202A–E, U+2066–9),
# variation selector 15/16 as tags of emoji are kept. Zero-width (non-)joiners U+200C/D carry meaning in Persian,
# Hindi and emoji: they go only where neither neighbour is of such a script.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NO_LETTER = re.compile(r"[\W_]+")  # all but what `str.isalnum` is true of
_BLANKS = re.compile(r"\s+")  # U+00A0, U+202F, U+3000, U+2028, U+0085 and the like are white space to Python
_LATIN_JOINER = re.compile(
    "(?<=[\u0000-\u058f\u2000-\u206f\\s])[\u200c\u200d]+|[\u200c\u200d]+(?=[\u0000-\u058f\u2000-\u206f\\s]|$)|^[\u200c\u200d]+"
)


def clean(text: str) -> str:
    """`text` as one tidy line: NFC, no invisible or control characters, every run of white space one plain blank."""
    if text.isascii() and text.isprintable():
        return text if "  " not in text and text == text.strip() else _BLANKS.sub(" ", text).strip()
    text = _CONTROL.sub("", text)
    text = _INVISIBLE.sub("", text)
    if "\u200c" in text or "\u200d" in text:
        text = _LATIN_JOINER.sub("", text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def letters(text: str, form: Literal["NFKC", "NFKD"] | None = None) -> str:
    """The letters and figures of a text, case aside: what stays the same whatever is done to blanks and signs.

    With a normalisation `form`, compatible forms of a letter are one ("ﬁ" and "fi"); in NFKD accents go as well.
    """
    plain = text if form is None or text.isascii() else unicodedata.normalize(form, text)
    return _NO_LETTER.sub("", plain.casefold())
