"""The real `backfile ingest` over hostile input, in a process that the system stops when it takes too much.

    python -m tests.hostile.run [CASE…]

ingests each case alone among three good texts and prints a table: what became of it, peak memory, CPU time. Each runs
in a process of its own that is forked when the modules are loaded, so that the second of CPU for that is not counted.
"""

import json
import os
import resource
import runpy
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from backfile.article import Document
from backfile.config import Source
from backfile.pipeline import cleaner as cleaners
from backfile.readers import inputs, read
from tests.hostile.case import TEXT, Case, Outcome, page
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
            outcome = "article" if command[0] == "export" else record.get("reason")  # a note on an article has none
            if "uri" in record and outcome:
                found.setdefault(_case_of(record["uri"], tree), Counter())[outcome] += 1
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
        forked(lambda: write(here / "tree", (case,)), here)
        ingest = ("--archive", here / "archive", "ingest", "--json", here / "tree")
        done = forked(lambda: command(*ingest), here)
    outcome: Outcome = Counter()
    if done.code in {0, 3}:
        report = json.loads(done.out)
        outcome = +Counter(report["reasons"], article=report["states"]["stored"] - len(GOOD))
    fault = "" if outcome == case.outcome else f" EXPECTED {words(case.outcome)}; CODE {done.code} {done.err[-200:]}"
    return f"| `{case.name}` | {case.about} | {words(outcome)}{fault} | {done.peak >> 20} | {done.cpu:.1f} |"


def command(*words: str | Path) -> None:
    """The command in this process, as `python -m backfile` runs it."""
    sys.argv = ["backfile", *map(str, words)]
    runpy.run_module("backfile", run_name="__main__", alter_sys=True)


def forked(work: Callable[[], None], cwd: Path) -> Done:
    """Work done in a process forked from this one, within the bounds of a case alone, its output in files."""
    process = os.fork()
    if process == 0:
        _never_back(work, cwd)
    _, status, usage = os.wait4(process, 0)
    told = [(cwd / name).read_text(encoding="utf-8", errors="replace") for name in ("stdout", "stderr")]
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    return Done(os.waitstatus_to_exitcode(status), told[0], told[1], cpu=cpu, peak=peak)


def _never_back(work: Callable[[], None], cwd: Path) -> NoReturn:
    code = 0
    try:
        for number, name in enumerate(("stdout", "stderr"), start=1):
            os.dup2(os.open(cwd / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.environ["TMPDIR"] = str(cwd)
        resource.setrlimit(resource.RLIMIT_CPU, (ALONE.cpu, ALONE.cpu + 5))
        resource.setrlimit(resource.RLIMIT_AS, (ALONE.memory, ALONE.memory))
        work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - the parent must not run twice
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    os._exit(code)


def load() -> None:
    """Have everything in memory that an ingest of a page and a text takes."""
    with folder() as here:
        (here / "tree").mkdir()
        (here / "tree" / "a.txt").write_text(TEXT, encoding="utf-8")
        (here / "tree" / "a.html").write_text(page(""), encoding="utf-8")
        for module in ("backfile.cli.main", "backfile.cli.ingest", "backfile.pipeline.ingest", "index.directory"):
            import_module(module)
        cleaner = cleaners.cleaner_for(Source("tree", str(here / "tree")))
        for path in inputs(here / "tree"):
            for item in read(path):
                assert isinstance(item, Document)
                list(cleaners.articles_of(item, cleaner, "a"))


def main(names: list[str]) -> None:
    """Print the table, of all cases or of those named."""
    load()
    print("| case | what it is | becomes | peak MB | CPU s |\n|---|---|---|---|---|", flush=True)  # noqa: T201
    for case in CASES:
        if not names or case.name in names:
            print(row(case), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
