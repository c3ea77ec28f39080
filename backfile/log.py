"""The log file of an archive, where tracebacks go: a file, never a person."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SIZE = 2 << 20  # bytes before the file is rotated; one old file is kept


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
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    return handler
