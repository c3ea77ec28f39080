"""Whether what the archive is made from can be read."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from backfile.config import Archive, Settings, Source
from backfile.pipeline import places
from backfile.pipeline.checkup.finding import Finding

MOST_TOLD = 5  # folders that are named


def look(archive: Archive, settings: Settings, *, full: bool) -> Iterator[Finding]:
    """Each source: there, and readable; with `full` also every folder below it."""
    if not settings.sources:
        told = f"{archive.config_file} names none"
        yield Finding("warn", "sources", told, "backfile source add NAME FOLDER")
    for source in settings.sources:
        yield _judged(source, full=full)


def _judged(source: Source, *, full: bool) -> Finding:
    about = f"source {source.name}"
    begin = Path(places.base(source))
    if not begin.exists():
        told = f"{source.path} is not there; is a disk missing? To do without it (its articles stay):"
        return Finding("warn", about, told, f"backfile source remove {source.name}")
    refused = _refused(begin, full=full)
    if refused:
        more = f" and {len(refused) - MOST_TOLD:,} more" if len(refused) > MOST_TOLD else ""
        told = f"you may not read {', '.join(places.shown(each) for each in refused[:MOST_TOLD])}{more}"
        return Finding("warn", about, told, f"chmod -R u+rX {shlex.quote(places.shown(begin))}")
    return Finding("ok", about, source.path)


def _refused(begin: Path, *, full: bool) -> list[Path]:
    """What cannot be read: the file or folder itself, or with `full` a folder below."""
    wanted = os.R_OK | os.X_OK if begin.is_dir() else os.R_OK
    if not os.access(begin, wanted):
        return [begin]
    refused: list[Path] = []
    if full and begin.is_dir():
        for _ in os.walk(begin, onerror=lambda error: refused.append(Path(error.filename))):
            pass
    return refused
