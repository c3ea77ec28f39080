"""What goes to a terminal or into a file for others: nothing in an article's text can take control of either.

Which characters may not leave as they are stands in `backfile/printable.py`.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

import click

from backfile.article import Json
from backfile.printable import UNSAFE, safe

__all__ = [
    "cell", "counted", "csv_line", "is_coloured", "is_terminal", "json_line", "note", "safe", "tsv_line", "width",
]  # fmt: skip

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), the wide forms of some input methods
# included. A spreadsheet may leave out blanks and quotes before it, and where commas stand in numbers it takes a
# semicolon for the end of a cell, within quotes that do not begin the cell as it sees it, too.
_FORMULA = re.compile(r"""(^|;)(?=[\s"'\ufffd]*[=+\-@＝＋－＠])""")


def json_line(value: Json | Mapping[str, object]) -> str:
    r"""One line of JSON, readable in every script, with unsafe characters as `\uXXXX`."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(value, ensure_ascii=False))


def cell(value: object) -> str:
    """A value as a cell of a table for spreadsheets: one line, and never a formula."""
    if value is None:
        return ""
    text = safe("; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return text if isinstance(value, int | float) else _FORMULA.sub(r"\1'", text)


def csv_line(values: Sequence[object]) -> str:
    """Cells with commas between them, quoted where needed (RFC 4180)."""
    cells = (cell(value) for value in values)
    return ",".join('"' + text.replace('"', '""') + '"' if re.search(r'[",]', text) else text for text in cells)


def tsv_line(values: Sequence[object]) -> str:
    """Cells with tabs between them; a cell holds none."""
    return "\t".join(cell(value) for value in values)


def counted(number: int, one: str, several: str = "") -> str:
    """A number with its word: `1 span`, `3,000 spans`; `several` where it is more than an s."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def is_terminal(stream: TextIO | None = None) -> bool:
    """Whether a person looks at the stream (stdout by default)."""
    return (stream or sys.stdout).isatty()


def is_coloured(stream: TextIO | None = None) -> bool:
    """Whether colour is wanted there: a terminal, and `NO_COLOR` not set (no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of the terminal; 80 where there is none."""
    return max(20, shutil.get_terminal_size((80, 24)).columns)


def note(text: str) -> None:
    """A remark for the person at the keyboard, to stderr."""
    click.echo(f"backfile: {safe(text)}", err=True)
