"""Text in columns of a terminal: how many cells it fills, and how it is broken into rows."""

import unicodedata
from collections.abc import Iterable

Piece = tuple[str, str]  # text on one line, and what it is drawn as


def cells(text: str) -> int:
    """Columns that a terminal gives the text: two for a wide character (CJK, emoji), none for a combining one.

    Sequences that some terminals draw as one sign (emoji with joiners) count as their parts.
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, room: int) -> str:
    """The text when it fits into `room` cells, else its beginning and an ellipsis."""
    if cells(text) <= room:
        return text
    filled = 0
    for at, sign in enumerate(text):
        filled += _cells(sign)
        if filled > room - 1:
            return text[:at] + "…"
    return text


def rows(pieces: Iterable[Piece], room: int) -> list[list[Piece]]:
    """The pieces broken into rows of at most `room` cells: between words where that is possible, else within one.

    The blank at a break is left out. A character that is wider than `room` has a row of its own.
    """
    made: list[list[tuple[str, str]]] = []
    row: list[tuple[str, str]] = []  # characters, each with its drawing
    filled = 0
    for text, drawn in pieces:
        for sign in text:
            wide = _cells(sign)
            if filled + wide > room and row:
                if sign == " ":
                    made.append(row)
                    row, filled = [], 0
                    continue
                rest = _after_last_blank(row)
                made.append(row[: len(row) - len(rest)])
                row, filled = rest, sum(_cells(each) for each, _ in rest)
            row.append((sign, drawn))
            filled += wide
    made.append(row)
    return [_joined(each) for each in made]


def _after_last_blank(row: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The word that the row ends with, to be carried over; nothing when it fills the row."""
    for at in range(len(row) - 1, 0, -1):
        if row[at][0] == " ":
            return row[at + 1 :]
    return []


def _joined(signs: list[tuple[str, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    for sign, drawn in signs:
        if pieces and pieces[-1][1] == drawn:
            pieces[-1] = (pieces[-1][0] + sign, drawn)
        else:
            pieces.append((sign, drawn))
    return pieces


def _cells(sign: str) -> int:
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
