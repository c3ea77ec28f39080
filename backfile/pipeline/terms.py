"""What machines must have in common that take part in one run, or its outcome would depend on who did what."""

import dataclasses
import hashlib
import json
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import backfile
import transforms
from backfile.config import Settings
from backfile.errors import WrongUse

# Whatever reads, extracts or cleans is told apart by its bytes: two checkouts of one version are two programs.
_PROGRAM = (backfile, transforms)
_LIBRARIES = (
    *("babel", "beautifulsoup4", "charset-normalizer", "ftfy", "google-re2", "jusText", "langdetect", "lxml"),
    *("lxml_html_clean", "pystemmer", "tld", "trafilatura", "zstandard"),
)


def of(settings: Settings) -> dict[str, str]:
    """The terms of this machine's program and configuration, each by what people call it."""
    limits = dataclasses.asdict(settings.limits)
    del limits["workers"]
    return {
        "backfile": version("backfile"),
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "program": _digest(_program()),
        "libraries": ", ".join(_installed()),
        "limits": json.dumps(limits, sort_keys=True),
        "sources": _digest(json.dumps(dataclasses.asdict(each), sort_keys=True).encode() for each in settings.sources),
    }


def stated(terms: dict[str, str]) -> str:
    """The terms as text."""
    return json.dumps(terms, sort_keys=True)


def check(asked: str, mine: dict[str, str]) -> None:
    """Whether this machine may take part in a run of these terms.

    Raises:
        WrongUse: it may not; names what is different.
    """
    theirs = json.loads(asked)
    for name in (*mine, *theirs):
        if theirs.get(name) != mine.get(name):
            told = f"here {_short(mine.get(name))}, there {_short(theirs.get(name))}"
            raise WrongUse(f"this machine cannot take part in the run: {_what(name)} not those of the run ({told})")


def _what(name: str) -> str:
    return {
        "backfile": "backfile's version is",
        "Python": "Python's version is",
        "program": "backfile's files are",
        "libraries": "the libraries are",
        "limits": "[limits] in backfile.toml are",
        "sources": "the sources in backfile.toml are",
    }.get(name, f"{name} are")


def _short(value: str | None, most: int = 200) -> str:
    return "nothing" if value is None else value[:most]


def _program() -> Iterator[bytes]:
    for package in _PROGRAM:
        root = Path(package.__path__[0])
        for file in sorted(each for each in root.rglob("*") if each.is_file() and each.suffix != ".pyc"):
            yield file.relative_to(root).as_posix().encode()
            yield file.read_bytes()


def _installed() -> Iterator[str]:
    for name in _LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} missing"


def _digest(pieces: Iterator[bytes]) -> str:
    total = hashlib.sha256()
    for each in pieces:
        total.update(f"{len(each)} ".encode())
        total.update(each)
    return total.hexdigest()[:16]
