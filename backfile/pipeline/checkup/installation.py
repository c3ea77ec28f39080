"""Whether Python and the packages are versions that were tried: those that the installed backfile asks for."""

import re
import shlex
import sys
from collections.abc import Iterator
from importlib import metadata
from itertools import zip_longest
from operator import eq, ge, gt, le, lt, ne

from backfile.pipeline.checkup.finding import Finding

# Outside their ranges Prefect's server does not start, or starts and never fires a schedule (docs/scheduling.md).
TRAPS = ("prefect", "fastapi", "sqlalchemy")

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,. -]*\])?\s*\(?(?P<range>[^;)]*)\)?(?:;(?P<marker>.*))?")
_CLAUSE = re.compile(r"(>=|<=|==|!=|<|>)\s*(\d+(?:\.\d+)*)")
_COMPARED = {">=": ge, "<=": le, "==": eq, "!=": ne, "<": lt, ">": gt}


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
    if fits(version, wanted):
        yield Finding("ok", "python", version)
    else:
        yield Finding("fault", "python", f"{version}; wanted: {wanted}. Install backfile with another Python")
    yield Finding("ok", "backfile", str(own["Version"]))
    sound = 0
    for requirement in asked:
        found = _REQUIREMENT.match(requirement)
        if found is None or "extra" in (found["marker"] or ""):
            continue
        finding = _package(found["name"], found["range"].strip())
        sound += finding.level == "ok"
        if finding.level != "ok" or found["name"].lower() in TRAPS:
            yield finding
    yield Finding("ok", "packages", f"{sound} are of versions that were tried")


def fits(version: str, wanted: str) -> bool:
    """Whether a version is within a range.

    >>> fits("0.150.1", ">=0.139,<0.151"), fits("0.151", ">=0.139,<0.151"), fits("4.0", ">=4")
    (True, False, True)
    """
    clauses = _CLAUSE.findall(wanted)
    return all(_COMPARED[sign](*_padded(version, limit)) for sign, limit in clauses)


def _padded(one: str, other: str) -> tuple[list[int], list[int]]:
    """The numbers of two versions, as many of each; what stands behind them (rc1, .post2) does not count."""
    release = re.match(r"\d+(?:\.\d+)*", one)
    numbers = [[int(part) for part in each.split(".")] for each in (release[0] if release else "0", other)]
    pairs = list(zip_longest(*numbers, fillvalue=0))
    return [a for a, _ in pairs], [b for _, b in pairs]


def _package(name: str, wanted: str) -> Finding:
    command = f"{_pip()} install {shlex.quote(name + wanted)}"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding("fault", name, "is not installed", command)
    if fits(version, wanted):
        return Finding("ok", name, version)
    return Finding("fault", name, f"{version} is no version that was tried; wanted: {wanted}", command)


def _pip() -> str:
    return f"{shlex.quote(sys.executable)} -m pip"
