"""The quality benchmark measures what it says, agrees with the scripts beside the data, and holds its floors."""

import gzip
import importlib.util
import json
import random
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks.quality import contest, floors, intervals, labelled, metrics, peers
from benchmarks.quality.labelled import BadSet, LabelledSet

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "benchmarks" / "quality" / "sample"
DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
NAMES = {"pages_95": "page_f1_ge_.95", "exact": "accuracy", "paragraphs": "para_recall", "line_f1": "lineF1"}


def scored(kind: str, rows: Sequence[dict[str, Any]], texts: dict[str, str]) -> dict[str, float]:
    return metrics.SCORES[kind](metrics.summed(metrics.OF[kind](row, texts.get(row["id"], "")) for row in rows))


def body(text: str, **fields: object) -> dict[str, Any]:
    return {"id": "a", "lang": "en", "text": text, **fields}


def lines_set(tmp_path: Path, *rows: dict[str, Any], name: str = "made.jsonl") -> Path:
    file = tmp_path / name
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


ROW: dict[str, Any] = {
    "id": "x/1", "domain": "a.example", "lang": "en", "tier": "near",
    "lines": ["A headline of five words", "One two three four.", "Sign up now", "Either way"],
    "labels": [1, 1, 0, -1],
}  # fmt: skip


@pytest.mark.parametrize(
    ("gold", "text", "precision", "recall"),
    [
        ("a b c d e", "a b c d e", 1, 1),
        ("a b c d e", "a b c d", 1, 1 / 2),
        ("a b c d", "a b c d e f", 1 / 3, 1),
        ("a b c d", "w x y z", 0, 0),
        ("a b", "a b", 1, 1),
        ("", "", 0, 0),  # in no mean; a page alone
    ],
)
def test_a_body_is_scored_in_runs_of_four_words(gold: str, text: str, precision: float, recall: float) -> None:
    scores = scored("body", [body(gold)], {"a": text})

    assert (scores["precision"], scores["recall"]) == pytest.approx((precision, recall))


def test_a_page_without_output_costs_recall_alone() -> None:
    rows = [body("a b c d"), {**body("e f g h"), "id": "b"}]

    scores = scored("body", rows, {"a": "a b c d"})

    assert (scores["precision"], scores["recall"], scores["pages_95"]) == (1, 0.5, 0.5)


def test_phrases_are_counted_over_all_pages_with_white_space_folded() -> None:
    row = {"id": "a", "text": None, "with": ["one two", "three"], "without": ["four", "five"]}

    scores = scored("phrases", [row], {"a": "one\n two five"})

    assert scores == {"f1": 0.5, "precision": 0.5, "recall": 0.5, "accuracy": 0.5}


def test_a_line_may_be_cut_and_its_words_count() -> None:
    surviving, invented, out = metrics.survivors(["A b c d", "Sign up", "E f"], "A b\nE f new")

    assert (surviving, invented, out) == ([(2, 4), (0, 2), (2, 2)], 1, 4)


def test_lines_are_scored_in_words_and_those_of_either_label_never_count() -> None:
    scores = scored("lines", [ROW], {"x/1": "A headline of five words\nOne two three four.\nup"})

    assert (scores["kR"], scores["safe"], scores["intact"]) == (1, 1, 1)
    assert (scores["dR"], scores["dP"]) == pytest.approx((2 / 3, 1))


def test_articles_alone_have_no_score_of_boilerplate() -> None:
    row = {**ROW, "labels": [1, 1, 1, 1]}

    assert set(scored("lines", [row], {"x/1": "\n".join(row["lines"])})) == {"kR", "safe", "intact", "invented"}


def test_characters_of_scripts_without_blanks_are_words() -> None:
    assert metrics.survivors(["日本の新聞"], "日本の")[0] == [(3, 5)]


