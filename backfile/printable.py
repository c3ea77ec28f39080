"""The one list of characters that may not leave as they are: what controls a terminal or turns the way of reading.

Whatever is written for people, on a terminal, in a log, a table or a page, goes through here.
"""

import io
import re
import sys
from contextlib import suppress
from typing import TextIO

# C0, DEL, C1; the marks, embeddings, overrides and isolates that turn the direction of what follows, and the obsolete
# signs behind them that swap shapes and digits; line and paragraph separators; the byte order mark and interlinear
# annotation; lone surrogates.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
UNSAFE = re.compile(f"[{_CONTROLS}]")
_SPACE = re.compile(r"[\t\n\r\f\v\u2028\u2029]+")
_REPLACEMENT = "\ufffd"

# What backfile itself prints besides: line ends and tabs; on a terminal its colours (SGR), and for the progress bar the
# return to the beginning of the line, the cursor put out and lit again, and the rest of a line erased.
_OURS = re.compile(f"([\\t\\n\ud800-\udfff])|[{_CONTROLS}]")
_OURS_ON_TERMINAL = re.compile(
    rf"([\t\n\r\ud800-\udfff]|\x1b\[(?:[0-9;]{{0,16}}m|\?25[hl]|K))|[{_CONTROLS}]"
)  # a surrogate is left to the encoding, which makes it readable: `\udcff`


def safe(text: str) -> str:
    r"""`text` on one line, without any character that would control the terminal or turn the direction of reading.

    A byte of a file name that is no UTF-8 stays readable.

    >>> safe("caf\udce9.txt")
    'caf\\xe9.txt'
    """
    return UNSAFE.sub(_replaced, _SPACE.sub(" ", text))


def _replaced(found: re.Match[str]) -> str:
    code = ord(found.group()) - 0xDC00  # where Python puts the bytes that are no UTF-8 (PEP 383)
    return f"\\x{code:02x}" if 0x80 <= code <= 0xFF else _REPLACEMENT


class Guarded(io.TextIOWrapper):
    """An output of the process through which no control character leaves but those that backfile itself prints.

    What comes from content went through `safe` before. This is the second line: whatever forgot to, click's errors
    about arguments and Python's own messages among it.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(
            stream.buffer,
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=getattr(stream, "line_buffering", False),
            write_through=getattr(stream, "write_through", False),
        )
        self._below = stream  # else it would close what both write to when it goes
        self._ours = _OURS_ON_TERMINAL if stream.isatty() else _OURS

    def write(self, text: str) -> int:
        """Write it, with a replacement in the place of each character that may not leave."""
        super().write(self._ours.sub(_kept, text))
        return len(text)

    def close(self) -> None:
        """Flush alone: the stream below belongs to whoever made it."""
        with suppress(ValueError):
            self.flush()


def guard() -> None:
    """Guard stdout and stderr from now on."""
    sys.stdout.flush()
    sys.stderr.flush()
    sys.stdout, sys.stderr = Guarded(sys.stdout), Guarded(sys.stderr)


def _kept(found: re.Match[str]) -> str:
    return found[1] or _REPLACEMENT
