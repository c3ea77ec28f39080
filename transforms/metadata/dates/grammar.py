"""Dates that are written for people, read by the shape of the statement.

A statement is a row of tokens, each of one sign; the signs behind each other are its shape: `3. Juni 2024` is `n.my`,
in any language. A day or a month is found anywhere in a statement; weaker forms (a year, a season, `25. November`) only
where it says nothing else.
"""

from transforms.metadata.dates.days import DAYS, MONTHS, Reader, first, timed
from transforms.metadata.dates.inexact import marked, whole
from transforms.metadata.dates.spans import span
from transforms.metadata.dates.tokens import Statement
from transforms.metadata.dates.when import Expression


def read(said: Statement, reader: Reader) -> tuple[Expression, ...]:
    """What the statement says; two expressions when it cannot be decided between them, none when it says nothing."""
    if "n" not in said.shape and "y" not in said.shape and not set("oEvkONQ") & set(said.shape):
        return ()
    if spanned := span(said, reader):
        return (spanned,)
    if said_all := whole(said, reader):
        return (said_all,)
    found = first(said, reader, DAYS) or first(said, reader, MONTHS)
    if found is None:
        return ()
    return tuple(_modified(said, found.start, Expression.of(when)) for when in timed(said, found))


def _modified(said: Statement, start: int, stated: Expression) -> Expression:
    """The expression as approximate or uncertain when such a word stands directly before it."""
    if said.tokens[start].parted:
        return stated
    before = said.shape[:start].rstrip("gxh.")
    if before.endswith(("a", "u")) and len(before) >= start - 2:
        return marked(stated, before[-1])
    return stated
