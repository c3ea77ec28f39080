"""Which words can have a term at all, told from their letters: it spares analysing most words of a text.

To show why an article was found, its words are compared with the terms that were looked for. To stem a word and to cut
a compound takes 40 µs, and in a large archive every page of hits has hundreds of words that no page had before. But
stemmers of the languages below only change how a word ends, and tables name all that is otherwise; so a word that
begins with other letters cannot have the stem, and one that has the beginning of a part nowhere cannot have the part.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from index.analysis import Analyser
from index.compounds import LANGUAGE
from index.folding import APOSTROPHE, fold_case, transcribed, unmarked
from index.stemming import irregular_forms, stemmer

# Languages whose stemmer leaves the first two letters alone, and Slavic ones that have none here: nothing else was
# found in the words of 12 languages (2026-11-29). Arabic, Indonesian and Tamil take prefixes off, Irish mutations,
# Dutch "ge".
_ENDINGS_ONLY = frozenset(
    "bg da de en es fr hu it mk nb nn no pt sk sl sv".split()  # noqa: SIM905  (a row to be read)
)
_WHOLE = 2  # letters that a word and its stem have in common
_PART = 3  # the same of a part of a German compound; Snowball's German never touches the first three

_LATIN = "A-Za-z\u00c0-\u00ff"  # letters that are told by their looks; what has others is analysed
_ODD = f"(?![0-9.,:/]+$).*[^{_LATIN}0-9\n]"  # no figures: where a term has some that is sought, all words are analysed
_PLAIN = re.compile("[a-z]*")

# Text as single bytes, one for each character, to look for beginnings in by what C has for that.
_CODE = "cp1252"  # letters, quotes and dashes of western Europe; what it has not becomes a question mark
_BLANK, _DIGIT, _LETTER, _JOINER, _POINT, _STRANGE = b" 0~-.?"


class Likely:
    """What words must look like to have one of some terms."""

    def __init__(self, analyser: Analyser, terms: Iterable[str], *, numbers: bool) -> None:
        """With `numbers`, figures are let through as well, which may be several words (10:30)."""
        prefix, part = analyser.term(""), analyser.part("")
        irregular = _irregular(analyser.language) if analyser.language in _ENDINGS_ONLY else {}
        whole: set[str] = set()
        inner: set[str] = set()
        for term in terms:
            if term.startswith(part):
                stem = term.removeprefix(part)
                inner |= {unmarked(stem)[:_PART], *irregular.get(stem, ())}
            elif term.startswith(prefix):
                stem = term.removeprefix(prefix)
                whole |= _spelled(unmarked(stem)[:_PART]) | {each[:_WHOLE] for each in irregular.get(stem, ())}
        self._pattern = None
        self._needles: Sequence[bytes] = ()
        if analyser.language in _ENDINGS_ONLY and all(map(_PLAIN.fullmatch, whole | inner)):
            inner = inner if analyser.language == LANGUAGE else set()
            ways = [
                *map(_pattern, whole),
                *(f".*{_pattern(each)}" for each in inner),
                f".*[^{_LATIN}\n]" if numbers else _ODD,
            ]
            self._pattern = re.compile(f"^(?:{'|'.join(ways)}).*$", re.MULTILINE)
            self._needles = [b" " + each for each in _needles(whole)] + list(_needles(inner))

    def among(self, runs: Iterable[str]) -> Iterable[str]:
        """Those of some runs of letters, as the tokeniser found them, that may have one of the terms."""
        if self._pattern is None:
            return runs
        found: list[str] = self._pattern.findall("\n".join(runs))
        return found

    def places(self, text: str) -> Iterator[int] | None:
        """Characters of a text, all words with one of the terms having one of them or standing next to it, no blank
        between; None where every word may have one.

        It is `among` for a whole text that need not be cut into words.
        """
        if self._pattern is None:
            return None
        if not self._needles:
            return iter(())
        return _found(b" " + text.replace("?", " ").encode(_CODE, "replace").translate(_seen()), self._needles)


def _found(data: bytes, needles: Iterable[bytes]) -> Iterator[int]:
    """Where one of the needles begins, or what may join a word with another, or is no letter that is known."""
    pointed = data.replace(b". ", b"  ")  # ends of sentences join nothing
    for row, needle in (*((data, needle) for needle in needles), (data, b"-"), (data, b"?"), (pointed, b".")):
        at = row.find(needle)
        while at >= 0:
            yield at if needle[0] == _BLANK else at - 1
            at = row.find(needle, at + 1)


def _needles(beginnings: Iterable[str]) -> Iterator[bytes]:
    """The same as `_pattern`, for text that `_seen` was made of."""
    for beginning in beginnings:
        found = [""]
        for letter in beginning:
            found = [
                known + way for known in found for way in ((letter, f"{letter}e") if letter in "aou" else (letter,))
            ]
        yield from (each.encode("ascii") for each in found)


@lru_cache(maxsize=1)
def _seen() -> bytes:
    """What each byte of a text is looked at as: letters without marks, blanks in place of signs."""
    return bytes(map(_seen_as, range(256)))


def _seen_as(byte: int) -> int:
    sign = bytes((byte,)).decode(_CODE, "replace")
    if sign in f"-&{APOSTROPHE}":
        return _JOINER
    if sign == ".":
        return _POINT
    if sign.isdecimal():
        return _DIGIT
    if re.fullmatch(f"[{_LATIN}]", sign) and sign.isalpha():
        plain = set(unmarked(fold_case(sign)))
        if len(plain) > 1:  # æ is a and e
            return _STRANGE
        (letter,) = plain
        return ord(letter) if _PLAIN.fullmatch(letter) else _LETTER
    return _STRANGE if sign.isalnum() or sign in "?_\u00ad" else _BLANK


def _spelled(beginning: str) -> set[str]:
    """How words may begin whose stem begins so: überall (ueberall), dying (die)."""
    found = {beginning[:_WHOLE]}
    if beginning[:_WHOLE] in {"ae", "oe", "ue"}:
        found.add(beginning[0] + beginning[2:])
    if beginning[1:_WHOLE] == "i":
        found.add(beginning[0] + "y")
    return found


def _pattern(letters: str) -> str:
    """Letters, whatever their marks and size, also as they are written without umlauts: Aerzte for arz."""
    alike = _alike()
    return "".join(f"[{alike[letter]}]" + ("[eE]?" if letter in "aou" else "") for letter in letters)


@lru_cache(maxsize=1)
def _alike() -> Mapping[str, str]:
    """Letter → all that are it, or stand for several of which it is one (ß, æ)."""
    found: dict[str, str] = {}
    for code in (*range(0x41, 0x7B), *range(0xC0, 0x100)):
        for letter in set(unmarked(fold_case(chr(code)))):
            if letter.isalpha():
                found[letter] = found.get(letter, "") + chr(code)
    return found


@lru_cache(maxsize=32)
def _irregular(language: str) -> Mapping[str, frozenset[str]]:
    """Stem → how words begin that have it and begin otherwise: essen, gegessen, aß."""
    stem = stemmer(language)
    found: dict[str, set[str]] = {}
    for first, form in irregular_forms(language):
        beginning = unmarked(form)[:_PART]
        if not beginning == unmarked(first)[:_PART] == transcribed(first)[:_PART]:
            found.setdefault(stem(form), set()).add(beginning)
    return {known: frozenset(beginnings) for known, beginnings in found.items()}
