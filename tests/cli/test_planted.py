"""Nothing that was read takes control of where it is shown: every command, over an archive that is full of attempts."""

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from backfile.cli.main import backfile
from backfile.config import Archive
from tests.planted import FILE, WORDS, configuration, got_out, pile, plant

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUERY = "Brücke"
ECHO = WORDS.replace("=cmd", "nix:cmd")  # as a word of the command line, with a field that there is none of

# Every command of the command line, and what it is tried with; one that is missing fails.
# ID is an article's, A and B are files, CLOSED a port on which nobody listens.
CASES: dict[str, list[str]] = {
    "ingest": ["", "--json", "--check", "PILE", "ECHO"],
    "shard": ["", "--wait 0.1"],
    "watch": ["PILE/nothing", "--source ECHO"],
    "search": [
        "QUERY", "--json QUERY", "--csv QUERY", "--tsv QUERY", "-l QUERY", "-c QUERY", "--explain QUERY",
        "--all-text QUERY", "--all-copies --limit 40 QUERY", "ECHO", "--source ECHO QUERY",
        "--facets source,publisher,tag,lang QUERY",
        "--since ECHO QUERY", "--csv --explain QUERY", "--ECHO", "--fields ECHO QUERY",
    ],
    "like": ["ID", "--json ID", "--csv ID", "--tsv ID", "-l ID", "ECHO"],
    "why": ["ID QUERY", "--json ID QUERY", "ID ECHO", "ECHO QUERY"],
    "show": ["ID", "--json ID", "--explain ID", "--explain --json ID", "--copies ID", "--copies --json ID", "ECHO",
             "FILE"],
    "story": ["ID", "--diff ID", "--json ID", "ECHO"],
    "diff": ["ID", "-y ID", "--full ID", "--json ID", "--html - ID", "ECHO"],
    "clean": ["PILE", "--json PILE", "--diff PILE", "--all --json PILE", "ECHO", "--language ECHO PILE"],
    "stats": ["", "--json", "--by source", "--by rule", "--by publisher", "--by ECHO"],
    "export": ["", "--no-text", "--source ECHO"],
    "status": ["", "--json", "--problems", "--problems --json"],
    "source list": ["", "--json"],
    "source add": ["ECHO /x", "new ECHO", "newer /x --publisher ECHO", "newest /x --reader ECHO"],
    "source remove": ["ECHO"],
    "rules list": ["", "--json"],
    "rules test": ["CONFIG", "--json CONFIG", "CONFIG --on PILE", "ECHO"],
    "rules stats": ["", "--json"],
    "rules suggest": ["made", "made --json", "ECHO"],
    "rules accept": ["ECHO", "LEARNED"],
    "rules disable": ["ECHO", "mine --article ECHO", "mine --article ID"],
    "rules enable": ["ECHO", "mine --article ID"],
    "compare": ["ECHO", "HEAD PILE"],
    "forget": ["ID --dry-run", "--query QUERY --dry-run", "ECHO --yes", "ID --yes"],
    "index verify": ["", "--quick"],
    "index rebuild": [""],
    "index rollback": [""],
    "store copy": ["ECHO", "postgresql://nobody@127.0.0.1:9/ECHO", "sqlite"],
    "backup": ["SAVED", "ECHO/x"],
    "restore": ["SAVED --check", "ECHO", "PILE/export.jsonl"],
    "up": ["--port ECHO"],
    "deploy": ["", "--check", "--copy", "--pool ECHO"],
    "schedule list": ["", "--json"],
    "schedule add": ["ECHO", "daily --slug ECHO", "daily --timezone ECHO"],
    "schedule pause": ["ECHO"],
    "schedule resume": ["ECHO"],
    "schedule remove": ["ECHO"],
    "run": ["ingest", "ECHO"],
    "runs": ["", "--json"],
    "service install": ["--no-start", "--ECHO"],
    "service uninstall": ["", "ECHO"],
    "service status": ["", "ECHO"],
    "doctor": ["", "--json"],
}  # fmt: skip

TEXTS = {"show", "clean"}  # print an article's text, whose paragraphs are lines


