"""What a worker process is asked to do: read an input item by item, clean a document, index articles. No store is known
here.

    ["read", path, …, growth, behind]      →  ["item", …] or ["failure", …] for each item, ["passed"] for those
                                              that are known already, then ["end", last, left]
    ["cut", path, …, growth, size, most]   →  ["range", format, offset, number, end] for each, then ["end"]
    ["rules", number, source, disabled, learned]   →  nothing; later documents name the number
    ["forget", number]                     →  nothing
    ["clean", number, key, place] + document       →  ["cleaned", …], or ["failed", reason, detail]
    ["alone"] + one of the above           →  the same; it is not done together with others
    ["again", number, id, …] + extraction          →  the same, but that the extraction does not come back
    ["count", …] + articles                →  ["counted", articles, words]: what compounds are learned from
    ["build", place, …] + articles         →  ["built", segment, …]: written beside the index in that place

Whatever is wrong with an input or a document is an answer; what a task raises is its last answer, and the worker's next
task is begun.
"""

import dataclasses
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backfile import records
from backfile.article import Failure
from backfile.config import Source
from backfile.errors import Reason, UnreadableInput
from backfile.outcome import PackedStored, Result, Traces
from backfile.pipeline import abreast, wire
from backfile.pipeline.wire import Message
from backfile.readers import Growth, Position

TOGETHER = 16  # documents that are cleaned abreast; 32 take as long each
TOGETHER_BYTES = 128 << 10  # of them; a page as long as that fills the processor's caches by itself

if TYPE_CHECKING:  # a process that reads does without the rules
    from backfile.pipeline.cleaner import Cleaner
    from index.engine import SegmentBuilder


def read(path: str, source: Source, growth: Growth, *, behind: int = 0) -> bytes:
    """The task of reading an input of a source, of which the first items are known already: so many."""
    return wire.framed(["read", path, source.reader, dict(source.mapping), growth_stated(growth), behind])


def cut(path: str, source: Source, growth: Growth, *, size: int, most: int) -> bytes:
    """The task of finding where an input can be cut into ranges of so many bytes; no more than the first so many."""
    return wire.framed(["cut", path, source.reader, dict(source.mapping), growth_stated(growth), size, most])


def growth_stated(growth: Growth) -> list[Any]:
    """How a file is to be read, as JSON holds it."""
    start = dataclasses.astuple(growth.start) if growth.start else None
    return [growth.end, growth.settled, list(start) if start else None, growth.grown]


def growth_from(stated: list[Any]) -> Growth:
    """How a file is to be read, as it was stated."""
    end, settled, start, grown = stated
    return Growth(end, settled, Position(*start) if start else None, grown=grown)


def rules(
    number: int,
    source: Source,
    disabled: Collection[tuple[str, str]],
    learned: Mapping[str, Mapping[int, str]],
) -> bytes:
    """The task of keeping the rules of a source under a number."""
    lines = {site: list(keys.items()) for site, keys in learned.items()}
    return wire.framed(["rules", number, dataclasses.asdict(source), sorted(disabled), lines])


def forget(number: int) -> bytes:
    """The task of forgetting the rules of a number."""
    return wire.framed(["forget", number])


def clean(number: int, key: str | None, place: str, document: bytes) -> bytes:
    """The task of cleaning a document, under its id or under the one it gives itself at its place."""
    return wire.framed(["clean", number, key, place], document)


def alone(task: bytes) -> bytes:
    """A task that is not to be done together with others."""
    return wire.framed(["alone"], task)


