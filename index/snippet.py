"""The passage of an article that shows why it was found.

Made outside the engine by analysing the hits that are shown: what is marked is what matched, whatever its form.
"""

import re
from dataclasses import dataclass

from index.analysis import Analyser, Token

LENGTH = 220  # characters of a passage; three lines of a terminal, what web search shows
_LONGEST_TEXT = 200_000  # characters that are looked through for a passage; more takes longer than a reader waits
_LEAD = 60  # characters shown before the first match


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
class _Found:
    start: int
    end: int
    terms: frozenset[str]  # which of the terms looked for it is; empty for other words


def snippet(
    text: str, analyser: Analyser, *, stems: frozenset[str], forms: frozenset[str], length: int = LENGTH
) -> Snippet:
    """The passage with the most different words that were looked for; the beginning when the text has none of them."""
    flat = re.sub(r"\s+", " ", text[:_LONGEST_TEXT]).strip()
    words = [_Found(a, b, _terms(token, analyser, stems, forms)) for a, b, token in analyser.tokens(flat)]
    matching = [word for word in words if word.terms]
    first, last = _best(matching, length)
    start, end = _around(flat, words, first, last, length)
    return _cut(flat, start, end, [word for word in matching if start <= word.start and word.end <= end])


def marks_of(
    text: str, analyser: Analyser, *, stems: frozenset[str], forms: frozenset[str]
) -> tuple[tuple[int, int], ...]:
    """Where a whole text, a title, has the words that were looked for; characters."""
    found = analyser.tokens(text)
    return tuple((start, end) for start, end, token in found if _terms(token, analyser, stems, forms))


def _terms(token: Token, analyser: Analyser, stems: frozenset[str], forms: frozenset[str]) -> frozenset[str]:
    own_stems = {analyser.term(stem) for place in token.places for stem in place}
    own_stems.update(analyser.part(stem) for place in token.parts for stem in place)
    own_forms = {analyser.term(form) for form in token.forms}
    if token.whole is not None and token.whole_form is not None:
        own_stems.add(analyser.term(token.whole))
        own_forms.add(analyser.term(token.whole_form))
    return frozenset((own_stems & stems) | (own_forms & forms))


def _best(matching: list[_Found], length: int) -> tuple[int, int]:
    """First and last character of the densest passage: most different terms, then most words, then the earliest."""
    best, span = (0, 0), (0, 0)
    begin = 0
    for number, word in enumerate(matching):
        while word.end - matching[begin].start > length - _LEAD // 2 and begin < number:
            begin += 1
        inside = matching[begin : number + 1]
        worth = (len(frozenset().union(*(w.terms for w in inside))), len(inside))
        if worth > best:
            best, span = worth, (inside[0].start, word.end)
    return span


def _around(flat: str, words: list[_Found], first: int, last: int, length: int) -> tuple[int, int]:
    """The passage's borders at borders of words, from a little before its first match on."""
    if len(flat) <= length:
        return 0, len(flat)
    lead = max(0, min(_LEAD, length - (last - first)))
    earliest = max(0, min(first - lead, len(flat) - length))
    start = min((w.start for w in words if w.start >= earliest), default=0) if earliest else 0
    start = min(start, first) if last else start
    latest = max(start + length, last)
    end = max((w.end for w in words if w.end <= latest), default=min(latest, len(flat)))
    if latest >= len(flat):
        end = len(flat)
    elif flat[end : end + 1] in {".", "!", "?"}:
        end += 1
    return start, max(end, start)


def _cut(flat: str, start: int, end: int, matching: list[_Found]) -> Snippet:
    before = "… " if start > 0 else ""
    after = " …" if end < len(flat) else ""
    shift = len(before) - start
    marks = tuple((word.start + shift, word.end + shift) for word in matching)
    return Snippet(before + flat[start:end] + after, marks)
