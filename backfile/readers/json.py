"""JSON: a list of articles, an object that holds such a list under any key, or one article.

The file is cut into its items by counting brackets outside strings, and each is parsed for itself. So memory holds one
item whatever the file's size, and one that is broken does not take its neighbours with it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.place import Columns, Item, Place
from backfile.readers.records import document, is_article, parse, recognised

_CHUNK_BYTES = 256 * 1024
_LIST_DEPTH = 3  # {"response": {"hits": {"hits": [ … ]}}}

# Keys that hold the list of articles, so that an empty or odd first element does not decide.
_LIST_KEYS = {
    "articles",
    "items",
    "results",
    "docs",
    "documents",
    "entries",
    "news",
    "posts",
    "hits",
    "records",
    "rows",
}
_LIST_KEYS |= {"stories", "data", "artikel", "beiträge", "dokumente", "nachrichten", "noticias", "artículos"}

_COMMENT_KEYS = {
    "comments",
    "kommentare",
    "commentaires",
    "comentarios",
    "replies",
    "related",
    "paragraphs",
    "sections",
}

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[{}\[\]]', re.DOTALL)
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SPACE = re.compile(rb"[\s,\x00\x1e]*")
_KEY = re.compile(rb'\s*,?\s*("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*:\s*', re.DOTALL)
_SCALAR = re.compile(rb"[^,{\[\]\"]*")
_BOUNDARIES_TRIED = 20  # behind a broken item; each costs the parsing of an object
_RUNS_ON = "an item that does not end where the next begins"
_NEXT_OBJECT = re.compile(rb"\}\s*,\s*(?=\{\s*\")")


def read(stream: BinaryIO, place: Place, columns: Columns) -> Iterator[Item]:
    """The objects as documents, each at its number; the file itself is the place when it is one article."""
    number = 0
    window = _Window(stream, columns)
    for value in _values(window):
        number += 1
        at = place if value.alone else place.part(str(number), f"item={number}")
        if isinstance(value.raw, UnreadableInput):
            yield at.failure(value.raw.reason, value.raw.detail)
            continue
        try:
            yield document(parse(value.raw), at, columns)
        except UnreadableInput as error:
            yield at.failure(error.reason, error.detail)
            if error.reason is Reason.BAD_RECORD and value.in_list:
                _step_back(window, value.raw)
    if not number:
        yield place.failure(Reason.EMPTY, "a list without items")


@dataclass(frozen=True, slots=True)
class _Value:
    raw: bytes | UnreadableInput
    alone: bool = False  # the only value of the file, in no list
    in_list: bool = False


class _EndsEarly(Exception):
    """The stream ends within a value."""


class _OverLimit(Exception):
    """A value has more bytes than an item may have."""


class _Window:
    """The part of the stream that is looked at: from the first byte still needed, `at` being the next to look at."""

    def __init__(self, stream: BinaryIO, columns: Columns) -> None:
        self.columns = columns
        # read1 gives what is there; read would lose it when the stream is damaged a little further on.
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._damage: UnreadableInput | None = None
        self.held = b""
        self.at = 0
        self.start = 0  # of the object whose list is looked for

    def more(self) -> bool:
        """Read on, as much again as is held; False at the end."""
        if self._damage is not None:
            raise self._damage
        wanted = max(_CHUNK_BYTES, len(self.held))
        chunks: list[bytes] = []
        try:
            while wanted > 0 and (chunk := self._read(wanted)):
                chunks.append(chunk)
                wanted -= len(chunk)
        except UnreadableInput as damage:
            if not chunks:
                raise
            self._damage = damage
        self.held += b"".join(chunks)
        return bool(chunks)

    def drop(self) -> None:
        """Forget what lies before `at`, once that is worth the copy."""
        if self.at > _CHUNK_BYTES:
            self.held = self.held[self.at :]
            self.at = 0

    def next(self, *, drop: bool = False) -> bytes:
        """The next byte that is neither blank nor comma, not taken; b"" at the end.

        `drop`: nothing before it is needed any more.
        """
        while True:
            match = _SPACE.match(self.held, self.at)
            self.at = match.end() if match else self.at
            if drop:
                self.drop()
            elif self.at - self.start > limits.MAX_ITEM_BYTES:
                raise _OverLimit
            if self.at < len(self.held):
                return self.held[self.at : self.at + 1]
            if not self.more():
                return b""

    def value_end(self, start: int, *, keep: bool = True) -> int:
        """Where the list, object or string that begins at `start` ends.

        With `keep=False` the bytes are let go while they are passed; the result counts from what is then held.

        Raises:
            _OverLimit: it is longer than an item may be.
            _EndsEarly: it does not end.
        """
        depth, at, in_string = 0, start, False
        while True:
            if in_string:
                at = _rest_of_string(self.held, at)
                in_string = at >= len(self.held) or self.held[at : at + 1] == b"\\"
                at += not in_string
                if depth == 0 and not in_string:
                    return at
            if not in_string:
                depth, at, in_string = _counted(self.held, at, depth)
                if depth == 0 and not in_string and at > start:
                    return at
            if not keep:
                self.held, start, at = self.held[at:], -1, 0
            elif at - start > limits.MAX_ITEM_BYTES:
                raise _OverLimit
            if not self.more():
                raise _EndsEarly


def _rest_of_string(window: bytes, at: int) -> int:
    match = _REST_OF_STRING.match(window, at)
    return match.end() if match else at


def _counted(window: bytes, at: int, depth: int) -> tuple[int, int, bool]:
    """Depth after the tokens from `at`; where it came to 0 or the window ended; whether that is within a string."""
    for match in _TOKEN.finditer(window, at):
        at = match.end()
        token = window[match.start()]
        if token in b"{[":
            depth += 1
        elif token in b"}]":
            depth -= 1
        elif not match[1]:
            return depth, at, True
        if depth <= 0:
            return 0, at, False
    return depth, len(window), False


def _values(window: _Window) -> Iterator[_Value]:
    """The items of the file: elements of its list, else its top-level values one after the other."""
    first = True
    while start := window.next(drop=True):
        if start == b"[":
            window.at += 1
            yield from _elements(window)
            return
        if start == b"{" and _enter_list(window):
            yield from _elements(window)
            return
        value = _taken(window)
        yield _Value(value, alone=first and not window.next(drop=True))
        first = False
        if isinstance(value, UnreadableInput) and value.reason is Reason.DAMAGED:
            return


def _elements(window: _Window) -> Iterator[_Value]:
    """The elements of the list whose bracket was just passed."""
    while True:
        start = window.next(drop=True)
        if start == b"]":
            return
        if not start:
            yield _Value(UnreadableInput(Reason.DAMAGED, "the list is not closed; the end may be missing"))
            return
        value = _taken(window)
        yield _Value(value, in_list=True)
        if isinstance(value, UnreadableInput) and value.reason is Reason.DAMAGED:
            return


def _taken(window: _Window) -> bytes | UnreadableInput:
    """The value at the window's place, which moves behind it; or why there is none, at the next that may be one."""
    start = window.at
    if window.held[start : start + 1] not in {b"{", b"[", b'"'}:
        return _scalar(window)
    try:
        end = window.value_end(start)
    except _OverLimit:
        return _passed_over(window)
    except _EndsEarly:
        return _resumed(window)
    window.at = end
    return _too_large() if end - start > limits.MAX_ITEM_BYTES else window.held[start:end]


