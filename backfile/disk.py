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


def replace_text(file: Path, text: str) -> None:
    """Give `file` a new content, synced: whatever stops us leaves the old one or the new one, whole."""
    beside = file.with_name(f"{file.name}.new")
    with beside.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    sync(file.parent)
