"""`prefect.yaml` says what we mean: Prefect itself deploys flows that it cannot load."""

import importlib.machinery
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from flows.operate import check

ROOT = Path(__file__).parents[2]
FLOWS = sorted(file for file in (ROOT / "flows").glob("*.py") if file.stem != "__init__")
CONFIGURATION = YAML(typ="safe", pure=True).load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS = {
    f"{each['entrypoint'].rpartition('.')[2].replace('_', '-')}/{each['name']}": each
    for each in CONFIGURATION["deployments"]
}
ONE_AT_A_TIME = [name for name in DEPLOYMENTS if not name.startswith(("notify/", "ingest-shard/"))]

# Loads a flow as a worker does, by its path and with nothing imported before, and tells what it got.
LOAD = """
import json, sys
from prefect.flows import load_flow_from_entrypoint
flow = load_flow_from_entrypoint(sys.argv[1], use_placeholder_flow=False)
import backfile, index, transforms
places = [module.__file__ for module in (backfile, index, transforms)]
print(json.dumps({"name": flow.name, "parameters": flow.parameters.model_dump()["properties"], "places": places}))
"""


def clean_environment(home: Path) -> dict[str, str]:
    """This process's environment without what steers Prefect or backfile."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "BACKFILE_", "DO_NOT_TRACK"))}
    return {**kept, "PREFECT_HOME": str(home)}


def test_every_key_is_one_that_prefect_reads() -> None:
    assert [each.full_name for each in check.read(ROOT / "prefect.yaml")] == list(DEPLOYMENTS)


def test_what_is_installed_brings_the_same_file_along() -> None:
    assert check.bundled().read_text(encoding="utf-8") == (ROOT / "prefect.yaml").read_text(encoding="utf-8")


def test_the_deployments_are_the_ones_that_the_documentation_names() -> None:
    page = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `([\w-]+/\w+)` \|", page, re.MULTILINE) == list(DEPLOYMENTS)


def test_every_flow_is_deployed() -> None:
    flows = [file for file in FLOWS if "@flow(" in file.read_text(encoding="utf-8")]

    assert {each["entrypoint"].rpartition(".")[0] for each in DEPLOYMENTS.values()} == {
        f"flows.{file.stem}" for file in flows
    }


def test_only_the_scheduled_deployment_has_a_schedule() -> None:
    assert [name for name, each in DEPLOYMENTS.items() if each.get("schedules")] == ["ingest/scheduled"]


def test_every_schedule_has_a_slug_and_a_time_zone() -> None:
    schedules = [schedule for each in DEPLOYMENTS.values() for schedule in each.get("schedules", [])]

    assert {each["slug"]: each["cron"] for each in schedules} == {"every-morning": "15 6 * * *"}
    assert [ZoneInfo(each["timezone"]).key for each in schedules] == ["Europe/Berlin"]


@pytest.mark.parametrize("name", ONE_AT_A_TIME)
def test_a_deployment_queues_its_runs(name: str) -> None:
    assert DEPLOYMENTS[name]["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_runs_in_our_pool_and_keeps_telemetry_off(name: str) -> None:
    deployment = DEPLOYMENTS[name]

    assert deployment["work_pool"]["name"] == "backfile"
    environment = deployment["work_pool"]["job_variables"]["env"]
    assert (environment["DO_NOT_TRACK"], environment["PREFECT_SERVER_ANALYTICS_ENABLED"]) == ("1", "false")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_an_entrypoint_loads_in_a_fresh_process_and_takes_its_parameters(name: str, tmp_path: Path) -> None:
    deployment = DEPLOYMENTS[name]
    done = subprocess.run(
        [sys.executable, "-c", LOAD, deployment["entrypoint"]],
        cwd=ROOT,
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert name.partition("/")[0] == loaded["name"]
    assert deployment["parameters"].keys() <= loaded["parameters"].keys()
    assert all(each["description"] for each in loaded["parameters"].values()), "Prefect's form shows them"
    assert [str(ROOT / name / "__init__.py") for name in ("backfile", "index", "transforms")] == loaded["places"]


@pytest.mark.parametrize("file", [*FLOWS, ROOT / "flows" / "operate"], ids=lambda file: file.stem)
def test_no_file_of_flows_hides_a_package(file: Path) -> None:
    # Prefect puts flows/ first on sys.path when an entrypoint names a file of it.
    others = [each for each in sys.path if Path(each or ".").resolve() != ROOT / "flows"]

    assert file.stem not in sys.stdlib_module_names
    assert importlib.machinery.PathFinder.find_spec(file.stem, [str(ROOT), *others]) is None
