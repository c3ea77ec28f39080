"""Whether a word can have a term at all, told from its letters: it spares analysing most words of a text.

To show why an article was found, its words are compared with the terms that were looked for. To stem a word and to cut
a compound takes 40 µs, and in a large archive every page of hits has hundreds of words that no page had before. But
stemmers of the languages below only change how a word ends, and tables name all that is otherwise; so a word that
begins with another letter cannot have the stem, and one that has the beginning of a part nowhere cannot have the part.
"""

from collections.abc import Iterable
from functools import lru_cache

from index.analysis import Analyser
from index.compounds import LANGUAGE, LEAST_COMPOUND
from index.folding import fold_case, transcribed, unmarked
from index.stemming import irregular_forms, stemmer

# Languages whose stemmer leaves the first letter alone, and Slavic ones that have none here: nothing else was found in
# the words of 13 languages (2026-11-29). Arabic, Indonesian and Tamil take prefixes off, Irish mutations, Dutch "ge".
_ENDINGS_ONLY = frozenset(
    "bg da de en es fr hu it mk nb nn no pt ru sk sl sv".split()  # noqa: SIM905  (a row to be read)
)
_PART = 2  # letters that a part and its stem have in common; Snowball's German leaves three
# German written without umlauts, as its stemmer reads it: a part "ärzte" of Aerztekammer.
_WRITTEN_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"))


class Likely:
    """What words must look like to have one of some terms."""

    def __init__(self, analyser: Analyser, terms: Iterable[str]) -> None:
        self._judges = analyser.language in _ENDINGS_ONLY
        prefix, part = analyser.term(""), analyser.part("")
        beginnings: set[str] = set()
        inner: set[str] = set()
        irregular = _irregular(analyser.language) if self._judges else {}
        for term in terms:
            if term.startswith(part):
                inner |= _beginnings(term.removeprefix(part), irregular)
            elif term.startswith(prefix):
                beginnings |= _beginnings(term.removeprefix(prefix), irregular)
        # Two letters let hardly fewer words through, and are wrong of dying (die) and übel (uebel, outside German).
        self._letters = frozenset(each[:1] for each in beginnings)
        self._inner = tuple(inner) if analyser.language == LANGUAGE else ()

    def may_have(self, raw: str) -> bool:
        """Whether a run of letters, as the tokeniser found it, may have one of the terms."""
        if not (self._judges and raw.isalpha()):
            return True
        word = unmarked(fold_case(raw))
        if word[:1] in self._letters or not word.isalpha():
            return True
        if not self._inner or len(word) < LEAST_COMPOUND:
            return False
        return any(each in word for each in self._inner) or any(each in _plain(word) for each in self._inner)


def _beginnings(stem: str, irregular: dict[str, frozenset[str]]) -> set[str]:
    return {unmarked(stem)[:_PART], *irregular.get(stem, ())}


def _plain(word: str) -> str:
    for written, letter in _WRITTEN_OUT:
        word = word.replace(written, letter)
    return word


@lru_cache(maxsize=32)
def _irregular(language: str) -> dict[str, frozenset[str]]:
    """Stem → how words begin that have it and begin otherwise: essen, gegessen, aß."""
    stem = stemmer(language)
    found: dict[str, set[str]] = {}
    for first, form in irregular_forms(language):
        beginning = unmarked(form)[:_PART]
        if not beginning == unmarked(first)[:_PART] == transcribed(first)[:_PART]:
            found.setdefault(stem(form), set()).add(beginning)
    return {known: frozenset(beginnings) for known, beginnings in found.items()}
