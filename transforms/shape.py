"""What the look of a line says, in any language: how long it is, how it ends, and where the article begins and ends."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from backfile.article import Span

# A line of so many words that ends like a sentence is a paragraph of running text. In the development data (tier
# `full`, 2026-11-23) 88 % of the articles' words stand in such lines, and 2.4 % of the lines of boilerplate are such.
PROSE_WORDS = 15
PROSE_CHARACTERS = 45  # in scripts that put no blank between words
REMEMBERED = 2_048  # lines whose look is kept: those of one article, which many rules ask about in every pass
LONGEST_REMEMBERED = 4_000  # characters of such a line
HEAD_LINES = 12  # how deep what stands above an article may reach: kicker, byline, date, buttons, lead

_END = re.compile(r"""[.!?…。！？][)\]"'”“’»«›‹]*\s*$""")
_UNSPACED = re.compile("[぀-ヿ㐀-鿿가-힯฀-๿]")


def words(text: str) -> int:
    """How many words: stretches between white space, or, in scripts without it, half the characters."""
    return _words(text) if len(text) <= LONGEST_REMEMBERED else _words.__wrapped__(text)


@lru_cache(REMEMBERED)
def _words(text: str) -> int:
    count = len(text.split())
    if count <= len(text) // 20 and _UNSPACED.search(text):
        return len(text) // 2
    return count


def ends_like_a_sentence(text: str) -> bool:
    """Whether the last sign, quotes and brackets aside, is one that ends a sentence."""
    return _END.search(text[-12:]) is not None


@lru_cache(REMEMBERED)
def is_prose(text: str) -> bool:
    """Whether the line is running text: long, and it ends like a sentence."""
    if len(text) < PROSE_CHARACTERS:
        return False
    return words(text[:400]) >= PROSE_WORDS and (len(text) > 400 or ends_like_a_sentence(text))


def head(body: Sequence[Span], passed_over: Callable[[int], bool] | None = None) -> range:
    """Positions of the spans above the second paragraph of running text: kicker, byline, date, buttons, lead.

    A paragraph for which `passed_over` is true does not count: it is about to go.
    """
    seen = 0
    for at, span in enumerate(body[:HEAD_LINES]):
        if is_prose(span.text) and not (passed_over and passed_over(at)):
            seen += 1
            if seen == 2:
                return range(at)
    return range(min(len(body), HEAD_LINES))


def tail(body: Sequence[Span], passed_over: Callable[[int], bool] | None = None) -> range:
    """Positions of the spans from the last paragraph of running text on, that paragraph among them."""
    for at in range(len(body) - 1, -1, -1):
        if is_prose(body[at].text) and not (passed_over and passed_over(at)):
            return range(at, len(body))
    return range(len(body))