def _scalar(window: _Window) -> bytes | UnreadableInput:
    """A number, a word, or what is nothing at all; at least one byte of it."""
    start = window.at
    while True:
        match = _SCALAR.match(window.held, start)
        end = match.end() if match else start
        if end < len(window.held) or len(window.held) - start > _CHUNK_BYTES or not window.more():
            break
    window.at = max(end, start + 1)
    return window.held[start : window.at].strip()


def _passed_over(window: _Window) -> UnreadableInput:
    """An item over the limit: go on behind it if it ends, at the next object within what was read if it does not."""
    if boundary := _next_sound(window.held, window.at, window.columns):  # a quote that is missing, and no long item
        window.at = boundary
        return UnreadableInput(Reason.BAD_RECORD, _RUNS_ON)
    try:
        window.at = window.value_end(window.at, keep=False)
    except _EndsEarly:
        window.held, window.at = b"", 0
    return _too_large()


def _too_large() -> UnreadableInput:
    return UnreadableInput(Reason.TOO_LARGE, f"one item of more than {limits.MAX_ITEM_BYTES:,} bytes")


def _resumed(window: _Window) -> UnreadableInput:
    """An item that does not end before the file does: go on at the next object, if one begins."""
    boundary = _next_sound(window.held, window.at, window.columns)
    if boundary is None:
        window.at = len(window.held)
        return UnreadableInput(Reason.DAMAGED, "the last item is not complete")
    window.at = boundary
    return UnreadableInput(Reason.BAD_RECORD, _RUNS_ON)


