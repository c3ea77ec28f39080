"""What makes a file survive a power cut."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Hands a file or a directory to the disk; returns when it is there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
