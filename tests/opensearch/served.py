"""An archive whose index lies on servers, and the commands that people type."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import news

ROOT = Path(__file__).parents[2]
# Of different things, so that none is a copy of another.
SUBJECTS = ("Radwege", "Schulbusse", "Feuerwehr", "Haushalt", "Freibad", "Windräder", "Marktplatz", "Bücherei")


@dataclass
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    error: str


@dataclass
class Served:
    """An archive with its pile of news, one article for each subject, each of another month."""

    folder: Path
    section: dict[str, object]
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.archive = self.folder / "archive"
        self.archive.mkdir(mode=0o700, parents=True)
        self.pile = self.folder / "pile"
        self.pile.mkdir()
        for number, subject in enumerate(SUBJECTS, 1):
            page = f"<html><head><meta property='article:published_time' content='2025-{number:02}-03'></head><body>"
            words = " ".join(f"{subject} {subject[::-1]}{count}" for count in range(40))
            text = news(f"Rat berät über {subject}", subject).replace("\n\n", "</p><p>")
            (self.pile / f"{number}.html").write_text(f"{page}<article><p>{text}</p><p>{words}.</p></article>", "utf-8")
        self.configure()

    def configure(self, **section: object) -> None:
        """Writes the configuration, with some keys of `[opensearch]` changed."""
        self.section |= section
        lines = [f"{key} = {json.dumps(value)}" for key, value in self.section.items()]
        source = ["[[source]]", 'name = "pile"', f"path = {json.dumps(str(self.pile))}"]
        text = "\n".join(["[archive]", 'engine = "opensearch"', "[opensearch]", *lines, *source])
        (self.archive / "backfile.toml").write_text(text, encoding="utf-8")

    def run(self, *words: str, code: int | None = 0) -> Said:
        """What a command said; it must end with `code`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFILE_")}
        environment = {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **self.environment}
        command = [sys.executable, "-m", "backfile", "--archive", str(self.archive), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert code in {done.returncode, None}, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Said(done.returncode, done.stdout, done.stderr)

    def search(self, *words: str, code: int | None = 0) -> set[str]:
        """The ids that are found."""
        return set(self.run("search", "-l", "--limit", "100", *words, code=code).out.split())

    def log(self) -> str:
        """What stands in the archive's log."""
        file = self.archive / "backfile.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""


def ids(numbers: Iterable[int]) -> set[str]:
    """Of the articles with these numbers."""
    return {f"pile/{number}.html" for number in numbers}
