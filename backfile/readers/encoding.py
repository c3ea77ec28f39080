"""Bytes to text: byte order marks, declarations, UTF-8 first, then what the bytes look like.

Nothing here raises on content but `decode`, and that only for bytes which are no text in any encoding.
"""

import codecs
import io
import re
from typing import BinaryIO

from backfile.errors import Reason, UnreadableInput

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Labels that people write and the encoding that browsers take them for (https://encoding.spec.whatwg.org/#names-and-labels),
# where Python's own codec of that name knows fewer characters.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-8",  # declared inside bytes that could be read, so they are not
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_STATEFUL = {"iso2022_jp", "iso2022_jp_2", "iso2022_kr", "hz", "utf-7"}  # made of ASCII: UTF-8 says nothing
_NO_CHARSETS = {"unicode-escape", "raw-unicode-escape", "idna", "punycode", "mbcs", "oem", "utf-8-sig"}  # Python's own

# What charset-normalizer may choose from: what news was published in before UTF-8. Without the list it finds
# EBCDIC and Mac Icelandic in short German sentences.
_CANDIDATES = [
    *("cp1252", "cp1250", "iso8859_2", "cp1251", "koi8_r", "iso8859_5", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("mac_roman", "cp850", "gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
_DETECTION_BYTES = 64 * 1024  # of the bytes shown to charset-normalizer, which decodes all of them 17 times

_SAMPLE_BYTES = 1024 * 1024  # that tell damaged UTF-8 from what is none

# Where Windows-1252 has a gap, browsers keep the C1 control. ISO 8859-1 has controls in the whole range.
_C1_AS_1252 = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)}

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CUT_OFF = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")

# The reading as Windows-1252 is believed when every character beyond ASCII is a letter that Western languages use
# within or at a word, or a mark that stands where such a mark may stand. Polish, Russian or Mac text read so has
# signs inside its words ("Å¼", "¹", "‡").
_WESTERN_LETTERS = "ÄÖÜäöüßÀÂÇÉÈÊËÎÏÔŒÙÛàâçéèêëîïôœùûÁÍÑÓÚáíñóúÃÕãõÅÆØåæøÌÒìò"
_BROKEN_WORD = re.compile(rf"[A-Za-z][^\x00-\x7f{_WESTERN_LETTERS}’‘´\u00ad·–—/…\u00a0€“”»«][A-Za-z]")
_MARKS = "„“”‚‘’«»‹›–—…•·´`€£§©®™°²³½¼¾±×\u00a0\u00ad¡¿ªº†‰¬"
_UNEXPECTED = re.compile(rf"[^\x00-\x7f{_WESTERN_LETTERS}{_MARKS}]")
_LETTER_RUN = re.compile(rf"[{_WESTERN_LETTERS}]{{3}}")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`.

    A byte order mark wins, then valid UTF-8 with anything beyond ASCII in it (declarations lie, such bytes do not),
    then the declaration, then damaged UTF-8, then detection.

    Raises:
        UnreadableInput: the bytes are no text in any encoding that was declared or detected.
    """
    if (marked := _by_mark(data)) is not None:
        return marked
    if wide := wide_encoding(data[:4096]):
        return data.decode(wide, "replace")
    charset = known(declared)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data, charset)
    if charset in _STATEFUL:
        return data.decode(charset, "replace")
    return text


def sample(head: bytes) -> str:
    """The beginning of an input as text, good enough to tell its format: cheap, never fails."""
    if (marked := _by_mark(head)) is not None:
        return marked
    if wide := wide_encoding(head[:4096]):
        return head.decode(wide, "replace")
    try:
        return (head[:-4] + _CUT_OFF.sub(b"", head[-4:])).decode("utf-8")
    except UnicodeDecodeError:
        return _windows_1252(head)


def charset_of(beginning: bytes) -> str | None:
    """The charset that all lines of a stream have, told by its first ones, for `decode`; None: UTF-8, or no telling."""
    try:
        beginning.decode("utf-8")
    except UnicodeDecodeError:
        if _is_damaged_utf8(beginning):
            return None
        return "cp1252" if _is_western(_windows_1252(beginning)) else _best(beginning)
    return None


def known(label: str | None) -> str | None:
    """The Python codec that browsers would use for a declared charset; None if there is no such text encoding."""
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip().strip("\"'").lower()).name
        b"    ".decode(name, "ignore")  # base64 and rot13 are codecs too
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    return None if name.replace("_", "-") in _NO_CHARSETS else _SUPERSETS.get(name, name)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by mark or by where the NUL bytes of Western text stand; None for anything else."""
    for mark, name in _BOMS[1:]:
        if head.startswith(mark):
            return name
    if len(head) < 4 or b"\0" not in head:
        return None
    half = len(head) // 2
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    if even > 0.4 and odd < 0.05:
        return "utf-16-be"
    return None


def narrowed(stream: BinaryIO, head: bytes) -> BinaryIO:
    """`stream`, which begins with `head`, as bytes of an encoding that contains ASCII, without a byte order mark."""
    if wide := wide_encoding(head[:4096]):
        return io.BufferedReader(_Recoded(stream, wide))
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return stream


class _Recoded(io.RawIOBase):
    """A stream of UTF-16 or UTF-32 as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._pending = b""
        self._first = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        ended = False
        while not self._pending and not ended:
            chunk = self._stream.read(io.DEFAULT_BUFFER_SIZE)
            ended = not chunk
            text = self._decoder.decode(chunk, final=ended)
            if self._first and text:
                text, self._first = text.removeprefix("\ufeff"), False
            self._pending = text.encode("utf-8", "replace")
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size


def _by_mark(data: bytes) -> str | None:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    return None


def _not_utf8(data: bytes, charset: str | None) -> str:
    if charset and charset != "utf-8":
        if charset == "cp1252":
            return _windows_1252(data)
        text = data.decode(charset, "replace")
        if text.count("\ufffd") <= len(text) / 50:
            return text
    if _is_damaged_utf8(data):
        return data.decode("utf-8", "replace")
    text = _windows_1252(data)
    return text if _is_western(text) else _detected(data)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether broken sequences are few among the whole ones, or the only one is a character cut off at the end."""
    data = data[:_SAMPLE_BYTES] if len(data) > _SAMPLE_BYTES else data
    whole = len(_MULTIBYTE.findall(data))
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    return whole >= 2 * broken or (broken == 1 and _CUT_OFF.search(data[-4:]) is not None and whole > 0)


def _is_western(text: str) -> bool:
    return not (_UNEXPECTED.search(text) or _BROKEN_WORD.search(text) or _LETTER_RUN.search(text))


def _windows_1252(data: bytes) -> str:
    return data.decode("latin-1").translate(_C1_AS_1252)


def _detected(data: bytes) -> str:
    best = _best(data)
    if best is not None and best != "cp1252":
        return data.decode(best, "replace")
    text = _windows_1252(data)
    controls = sum(text.count(chr(byte)) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
    if best is None and controls > len(text) / 100:
        raise UnreadableInput(Reason.BAD_ENCODING, "no encoding makes text of these bytes")
    return text


def _best(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - 60 ms, and most archives never need it

    # preemptive_behaviour would believe a "charset=" inside the text; declarations have had their say.
    best = from_bytes(data[:_DETECTION_BYTES], cp_isolation=_CANDIDATES, preemptive_behaviour=False).best()
    return None if best is None else best.encoding
