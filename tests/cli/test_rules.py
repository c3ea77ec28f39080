"""`rules test` tries a file of rules; `rules stats` counts what rules took."""

import json
import re
from pathlib import Path

import pytest

from backfile.article import Article, Removal, Span
from backfile.cli import rules_test
from backfile.cli.rules_stats import counted
from backfile.errors import WrongUse
from backfile.pipeline.trial import restored
from tests.cli.test_commands import in_archive, ingested, run  # noqa: F401  # a fixture
from tests.conftest import Workbench, news
from tests.transforms.shaped import PROSE
from transforms import LANGUAGES, pattern

QUIZ = """
[[rule]]
name = "quiz"
pattern = "zur tombola.*"
matches = ["Zur Tombola der Woche", "*** Zur Tombola ***"]
spares = ["Die Tombola gewann eine Lehrerin."]
"""


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    file = tmp_path / "quiz.toml"
    file.write_text(QUIZ, encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    for n in range(3):
        text = "\n\n".join([*PROSE["de"], "Zur Tombola der Woche" if n else "Ende"])
        (made / f"{n}.txt").write_text(text, encoding="utf-8")
    return made


def test_rules_that_keep_their_examples_end_with_0(quiz: Path, tmp_path: Path) -> None:
    done = run("rules", "test", quiz, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "quiz/1  ok  (3 examples)\n")
    assert "--on PATH" in done.stderr


def test_an_example_that_fails_is_named_and_ends_with_1(quiz: Path, tmp_path: Path) -> None:
    wrong = QUIZ.replace("Die Tombola gewann", "Zur Tombola gewann").replace("*** Zur", "*** Die")
    quiz.write_text(wrong, encoding="utf-8")

    done = run("rules", "test", quiz, cwd=tmp_path)

    assert done.returncode == 1
    assert "does not take  *** Die Tombola ***" in done.stdout
    assert "must spare     Zur Tombola gewann eine Lehrerin." in done.stdout


def test_what_rules_would_take_from_files_is_counted_and_shown(quiz: Path, folder: Path, tmp_path: Path) -> None:
    done = run("rules", "test", quiz, "--on", folder, cwd=tmp_path)
    [record] = [
        json.loads(line)
        for line in run("rules", "test", quiz, "--on", folder, "--json", cwd=tmp_path).stdout.splitlines()
    ]

    assert "takes 2 spans, 8 words in 2 of 3 articles" in done.stdout
    assert (record["spans"], record["running_text"], record["looked_at"]) == (2, 0, 3)
    assert [each["text"] for each in record["taken"]] == ["Zur Tombola der Woche"] * 2


def test_text_of_an_article_that_a_rule_would_take_is_warned_of(quiz: Path, folder: Path, tmp_path: Path) -> None:
    quiz.write_text('[[rule]]\nname = "greedy"\npattern = "Kritik kam.*"\n', encoding="utf-8")

    done = run("rules", "test", quiz, "--on", folder, cwd=tmp_path)

    assert done.returncode == 0
    assert "3 of them look like text of an article" in done.stdout


def test_rules_are_tried_on_the_archive_as_it_stands(workbench: Workbench, tmp_path: Path, quiz: Path) -> None:
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege") + "\nZur Tombola der Woche\n")
    workbench.ingest()

    done = in_archive(workbench, "rules", "test", str(quiz))
    none = in_archive(workbench, "rules", "test", str(quiz), "--articles", "0")

    assert "takes 1 span, 4 words in 1 of 1 article" in done.stdout
    assert "takes" not in none.stdout


def test_the_rules_of_a_configuration_are_tried_on_their_own_source(workbench: Workbench) -> None:
    config = workbench.archive.config_file
    rules = config.read_text(encoding="utf-8") + '\n[[source.rule]]\nname = "quiz"\npattern = "Zur Tombola.*"\n'
    config.write_text(
        rules + '\n[[source]]\nname = "other"\npath = "none"\n[[source.rule]]\nname = "der"\npattern = "D.*"\n'
    )
    workbench.put("a.txt", news("Rat berät über Radwege", "Radwege") + "\nZur Tombola der Woche\n")
    workbench.ingest()

    done = in_archive(workbench, "rules", "test", "backfile.toml")

    assert in_archive(workbench, "diff", "pile/a.txt").stdout.count("[quiz/1, boilerplate]") == 1
    assert "takes 1 span, 4 words in 1 of 1 article" in done.stdout
    assert done.stdout.rstrip().endswith("(no examples: say what it matches and spares)")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[[rule]]\n", "name"),
        (b'[[rule]]\nname = "a"\npattern = "("\n', "no RE2 expression"),
        (b'[[rule]]\nname = "a"\npattern = "x"\nwher = "tail"\n', "unknown key"),
        (b'rules = 1\n', "unknown key 'rules'"),
        (b"rule = [1]\n", "[[rule]]"),
        (b"", "no rule in it"),
        (b"\xff", "utf-8"),
        (b"[[", "quiz.toml"),
        (b"#" * 2_000_000, "no file of rules is so large"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_rules_is_wrong_use_and_says_why(quiz: Path, content: bytes, told: str) -> None:
    quiz.write_bytes(content)

    with pytest.raises(WrongUse, match=re.escape(told)):
        rules_test._groups(quiz)


def test_a_file_that_cannot_be_used_ends_with_2(quiz: Path, tmp_path: Path) -> None:
    quiz.write_text("[[rule]]\n", encoding="utf-8")

    done = run("rules", "test", quiz, cwd=tmp_path)

    assert (done.returncode, "quiz.toml: rule[0]: name" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_of_the_package_pass_their_own_test(language: str) -> None:
    [(_, trials)] = rules_test._groups(Path(pattern.__file__).parent / "rules" / f"{language}.toml")

    assert [each.rule.id for each in trials.each if not each.holds] == []


def test_what_a_rule_took_is_put_back_where_it_stood() -> None:
    text = "One two. Three four. Five."
    removed = (
        Removal(0, 9, 21, text[9:21], "boilerplate", "quiz/1"),
        Removal(1, 0, 4, "Quiz", "boilerplate", "quiz/2"),
        Removal(2, 0, 5, "Foto:", "credit", "image-credit/1"),
    )
    body = (Span(0, 0, text[:9]), Span(0, 21, text[21:]), Span(2, 6, "x"))
    article = Article(id="t/1", source="t", uri="t", body=body, removed=removed)

    back = restored(article, {"quiz"})

    assert back.body == (Span(0, 0, text), Span(1, 0, "Quiz"), Span(2, 6, "x"))
    assert back.removed == removed[2:]


def test_the_counts_of_rules_agree_with_the_articles(ingested: Workbench) -> None:  # noqa: F811
    exported = [json.loads(line)["removed"] for line in in_archive(ingested, "export").stdout.splitlines()]
    every = [each for removed in exported for each in removed]

    table = {
        row["rule"]: row
        for row in map(json.loads, in_archive(ingested, "rules", "stats", "--json").stdout.splitlines())
    }
    readable = in_archive(ingested, "rules", "stats", "--source", "pile").stdout

    assert sum(row["spans"] for row in table.values()) == len(every)
    assert sum(row["words"] for row in table.values()) == sum(len(each["text"].split()) for each in every)
    assert {each["rule"] for each in every} == set(table)
    assert table["image-credit/1"]["example"] == "Foto: dpa"
    assert "image-credit/1" in readable


def test_an_article_counts_once_for_a_rule_that_took_two_lines() -> None:
    removed = tuple(Removal(n, 0, 11, "Zur Tombola", "boilerplate", "quiz/1") for n in range(2))
    article = Article(id="t/1", source="t", uri="t", body=(), removed=removed)

    taken = counted([article, article])["quiz/1"]

    assert (taken.articles, taken.spans, taken.words, taken.sources) == (2, 4, 8, {"t": 4})


def test_the_stats_of_an_unknown_source_end_with_2(ingested: Workbench) -> None:  # noqa: F811
    done = in_archive(ingested, "rules", "stats", "--source", "nobody")

    assert (done.returncode, "no source is named" in done.stderr) == (2, True)


def test_a_run_reports_what_each_rule_removed(workbench: Workbench) -> None:
    for n in range(3):
        workbench.put(f"{n}.txt", news(f"Rat {n} tagt", "Kitas") + "\nFoto: dpa\n")

    report = workbench.ingest()
    stats = [json.loads(line) for line in in_archive(workbench, "rules", "stats", "--json").stdout.splitlines()]

    assert dict(report.tally.removals) == {row["rule"]: row["spans"] for row in stats}
    assert report.to_json()["removals"] == dict(report.tally.removals.most_common())
