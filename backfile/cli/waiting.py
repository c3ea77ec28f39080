"""What a person is told when a command waits for another one that writes."""

import sys
from collections.abc import Callable

import click

from backfile.cli.output import note

option = click.option("--wait", type=float, default=0.0, help="Seconds to wait while another run writes; -1: for ever.")


def telling(wait: float) -> Callable[[str], None]:
    """Says who is waited for, and for how many seconds; -1 is for ever."""
    limit = f" up to {wait:,.0f} s" if wait > 0 else ""
    return lambda told: note(f"{told}; waiting{limit}")


def telling_under_bar(wait: float) -> Callable[[str], None]:
    """As `telling`, where a progress bar has begun its line on a terminal."""

    def tell(told: str) -> None:
        if sys.stderr.isatty():
            click.echo(err=True)
        telling(wait)(told)

    return tell
