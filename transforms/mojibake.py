"""Text that was decoded in a wrong encoding, put right where that is certain.

What is told from the text alone is `ftfy`'s to tell: signs that no language sets beside each other, and that are valid
UTF-8 once the wrong decoding is undone. Ours is where it is asked (documents, before anything is extracted), what it
costs (nothing where no such pair of signs stands), what counts as certain, and that it leaves a trace.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from html import unescape
from typing import Any

from backfile.article import Document, Witness
from transforms.pattern import linear

ORIGIN = "mojibake/1"
LONGEST = 10_000_000  # characters; a longer text is not looked at, and extraction refuses it
# UTF-8 in wrong clothes is a first byte C2–F4 and a second one 80–BF, as one of these encodings shows them.
_WRONG = ("latin-1", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1257", "iso8859-2", "mac_roman", "cp437")
_AROUND = 12  # characters beside such a pair by which it is judged; words beside it may hold what tells
_NAMES = {"latin-1": "Latin-1", "macroman": "Mac Roman", "cp437": "code page 437", "iso-8859-2": "ISO 8859-2"}
# `f&Atilde;&frac14;r`: bytes that were written as entities, one by one. Nothing below U+0080 is among them.
_FIRST_ENTITY = re.compile(
    r"&(?:[AEI](?:tilde|circ|uml|ring)|acirc|[aei]uml|aring|ccedil|e(?:grave|acute|circ|th)|ETH|Ntilde|#(?:19[4-9]|2[0-3]\d)"
    r"|#x[CcDdEe][0-9A-Fa-f]);(?:&|[^\x00-\x7f])"
)
_ENTITIES = re.compile(r"(?:&(?:[A-Za-z]{2,8}[1-4]{0,2}|#\d{3,4}|#x[0-9A-Fa-f]{2,4});|[^\x00-\x7f]){2,}")


def repair(text: str) -> tuple[str, str]:
    """The text as it was meant, and in words what had happened to it; as it is, and "", where nothing is certain.

    UTF-8 that was read in another encoding, once or several times, in the whole text or a part of it; and Windows-1252
    read as Latin-1 (quotation marks as control characters). Whatever could be the author's own stays.
    """
    if text.isascii() or len(text) > LONGEST or not _is_suspect(text):
        return text, ""
    import ftfy  # noqa: PLC0415 - few documents need it

    # What is lost is not guessed: a letter of which a byte is missing stays as it stands.
    fixed, steps = ftfy.fix_encoding_and_explain(text, replace_lossy_sequences=False)
    return (fixed, _told(steps or ())) if fixed != text else (text, "")


def repair_html(source: str) -> tuple[str, str]:
    """As `repair`, for HTML: bytes that stand in it as entities are seen as well."""
    told: dict[str, None] = {}

    def meant(match: re.Match[str]) -> str:
        run = unescape(match[0])
        if "&" not in match[0] or not all(sign >= "\x80" for sign in run):
            return match[0]
        fixed, how = repair(run)
        if how:
            told[how] = None
        return fixed if how else match[0]

    if _FIRST_ENTITY.search(source):
        source = _ENTITIES.sub(meant, source)
    fixed, how = repair(source)
    if how:
        told[how] = None
    return fixed, "; ".join(told)


def repaired(document: Document) -> Document:
    """The document with its text, markup and statements as they were meant.

    A witness `repaired` says what was done to text and markup; where nothing was, the document is the very same.
    """
    html, how = repair_html(document.html or "")
    text, and_how = repair(document.text or "")
    stated = repaired_witnesses(document.witnesses)
    if not how and not and_how and stated is document.witnesses:
        return document
    trace = tuple(Witness("repaired", each, ORIGIN) for each in dict.fromkeys((how, and_how)) if each)
    return replace(
        document,
        html=html if how else document.html,
        text=text if and_how else document.text,
        witnesses=(*stated, *trace),
    )


def repaired_witnesses(witnesses: tuple[Witness, ...]) -> tuple[Witness, ...]:
    """The statements as they were meant: in JSON they may have been spelled as escapes."""
    fixed = tuple(_meant(witness) for witness in witnesses)
    return witnesses if all(old is new for old, new in zip(witnesses, fixed, strict=True)) else fixed


def _meant(witness: Witness) -> Witness:
    if witness.value.isascii():
        return witness
    fixed, how = repair(witness.value)
    return replace(witness, value=fixed) if how else witness


def _is_suspect(text: str) -> bool:
    """Whether signs stand side by side that only a wrong decoding sets so; looked at is what is beside them."""
    pair, data = _pair(), text.encode("utf-8", "ignore")
    if pair.search(data) is None:
        return False
    data = _CLOSED.sub("»".encode(), data)  # «LÃ»: a capital before a closing quotation mark
    from ftfy.badness import is_bad  # noqa: PLC0415

    return any(is_bad(_with_beside(data, *match.span())) for match in pair.finditer(data))


def _with_beside(data: bytes, start: int, end: int) -> str:
    """The signs at a place of UTF-8, with those before and behind it."""
    before = data[max(0, start - 4 * _AROUND) : start].decode("utf-8", "ignore")[-_AROUND:]
    behind = data[end : end + 4 * _AROUND].decode("utf-8", "ignore")[:_AROUND]
    return before + data[start:end].decode("utf-8", "ignore") + behind


_CLOSED = re.compile(rb"\xc3[\x82\x83]\xc2\xbb")  # Â» or Ã»


@cache
def _pair() -> Any:
    """The first byte of a letter in UTF-8 and the next one, as the wrong encodings show them; several pairs in a row.

    An RE2 pattern for bytes: with these classes Python's `re` takes 1.6 ms to find nothing in a page of 274,000
    characters, RE2 takes 0.2, and the encoding 0.1 (Nov 2026).
    """
    firsts, seconds = (
        "".join(sorted({bytes([byte]).decode(wrong, "ignore") for byte in span for wrong in _WRONG}))
        for span in (range(0xC2, 0xF5), range(0x80, 0xC0))
    )
    return linear(f"(?:[{re.escape(firsts)}][{re.escape(seconds)}\x80-\x9f]|Ã |[\x80-\x9f])+")


def _told(steps: Iterable[tuple[str, str]]) -> str:
    """What had happened, in words: `UTF-8 read as Windows-1252`."""
    told: dict[str, None] = {}
    wrong = ""
    for step in steps:
        match step:
            case ("encode", name):
                wrong = _NAMES.get(name) or name.replace("sloppy-windows", "Windows")
            case ("decode", "utf-8" | "utf-8-variants"):
                told[f"UTF-8 read as {wrong}"] = None
            case ("decode", _) | (_, "fix_c1_controls"):
                told["Windows-1252 read as Latin-1"] = None
            case (_, "decode_inconsistent_utf8"):
                told["UTF-8 read as Windows-1252 in places"] = None
    return "; ".join(told)
