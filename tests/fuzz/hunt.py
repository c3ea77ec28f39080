"""Look for inputs that a target does not stand, with Atheris; each that is found is written down.

    python -m tests.fuzz.hunt --seconds 300 html mail      these targets, one after the other
    python -m tests.fuzz.hunt --seconds 5 --jobs 2         all of them, as CI does

Found inputs lie in `fuzz/found/`, which is no part of the repository, and what was learned of each target in
`fuzz/corpus/`. Put a found one, made small, into tests/fuzz/cases.py.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORK = ROOT / "fuzz"
TIMEOUT = 25  # seconds for one input: a thousand times what the slowest seed takes, on a machine that others use too
MEMORY = 2_048  # MB
LONGEST = 32 * 1024  # bytes of an input; enough for what is quadratic to be seen
_ALONE = "--alone"
_SAYING = threading.Lock()


def main() -> int:
    """Hunt; 0 when nothing was found, 1 when something was."""
    if sys.argv[1:2] == [_ALONE]:
        return _alone(sys.argv[2], sys.argv[3:])
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415  # not in the processes that hunt: Atheris loads them

    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("targets", nargs="*", metavar="TARGET", help=f"Of {', '.join(TARGETS)}; all when none is named.")
    words.add_argument("--seconds", type=int, default=60, help="For each target.")
    words.add_argument("--jobs", type=int, default=1, help="How many at a time.")
    said = words.parse_args()
    if unknown := sorted(set(said.targets) - TARGETS.keys()):
        words.error(f"no target {unknown[0]}; there are: {', '.join(TARGETS)}")
    if importlib.util.find_spec("atheris") is None:
        print("skipped: Atheris is not installed here; tests/fuzz/test_targets.py tries the same functions")  # noqa: T201
        return 0
    with ThreadPoolExecutor(said.jobs) as pool:
        ends = list(pool.map(lambda name: _hunt(name, said.seconds), said.targets or TARGETS))
    return max(ends)


def _hunt(name: str, seconds: int) -> int:
    """Hunt in a process of its own, which an input may kill."""
    corpus, found = WORK / "corpus" / name, WORK / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as begin:
        options = [
            f"-max_total_time={seconds}", f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEMORY}", f"-max_len={LONGEST}",
            f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", "-verbosity=1", str(corpus), begin,
        ]  # fmt: skip
        command = [sys.executable, "-m", "tests.fuzz.hunt", _ALONE, name, *options]
        done = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
    told = done.stdout.decode(errors="replace").splitlines()
    runs = next((line.split()[-1] for line in told if line.startswith("stat::number_of_executed_units")), "no")
    with _SAYING:
        print(f"{name}: {runs} inputs, {'nothing found' if done.returncode == 0 else 'FOUND SOMETHING'}", flush=True)  # noqa: T201
        if done.returncode:
            print("\n".join(told[-60:]), flush=True)  # noqa: T201
    return 1 if done.returncode else 0


def _alone(name: str, options: list[str]) -> int:
    import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]  # noqa: PLC0415

    with atheris.instrument_imports(include=["backfile", "transforms", "index"]):
        from tests.fuzz.seeds import seeds  # noqa: PLC0415
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415

        for number, seed in enumerate(seeds(name)):
            Path(options[-1], f"{number}.seed").write_bytes(seed)
            TARGETS[name](seed)  # readers and rules load what they need when they need it: within this block
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
