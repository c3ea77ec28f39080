"""Where a command's tracebacks go: the archive's log, else one in the user's state directory."""

import logging
import os
from pathlib import Path

from backfile.log import file_handler


def log_to(file: Path) -> None:
    """Send warnings and tracebacks to `file`; when it cannot be written they are dropped, and the command goes on."""
    logging.getLogger().handlers[:] = [file_handler(file)]


def log_to_default() -> Path:
    """The log file in use; when there is none yet, one in the user's state directory."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "backfile"
    state.mkdir(parents=True, exist_ok=True)
    log_to(state / "backfile.log")
    return state / "backfile.log"
