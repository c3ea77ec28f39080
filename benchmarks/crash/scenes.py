"""What is struck: commands over an archive, and what must hold wherever they were stopped."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from backfile.errors import BackfileError
from backfile.pipeline import backup
from backfile.store import open_store
from benchmarks.crash.stage import Acknowledged, Ended, Known, Stage, carried_on, losses, lost

NOTHING = Known({})


class Scene:
    """An archive that an ingest is due for, and an ingest and a rebuild of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.begun = Stage(directory / "begun")
        self.begun.begin()
        self.before = self.begun.known()
        whole = self.begun.copy(directory / "whole")
        ended = whole.run(["ingest"])
        assert ended == Ended(0, ""), ended
        self.due = whole.known()
        self.prepare(whole)

    def prepare(self, whole: Stage) -> None:
        """Make `begun` what is struck; `whole` has taken in everything."""
        shutil.rmtree(whole.directory)

    def commands(self, stage: Stage) -> Sequence[Sequence[str]]:
        """What is run on a copy of `begun`."""
        del stage
        return ["ingest"], ["index", "rebuild"]

    def faults(self, struck: Stage, said: str) -> list[str]:
        """What is not as promised where a run was stopped after it had said so much."""
        return losses(struck, self.before, self.due, Acknowledged(said))


class First(Scene):
    """A pile of which the first ingest makes an archive."""

    def prepare(self, whole: Stage) -> None:
        """No archive is there."""
        super().prepare(whole)
        shutil.rmtree(self.begun.archive.directory)
        first = self.begun.copy(self.directory / "first")
        ended = first.run(*self.commands(first))
        assert ended.code == 0, ended
        self.due = first.known()

    def commands(self, stage: Stage) -> Sequence[Sequence[str]]:
        """The pile is named, as there is no source yet."""
        return (["ingest", str(stage.pile)],)

    def faults(self, struck: Stage, said: str) -> list[str]:
        """The same command is the next run."""
        return losses(struck, NOTHING, self.due, Acknowledged(said), self.commands(struck)[0])


class Forget(Scene):
    """An archive out of which articles are taken for good: one from a file of its own, one of an export."""

    WORDS = (b"w20x", b"w107x")  # of no other article

    def prepare(self, whole: Stage) -> None:
        """The archive has everything; what it has without the articles is found out."""
        self.begun = whole
        names = [name for name in self.due.articles if name.endswith(("/20.txt", "/107"))]
        assert len(names) == len(self.WORDS), self.due
        self.names = sorted(names)
        without = whole.copy(self.directory / "without")
        ended = without.run(*self.commands(without), ["ingest"])
        assert ended == Ended(0, ""), ended
        self.left = without.known()

    def commands(self, stage: Stage) -> Sequence[Sequence[str]]:
        """Both in one."""
        del stage
        return (["forget", "--yes", *self.names],)

    def faults(self, struck: Stage, said: str) -> list[str]:
        """All of them or none are gone, for good when that was said, and nothing else."""
        acknowledged = Acknowledged(said)
        due = self.due
        found = lost(struck, Known({name: due.articles[name] for name in self.left.articles}), acknowledged)
        found = [each for each in found if not each.startswith("found, and not in the store")]  # until the next run
        there = [name for name in self.names if name in struck.known().articles]
        if there and acknowledged.forgotten:
            found.append(f"forgotten, and there again: {there}")
        if there not in ([], self.names):
            found.append(f"half forgotten: {there} are there")
        if there:
            return found + carried_on(struck, due)
        return found + carried_on(struck, self.left) + self._words(struck)

    def _words(self, struck: Stage) -> list[str]:
        with closing(open_store(struck.archive.store_file)) as store:
            found = ["the words are still to be taken out"] if store.has_unpurged() else []
        files = [each for each in struck.archive.directory.rglob("*") if each.is_file()]
        holding = [each.name for each in files if any(word in each.read_bytes() for word in self.WORDS)]
        return found + [f"words that were forgotten are in {name}" for name in holding]


