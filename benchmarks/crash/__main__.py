"""Strike an archive in every way, and count what was lost.

python -m benchmarks.crash kill --points 240 --seed 1
python -m benchmarks.crash power --scene forget
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.crash import disks, kills, power
from benchmarks.crash.scenes import SCENES
from benchmarks.crash.weakened import WITHOUT

Found = Iterator[tuple[str, list[str]]]
SWEEPS: dict[str, Callable[[Path, int, int], Found]] = {
    "limit": disks.limit,
    "refused": disks.refused,
    "full": disks.full,
    "read-only": disks.read_only,
    "failing": disks.failing,
}


def main() -> None:
    """Run one sweep; the exit code is 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kill", "power", *SWEEPS])
    parser.add_argument("--points", type=int, default=240, help="how many moments, sizes or states are tried")
    parser.add_argument("--scene", choices=SCENES, default="run", help="what is struck by `kill` and `power`")
    parser.add_argument("--without", choices=WITHOUT, help="leave out a sync, until `power` finds a loss")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="name each of them")
    options = parser.parse_args()
    began, tried, lost = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as directory:
        for told, found in _results(options, Path(directory)):
            tried += 1
            lost += bool(found)
            if options.verbose:
                print(told, flush=True)
            for each in found:
                print(f"{told}: {each}", flush=True)
    print(f"{options.what} {options.scene}: {tried} tried, {lost} with losses ({time.monotonic() - began:.0f} s)")
    sys.exit(1 if lost or not tried else 0)


def _results(options: argparse.Namespace, directory: Path) -> Found:
    if options.what in SWEEPS:
        return SWEEPS[options.what](directory, options.points, options.seed)
    scene = SCENES[options.scene](directory)
    if options.what == "kill":
        return kills.sweep(scene, options.points, options.seed)
    if options.without:
        return power.weakened(scene, options.points, WITHOUT[options.without])
    return power.sweep(scene, options.points, options.seed)


if __name__ == "__main__":
    main()
