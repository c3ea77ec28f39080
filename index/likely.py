"""Which words can have a term at all, told from their letters: it spares analysing most words of a text.

To show why an article was found, its words are compared with the terms that were looked for. To stem a word and to cut
a compound takes 40 µs, and in a large archive every page of hits has hundreds of words that no page had before. But
stemmers of the languages below only change how a word ends, and tables name all that is otherwise; so a word that
begins with other letters cannot have the stem, and one that has the beginning of a part nowhere cannot have the part.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from index.analysis import Analyser
from index.compounds import LANGUAGE
from index.folding import fold_case, transcribed, unmarked
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
        if analyser.language in _ENDINGS_ONLY and all(map(_PLAIN.fullmatch, whole | inner)):
            inner = inner if analyser.language == LANGUAGE else set()
            ways = [
                *map(_pattern, whole),
                *(f".*{_pattern(each)}" for each in inner),
                f".*[^{_LATIN}\n]" if numbers else _ODD,
            ]
            self._pattern = re.compile(f"^(?:{'|'.join(ways)}).*$", re.MULTILINE)

    def among(self, runs: Iterable[str]) -> Iterable[str]:
        """Those of some runs of letters, as the tokeniser found them, that may have one of the terms."""
        if self._pattern is None:
            return runs
        found: list[str] = self._pattern.findall("\n".join(runs))
        return found


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
