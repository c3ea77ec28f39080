"""Nothing is lost or doubled by kills and failing disks: a sample; `python -m benchmarks.crash` tries more."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.crash.kills import chosen
from benchmarks.crash.stage import Acknowledged, Known, Stage, losses, mended

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("what", "points"), [("kill", 8), ("limit", 3), ("refused", 4)])
def test_a_sample_of_moments_loses_nothing(what: str, points: int) -> None:
    """In a process of its own, as the runs are forked from it."""
    command = [sys.executable, "-m", "benchmarks.crash", what, "--points", str(points), "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert (done.returncode, f"{points} tried, 0 with losses" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["first", "forget", "backup", "restore", "replace"])
def test_what_else_is_killed_loses_nothing(scene: str) -> None:
    command = [sys.executable, "-m", "benchmarks.crash", "kill", "--scene", scene, "--points", "4", "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert (done.returncode, "4 tried, 0 with losses" in done.stdout) == (0, True), done.stdout + done.stderr


def test_half_of_the_moments_are_at_files() -> None:
    known = ["sql SELECT"] * 90 + ["open"] * 10

    picked = chosen(known, 20, seed=1)

    assert (len(picked), sum(known[n - 1] == "open" for n in picked)) == (20, 10)


def test_a_loss_is_seen(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    stage.begin()
    before = stage.known()
    due = Known({**before.articles, "pile/never.txt": "0"})

    said = Acknowledged("stored 0 pile/acknowledged.txt\nindexed - pile/acknowledged.txt\n")
    found = losses(stage, before, due, said)

    assert "lost from the store: pile/acknowledged.txt" in found
    assert "not found by a search: pile/acknowledged.txt" in found
    assert any("the store differs" in each for each in mended(stage, due))
