"""Copies and stories: `id, text, copy, story` (JSON Lines), and where known `title, lang, published, publisher`.

Rows of one `copy` are copies of one text, rows of one `story` tell one event; null: of none. The rows are taken into an
archive made for the purpose, as `backfile ingest` would, and pairs are compared with what the archive says of them.
Copies tell the same story: their pairs are counted there too.

copy precision    of the pairs that are said to be copies, identical or near
copy recall       of the pairs that are
story precision   of the pairs that are said to tell one story
story recall      of the pairs that do
"""

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.metadata.score import Row, Score, Task

_SOURCE = "rows"


def ours(rows: Sequence[Row]) -> dict[str, Any]:
    """Of each row the ids of its copies, and of all that tell its story, from an archive of all rows.

    Rows that are taken for no article, and rows that are one (an id given twice), have neither.
    """
    from backfile import config  # noqa: PLC0415
    from backfile.config import Archive  # noqa: PLC0415
    from backfile.pipeline import ingest  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        pile = Path(name) / "pile"
        pile.mkdir()
        (pile / f"{_SOURCE}.jsonl").write_text("".join(map(_line, rows)), encoding="utf-8")
        (Path(name) / "archive").mkdir()
        archive = Archive(Path(name) / "archive")
        archive.config_file.write_text(config.FRESH, encoding="utf-8")
        config.add_source(archive, _SOURCE, str(pile))
        with ingest.begin(archive) as run:
            for batch in run.plan().batches:
                run.read(batch)
            run.learn()
            run.clean_again()
            run.compare()
            run.finish()
        return _read(archive.store_file, [str(row["id"]) for row in rows])


def _line(row: Row) -> str:
    told = {"id": str(row["id"]), "text": row["text"], "title": row.get("title"), "published": row.get("published")}
    told |= {"language": row.get("lang"), "publisher": row.get("publisher")}
    return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False) + "\n"


def _read(store_file: Path, names: Iterable[str]) -> dict[str, Any]:
    from backfile.pipeline import stories  # noqa: PLC0415
    from backfile.store import open_store  # noqa: PLC0415

    read: dict[str, dict[str, list[str]]] = {}
    store = open_store(store_file)
    try:
        for name in names:
            key = f"{_SOURCE}/{name}"
            if store.has_article(key):
                copies = [each.id for each in store.copies(key)]
                read[name] = {"copies": sorted(map(_plain, copies)), "story": []}
        told = list(stories.stories(store))
        for story in told:
            members = sorted(_plain(each) for group in story for each in group)
            for member in members:
                if member in read:
                    read[member]["story"] = [each for each in members if each != member]
    finally:
        store.close()
    return read


def _plain(key: str) -> str:
    return key.removeprefix(f"{_SOURCE}/")


def score(rows: Sequence[Row], read: Mapping[str, Any]) -> Score:
    """Pairs that are said, of pairs that are; and those that are wrong."""
    result = Score()
    copies = _said(read, "copies")
    for measure, expected, said in (
        ("copy", _pairs(rows, "copy"), copies),
        ("story", _pairs(rows, "story") | _pairs(rows, "copy"), _said(read, "story") | copies),
    ):
        right = expected & said
        result.count(f"{measure} precision", len(right), len(said))
        result.count(f"{measure} recall", len(right), len(expected))
        result.wrong += [f"{' '.join(pair)}  said to be one {measure}, is none" for pair in sorted(said - expected)]
        result.wrong += [f"{' '.join(pair)}  is one {measure}, not found" for pair in sorted(expected - said)]
    return result


def _pairs(rows: Sequence[Row], label: str) -> set[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row.get(label) is not None:
            groups.setdefault(str(row[label]), []).append(str(row["id"]))
    return {pair for group in groups.values() for pair in combinations(sorted(set(group)), 2)}


def _said(read: Mapping[str, Any], relation: str) -> set[tuple[str, str]]:
    return {(min(one, other), max(one, other)) for one, said in read.items() for other in said[relation]}


TASK = Task("copies", frozenset({"id", "text", "copy", "story"}), ours, {}, score)
