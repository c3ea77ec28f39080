"""The benchmark of copies and stories counts pairs, and gives what the archive says."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.metadata import __main__ as benchmark
from benchmarks.metadata import copies

LABELLED = Path(__file__).parents[1] / "transforms" / "story" / "labelled.jsonl"
ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": "", "copy": "x", "story": "s"},
    {"id": "b", "text": "", "copy": "x", "story": "s"},
    {"id": "c", "text": "", "copy": None, "story": "s"},
    {"id": "d", "text": "", "copy": None, "story": None},
]


def test_pairs_are_counted_once_and_copies_tell_the_same_story() -> None:
    read = {
        "a": {"copies": ["b"], "story": []},
        "b": {"copies": ["a"], "story": []},
        "c": {"copies": [], "story": ["d"]},
        "d": {"copies": [], "story": ["c"]},
    }

    result = copies.score(ROWS, read)

    assert {measure: (result.right[measure], result.of[measure]) for measure in result.of} == {
        "copy precision": (1, 1),
        "copy recall": (1, 1),
        "story precision": (1, 2),
        "story recall": (1, 3),
    }
    assert "c d  said to be one story, is none" in result.wrong
    assert "a c  is one story, not found" in result.wrong


def test_a_file_of_copies_is_known_by_its_columns_and_scored_in_an_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(["--gold", str(LABELLED), "--json", "--predictions", str(tmp_path)]) == 0

    said = json.loads(capsys.readouterr().out)
    shares = {measure: share for measure, (share, _) in said["scores"]["backfile"].items()}
    assert said["task"] == "copies"
    assert shares["copy precision"] == shares["copy recall"] == 1
    assert shares["story precision"] >= 0.95
    assert shares["story recall"] >= 0.85
    assert (tmp_path / "copies.jsonl").read_text(encoding="utf-8").count("\n") == len(
        LABELLED.read_text("utf-8").splitlines()
    )
