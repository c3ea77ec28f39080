"""What holds without anybody setting anything: telemetry is off, and the versions are ones that were tried."""

import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.flows.test_prefect_yaml import ROOT, clean_environment

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RANGES = {each.name: each.specifier for each in map(Requirement, PROJECT["project"]["dependencies"])}
LOCKED = dict(
    re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
)
TIED = ("prefect", "fastapi", "sqlalchemy")

SHOW = """
import json
from prefect.settings import get_current_settings
settings = get_current_settings()
print(json.dumps([settings.server.analytics_enabled, settings.server.ephemeral.startup_timeout_seconds]))
"""


def run(script: str, home: Path, directory: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=directory,
        env=clean_environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("name", TIED)
def test_the_locked_version_is_within_the_range_that_was_tried(name: str) -> None:
    assert LOCKED[name] in RANGES[name]


@pytest.mark.parametrize("name", TIED)
def test_the_installed_version_is_within_the_range_that_was_tried(name: str) -> None:
    assert importlib.metadata.version(name) in RANGES[name]


@pytest.mark.parametrize(
    ("name", "version"),
    [("fastapi", "0.151.0"), ("sqlalchemy", "2.1.0"), ("prefect", "3.8.7"), ("prefect", "4.0.0")],
)
def test_a_version_that_breaks_prefect_is_not_allowed(name: str, version: str) -> None:
    assert version not in RANGES[name]


def test_telemetry_is_off_for_whatever_starts_in_the_project(tmp_path: Path) -> None:
    assert json.loads(run(SHOW, tmp_path)) == [False, 120]


def test_the_package_of_flows_does_not_import_prefect(tmp_path: Path) -> None:
    script = "import flows, flows.report, sys; print([name for name in sys.modules if name == 'prefect'])"

    assert run(script, tmp_path).strip() == "[]"
