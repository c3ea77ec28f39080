"""`compare --since` shows what a change of the rules changes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from backfile.pipeline.revisions import PACKAGES, Moved, compared
from tests.cli.test_commands import run
from tests.conftest import news

ROOT = Path(__file__).parents[2]
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def record(text: str, *removed: tuple[int, str, str], **fields: object) -> dict[str, Any]:
    taken = [
        {"line": line, "start": 0, "end": 9, "text": gone, "kind": "x", "rule": rule} for line, gone, rule in removed
    ]
    return {"uri": "a.txt", "text": text, "removed": taken, **fields}


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Backfile's source, somewhere else, with two articles to clean."""
    folder = tmp_path / "source"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "samples").mkdir()
    for name, line in (("a", "Zum Brückenquiz der Woche"), ("b", "Ende")):
        text = news("Rat berät über Radwege", name) + f"\n{line}\n"
        (folder / "samples" / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@needs_git
def test_a_rule_that_takes_more_shows_the_line_and_ends_with_1(copy: Path) -> None:
    git(copy, "init", "--quiet")
    git(copy, "add", ".")
    git(copy, "commit", "--quiet", "--message", "before")
    same = run("compare", "--since", "HEAD", cwd=copy)
    rules = copy / "transforms" / "rules" / "de.toml"
    table = '\n[[rule]]\nname = "newsletter-de"\nversion = 99\nkind = "boilerplate"\npattern = ["zum brückenquiz.*"]\n'
    text = rules.read_text(encoding="utf-8")
    at = text.index('name = "newsletter-de"')
    start, end = text.rindex("[[rule]]", 0, at), text.find("[[rule]]", at)
    rules.write_text(text[:start] + (text[end:] if end > 0 else "") + table, encoding="utf-8")

    changed = run("compare", "--since", "HEAD", cwd=copy)
    asked = run(
        "compare", "--since", "HEAD", "--json", str(copy / "samples" / "a.txt"), cwd=copy.parent, PYTHONPATH=str(copy)
    )

    assert (same.returncode, same.stdout) == (0, "")
    assert "0 of 2 articles come out otherwise than at HEAD" in same.stderr
    assert changed.returncode == 1
    assert "  - Zum Brückenquiz der Woche  [newsletter-de/99]" in changed.stdout.splitlines()
    assert "1 of 2 articles" in changed.stderr
    assert "newsletter-de/99 1" in changed.stderr
    [told] = map(json.loads, asked.stdout.splitlines())
    assert told["lines"] == [{"sign": "-", "text": "Zum Brückenquiz der Woche", "rule": "newsletter-de/99"}]


@needs_git
def test_an_unknown_revision_ends_with_2(copy: Path) -> None:
    git(copy, "init", "--quiet")

    done = [run("compare", f"--since={name}", cwd=copy) for name in ("HEAD", "--output=x", "none")]

    assert [(each.returncode, "no such revision" in each.stderr) for each in done] == [(2, True)] * 3
    assert not (copy / "x").exists()


def test_a_source_without_git_ends_with_2_and_says_so(copy: Path) -> None:
    done = run("compare", "--since", "HEAD", cwd=copy)

    assert (done.returncode, "does not run from a git checkout" in done.stderr) == (2, True)


def test_a_line_names_the_rule_that_takes_it_on_the_other_side() -> None:
    old = {"a": record("One.\n\nSign up.", (2, "Foto: x", "credit/1"))}
    new = {"a": record("One.\n\nFoto: x", (1, "Sign up.", "newsletter/2"))}

    [change] = compared(old, new, {}).changes

    assert set(change.lines) == {Moved("Sign up.", "-", "newsletter/2"), Moved("Foto: x", "+", "credit/1")}


def test_a_line_that_is_not_extracted_any_more_has_no_rule() -> None:
    [change] = compared({"a": record("One.\n\nTwo.")}, {"a": record("One.")}, {}).changes

    assert change.lines == (Moved("Two.", "-", ""),)


def test_a_part_of_a_line_names_its_rule() -> None:
    old, new = record("Berlin. – Rain fell."), record("Rain fell.", (0, "Berlin. – ", "dateline/2"))

    comparison = compared({"a": old}, {"a": new}, {})

    assert Moved("Berlin. – Rain fell.", "-", "dateline/2") in comparison.changes[0].lines
    assert comparison.removed_more == {"dateline/2": 1}


def test_a_word_that_is_removed_elsewhere_explains_no_line() -> None:
    old = record("One.\n\nThe word Berlin stands within.")

    [change] = compared({"a": old}, {"a": record("One.", (0, "Berlin", "dateline/2"))}, {}).changes

    assert change.lines == (Moved("The word Berlin stands within.", "-", ""),)


def test_a_line_that_another_rule_takes_and_a_field_that_differs_are_told() -> None:
    old = record("One.", (1, "Ada B.", "byline/1"), title="A")
    new = record("One.", (1, "Ada B.", "byline/3"), title="B")

    [change] = compared({"a": old}, {"a": new}, {}).changes

    assert (change.rules, change.fields) == ((("Ada B.", "byline/1", "byline/3"),), (("title", "A", "B"),))


def test_an_article_that_is_none_any_more_says_why() -> None:
    comparison = compared({"a": record("One.")}, {"b": record("One.")}, {"a": "not-article: error-page/1"})

    assert [(each.uri, each.kind, each.reason) for each in comparison.changes] == [
        ("a", "lost", "not-article: error-page/1"),
        ("b", "new", ""),
    ]
    assert comparison.articles == 2


def test_what_is_equal_is_no_change() -> None:
    assert compared({"a": record("One.")}, {"a": record("One.")}, {}).changes == ()
