"""The extracted lines of an article on the left, what is left of them on the right."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest
from typing import Any

from backfile.article import Article
from backfile.cli.columns import Piece, cells, rows
from backfile.cli.output import is_coloured, safe
from backfile.cli.styled import styled
from backfile.cli.taken import LineSpan, spans

_GUTTER = 5  # cells for the number of the line, and a blank
_BETWEEN = " │ "
_STYLES: dict[str, dict[str, Any]] = {"kept": {}, "gone": {"fg": "red"}, "rule": {"dim": True}}


def side_by_side(article: Article, *, room: int) -> Iterator[str]:
    """The rows of both columns, `room` cells wide in all; at least 8 cells a column.

    Where there is no colour, what was removed stands between `[-` and `-]`.
    """
    column = max(8, (room - _GUTTER - len(_BETWEEN)) // 2)
    yield f"{'':{_GUTTER}}{'extracted':{column}}{_BETWEEN}clean"
    for number, group in groupby(spans(article), key=lambda each: each.number):
        line = list(group)
        both = zip_longest(rows(_before(line), column), rows(_after(line), column), fillvalue=())
        for at, (left, right) in enumerate(both):
            gap = " " * (column - sum(cells(text) for text, _ in left))
            told = f"{number:{_GUTTER - 1}} " if at == 0 else " " * _GUTTER
            yield (told + _drawn(left) + gap + _BETWEEN + _drawn(right)).rstrip()


def _before(line: Sequence[LineSpan]) -> Iterator[Piece]:
    marked = not is_coloured()
    for each in line:
        if each.removal is None:
            yield safe(each.text), "kept"
        else:
            yield f"[-{safe(each.text)}-]" if marked else safe(each.text), "gone"


def _after(line: Sequence[LineSpan]) -> Iterator[Piece]:
    kept = [safe(each.text) for each in line if each.removal is None]
    yield from ((text, "kept") for text in kept)
    if by := list(dict.fromkeys(each.removal.rule for each in line if each.removal)):
        yield f"{' ' if kept else ''}[{safe(', '.join(by))}]", "rule"


def _drawn(pieces: Iterable[Piece]) -> str:
    return "".join(styled(text, **_STYLES[drawn]) for text, drawn in pieces)
