"""What another revision of backfile makes of the same files: two runs of `clean`, article against article.

Each side is a process of its own that imports one revision's source, so that rules, extraction and whatever else
changed are compared as a user would meet them.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import Any

from backfile.article import Json
from backfile.errors import BackfileError, WrongUse

ROOT = Path(__file__).parents[2]  # of the checkout, when backfile runs from one
SAMPLES = ROOT / "samples"
PACKAGES = ("backfile", "transforms", "index")  # what `clean` may import
FIELDS = (
    "title", "authors", "agencies", "publisher", "published", "updated", "url", "language", "tags", "place", "parent",
)  # fmt: skip
_TELLING = 3  # words from which on a stretch within a line is taken for the one that a rule removed
_RAN = {0, 3}  # exit codes of `clean`: done, and done though some inputs failed

Record = Mapping[str, Any]  # one line of `clean --json`


@dataclass(frozen=True, slots=True)
class Moved:
    """A line that is text on one side and not on the other."""

    text: str
    sign: str  # "-": it was text before; "+": it is text now
    why: str  # the rule that takes it on the side where it is no text; "" when it is not extracted there


@dataclass(frozen=True, slots=True)
class Change:
    """One article that comes out otherwise."""

    uri: str
    kind: str  # changed, new (no article before), lost (none now)
    lines: tuple[Moved, ...] = ()
    fields: tuple[tuple[str, Json, Json], ...] = ()  # name, before, now
    rules: tuple[tuple[str, str, str], ...] = ()  # text removed on both sides, the rule before, the rule now
    reason: str = ""  # of one that is lost: what `clean` said


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that comes out otherwise, in order of address."""

    articles: int  # on either side
    changes: tuple[Change, ...]
    removed_more: Counter[str]  # rule → lines that are text no more
    removed_less: Counter[str]  # rule → lines that are text again


def compare(paths: Sequence[Path], revision: str) -> Comparison:
    """What the present source makes of the paths otherwise than that of a git revision; both sides are held in memory.

    Raises:
        WrongUse: backfile does not run from a git checkout, or the revision is unknown there.
        BackfileError: one of the two could not clean the paths.
    """
    with source_of(revision) as before:
        old, _ = _cleaned(before, paths)
    new, told = _cleaned(ROOT, paths)
    return compared(old, new, told)


@contextmanager
def source_of(revision: str) -> Iterator[Path]:
    """A temporary folder with the packages as they were at a revision; gone when it is left."""
    commit = _commit(revision)
    archive = _git("archive", "--format=tar", commit, "--", *_there(commit))
    with tempfile.TemporaryDirectory(prefix="backfile-compare-") as name:
        _unpack(archive, Path(name))
        yield Path(name)


def compared(old: Mapping[str, Record], new: Mapping[str, Record], told: Mapping[str, str]) -> Comparison:
    """The differences between two sides, each address → article; `told`: address → why it gave none now."""
    changes = []
    for uri in sorted(old.keys() | new.keys()):
        before, now = old.get(uri), new.get(uri)
        if before is None or now is None:
            lost = before is not None
            changes.append(Change(uri, "lost" if lost else "new", reason=told.get(uri, "") if lost else ""))
        elif change := _change(uri, before, now):
            changes.append(change)
    lines = [moved for change in changes for moved in change.lines if moved.why]
    more, less = (Counter(each.why for each in lines if each.sign == sign) for sign in "-+")
    return Comparison(len(old.keys() | new.keys()), tuple(changes), more, less)


def _change(uri: str, before: Record, now: Record) -> Change | None:
    was, stands = _paragraphs(before), _paragraphs(now)
    taken_before, taken_now = _taken(before), _taken(now)
    lines: list[Moved] = []
    for what, a, b, c, d in SequenceMatcher(None, was, stands, autojunk=False).get_opcodes():
        if what != "equal":
            lines += [Moved(text, "-", _why(text, taken_now)) for text in was[a:b]]
            lines += [Moved(text, "+", _why(text, taken_before)) for text in stands[c:d]]
    fields = tuple((name, before.get(name), now.get(name)) for name in FIELDS if before.get(name) != now.get(name))
    both = [text for text in taken_before if text in taken_now and taken_before[text] != taken_now[text]]
    rules = tuple((text, taken_before[text], taken_now[text]) for text in both)
    return Change(uri, "changed", tuple(lines), fields, rules) if lines or fields or rules else None


