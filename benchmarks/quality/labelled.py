"""Labelled sets as they lie on disk, and which of their documents are looked at.

A *pages* set is a folder with `gold.jsonl` and `html/<id>.html` or `.html.gz`. A row of gold has `id`, `lang`, `url`,
and either `text` (the article's body; optional `required`: paragraphs that must be there, `title`) or `text: null` with
the phrases `with` and `without`.

A *lines* set is a file of JSON Lines; a row has `id`, `lang`, `tier`, `lines`, `labels` (1 article, 0 boilerplate, -1
either way), and `domain`. Each tier of a file is a set of its own.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

Row = dict[str, Any]
Half = Literal["even", "odd"]
DEEPEST = 4  # folders below the one that is named in which sets are looked for


class BadSet(Exception):
    """A file that should be a labelled set and is none; the text names it and says what is wrong."""


@dataclass(frozen=True)
class LabelledSet:
    """Documents with labels; `name` is what floors call it."""

    name: str
    kind: Literal["body", "phrases", "lines"]
    rows: tuple[Row, ...]
    folder: Path  # of the pages; of a lines set, where its file lies

    @cached_property
    def digest(self) -> str:
        """12 hex digits of all labels: two sets that bear one name are told apart by it."""
        total = hashlib.sha256()
        for row in self.rows:
            total.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return total.hexdigest()[:12]

    def page(self, row: Row) -> bytes:
        """The bytes of a row's page; b"" when the set has none."""
        plain, packed = self.folder / f"{row['id']}.html", self.folder / f"{row['id']}.html.gz"
        if plain.is_file():
            return plain.read_bytes()
        try:
            return gzip.decompress(packed.read_bytes()) if packed.is_file() else b""
        except (OSError, EOFError, zlib.error) as error:
            raise BadSet(f"{packed}: {error}") from error

    def chosen(self, half: Half | None) -> list[int]:
        """Numbers of the rows that are scored: all, or the half of the sites whose hash is even or odd."""
        return [n for n, row in enumerate(self.rows) if half is None or half_of(site(row)) == half]


def site(row: Row) -> str:
    """The host that a document is from, without `www.`; a lines set says it, a pages set has an address."""
    host = row.get("domain") or urlsplit(row.get("url") or "").hostname or row["id"]
    return str(host).removeprefix("www.")


def half_of(name: str) -> Half:
    """Which half a site belongs to, whatever the machine and the day."""
    return "odd" if hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[0] % 2 else "even"


def found(paths: Iterable[Path], *, only: Collection[str] = ()) -> Iterator[LabelledSet]:
    """The sets at or below the paths, in order of name; with `only`, those of these names.

    Raises:
        BadSet: a path has none, or what looks like one is none.
    """
    for path in paths:
        sets = [each for each in _sets(path, DEEPEST) if not only or each.name in only]
        if not sets:
            named = f" named {' or '.join(only)}" if only else ""
            raise BadSet(
                f"{path}: no labelled set{named}: no gold.jsonl with html/, no JSON Lines with lines and labels"
            )
        yield from sets


def _sets(path: Path, depth: int) -> Iterator[LabelledSet]:
    if path.is_file():
        yield from _lines(path)
    elif (path / "gold.jsonl").is_file():
        yield _pages(path)
    elif path.is_dir() and depth:
        for each in sorted(path.iterdir()):
            if each.is_dir() or each.suffix == ".jsonl":
                yield from _sets(each, depth - 1)


def _pages(path: Path) -> LabelledSet:
    gold = path / "gold.jsonl"
    rows = tuple(_rows(gold))
    for row in rows:
        if not {"id", "text"} <= row.keys() or Path(str(row["id"])).name != row["id"]:
            raise BadSet(f"{gold}: each row needs text and an id that is a file's name: {str(row.get('id'))[:60]!r}")
    phrases = bool(rows) and all(row["text"] is None for row in rows)
    if not phrases and any(row["text"] is None for row in rows):
        raise BadSet(f"{gold}: some rows have a text and some have none")
    if phrases and not all({"with", "without"} <= row.keys() for row in rows):
        raise BadSet(f"{gold}: a row without text needs with and without")
    return LabelledSet(path.resolve().name, "phrases" if phrases else "body", rows, path / "html")


def _lines(path: Path) -> Iterator[LabelledSet]:
    tiers: dict[str, list[Row]] = {}
    for number, row in enumerate(_rows(path), 1):
        if not {"id", "lines", "labels"} <= row.keys():
            return  # another kind of file
        if len(row["lines"]) != len(row["labels"]):
            raise BadSet(f"{path}, document {number}: {len(row['lines'])} lines, {len(row['labels'])} labels")
        tiers.setdefault(row.get("tier") or "all", []).append(row)
    for tier, rows in tiers.items():
        yield LabelledSet(f"{path.stem}/{tier}", "lines", tuple(rows), path.parent)


def _rows(path: Path) -> Iterator[Row]:
    try:
        stated = path.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(stated, 1):
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise BadSet(f"{path}, line {number}: an object is expected")
                yield row
    except (OSError, ValueError) as error:
        raise BadSet(f"{path}: {error}") from error
