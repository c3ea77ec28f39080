"""Where an item stands, and the documents and failures that are made there."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backfile.article import Document, Failure, Witness
from backfile.errors import Reason

Item = Document | Failure

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """A whole input or a part of it: `uri` for people, `member` stable over runs ("" for the whole input)."""

    uri: str
    member: str = ""

    def part(self, member: str, fragment: str) -> "Place":
        """An item within it: `export.jsonl#line=812`, member `812`."""
        return Place(f"{self.uri}#{_plain(fragment)}", self._below(_plain(member)))

    def inside(self, name: str) -> "Place":
        """A member of it when it is a container: `bundle.zip!/a.html`, member `a.html`."""
        return Place(f"{self.uri}!/{_plain(name)}", self._below(_plain(name)))

    def failure(self, reason: Reason, detail: str) -> Failure:
        """What is yielded here in place of a document."""
        return Failure(self.uri, self.member, reason, _plain(detail))

    def document(
        self,
        *,
        html: str | None = None,
        text: str | None = None,
        key: str | None = None,
        witnesses: Iterable[Witness] = (),
    ) -> Document:
        """The document that stands here."""
        return Document(self.uri, self.member, html=html, text=text, key=key, witnesses=tuple(witnesses))

    def _below(self, member: str) -> str:
        return f"{self.member}!/{member}" if self.member else member


Columns = Mapping[str, str]
"""Field → name of the column or key that holds it, as the user said; empty: guess."""

Reader = Callable[[BinaryIO, Place, Columns], Iterator[Item]]
"""A format's reader: decompressed bytes, their place, and the user's columns, to items, one at a time."""


def _plain(text: str) -> str:
    """`text` with U+FFFD for NUL, which not every database takes."""
    return text.replace("\0", "\ufffd")


def scrub(text: str) -> str:
    """`text` with U+FFFD for every lone surrogate, which no file, database or terminal would take."""
    try:
        text.encode()  # ten times as fast as a search
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def shown(path: Path) -> str:
    r"""A path as a `str` without surrogates; a name that is not UTF-8 keeps its bytes readable: `caf\xe9.txt`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
