"""A progress bar on stderr for long work, on a terminal only."""

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


def bar(length: int, label: str) -> "AbstractContextManager[ProgressBar[int]]":
    """A bar of `length` steps; it draws nothing when stderr is no terminal."""
    return click.progressbar(length=max(length, 1), label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
