"""`backfile search`: forms of output, exit codes, and what it may import."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from backfile.cli import output
from backfile.cli.hits import COLUMNS
from backfile.cli.search import command
from backfile.errors import IndexUnusable, QueryError
from index.directory import open_writer
from index.entry import analyse
from tests.index.contract import article

Run = Callable[..., Result]

EVIL = "\x1b]0;evil\x07 \u202egnp.exe \x9b31m"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("archive")
    (directory / "backfile.toml").write_text("")
    with open_writer(directory / "index") as engine:
        engine.add(
            analyse(made)
            for made in [
                article(
                    "1",
                    "Die Truppen ziehen ab.",
                    title="Abzug, endlich",
                    published="2024-11",
                    published_precision="month",
                    tags=("Krieg",),
                    authors=("Anna Weber", "Jo Kern"),
                ),
                article("2", "Noch mehr Truppen, und sie ziehen nach Osten.", published="2024-11-25T10:12+01:00"),
                article("kopie", "Die Truppen ziehen ab.", title="Abzug"),
                article("böse mit Blank", f"Angriff {EVIL} Ende", title=f'=HYPERLINK("x") {EVIL}'),
                article("3", "Troops leave.", source="bbc", language="en"),
            ]
        )
        engine.commit()
    return directory


@pytest.fixture
def run(archive: Path) -> Run:
    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(command, arguments, obj=archive, input=stdin)

    return invoke


def test_in_a_pipe_there_is_one_line_for_each_hit(run: Run) -> None:
    result = run("Truppen")

    assert result.exit_code == 0
    assert result.stdout == "taz/1\t2024-11\tAbzug, endlich\ntaz/2\t2024-11-25T10:12+01:00\t\n"


def test_words_on_the_command_line_are_one_query(run: Run) -> None:
    assert run("-l", "Truppen", "Osten").stdout == "taz/2\n"


@pytest.mark.parametrize("excluded", ["-Osten", "-osten", "-lang:en", "-C", "-climate"])
def test_an_excluded_word_is_no_option(run: Run, excluded: str) -> None:
    result = run("-l", "Truppen", excluded, "--sort", "-date")

    assert result.exit_code == 0
    assert result.stdout.split() == (["taz/1"] if "sten" in excluded else ["taz/2", "taz/1"])


def test_no_hits_is_exit_code_1(run: Run) -> None:
    result = run("Zirkonium")

    assert (result.exit_code, result.stdout) == (1, "")


def test_a_query_over_a_limit_raises_what_ends_in_exit_code_2(run: Run) -> None:
    result = run("a" * 5_000)

    assert isinstance(result.exception, QueryError)
    assert result.exception.exit_code == 2


def test_notes_go_to_stderr(run: Run) -> None:
    result = run("-l", "autor:qqq", "Truppen")

    assert "did you mean “author:”" in result.stderr
    assert "some of them" in result.stderr
    assert result.stdout.splitlines() == ["taz/1", "taz/2"]


def test_the_number_of_hits_alone(run: Run) -> None:
    assert run("-c", "Truppen", "--limit", "1").stdout == "2\n"
    assert run("-c", "Zirkonium").exit_code == 1


def test_json_has_the_fields_of_a_hit(run: Run) -> None:
    (hit,) = map(json.loads, run("--json", "Truppen", "--limit", "1").stdout.splitlines())

    assert tuple(hit) == COLUMNS
    assert hit["authors"] == ["Anna Weber", "Jo Kern"]
    assert hit["snippet"] == "Die [[Truppen]] ziehen ab."
    assert hit["copies"] == 1
    assert hit["published_precision"] == "month"


def test_facets_are_the_last_line_of_json(run: Run) -> None:
    lines = run("--json", "Truppen", "--facet", "lang,year", "--facet", "tag").stdout.splitlines()

    assert json.loads(lines[-1]) == {"facets": {"lang": {"de": 3}, "year": {"2024": 2}, "tag": {"Krieg": 1}}}


def test_an_unknown_facet_is_wrong_use(run: Run) -> None:
    result = run("Truppen", "--facet", "colour")

    assert result.exit_code == 2
    assert "none of lang, source" in result.stderr


def test_csv_and_tsv_have_a_header_and_no_formula(run: Run) -> None:
    header, row = csv.reader(io.StringIO(run("--csv", "Angriff").stdout))

    assert tuple(header) == COLUMNS
    assert row[2].startswith('\'=HYPERLINK("x")')
    assert len(run("--tsv", "Angriff").stdout.splitlines()[1].split("\t")) == len(COLUMNS)


@pytest.mark.parametrize("form", [[], ["-l"], ["--json"], ["--csv"], ["--tsv"], ["--trec"]])
def test_no_control_character_of_an_article_gets_out(run: Run, form: list[str]) -> None:
    printed = run(*form, "Angriff").output

    assert not [letter for letter in printed if letter in "\x1b\x07\x9b\u202e"]
    assert printed.strip()


def test_a_terminal_gets_marks_dates_and_copies(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backfile.cli.hits.is_terminal", lambda: True)
    monkeypatch.setattr("backfile.cli.hits.is_coloured", lambda: True)
    printed = run("Truppen", "--facet", "lang").stdout

    assert "Die \x1b[1mTruppen\x1b[0m ziehen ab." in printed
    assert "2024-11 · taz · de · Anna Weber, Jo Kern · +1 copy" in printed
    assert "2024-11-25 10:12" in printed
    assert "lang: de 3" in printed
    assert "1–2 of 2" in printed


def test_a_terminal_without_colour_gets_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backfile.cli.hits.is_terminal", lambda: True)
    monkeypatch.setattr("backfile.cli.hits.is_coloured", lambda: False)
    monkeypatch.setattr("backfile.cli.hits.width", lambda: 30)
    printed = run("Truppen OR Angriff").stdout

    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 60  # ids and facts are one word or line each
    assert "(no title)" in printed


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert output.is_coloured(Terminal())

    monkeypatch.setenv("NO_COLOR", "1")

    assert not output.is_coloured(Terminal())
    assert not output.is_coloured(io.StringIO())


def test_a_run_file_has_six_columns(run: Run) -> None:
    lines = [line.split() for line in run("--trec", "Truppen Osten").stdout.splitlines()]

    assert [(line[0], line[1], line[2], line[3], line[5]) for line in lines] == [
        ("1", "Q0", "taz/2", "1", "backfile"),
        ("1", "Q0", "taz/1", "2", "backfile"),
        ("1", "Q0", "taz/kopie", "3", "backfile"),
    ]
    assert run("--trec", "Angriff").stdout.split()[2] == "taz/böse%20mit%20Blank"


def test_queries_come_from_stdin_one_a_line(run: Run) -> None:
    result = run("-", "--trec", "--limit", "1", stdin="q7\tTruppen\n\nOsten\r\nZirkonium\n")

    assert [line.split()[:3] for line in result.stdout.splitlines()] == [["q7", "Q0", "taz/1"], ["3", "Q0", "taz/2"]]
    assert result.exit_code == 0


def test_a_query_over_a_limit_does_not_stop_the_others(run: Run) -> None:
    result = run("-", "-l", stdin=f"{'a' * 5_000}\nOsten\n")

    assert result.stdout == "taz/2\n"
    assert "query 1: the query has 5000 characters" in result.stderr
    assert result.exit_code == 2


def test_batches_of_other_forms_carry_the_query(run: Run) -> None:
    lines = run("-", "--json", stdin="q1\tOsten\nq2\tTroops\n").stdout.splitlines()

    assert [(json.loads(line)["query"], json.loads(line)["id"]) for line in lines] == [("q1", "taz/2"), ("q2", "bbc/3")]
    assert run("-", "--csv", stdin="q1\tOsten\nq2\tTroops\n").stdout.count("query,id") == 1


def test_options_reach_the_search(run: Run) -> None:
    assert run("-l", "Truppen", "--sort", "-date").stdout.split() == ["taz/2", "taz/1"]
    assert run("-l", "Truppen", "--offset", "1").stdout.split() == ["taz/2"]
    assert run("-l", "Truppen OR Troops", "--lang", "en").stdout.split() == ["bbc/3"]
    assert run("-l", "Truppen OR Troops", "--source", "bbc").stdout.split() == ["bbc/3"]
    assert run("-l", "Truppen", "--since", "2024-11", "--until", "24.11.2024").stdout.split() == ["taz/1"]


def test_a_missing_index_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "backfile.toml").write_text("")
    result = CliRunner().invoke(command, ["Wort"], obj=tmp_path)

    assert isinstance(result.exception, IndexUnusable)
    assert "backfile index rebuild" in str(result.exception)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\tc", "a b c"),
        ("\x1b[31mrot", "\ufffd[31mrot"),
        ("\u202eabc", "\ufffdabc"),
        ("ä 日本", "ä 日本"),
        ("", ""),
    ],
)
def test_safe_text_is_one_harmless_line(text: str, expected: str) -> None:
    assert output.safe(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), (-1.5, "-1.5"), (None, ""), (["a", "b"], "a; b"), ("a", "a")],
)
def test_cells_are_no_formulas(value: object, expected: str) -> None:
    assert output.cell(value) == expected


# Everything a search has no need of; each of these costs more time than the search itself.
UNWANTED = (
    "prefect",
    "sqlalchemy",
    "backfile.store",
    "backfile.pipeline",
    "transforms",
    "trafilatura",
    "lxml",
    "langdetect",
)


def test_a_search_imports_nothing_of_ingest(archive: Path) -> None:
    program = (
        "import sys; sys.argv = ['backfile', '--archive', sys.argv[1], 'search', '-l', 'Truppen']\n"
        "from backfile.cli import main\n"
        "try:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", program, str(archive)], capture_output=True, text=True, check=True)

    assert done.stdout == "taz/1\ntaz/2\n"
    modules = done.stderr.split()
    assert [name for name in modules if name.split(".")[0] in UNWANTED or name in UNWANTED] == []
    assert "whoosh.qparser" not in modules
    assert len(modules) < 400


def test_the_help_has_an_example() -> None:
    with click.Context(command, info_name="search") as context:
        assert "backfile search Truppen" in command.get_help(context)
