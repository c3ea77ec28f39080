"""Strike an archive in every way, and count what was lost.

python -m benchmarks.crash kill --points 240 --seed 1
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.crash import disks, kills

Sweep = Callable[[Path, int, int], Iterator[tuple[str, list[str]]]]
SWEEPS: dict[str, Sweep] = {
    "kill": kills.sweep,
    "limit": disks.limit,
    "refused": disks.refused,
    "full": disks.full,
    "read-only": disks.read_only,
    "failing": disks.failing,
}


def main() -> None:
    """Run one sweep; the exit code is 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=SWEEPS)
    parser.add_argument("--points", type=int, default=240, help="how many moments, sizes or states are tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="name each of them")
    options = parser.parse_args()
    began, tried, lost = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as directory:
        for told, found in SWEEPS[options.what](Path(directory), options.points, options.seed):
            tried += 1
            lost += bool(found)
            if options.verbose:
                print(told, flush=True)
            for each in found:
                print(f"{told}: {each}", flush=True)
    print(f"{options.what}: {tried} tried, {lost} with losses ({time.monotonic() - began:.0f} s)")
    sys.exit(1 if lost or not tried else 0)


if __name__ == "__main__":
    main()
