"""Text without what nobody sees: one form of every character, one kind of blank, nothing invisible.

A clean text passes unchanged, and hygiene twice is hygiene once. Typographic quotes, dashes and ligatures stay: they
are the author's. A sign that nobody sees stays where the script needs it: joiners in Persian, Hindi and emoji,
variation selectors, the tags of a flag, and the zero-width space between words of Thai or Khmer.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import Literal

# White space that is no plain blank (to Python U+00A0, U+202F, U+3000, U+2028 and the like are white space), controls,
# and all other signs that are looked at below.
_UNTIDY = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ue000-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f]"
)
# Soft hyphen, zero-width space, word joiner and the invisible operators behind it, BOM, interlinear annotation marks,
# object replacement, bidi marks, overrides and isolates (U+200E/F, U+202A–E, U+2066–9).
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc]+")
# Scripts without blanks between words say with a zero-width space where one ends: Thai, Lao, Burmese, Khmer, Tai.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\uaa60-\uaadf"
_WORD_END = re.compile(f"(?<=[{_UNSPACED}])\u200b(?=[{_UNSPACED}])")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\x81\x8d\x8f\x90\x9d\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# The other controls of Latin-1 are Windows-1252: what `&#150;` is in every browser (HTML Standard, 13.2.5.80).
_C1 = {byte: shown for byte in range(0x80, 0xA0) if (shown := bytes([byte]).decode("cp1252", "ignore"))}
_C1_SIGN = re.compile("[\x80-\x9f]")
# Zero-width (non-)joiners carry meaning in Persian, Hindi and emoji: they go where a neighbour is of no such script.
_LATIN_JOINER = re.compile(
    "(?<=[\u0000-\u058f\u2000-\u206f\\s])[\u200c\u200d]+|[\u200c\u200d]+(?=[\u0000-\u058f\u2000-\u206f\\s]|$)|^[\u200c\u200d]+"
)
_STRAY = re.compile(
    "\u034f+(?![\u0300-\u036f\u0591-\u05c7])"  # the grapheme joiner that pads previews of newsletters
    "|(?<![\u1820-\u18aa])\u180e"  # the vowel separator where nothing is Mongolian
    "|[\U000e0000-\U000e001f]"
)
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f)|[\U000e0020-\U000e007f]+")
# Private-use characters that stand apart are icons of a web font; within a word they are a letter of somebody's font.
_ICON = re.compile(r"(?<!\S)[\ue000-\uf8ff]+(?!\S)")
_NAME = 200  # characters of a text that is no paragraph
_LETTER = re.compile(r"[^\W_]")
_NO_LETTER = re.compile(r"[\W_]+")  # all but what `str.isalnum` is true of
_BLANKS = re.compile(r"\s+")

# What markup that was escaped twice leaves within a word: `f&uuml;r`, `caf&#233;`. Alone such a name may be what a line
# is about, and so may all names of signs that are no letters, and all of them where a line speaks of markup.
_ENTITY = (
    r"&(?:amp;)*(?:[A-Za-z]{1,2}(?:acute|grave|circ|uml|tilde|ring|cedil|caron|slash|lig)"
    r"|#(?:19[2-9]|[2-9]\d{2}|[1-9]\d{3}|x[cCdDeEfF][0-9A-Fa-f]|x[1-9A-Fa-f][0-9A-Fa-f]{2,3}));"
)
_ENTITIES = re.compile(rf"(?<![^\W\d_])(?:{_ENTITY}){{2,}}|(?<=[^\W\d_])(?:{_ENTITY})+|(?:{_ENTITY})+(?=[^\W\d_])")
_ON_MARKUP = re.compile(
    r"<[a-z/!]|&(?:amp;)*[lg]t;|\b(?:x?html\d?\b|xml\b|entit|unicode\b|escap|maskier)", re.IGNORECASE
)


def clean(text: str) -> str:
    """`text` as one tidy line: NFC, no invisible or control characters, every run of white space one plain blank."""
    if "&" not in text and _is_plain(text):
        return text if "  " not in text and text[:1] != " " != text[-1:] else _BLANKS.sub(" ", text).strip()
    text = _visible(unicodedata.normalize("NFC", text))
    if "&" in text and ";" in text and not _ON_MARKUP.search(text):
        text = _ENTITIES.sub(_spelled_out, text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _is_plain(text: str) -> bool:
    """Whether nothing is to be done, blanks aside."""
    if text.isascii():
        return text.isprintable()
    return not _UNTIDY.search(text) and unicodedata.is_normalized("NFC", text)


def _spelled_out(match: re.Match[str]) -> str:
    """The letters that entities stand for; the entities when one of them is none."""
    meant = unescape(match[0].replace("&amp;", "&").replace("amp;", ""))
    return meant if meant.isalpha() else match[0]


def _visible(text: str) -> str:
    """Without what nobody sees; what only looked like a control character is what it was meant as."""
    if _C1_SIGN.search(text):
        text = text.translate(_C1)
    text = _STRAY.sub("", _CONTROL.sub("", text))
    if "\u200b" in text:
        text = _WORD_END.sub("\x00", text)
    text = _INVISIBLE.sub("", text).replace("\x00", "\u200b")
    text = _TAGS.sub(r"\1", text)
    if "\u200c" in text or "\u200d" in text:
        text = _LATIN_JOINER.sub("", text)
    return _ICON.sub("", text)


def speaks(text: str) -> bool:
    """Whether a text has a letter or figure at all."""
    return _LETTER.search(text) is not None


def letters(text: str, form: Literal["NFKC", "NFKD"] | None = None) -> str:
    """The letters and figures of a text, case aside: what stays the same whatever is done to blanks and signs.

    With a normalisation `form`, compatible forms of a letter are one ("ﬁ" and "fi"); in NFKD accents go as well.
    """
    return _letters(text, form) if len(text) <= _NAME else _letters.__wrapped__(text, form)


@lru_cache(4_096)  # of names and headlines, which several fields and rules compare, and many articles share
def _letters(text: str, form: Literal["NFKC", "NFKD"] | None) -> str:
    plain = text if form is None or text.isascii() else unicodedata.normalize(form, text)
    return _NO_LETTER.sub("", "".join(plain.casefold().split()))  # with the blanks gone, a third of the time
