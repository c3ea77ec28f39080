"""`prefect.yaml` says what we mean: Prefect itself ignores unknown keys and deploys flows that it cannot load."""

import importlib.machinery
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
FLOWS = sorted(file for file in (ROOT / "flows").glob("*.py") if file.stem != "__init__")
CONFIGURATION = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS = {f"{each['entrypoint'].partition(':')[2]}/{each['name']}": each for each in CONFIGURATION["deployments"]}

# Those that Prefect 3.8.8 reads (prefect/cli/deploy/_models.py) and that we use. Any other is a mistake.
ALLOWED = {
    "": {"name", "definitions", "deployments"},
    "deployments": {
        "name",
        "entrypoint",
        "description",
        "tags",
        "work_pool",
        "parameters",
        "enforce_parameter_schema",
        "concurrency_limit",
        "schedules",
    },
    "deployments.work_pool": {"name", "work_queue_name", "job_variables"},
    "deployments.work_pool.job_variables": {"env"},
    "deployments.concurrency_limit": {"limit", "collision_strategy"},
    "deployments.schedules": {"cron", "timezone", "slug"},
}
OPEN = {"definitions", "deployments.parameters", "deployments.work_pool.job_variables.env"}

# Loads a flow as a worker does, by its path and with nothing imported before, and tells what it got.
LOAD = """
import json, sys
from prefect.flows import load_flow_from_entrypoint
flow = load_flow_from_entrypoint(sys.argv[1], use_placeholder_flow=False)
import backfile, index, transforms
places = [module.__file__ for module in (backfile, index, transforms)]
print(json.dumps({"name": flow.name, "parameters": flow.parameters.model_dump()["properties"], "places": places}))
"""


def unknown_keys(value: object, at: str = "") -> list[str]:
    """The keys below `value` that ALLOWED does not have."""
    if at in OPEN:
        return []
    match value:
        case dict():
            inner = {key: f"{at}.{key}" if at else str(key) for key in value}
            mine = [inner[key] for key in value if key not in ALLOWED.get(at, ())]
            return mine + [
                each for key in value if inner[key] not in mine for each in unknown_keys(value[key], inner[key])
            ]
        case list():
            return [each for item in value for each in unknown_keys(item, at)]
        case _:
            return []


def clean_environment(home: Path) -> dict[str, str]:
    """This process's environment without what steers Prefect or backfile."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "BACKFILE_", "DO_NOT_TRACK"))}
    return {**kept, "PREFECT_HOME": str(home)}


def test_every_key_is_one_that_prefect_reads() -> None:
    assert unknown_keys(CONFIGURATION) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("deployments: [{concurency_limit: 1}]", "deployments.concurency_limit"),
        ("deployments: [{schedules: [{cron: x, slgu: y}]}]", "deployments.schedules.slgu"),
        ("deployments: [{work_pool: {job_varables: {}}}]", "deployments.work_pool.job_varables"),
        ("deploymets: []", "deploymets"),
    ],
)
def test_a_misspelt_key_is_found(line: str, found: str) -> None:
    assert [found] == unknown_keys(yaml.safe_load(line))


def test_the_deployments_are_the_ones_that_the_documentation_names() -> None:
    page = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `(\w+/\w+)` \|", page, re.MULTILINE) == list(DEPLOYMENTS)


def test_every_flow_is_deployed() -> None:
    flows = [file for file in FLOWS if "@flow(" in file.read_text(encoding="utf-8")]

    assert {each["entrypoint"].partition(":")[0] for each in DEPLOYMENTS.values()} == {
        f"flows/{file.name}" for file in flows
    }


def test_only_the_scheduled_deployment_has_a_schedule() -> None:
    assert [name for name, each in DEPLOYMENTS.items() if each.get("schedules")] == ["ingest/scheduled"]


def test_every_schedule_has_a_slug_and_a_time_zone() -> None:
    schedules = [schedule for each in DEPLOYMENTS.values() for schedule in each.get("schedules", [])]

    assert {each["slug"]: each["cron"] for each in schedules} == {"every-morning": "15 6 * * *"}
    assert [ZoneInfo(each["timezone"]).key for each in schedules] == ["Europe/Berlin"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_queues_its_runs_in_our_pool_and_keeps_telemetry_off(name: str) -> None:
    deployment = DEPLOYMENTS[name]

    assert deployment["work_pool"]["name"] == "backfile"
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
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


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_no_file_of_flows_hides_a_package(file: Path) -> None:
    # Prefect puts flows/ first on sys.path when it loads an entrypoint of it.
    others = [each for each in sys.path if Path(each or ".").resolve() != ROOT / "flows"]

    assert file.stem not in sys.stdlib_module_names
    assert importlib.machinery.PathFinder.find_spec(file.stem, [str(ROOT), *others]) is None
