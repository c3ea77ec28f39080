"""Whether Python and the packages are versions that were tried: those that the installed backfile asks for."""

import shlex
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from backfile.pipeline.checkup.finding import Finding

# Outside their ranges Prefect's server does not start, or starts and never fires a schedule (docs/scheduling.md).
TRAPS = ("prefect", "fastapi", "sqlalchemy")


def look() -> Iterator[Finding]:
    """Python, backfile, the packages whose versions are a trap, and all others as one."""
    try:
        own = metadata.metadata("backfile")
        asked = metadata.requires("backfile") or []
    except metadata.PackageNotFoundError:
        yield Finding("warn", "backfile", "is not installed, only found", f"{_pip()} install -e .")
        return
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = own["Requires-Python"] or ""
    if version in SpecifierSet(wanted):
        yield Finding("ok", "python", version)
    else:
        yield Finding("fault", "python", f"{version}; wanted: {wanted}. Install backfile with another Python")
    yield Finding("ok", "backfile", str(own["Version"]))
    sound = 0
    for requirement in map(Requirement, asked):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        finding = _package(requirement)
        sound += finding.level == "ok"
        if finding.level != "ok" or requirement.name.lower() in TRAPS:
            yield finding
    yield Finding("ok", "packages", f"{sound} are of versions that were tried")


def _package(asked: Requirement) -> Finding:
    wanted = str(asked.specifier)
    command = f"{_pip()} install {shlex.quote(asked.name + wanted)}"
    try:
        version = metadata.version(asked.name)
    except metadata.PackageNotFoundError:
        return Finding("fault", asked.name, "is not installed", command)
    if asked.specifier.contains(version, prereleases=True):
        return Finding("ok", asked.name, version)
    return Finding("fault", asked.name, f"{version} is no version that was tried; wanted: {wanted}", command)


def _pip() -> str:
    return f"{shlex.quote(sys.executable)} -m pip"
