"""Patterns that people write run in linear time, whatever they are matched with: no engine that backtracks sees them.

An engine that does needs longer than the age of the universe for these; with one that does not, all of them together
take a second. So a hang is what fails here: each case runs in a process that is given a minute of CPU.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from backfile.config import Source
from backfile.pipeline.places import places

ROOT = Path(__file__).parents[1]
CPU_SECONDS = 60
LONG = "a" * 250

# Pattern and line: the shapes of OWASP's list and of CVEs, each exponential or of a high power when backtracked.
SHAPES = {
    "nested plus": ("(a+)+b", LONG),
    "nested star": ("(a*)*b", LONG),
    "alternatives that overlap": ("(a|aa)+b", LONG),
    "an alternative that may be empty": ("(a|a?)+b", LONG),
    "many optional ones": ("a?" * 60 + "a" * 60 + "b", LONG),
    "three stars": (".*.*.*.*.*.*.*.*.*.*=b", LONG),
    "words with blanks": (r"^(\w+\s?)*$!", "word " * 50),
    "an address": (r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}b$", LONG + "!"),
    "counted": ("(a{1,30}){1,30}b", LONG),
}

RULE = """
from backfile.config import Source
from backfile.article import Document
from backfile.pipeline.cleaner import articles_of, cleaner_for
pattern, line = {shape!r}
table = {{"name": "mine", {key}}}
source = Source("made", "/made", rules=(table,))
prose = "Die alte Brücke in Musterburg wird gesperrt. Das teilte die Stadt am Montag mit."
text = "\\n\\n".join([prose, line, prose])
assert list(articles_of(Document("a", "", text=text), cleaner_for(source), "a"))
"""
KEYS = {
    "pattern": '"pattern": pattern',
    "all": '"all": [pattern], "where": "head"',
    "unless": '"pattern": "Niemals.*", "unless": [pattern]',
    "prefix": '"pattern": pattern, "part": "prefix"',
    "suffix": '"pattern": pattern, "part": "suffix"',
}
GLOB = """
import os
from pathlib import Path
from backfile.config import Source
from backfile.pipeline.places import places
Path({name!r}).mkdir(parents=True)
Path({name!r}, {name!r}).touch()
assert list(places(Source("made", os.path.abspath({glob!r})))) == []
"""
QUERY = """
from tests.fuzz.targets import TARGETS
TARGETS["query"]({query!r}.encode())
"""


def run(code: str, folder: Path) -> None:
    """The code in a process of its own, in a folder."""
    limit = (CPU_SECONDS, CPU_SECONDS)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, limit),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr or f"ended by signal {-done.returncode}: over {CPU_SECONDS} s of CPU"


@pytest.mark.parametrize("key", KEYS)
def test_the_patterns_of_a_rule_do_not_hang(key: str, tmp_path: Path) -> None:
    run("\n".join(RULE.format(shape=shape, key=KEYS[key]) for shape in SHAPES.values()), tmp_path)


@pytest.mark.parametrize("glob", ["*a" * 60 + "b", "**/" * 40 + "b", "**/*a*a*a*a*a*a*a*a*a*b", "?*" * 60 + "b"])
def test_the_globs_of_a_source_do_not_hang(glob: str, tmp_path: Path) -> None:
    run(GLOB.format(name=LONG, glob=glob), tmp_path)


@pytest.mark.parametrize(
    "query", ["a*" * 100, "*" * 4_000, "a~2 " * 200, "?" * 4_000, "(a*)*b " * 30, "a" * 3_000 + "*"]
)
def test_the_wildcards_of_a_query_do_not_hang(query: str, tmp_path: Path) -> None:
    run(QUERY.format(query=query), tmp_path)


def test_a_rule_that_is_tried_does_not_hang(tmp_path: Path) -> None:
    rules = "\n".join(
        f"[[rule]]\nname = 'r{number}'\npattern = '''{pattern}'''\nspares = ['{line}']\n"
        for number, (pattern, line) in enumerate(SHAPES.values())
    )
    (tmp_path / "mine.toml").write_text(rules)
    run(
        "import sys; sys.argv[1:] = ['rules', 'test', 'mine.toml']\nfrom backfile.cli.main import main; main()",
        tmp_path,
    )


def test_what_only_backtracking_can_do_is_refused(tmp_path: Path) -> None:
    """RE2 has no references and no look around; the error says so, and names the place."""
    (tmp_path / "mine.toml").write_text("[[rule]]\nname = 'r'\npattern = '''(a)\\\\1(?=b)'''\n")
    done = subprocess.run(
        [sys.executable, "-m", "backfile", "rules", "test", "mine.toml"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "mine.toml: rule[0]: pattern: " in done.stderr
    assert "is no RE2 expression" in done.stderr


def test_a_name_that_is_no_utf_8_is_matched_sign_by_sign(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).touch()
    (tmp_path / "café.txt").touch()

    found = [each.shown for each in places(Source("made", f"{tmp_path}/caf?.t*"))]

    assert [Path(each).name for each in found] == ["café.txt", r"caf\xe9.txt"]
