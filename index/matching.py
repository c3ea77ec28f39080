"""What of a text matches: its words that have a term that was looked for, phrases as one, with their places.

Engines say which articles match, and this says where, by analysis of the text; of most words it is enough to look at
their letters (index/likely.py). A phrase is marked as one, and its words on their own only where the text does not have
it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from index.analysis import Analyser, Token, run_begin, spans_of, with_stems
from index.folding import fold_case
from index.likely import Likely

_LONGEST_NUMBER = 16  # characters of one with blanks in it (100 000 000 000), and a sign behind it
_MOST_STARTS = 200  # words of a text that a phrase is tried from, so that a phrase of the commonest words ends


@dataclass(frozen=True, slots=True)
class SoughtPhrase:
    """Terms in this order, several at one place being alternatives."""

    places: tuple[frozenset[str], ...]
    slop: int = 0  # other words in between, altogether
    apart: frozenset[str] = frozenset()  # its terms that are asked for by nothing but phrases

    @property
    def names(self) -> Iterator[str]:
        """One term for each place: what an occurrence counts."""
        return (min(place) for place in self.places)


@dataclass(frozen=True, slots=True)
class Sought:
    """What made an article match: terms, as engines know them, and phrases of them."""

    terms: frozenset[str] = frozenset()
    phrases: tuple[SoughtPhrase, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """What is never cut: a word, or a sign of a script without blanks."""

    start: int
    end: int
    terms: frozenset[str] = frozenset()  # which of the terms looked for it is; empty for other words


@dataclass(frozen=True, slots=True)
class Match:
    """What is marked: a word, or a phrase from its first word to its last."""

    start: int
    end: int
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a phrase may have a word."""

    terms: frozenset[str]
    start: int
    end: int


class Words(Protocol):
    """The words of a text, none of which is cut."""

    def starts(self, first: int, last: int) -> Iterable[int]:
        """Where words begin, from one character to another, both included; ascending."""

    def ends(self, first: int, last: int) -> Iterable[int]:
        """Where words end, behind one character and not behind another; ascending."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text, read once: its words, and what is marked of them, apart from each other."""

    words: Words
    matches: list[Match]


def read(text: str, analyser: Analyser, sought: Sought) -> Read:
    """The words of a text in their order, and what is to be marked."""
    way = _read_whole if _DIFFICULT.search(text) else _read_likely
    words, having, places = way(text, analyser, sought)
    phrases: list[Match] = []
    apart: set[str] = set()
    for phrase in sought.phrases:
        found = list(_occurrences(phrase, places))
        phrases += found
        apart |= phrase.apart if found else frozenset()
    single = [Match(word.start, word.end, left) for word in having if (left := word.terms - apart)]
    return Read(words, list(_merged(sorted([*phrases, *single], key=lambda match: (match.start, -match.end)))))


# Scripts of which some are written without blanks; their signs are words.
_DIFFICULT = re.compile("[\u0e00-\u1dff\u2c00-\U0010ffff]")


def _read_whole(text: str, analyser: Analyser, sought: Sought) -> tuple[Words, list[_Word], list[_Place]]:
    """Every word of a text analysed: all words, those of them that match, and where a phrase may have one."""
    words: list[_Word] = []
    places: list[_Place] = []
    known: dict[int, tuple[Token, frozenset[str]]] = {}  # most words of a text come again; the token keeps its id alive
    for start, bare_end, token in analyser.tokens(text):
        end = _with_marks(text, bare_end)
        if _is_unspaced(text[start]) or _is_unspaced(text[bare_end - 1]):
            words += (
                replace(sign, start=sign.start + start, end=_with_marks(text, sign.end + start))
                for sign in _signs(text[start:bare_end], token, analyser, sought)
            )
        else:
            kept = known.get(id(token))
            if kept is None:
                kept = known[id(token)] = token, _terms(token, analyser) & sought.terms
            words.append(_Word(start, end, kept[1]))
        if sought.phrases:
            places += [_Place(frozenset(map(analyser.term, stems)), start, end) for stems in token.places]
    return _Listed(words), [word for word in words if word.terms], places