class BackUp(Scene):
    """An archive of which there is a backup, which a newer one replaces."""

    def prepare(self, whole: Stage) -> None:
        """The older one is made of the archive as it was."""
        ended = self.begun.run(["backup", str(whole.backup)])
        assert ended == Ended(0, ""), ended
        self.begun = whole

    def commands(self, stage: Stage) -> Sequence[Sequence[str]]:
        """In place of the older one."""
        return (["backup", str(stage.backup)],)

    def faults(self, struck: Stage, said: str) -> list[str]:
        """There is always a whole one, the new one when that was said; nothing is left over after the next."""
        acknowledged = Acknowledged(said)
        found = losses(struck, self.due, self.due, acknowledged)
        found += _no_backup(struck.backup, [self.due] if acknowledged.ended else [self.before, self.due])
        ended = struck.run(*self.commands(struck))
        if ended != Ended(0, ""):
            found.append(f"the next backup ended with {ended.code}: {ended.said}")
        found += _no_backup(struck.backup, [self.due])
        return found + [f"left over: {each.name}" for each in struck.directory.glob(".backup*")]


def _no_backup(file: Path, due: Sequence[Known]) -> list[str]:
    try:
        number = backup.check(file).articles
    except (BackfileError, OSError) as error:
        return [f"no backup: {error}"]
    return [] if number in {len(each.articles) for each in due} else [f"a backup of {number} articles"]


class Restore(BackUp):
    """An archive that is made of a backup, where none is."""

    def prepare(self, whole: Stage) -> None:
        """Nothing but the backup."""
        super().prepare(whole)
        shutil.rmtree(whole.archive.directory)

    def commands(self, stage: Stage) -> Sequence[Sequence[str]]:
        """Where none is; the index is left to the next ingest."""
        return (["restore", "--no-index", str(stage.backup)],)

    def faults(self, struck: Stage, said: str) -> list[str]:
        """It is there when that was said; it is whole when it is there, and else it can be said again."""
        if not struck.archive.directory.exists():
            if Acknowledged(said).ended:
                return ["restored, and not there"]
            ended = struck.run(*self.commands(struck))
            if ended.code:
                return [f"the next restore ended with {ended.code}: {ended.said}"]
            if left := _left_over(struck):
                return left
        found = [] if struck.known() == self.before else ["there, and not what is in the backup"]
        return found + carried_on(struck, self.due)


class Replace(BackUp):
    """An archive that is put aside for one that is made of a backup."""

    def commands(self, stage: Stage) -> Sequence[Sequence[str]]:
        """In place of the archive."""
        return (["restore", "--replace", str(stage.backup)],)

    def faults(self, struck: Stage, said: str) -> list[str]:
        """Either archive is there, whole; the restored one when that was said, and then the old one beside."""
        try:
            there = struck.known()
        except BackfileError as error:
            return [f"no archive: {error}"]
        found = [] if there in (self.before, self.due) else ["neither the old archive nor the restored one"]
        if Acknowledged(said).ended:
            found += [] if there == self.before else ["restored, and the old one is there"]
            aside = [Stage(each) for each in struck.directory.glob("archive.replaced-*")]
            found += [] if len(aside) == 1 else ["the old archive is not beside"]
        found += losses(struck, there, self.due, Acknowledged(""))
        ended = struck.run(*self.commands(struck))
        if ended.code:
            found.append(f"the next restore ended with {ended.code}: {ended.said}")
        return found + _left_over(struck)


def _left_over(struck: Stage) -> list[str]:
    return [f"left over: {each.name}" for each in struck.directory.glob(".backfile-restoring-*")]


SCENES: dict[str, Callable[[Path], Scene]] = {
    "run": Scene,
    "first": First,
    "forget": Forget,
    "backup": BackUp,
    "restore": Restore,
    "replace": Replace,
}
