"""Remarks on a query, to stderr: on a terminal with a line that points at the place, in a pipe with its number."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from backfile.cli.columns import cells
from backfile.cli.output import is_terminal, note, safe, width
from backfile.errors import QueryError
from index.notes import Note

_INDENT = "  "
_BEFORE = 3  # a third of the line is left to what stands before the place, where the query is longer than the line


def tell(notes: Iterable[Note], query: str, *, about: str = "") -> None:
    """Print the remarks on a query; `about` names the query where there are several."""
    pointing = is_terminal(sys.stderr)
    for each in notes:
        if each.start is None:
            note(f"{about}{each.text}")
        elif pointing:
            note(f"{about}{each.text}")
            for line in _pointer(query, each.start, each.end or each.start + 1, width() - 1):
                click.echo(line, err=True)
        else:
            note(f"{about}character {each.start + 1}: {each.text}")


@contextmanager
def told(query: str) -> Iterator[None]:
    """A query over a limit ends the command, with the place told as in a remark."""
    try:
        yield
    except QueryError as error:
        tell([Note(str(error), error.start, error.end)], query)
        raise click.exceptions.Exit(error.exit_code) from error


def _pointer(query: str, start: int, end: int, columns: int) -> Iterator[str]:
    """The query, or what stands around the place, and below it a line of signs under the place."""
    room = columns - len(_INDENT) - 2  # two for the signs of what is left out
    shown = "".join(safe(sign) or " " for sign in query)  # one for one, so that places stay
    first, last = 0, len(shown)
    if cells(shown) > room:
        first = _back(shown, start, room // _BEFORE)
        last = _forth(shown, first, room)
    before, after = "…" * (first > 0), "…" * (last < len(shown))
    yield f"{_INDENT}{before}{shown[first:last]}{after}"
    blanks = cells(before + shown[first:start])
    yield f"{_INDENT}{' ' * blanks}{'^' * max(1, cells(shown[start : min(end, last)]))}"


def _back(text: str, at: int, room: int) -> int:
    while at > 0 and room >= cells(text[at - 1]):
        at -= 1
        room -= cells(text[at])
    return at


def _forth(text: str, at: int, room: int) -> int:
    while at < len(text) and room >= cells(text[at]):
        room -= cells(text[at])
        at += 1
    return at