def test_resampling_is_the_same_in_every_run_and_draws_as_many_documents() -> None:
    drawn = intervals.draws(20, 5)

    assert drawn == intervals.draws(20, 5)
    assert {sum(each) for each in drawn} == {20}


def test_the_intervals_of_a_clear_difference_are_on_one_side_of_zero() -> None:
    rows = [body("a b c d e f g h", id=str(n)) for n in range(30)]
    drawn = intervals.draws(30, 200)
    good, bad = (
        intervals.resampled("body", [metrics.of_body(row, text) for row in rows], drawn)
        for text in ("a b c d e f g h", "a b c d e")
    )

    assert intervals.difference(good, bad, "recall")[0] > 0


def test_floors_rise_and_never_fall(tmp_path: Path) -> None:
    [made] = labelled.found([lines_set(tmp_path, ROW)])
    high = floors.raised({}, made, {"dR": 0.51239, "kR": 0.9})

    low = floors.raised(high, made, {"dR": 0.3, "kR": 0.95})

    assert low == {"made/near": {"labels": made.digest, "dR": 0.5123, "kR": 0.95}}
    assert floors.faults(low, made, {"dR": 0.5123, "kR": 0.949}) == ["made/near: kR is 0.9490, below its floor 0.95"]


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    [made] = labelled.found([lines_set(tmp_path, ROW)])
    file = tmp_path / "floors.toml"
    held = floors.raised({}, made, {"dR": 1.0})

    file.write_text(floors.written(held), encoding="utf-8")

    assert floors.load(file) == held


def test_another_set_of_the_same_name_has_no_floors(tmp_path: Path) -> None:
    [made] = labelled.found([lines_set(tmp_path, ROW)])
    held = floors.raised({}, made, {"dR": 1.0})

    [other] = labelled.found([lines_set(tmp_path, {**ROW, "labels": [1, 1, 0, 0]})])

    assert (other.name, floors.faults(held, other, {"dR": 0.1})) == (made.name, [])
    both = floors.raised(held, other, {"dR": 0.2})
    assert floors.faults(both, made, {"dR": 0.9}) == ["made/near: dR is 0.9000, below its floor 1.0"]
    assert floors.faults(both, other, {"dR": 0.1}) == ["made/near: dR is 0.1000, below its floor 0.2"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "line 1"),
        ("[1]", "an object is expected"),
        (json.dumps({**ROW, "labels": [1]}), "4 lines, 1 labels"),
        ('{"id": 1, "text": "no lines"}', "no labelled set"),
    ],
)
def test_what_is_no_set_is_named(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(content + "\n", encoding="utf-8")

    with pytest.raises(BadSet, match=re.escape("set.jsonl")) as fault:
        list(labelled.found([file]))

    assert told in str(fault.value) or told == "line 1"


def test_the_id_of_a_page_cannot_leave_its_folder(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"id": "../../etc/passwd", "text": ""}\n', encoding="utf-8")

    with pytest.raises(BadSet, match="file's name"):
        list(labelled.found([tmp_path]))


def test_a_packed_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text(json.dumps(body("x")) + "\n", encoding="utf-8")
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "a.html.gz").write_bytes(gzip.compress(b"<p>x"))

    [made] = labelled.found([tmp_path])

    assert made.page(made.rows[0]) == b"<p>x"


def test_the_halves_share_no_site_and_are_the_whole() -> None:
    sites = [f"paper{n}.example" for n in range(100)]
    made = LabelledSet("x", "lines", tuple({"id": str(n), "domain": each} for n, each in enumerate(sites)), Path())

    even, odd = made.chosen("even"), made.chosen("odd")

    assert sorted(even + odd) == made.chosen(None)
    assert 30 < len(even) < 70


def test_an_odd_id_is_no_path_and_keeps_its_text(tmp_path: Path) -> None:
    [made] = labelled.found([lines_set(tmp_path, {**ROW, "id": "../x"})])

    result = contest.ours(made)

    assert list(result.texts) == ["../x"]
    assert "One two three four." in result.texts["../x"]
    assert list(tmp_path.iterdir()) == [tmp_path / "made.jsonl"]


