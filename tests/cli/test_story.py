"""`backfile story` as a person or a script meets it."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_commands import in_archive
from tests.conftest import Workbench
from tests.pipeline.test_stories import LABELLED, put, take_in
from tests.test_readme import BLOCK, ROOT, shown, steps


@pytest.fixture
def told(workbench: Workbench) -> Workbench:
    put(workbench, "news", LABELLED)
    take_in(workbench)
    return workbench


def test_the_timeline_says_who_told_it_and_folds_copies(told: Workbench) -> None:
    done = in_archive(told, "story", "pile/quake-3")
    lines = done.stdout.splitlines()

    assert done.returncode == 0
    assert lines[1] == "3 articles, 2 texts; de, en"
    assert lines[2] == "first: not known; it may be pile/quake-1, pile/quake-2, pile/quake-3"
    assert "        copy: 7 kept, 0 edited, 0 added, 2 cut" in lines
    assert [line for line in lines if line.endswith("←")] == ["2025-10-02 · en ←"]


def test_diff_shows_the_sentences_that_were_cut(told: Workbench) -> None:
    lines = in_archive(told, "story", "--diff", "pile/quake-1").stdout.splitlines()

    assert "        - Hotels in Kaltenmoor nahmen Familien auf." in lines


def test_an_article_that_nobody_else_tells_ends_with_1(told: Workbench) -> None:
    done = in_archive(told, "story", "pile/single-1")

    assert (done.returncode, done.stdout) == (1, "")
    assert "no other article" in done.stderr


def test_an_unknown_id_is_wrong_use(told: Workbench) -> None:
    assert in_archive(told, "story", "pile/nothing").returncode == 2


def test_undated_articles_have_no_first(told: Workbench) -> None:
    lines = in_archive(told, "story", "pile/comet-2").stdout.splitlines()

    assert lines[2] == "first: not known, no article has a date"


def test_json_has_all_of_the_story(told: Workbench) -> None:
    found = json.loads(in_archive(told, "story", "--json", "pile/quake-2").stdout)

    assert found["texts"] == 2
    assert found["first"] is None
    assert sorted(found["may_be_first"]) == ["pile/quake-1", "pile/quake-2", "pile/quake-3"]
    copy = next(each for each in found["articles"] if each["id"] == "pile/quake-2")
    assert (copy["copy"], copy["against"]) == (True, "pile/quake-1")
    assert len(copy["comparison"]["cut"]) == 2
    assert copy["comparison"]["runs"][0]["words"] > 20


def test_a_limit_shows_so_many_and_says_how_many_more(told: Workbench) -> None:
    done = in_archive(told, "story", "--limit", "1", "pile/quake-2")

    assert [line.strip() for line in done.stdout.splitlines() if line.strip().startswith("pile/")] == ["pile/quake-1"]
    assert "2 more articles" in done.stderr


def test_nothing_in_an_article_takes_control_of_the_terminal(workbench: Workbench) -> None:
    hostile = "\x1b[2J\u202eevil\u2066"
    rows = [
        {**row, "title": f"{row['title']} {hostile}"} for row in LABELLED if row["id"].startswith(("quake", "vote"))
    ]
    put(workbench, "news", rows)
    take_in(workbench)

    printed = in_archive(workbench, "story", "--diff", "pile/quake-1").stdout

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", printed)


def test_the_documentation_shows_what_its_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    blocks = BLOCK.findall((ROOT / "docs" / "stories.md").read_text(encoding="utf-8"))
    expected = [step for block in blocks for step in steps(block)]

    assert len(expected) >= 2
    assert [(command, shown(command, tmp_path)) for command, _ in expected] == expected
