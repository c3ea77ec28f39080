"""The benchmark of statements counts what it says, and agrees with the scripts beside the data."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.metadata import __main__ as benchmark
from benchmarks.metadata import addresses, bylines, dates, languages
from benchmarks.metadata.score import BadTable, Score

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")


@pytest.mark.parametrize(
    ("expected", "read", "precision", "right"),
    [
        ("2024-11-25", "2024-11-25", "day", True),
        ("2024-11-25", "2024-11-25T10:12", "day", False),
        ("2024-11", "2024-11-01", "month", False),
        ("2024-11-25T10:12", "2024-11-25T10:12:00", "minute", True),
        ("2024-11-25T10:12+01:00", "2024-11-25T10:12+0100", "minute", True),
        ("2024-11-25T10:12+01:00", "2024-11-25T10:12", "minute", False),
        ("2024-11-25T10:12Z", "2024-11-25T10:12+00:00", "minute", True),
        ("2024-11-25T12:30", "2024-11-25T12:05", "hour", True),
        ("2024-23", "2024-23", "season", True),
        ("2024-23", "2024", "season", False),
        ("2024-06-03/2024-06-05", "2024-06-03/2024-06-05", "interval", True),
        ("", "", "none", True),
        ("", "2024", "none", False),
        ("2024", "", "year", False),
    ],
)
def test_a_date_is_right_when_nothing_is_wrong_or_invented(
    expected: str, read: str, precision: str, *, right: bool
) -> None:
    row = {"id": "a", "text": "as stated", "expected": expected, "precision": precision}

    assert dates.score([row], {"a": read}).right["exact"] == right


def test_a_byline_is_right_when_its_persons_are() -> None:
    row = {"id": "a", "byline": "Von Mia Muster (dpa)", "authors": "Mia Muster", "orgs": "dpa"}

    assert bylines.score([row], {"a": {"authors": ["Mia Muster"], "agencies": ["DPA"]}}).share("exact") == 1
    wrong = bylines.score([row], {"a": {"authors": ["Mia Muster", "Redaktion"], "agencies": []}})
    assert [wrong.share(each) for each in ("exact", "precision", "recall", "agencies")] == [0, 0.5, 1, 0]


def test_pairs_that_are_one_are_to_be_merged_and_pairs_that_are_two_are_not() -> None:
    rows = addresses.rows({"same": [["a", "b"]], "diff": [["a", "c"]], "soft": [["a", "b"]]})
    result = addresses.score(rows, {"a": "x", "b": "x", "c": "x"})

    assert dict(result.of) == {"same merged": 1, "diff kept": 1, "soft merged": 1}
    assert dict(result.right) == {"same merged": 1, "diff kept": 0, "soft merged": 1}
    assert len(result.wrong) == 1


def test_a_language_left_open_is_wrong() -> None:
    rows = [
        {"id": "a", "lang": "nb", "text": "…", "cls": "word"},
        {"id": "b", "lang": "de", "text": "…", "cls": "word"},
    ]
    result = languages.score(rows, {"a": "no", "b": "und"})

    assert (result.share("word"), result.share("und")) == (0.5, 0.5)


def test_a_share_of_nothing_is_none() -> None:
    assert Score().share("exact") == 0


def test_a_file_of_no_known_kind_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.csv"
    file.write_text("colour,size\nred,4\n", encoding="utf-8")

    with pytest.raises(BadTable):
        benchmark.table(file)
    assert benchmark.main(["--gold", str(file)]) == 2
    assert "colour" in capsys.readouterr().err


SCRIPTS = {
    "metadata/dates.csv": ("score_dates.py", "exact", r"ALL exact +(\d+)/"),
    "metadata/bylines.csv": ("score_bylines.py", "exact", r"exact=([\d.]+)"),
    "metadata/urls.json": ("score_urls.py", "same merged", r"same: (\d+) of"),
    "language/texts.jsonl": ("score_langid.py", "headline", r"headline +\{'n': \d+, 'acc': ([\d.]+)"),
}


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize("gold", SCRIPTS)
def test_the_scripts_beside_the_data_count_the_same(
    gold: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script, ours, theirs = SCRIPTS[gold]
    assert benchmark.main(["--gold", str(DATA / gold), "--json", "--predictions", str(tmp_path)]) == 0
    share, of = json.loads(capsys.readouterr().out)["scores"]["backfile"][ours]
    (written,) = tmp_path.iterdir()
    command = [sys.executable, DATA / "score" / script, "--predictions", written]
    match = re.search(theirs, subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert match is not None
    is_share = "." in match[1]
    assert float(match[1]) == pytest.approx(share if is_share else share * of, abs=0.001 if is_share else 0.1)
