"""Power cuts: what a whole run asked of the file system is recorded, and states that a cut may leave are made of it.

benchmarks/crash/unsynced.py says which, and after whom. States are tried at every acknowledgement and before every
sync, with all lost that was not synced, and at random moments with every kind of loss.
"""

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.crash.operations import NotRecorded, Operation, Said, Synced, Tree
from benchmarks.crash.recording import Watch, read
from benchmarks.crash.scenes import Scene
from benchmarks.crash.stage import Stage
from benchmarks.crash.unsynced import Disk, Loss, lay_out

State = tuple[int, Loss]  # after so many operations
_DRAWN = 4  # as many moments are drawn for one state, as most draws give one that was seen


class Recording:
    """A run of a scene, and what it asked for."""

    def __init__(self, scene: Scene, directory: Path, first: Callable[[], None] = lambda: None) -> None:
        stage = scene.begun.copy(directory / "recorded")
        self._root = stage.directory
        self._copy = directory / "as-it-began"
        shutil.copytree(self._root, self._copy)
        tree = Tree(self._root)
        watch = Watch(directory / "trace")

        def begin() -> None:
            watch.wait()
            first()

        ended = stage.run(*scene.commands(stage), first=begin, meanwhile=watch.begin)
        watch.end()
        assert ended.code == 0, ended
        self.operations: Sequence[Operation] = read(directory / "trace", tree, stage.acknowledged)
        self._compare()

    def begin(self) -> Disk:
        """The disk before the run."""
        return Disk(Tree(self._copy))

    def _compare(self) -> None:
        """Raises unless what was recorded makes what is there, byte for byte."""
        disk = self.begin()
        for each in self.operations:
            disk.do(each)
        made = disk.left(Loss.NOTHING, random.Random(0))
        there = {str(each.relative_to(self._root)): each for each in self._root.rglob("*")}
        for path in sorted(made.keys() ^ there.keys()):
            raise NotRecorded(f"{path} is on one side only")
        for path, content in made.items():
            known = not path.endswith("-shm") and path != "acknowledged" and there[path].is_file()
            if known and content != there[path].read_bytes():
                raise NotRecorded(f"{path} came out otherwise")

    def states(self, number: int, seed: int) -> list[State]:
        """So many states that differ in what is on disk or in what was said; fewer when there are no more."""
        draw = random.Random(seed)
        firm = {(n, Loss.ALL) for n, each in enumerate(self.operations, 1) if isinstance(each, Said)}
        firm |= {(n, Loss.ALL) for n, each in enumerate(self.operations) if isinstance(each, Synced)}
        kinds = [each for each in Loss if each is not Loss.NOTHING]
        drawn = {(draw.randint(0, len(self.operations)), draw.choice(kinds)) for _ in range(_DRAWN * number)}
        distinct: dict[str, State] = {}
        for state, found, said in self.play(sorted(firm | drawn, key=_order), seed):
            distinct.setdefault(_digest(found, said), state)
        chosen = set(distinct.values())
        kept = sorted(chosen & firm, key=_order)
        if len(kept) > number * 2 // 3:
            kept = draw.sample(kept, number * 2 // 3)
        rest = sorted(chosen - set(kept) - firm, key=_order)
        kept += draw.sample(rest, min(len(rest), number - len(kept)))
        return sorted(kept, key=_order)

    def play(self, states: Sequence[State], seed: int) -> Iterator[tuple[State, dict[str, bytes | None], str]]:
        """Each state, what is on disk in it, and what had been said; the states in order."""
        disk, done = self.begin(), 0
        for at, loss in states:
            for operation in self.operations[done:at]:
                disk.do(operation)
            done = at
            yield (at, loss), disk.left(loss, random.Random(f"{seed} {at} {loss.name}")), "".join(disk.said)


def sweep(scene: Scene, number: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """For each state that a power cut may have left: which it was, and what was lost."""
    recording = Recording(scene, scene.directory)
    for (at, loss), found, said in recording.play(recording.states(number, seed), seed):
        yield f"after operation {at} of {len(recording.operations)}, {loss.value}", _lost(scene, found, said)


def weakened(scene: Scene, number: int, weaken: Callable[[], None]) -> Iterator[tuple[str, list[str]]]:
    """As `sweep`, of a run that was weakened: at its acknowledgements, the last first, until something is lost."""
    recording = Recording(scene, scene.directory, weaken)
    said_at = [(n, Loss.ALL) for n, each in enumerate(recording.operations, 1) if isinstance(each, Said)]
    for (at, _), found, said in reversed([*recording.play(said_at[-number:], 0)]):
        lost = _lost(scene, found, said)
        yield f"after operation {at} of {len(recording.operations)}", lost
        if lost:
            return


def _lost(scene: Scene, found: dict[str, bytes | None], said: str) -> list[str]:
    struck = laid_out(scene, found)
    lost = scene.faults(struck, said)
    shutil.rmtree(struck.directory)
    return lost


def laid_out(scene: Scene, found: dict[str, bytes | None]) -> Stage:
    """A stage with what was found on disk."""
    directory = scene.directory / "struck"
    lay_out(directory, found)
    struck = Stage(directory)
    struck.pile = scene.begun.pile
    return struck


def _order(state: State) -> tuple[int, str]:
    return state[0], state[1].name


def _digest(found: dict[str, bytes | None], said: str) -> str:
    total = hashlib.sha256(said.encode())
    for path, content in found.items():
        total.update(f"{path}\0{-1 if content is None else len(content)}\0".encode())
        total.update(content or b"")
    return total.hexdigest()
