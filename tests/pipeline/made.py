"""Piles in the shapes that incremental runs meet, and what a run recognised in them."""

import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from backfile.config import Archive
from backfile.pipeline.ingest import Report
from backfile.store import Store, open_store
from backfile.store.tables import metadata
from tests.conftest import Workbench, news

HOUR = 3_600_000_000_000  # ns


def misbehaving(patch: pytest.MonkeyPatch) -> None:
    """Processes that parse and are started from now on do what tests say; misbehaving/sitecustomize.py says what."""
    folders = (Path(__file__).parent / "misbehaving", Path(__file__).parents[2])
    patch.setenv("PYTHONPATH", os.pathsep.join(map(str, folders)))


def store_of(workbench: Workbench) -> Store:
    return open_store(workbench.archive.store)


def ids(workbench: Workbench) -> list[str]:
    store = store_of(workbench)
    try:
        return [each.article.id for each in store.articles()]
    finally:
        store.close()


def problems(workbench: Workbench) -> list[tuple[str, str]]:
    store = store_of(workbench)
    try:
        return [(Path(each["uri"]).name, each["reason"]) for each in store.problems(state="failed")]
    finally:
        store.close()


def aged(*files: Path, ns: int = HOUR) -> None:
    """Let files have been left alone for an hour, so that their size and time are believed."""
    for file in files:
        then = time.time_ns() - ns
        os.utime(file, ns=(then, then))


def counted(report: Report) -> dict[str, int]:
    """The inputs of a run by what they were recognised as."""
    return {what: number for what, number in report.tally.inputs.items() if number}


def records(*words: str) -> str:
    rows = ({"id": word, "title": f"Rat berät über {word}", "text": news("x", word)} for word in words)
    return "".join(f"{json.dumps(each)}\n" for each in rows)


def zipped(*words: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for word in words:
            archive.writestr(zipfile.ZipInfo(f"{word}.txt"), news(f"Rat berät über {word}", word))
    return held.getvalue()


def table(*words: str) -> str:
    rows = "".join(f'{word},Rat berät über {word},"{news("x", word)}"\n' for word in words)
    return f"id,title,text\n{rows}"


def message(word: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "rat@niederau.example", f"Rat berät über {word}"
    number = word.encode("ascii", "ignore").decode()
    mail["Date"], mail["Message-ID"] = "Mon, 25 Nov 2024 10:12:00 +0100", f"<{number}@niederau.example>"
    mail.set_content(news(f"Rat berät über {word}", word))
    return b"From rat@niederau.example Mon Nov 25 10:12:00 2024\n" + mail.as_bytes() + b"\n"


def box(*words: str) -> bytes:
    return b"".join(map(message, words))


Content = Callable[..., str | bytes]
CONTAINERS: dict[str, Content] = {"e.jsonl": records, "e.zip": zipped, "e.csv": table, "e.mbox": box}


# When something happened, and what a run took: no two runs have that in common.
_TIMES = {
    "inputs": {"checked", "last_seen", "gone"},
    "documents": {"gone"},
    "forgotten": {"since"},
    "runs": {"started", "finished", "report"},
    "stamps": {"stamp"},
    "writers": {"token", "backend", "who"},
}


def rows(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """Everything that stands in the store, but for the time of day."""
    found = {}
    with closing(open_store(archive.store)) as store, store._engine.connect() as connection:
        for name, table in metadata.tables.items():
            chosen = [each for each in table.columns if each.name not in _TIMES.get(name, ())]
            if chosen:
                found[name] = sorted(map(tuple, connection.execute(sa.select(*chosen))), key=repr)
    return found


def said(archive: Archive, statement: str) -> list[tuple[object, ...]]:
    """What a statement gives, said to the store itself."""
    with closing(open_store(archive.store)) as store, store._engine.begin() as connection:
        done = connection.exec_driver_sql(statement)
        return list(map(tuple, done)) if done.returns_rows else []
