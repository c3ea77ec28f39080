"""One thing that was looked at, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    A fault keeps something from working. A warning is something that a person would want to know, and that is gone when
    they have done what it says.
    """

    level: Level
    about: str
    told: str
    do: str | None = None  # a command to type; None: nothing is to be done, or no command does it
