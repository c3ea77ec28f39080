"""A small archive, a pile that changes, and runs of the real commands over it that something happens to.

A run is a process of its own, forked from this one so that it need not import everything again; it calls the entry
point of the command line. Batches are made small in it, so that few documents give many moments. What it acknowledged
it says in a file beside the archive: each id when the store's commit has returned, and again when the index's has.
"""

import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from backfile import config
from backfile.config import Archive
from backfile.errors import BackfileError
from backfile.pipeline import verifying
from backfile.store import open_store
from index.directory import open_reader
from index.search import search

# Everything that a run needs, imported before it is forked.
_ENTRY = importlib.import_module("backfile.cli.main")
for _name in ("ingest", "index", "search", "forget", "backup", "restore"):
    importlib.import_module(f"backfile.cli.{_name}")

_NONE: Mapping[str, str] = {}

WORDS = ("Radwege", "Kitas", "Brücken", "Schwimmbäder", "Buslinien", "Bäume", "Schulhöfe", "Laternen", "Museen")
TEXT = """{title}

Der Gemeinderat von Niederau hat am Abend über {word} beraten. Drei Fraktionen hatten eigene Anträge gestellt.

Bürgermeisterin Anke Sell sprach zu Punkt {number} von einem guten Tag. Die Opposition will den Beschluss prüfen.

Abonnieren Sie unseren Rundbrief aus Niederau
"""


def news(number: int, *, changed: bool = False) -> str:
    """An article of our own making; `w<number>` is in no other."""
    word = WORDS[number % len(WORDS)]
    return TEXT.format(title=f"Rat berät über {word}", word=f"{word} w{number}x", number=f"{number}{'a' * changed}")


def record(number: int, *, changed: bool = False) -> str:
    """A line of an export."""
    return json.dumps({"id": number, "title": f"Meldung {number}", "text": news(number, changed=changed)})


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    code: int  # of the last command; 128 + signal when it was killed
    said: str  # on stderr


@dataclass(frozen=True, slots=True)
class Known:
    """What an archive has: id → digest of its words."""

    articles: Mapping[str, str]


class Winding(Protocol):
    """What counts the moments of a run."""

    moments: list[str]

    def wind(self) -> None:
        """Begin."""

    def tick(self, what: str) -> None:
        """A moment has come."""


