"""What rules took out of an article, and where: as every command shows it."""

from collections.abc import Iterator
from typing import NamedTuple

from backfile.article import Article, Removal
from backfile.cli.columns import cut
from backfile.cli.output import is_terminal, safe, width
from backfile.cli.styled import styled


class LineSpan(NamedTuple):
    """A part of an extracted line, kept or removed."""

    number: int  # of the line, from 1
    text: str
    removal: Removal | None  # None: it was kept


def spans(article: Article) -> Iterator[LineSpan]:
    """Every span of every extracted line, in order of place. The texts of a line's spans are that line."""
    pieces: list[tuple[int, int, str, Removal | None]] = [
        *((span.line, span.start, span.text, None) for span in article.body),
        *((removal.line, removal.start, removal.text, removal) for removal in article.removed),
    ]
    for line, _, text, removal in sorted(pieces, key=lambda piece: piece[:2]):
        yield LineSpan(line + 1, text, removal)


def lines(article: Article, *, full: bool = False) -> Iterator[str]:
    """A line a span: "-" and the rule where words were removed, a blank where they were kept.

    On a terminal kept lines are cut to its width unless `full` is set: they are there as landmarks.
    """
    for number, text, removal in spans(article):
        if removal is None:
            line = f"{number:4}   {safe(text)}"
            yield line if full or not is_terminal() else cut(line, width())
        else:
            yield styled(f"{number:4} - {safe(text)}", fg="red") + safe(f"  [{removal.rule}, {removal.kind}]")
