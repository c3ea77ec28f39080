"""docs/opensearch.md names the permissions that a user needs: with these, and no others, everything works."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.opensearch.secured import Secured
from tests.opensearch.served import SUBJECTS, Served, ids

TEXT = (Path(__file__).parents[2] / "docs" / "opensearch.md").read_text(encoding="utf-8")
PREFIX = "news"
ALL = ids(range(1, len(SUBJECTS) + 1))
READS = (
    "indices:data/read/search*",
    "indices:data/read/point_in_time/create",
    "indices:data/read/point_in_time/delete",
)


def role() -> dict[str, Any]:
    """The role as docs/opensearch.md has it."""
    block = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    found: dict[str, Any] = json.loads(block[1])
    return found


def archive_of(node: Secured, user: str, tmp_path: Path) -> Served:
    section = {"urls": [node.url], "prefix": PREFIX, "ca": str(node.authority.file), "user": user, "replicas": 0}
    return Served(tmp_path / "served", section, {"BACKFILE_OPENSEARCH_PASSWORD": node.enrol(user)})


def test_every_permission_has_its_reason() -> None:
    rows = re.findall(r"\| `([\w:/*]+)` \| (cluster|indices) \| [^|]+ \|", TEXT)
    told = role()

    assert [name for name, on in rows if on == "cluster"] == told["cluster_permissions"]
    [indices] = told["index_permissions"]
    assert [name for name, on in rows if on == "indices"] == indices["allowed_actions"]
    assert indices["index_patterns"] == [PREFIX, f"{PREFIX}-*"]


def test_with_them_everything_works_and_with_those_for_searching_a_search(
    secured_node: Secured, tmp_path: Path
) -> None:
    told = role()
    [indices] = told["index_permissions"]
    served = archive_of(secured_node, "uta", tmp_path)
    secured_node.allow("uta", told["cluster_permissions"], indices["allowed_actions"], prefix=PREFIX)

    served.run("ingest")
    assert served.search("Rat") == ALL
    assert served.search("Radw*") == ids([1])
    assert "8 articles" in served.run("status").out
    assert "green" in served.run("doctor", code=None).out
    (served.pile / "1.html").write_text((served.pile / "1.html").read_text().replace("2025-01", "2024-12"))
    served.run("ingest")
    assert served.search("date:2024-12") == ids([1])
    assert served.search("date:2025-01", code=1) == set()
    served.run("index", "rebuild")
    assert served.search("Rat") == ALL
    served.run("index", "verify")
    served.run("why", "pile/1.html", "Radwege", code=None)
    served.run("like", "pile/1.html", code=None)
    served.run("forget", "--yes", "pile/2.html")
    assert served.search("Rat") == ALL - ids([2])
    served.run("index", "rebuild")
    served.run("index", "rebuild")  # an old generation goes
    assert served.search("Rat") == ALL - ids([2])
    assert "(403)" not in served.log()

    secured_node.allow("uta", ["cluster:monitor/main"], READS, prefix=PREFIX)
    assert served.search("Rat") == ALL - ids([2])
    said = served.run("index", "rebuild", code=5)
    assert re.search(r"the permission indices:admin/[\w/]+ is missing \(403\)", said.error)
    assert said.error.count("\n") == 1


@pytest.mark.parametrize("missing", ["indices:data/write/index", "indices:admin/refresh*"])
def test_one_that_is_missing_is_named_and_nothing_is_lost(secured_node: Secured, tmp_path: Path, missing: str) -> None:
    told = role()
    [indices] = told["index_permissions"]
    served = archive_of(secured_node, "olga", tmp_path)
    served.configure(prefix="other")
    some = [each for each in indices["allowed_actions"] if each not in {missing, "indices:data/write/bulk*"}]
    bulk = ["indices:data/write/bulk[s]"] if missing == "indices:data/write/index" else ["indices:data/write/bulk*"]
    secured_node.allow("olga", told["cluster_permissions"], [*some, *bulk], prefix="other")

    said = served.run("ingest", code=5)
    assert "(403" in said.error
    assert "`index`" in said.error or missing.rstrip("*") in said.error

    secured_node.allow("olga", told["cluster_permissions"], indices["allowed_actions"], prefix="other")
    served.run("ingest")
    assert served.search("Rat") == ALL
