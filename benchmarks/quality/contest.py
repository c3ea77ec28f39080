"""One contestant on one set: its texts, and the CPU time they took."""

import json
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from benchmarks.quality import peers
from benchmarks.quality.labelled import LabelledSet, Row

ROOT = Path(__file__).parents[2]
OURS = "backfile"
_SUFFIX = re.compile(r"\.(?:html?|txt|eml|json)?$")
_FILE_NAME = re.compile(r"[\w.-]{1,200}", re.ASCII)
_SENTENCE = "The council of Sampleton met on Tuesday night and decided to repair the old bridge in spring."
# What a call costs before its documents: one short file of the same format, so that the same libraries are loaded.
_TINY = {
    "lines": ("tiny.txt", f"Council meets\n\n{_SENTENCE}\n"),
    "pages": ("tiny.html", f"<html><title>Council meets</title><article><p>{_SENTENCE}</p></article></html>"),
}


@dataclass(frozen=True)
class Result:
    """What a contestant made of a set."""

    name: str
    texts: dict[str, str]  # id → text; a missing one counts as empty
    seconds: float  # of CPU


def contents(labelled: LabelledSet) -> list[tuple[Row, str]]:
    """Each row with its document: the page decoded, or the lines joined."""
    if labelled.kind == "lines":
        return [(row, "\n".join(row["lines"])) for row in labelled.rows]
    from trafilatura.utils import decode_file  # noqa: PLC0415  # slow

    return [(row, decode_file(labelled.page(row))) for row in labelled.rows]


def ours(labelled: LabelledSet) -> Result:
    """What `backfile clean` makes of the set in one call, as a user would say it: pages as saved, lines as text files.

    Its time is that of the process and its children, without what a call for one short file takes. The title is put
    before the text of a lines set, whose lines include it.
    """
    with tempfile.TemporaryDirectory(prefix="backfile-quality-") as name:
        file, content = _TINY["lines" if labelled.kind == "lines" else "pages"]
        tiny = Path(name) / file
        tiny.write_text(content, encoding="utf-8")
        names = {str(row["id"]): str(row["id"]) for row in labelled.rows}
        folder = labelled.folder
        if labelled.kind == "lines":
            folder = Path(name) / "set"
            names = _written(labelled, folder)
        _, start = _cleaned(tiny)
        stdout, seconds = _cleaned(folder)
    return Result(OURS, _texts(stdout, names, titled=labelled.kind == "lines"), max(seconds - start, 0.0))


def theirs(labelled: LabelledSet, peer: peers.Peer) -> Result:
    """What a peer makes of the set. Its time is without reading and decoding; the first document warms it up."""
    documents = contents(labelled)
    with offline():
        list(peer.run(labelled, documents[:1]))
    begun = time.process_time()
    with offline():
        texts = list(peer.run(labelled, documents))
    seconds = time.process_time() - begun
    return Result(peer.name, {row["id"]: text for (row, _), text in zip(documents, texts, strict=True)}, seconds)


@contextmanager
def offline() -> Iterator[None]:
    """No host is found by its name: a peer that would fetch what a page names, as newspaper its images, does not."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("a benchmark reaches no network")

    resolve = socket.getaddrinfo
    socket.getaddrinfo = refuse
    try:
        yield
    finally:
        socket.getaddrinfo = resolve


def _written(labelled: LabelledSet, folder: Path) -> dict[str, str]:
    """File name without suffix → id, after each document was written as a text file; odd ids give way to numbers."""
    folder.mkdir()
    names = {}
    for number, row in enumerate(labelled.rows):
        stem = row["id"] if _FILE_NAME.fullmatch(row["id"]) else f"document-{number}"
        names[stem] = row["id"]
        text = "\n".join(row["lines"]) + "\n"
        (folder / f"{stem}.txt").write_text(text, encoding="utf-8", errors="surrogatepass")
    return names


def _cleaned(path: Path) -> tuple[str, float]:
    """The output of `backfile clean PATH --json`, and the CPU seconds of the process. What it rejects is no failure."""
    command = [sys.executable, "-m", "backfile", "clean", str(path), "--json"]
    before = _children()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode not in {0, 3}:
        raise ChildProcessError(f"backfile clean {path} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout, _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _texts(stdout: str, names: dict[str, str], *, titled: bool) -> dict[str, str]:
    """Id → text; the articles of a digest are joined."""
    found: dict[str, list[str]] = {}
    for line in stdout.splitlines():
        article = json.loads(line)
        name = Path(article["uri"].partition("#")[0]).name.removesuffix(".gz")
        if (stem := _SUFFIX.sub("", name)) in names:
            parts = [article["title"], article["text"]] if titled else [article["text"]]
            found.setdefault(names[stem], []).extend(filter(None, parts))
    return {each: "\n\n".join(parts) for each, parts in found.items()}
