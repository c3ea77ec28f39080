"""`backfile doctor`: looks at the installation and the archive, and says what to type."""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from backfile import config
from backfile.cli.output import json_line, safe
from backfile.cli.status import gather
from backfile.cli.styled import styled
from backfile.config import Archive
from backfile.errors import ArchiveLocked, BackfileError
from backfile.ownership import TRUSTED
from backfile.store import ArchiveLock, open_store

EXIT_FAULT = 4
FREE_BYTES = 1 << 30  # below this an ingest of some size may fill the disk

# Outside these ranges Prefect's server does not start, or starts and never fires a schedule (docs/scheduling.md).
TRIED = {"prefect": ((3, 8, 8), (4,)), "fastapi": ((0, 139), (0, 151)), "sqlalchemy": ((2, 0), (2, 1))}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: str  # ok, warn, fault
    about: str
    told: str  # what was found, and for a fault what to type


@click.command(epilog="Examples: backfile doctor   |   backfile doctor --json")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a finding.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Check versions, the archive's configuration, store, index, disk, and Prefect. The exit code is 4 for a fault."""
    worst = 0
    for finding in (*_installation(), *_archive(ctx.obj), *_prefect(ctx.obj)):
        if finding.level == "fault":
            worst = EXIT_FAULT
        if as_json:
            told = {"level": finding.level, "about": finding.about, "told": finding.told}
            click.echo(json_line(told))
        else:
            colour = {"ok": "green", "warn": "yellow", "fault": "red"}[finding.level]
            click.echo(f"{styled(f'{finding.level:5}', fg=colour)}  {finding.about:14} {safe(finding.told)}")
    return worst


def _installation() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok" if sys.version_info >= (3, 11) else "fault", "python", version)
    for name, (low, high) in TRIED.items():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding("fault", name, "not installed: install with the locked requirements.txt")
            continue
        numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
        fits = low <= numbers < high
        advice = "" if fits else "; not a version that was tried: install with the locked requirements.txt"
        yield Finding("ok" if fits else "fault", name, found + advice)


def _archive(option: Path | None) -> Iterator[Finding]:
    try:
        archive = config.find_archive(option)
        settings = config.load(archive)
    except BackfileError as error:
        yield Finding("fault", "archive", str(error))
        return
    yield Finding("ok", "archive", str(archive.directory))
    for source in settings.sources:
        there = Path(source.path.partition("*")[0]).exists()
        told = source.path if there else f"{source.path} is not there; is a disk missing?"
        yield Finding("ok" if there else "warn", f"source {source.name}", told)
    yield _private(archive)
    free = shutil.disk_usage(archive.directory).free
    yield Finding("ok" if free >= FREE_BYTES else "warn", "disk", f"{free / 1e9:.1f} GB free")
    yield _lock(archive)
    yield from _contents(archive)


def _prefect(option: Path | None) -> Iterator[Finding]:
    """What Prefect has to do with the archive."""
    from flows.operate.examine import examine  # noqa: PLC0415

    try:
        archive = config.find_archive(option)
    except BackfileError:
        return  # said already
    for level, about, told in examine(archive):
        yield Finding(level, about, told)


def _private(archive: Archive) -> Finding:
    """Whether others can write to the archive. One that they can is not opened, unless the environment says so."""
    if os.environ.get(TRUSTED):
        return Finding("warn", "permissions", f"${TRUSTED} opens archives of others: {os.environ[TRUSTED]}")
    return Finding("ok", "permissions", f"only you can write to {archive.directory}")


def _lock(archive: Archive) -> Finding:
    try:
        with ArchiveLock(archive.lock_file):
            return Finding("ok", "lock", "nobody is writing")
    except ArchiveLocked as error:
        return Finding("warn", "lock", str(error))
    except BackfileError as error:
        return Finding("fault", "lock", str(error))


def _contents(archive: Archive) -> Iterator[Finding]:
    try:
        store = open_store(archive.store_file)
    except BackfileError as error:
        yield Finding("fault", "store", str(error))
        return
    try:
        faults = store.check()
        told = "; ".join(faults) or f"{store.counts()['articles']:,} articles, the database finds no fault"
        yield Finding("fault" if faults else "ok", "store", told)
        facts = gather(archive, store)
        index, indexed = facts["index"], store.indexed_count()
    finally:
        store.close()
    for problem in index["problems"]:
        yield Finding("fault" if index["documents"] is None else "warn", "index", problem)
    if index["documents"] is None:
        pass
    elif index["documents"] != indexed:
        differs = f"{index['documents']:,} articles, the store says {indexed:,}"
        yield Finding("fault", "index", f"{differs}: backfile index rebuild")
    else:
        yield Finding("ok", "index", f"{index['engine']}, {indexed:,} articles")
    waiting = facts["unfinished"] + facts["outdated"] + facts["undecided"] + facts["pending"]
    yield Finding("warn" if waiting else "ok", "to do", "backfile ingest" if waiting else "nothing known")
