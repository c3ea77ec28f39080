"""What a flow leaves behind for people: tables that a browser may show, one line of summary, and the log file.

Knows no Prefect. Names and messages come from what was read, and a browser shows them: `plain` takes away what a page
could act on.
"""

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from backfile.errors import BackfileError
from backfile.log import file_handler
from backfile.pipeline.ingest import Report

log = logging.getLogger(__name__)

Row = dict[str, str | int | float]
P = ParamSpec("P")
T = TypeVar("T")

MAX_SHOWN = 300  # characters of a path or a message in a table; the store has them whole
MAX_KINDS = 40  # rows for one kind of count; a configuration may hold hundreds of rules
UNDATED = "undated"  # how a tally counts articles without a date

# Prefect 3.8's pages show tables as text or as Markdown, and Markdown as HTML: `![](http://…)` in a file's name fetched
# its picture when the report was opened (measured, /v1 and /v2). What marks up is replaced by what looks alike.
_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "|": "¦", "`": "'"})
_LINKED = re.compile(r"(?<=:)(?=//)|(?=@)|(?<=\bwww)(?=\.)", re.IGNORECASE)
_LOGGERS = ("backfile", "flows", "transforms", "index")


def plain(text: str) -> str:
    """The text as one line that no page takes for markup or a link; at most MAX_SHOWN characters.

    >>> plain("a  <b>![x](http://evil/p.png)")
    'a ‹b›!(x)(http: //evil/p.png)'
    """
    visible = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text[: 4 * MAX_SHOWN])
    shown = _LINKED.sub(" ", " ".join(visible.split()).translate(_LOOKALIKES))
    return shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 1] + "…"


def counts(report: Report) -> list[Row]:
    """The report as rows: documents and inputs, reasons, removals by rule, languages, dates known and unknown, time."""
    tally = report.tally
    unknown = tally.precision[UNDATED]
    rows: list[Row] = [
        *(_row("documents", name, tally.documents[name]) for name in ("new", "changed", "unchanged", "gone")),
        *(_row("states", name, tally.states[name]) for name in ("stored", "rejected", "failed")),
        *_rows("not taken in", tally.reasons),
        *_rows("no articles", tally.kinds),
        *_rows("inputs", tally.inputs),
        *_rows("languages", tally.languages),
        _row("dates", "known", tally.precision.total() - unknown),
        _row("dates", "unknown", unknown),
        *_rows("precision of dates", Counter({k: v for k, v in tally.precision.items() if k != UNDATED})),
        *_rows("removals by rule", tally.removals),
        _row("recurring lines", "learned", report.learned),
        _row("recurring lines", "unlearned", report.unlearned),
        _row("articles", "cleaned again", report.recleaned),
        _row("articles", "added to the index", report.indexed),
        _row("seconds", "in all", round(report.seconds, 1)),
    ]
    return rows


def failures(report: Report) -> list[Row]:
    """What was not taken in, one row each, up to a hundred."""
    return [{name: plain(each[name]) for name in ("uri", "reason", "detail")} for each in report.tally.examples]


def summary(report: Report) -> str:
    """What a run did, in one line."""
    documents, states = report.tally.documents, report.tally.states
    return (
        f"{documents['new']:,} new, {documents['changed']:,} changed, {documents['unchanged']:,} unchanged; "
        f"{states['stored']:,} stored, {states['rejected']:,} rejected, {states['failed']:,} failed; "
        f"{report.indexed:,} added to the index"
    )


def plainly(work: Callable[P, T]) -> Callable[P, T]:
    """The work of a flow or task, whose faults leave it without what was read.

    Prefect keeps an error's text and traceback, prints them and shows them in a browser. So an error of ours loses its
    causes, and its text becomes plain; any other is written to the log of the archive and told of in one plain line.
    """

    @wraps(work)
    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except BackfileError as error:
            error.args = (plain(str(error)),)
            raise error from None
        except Exception as error:
            log.exception("in %s", work.__name__)
            told = f"unexpected {type(error).__name__}: {error}; this is our fault, the details are in backfile.log"
            raise BackfileError(plain(told)) from None

    return done


@contextmanager
def logged_to(file: Path) -> Iterator[None]:
    """Send backfile's warnings and tracebacks to `file`, as the command line does, and not to Prefect's console.

    A traceback may quote what was read, and Prefect keeps and shows its logs to everybody who reaches the server.
    """
    handler = file_handler(file)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
        handler.close()


def _row(kind: str, which: str, number: float) -> Row:
    return {"count of": kind, "which": which, "number": number}


def _rows(kind: str, numbers: Counter[str]) -> Iterator[Row]:
    for name, number in numbers.most_common(MAX_KINDS):
        yield _row(kind, plain(name), number)
    if len(numbers) > MAX_KINDS:
        rest = numbers.total() - sum(number for _, number in numbers.most_common(MAX_KINDS))
        yield _row(kind, f"{len(numbers) - MAX_KINDS} more", rest)
