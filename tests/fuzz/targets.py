"""What must hold for any bytes, as functions that raise where it does not: each reader, the queries, the cleaner.

Atheris drives them (tests/fuzz/hunt.py), and where it is not to be had Hypothesis does (test_targets.py).
"""

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, cast

from backfile.article import Document, Failure, Rejection, Witness
from backfile.config import Source
from backfile.errors import QueryError, UnreadableInput
from backfile.pipeline.cleaner import Cleaner, cleaner_for
from backfile.readers import FORMATS, read
from backfile.readers.place import Item, Place, Reader
from index.entry import analyse
from index.memory import MemoryEngine
from index.query import parse
from index.search import search
from tests.index.contract import article
from tests.transforms.shaped import rebuilt
from transforms import extract
from transforms.extract import plaintext

Target = Callable[[bytes], None]

NOW = date(2026, 1, 1)
MOST_ITEMS = 200  # of one input that are looked at
MOST_TEXT = 20_000  # characters of an item that are cleaned: a hunt wants many tries
NAMES = ("", "a.zip", "a.tar.gz", "a.html", "a.eml", "a.mbox", "a.jsonl", "a.csv", "a.mht", "Ä\udcff.txt")


def _whole(items: Iterator[Item]) -> list[Document]:
    """The documents among the items; each of them can be stored and printed."""
    found = []
    for number, item in enumerate(items):
        for text in _texts(item):
            text.encode()  # no lone surrogate: no database takes one
        if isinstance(item, Document):
            assert item.html is not None or item.text is not None
            found.append(item)
        if number >= MOST_ITEMS:
            break
    return found


def _texts(item: Item) -> Iterator[str]:
    yield from (item.uri, item.member)
    if isinstance(item, Failure):
        yield item.detail
        return
    yield from (each for each in (item.html, item.text, item.key) if each is not None)
    for witness in item.witnesses:
        yield from (witness.field, witness.value, witness.origin)


def _as_format(name: str, data: bytes) -> None:
    reader = cast("Reader", import_module(FORMATS[name]).read)
    stream: BinaryIO = io.BufferedReader(io.BytesIO(data))
    try:
        _whole(reader(stream, Place("made"), {}))
    except UnreadableInput:
        return


def _as_file(data: bytes) -> None:
    """Containers, compression, detection: the first byte chooses how the file is named."""
    name = NAMES[data[0] % len(NAMES)] if data else ""
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        file = Path(folder, name or "made")
        file.write_bytes(data[1:])
        _whole(read(file))


def _as_maildir(data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        for part in ("cur", "new", "tmp"):
            Path(folder, part).mkdir()
        for number, message in enumerate(data.split(b"\0\0\0\0")[:20]):
            Path(folder, "new" if number % 2 else "cur", f"{number}.made:2,S").write_bytes(message)
        _whole(read(Path(folder)))


def _memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # folders of our own in it


def _as_query(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        for node in _nodes(parse(text, now=NOW).node):
            assert 0 <= node.start <= node.end <= len(text)
        search(_engine(), text, now=NOW, explain=True, facets=("lang", "tag"))
    except QueryError:
        return


def _nodes(node: Any) -> Iterator[Any]:
    if node is None:
        return
    yield node
    for each in (*getattr(node, "nodes", ()), *([node.node] if hasattr(node, "node") else [])):
        yield from _nodes(each)


@cache
def _engine() -> MemoryEngine:
    engine = MemoryEngine()
    engine.add(
        analyse(article(str(number), text, title=text[:40], language=language, tags=("Brücke",), published="2024-11"))
        for number, (language, text) in enumerate(
            [
                ("de", "Die alte Brücke in Musterburg wird gesperrt.\n\nDer Bundestag hat es beschlossen."),
                ("en", "The old bridge in Sampleton is closed.\n\nParliament has decided."),
                ("ja", "古い橋は閉鎖されます。"),
            ]
        )
    )
    engine.commit()
    return engine


@cache
def _cleaner() -> Cleaner:
    return cleaner_for(Source("made", "/made", language=None))


def _clean(documents: list[Document]) -> None:
    """Extraction and rules, without the net that makes a fault of ours a failed document."""
    for document in documents:
        try:
            extractions = extract.extract(document)
        except UnreadableInput:
            continue
        for extraction in extractions:
            made = _cleaner().article(extraction, id="made/1", uri="made")
            if isinstance(made, Rejection):
                continue
            made.text.encode()
            if extraction.extractor == plaintext.EXTRACTOR and not extraction.story:
                lines = [line.text for line in extraction.lines]
                assert rebuilt(lines, made) == [line if line.strip() else "" for line in lines]


def _clean_text(data: bytes) -> None:
    _clean([Document("made", "", text=data.decode("utf-8", "replace")[:MOST_TEXT])])


def _clean_page(data: bytes) -> None:
    _clean([Document("made", "", html=data.decode("utf-8", "replace")[:MOST_TEXT])])


def _clean_mail(data: bytes) -> None:
    """A mail's parts; the header fields stand before the first empty line."""
    head, _, body = data.decode("utf-8", "replace")[:MOST_TEXT].partition("\n\n")
    stated = [line.partition(": ") for line in head.split("\n")[:30]]
    witnesses = tuple(Witness(name.lower(), value, f"header:{name}") for name, _, value in stated if value)
    _clean([Document("made", "", witnesses=witnesses, **{"html" if "<" in body else "text": body})])


TARGETS: dict[str, Target] = {
    **{name: partial(_as_format, name) for name in FORMATS if name not in {"maildir", "tsv"}},
    "maildir": _as_maildir,
    "file": _as_file,
    "query": _as_query,
    "clean-text": _clean_text,
    "clean-page": _clean_page,
    "clean-mail": _clean_mail,
}
