"""`backfile search`: forms of output, exit codes, and what it may import."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from backfile.cli import listing, output
from backfile.cli.columns import cells
from backfile.cli.hits import COLUMNS
from backfile.cli.notes import _pointer
from backfile.cli.search import command
from backfile.errors import IndexUnusable, WrongUse
from index.directory import open_writer
from index.entry import analyse
from index.memory import MemoryEngine
from index.search import search
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


@pytest.mark.parametrize("form", ["-l", "--trec"])
def test_a_query_over_a_limit_ends_in_exit_code_2_and_says_where(run: Run, form: str) -> None:
    result = run(form, "a " * 300)

    assert result.exit_code == 2
    assert result.stderr == "backfile: character 513: the query has more than 256 words\n"


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
    monkeypatch.setattr("backfile.cli.listing.is_coloured", lambda: True)
    printed = run("Truppen", "--facet", "lang").stdout

    assert "Die \x1b[1mTruppen\x1b[0m ziehen ab." in printed
    assert "2024-11 · taz · de · Anna Weber, Jo Kern · +1 copy" in printed
    assert "2024-11-25 10:12" in printed
    assert "lang: de 3" in printed
    assert "1–2 of 2" in printed


def test_a_terminal_without_colour_gets_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backfile.cli.hits.is_terminal", lambda: True)
    monkeypatch.setattr("backfile.cli.listing.is_coloured", lambda: False)
    monkeypatch.setattr("backfile.cli.listing.width", lambda: 30)
    printed = run("Truppen OR Angriff").stdout

    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 30
    assert "(no title)" in printed
    assert "1–3 of 3 · each copy:\n--all-copies" in printed


HARD = (
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen " * 3,
    "https://a.example/" + "pfad" * 90,
    "北京のニュース：東京都知事選挙が終わった、" * 9,
    "🎉👩‍👩‍👧‍👦 Feier 🇩🇪 mit e\u0301",
    "الجيش ينسحب من المدينة القديمة بعد أسابيع من القتال " * 5,
)


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
@pytest.mark.parametrize("text", HARD)
def test_no_row_is_wider_than_the_terminal(text: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backfile.cli.listing.is_coloured", lambda: False)
    monkeypatch.setattr("backfile.cli.listing.width", lambda: columns)
    engine = MemoryEngine()
    engine.add([analyse(article("1", f"Wort. {text}", title=text, authors=("Anna Weber", text[:99])))])
    engine.commit()
    results = search(engine, "Wort", now=date(2024, 1, 1), explain=True, facets=("lang", "source"))
    printed = list(listing.lines(results, 99, None))

    assert max(map(cells, printed)) <= min(columns, 100)
    assert len(printed) < 60
    assert "".join(printed).count("taz/1") == 1


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

    assert result.stdout == "2\ttaz/2\n"
    assert "query 1: character 4001: the query has 5,000 characters" in result.stderr
    assert result.exit_code == 2


def test_batches_of_other_forms_carry_the_query(run: Run) -> None:
    lines = run("-", "--json", stdin="q1\tOsten\nq2\tTroops\n").stdout.splitlines()

    assert [(json.loads(line)["query"], json.loads(line)["id"]) for line in lines] == [("q1", "taz/2"), ("q2", "bbc/3")]
    assert run("-", "--csv", stdin="q1\tOsten\nq2\tTroops\n").stdout.count("query,id") == 1


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("-l", "q1\ttaz/2\n"),
        ("-c", "q1\t1\nq2\t0\n"),
        ("--tsv", "query\tid\nq1\ttaz/2\n"),
        ("--csv", "query,id\nq1,taz/2\n"),
        ("--json", '{"query": "q1", "id": "taz/2"}\n'),
    ],
)
def test_a_batch_tells_which_query_a_line_answers_in_every_form(run: Run, form: str, expected: str) -> None:
    fields = [] if form in {"-l", "-c"} else ["--fields", "id"]

    assert run("-", form, *fields, stdin="\n\ufeffq1\tOsten\nq2\tZirkonium\n".lstrip("\n")).stdout == expected


def test_the_header_of_a_batch_comes_once_whatever_its_first_lines_are(run: Run) -> None:
    printed = run("-", "--tsv", "--fields", "id", stdin=f"\n{'a' * 5_000}\nq1\tOsten\nq2\tTroops\n").stdout

    assert printed == "query\tid\nq1\ttaz/2\nq2\tbbc/3\n"


def test_notes_of_a_batch_name_the_query(run: Run) -> None:
    assert "backfile: query q1: no article has “Zirkonium”\n" in run("-", stdin="q1\tOsten Zirkonium\n").stderr.replace(
        "character 7: ", ""
    )


def test_bytes_that_are_no_text_end_no_batch(archive: Path) -> None:
    result = CliRunner().invoke(command, ["-", "-l"], obj=archive, input=b"\xff\xfe\nOsten\n")

    assert (result.exit_code, result.stdout) == (0, "2\ttaz/2\n")


def test_chosen_fields_come_in_their_order(run: Run) -> None:
    assert run("Osten", "--json", "--fields", "copies,id").stdout == '{"copies": 0, "id": "taz/2"}\n'
    assert run("Osten", "--csv", "--fields", "id", "--fields", "language").stdout == "id,language\ntaz/2,de\n"


@pytest.mark.parametrize(
    ("arguments", "remark"),
    [
        (("--json", "--fields", "colour"), "'colour' is none of id, source, title"),
        (("--fields", "id"), "--fields goes with --json"),
        (("--since", "2025", "--until", "2024"), "--since 2025 is after --until 2024"),
    ],
)
def test_options_that_cannot_be_are_wrong_use(run: Run, arguments: tuple[str, ...], remark: str) -> None:
    result = run("Truppen", *arguments)

    assert result.exit_code == 2 or isinstance(result.exception, WrongUse)
    assert remark in f"{result.output}{result.exception}"


def test_an_offset_behind_the_last_hit_is_remarked_on(run: Run) -> None:
    result = run("Truppen", "--offset", "5")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "backfile: --offset 5 is behind the last of 2 hits\n"


def test_on_a_terminal_a_note_points_at_its_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backfile.cli.notes.is_terminal", lambda stream: True)
    lines = run("-l", "Truppen", "autor:Weber", "OR", "東京").stderr.splitlines()

    assert lines[:3] == [
        "backfile: there is no field “autor:”, so this is read as text; did you mean “author:”?",
        "  Truppen autor:Weber OR 東京",
        "          ^^^^^^^^^^^",
    ]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("at", [0, 500, 1_990])
@pytest.mark.parametrize("letter", ["a", "東", "\u202e", "\x1b"])
def test_a_long_query_is_shown_around_the_place(width: int, at: int, letter: str) -> None:
    query = letter * at + "HERE" + letter * (1_994 - at)
    shown, below = _pointer(query, at, at + 4, width)

    assert max(cells(shown), cells(below)) <= width
    assert below.strip() == "^^^^"
    assert cells(shown[: shown.index("HERE")]) == below.index("^")
    assert not {"\u202e", "\x1b"} & set(shown)


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
    # What a usual search has no use for, and costs some milliseconds each.
    "importlib.resources",
    "index.reading",
    "index.similar",
    "tomllib",
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
    assert len(modules) < 260  # 245 in November 2026


def test_the_help_has_an_example() -> None:
    with click.Context(command, info_name="search") as context:
        assert "backfile search Truppen" in command.get_help(context)
