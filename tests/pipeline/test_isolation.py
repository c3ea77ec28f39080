"""Whatever a document does to the process that parses it, it is one failed document with a reason."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from backfile.config import Limits
from backfile.errors import BackfileError
from backfile.pipeline import isolation
from backfile.pipeline.crew import Crew
from tests.conftest import Workbench, news
from tests.pipeline.made import misbehaving

ROOT = Path(__file__).parents[2]
# Small enough for a test, and enough for a worker that loads its tables on a busy machine.
SMALL = Limits(workers=1, seconds=5, cpu_seconds=3, memory_mb=256)


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Workers that are started from now on do what documents say."""
    misbehaving(monkeypatch)
    monkeypatch.setenv("TEST_MARK", str(tmp_path / "mark"))


def telling(stage: str, deed: str, word: str = "Radwege") -> str:
    return news("Rat berät", word) + f"\nmisbehave: {stage} {deed}\n"


def reasons(workbench: Workbench, limits: Limits = SMALL) -> dict[str, str]:
    """What failed, with the reason, in one run; the name of the file or the number of the line."""
    report = workbench.ingest(Crew(limits))
    return {Path(each["uri"]).name.rpartition("#")[2]: each["reason"] for each in report.tally.examples}


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("hang", "timed-out"),
        ("hang-in-c", "timed-out"),
        ("backtrack", "timed-out"),
        ("eat", "out-of-memory"),
        ("eat-unlimited", "out-of-memory"),
        ("exit", "crashed"),
        ("leave", "crashed"),
        ("kill", "crashed"),
        ("segfault", "crashed"),
        ("raise", "own-error"),
        ("recurse", "own-error"),
    ],
)
@pytest.mark.parametrize("stage", ["reading", "cleaning"])
def test_a_document_that_misbehaves_fails_alone(
    workbench: Workbench, hostile: None, stage: str, deed: str, reason: str
) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    workbench.put("b.txt", telling(stage, deed))
    workbench.put("c.txt", news("Rat berät", "Kitas"))

    assert reasons(workbench) == {"b.txt": reason}
    assert workbench.found("Niederau") == ["pile/a.txt", "pile/c.txt"]
    assert workbench.ingest(Crew(SMALL)).changed_nothing


@pytest.mark.parametrize("deed", ["exit", "eat", "raise"])
def test_in_a_file_of_many_the_documents_behind_it_are_still_taken_in(
    workbench: Workbench, hostile: None, deed: str
) -> None:
    texts = [news("Rat", "Kitas"), telling("cleaning", deed), news("Rat", "Radwege"), telling("cleaning", deed)]
    lines = [json.dumps({"id": n, "title": "Rat", "text": text}) for n, text in enumerate(texts, 1)]
    workbench.put("a.jsonl", "\n".join(lines))

    assert reasons(workbench).keys() == {"line=2", "line=4"}
    assert workbench.found("Niederau") == ["pile/1", "pile/3"]


def test_a_reader_that_hangs_between_items_fails_the_rest_of_that_input_and_no_other(
    workbench: Workbench, hostile: None
) -> None:
    texts = [news("Rat", "Kitas"), telling("between", "hang"), news("Rat", "Radwege")]
    workbench.put("a.jsonl", "\n".join(json.dumps({"id": n, "text": text}) for n, text in enumerate(texts, 1)))
    workbench.put("b.txt", news("Rat berät", "Schwimmbäder"))

    report = workbench.ingest(Crew(SMALL))

    assert [(each["reason"], each["detail"]) for each in report.tally.examples] == [
        ("timed-out", "more than 5 s behind item 2")
    ]
    assert workbench.found("Niederau") == ["pile/1", "pile/2", "pile/b.txt"]


def test_what_a_worker_prints_is_no_answer(workbench: Workbench, hostile: None) -> None:
    workbench.put("a.txt", telling("cleaning", "babble") + telling("reading", "babble"))

    assert reasons(workbench) == {}
    assert workbench.found("Niederau") == ["pile/a.txt"]


def test_a_document_whose_worker_another_process_killed_gets_a_second_chance(
    workbench: Workbench, hostile: None
) -> None:
    workbench.put("a.txt", telling("cleaning", "kill-once"))

    assert reasons(workbench) == {}
    assert workbench.found("Niederau") == ["pile/a.txt"]


def test_a_costly_document_is_not_tried_again_while_it_is_the_same(workbench: Workbench, hostile: None) -> None:
    first = [{"id": 1, "text": news("Rat", "Kitas")}, {"id": 2, "text": telling("cleaning", "exit")}]
    workbench.put("a.jsonl", "\n".join(map(json.dumps, first)))
    workbench.ingest(Crew(SMALL))
    workbench.put("a.jsonl", "\n".join(map(json.dumps, [*first, {"id": 3, "text": news("Rat", "Radwege")}])))

    report = workbench.ingest(Crew(SMALL))

    assert (report.failed, +report.tally.documents) == (0, {"unchanged": 2, "new": 1})