@dataclass
class Bench:
    """The archive, its pile, and a copy of both for each command that changes them."""

    home: Path
    archive: Archive
    pile: Path
    article: str
    learned: str

    def words(self, command: str, case: str) -> list[str]:
        """The words of a case, with what they stand for."""
        known = {
            "ID": self.article, "QUERY": QUERY, "ECHO": ECHO, "PILE": str(self.pile), "LEARNED": self.learned,
            "CONFIG": str(self.archive.config_file), "SAVED": str(self.home / "saved"), "FILE": str(self.pile / FILE),
        }  # fmt: skip
        return [
            *command.split(),
            *(re.sub("|".join(known), lambda found: known[found.group()], word) for word in case.split()),
        ]

    def environment(self) -> dict[str, str]:
        """No server, no home but the test's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BACKFILE_"))}
        return kept | {
            "PYTHONPATH": str(ROOT), "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"), "PREFECT_API_URL": "http://127.0.0.1:9/api", "TERM": "xterm",
            "PREFECT_HOME": str(self.home / "prefect"), "COLUMNS": "100",
        }  # fmt: skip

    def command(self, words: list[str]) -> list[str]:
        """The words for the system."""
        return [sys.executable, "-m", "backfile", "--archive", str(self.archive.directory), *words]

    def piped(self, words: list[str]) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        done = subprocess.run(
            self.command(words), cwd=self.home, env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def on_terminal(self, words: list[str]) -> str:
        """What a terminal is sent, both streams together."""
        reading, writing = pty.openpty()
        with subprocess.Popen(
            self.command(words), cwd=self.home, env=self.environment(), stdin=writing, stdout=writing, stderr=writing
        ) as process:
            os.close(writing)
            seen = b""
            until = time.monotonic() + 120
            while time.monotonic() < until:
                try:
                    block = os.read(reading, 1 << 16)
                except OSError:  # the other side is closed
                    break
                if not block:
                    break
                seen += block
            process.kill()
        os.close(reading)
        return seen.decode()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    home = tmp_path_factory.mktemp("planted")
    folder = pile(home / "pile \x1b[2J\u202e")
    archive = Archive(home / "archive")
    archive.directory.mkdir(mode=0o700)
    archive.config_file.write_text(configuration(folder), encoding="utf-8")
    made = Bench(home, archive, folder, "made/a0", "")
    code, out, err = made.piped(["ingest"])
    assert code == 3, out + err  # some of it cannot be read
    suggested = made.piped(["rules", "suggest", "made", "--json"])[1]
    made.learned = json.loads(suggested.splitlines()[0])["line"] if suggested else "line-1-0000000000000000"
    plant(archive)
    code, out, err = made.piped(["index", "rebuild"])
    assert code == 0, out + err
    assert (
        QUERY in made.piped(["search", "-l", QUERY, "--limit", "3"])[1] or made.piped(["search", "-c", QUERY])[0] == 0
    )
    return made


def leaves(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that can be typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*before, name))
        else:
            yield " ".join((*before, name))


def test_every_command_is_tried() -> None:
    assert sorted(CASES) == sorted(leaves(backfile))


@pytest.mark.parametrize("command", CASES)
def test_nothing_gets_out_into_a_pipe(bench: Bench, command: str, tmp_path: Path) -> None:
    for case in CASES[command]:
        changed = changing(bench, command, tmp_path, case)
        words = changed.words(command, case)
        code, out, err = changed.piped(words)

        assert got_out(out, has_text=command in TEXTS) == [], (command, case)
        assert got_out(err) == [], (command, case)
        assert "Traceback" not in err, (command, case)
        assert "our fault" not in err, (command, case, err)
        assert code in {0, 1, 2, 3, 4, 5}, (command, case)
        check_form(case, out)
        for log in (changed.archive.log_file, changed.home / "state" / "backfile" / "backfile.log"):
            if log.exists():
                assert got_out(log.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("command", CASES)
def test_nothing_gets_out_on_a_terminal(bench: Bench, command: str, tmp_path: Path) -> None:
    for case in CASES[command]:
        if "json" in case or "sv" in case:
            continue
        changed = changing(bench, command, tmp_path, case)
        seen = changed.on_terminal(changed.words(command, case))

        assert not re.search(r"\x1b\[[0-9;]*5m", seen), (command, case)  # the payload's colour
        ours = re.sub(r"\x1b\[(?:[0-9;]{0,16}m|\?25[hl]|K)", "", seen).replace("\r\n", "\n")
        bar = re.sub(r"\r[^\n]*", "", ours) if "%" in ours else ours
        assert got_out(bar, has_text=command in TEXTS) == [], (command, case)


def changing(bench: Bench, command: str, tmp_path: Path, case: str) -> Bench:
    """A copy for what changes the archive."""
    first = command.split(maxsplit=1)[0]
    if first not in {"forget", "source", "rules", "ingest", "schedule", "deploy"} or command.endswith(
        ("list", "stats")
    ):
        return bench
    copy = tmp_path / f"archive{abs(hash(case))}"
    shutil.copytree(bench.archive.directory, copy)
    return Bench(bench.home, Archive(copy), bench.pile, bench.article, bench.learned)


def check_form(case: str, out: str) -> None:
    """What is JSON, a table or a page is one, whatever is in it."""
    words = case.split()
    if "--json" in words:
        assert all(isinstance(json.loads(line), dict) for line in out.splitlines())
    for flag in ("--csv", "--tsv"):
        if flag in words:
            lines = csv.reader(io.StringIO(out)) if flag == "--csv" else (line.split("\t") for line in out.splitlines())
            rows = list(lines)
            assert len({len(row) for row in rows}) == 1
            texts = [cell for row in rows[1:] for whole in row for cell in whole.split(";")]
            assert [cell for cell in texts if re.match(r"[\s\"]*[=+\-@]", cell)] == []
    if "--html" in words:
        page = Page()
        page.feed(out)
        assert page.loads == []


class Page(HTMLParser):
    """What a page would load or run, and where it leads but to the article's own address."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is none of ours."""
        self.loads += [tag] if tag in {"img", "script", "link", "iframe", "object", "b"} else []
        for name, value in attrs:
            if name.startswith("on") or name == "src" or (name == "href" and not (value or "").startswith("http")):
                self.loads.append(f"{name}={value}")
