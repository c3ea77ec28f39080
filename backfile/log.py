"""The log file of an archive, where tracebacks go: a file, never a person."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from backfile.printable import safe

_SIZE = 2 << 20  # bytes before the file is rotated; one old file is kept

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class PlainLines(logging.Formatter):
    """Entries that what was read cannot forge: each begins its line, and what follows of it is set in."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry; a message is one line, a traceback has its own, and none holds a control character."""
        first = self.formatMessage(self._plain(record))
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return "\n".join([first, *(f"    {safe(line)}" for line in trace.splitlines())])

    def _plain(self, record: logging.LogRecord) -> logging.LogRecord:
        """A copy of the record with its message on one line."""
        copy = logging.makeLogRecord(record.__dict__)
        copy.message, copy.asctime = safe(record.getMessage()), self.formatTime(record, self.datefmt)
        return copy


class _Quiet(RotatingFileHandler):
    """A full disk is told of by who wrote what matters; Python's own way would be a traceback on the terminal."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's signature
        """Drop the record."""


def file_handler(file: Path) -> logging.Handler:
    """A handler that writes warnings and tracebacks to `file`; one that drops them when it cannot be written."""
    handler: logging.Handler
    try:
        handler = _Quiet(file, maxBytes=_SIZE, backupCount=1, encoding="utf-8", errors="backslashreplace")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(PlainLines(LINE))
    handler.setLevel(logging.WARNING)
    return handler
