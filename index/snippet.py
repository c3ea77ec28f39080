"""The passage of an article that shows why it was found.

Made outside the engine by analysing the hits that are shown: what is marked is what matched, whatever its form. A
phrase is marked as one, and its words on their own only where the article does not have it. Where no passage has
everything that the article has of the query, two are shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.analysis import Analyser
from index.matching import Match, Read, Sought, Words, read

LENGTH = 220  # characters of a passage; three lines of a terminal, what web search shows
LONGEST_TEXT = 200_000  # characters that are looked through for a passage; more takes longer than a reader waits
_LEAD = 60  # characters shown before the first match
_TAIL = 80  # characters that are given up so that a passage ends with a sentence
_SENTENCE_END = re.compile(r"[.!?。！？][“”»\"’)]?$")


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


def snippet(text: str, analyser: Analyser, sought: Sought, *, length: int = LENGTH) -> Snippet:
    """The passage with the most different words that were looked for; the beginning when the text has none of them."""
    flat = " ".join(text[:LONGEST_TEXT].split())
    if _is_wide(flat[:length]):
        length //= 2
    found = read(flat, analyser, sought)
    places = _passages(found, length)
    spans = [_around(flat, found.words, *place, length // len(places)) for place in places]
    return _shown(flat, _apart(spans), found.matches)


def marks_of(text: str, analyser: Analyser, sought: Sought) -> tuple[tuple[int, int], ...]:
    """Where a whole text, a title, has what was looked for; characters."""
    return tuple((match.start, match.end) for match in read(text, analyser, sought).matches)


# --- which passage is shown


def _best(matches: Sequence[Match], length: int, *, but: frozenset[str] = frozenset()) -> tuple[int, int]:
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


def _passages(read: Read, length: int) -> list[tuple[int, int]]:
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


def _inside(matches: Sequence[Match], start: int, end: int) -> frozenset[str]:
    return frozenset().union(*(each.terms for each in matches if start <= each.start and each.end <= end))


def _around(flat: str, words: Words, first: int, last: int, length: int) -> tuple[int, int]:
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


def _shown(flat: str, spans: Iterable[tuple[int, int]], matches: Sequence[Match]) -> Snippet:
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