def _step_back(window: _Window, raw: bytes) -> None:
    """Go back into an item that was no JSON to an object that is: two missing quotes make one item of all between."""
    if boundary := _next_sound(raw, 0, window.columns):
        window.at -= len(raw) - boundary


def _next_sound(held: bytes, start: int, columns: Columns) -> int | None:
    """Where the next object that is an article begins."""
    for match in islice(_NEXT_OBJECT.finditer(held, start), _BOUNDARIES_TRIED):
        depth, end, in_string = _counted(held, match.end(), 0)
        if not depth and not in_string:
            with suppress(UnreadableInput):
                if is_article(parse(held[match.end() : end]), columns):
                    return match.end()
    return None


def _enter_list(window: _Window) -> bool:
    """Move to the first element of the list of articles within the object at `at`; False if it has none.

    An object that is itself an article has lists of objects too (authors, images); it is known by its text.
    """
    start = window.start = window.at
    window.at += 1
    try:
        found = _find_list(window, _LIST_DEPTH)
    except (_OverLimit, _EndsEarly, UnreadableInput):
        found = False
    if not found:
        window.at = start
    return found


def _find_list(window: _Window, depth: int) -> bool:
    while (key := _key(window)) is not None:
        opening = window.next()
        if opening == b'"' and recognised(key) in {"text", "html"}:
            return False
        if opening == b"[" and _holds_articles(window, key):
            return True
        if opening == b"{" and depth > 1:
            window.at += 1
            if _find_list(window, depth - 1):
                return True
            if window.next() != b"}":
                return False
            window.at += 1
        else:
            _skip(window)
    return False


def _key(window: _Window) -> str | None:
    """The key at the window's place, which moves to its value; None where the object ends or is none."""
    while window.next() == b'"':
        match = _KEY.match(window.held, window.at)
        if match and match.end() < len(window.held):
            window.at = match.end()
            key = parse(match[1])
            return key if isinstance(key, str) else None
        if len(window.held) - window.at > limits.MAX_ITEM_BYTES:
            raise _OverLimit
        if not window.more():
            return None
    return None


def _skip(window: _Window) -> None:
    if window.next() in {b"{", b"[", b'"'}:
        window.at = window.value_end(window.at)
    else:
        _scalar(window)


def _holds_articles(window: _Window, key: str) -> bool:
    """Whether the list at the window's place is the one; if so, the place moves to its first element."""
    bracket = window.at
    window.at += 1
    opening = window.next()
    if opening == b"{" and key.lower() in _LIST_KEYS:
        return True
    if opening == b"{" and key.lower() not in _COMMENT_KEYS:
        with suppress(UnreadableInput):
            if is_article(parse(window.held[window.at : window.value_end(window.at)]), window.columns):
                return True
    window.at = bracket
    return False