def _read_likely(text: str, analyser: Analyser, sought: Sought) -> tuple[Words, list[_Word], list[_Place]]:
    """The same where each word stands for itself: only those are analysed that may match (index/likely.py)."""
    meanings, completed = _meanings(analyser, sought), analyser.completed(text)
    likely = None if sought.phrases else meanings.places(text)
    if likely is None:
        return _read_by_run(text, meanings, completed)
    single: list[_Word] = []
    behind = 0
    for at in sorted([*likely, *completed]):
        if at < behind:
            continue
        begin = run_begin(text, behind, at)
        behind = text.find(" ", at) + 1 or len(text)
        for start, end in spans_of(text, begin, behind):
            terms = meanings.at(text[start:end], completed.get(start)).terms
            if terms:
                single.append(_Word(start, _with_marks(text, end), terms))
    return _Spans(text, meanings.analyser), single, []


def _read_by_run(
    text: str, meanings: "_Meanings", completed: Mapping[int, tuple[str, ...]]
) -> tuple[Words, list[_Word], list[_Place]]:
    """Run by run, where places are counted, or any word may match."""
    spans = spans_of(text)
    runs = [text[start:end] for start, end in spans]
    meanings.meet(set(runs))
    phrases = bool(meanings.sought.phrases)
    if phrases:
        telling = list(range(len(runs)))
    else:
        having = meanings.having
        telling = [number for number, run in enumerate(runs) if run in having or spans[number][0] in completed]
    single: list[_Word] = []
    places: list[_Place] = []
    for number in telling:
        start, end = spans[number]
        meaning = meanings.at(runs[number], completed.get(start))
        if meaning.terms:
            single.append(_Word(start, _with_marks(text, end), meaning.terms))
        if phrases:
            places += [_Place(terms, start, _with_marks(text, end)) if terms else _NOWHERE for terms in meaning.places]
    return _Spans(text, meanings.analyser), single, places


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a run of letters has of what was looked for."""

    terms: frozenset[str]
    places: tuple[frozenset[str], ...]  # for phrases


_NOTHING: frozenset[str] = frozenset()
_NOWHERE = _Place(_NOTHING, 0, 0)
_OTHER = _Meaning(_NOTHING, (_NOTHING,))


class _Meanings(dict[str, _Meaning]):
    """A run of letters, as the tokeniser found it → what it has of what was looked for."""

    def __init__(self, analyser: Analyser, sought: Sought) -> None:
        super().__init__()
        self.analyser = analyser
        self.sought = sought
        self.having: set[str] = set()  # those that have some of it
        in_phrases = (term for phrase in sought.phrases for place in phrase.places for term in place)
        self._likely = Likely(analyser, sought.terms.union(in_phrases), numbers=bool(sought.phrases))

    def places(self, text: str) -> Iterator[int] | None:
        """Characters of the words that may match, or next to them; None when all are to be looked at."""
        return self._likely.places(text)

    def meet(self, runs: set[str]) -> None:
        """Takes in the runs of letters of a text."""
        new = runs - self.keys()
        self |= dict.fromkeys(new, _OTHER)
        for raw in self._likely.among(new):
            if self._made(raw).terms:
                self.having.add(raw)

    def at(self, raw: str, completed: tuple[str, ...] | None) -> _Meaning:
        """What a run has of it where it stands; `completed` are stems that it has there besides."""
        if completed is not None:
            return self._of(with_stems(self.analyser.token(raw), completed))
        return self[raw]

    def __missing__(self, raw: str) -> _Meaning:
        return self._made(raw) if self._likely.among([raw]) else self.setdefault(raw, _OTHER)

    def _made(self, raw: str) -> _Meaning:
        made = self[raw] = self._of(self.analyser.token(raw))
        return made

    def _of(self, token: Token) -> _Meaning:
        terms = _terms(token, self.analyser) & self.sought.terms
        if not self.sought.phrases:
            return _Meaning(terms, ())
        return _Meaning(terms, tuple(frozenset(map(self.analyser.term, stems)) for stems in token.places))


@lru_cache(maxsize=8)  # the hits of one query, in a few languages
def _meanings(analyser: Analyser, sought: Sought) -> _Meanings:
    return _Meanings(analyser, sought)


class _Listed:
    """Words that are known one by one."""

    def __init__(self, words: Sequence[_Word]) -> None:
        self._words = words

    def starts(self, first: int, last: int) -> Iterable[int]:
        return (word.start for word in self._words if first <= word.start <= last)

    def ends(self, first: int, last: int) -> Iterable[int]:
        return (word.end for word in self._words if first < word.end <= last)


class _Spans:
    """Words as the tokeniser finds them, looked for where somebody asks."""

    def __init__(self, text: str, analyser: Analyser) -> None:
        self._text = text
        self._analyser = analyser

    def starts(self, first: int, last: int) -> Iterable[int]:
        return (start for start, end in self._near(first, last) if first <= start <= last and self._is_word(start, end))

    def ends(self, first: int, last: int) -> Iterable[int]:
        near = ((start, end) for start, end in self._near(first, last) if end <= last)
        ends = (_with_marks(self._text, end) for start, end in near if self._is_word(start, end))
        return (end for end in ends if first < end <= last)

    def _near(self, first: int, last: int) -> list[tuple[int, int]]:
        """The words from one character to another, and some beyond."""
        begin = run_begin(self._text, 0, max(first, 0))
        end = self._text.find(" ", last + _LONGEST_NUMBER)
        return spans_of(self._text, begin, None if end < 0 else end)

    def _is_word(self, start: int, end: int) -> bool:
        """Not so: signs that the tokeniser takes for letters, and nobody else."""
        raw = self._text[start:end]
        return raw.isalpha() or bool(self._analyser.token(raw).places)


def _terms(token: Token, analyser: Analyser) -> frozenset[str]:
    """Every term that stands for a token, by the names that engines have for them."""
    terms = {analyser.term(stem) for place in token.places for stem in place}
    terms.update(analyser.part(stem) for place in token.parts for stem in place)
    terms.update(analyser.term(form) for form in token.forms)
    if token.whole is not None and token.whole_form is not None:
        terms.update((analyser.term(token.whole), analyser.term(token.whole_form)))
    return frozenset(terms)


def _signs(run: str, token: Token, analyser: Analyser, sought: Sought) -> Iterator[_Word]:
    """The signs of a run without blanks, at their places in it, each with the terms of the pairs that it stands in."""
    raw = fold_case(run)
    if len(raw) != len(run):  # folding has joined signs; the run is marked as a whole
        yield _Word(0, len(run), _terms(token, analyser) & sought.terms)
        return
    terms: list[set[str]] = [set() for _ in raw]
    at = -1
    for form, stems in zip(token.forms, token.places, strict=False):
        at = max(0, raw.find(form, at + 1))
        if matching := {analyser.term(each) for each in (form, *stems)} & sought.terms:
            for place in range(at, min(at + len(form), len(raw))):
                terms[place] |= matching
    for at, found in enumerate(terms):
        if not unicodedata.combining(raw[at]):
            yield _Word(at, at + 1, frozenset(found))


def _with_marks(text: str, end: int) -> int:
    """Where a word ends with the marks on its last letter, which belong to it even where the tokeniser stops."""
    while end < len(text) and text[end] > "\u02ff" and unicodedata.category(text[end])[0] == "M":
        end += 1
    return end


def _is_unspaced(sign: str) -> bool:
    return sign >= "\u0e00" and unicodedata.category(sign) in {"Lo", "Mn", "Mc"} and not "\uac00" <= sign <= "\ud7a3"


def _occurrences(phrase: SoughtPhrase, places: Sequence[_Place]) -> Iterator[Match]:
    """Where a text has a phrase, by the rule that engines have for it (`engine.Phrase`)."""
    first, behind = phrase.places[0], -1
    starts = [at for at, place in enumerate(places) if not first.isdisjoint(place.terms)]
    for start in starts[:_MOST_STARTS]:
        if start <= behind:
            continue
        last = _end_of(phrase, places, start)
        if last is not None:
            behind = last
            yield Match(places[start].start, places[last].end, frozenset(phrase.names))


def _end_of(phrase: SoughtPhrase, places: Sequence[_Place], start: int) -> int | None:
    """The place of the last word of a phrase that begins at `start`; None when it is not one."""
    at, slop = start, phrase.slop
    for wanted in phrase.places[1:]:
        at += 1
        while at < len(places) and wanted.isdisjoint(places[at].terms):
            at += 1
            slop -= 1
            if slop < 0:
                return None
        if at >= len(places):
            return None
    return at


def _merged(matches: Iterable[Match]) -> Iterator[Match]:
    """The matches apart from each other: one within another, or next to it without a blank, becomes one with it."""
    last: Match | None = None
    for match in matches:
        if last is not None and match.start <= last.end:
            last = Match(last.start, max(last.end, match.end), last.terms | match.terms)
            continue
        if last is not None:
            yield last
        last = match
    if last is not None:
        yield last
