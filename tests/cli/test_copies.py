"""`backfile show --copies` and `search --all-copies`, on the wire story that the samples have in three versions."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.test_commands import in_archive
from tests.conftest import Workbench

SAMPLES = Path(__file__).parents[2] / "samples"
VERSIONS = {
    "pile/dpa-250117-0091",
    "pile/https://www.norderhafener-bote.example/region/faehre-auf-grund-143-menschen-in-sicherheit-a4711.html",
    "pile/texte/inselfaehre-sandbank.txt",
}


@pytest.fixture
def samples(workbench: Workbench) -> Workbench:
    for name in ("texte", "pages", "exports"):
        shutil.copytree(SAMPLES / name, workbench.pile / name)
    workbench.ingest()
    return workbench


def test_the_versions_of_a_wire_story_are_near_copies_and_one_hit(samples: Workbench) -> None:
    third = "pile/texte/inselfaehre-sandbank.txt"

    shown = in_archive(samples, "show", "--copies", "--json", third)
    told = in_archive(samples, "show", "--copies", str(samples.pile / "texte" / "inselfaehre-sandbank.txt"))
    hits = in_archive(samples, "search", "--json", "Inselfähre OR Norderhafen")
    unfolded = in_archive(samples, "search", "-l", "--all-copies", "Inselfähre OR Norderhafen")

    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert (0, VERSIONS - {third}) == (shown.returncode, {line["id"] for line in lines})
    assert {(third, "near copy", True)} == {(line["of"], line["relation"], line["folded"]) for line in lines}
    assert all(0.5 < line[name] <= 1 for line in lines for name in ("share", "share_back"))
    assert len(lines) == told.stdout.count("near copy")
    assert [json.loads(line)["copies"] for line in hits.stdout.splitlines()][:1] == [2]
    assert set(unfolded.stdout.split()) >= VERSIONS


def test_without_a_copy_the_code_says_so(samples: Workbench) -> None:
    none = in_archive(samples, "show", "--copies", "pile/texte/interview-hebamme.txt")
    unknown = in_archive(samples, "show", "--copies", "pile/nothing")

    assert (none.returncode, none.stdout) == (1, "")
    assert none.stderr == "backfile: no copies of pile/texte/interview-hebamme.txt\n"
    assert unknown.returncode == 2
