"""Where tracebacks go: a file, never a person."""

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SIZE = 2 << 20  # bytes before the file is rotated; one old file is kept


def log_to(file: Path) -> None:
    """Send warnings and tracebacks to `file`; when it cannot be written they are dropped, and the command goes on."""
    root = logging.getLogger()
    try:
        handler = RotatingFileHandler(file, maxBytes=_SIZE, backupCount=1, encoding="utf-8", errors="backslashreplace")
    except OSError:
        root.addHandler(logging.NullHandler())
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    root.handlers[:] = [handler]


def log_to_default() -> Path:
    """The log file in use; when there is none yet, one in the user's state directory."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, RotatingFileHandler):
            return Path(handler.baseFilename)
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "backfile"
    state.mkdir(parents=True, exist_ok=True)
    log_to(state / "backfile.log")
    return state / "backfile.log"
