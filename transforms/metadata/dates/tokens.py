"""A statement as a row of tokens, each of one sign of the grammar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from transforms.metadata.dates.clock import clock
from transforms.metadata.dates.when import Clock
from transforms.metadata.dates.words import Vocabulary

_MARKS = {"年": "Y", "년": "Y", "月": "M", "월": "M", "日": "D", "号": "D", "號": "D", "일": "D", "年代": "e"}
_PUNCTUATION = {
    **dict.fromkeys("-–—‐‑‒―~〜～", "-"), **dict.fromkeys(",،、", ","), **dict.fromkeys("|•·∙;:()[]\"“”„«»'!*►▶", ";"),
    ".": ".", "/": "/", "?": "?", "≈": "a", "&": "&",
}  # fmt: skip
_SPAN_OF_HOURS = re.compile(r"(?:c|(?:^|[gla,;y])n)[-rhj]c")  # 10:00–12:00, 10–12 Uhr
_LATIN = re.compile(r"[a-z]")
_TAGGED = re.compile(r"(?P<letter>[qthskv])(?P<figure>[1-4])")  # Q3, T3 (trimestre), H1, S1 (semestre), K2 (kvartal)
_ROMAN_ORDINAL = re.compile(r"([ivx]{1,5})(?:e|er|eme|ieme|o)")  # XIXe siècle
_COUNTED = frozenset("qHk")
_BEFORE_RANGE = frozenset("nyomMDYc.")  # `7~9 March`; elsewhere `~1950` is about 1950
_DECADE_TAIL = frozenset({"s", "'s", "er"})


class Token(NamedTuple):
    """A word, number or sign of a statement."""

    sign: str
    number: int
    start: int  # characters of the statement
    end: int
    length: int = 0  # of a number, in figures
    parted: bool = False  # whether a time of day, taken out, stood before it


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as a row of tokens, without its times of day and days of the week."""

    text: str  # folded
    tokens: tuple[Token, ...]
    shape: str  # the signs of the tokens
    clocks: tuple[tuple[Clock, str], ...]  # each with the zone for which the date decides the offset
    weekday: int | None  # 1 (Monday) … 7
    spans_hours: bool  # "10:00–12:00"


def tokenize(text: str, folded: str, vocabulary: Vocabulary, country: str) -> Statement:
    """The statement `text` and the same `folded`, read with the words of a vocabulary."""
    row: list[Token] = []
    clocks: list[tuple[Clock, str]] = []
    at = 0
    while match := vocabulary.token.search(folded, at):
        at = match.end()
        if match["clock"]:
            found, seasonal, at = clock(text, folded, match.start(), match.end(), country=country)
            row.append(Token("c" if found else "P", 0, match.start(), at))
            if found:
                clocks.append((found, seasonal))
        else:
            row.append(_token(match, vocabulary, row))
    row = list(_untainted(row, folded))
    spans_hours = _SPAN_OF_HOURS.search("".join(token.sign for token in row)) is not None
    weekday = next((token.number for token in row if token.sign == "d"), None)
    tokens = tuple(_without_hours(row))
    return Statement(folded, tokens, "".join(token.sign for token in tokens), tuple(clocks), weekday, spans_hours)


def _token(match: re.Match[str], vocabulary: Vocabulary, before: list[Token]) -> Token:
    if match["number"]:
        return _number(match)
    length = 0
    if match["numbered"]:
        sign, number = "m", int(match["month"])
    elif match["abbreviated"]:
        sign, number, length = "v", int(match[0][1:]), 2
    elif match["sign"]:
        sign, number = _MARKS[match[0].strip()], 0
    elif match["other"]:
        around = match[0] == "~" and not (before and before[-1].sign in _BEFORE_RANGE)
        sign, number = "a" if around else _PUNCTUATION.get(match[0], "P"), 0
    else:
        sign, number = _word(re.sub(r"\s", " ", match[0]), vocabulary)
    return Token(sign, number, match.start(), match.end(), length)


def _word(word: str, vocabulary: Vocabulary) -> tuple[str, int]:
    """What a word is for, also behind an article (`d'août`) and as a French or Spanish number of a century (`XIXe`)."""
    known = vocabulary.signs.get(word) or vocabulary.signs.get(word.rpartition("'")[2])
    if known is None and (century := _ROMAN_ORDINAL.fullmatch(word)):
        known = vocabulary.signs.get(century[1])
    return known or ("W", 0)


def _number(match: re.Match[str]) -> Token:
    """A number: `y` four figures of a year, `n` one or two, `o` an ordinal, `E` a decade (1990s, 90er), else `N`."""
    figures, tail = match["number"], match["tail"] or ""
    number = int(figures[:6])
    start, end = match.span()
    if tail in _DECADE_TAIL and len(figures) in {2, 4} and number % 10 == 0:
        return Token("E", number, start, end, len(figures))
    if len(figures) <= 2:
        return Token("o" if tail else "n", number, start, end, len(figures))
    return Token("y" if len(figures) == 4 and not tail and number >= 1000 else "N", number, start, end, len(figures))


def _untainted(row: list[Token], folded: str) -> Iterator[Token]:
    """The row, in which numbers that are part of a word (A4, v2024, 3D) are none, and Q3 is one token."""
    skip = False
    for at, token in enumerate(row):
        if skip:
            skip = False
            continue
        behind = row[at + 1] if at + 1 < len(row) else None
        glued = behind is not None and behind.start == token.end
        if behind and glued and (tagged := _TAGGED.fullmatch(folded, token.start, behind.end)):
            sign = "J" if tagged["letter"] in "hs" else "Q"
            yield Token(sign, int(tagged["figure"]), token.start, behind.end)
            skip = True
            continue
        if token.sign == "&" and folded[token.start : token.end] == "i" and behind and behind.sign in _COUNTED:
            token = token._replace(sign="R", number=1)  # noqa: PLW2901  ("I kwartał")
        if token.sign in "nyo" and (_stuck(row, at, at - 1, folded) or _stuck(row, at, at + 1, folded)):
            token = token._replace(sign="N")  # noqa: PLW2901
        yield token


def _stuck(row: list[Token], at: int, beside: int, folded: str) -> bool:
    """Whether a Latin word that means nothing here is written together with the number."""
    if not 0 <= beside < len(row):
        return False
    number, word = row[at], row[beside]
    apart = word.start != number.end and word.end != number.start
    return not apart and word.sign == "W" and _LATIN.search(folded, word.start, word.end) is not None


def _without_hours(row: list[Token]) -> Iterator[Token]:
    """The row without times and days of the week, a mark left where a time was."""
    parted = False
    for token in row:
        if token.sign == "c":
            parted = True
        elif token.sign != "d":
            yield token._replace(parted=parted) if parted else token
            parted = False
