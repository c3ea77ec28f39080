"""What is installed from a wheel works without the checkout: code, tables, models, and the deployments."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import news

ROOT = Path(__file__).parents[1]
FOR_DEVELOPERS = {".md", ".mako"}  # the latter is what a new migration is made of
PACKAGES = ("backfile", "flows", "index", "transforms")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, as building leaves things beside the code."""
    source = tmp_path_factory.mktemp("source")
    for name in (*PACKAGES, "pyproject.toml", "README.md", "LICENSE", "prefect.yaml"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    made = source / "dist"
    pip("wheel", "--no-build-isolation", "--wheel-dir", made, source)
    (found,) = made.glob("*.whl")
    return found


def pip(*words: str | Path) -> None:
    common = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    command = [sys.executable, "-m", "pip", words[0], *common, *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_whatever_lies_in_the_packages_is_in_the_wheel(wheel: Path) -> None:
    files = {each for name in PACKAGES for each in (ROOT / name).rglob("*") if is_kept(each)}
    with zipfile.ZipFile(wheel) as packed:
        told = {each for each in packed.namelist() if ".dist-info/" not in each}

    assert told == {each.relative_to(ROOT).as_posix() for each in files}


def is_kept(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts and file.suffix not in FOR_DEVELOPERS


@pytest.mark.slow
def test_what_is_installed_ingests_searches_and_brings_its_deployments_along(wheel: Path, tmp_path: Path) -> None:
    installed, desk = tmp_path / "installed", tmp_path / "desk"
    pip("install", "--target", installed, wheel)
    desk.mkdir()
    (desk / "a.txt").write_text(news("Rat berät über Radwege", "Radwege"), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BACKFILE_", "PREFECT_"))}
    environment = kept | {"PYTHONPATH": str(installed), "HOME": str(tmp_path), "BACKFILE_ARCHIVE": str(tmp_path / "a")}

    def backfile(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "backfile", *words],
            cwd=desk,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    backfile("ingest", "a.txt")

    assert backfile("search", "-l", "Radwege") == "a/a.txt\n"
    assert backfile("deploy", "--check").startswith(f"{installed / 'flows' / 'prefect.yaml'}: ingest/scheduled, ")
    assert "prefect         not in use" in backfile("doctor"), "and all is well"