def _paragraphs(record: Record) -> list[str]:
    return [text for text in record["text"].split("\n\n") if text]


def _taken(record: Record) -> dict[str, str]:
    """What was taken, span by span and, of a line that several rules took in parts, whole: text → rules."""
    lines: dict[int, list[Any]] = {}
    for each in record["removed"]:
        lines.setdefault(each["line"], []).append(each)
    taken = {}
    for spans in lines.values():
        whole = "".join(each["text"] for each in spans).strip()
        taken[whole] = ", ".join(dict.fromkeys(each["rule"] for each in spans))
    for each in record["removed"]:
        taken.setdefault(each["text"].strip(), each["rule"])
    return taken


def _why(text: str, taken: Mapping[str, str]) -> str:
    """The rule that takes the line, or its beginning, its end, or a stretch of some words within it."""
    if text in taken:
        return taken[text]
    return ", ".join(dict.fromkeys(rule for part, rule in taken.items() if part and _is_part(part, text)))


def _is_part(part: str, text: str) -> bool:
    return text.startswith(part) or text.endswith(part) or (len(part.split()) >= _TELLING and part in text)


def _cleaned(source: Path, paths: Sequence[Path]) -> tuple[dict[str, Record], dict[str, str]]:
    """What the source in a folder makes of the paths: address → article; address → why it gave none."""
    command = [sys.executable, "-m", "backfile", "clean", "--json", "--", *(os.path.abspath(each) for each in paths)]  # noqa: PTH100
    done = _run(command, cwd=source, PYTHONPATH=str(source))
    if done.returncode not in _RAN:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BackfileError(f"cleaning with {source} ended with {done.returncode}: {said[-1] if said else 'no word'}")
    found: dict[str, Record] = {}
    seen: Counter[str] = Counter()  # articles of one address: the stories of a digest
    for line in done.stdout.decode("utf-8").splitlines():
        record = json.loads(line)
        place = str(record["uri"])
        seen[place] += 1
        found[f"{place} (story {seen[place]})" if seen[place] > 1 else place] = record
    told = dict(_split(line) for line in done.stderr.decode("utf-8", "replace").splitlines() if ": " in line)
    return found, told


def _split(line: str) -> tuple[str, str]:
    """Address and reason of a line of talk; an address may hold a colon, a reason's word does not."""
    uri, _, rest = line.partition(": ")
    return uri, rest


def _commit(revision: str) -> str:
    top = _git_or_none("rev-parse", "--show-toplevel")
    if top is None or Path(top.decode().strip()).resolve() != ROOT.resolve():
        raise WrongUse(f"backfile in {ROOT} does not run from a git checkout, so it has no revisions to compare with")
    found = _git_or_none("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise WrongUse(f"{revision}: no such revision in {ROOT}; `git log --oneline` lists them")
    return found.decode().strip()


def _there(commit: str) -> list[str]:
    """Which of the packages a revision has: an early one may lack some."""
    return _git("ls-tree", "--name-only", commit, "--", *PACKAGES).decode().split()


def _unpack(archive: bytes, folder: Path) -> None:
    """The regular files of a tar archive, below the folder and nowhere else."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None and not path.is_absolute() and ".." not in path.parts:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def _git(*words: str) -> bytes:
    done = _run(["git", *words], cwd=ROOT)
    if done.returncode:
        raise BackfileError(f"git {words[0]}: {done.stderr.decode('utf-8', 'replace').strip()[-300:]}")
    return done.stdout


def _git_or_none(*words: str) -> bytes | None:
    """What git says, or nothing when it is not there or does not know."""
    try:
        done = _run(["git", *words], cwd=ROOT)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout


def _run(command: Sequence[str], *, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A process that knows nothing of the archive, nor of a git hook that we may run in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "BACKFILE_"))}
    return subprocess.run(command, cwd=cwd, env={**kept, **environment}, capture_output=True, check=False)  # noqa: S603
