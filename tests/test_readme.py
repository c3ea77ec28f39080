"""The documents show what really comes out: each of their `backfile` commands is run on the samples and compared.

`python -m tests.test_readme` writes the outputs anew.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "article.md", ROOT / "docs" / "searching.md")
COLUMNS = "96"
BLOCK = re.compile(r"```console\n(\$ backfile .*?)```", re.DOTALL)
TIME = re.compile(r"\(\d+\.\d s\)")


def steps(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block with the output that follows it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def shown(command: str, directory: Path) -> str:
    """What a command prints on a terminal without colour; paths of `directory` and times are taken out."""
    reader, writer = pty.openpty()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {"PATH": path, "COLUMNS": COLUMNS, "NO_COLOR": "1", "HOME": str(directory), "LANG": "C.UTF-8"}
    environment["BACKFILE_ARCHIVE"] = str(directory / "archive")
    environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    with subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=directory, env=environment, stdout=writer, stderr=subprocess.DEVNULL
    ) as process:
        os.close(writer)
        output = b"".join(iter(lambda: _read(reader), b""))
        process.wait(60)
    os.close(reader)
    text = output.decode().replace("\r\n", "\n").replace(f"{directory}/", "")
    return TIME.sub("(1.0 s)", "\n".join(line.rstrip() for line in text.splitlines()) + "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux: the other end is closed
        return b""


@pytest.fixture
def playground(tmp_path: Path) -> Path:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.name for document in DOCUMENTS])
def test_a_document_shows_what_its_commands_print(document: Path, playground: Path) -> None:
    blocks = BLOCK.findall(document.read_text(encoding="utf-8"))
    expected = [step for block in blocks for step in steps(block)]

    assert len(expected) >= 2
    assert [(command, shown(command, playground)) for command, _ in expected] == expected


def _rewritten(match: re.Match[str], directory: Path) -> str:
    inside = "".join(f"$ {command}\n{shown(command, directory)}" for command, _ in steps(match.group(1)))
    return f"```console\n{inside}```"


def _written_anew(document: Path) -> str:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "samples").symlink_to(ROOT / "samples")
        return BLOCK.sub(lambda match: _rewritten(match, Path(name)), document.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for each in DOCUMENTS:
        each.write_text(_written_anew(each), encoding="utf-8")
