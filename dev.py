#!/usr/bin/env python3
"""The two commands of the README, with nothing but Python's own venv and pip.

python3 dev.py demo     install into .venv, ingest samples/ into demo/, search it
python3 dev.py test     install with the development tools, run every check and test; further words go to pytest
python3 dev.py fuzz     look for inputs that readers, queries and the cleaner do not stand, two minutes in all
python3 dev.py audit    ask a database of vulnerabilities about what the lock files name, where one answers

python3 dev.py lock     write requirements*.txt anew from pyproject.toml (needs uv)
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import venv
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
DEMO = ROOT / "demo"
AUDIT = ROOT / ".venv-audit"
FUZZ_SECONDS = 8  # for each of the 14 targets, two at a time; loading them takes as long again
ACCEPTED: dict[str, str] = {}  # id of a vulnerability → why it does not concern backfile
# Run at once, as who tests servers mostly waits for them; every test is in one of them.
GROUPS = (
    ("-m", "server", "--ignore=tests/opensearch"),
    ("-m", "server", "tests/opensearch"),
    ("-m", "slow and not server"),
    ("-m", "not slow and not server"),
)
EXTRAS = ("opensearch", "postgresql", "tantivy")  # tested, each
WEEK = timedelta(days=7)  # a release must be this old before it is locked


def run(*command: str | Path, **environment: str) -> None:
    """Run a command in the root, show it, and stop here when it fails."""
    words = [str(word) for word in command]
    print("$", " ".join(words).replace(f"{ROOT}/", ""), flush=True)  # noqa: T201
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)


def install(lock: str) -> None:
    """A virtual environment with what the lock file names and backfile itself, made once for each state of the file.

    `--no-deps`: the file names everything, and pip 23.2 cannot resolve extras in hash mode.
    """
    if sys.version_info < (3, 11):  # noqa: UP036  # said in words, to those who have an older one
        sys.exit(f"backfile needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    state = hashlib.sha256((ROOT / lock).read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    mark = VENV / f"installed-{Path(lock).stem}"
    if mark.is_file() and mark.read_text() == state:
        return
    if not BIN.exists():
        venv.create(VENV, with_pip=True)
    pip = (BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    run(*pip, "--require-hashes", "--requirement", lock)
    run(*pip, "--no-build-isolation", "--editable", ".")
    run(BIN / "python", "-m", "pip", "--disable-pip-version-check", "check")
    mark.write_text(state)


def fuzz(*words: str) -> None:
    """Hunt with Atheris; where it is not to be had, say so."""
    install("requirements-dev.txt")
    seconds = words or ("--seconds", str(FUZZ_SECONDS), "--jobs", "2")
    run(BIN / "python", "-m", "tests.fuzz.hunt", *seconds, PYTHONPATH=str(ROOT))


def audit() -> None:
    """Ask about every locked dependency; ends with 1 when one has a known vulnerability that is not accepted."""
    lock = "requirements-audit.txt"
    python = AUDIT / "bin" / "python"
    if not python.exists():
        venv.create(AUDIT, with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes",
        "--requirement", lock)  # fmt: skip
    asked = (python, "-m", "pip_audit", "--requirement", "requirements-dev.txt", "--no-deps", "--disable-pip",
             "--format", "json", "--progress-spinner", "off", "--timeout", "15")  # fmt: skip
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        told = []
    answered = [each for each in told if "vulns" in each]
    if not answered:
        print("audit skipped: no database of vulnerabilities answers here; nothing is known of any dependency")  # noqa: T201
        return
    found = [(each["name"], each["version"], one["id"]) for each in answered for one in each["vulns"]]
    for name, version, number in found:
        print(f"{name} {version}: {number} {ACCEPTED.get(number, '')}")  # noqa: T201
    print(f"audited {len(answered)} of {len(told)} dependencies, {len(found)} vulnerabilities")  # noqa: T201
    if any(number not in ACCEPTED for _, _, number in found):
        sys.exit(1)


def demo() -> None:
    """Ingest the samples and search them."""
    install("requirements.txt")
    backfile = (BIN / "backfile", "--archive", DEMO.name)
    run(*backfile, "ingest", "samples")
    run(*backfile, "search", "Truppen")


def test(*words: str) -> None:
    """Every check and test."""
    install("requirements-dev.txt")
    run(BIN / "ruff", "check", ".")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "mypy")
    run(BIN / "lint-imports")
    if words:
        run(BIN / "pytest", *words)
    else:
        run_at_once(*([BIN / "pytest", *group] for group in GROUPS))


def run_at_once(*commands: list[str | Path]) -> None:
    """Run commands side by side; the last one shows what it says as it goes, the others when they have ended."""
    started = []
    for command in commands[:-1]:
        said = tempfile.TemporaryFile()  # noqa: SIM115  # read when the command has ended
        started.append((command, subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said), said))  # noqa: S603
    code = subprocess.run(commands[-1], cwd=ROOT, check=False).returncode  # noqa: S603
    for command, process, said in started:
        code = process.wait() or code
        print("$", *command, flush=True)  # noqa: T201
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    if code:
        sys.exit(code)


def lock() -> None:
    """Write the lock files: every platform, hashes, no index address, nothing younger than a week."""
    before = (datetime.now(UTC) - WEEK).date().isoformat()
    common = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    common += ["--no-emit-index-url", "--no-header", "--upgrade", "--exclude-newer", before, "pyproject.toml"]
    run(*common, "--extra", "build", "--output-file", "requirements.txt")
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    run(*common, "--extra", "build", "--extra", "dev", *extras, "--output-file", "requirements-dev.txt")
    alone = [*common[:-1], "--output-file", "requirements-audit.txt", "-"]
    subprocess.run(alone, cwd=ROOT, input="pip-audit>=2.9\n", text=True, check=True)  # noqa: S603  # no part of the others


if __name__ == "__main__":
    verbs = {"demo": demo, "test": test, "fuzz": fuzz, "audit": audit, "lock": lock}
    if len(sys.argv) < 2 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    verbs[sys.argv[1]](*sys.argv[2:])
