"""What one version of a text has that another has not: sentences, and the longest runs of words that both have."""

import re
from collections import Counter
from dataclasses import dataclass

MOST_WORDS = 6_000  # of a text that are compared; longer ones are compared as far as that
LEAST_RUN = 6  # words; shorter ones are phrases of the language
MOST_RUNS = 5
SAME_SENTENCE = 0.7  # of the words of the longer of two sentences: it was edited, else it is another one

_WORD = re.compile(r"\w+(?:[-'’.,]\w+)*")
_END = re.compile(r"(?<=[.!?…])[\"”“’»«)\]]*\s+(?=[\"“„‘»«(\[]?[A-ZÄÖÜÀ-ÞА-ЯΑ-Ω\d])|\n+")
_NO_END = re.compile(
    r"(?:^|\s|\()(?:[A-Za-zÄÖÜ]|\d{1,2}|Dr|Prof|Nr|Mr|Mrs|Ms|St|Mio|Mrd|bzw|ca|vgl|etc|Inc|Co|Corp|Gen|Sen)\.$"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand in both texts in the same order."""

    words: int
    text: str  # as the second text has it


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a text has of another, and what not."""

    kept: int  # sentences that stand in both as they are
    edited: tuple[tuple[str, str], ...]  # sentences with most of their words the same: as they were, as they are
    added: tuple[str, ...]  # sentences that are new, in order
    cut: tuple[str, ...]  # sentences that are gone, in order
    runs: tuple[Run, ...]  # the longest first
    is_whole: bool = True  # whether all of both was compared


def compare(before: str, after: str) -> Comparison:
    """What `after` has of `before`; as much of both as `MOST_WORDS` allows."""
    old, whole_old = _bounded(before)
    new, whole_new = _bounded(after)
    mine, theirs = sentences(old), sentences(new)
    left = Counter(_key(each) for each in mine)
    kept = 0
    fresh = []
    for each in theirs:
        key = _key(each)
        if left[key]:
            left[key] -= 1
            kept += 1
        else:
            fresh.append(each)
    gone = []
    for each in reversed(mine):  # of a sentence that stands twice, the later one is gone
        key = _key(each)
        if left[key]:
            left[key] -= 1
            gone.append(each)
    edited, added, cut = _edited(gone[::-1], fresh)
    return Comparison(kept, edited, added, cut, shared_runs(old, new), whole_old and whole_new)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; a line break ends one.

    >>> sentences('Dr. Sell kam am 3. Mai. „Gut“, sagte sie. Ende!')
    ['Dr. Sell kam am 3. Mai.', '„Gut“, sagte sie.', 'Ende!']
    """
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        end = match.start() + len(match[0].rstrip())
        if "\n" not in match[0] and _NO_END.search(text[max(start, match.start() - 12) : match.start()]):
            continue
        found.append(text[start:end].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [each for each in found if each]


def shared_runs(one: str, other: str, *, least: int = LEAST_RUN, most: int = MOST_RUNS) -> tuple[Run, ...]:
    """The longest runs of words that stand in both texts, none within another; in linear time (a suffix automaton)."""
    places = [match.span() for match in _WORD.finditer(other)][:MOST_WORDS]
    theirs = [other[start:end].casefold() for start, end in places]
    automaton = _Automaton([match[0].casefold() for match in _WORD.finditer(one)][:MOST_WORDS])
    ends = sorted(((length, end) for end, length in automaton.matches(theirs) if length >= least), reverse=True)
    taken: list[tuple[int, int]] = []
    runs = []
    for length, end in ends:
        start = end - length
        if all(end <= first or start >= last for first, last in taken):
            taken.append((start, end))
            runs.append(Run(length, " ".join(other[places[start][0] : places[end - 1][1]].split())))
            if len(runs) == most:
                break
    return tuple(runs)


class _Automaton:
    """All runs of words of a text, in as many states as it has words, times two at the most."""

    def __init__(self, words: list[str]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._link = [-1]
        self._length = [0]
        last = 0
        for word in words:
            last = self._extend(last, word)

    def _extend(self, last: int, word: str) -> int:
        new = self._state({}, 0, self._length[last] + 1)
        at = last
        while at >= 0 and word not in self._next[at]:
            self._next[at][word] = new
            at = self._link[at]
        if at < 0:
            return new
        known = self._next[at][word]
        if self._length[at] + 1 == self._length[known]:
            self._link[new] = known
            return new
        clone = self._state(dict(self._next[known]), self._link[known], self._length[at] + 1)
        while at >= 0 and self._next[at].get(word) == known:
            self._next[at][word] = clone
            at = self._link[at]
        self._link[known] = self._link[new] = clone
        return new

    def _state(self, following: dict[str, int], link: int, length: int) -> int:
        self._next.append(following)
        self._link.append(link)
        self._length.append(length)
        return len(self._next) - 1

    def matches(self, words: list[str]) -> list[tuple[int, int]]:
        """The runs that cannot be continued: (end, length) in `words`."""
        found: list[tuple[int, int]] = []
        state = length = 0
        for place, word in enumerate(words):
            if word not in self._next[state] and length:
                found.append((place, length))
            while state and word not in self._next[state]:
                state = self._link[state]
                length = self._length[state]
            if word in self._next[state]:
                state = self._next[state][word]
                length += 1
        if length:
            found.append((len(words), length))
        return found


def _bounded(text: str) -> tuple[str, bool]:
    end = 0
    for count, match in enumerate(_WORD.finditer(text)):
        if count == MOST_WORDS:
            return text[:end], False
        end = match.end()
    return text, True


def _key(sentence: str) -> str:
    return " ".join(word.casefold() for word in _WORD.findall(sentence))


def _edited(gone: list[str], fresh: list[str]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]]:
    """Pairs of sentences that are versions of one, then what is new, then what is gone; found by a word in common."""
    bags = [Counter(_key(each).split()) for each in gone]
    holders: dict[str, list[int]] = {}
    for place, bag in enumerate(bags):
        for word in bag:
            holders.setdefault(word, []).append(place)
    left = set(range(len(gone)))
    edited, added = [], []
    for each in fresh:
        bag = Counter(_key(each).split())
        rare = sorted(bag, key=lambda word: (len(holders.get(word, ())), word))[:_LOOKED_UP]
        candidates = {place for word in rare for place in holders.get(word, ())[:_LOOKED_UP]} & left
        likest = max(((_likeness(bag, bags[place]), -place) for place in candidates), default=(0.0, 0))
        if likest[0] >= SAME_SENTENCE:
            left.discard(-likest[1])
            edited.append((gone[-likest[1]], each))
        else:
            added.append(each)
    return tuple(edited), tuple(added), tuple(gone[place] for place in sorted(left))


_LOOKED_UP = 8  # rarest words of a sentence, and sentences that have one: an edit leaves some of the rarest


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return (one & other).total() / max(one.total(), other.total(), 1)