class Stage:
    """A directory with a pile, an archive, and what was acknowledged."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.pile = directory / "pile"
        self.archive = Archive(directory / "archive")
        self.acknowledged = directory / "acknowledged"
        self.backup = directory / "backup.tar.zst"

    def copy(self, directory: Path) -> "Stage":
        """The same somewhere else; the pile stays where it is, as it is only read."""
        directory.mkdir(parents=True, exist_ok=True)
        if self.archive.directory.exists():
            shutil.copytree(self.archive.directory, directory / "archive")
        if self.backup.exists():
            shutil.copy(self.backup, directory)
        (directory / "acknowledged").write_text("", encoding="utf-8")
        made = Stage(directory)
        made.pile = self.pile
        return made

    def begin(self) -> None:
        """An archive of a first state of the pile, ingested; then the pile as it is for the run that is looked at."""
        self.pile.mkdir(parents=True)
        self.archive.directory.mkdir()
        self.archive.config_file.write_text(config.FRESH, encoding="utf-8")
        config.add_source(self.archive, "pile", str(self.pile))
        for number in range(8):
            (self.pile / f"{number}.txt").write_text(news(number), encoding="utf-8")
        (self.pile / "export.jsonl").write_text("\n".join(map(record, range(100, 112))) + "\n", encoding="utf-8")
        ended = self.run(["ingest"])
        assert ended == Ended(0, ""), ended
        self.change()

    def change(self) -> None:
        """New, changed, moved and vanished files; an export with lines changed and added."""
        for number in range(20, 26):
            (self.pile / f"{number}.txt").write_text(news(number), encoding="utf-8")
        for number in (1, 2):
            (self.pile / f"{number}.txt").write_text(news(number, changed=True), encoding="utf-8")
        (self.pile / "3.txt").unlink()
        (self.pile / "moved").mkdir()
        (self.pile / "4.txt").rename(self.pile / "moved" / "4.txt")
        lines = [record(number, changed=number == 105) for number in range(100, 118)]
        (self.pile / "export.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(
        self,
        *commands: Sequence[str],
        clock: "Winding | None" = None,
        noted: Path | None = None,
        first: Callable[[], None] = lambda: None,
        meanwhile: Callable[[int], None] = lambda _: None,
    ) -> Ended:
        """Commands one after the other in one new process, which calls `first`, with a clock running.

        Its moments are noted in a file; `meanwhile` is called in this process with the number of that one.
        """
        said = self.directory.parent / f"{self.directory.name}.said"
        child = os.fork()
        if child == 0:
            self._act(commands, said, clock, noted, first)
        meanwhile(child)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        return Ended(code if code >= 0 else 128 - code, said.read_text(encoding="utf-8"))

    def _act(
        self,
        commands: Sequence[Sequence[str]],
        said: Path,
        clock: "Winding | None",
        noted: Path | None,
        first: Callable[[], None],
    ) -> None:
        """The new process: never returns."""
        code = 70
        try:
            errors = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(errors, 2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            first()
            if clock:
                clock.wind()
            code = perform(self, commands, clock.tick if clock else lambda _: None)
            if clock and noted:
                noted.write_text("\n".join(clock.moments), encoding="utf-8")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 70
        except BaseException as error:  # noqa: BLE001  (it must not come back as a second of us)
            os.write(2, f"Traceback: {error!r}\n".encode())
        finally:
            os._exit(code)

    def known(self) -> Known:
        """What the store has."""
        with closing(open_store(self.archive.store_file)) as store:
            return Known({each.article.id: each.article.content_hash for each in store.articles()})

    def indexed(self) -> list[str]:
        """The ids of what a search finds by a word that all have, as often as it finds them, in order."""
        with open_reader(self.archive.index_directory) as index:
            found = search(index, "Niederau", limit=1_000, now=date(2026, 1, 1), all_copies=True)
            return sorted(hit.id for hit in found.hits)


def perform(stage: Stage, commands: Sequence[Sequence[str]], told: Callable[[str], None] = lambda _: None) -> int:
    """Run commands of the command line in this process; the exit code of the last, or of the first that fails."""
    make_small()
    out = os.open(stage.acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    acknowledge_to(out, told)
    code = 0
    for words in commands:
        sys.argv = ["backfile", "--archive", str(stage.archive.directory), *words]
        code = _ENTRY._run()  # noqa: SLF001  (what `main` does, without leaving)
        if code not in {0, 3}:
            break
        _say(out, [f"ended {words[0]}"])
        told("acknowledged")
    return code


def make_small() -> None:
    """Batches of few documents, segments of few postings: what takes 10,000 articles happens with thirty."""
    from backfile.pipeline import builders, chunks, filling  # noqa: PLC0415
    from index import whoosh, whoosh_files  # noqa: PLC0415

    for module, name, value in (
        (chunks, "CHUNK_DOCUMENTS", 5),
        (filling, "COMMIT", 6),
        (builders, "WORTH", 3),
        (whoosh, "POOL_LIMIT", 600),
        (whoosh_files, "_MAX_SEGMENTS", 4),
        (whoosh_files, "_MERGE_AT_ONCE", 3),
    ):
        assert hasattr(module, name), f"{module.__name__} has no {name} any more"
        setattr(module, name, value)


def acknowledge_to(out: int, told: Callable[[str], None] = lambda _: None) -> None:
    """Have what was committed written down, one line an article, after the commit has returned."""
    from backfile.store import Portion, Store, Written  # noqa: PLC0415

    write, mark, forget = Store.write, Store.mark_indexed, Store.forget

    def written(self: Store, portions: Sequence[Portion], **rest: object) -> Written:
        done = write(self, portions, **rest)  # type: ignore[arg-type]
        stored = [article for portion in portions for each in portion.outcomes for article in each.articles]
        _say(out, [f"stored {article.content_hash} {article.id}" for article in stored])
        told("acknowledged")
        return done

    def marked(
        self: Store, stored: Sequence[object], forgotten: Sequence[str] = (), refused: Mapping[str, str] = _NONE
    ) -> dict[str, str]:
        failed = mark(self, stored, forgotten, refused)  # type: ignore[arg-type]
        lines = [f"indexed - {each.id}" for each in stored]  # type: ignore[attr-defined]
        _say(out, [*lines, *(f"withdrawn - {name}" for name in forgotten), "committed"])
        told("acknowledged")
        return failed

    def forgot(self: Store, ids: Sequence[str]) -> int:
        count = forget(self, ids)
        _say(out, [f"forgotten - {name}" for name in ids])
        told("acknowledged")
        return count

    Store.write, Store.mark_indexed, Store.forget = written, marked, forgot  # type: ignore[method-assign, assignment]


def _say(out: int, lines: Sequence[str]) -> None:
    if lines:
        os.write(out, "".join(f"{line}\n" for line in lines).encode())


class Acknowledged:
    """What a run has said until it ended."""

    def __init__(self, said: str) -> None:
        lines = [tuple(line.split(" ", 2)) for line in said.splitlines()]
        self.stored = {line[2]: line[1] for line in lines if line[0] == "stored"}  # id → digest, of the last time
        self.indexed = {line[2] for line in lines if line[0] == "indexed"}
        self.forgotten = {line[2] for line in lines if line[0] == "forgotten"}
        self.ended = [line[1] for line in lines if line[0] == "ended"]  # commands


def losses(
    stage: Stage, before: Known, due: Known, acknowledged: Acknowledged, again: Sequence[str] = ("ingest",)
) -> list[str]:
    """What is not as promised after something happened: as it lies there, and after the next run.

    Args:
        stage: where it happened.
        before: what the archive had before the run.
        due: what it has after a run that nothing happened to.
        acknowledged: what the run said until then.
        again: the next run.
    """
    return lost(stage, before, acknowledged) + carried_on(stage, due, again)


def lost(stage: Stage, before: Known, acknowledged: Acknowledged) -> list[str]:
    """What is not as promised, as it lies there."""
    found: list[str] = []
    stored = before.articles.keys() | acknowledged.stored
    indexed = before.articles.keys() | acknowledged.indexed
    try:
        there = stage.known().articles if stored else {}
        found += [f"lost from the store: {name}" for name in stored - there.keys()]
        for name, digest in acknowledged.stored.items():
            if there.get(name) == before.articles.get(name, "") != digest:
                found.append(f"in the store as it was before: {name}")
        known = stage.indexed() if indexed else []
        found += [f"not found by a search: {name}" for name in indexed - set(known)]
        found += [f"found {known.count(name)} times: {name}" for name in sorted({*known}) if known.count(name) > 1]
        found += [f"found, and not in the store: {name}" for name in set(known) - there.keys()]
    except BackfileError as error:
        found.append(f"cannot be read before the next run: {error}")
    return found


def carried_on(stage: Stage, due: Known, again: Sequence[str] = ("ingest",)) -> list[str]:
    """What is not as it should be after the next run."""
    ended = stage.run(again)
    found = [] if ended == Ended(0, "") else [f"the next run ended with {ended.code}: {ended.said}"]
    return found + mended(stage, due)


def mended(stage: Stage, due: Known) -> list[str]:
    """What is not as it should be after the run that carried on."""
    found: list[str] = []
    try:
        there = stage.known().articles
        if there != due.articles:
            differing = sorted({*there.items()} ^ {*due.articles.items()})
            found.append(f"the store differs: {differing[:6]}")
        if stage.indexed() != sorted(due.articles):
            found.append("a search finds others than the store has, or some twice")
        differences = verifying.verify(stage.archive)
        found += [*differences.damage, *differences.told]
        if differences.waiting:
            found.append(f"{differences.waiting} articles still wait")
    except BackfileError as error:
        found.append(f"cannot be read after the next run: {error}")
    return found
