"""The passage of an article that shows why it was found.

Made outside the engine by analysing the hits that are shown: what is marked is what matched, whatever its form. A
phrase is marked as one, and its words on their own only where the article does not have it. Where no passage has
everything that the article has of the query, two are shown.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Protocol

from index.analysis import Analyser, Token, spans_of, with_stems
from index.folding import fold_case
from index.likely import Likely

LENGTH = 220  # characters of a passage; three lines of a terminal, what web search shows
LONGEST_TEXT = 200_000  # characters that are looked through for a passage; more takes longer than a reader waits
_LEAD = 60  # characters shown before the first match
_TAIL = 80  # characters that are given up so that a passage ends with a sentence
_MOST_STARTS = 200  # words of a text that a phrase is tried from, so that a phrase of the commonest words ends
_SENTENCE_END = re.compile(r"[.!?。！？][“”»\"’)]?$")


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
class Snippet:
    """A passage of the text, white space folded, no word cut."""

    text: str  # with "…" where something was left out
    marks: tuple[tuple[int, int], ...] = ()  # characters of `text`, each a matching word; ascending, apart

    def marked(self, before: str, after: str) -> str:
        """The text with a sign before and behind every matching word."""
        parts: list[str] = []
        at = 0
        for start, end in self.marks:
            parts += [self.text[at:start], before, self.text[start:end], after]
            at = end
        return "".join([*parts, self.text[at:]])


@dataclass(frozen=True, slots=True)
class _Word:
    """What is never cut: a word, or a sign of a script without blanks."""

    start: int
    end: int
    terms: frozenset[str] = frozenset()  # which of the terms looked for it is; empty for other words


@dataclass(frozen=True, slots=True)
class _Match:
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


class _Words(Protocol):
    """The words of a text, none of which is cut."""

    def starts(self, first: int, last: int) -> Iterable[int]:
        """Where words begin, from one character to another, both included; ascending."""

    def ends(self, first: int, last: int) -> Iterable[int]:
        """Where words end, behind one character and not behind another; ascending."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A text, read once: its words, and what is marked of them, apart from each other."""

    words: _Words
    matches: list[_Match]