def test_a_costly_document_is_tried_again_when_that_is_asked_for(workbench: Workbench, hostile: None) -> None:
    workbench.put("a.txt", telling("cleaning", "kill"))
    workbench.ingest(Crew(SMALL))

    assert workbench.ingest(Crew(SMALL)).failed == 0
    assert workbench.ingest(Crew(SMALL), retry=True).failed == 1
    assert workbench.ingest(Crew(SMALL), check=True).failed == 0


@pytest.mark.parametrize("stage", ["reading", "cleaning"])
def test_a_costly_document_is_tried_again_once_under_other_limits(
    workbench: Workbench, hostile: None, stage: str
) -> None:
    workbench.put("a.txt", telling(stage, "exit"))
    workbench.ingest(Crew(SMALL))
    larger = replace(SMALL, memory_mb=300)

    assert workbench.ingest(Crew(larger)).failed == 1
    assert workbench.ingest(Crew(larger)).changed_nothing


def test_a_costly_document_is_tried_again_under_other_rules(
    workbench: Workbench, hostile: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("a.txt", telling("cleaning", "kill-twice"))
    workbench.ingest(Crew(SMALL))
    monkeypatch.setattr("transforms.rule.fingerprint", lambda rules: f"another {len(tuple(rules))}")

    report = workbench.ingest(Crew(SMALL))

    assert (report.failed, report.tally.inputs["retried"], workbench.found("Niederau")) == (0, 1, ["pile/a.txt"])


def test_what_a_document_gave_before_it_became_too_costly_stays(workbench: Workbench, hostile: None) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    workbench.ingest(Crew(SMALL))
    workbench.put("a.txt", telling("cleaning", "exit"))

    first, second = workbench.ingest(Crew(SMALL)), workbench.ingest(Crew(SMALL), check=True)

    assert (first.failed, second.changed_nothing, workbench.found("Niederau")) == (1, True, ["pile/a.txt"])


def test_the_log_names_the_document_and_says_where_it_hung(
    workbench: Workbench, hostile: None, caplog: pytest.LogCaptureFixture
) -> None:
    file = workbench.put("b.txt", telling("cleaning", "backtrack"))
    with caplog.at_level(logging.ERROR):
        reasons(workbench)

    assert str(file) in caplog.text
    assert "_backtrack" in caplog.text


def test_a_fault_of_ours_in_a_worker_leaves_its_traceback_in_the_log(
    workbench: Workbench, hostile: None, caplog: pytest.LogCaptureFixture
) -> None:
    workbench.put("b.txt", telling("cleaning", "raise"))
    with caplog.at_level(logging.ERROR):
        reasons(workbench)

    assert "RuntimeError: as it was told to" in caplog.text


def test_workers_that_cannot_start_end_the_run_with_one_line(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.put("a.txt", news("Rat berät", "Radwege"))
    monkeypatch.setattr(isolation, "_BEGIN", "raise SystemExit(7)")

    with pytest.raises(BackfileError, match="no process to parse in can be started"):
        workbench.ingest(Crew(SMALL))


def test_memory_is_told_where_there_is_no_proc() -> None:
    try:
        subprocess.run(["ps"], capture_output=True, check=True)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("no ps here")

    assert isolation.resident_by_ps(os.getpid()) > 1 << 20


PARENT = """
import os, sys, time
from backfile.config import Limits
from backfile.errors import BackfileError
from backfile.pipeline.crew import Crew
crew = Crew(Limits(workers=1, seconds=600, cpu_seconds=600))
crew.start()
number = crew.rules(__import__("backfile.config").config.Source("x", "/x"), (), {})
from backfile.article import Document
from backfile.pipeline import wire
text = "misbehave: cleaning " + sys.argv[1]
task = crew.clean(number, None, "x", wire.document_bytes(Document("/x", "", text=text)), about="/x")
started = time.monotonic()
while time.monotonic() - started < 4:
    crew.pump()
print(*[each.pid for each in crew._all()], flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("deed", ["hang", "hang-in-c", "backtrack"])
def test_a_parent_that_is_killed_leaves_no_worker_behind(hostile: None, deed: str) -> None:
    command = [sys.executable, "-c", PARENT, deed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(each) for each in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)

    assert len(pids) == 2
    assert _all_gone(pids)


def _all_gone(pids: list[int]) -> bool:
    for _ in range(400):
        left = [each for each in pids if _runs(each)]
        if not left:
            return True
        time.sleep(0.05)
    return False


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_is_stopped_leaves_no_worker_and_no_traceback(
    workbench: Workbench, hostile: None, number: signal.Signals, code: int
) -> None:
    workbench.put("a.txt", telling("cleaning", "hang"))
    command = [sys.executable, "-m", "backfile", "--archive", str(workbench.archive.directory), "ingest"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT) as process:
        pids: list[int] = []
        while len(pids) < 2:
            time.sleep(0.1)
            pids = _children(process.pid)
        time.sleep(1)
        os.killpg(process.pid, number)
        _, told = process.communicate()

    assert process.returncode == code
    assert "Traceback" not in told
    assert _all_gone(pids)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
