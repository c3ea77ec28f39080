"""A disk of the servers that is full while an archive is ingested: what a person sees, and what is there afterwards."""

import json
import subprocess
import sys

from backfile.pipeline import verifying
from tests.conftest import Workbench, news
from tests.opensearch.fixtures import Server


def ingest(workbench: Workbench) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "backfile", "ingest"],
        cwd=workbench.archive.directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def pending(workbench: Workbench) -> int:
    """Articles that the index lacks, as `status` says."""
    done = subprocess.run(
        [sys.executable, "-m", "backfile", "status", "--json"],
        cwd=workbench.archive.directory, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    states: dict[str, int] = json.loads(done.stdout)["documents"]
    return states.get("stored", 0)


def test_a_full_disk_is_one_line_for_the_operator_and_the_same_command_goes_on_when_there_is_room(
    workbench: Workbench, opensearch: Server
) -> None:
    told = workbench.archive.config_file.read_text(encoding="utf-8").replace('"whoosh"', '"opensearch"')
    table = f'\n[opensearch]\nurls = ["{opensearch.url}"]\nprefix = "{opensearch.prefix}one"\nreplicas = 0\n'
    workbench.archive.config_file.write_text(told + table, encoding="utf-8")
    for number in range(10):
        workbench.put(f"{number}.txt", "2024-03-12\n\n" + news(f"Rat berät {number}", f"Radweg{number}"))
    first = ingest(workbench)
    opensearch.call("PUT", f"/{opensearch.prefix}*/_settings", {"index.blocks.read_only_allow_delete": True})
    for number in range(10, 25):
        workbench.put(f"{number}.txt", "2024-03-12\n\n" + news(f"Rat berät {number}", f"Radweg{number}"))
    full = ingest(workbench)
    waiting = pending(workbench)
    found = len(workbench.found("Gemeinderat"))
    opensearch.call("PUT", f"/{opensearch.prefix}*/_settings", {"index.blocks.read_only_allow_delete": None})
    last = ingest(workbench)

    assert (first.returncode, full.returncode, last.returncode) == (0, 5, 0), first.stderr + full.stderr + last.stderr
    (line,) = [line for line in full.stderr.splitlines() if "flood-stage" in line]
    assert line.startswith(f"backfile: OpenSearch takes no more documents into the index {opensearch.prefix}one-")
    assert "Traceback" not in full.stderr
    assert (waiting, found) == (15, 10)
    assert len(workbench.found("Gemeinderat")) == 25
    assert verifying.verify(workbench.archive).none
