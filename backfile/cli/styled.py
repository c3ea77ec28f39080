"""Colour on a terminal, and nowhere else; NO_COLOR is honoured."""

from typing import Any

import click

from backfile.cli.output import is_coloured


def styled(text: str, **style: Any) -> str:  # click's own styles
    """`text` with colour when stdout is a terminal that wants it, else as it is."""
    return click.style(text, **style) if is_coloured() else text
