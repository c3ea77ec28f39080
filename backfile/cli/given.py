"""Paths as a person gave them."""

from pathlib import Path

from backfile.errors import WrongUse


def existing(path: Path) -> Path:
    """The path; raises WrongUse when nothing is there."""
    if not path.exists():
        raise WrongUse(f"{path}: there is no such file or folder")
    return path
