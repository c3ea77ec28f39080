"""Words that leave their ends to another: See-, Luft- und Landstreitkräfte."""

import re
from collections.abc import Iterator

from index.compounds import LEAST_COMPOUND
from index.words import MAX_WORD

_JOINING = ("und", "oder", "sowie", "bis", "bzw.")
_MOST_SHORT = 5  # words that leave their ends, beside the one before the joining word
_JOINED = rf"- (?:{'|'.join(map(re.escape, _JOINING))}) "
_JOINT = re.compile(_JOINED)
_ELLIPSIS = re.compile(
    rf"(?<!\w)(?:\w{{2,{MAX_WORD}}}+-, ?){{0,{_MOST_SHORT}}}\w{{2,{MAX_WORD}}}+{_JOINED}"
    rf"(?:[a-zäöüß]{{1,20}} ){{0,2}}(\w{{{LEAST_COMPOUND},{MAX_WORD}}})"
)
_SHORT = re.compile(r"(\w+)-(?=[, ])")
_REACH = 2 * MAX_WORD  # characters from the joint to the end of the whole word, at least


def short_words(text: str) -> Iterator[tuple[int, str, str]]:
    """Where a word stands that leaves its end to another, this word without its hyphen, and the other one.

    >>> list(short_words("Die Luft- und Landstreitkräfte."))
    [(4, 'Luft', 'Landstreitkräfte')]
    """
    done = 0
    # The joint is sought first, and the pattern tried around it: on all words of a text it takes ten times as long.
    for joint in _JOINT.finditer(text):
        begin = _begin(text, done, joint.start())
        found = _ELLIPSIS.search(text, begin, joint.start() + _REACH)
        if found and found.start() <= joint.start():
            done = found.end()
            for short in _SHORT.finditer(text, found.start(), done):
                yield short.start(), short.group(1), found.group(1)


def _begin(text: str, done: int, joint: int) -> int:
    """From where on short words may stand before a joint."""
    begin = max(done, text.rfind(" ", done, joint) + 1)
    for _ in range(_MOST_SHORT):
        if not text.endswith("-, ", done, begin):
            break
        begin = max(done, text.rfind(" ", done, begin - 1) + 1)
    return begin
