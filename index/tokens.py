"""The signs of a query: where its words, phrases, fields, brackets and operators begin and end.

Nothing raises: what is no sign is text. Every token knows its place in the query.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

MAX_SLOP = 1_000  # words in between for "…"~1000; more is no longer nearness

# What keyboards for Chinese and Japanese write in place of our signs. One sign for one, so that places stay.
_WIDE = str.maketrans("（）：＂＊＝", '():"*=')

Sign = Literal["text", "phrase", "field", "open", "close", "minus", "not", "or"]


@dataclass(frozen=True, slots=True)
class Token:
    """A run of the query and what it is read as."""

    sign: Sign
    text: str
    start: int
    end: int
    slop: int = 0  # of a phrase: other words allowed in between


FIELD = re.compile(r"([A-Za-z]+):(?=[^\s:])")
_SLOP = re.compile(r"~(\d{1,6})(?=[\s)]|$)")


def tokens(text: str, fields: Collection[str]) -> list[Token]:
    """The tokens of a query in their order; `fields` are the names that may stand before a colon."""
    text = text.translate(_WIDE)
    opens, closes = _brackets(text)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at, opens, closes, fields)
        found.append(token)
        at = token.end
    return found


def _token(text: str, at: int, opens: frozenset[int], closes: frozenset[int], fields: Collection[str]) -> Token:
    if at in opens:
        return Token("open", "(", at, at + 1)
    if at in closes:
        return Token("close", ")", at, at + 1)
    if text[at] == '"' and (end := text.find('"', at + 1)) > 0:
        slop = _SLOP.match(text, end + 1)
        behind = slop.end() if slop else end + 1
        return Token("phrase", text[at + 1 : end], at, behind, min(int(slop.group(1)), MAX_SLOP) if slop else 0)
    if text[at] in "-−" and _signs(text, at):
        return Token("minus", text[at], at, at + 1)
    if named := FIELD.match(text, at):
        name = named.group(1).casefold()
        if name in fields:
            return Token("field", name, at, named.end())
    return _run(text, at, closes)


def _signs(text: str, at: int) -> bool:
    """Whether the minus at `at` excludes what follows: at the beginning of a word, and not one of several."""
    before, behind = text[at - 1 : at] if at else " ", text[at + 1 : at + 2]
    return (before.isspace() or before == "(") and bool(behind) and not behind.isspace() and behind not in "-−"


def _run(text: str, at: int, closes: frozenset[int]) -> Token:
    end = at + 1
    while end < len(text) and end not in closes and not text[end].isspace():
        if text[end] == '"' and text.find('"', end + 1) > 0 and not text[end - 1].isalnum():
            break
        end += 1
    run = text[at:end]
    signs: dict[str, Sign] = {"OR": "or", "NOT": "not"}
    return Token(signs.get(run, "text"), run, at, end)


def _brackets(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """The places of brackets that group: an opening one at the beginning of a word, with its closing one."""
    opens: set[int] = set()
    closes: set[int] = set()
    stack: list[int | None] = []  # None: a bracket inside a word, whose partner is text too
    quoted_until = -1
    for at, letter in enumerate(text):
        if at <= quoted_until:
            continue
        if letter == '"':
            quoted_until = text.find('"', at + 1)
        elif letter == "(":
            groups = at == 0 or text[at - 1].isspace() or text[at - 1] in "(-−:"
            stack.append(at if groups else None)
        elif letter == ")" and stack:
            partner = stack.pop()
            if partner is not None:
                opens.add(partner)
                closes.add(at)
    return frozenset(opens), frozenset(closes)
