"""Whether an index is this user's own; the engines that lie on disk ask before they open one."""

from pathlib import Path

from backfile.errors import IndexUnusable
from backfile.ownership import Foreign, inside, refuse_foreign


def refuse_others(directory: Path) -> None:
    """Raises `IndexUnusable` when the index in a directory is somebody else's, or cannot be looked at."""
    try:
        refuse_foreign(directory, inside(directory))
    except Foreign as error:
        raise IndexUnusable(f"{error}; then `backfile index rebuild`") from error
    except OSError as error:
        raise IndexUnusable(f"{directory}: cannot be read ({error.strerror}); run `backfile index rebuild`") from error