def test_every_peer_that_is_installed_answers_for_every_document() -> None:
    for made in labelled.found([SAMPLE]):
        contestants = peers.of_lines() if made.kind == "lines" else peers.of_pages()
        for peer in contestants:
            if not peer.missing:
                assert list(contest.theirs(made, peer).texts) == [row["id"] for row in made.rows]


def test_a_peer_that_fails_gives_no_text() -> None:
    def fail(_: str) -> str:
        raise RuntimeError

    [made] = labelled.found([SAMPLE / "sample-phrases"])
    peer = peers.Peer("broken", peers._each("broken", "", fail).run)

    assert set(contest.theirs(made, peer).texts.values()) == {""}


def test_no_peer_reaches_the_network() -> None:
    with contest.offline(), pytest.raises(OSError, match="no network"):
        socket.create_connection(("localhost", 9), timeout=1)

    assert socket.getaddrinfo("127.0.0.1", 9)


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.quality", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def test_the_sample_is_above_its_floors(tmp_path: Path) -> None:
    done = command(
        "--resamples", "20", "--json", tmp_path / "scores.json", "--peers", "trafilatura", "--peers", "a list"
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "## sample-pages: 5 documents" in done.stdout
    assert "trafilatura" in done.stdout
    tables = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert {table["contestants"][0]["name"] for table in tables} == {"backfile"}


def test_a_score_below_its_floor_ends_with_1_and_raising_leaves_the_floor(tmp_path: Path) -> None:
    lines = lines_set(tmp_path, {**ROW, "lines": ["Kept as it is.", "Not known as furniture"], "labels": [1, 0]})
    [made] = labelled.found([lines])
    held = tmp_path / "floors.toml"
    held.write_text(floors.written({made.name: {"labels": made.digest, "dR": 0.99}}), encoding="utf-8")

    done = command(lines, "--floors", held, "--peers", "none", "--resamples", "5", "--raise")

    assert (done.returncode, done.stderr) == (1, "made/near: dR is 0.0000, below its floor 0.99\n")
    assert floors.load(held)[made.name]["dR"] == 0.99


def test_a_set_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    done = command(tmp_path)

    assert (done.returncode, "no labelled set" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DATA / "score" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agree(expected: dict[str, float], actual: dict[str, float]) -> None:
    for name, value in actual.items():
        assert value == pytest.approx(expected[NAMES.get(name, name)], abs=5e-4), name


@needs_data
@pytest.mark.parametrize("name", ["news", "articles", "publishers", "german_web"])
def test_scores_of_pages_agree_with_the_script_beside_the_data(name: str) -> None:
    [made] = labelled.found([DATA / "pages" / name])
    chance = random.Random(1)
    texts = {}
    for row in made.rows[1:]:
        lines = (row["text"] or "\n".join([*row["with"], *row["without"]])).split("\n")
        texts[row["id"]] = "\n".join(["Extra words before"] + [each for each in lines if chance.random() < 0.8])

    expected, _ = script("score_html").score(name, list(made.rows), texts)

    agree(expected, scored(made.kind, made.rows, texts))


@needs_data
@pytest.mark.parametrize("tier", ["near", "clean"])
def test_scores_of_lines_agree_with_the_script_beside_the_data(tier: str) -> None:
    made = next(each for each in labelled.found([DATA / "lines" / "lines.jsonl"]) if each.name == f"lines/{tier}")
    rows = made.rows[::5]
    texts = {
        row["id"]: "\n".join(each[5:] if n % 4 == 3 else each for n, each in enumerate(row["lines"]) if n % 5)
        for row in rows
    }

    expected = script("score_plaintext").score(rows, texts)

    agree(expected, scored("lines", rows, texts))
