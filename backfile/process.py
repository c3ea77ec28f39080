"""Processes that are known again: a number alone may belong to another one by now."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Started:
    """A process as it can be known again."""

    pid: int
    begun: str  # what the system says of its start; see `begun`


def begun(pid: int) -> str | None:
    """What the system says of when a process was started; None when there is none. Two processes never share both."""
    try:
        # The 22nd field, in clock ticks since the machine was started (proc(5)); the name before it may hold blanks.
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    if Path("/proc/self").exists():
        return None
    told = subprocess.run(["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return told.stdout.strip() or None


def is_alive(process: Started) -> bool:
    """Whether that very process is there still."""
    return begun(process.pid) == process.begun


def this() -> Started:
    """This process."""
    return Started(os.getpid(), begun(os.getpid()) or "")
