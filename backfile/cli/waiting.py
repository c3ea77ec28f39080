"""What a person is told when a command waits for another one that writes."""

from collections.abc import Callable

from backfile.cli.output import note


def telling(wait: float) -> Callable[[str], None]:
    """Says who is waited for, and for how many seconds; -1 is for ever."""
    limit = f" up to {wait:,.0f} s" if wait > 0 else ""
    return lambda told: note(f"{told}; waiting{limit}")
