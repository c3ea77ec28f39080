"""An archive whose index is on servers, by command line: everything that a person types."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing

import pytest

from backfile import config
from backfile.pipeline import verifying
from backfile.store import open_store
from index import directory
from index.opensearch_indices import Generation, _template
from tests.conftest import Workbench, news
from tests.opensearch.fixtures import Server
from tests.opensearch.made import servers

__all__ = ["servers"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def served(workbench: Workbench, opensearch: Server) -> Workbench:
    """An archive that is configured for the server, before its first ingest."""
    told = workbench.archive.config_file.read_text(encoding="utf-8").replace('"whoosh"', '"opensearch"')
    table = f'\n[opensearch]\nurls = ["{opensearch.url}"]\nprefix = "{opensearch.prefix}one"\nreplicas = 0\n'
    workbench.archive.config_file.write_text(told + table, encoding="utf-8")
    for number in range(4):
        workbench.put(f"{number}.txt", f"2024-0{number + 1}-12\n\n" + news(f"Rat berät {number}", f"Radweg{number}"))
    return workbench


@pytest.fixture
def run(workbench: Workbench) -> Run:
    def run(*words: str, expect: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "backfile", *words],
            cwd=workbench.archive.directory,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    return run


def test_every_command_works_as_with_another_engine(served: Workbench, run: Run) -> None:
    run("ingest")
    hits = [json.loads(line) for line in run("search", "Radweg2", "--json").stdout.splitlines()]

    assert [hit["id"] for hit in hits] == ["pile/2.txt"]
    assert "[[Radweg2]]" in hits[0]["snippet"]
    assert run("search", "Gemeinderat", "-c").stdout.strip() == "4"
    assert run("search", "Gemeinderat", "-l", "--sort", "-date", "--limit", "1").stdout.strip() == "pile/3.txt"
    assert "Radweg2" in run("show", "pile/2.txt").stdout
    assert json.loads(run("status", "--json").stdout)["index"]["engine"] == "opensearch"
    assert "sound: 4 articles" in run("index", "verify").stdout
    assert "4 articles, as the store has them" in run("doctor").stdout
    assert "nothing to do" in run("ingest").stdout

    served.put("5.txt", news("Neues vom Rat", "Radweg5"))
    (served.pile / "0.txt").write_text("2024-06-12\n\n" + news("Rat berät 0", "Radweg0"), encoding="utf-8")
    run("ingest")

    assert served.found("Radweg0") == ["pile/0.txt"]
    assert served.found("Gemeinderat") == [f"pile/{n}.txt" for n in (0, 1, 2, 3, 5)]

    run("forget", "pile/1.txt", "--yes")

    assert served.found("Gemeinderat") == [f"pile/{n}.txt" for n in (0, 2, 3, 5)]
    run("index", "rollback", expect=2)
    assert run("index", "rebuild").stdout.strip() == "4 articles indexed"
    assert "sound: 4 articles" in run("index", "verify").stdout


def test_an_archive_moves_there_and_back(served: Workbench, run: Run, opensearch: Server) -> None:
    config.set_engine(served.archive, "whoosh")
    served.ingest()
    before = served.found("Gemeinderat")
    run("index", "rebuild", "--engine", "opensearch")

    assert config.load(served.archive).engine == "opensearch"
    assert before == served.found("Gemeinderat")

    run("index", "rebuild", "--engine", "whoosh")

    assert before == served.found("Gemeinderat")
    assert opensearch.indices() == []


def test_going_back_leaves_what_changed_to_the_next_ingest(served: Workbench, run: Run) -> None:
    served.ingest()
    run("index", "rebuild")
    served.put("5.txt", news("Neues vom Rat", "Radweg5"))
    served.put("2.txt", "2024-03-12\n\n" + news("Rat berät 2", "Seilbahn2"))
    served.ingest()
    told = run("index", "rollback").stdout

    assert "2 articles changed since then" in told
    assert served.found("Radweg2") == ["pile/2.txt"]

    report = served.ingest()

    assert report.indexed == 2
    assert served.found("Seilbahn2") == ["pile/2.txt"]
    assert served.found("Radweg5") == ["pile/5.txt"]
    assert verifying.verify(served.archive).none
    assert served.ingest().changed_nothing


def test_a_refused_document_is_a_failed_one_with_its_reason(served: Workbench, run: Run, opensearch: Server) -> None:
    served.ingest()
    manifest = json.loads((served.archive.index_directory / directory.MANIFEST).read_bytes())
    month = f"{opensearch.prefix}one-{manifest['generation']}-2019.05"
    opensearch.call(
        "PUT",
        f"/{month}",
        {
            "mappings": {"properties": {"label_source": {"type": "integer"}}},
            "aliases": {f"{opensearch.prefix}one": {}},
        },
    )
    served.put("bad.txt", "2019-05-12\n\n" + news("Rat streitet", "Tunnel"))
    served.put("good.txt", "2019-06-12\n\n" + news("Rat streitet", "Tunnel"))
    done = run("ingest", expect=3)

    assert "refused" in done.stdout + done.stderr
    assert served.found("Tunnel") == ["pile/good.txt"]
    [problem] = [json.loads(line) for line in run("status", "--problems", "--json").stdout.splitlines()]
    assert (problem["state"], problem["reason"]) == ("failed", "refused")
    assert "pile/bad.txt" in problem["detail"]
    assert "label_source" in problem["detail"]
    assert "nothing to do" in run("ingest").stdout
    assert verifying.verify(served.archive).none

    opensearch.call("DELETE", f"/{month}")
    run("index", "rebuild")

    assert served.found("Tunnel") == ["pile/bad.txt", "pile/good.txt"]
    with closing(open_store(served.archive.store_file)) as store:
        assert list(store.problems()) == []
        assert store.refused_count() == 0


def test_servers_that_are_not_there_are_told_in_one_line(served: Workbench, run: Run) -> None:
    served.ingest()
    text = served.archive.config_file.read_text(encoding="utf-8")
    url = text.partition('urls = ["')[2].partition('"')[0]
    served.archive.config_file.write_text(text.replace(url, "http://127.0.0.1:9"), encoding="utf-8")

    for words in (("search", "Rat"), ("ingest", "--full"), ("index", "rebuild"), ("index", "verify")):
        done = run(*words, expect=5)
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "cannot be reached" in done.stderr
    assert "cannot be reached" in run("status").stdout
    assert "cannot be reached" in run("doctor", expect=4).stdout

    served.archive.config_file.write_text(text, encoding="utf-8")

    assert len(served.found("Gemeinderat")) == 4


def test_an_archive_without_servers_in_its_configuration_says_what_is_missing(workbench: Workbench, run: Run) -> None:
    done = run("index", "rebuild", "--engine", "opensearch", expect=4)
    workbench.put("1.txt", news("Rat berät", "Radweg"))
    workbench.ingest()
    done = run("index", "rebuild", "--engine", "opensearch", expect=2)

    assert "[opensearch]" in done.stderr
    assert config.load(workbench.archive).engine == "whoosh"


def test_what_is_refused_at_a_rebuild_is_a_failed_document_as_well(
    served: Workbench, run: Run, opensearch: Server
) -> None:
    served.ingest()
    picky = _template(Generation(f"{opensearch.prefix}one", "g*"), shards=1, replicas=0)
    picky["template"]["mappings"]["properties"]["label_source"] = {"type": "integer"}
    picky |= {"index_patterns": [f"{opensearch.prefix}one-g*-2024.03"], "priority": 1_000}
    opensearch.call("PUT", f"/_index_template/{opensearch.prefix}picky", picky)

    assert "3 articles indexed" in run("index", "rebuild").stdout
    assert served.found("Gemeinderat") == [f"pile/{n}.txt" for n in (0, 1, 3)]
    assert "refused" in run("status", "--problems").stdout
    assert served.ingest().changed_nothing

    opensearch.call("DELETE", f"/_index_template/{opensearch.prefix}picky")

    assert "4 articles indexed" in run("index", "rebuild").stdout
    assert verifying.verify(served.archive).none