def together(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """The tasks in their order, those that may be done together in one list; a task that may not is one by itself.

    >>> clean = (["clean", 1, None, "a.txt"], [b"text"])
    >>> [len(each) for each in together([clean, clean, (["alone"], [b""]), clean])]
    [2, 1, 1]
    """
    group: list[Message] = []
    size = 0
    for message in messages:
        length = sum(map(len, message[1]))
        joins = message[0][0] == "clean" and length <= TOGETHER_BYTES
        if group and (not joins or len(group) == TOGETHER or size + length > TOGETHER_BYTES):
            yield group
            group, size = [], 0
        if joins:
            group.append(message)
            size += length
        else:
            yield [message]
    if group:
        yield group


def again(number: int, key: str, about: Sequence[object], payload: bytes) -> bytes:
    """The task of cleaning a stored extraction of the document `key`; `about`: uri, site, story, extractor."""
    return wire.framed(["again", number, key, *about], payload)


def count(articles: Sequence[PackedStored]) -> bytes:
    """The task of counting the words of articles."""
    return wire.articles_message(["count"], articles)


def build(place: Path, articles: Sequence[PackedStored]) -> bytes:
    """The task of making segments of articles for the index in a place."""
    return wire.articles_message(["build", str(place)], articles)


class Tasks:
    """Answers tasks; holds the rules of the sources that it was told, and a builder for each index."""

    def __init__(self) -> None:
        self._cleaners: dict[int, Cleaner] = {}
        self._builders: dict[str, SegmentBuilder] = {}
        self.warm = False  # whether a document was cleaned: the first one waits for tables

    def answers(self, message: Message) -> Iterator[bytes]:
        """The answers to a task, each made when it is asked for."""
        header, blobs = message
        match header[0]:
            case "read" | "cut":
                yield from (_items if header[0] == "read" else _ranges)(*header[1:])
            case "rules":
                if not self._cleaners:
                    _prepare()
                self._cleaners[header[1]] = _cleaner(*header[2:])
            case "forget":
                del self._cleaners[header[1]]
            case "clean":
                yield abreast.whole(self._cleaning(message))
                self.warm = True
            case "again":
                yield _cleaned_again(self._cleaners[header[1]], *header[2:], payload=blobs[0])
            case "alone":
                yield from self.answers(wire.only(blobs[0]))
            case "count":
                yield _counted(message)
            case "build":
                yield self._built(header[1], message)

    def answer_to_all(self, messages: Sequence[Message]) -> bytes:
        """The answers to tasks of cleaning that may be done together, in their order."""
        return b"".join(abreast.abreast(map(self._cleaning, messages)))

    def _cleaning(self, message: Message) -> abreast.Steps[bytes]:
        from backfile.pipeline import cleaner  # noqa: PLC0415

        (_, number, key, place), (document,) = message
        steps = cleaner.steps(self._cleaners[number], wire.document_from(document), key=key, place=place)
        try:
            cleaned = yield from steps
        except UnreadableInput as error:
            return failed(error.reason, error.detail)
        return wire.results_message("cleaned", *cleaned)

    def _built(self, place: str, message: Message) -> bytes:
        from backfile.pipeline import analysing  # noqa: PLC0415
        from index import directory  # noqa: PLC0415

        if place not in self._builders:
            self._builders[place] = directory.builder(Path(place))
        builder = self._builders[place]
        try:
            made = builder.build(analysing.entries(wire.articles_from(message), builder.compounds))
        except BaseException:
            self._builders.pop(place).close()  # it may hold half of a segment
            raise
        return wire.framed(["built", *map(dataclasses.astuple, made)])


def failed(reason: Reason, detail: str) -> bytes:
    """The last answer to a task that came to nothing."""
    return wire.framed(["failed", reason, detail])


def failure(item: Failure) -> bytes:
    """The answer of reading that something in an input is no document."""
    return wire.framed(["failure", item.uri, item.member, item.reason, item.detail])


def end(growth: Growth) -> bytes:
    """The last answer of reading an input that could be read to its end: where its last item begins, what is left."""
    return wire.framed(["end", dataclasses.astuple(growth.last) if growth.last else None, growth.left])


def _items(path: str, reader: str | None, mapping: Mapping[str, str], told: list[Any], behind: int) -> Iterator[bytes]:
    from backfile import readers  # noqa: PLC0415  # a process that cleans does without
    from backfile.pipeline.identity import digest, left_out, member_name  # noqa: PLC0415

    growth = growth_from(told)
    for number, item in enumerate(readers.read(Path(path), reader=reader, mapping=mapping or None, growth=growth)):
        if number < behind:
            yield wire.framed(["passed"])
            continue
        if isinstance(item, Failure):
            yield failure(item)
            continue
        size = len(item.html or "") + len(item.text or "")
        about = [item.uri, item.member, member_name(item), item.key, digest(item), left_out(item), size]
        yield wire.framed(["item", *about], wire.document_bytes(item))
    yield end(growth)


def _ranges(  # noqa: PLR0913, PLR0917  # what the message has
    path: str, reader: str | None, mapping: Mapping[str, str], told: list[Any], size: int, most: int
) -> Iterator[bytes]:
    from backfile import readers  # noqa: PLC0415  # as above

    growth = growth_from(told)
    found = readers.ranges(Path(path), size=size, growth=growth, reader=reader, mapping=mapping or None)
    for each in islice(found, most):
        yield wire.framed(["range", *dataclasses.astuple(each.start), each.end])
    yield wire.framed(["end"])


def cleaner_of(brief: bytes) -> "Cleaner":
    """The rules that a task of keeping rules has."""
    header, _ = wire.only(brief)
    return _cleaner(*header[2:])


def _cleaner(source: dict[str, Any], disabled: Iterable[list[str]], learned: Mapping[str, Any]) -> "Cleaner":
    from backfile.pipeline import cleaner  # noqa: PLC0415

    told = Source(**{**source, "rules": tuple(source["rules"])})
    made = cleaner.cleaner_for(told, disabled=[(name, article) for name, article in disabled])
    return dataclasses.replace(made, learned={site: dict(lines) for site, lines in learned.items()})


def _prepare() -> None:
    """Compile some rules in a thread while others are: that is done in C code, and half of what the first one takes."""
    from transforms import notice  # noqa: PLC0415

    threading.Thread(target=notice.prepare, daemon=True).start()


def _counted(message: Message) -> bytes:
    from backfile.pipeline import analysing  # noqa: PLC0415

    return wire.framed(["counted", *analysing.counted(wire.articles_from(message))])


def _cleaned_again(  # noqa: PLR0913, PLR0917  # what the message has
    rules_of: "Cleaner", key: str, uri: str, site: str, story: int, extractor: str, *, payload: bytes
) -> bytes:
    from backfile.pipeline import cleaner  # noqa: PLC0415

    extraction = records.extraction_from(payload, story=story, extractor=extractor)
    verdict = cleaner.packed_again(rules_of, extraction, id=key, uri=uri, site=site)
    # Of the traces only what the rules saw of the lines is told; where they stand is known.
    seen = Traces(site, 0, b"", dict.fromkeys(rules_of.seen, 0))
    return wire.results_message("cleaned", key, [Result(story, extractor, b"", verdict)], seen)
