"""How much each short run of letters, and each frequent word, speaks for each language: one sum instead of a walk.

All is looked up in `weights.bin`, which `make_weights` makes; nothing is unpacked. Everything is lower case, so that
capitals change nothing.

What a word says, with its runs, is one whole number with a lane of `LANE` bits for each language, so that a sum of
these numbers sums all languages at once: a tenth of the time of a loop over them.
"""

import json
import re
import sys
import threading
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from zlib import crc32

from transforms.language import letters

FILE = Path(__file__).with_name("weights.bin")
CAPITAL = 0.5  # of a word with a capital letter within a text: often a name, which is at home in any language
STEP = 0.1  # nats: weights are rounded to it
LANE = 16  # bits: no 300 letters reach 6,553 nats
# What is remembered of words and of runs: 3 MB each. Of the words of 3,000 headlines and as many paragraphs three in
# four were met before, of the runs in new words nine in ten (Nov 2026).
WORDS, RUNS = 1 << 13, 1 << 14
# How an entry of the file begins and what stands behind its run, or its word; what it says comes in bytes above these.
BEGIN, RUN, WORD, COMMON = b"\n", b"\0", b"\1", b"\2"
ABOVE = 0x80
DRAWERS = 1 << 16  # of the file, with five entries in each

_LOCK = threading.Lock()
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the sums over a text say."""

    nats: tuple[tuple[float, str], ...]  # with the language they speak for, the most first
    known: int  # different words that are in any list
    common: int  # of these the ones at the head of a list: what no name is
    letters: int  # of different words

    @property
    def lead(self) -> float:
        """Nats between the first language and the second."""
        return self.nats[0][0] - self.nats[1][0]

    @property
    def density(self) -> float:
        """Nats a letter for the first language: noise and codes have few."""
        return self.nats[0][0] / max(1, self.letters)


@dataclass(frozen=True, slots=True)
class Said:
    """What a word and its runs of one to five letters speak for."""

    sum: int  # `STEP`s in the lane of each language
    known: bool  # whether the word is in a list
    common: bool  # … at the head of one


class Weights:
    """What each word and each run of letters speaks for, as the file says it."""

    def __init__(self, data: bytes) -> None:
        head, _, body = data.partition(b"\n")
        about = json.loads(head)
        self.tags: tuple[str, ...] = tuple(about["tags"])  # the languages, by lane
        self.prior: tuple[float, ...] = tuple(about["prior"])  # nats, by lane
        size = 4 * (DRAWERS + 1)
        self._starts = array("I", body[:size])  # of each drawer in the entries, and the end of the last one
        if sys.byteorder == "big":
            self._starts.byteswap()
        self._entries = body[size:]
        self._of_run = lru_cache(RUNS)(partial(self._found, kind=RUN))
        self.said = lru_cache(WORDS)(self._said)

    def weigh(self, text: str) -> Weighed:
        """The nats that the words and runs of letters of a text have for each language."""
        whole = part = 0
        known = common = size = 0
        words: dict[str, bool] = {}  # whether it is ever written small; said again, a word says nothing more
        for number, word in enumerate(_WORD.findall(text)):
            words[word.lower()] = words.get(word.lower(), False) or not number or not word[0].isupper()
        for lower, small in words.items():
            size += len(lower)
            said = self.said(lower)
            known += said.known
            common += said.common
            if small:
                whole += said.sum
            else:
                part += said.sum
        lacking = letters.against(words, text)
        nats = (
            prior + STEP * (a + CAPITAL * b) - lacking.get(tag, 0.0)
            for tag, prior, a, b in zip(self.tags, self.prior, self._lanes(whole), self._lanes(part), strict=True)
        )
        ranked = tuple(sorted(zip(nats, self.tags, strict=True), reverse=True))
        return Weighed(ranked, known, common, size)

    def _lanes(self, total: int) -> memoryview:
        size = len(self.tags) * LANE // 8
        return memoryview(total.to_bytes(size, sys.byteorder)).cast("H")[:: 1 if sys.byteorder == "little" else -1]

    def _said(self, word: str) -> Said:
        common = self._found(word, COMMON)
        listed = common or self._found(word, WORD)
        pairs = b"".join((listed, *map(self._of_run, _runs(word))))
        return Said(sum(map(_SUMMANDS.__getitem__, memoryview(pairs).cast("H"))), bool(listed), bool(common))

    def _found(self, name: str, kind: bytes) -> bytes:
        """What the entry of a name says; empty where there is none."""
        key = BEGIN + name.encode() + kind
        drawer = drawer_of(key)
        at = self._entries.find(key, self._starts[drawer], self._starts[drawer + 1])
        if at < 0:
            return b""
        begins = at + len(key)
        return self._entries[begins : self._entries.find(BEGIN, begins)]


class _Summands(dict[int, int]):
    """What an entry's two bytes, read as one number, add to a sum."""

    def __missing__(self, pair: int) -> int:
        lane, steps = pair.to_bytes(2, sys.byteorder)
        self[pair] = steps - ABOVE << LANE * (lane - ABOVE)
        return self[pair]


_SUMMANDS = _Summands()


def drawer_of(key: bytes) -> int:
    """Where the entry stands that begins with a key."""
    return crc32(key) % DRAWERS


def _runs(word: str) -> list[str]:
    """The runs of one to five characters of a word between blanks, but for the blank alone."""
    held = f" {word[:40]} "
    size = len(held)
    return [*held[1:-1], *(held[at : at + length] for length in (2, 3, 4, 5) for at in range(size - length + 1))]


def load() -> Weights:
    """The weights, read once for all threads."""
    with _LOCK:
        return _read()


@cache
def _read() -> Weights:
    return Weights(FILE.read_bytes())
