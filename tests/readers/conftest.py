"""How a test of the readers writes a file and reads it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from backfile.article import Document, Failure
from backfile.readers import Item, read

Reading = Callable[..., list[Item]]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Write bytes or text to a file of a name, read it, and give the items with URIs relative to the folder."""

    def write_and_read(
        name: str, content: bytes | str, *, reader: str | None = None, mapping: Mapping[str, str] | None = None
    ) -> list[Item]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        items = list(read(path, reader=reader, mapping=mapping))
        assert all(item.uri.startswith(str(path)) for item in items)
        return items

    return write_and_read


def documents(items: list[Item]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def failures(items: list[Item]) -> list[Failure]:
    return [item for item in items if isinstance(item, Failure)]


def outline(items: list[Item]) -> list[tuple[str, str]]:
    """Member and text (or page) of each document; member and reason of each failure."""
    return [
        (item.member, str(item.reason) if isinstance(item, Failure) else (item.text or item.html or "").strip())
        for item in items
    ]


def stated(item: Item) -> list[tuple[str, str, str]]:
    assert isinstance(item, Document)
    return [(witness.field, witness.value, witness.origin) for witness in item.witnesses]
