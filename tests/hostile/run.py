"""The real `backfile ingest` over hostile input, in a process that the system stops when it takes too much.

    python -m tests.hostile.run [CASE…]

ingests each case alone between two good texts and prints a table: what became of it, peak memory, CPU time.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.case import Case, Outcome
from tests.hostile.tree import CASES, GOOD, write

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a process may take before the system ends it."""

    cpu: int  # seconds
    memory: int  # bytes of address space


ALONE = Bounds(cpu=60, memory=3 << 30)


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it took."""

    code: int
    out: str
    err: str
    cpu: float  # seconds, of it and its children
    peak: int  # bytes that were in memory at once


def backfile(*words: str | Path, cwd: Path, bounds: Bounds) -> Done:
    """A command in a process of its own, within bounds; its temporary files go to `cwd/tmp`."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu, bounds.cpu + 5))
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    (cwd / "tmp").mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "BACKFILE_ARCHIVE"}
    environment |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(cwd / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "backfile", *map(str, words)]
    out, err = cwd / "stdout", cwd / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            preexec_fn=bound,  # noqa: PLW1509 - no threads here
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    told = [each.read_text(encoding="utf-8", errors="replace") for each in (out, err)]
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    return Done(process.returncode, told[0], told[1], cpu=cpu, peak=peak)


def outcomes(archive: Path, tree: Path, *, cwd: Path, bounds: Bounds) -> Mapping[str, Outcome]:
    """What became of each case, by its name, as the archive's own commands tell it; "" has what is of no case."""
    found: dict[str, Counter[str]] = {}
    for command in (["export", "--no-text"], ["status", "--problems", "--json"]):
        done = backfile("--archive", archive, *command, cwd=cwd, bounds=bounds)
        assert done.code == 0, done.err
        for record in map(json.loads, done.out.splitlines()):
            if "uri" in record:
                found.setdefault(_case_of(record["uri"], tree), Counter())[record.get("reason") or "article"] += 1
    return found


def _case_of(uri: str, tree: Path) -> str:
    first = uri.removeprefix(f"{tree}/").partition("/")[0]
    return first.partition("-")[2] if first.startswith(("case-", "last-")) else ""


def words(outcome: Outcome) -> str:
    """An outcome as people read it: `2 article, 1 too-large`."""
    return ", ".join(f"{number:,} {word}" for word, number in sorted(outcome.items())) or "nothing"


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder, removed by the system's `rm`: Python's own way ends in folders 1,500 deep."""
    made = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        yield made
    finally:
        remove(made)


def remove(made: Path) -> None:
    """Remove a tree, however deep."""
    subprocess.run([shutil.which("rm") or "/bin/rm", "-rf", str(made)], check=False)


def row(case: Case) -> str:
    """The case's line of the table; what was not as expected stands in capitals."""
    with folder() as here:
        write(here / "tree", (case,))
        done = backfile("--archive", here / "archive", "ingest", "--json", here / "tree", cwd=here, bounds=ALONE)
    outcome: Outcome = Counter()
    if done.code in {0, 3}:
        report = json.loads(done.out)
        outcome = +Counter(report["reasons"], article=report["states"]["stored"] - len(GOOD))
    fault = "" if outcome == case.outcome else f" EXPECTED {words(case.outcome)}; CODE {done.code} {done.err[-200:]}"
    return f"| `{case.name}` | {case.about} | {words(outcome)}{fault} | {done.peak >> 20} | {done.cpu:.1f} |"


def main(names: list[str]) -> None:
    """Print the table, of all cases or of those named."""
    print("| case | what it is | becomes | peak MB | CPU s |\n|---|---|---|---|---|", flush=True)  # noqa: T201
    for case in CASES:
        if not names or case.name in names:
            print(row(case), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
