"""A run that leaves out one of the syncs it stands on, so that it is seen that a loss would be found."""

import importlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

# Not by `import`: what is changed here are the modules of a run, which is a process of its own.
_STORE = importlib.import_module("backfile.store.sqlite")
_INDEX = importlib.import_module("index.whoosh_storage")
_BUILDERS = importlib.import_module("backfile.pipeline.builders")
_CONFIG = importlib.import_module("backfile.config")
_PLACES = importlib.import_module("index.directory")


def _database(level: str) -> Callable[[], None]:
    def weaken() -> None:
        real: Callable[[Path], sa.Engine] = _STORE.engine_for

        def engine_for(file: Path) -> sa.Engine:
            engine = real(file)

            @event.listens_for(engine, "connect")
            def set_up(connection: sqlite3.Connection, _record: object) -> None:
                connection.execute(f"PRAGMA synchronous = {level}")

            return engine

        _STORE.engine_for = engine_for  # type: ignore[attr-defined]

    return weaken


def _index(*, folders: bool) -> Callable[[], None]:
    def weaken() -> None:
        real: Callable[[Path], None] = _INDEX.sync

        def sync(path: Path) -> None:
            if path.is_dir() != folders:
                real(path)

        _INDEX.sync = sync  # type: ignore[attr-defined]
        _BUILDERS.Builders.worth = lambda *_: 0  # what they sync is synced in another process

    return weaken


def _made(module: object) -> Callable[[], None]:
    def weaken() -> None:
        def make_folder(path: Path, *, mode: int = 0o777) -> None:
            path.mkdir(parents=True, exist_ok=True, mode=mode)

        module.make_folder = make_folder  # type: ignore[attr-defined]

    return weaken


# Whose sync is left out → how. `commits`: SQLite's `synchronous = NORMAL`. The last two show in the scene `first` only.
WITHOUT: dict[str, Callable[[], None]] = {
    "database": _database("OFF"),
    "commits": _database("NORMAL"),
    "index-folder": _index(folders=True),
    "index-files": _index(folders=False),
    "archive-name": _made(_CONFIG),
    "index-name": _made(_PLACES),
}
