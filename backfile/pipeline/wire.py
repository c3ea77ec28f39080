"""Messages between the process that writes the store and those that parse: a header in JSON, and bytes beside it.

Nothing is pickled: what parses what others wrote may have been taken over by it.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from backfile.article import Document, Rejection, Witness
from backfile.copies import Signature
from backfile.errors import Reason
from backfile.outcome import PackedArticle, PackedStored, Result, Traces
from backfile.stories import About

Message = tuple[list[Any], list[bytes]]  # header: its first word says what it is; blobs

MOST_BYTES = 1 << 30  # of one message. A document of the greatest size that readers let pass makes a tenth of it
_HEAD = struct.Struct("!II")  # bytes of the header, number of blobs


class BrokenMessage(Exception):
    """What came is no message of ours."""


def framed(header: Sequence[object], *blobs: bytes) -> bytes:
    """The message as bytes, its lengths first."""
    text = _json(header)
    return b"".join((_HEAD.pack(len(text), len(blobs)), struct.pack(f"!{len(blobs)}I", *map(len, blobs)), text, *blobs))


class Frames:
    """Bytes as they come in, and the messages that are complete.

    >>> frames = Frames()
    >>> frames.add(framed(["item", 1], b"one") + framed(["end"])[:-1])
    >>> list(frames.complete())
    [(['item', 1], [b'one'])]
    """

    def __init__(self) -> None:
        self._held = bytearray()

    def add(self, data: bytes) -> None:
        """Take in what was read."""
        self._held += data

    def complete(self) -> Iterator[Message]:
        """The messages that are there as a whole; each is given once.

        Raises:
            BrokenMessage: what came is none of ours.
        """
        while (cut := self._cut()) is not None:
            yield cut

    @property
    def has_rest(self) -> bool:
        """Whether there is more than was given: a message that is not complete."""
        return bool(self._held)

    def _cut(self) -> Message | None:
        held = self._held
        if len(held) < _HEAD.size:
            return None
        length, count = _HEAD.unpack_from(held)
        if length > MOST_BYTES or count > MOST_BYTES // 4:
            raise BrokenMessage
        begin = _HEAD.size + 4 * count
        if len(held) < begin:
            return None
        lengths = struct.unpack_from(f"!{count}I", held, _HEAD.size)
        end = begin + length + sum(lengths)
        if end > MOST_BYTES:
            raise BrokenMessage
        if len(held) < end:
            return None
        try:
            header = json.loads(held[begin : begin + length].decode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise BrokenMessage from error
        blobs = []
        at = begin + length
        for size in lengths:
            blobs.append(bytes(held[at : at + size]))
            at += size
        del held[:end]
        if not isinstance(header, list) or not header:
            raise BrokenMessage
        return header, blobs


def messages_of(data: bytes) -> Iterator[Message]:
    """The messages that the bytes are.

    Raises:
        BrokenMessage: they are not, or end within one.
    """
    frames = Frames()
    frames.add(data)
    yield from frames.complete()
    if frames.has_rest:
        raise BrokenMessage


def only(data: bytes) -> Message:
    """The one message that the bytes are; raises BrokenMessage."""
    found = list(messages_of(data))
    if len(found) != 1:
        raise BrokenMessage
    return found[0]


def document_bytes(document: Document) -> bytes:
    """A document, lone surrogates and all."""
    said = [[each.field, each.value, each.origin] for each in document.witnesses]
    return _json([document.uri, document.member, document.html, document.text, document.key, said])


def document_from(data: bytes) -> Document:
    """The document of these bytes."""
    uri, member, html, text, key, said = json.loads(data.decode("utf-8", "surrogatepass"))
    return Document(uri, member, html=html, text=text, key=key, witnesses=tuple(Witness(*each) for each in said))


def results_message(word: str, key: str, results: Sequence[Result], traces: Traces) -> bytes:
    """What the rules made of a document, under the id `key`."""
    told: list[object] = []
    blobs = [traces.sketch]
    for each in results:
        blobs.append(each.payload)
        verdict = each.verdict
        if isinstance(verdict, Rejection):
            told.append([each.story, each.extractor, verdict.reason, verdict.confidence, verdict.rule, verdict.what])
        else:
            about = verdict.about
            blobs += [verdict.record, *_signature_bytes(verdict.signature), about.terms if about else b""]
            stated = (verdict.id, verdict.source, verdict.language, verdict.published, verdict.published_precision)
            signed = _signature_head(verdict.signature)
            days = [about.version, about.begins, about.ends] if about else None
            told.append([each.story, each.extractor, *stated, verdict.content_hash, verdict.removals, signed, days])
    return framed(
        [word, key, told, traces.site, traces.version, list(traces.places.items()), list(traces.hidden)], *blobs
    )


def results_from(message: Message) -> tuple[str, tuple[Result, ...], Traces]:
    """What `results_message` packed: key, results, traces."""
    (_, key, told, site, version, places, hidden), blobs = message
    left = iter(blobs)
    traces = Traces(site, version, next(left), dict(places), frozenset(hidden))
    return key, tuple(_result(each, left) for each in told), traces


_REJECTED = 6  # values of a rejection


def _result(told: list[Any], blobs: Iterator[bytes]) -> Result:
    story, extractor, *rest = told
    payload = next(blobs)
    if len(told) == _REJECTED:
        reason, confidence, rule, what = rest
        return Result(story, extractor, payload, Rejection(Reason(reason), confidence, rule, what))
    article_id, source, language, published, precision, content_hash, removals, signed, days = rest
    record, shingles, numbers, terms = next(blobs), next(blobs), next(blobs), next(blobs)
    article = PackedArticle(
        article_id,
        source,
        language,
        published,
        precision,
        content_hash,
        record,
        tuple((line, start, end, kind, rule) for line, start, end, kind, rule in removals),
        _signature(signed, shingles, numbers),
        _about(days, terms),
    )
    return Result(story, extractor, payload, article)


def _about(days: list[Any] | None, terms: bytes) -> About | None:
    if days is None:
        return None
    version, begins, ends = days
    return About(version, begins, ends, terms)


def articles_message(header: Sequence[object], articles: Sequence[PackedStored]) -> bytes:
    """Stored articles behind the words of a task."""
    told = [[each.id, each.document, each.removals, each.copy_group] for each in articles]
    return framed([*header, told], *(blob for each in articles for blob in (each.record, each.payload)))


def articles_from(message: Message) -> Iterator[PackedStored]:
    """The articles that `articles_message` packed, one after the other."""
    header, blobs = message
    for (name, document, removals, group), record, payload in zip(header[-1], blobs[::2], blobs[1::2], strict=True):
        cut = tuple((line, start, end, kind, rule) for line, start, end, kind, rule in removals)
        yield PackedStored(name, document, record, payload, cut, group)


def _signature_head(one: Signature | None) -> list[int | bool] | None:
    return [one.version, one.level, one.key_level, one.number_level, one.running] if one else None


def _signature_bytes(one: Signature | None) -> tuple[bytes, bytes]:
    if one is None:
        return b"", b""
    shingles, numbers = one.shingles, one.numbers
    return struct.pack(f"<{len(shingles)}q", *shingles), struct.pack(f"<{len(numbers)}I", *numbers)


def _signature(head: list[Any] | None, shingles: bytes, numbers: bytes) -> Signature | None:
    if head is None:
        return None
    version, level, key_level, number_level, running = head
    drawn = struct.unpack(f"<{len(shingles) // 8}q", shingles)
    figures = struct.unpack(f"<{len(numbers) // 4}I", numbers)
    return Signature(version, level, key_level, drawn, number_level, figures, running)


def _json(value: object) -> bytes:
    return _encoder.encode(value).encode("utf-8", "surrogatepass")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # `json.dumps` makes one at each call
