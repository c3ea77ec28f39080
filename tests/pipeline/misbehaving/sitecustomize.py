"""Makes parsing misbehave as a document says; in the manner of the mock parser that Apache Tika tests itself with.

Python imports it at start when this folder comes first in $PYTHONPATH, as it does for workers of some tests and for
nothing else. A line `misbehave: reading hang` or `misbehave: cleaning exit` names the stage and what happens there.
"""

import ctypes
import importlib.abc
import importlib.machinery
import json
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

_SAID = re.compile(r"misbehave: (\w+) ([\w-]+)")
_REFUSED = os.environ.get("TEST_REFUSED", "")


def _hang() -> None:
    time.sleep(3600)


def _hang_asleep_in_c() -> None:
    ctypes.PyDLL(None).sleep(3600)  # keeps the interpreter's lock


def _backtrack() -> None:
    re.fullmatch(r"(a+)+b", "a" * 60)  # keeps the interpreter's lock, for some thousand years


def _eat() -> None:
    held = []
    while True:
        held.append(bytearray(b"x" * (16 << 20)))


def _eat_unlimited() -> None:
    """As where the system knows no limit of memory: macOS."""
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    held = []
    while True:
        held.append(bytearray(b"x" * (16 << 20)))
        time.sleep(0.02)


def _doze() -> None:
    """As if it took long, whatever else the machine has to do."""
    time.sleep(float(os.environ.get("TEST_DOZE", "0.3")))


def _exit() -> None:
    os._exit(3)


def _leave() -> None:
    sys.exit(0)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_once() -> None:
    _kill_times(1)


def _kill_twice() -> None:
    _kill_times(2)


def _kill_times(most: int) -> None:
    mark = os.open(os.environ["TEST_MARK"], os.O_CREAT | os.O_APPEND | os.O_RDWR)
    if os.fstat(mark).st_size < most:
        os.write(mark, b"x")
        _kill()


def _segfault() -> None:
    ctypes.string_at(0)


def _raise() -> None:
    raise RuntimeError("as it was told to")


def _recurse() -> None:
    _recurse()


def _babble() -> None:
    sys.stdout.write("no message of ours")
    sys.stdout.flush()
    os.write(1, b"nor this")


def _pretend_together() -> None:
    """As one that was taken over may: it says that it does several documents together, and goes."""
    from backfile.pipeline import wire  # noqa: PLC0415

    os.write(json.loads(sys.argv[1])["answers"], wire.framed(["together", 1]))
    os._exit(3)


_DEEDS: dict[str, Callable[[], None]] = {
    "hang": _hang,
    "hang-in-c": _hang_asleep_in_c,
    "backtrack": _backtrack,
    "doze": _doze,
    "eat": _eat,
    "eat-unlimited": _eat_unlimited,
    "exit": _exit,
    "leave": _leave,
    "kill": _kill,
    "kill-once": _kill_once,
    "kill-twice": _kill_twice,
    "segfault": _segfault,
    "raise": _raise,
    "recurse": _recurse,
    "babble": _babble,
    "pretend-together": _pretend_together,
}


def _obey(text: str, stage: str) -> None:
    for said, deed in _SAID.findall(text):
        if said == stage:
            _DEEDS[deed]()


def _misread(module: ModuleType) -> None:
    """Reading a record, or a whole text."""
    real = module.read

    def read(*arguments: Any) -> Iterator[Any]:
        for item in real(*arguments):
            _obey(getattr(item, "text", None) or "", "reading")
            yield item
            _obey(getattr(item, "text", None) or "", "between")

    module.read = read  # type: ignore[attr-defined]


def _misclean(module: ModuleType) -> None:
    real = module.extract

    def extract(document: Any) -> Any:
        if "TEST_FAULT" in os.environ:
            _raise()
        _obey(document.text or document.html or "", "cleaning")
        return real(document)

    module.extract = extract  # type: ignore[attr-defined]


def _misrule(module: ModuleType) -> None:
    """Cleaning, once it is extracted; that is all there is when something is cleaned again from the store."""
    real = module.begin

    def begin(extraction: Any, **told: Any) -> Any:
        _obey("\n".join(line.text for line in extraction.lines), "ruling")
        return real(extraction, **told)

    module.begin = begin  # type: ignore[attr-defined]


def _misbuild(module: ModuleType) -> None:
    """Analysis for the index is killed in the midst of a portion, as often as it is told to."""
    real = module.entries

    def entries(*arguments: Any) -> Iterator[Any]:
        for number, each in enumerate(real(*arguments)):
            if number == 1 and "TEST_KILLED_BUILDING" in os.environ:
                _kill_times(int(os.environ["TEST_KILLED_BUILDING"]))
            yield each

    module.entries = entries  # type: ignore[attr-defined]


def _refuse(module: ModuleType) -> None:
    """The system refuses these paths, as it would refuse them to anybody but root."""
    real = module.opened

    def opened(path: Any) -> Any:
        if os.fspath(path) in _REFUSED.split(os.pathsep):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    module.opened = opened  # type: ignore[attr-defined]


_CHANGED: dict[str, Callable[[ModuleType], None]] = {
    "backfile.readers.text": _misread,
    "backfile.readers.jsonl": _misread,
    "backfile.readers.files": _refuse,
    "backfile.pipeline.analysing": _misbuild,
    "transforms.extract": _misclean,
    "transforms.normalise": _misrule,
}


class _Changing(importlib.abc.MetaPathFinder):
    """Changes modules when they are imported, so that a worker imports what it always does and no more."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in _CHANGED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            run(module)
            _CHANGED[name](module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, _Changing())
