"""`backfile why`, `backfile like` and `search --explain`: what is printed, and the exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backfile.cli.main import backfile
from backfile.errors import WrongUse
from index.directory import open_writer
from index.entry import analyse
from tests.index.contract import article

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "backfile.toml").write_text("")
    texts = {
        "1": "Der Rat streitet über den Radweg am Fluss.",
        "2": "Am Fluss entsteht ein Radweg.",
        "3": "Die Oper spielt \x1b[31m Verdi.",
    }
    with open_writer(tmp_path / "index") as engine:
        engine.add([analyse(article(key, text)) for key, text in texts.items()])
        engine.commit()

    def invoke(*arguments: str) -> Result:
        runner = CliRunner()
        return runner.invoke(backfile, ["--archive", str(tmp_path), *arguments], standalone_mode=False)

    return invoke


def test_why_names_the_part_that_an_article_lacks(run: Run) -> None:
    result = run("why", "taz/2", "Radweg", "Rat")

    assert result.return_value == 1
    has, misses = (line.split() for line in result.stdout.splitlines())
    assert (has[:2], has[3:], misses) == (["has", "Radweg"], ["de:radweg"], ["misses", "Rat"])
    assert float(has[2]) > 0


@pytest.mark.parametrize(
    ("part", "nearby"),
    [
        ("Radwegs~0", "nearest is Radweg"),
        ("Radwge", "nearest is Radweg"),
        ("Zirkonium", None),
        ('"Fluss Radweg"', 'it has the words further apart: "Fluss Radweg"~2'),
        ('"Radweg Fluss"', "it has the words, but not in this order"),
        ('"Radweg Oper"', "it lacks Oper"),
        ("date:2024", "its date is not known"),
        ("author:weber", "it has no author"),
        ("source:faz", "its source is taz"),
        ("lang:en", "its lang is de"),
        ("title:Radweg", None),
        ("(Opa OR Radwge)", "nearest is Radweg"),
    ],
)
def test_what_an_article_has_nearest_to_what_it_lacks_is_told(run: Run, part: str, nearby: str | None) -> None:
    [told] = map(json.loads, run("why", "taz/2", "--json", "--", part).stdout.splitlines())

    assert (told["matches"], told["nearest"]) == (False, nearby)


def test_what_is_excluded_and_there_is_told(run: Run) -> None:
    assert run("why", "taz/2", "Radweg", "-Fluss").stdout.splitlines()[1].split() == [
        *("misses", "-Fluss", "it", "has", "Fluss")
    ]


def test_why_ends_well_for_a_hit(run: Run) -> None:
    result = run("why", "taz/1", "--json", "Radweg -Oper")

    assert result.return_value == 0
    assert [(part["part"], part["matches"]) for part in map(json.loads, result.stdout.splitlines())] == [
        ("Radweg", True),
        ("-Oper", True),
    ]


@pytest.mark.parametrize("words", [("why", "taz/9", "Radweg"), ("why", "taz/1", "…"), ("like", "taz/9")])
def test_what_cannot_be_asked_is_wrong_use(run: Run, words: tuple[str, ...]) -> None:
    assert isinstance(run(*words).exception, WrongUse)


def test_like_finds_what_shares_the_telling_words(run: Run) -> None:
    result = run("like", "taz/1", "-l")

    assert (result.return_value, result.stdout) == (0, "taz/2\n")


def test_like_says_by_its_exit_code_that_nothing_is_like_it(run: Run) -> None:
    result = run("like", "taz/3")

    assert (result.return_value, result.stdout) == (1, "")


def test_search_explains_the_query_and_each_hit(run: Run) -> None:
    result = run("search", "--explain", "--json", "Radweg Rat")

    [hit] = [json.loads(line) for line in result.stdout.splitlines()]
    told = [(part["part"], part["terms"]) for part in hit["explain"]]
    assert told == [("Radweg", ["de:radweg"]), ("Rat", ["de:rat"]), ("context", [])]
    assert hit["score"] == pytest.approx(sum(part["score"] for part in hit["explain"]), abs=0.001)


def test_in_a_pipe_the_explanation_is_a_column(run: Run) -> None:
    result = run("search", "--explain", "Rat")

    assert result.stdout.startswith("taz/1\t\t\t")
    assert "(de:rat) + context " in result.stdout
    assert "word “Rat”" in result.stderr