def snippet(text: str, analyser: Analyser, sought: Sought, *, length: int = LENGTH) -> Snippet:
    """The passage with the most different words that were looked for; the beginning when the text has none of them."""
    flat = " ".join(text[:LONGEST_TEXT].split())
    if _is_wide(flat[:length]):
        length //= 2
    read = _read(flat, analyser, sought)
    places = _passages(read, length)
    spans = [_around(flat, read.words, *place, length // len(places)) for place in places]
    return _shown(flat, _apart(spans), read.matches)


def marks_of(text: str, analyser: Analyser, sought: Sought) -> tuple[tuple[int, int], ...]:
    """Where a whole text, a title, has what was looked for; characters."""
    return tuple((match.start, match.end) for match in _read(text, analyser, sought).matches)


# --- what of a text matches


def _read(text: str, analyser: Analyser, sought: Sought) -> _Read:
    """The words of a text in their order, and what is to be marked."""
    read = _read_whole if _DIFFICULT.search(text) else _read_likely
    words, having, places = read(text, analyser, sought)
    phrases: list[_Match] = []
    apart: set[str] = set()
    for phrase in sought.phrases:
        found = list(_occurrences(phrase, places))
        phrases += found
        apart |= phrase.apart if found else frozenset()
    single = [_Match(word.start, word.end, left) for word in having if (left := word.terms - apart)]
    return _Read(words, list(_merged(sorted([*phrases, *single], key=lambda match: (match.start, -match.end)))))


# Scripts of which some are written without blanks; their signs are words.
_DIFFICULT = re.compile("[\u0e00-\u1dff\u2c00-\U0010ffff]")


def _read_whole(text: str, analyser: Analyser, sought: Sought) -> tuple[_Words, list[_Word], list[_Place]]:
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


def _read_likely(text: str, analyser: Analyser, sought: Sought) -> tuple[_Words, list[_Word], list[_Place]]:
    """The same where each word stands for itself: only those are analysed that may match (index/likely.py)."""
    meanings, completed = _meanings(analyser, sought), analyser.completed(text)
    spans = spans_of(text)
    runs = [text[start:end] for start, end in spans]
    meanings.meet(set(runs))
    if sought.phrases:
        telling = list(range(len(runs)))
    else:
        having = meanings.having
        telling = [number for number, run in enumerate(runs) if run in having or spans[number][0] in completed]
    single: list[_Word] = []
    places: list[_Place] = []
    for number in telling:
        start, end = spans[number]
        meaning = meanings[runs[number]]
        if start in completed:
            meaning = meanings.of(with_stems(analyser.token(runs[number]), completed[start]))
        if meaning.terms:
            single.append(_Word(start, _with_marks(text, end), meaning.terms))
        if sought.phrases:
            places += [_Place(terms, start, _with_marks(text, end)) if terms else _NOWHERE for terms in meaning.places]
    return _Spans(text, spans, analyser), single, places


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
        self.having: set[str] = set()  # those that have some of it
        self._analyser = analyser
        self._sought = sought
        in_phrases = (term for phrase in sought.phrases for place in phrase.places for term in place)
        self._likely = Likely(analyser, sought.terms.union(in_phrases), numbers=bool(sought.phrases))

    def meet(self, runs: set[str]) -> None:
        """Takes in the runs of letters of a text."""
        new = runs - self.keys()
        self |= dict.fromkeys(new, _OTHER)
        for raw in self._likely.among(new):
            self[raw] = meaning = self.of(self._analyser.token(raw))
            if meaning.terms:
                self.having.add(raw)

    def of(self, token: Token) -> _Meaning:
        """What a token has of it."""
        terms = _terms(token, self._analyser) & self._sought.terms
        return _Meaning(terms, tuple(frozenset(map(self._analyser.term, stems)) for stems in token.places))


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
    """Words as the tokeniser found them, looked at where somebody asks."""

    def __init__(self, text: str, spans: Sequence[tuple[int, int]], analyser: Analyser) -> None:
        self._text = text
        self._spans = spans
        self._analyser = analyser

    def starts(self, first: int, last: int) -> Iterable[int]:
        at = bisect_left(self._spans, (first, 0))
        near = takewhile(lambda span: span[0] <= last, self._spans[at:])
        return (start for start, end in near if self._is_word(start, end))

    def ends(self, first: int, last: int) -> Iterable[int]:
        at = max(0, bisect_left(self._spans, (first, 0)) - 1)
        near = takewhile(lambda span: span[1] <= last, self._spans[at:])
        ends = (_with_marks(self._text, end) for start, end in near if self._is_word(start, end))
        return (end for end in ends if first < end <= last)

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


def _occurrences(phrase: SoughtPhrase, places: Sequence[_Place]) -> Iterator[_Match]:
    """Where a text has a phrase, by the rule that engines have for it (`engine.Phrase`)."""
    first, behind = phrase.places[0], -1
    starts = [at for at, place in enumerate(places) if not first.isdisjoint(place.terms)]
    for start in starts[:_MOST_STARTS]:
        if start <= behind:
            continue
        last = _end_of(phrase, places, start)
        if last is not None:
            behind = last
            yield _Match(places[start].start, places[last].end, frozenset(phrase.names))


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


def _merged(matches: Iterable[_Match]) -> Iterator[_Match]:
    """The matches apart from each other: one within another, or next to it without a blank, becomes one with it."""
    last: _Match | None = None
    for match in matches:
        if last is not None and match.start <= last.end:
            last = _Match(last.start, max(last.end, match.end), last.terms | match.terms)
            continue
        if last is not None:
            yield last
        last = match
    if last is not None:
        yield last


# --- which passage is shown


def _best(matches: Sequence[_Match], length: int, *, but: frozenset[str] = frozenset()) -> tuple[int, int]:
    """First and last character of the densest passage: most different terms, then most matches, then the earliest.

    Terms of `but` count nothing.
    """
    best, span = (0, 0), (0, 0)
    begin = 0
    for number, match in enumerate(matches):
        while match.end - matches[begin].start > length and begin < number:
            begin += 1
        inside = matches[begin : number + 1]
        worth = (len(frozenset().union(*(each.terms for each in inside)) - but), len(inside))
        if worth > best and worth[0]:
            best, span = worth, (inside[0].start, match.end)
    return span


def _passages(read: _Read, length: int) -> list[tuple[int, int]]:
    """First and last character of what is to be seen: one place, or two where one has not everything."""
    room = length - _LEAD // 2
    first = _best(read.matches, room)
    everything = frozenset().union(*(match.terms for match in read.matches))
    if _inside(read.matches, *first) >= everything:
        return [first]
    half = (length - _LEAD) // 2
    first_half = _best(read.matches, half)
    seen = _inside(read.matches, *first_half)
    other = _best(read.matches, half, but=seen)
    together = seen | _inside(read.matches, *other)
    if len(together) <= len(_inside(read.matches, *first)):
        return [first]
    return sorted([first_half, other])


def _inside(matches: Sequence[_Match], start: int, end: int) -> frozenset[str]:
    return frozenset().union(*(each.terms for each in matches if start <= each.start and each.end <= end))


def _around(flat: str, words: _Words, first: int, last: int, length: int) -> tuple[int, int]:
    """The passage's borders at borders of words, from a little before its first match on; of sentences, where near."""
    if len(flat) <= length:
        return 0, len(flat)
    lead = max(0, min(_LEAD, length - (last - first)))
    earliest = max(0, min(first - lead, len(flat) - length))
    starts = list(words.starts(earliest, max(first, earliest)))
    start = next((at for at in starts if _begins_sentence(flat, at)), min(starts, default=earliest)) if earliest else 0
    start = min(start, first) if last else start
    start -= len(flat[max(0, start - 3) : start]) - len(flat[max(0, start - 3) : start].rstrip('„“»«‚"('))
    latest = max(start + length, last)
    if latest >= len(flat):
        return start, len(flat)
    least = max(last, latest - _TAIL, start)
    ends = [end + _closing(flat, end) for end in words.ends(least - _MOST_CLOSING, latest)]
    whole = max((end for end in ends if end >= least and _SENTENCE_END.search(flat, start, end)), default=None)
    if whole is None and not ends:  # a word that is longer than all that is shown
        ends = [end + _closing(flat, end) for end in words.ends(-1, latest)]
    return start, max(whole if whole is not None else max(ends, default=latest), start)


def _begins_sentence(flat: str, at: int) -> bool:
    return not at or bool(_SENTENCE_END.search(flat[max(0, at - 5) : at].rstrip(' „“"»«‚(')))


_MOST_CLOSING = 3


def _closing(flat: str, at: int) -> int:
    """How many characters of closing signs follow a word."""
    following = flat[at : at + _MOST_CLOSING]
    return len(following) - len(following.lstrip('.!?”“»"’)。！？'))


def _shown(flat: str, spans: Iterable[tuple[int, int]], matches: Sequence[_Match]) -> Snippet:
    """The passages as one text."""
    text = ""
    marks: list[tuple[int, int]] = []
    behind = 0
    for start, end in spans:
        text += ("… " if not text else " … ") if start > behind else ""
        shift = len(text) - start
        text += flat[start:end]
        marks += [(each.start + shift, each.end + shift) for each in matches if start <= each.start and each.end <= end]
        behind = end
    return Snippet(text + (" …" if behind < len(flat) else ""), tuple(marks))


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The passages in their order, those that touch joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _is_wide(text: str) -> bool:
    """Whether most of it is written in signs of double width."""
    return not text.isascii() and 2 * sum(unicodedata.east_asian_width(sign) in "WF" for sign in text) > len(text)
