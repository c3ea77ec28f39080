"""What was read, on its way through Prefect: reports, states, logs, the terminal, the webhook, the notifier."""

import json
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.flows.living import Life, hook, life_in
from tests.flows.test_up import ask
from tests.planted import WORDS, configuration, got_out, pile

SECONDS = 500.0
WRITE = """
import sys, os, pathlib
pathlib.Path(sys.argv[1]).write_text(os.environ["BACKFILE_MESSAGE"] + sys.stdin.read())
"""
MARKUP = re.compile(r"[<>\[\]`|]|://|(?<! )@|www\.")


@pytest.mark.server
@pytest.mark.slow
def test_nothing_that_was_read_gets_out_through_prefect(tmp_path: Path) -> None:
    life = life_in(tmp_path, SECONDS)
    told = tmp_path / "told"
    with hook() as (address, posted):
        command = json.dumps([sys.executable, "-c", WRITE, str(told)])
        notify = f'[notify]\nwebhook = "{address}"\ncommand = {command}\n'
        folder = pile(tmp_path / "pile \x1b[2J\u202e![i](x)")
        (life.archive / "backfile.toml").write_text(configuration(folder) + notify, encoding="utf-8")
        with life.up() as running:
            said = life.backfile("run", "ingest", "--watch", code=3)
            reports(life)
            failing(life)
            life.wait("the webhook", lambda: posted)
            life.wait("the command of [notify]", told.exists)
            said += life.backfile("runs") + life.backfile("runs", "--json") + life.backfile("schedule", "list")
            said += life.backfile("doctor", code=1)  # two inputs could not be read, and a run failed
            logs = ask(life, "/logs/filter", {"limit": 200})
            assert running.stop(signal.SIGINT) == 0

    for text in (said, running.said(), (life.archive / "prefect" / "up.log").read_text(encoding="utf-8")):
        assert got_out(text) == []
    assert got_out((life.archive / "backfile.log").read_text(encoding="utf-8")) == []
    for text in [posted[0]["message"], told.read_text(encoding="utf-8").split("archive:")[0], *plain_logs(logs)]:
        assert got_out(text) == []
        assert not MARKUP.search(text), text


def failing(life: Life) -> None:
    """A run of the schedule that fails with a message in which the payload is."""
    (deployment,) = [each for each in ask(life, "/deployments/filter", {}) if each["name"] == "scheduled"]
    parameters = {"archive": str(life.archive), "sources": [WORDS]}
    ask(life, f"/deployments/{deployment['id']}/create_flow_run", {"parameters": parameters})


def reports(life: Life) -> None:
    """The tables of the run: no markup, no link, no control character in any cell."""
    found = ask(life, "/artifacts/latest/filter", {"limit": 200})
    tables = {each["key"]: json.loads(each["data"]) for each in found}
    rows = [row for key in ("ingest-report", "ingest-failures") for row in tables[key]]

    assert len(tables["ingest-failures"]) == 2
    for cell in [str(value) for row in rows for value in row.values()]:
        assert got_out(cell) == []
        assert not MARKUP.search(cell), cell


def plain_logs(logs: list[dict[str, Any]]) -> list[str]:
    """The entries in which the payload could be; Prefect's own have addresses of its server, which are links."""
    return [each["message"] for each in logs if "evil" in each["message"] or "INJECTED" in each["message"]]
