"""By what near copies of a text are found: a sample of its shingles, the same for a passage wherever it stands.

A shingle is three words that follow each other; it is in the sample when its hash is divisible by 2^level. So where a
passage stands, and what is around it, has no say in what is drawn from it. The level rises with the length of the text;
what a sample of a higher level has, one of a lower level has too, and two texts are compared at the higher one.

Own code, because the libraries (datasketch, rensa, gaoya: MinHash and its LSH; simhash) estimate resemblance, which
falls with every footer that one of two texts has, and keep their index in memory or in a server.
"""

import re
from collections.abc import Collection, Iterable, Sequence, Set
from itertools import compress
from struct import pack
from zlib import crc32

from backfile.copies import Comparison, Likeness, Signature

VERSION = 2  # raise it when signatures or decisions come out otherwise; every text is compared anew

# A text has so many shingles in its sample, or all of its own when it has no more; twice that at the most, until the
# highest level is reached: long texts have larger samples, so that short ones are found within them.
SAMPLE = 48
HIGHEST_LEVEL = 3
KEYS, HIGHEST_KEY_LEVEL = 12, 5  # the same of the part of the sample by which candidates are found
MOST_SHINGLES = 1024  # the level rises further for a text of a size that no article has
MOST_NUMBERS = 64

# Thresholds were taken at 9,842 different articles (six in ten news, the rest speeches of a parliament; 2026-11-24) and
# at copies made of 1,000 of them: docs/architecture.md has the table.
MOST_TEXTS = 100
LEAST_KEYS, LEAST_KEY_SHARE = 2, 0.25  # that are shared and that not everybody has
LEAST_SHARED = 6  # two reports may share a quoted sentence
LEAST_SHARE = 0.48  # 15 % of the words changed leave .61 of the shingles
LEAST_COVERED = 0.7
GAP = 6  # shingles in a row that are not shared; with 15 % of the words changed 1 in 300 places begins such a run
LIST_SHARE = 0.95  # of texts that are lists: of two votes of one parliament nine names in ten are the same
TABLE_NUMBERS, TABLE_AGREE = 8, 0.7  # of lists with so many figures, most of them the same, the words may differ
FOLDED_SHARE = 0.4  # of each in the other: a text cut to 60 % is folded with the whole, its lead alone is not

# Reports by a template differ in nothing but names and figures.
FEW_NUMBERS, MANY_NUMBERS = 2, 5
FEW_AGREE, MANY_AGREE = 0.5, 0.6
SHORT_AGREE = 0.7  # where one is so short that its sample is all of it: of the money market's reports there half agree

_NUMBER = re.compile(r"\d(?:[\d.,:/-]*\d)?")
_DIGIT = re.compile(r"\d")

# Scripts without spaces between words: pieces of two or four letters, in step again at the next sign of punctuation.
_HAN = "\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_MARKED = "\u0900-\u0dff"  # vowels of India are marks, no letters
_SIGNS = re.compile(
    "[\x80-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u02c2-\u02df\u2000-\u206f\u20a0-\u2bff\u3000-\u3004\ufeff]+"
)
_OTHER = re.compile(f"[{_HAN}{_THAI}{_MARKED}]")
_OTHER_WORD = re.compile(rf"[{_HAN}]{{1,2}}|[{_THAI}]{{1,4}}|(?:[^\W{_HAN}{_THAI}]|[{_MARKED}])+")

# Bytes of UTF-8, all of which from 0x80 on are of letters once the signs are out.
_ASCII = bytes(range(0x80))
_LETTERS = bytes(each if each >= 0x80 or chr(each).isalnum() or each == ord("_") else ord(" ") for each in range(0x100))
_LETTERS = _LETTERS.lower()  # the table folds the case of ASCII, too
_MARKS = b".,:/-"  # within a number
_FIGURES = bytes(each if each in b"0123456789" + _MARKS else ord(" ") for each in range(0x100))
_FEW_SIGNS = 48  # different letters and signs that are put in place one by one; of more, all at once is quicker

_LINE = 40  # characters of a line that can be running text
_LOOKED_AT = 400  # characters of a line
_LOWER = 0.35  # of its words begin with a small letter; of names and titles fewer do
_RUNNING = 0.1  # of a text's characters


def signature(text: str) -> Signature:
    """The signature of a cleaned text. Letter case, punctuation and white space make no difference.

    It is empty for a text of less than three words.
    """
    encoded = text.encode("utf-8", "replace")
    beyond = encoded.translate(None, _ASCII).decode()
    words = _words(text, encoded, beyond)
    level = _level(len(words) - 2, SAMPLE, HIGHEST_LEVEL)
    key_level = max(level, _level(len(words) - 2, KEYS, HIGHEST_KEY_LEVEL))
    numbers = set(map(crc32, _numbers(text, encoded, beyond)))
    number_level = 0
    while len(kept := _drawn(numbers, number_level)) > MOST_NUMBERS:
        number_level += 1
    drawn = _shingles(words, level)
    return Signature(VERSION, level, key_level, drawn, number_level, tuple(sorted(kept)), _has_running_text(text))


def _words(text: str, encoded: bytes, beyond: str) -> list[bytes]:
    """The words, case-folded, in UTF-8: bytes are split and hashed in a third of the time that a pattern takes.

    `beyond` are the characters beyond ASCII.
    """
    if _OTHER.search(beyond):
        return [word.encode("utf-8", "replace") for word in _OTHER_WORD.findall(text.casefold())]
    different = set(beyond)
    if len(different) > _FEW_SIGNS:
        encoded = _SIGNS.sub(" ", text.casefold()).encode("utf-8", "replace")
        different.clear()
    for each in different:
        folded = _SIGNS.sub(" ", each.casefold())
        if folded != each:
            encoded = encoded.replace(each.encode(), folded.encode())
    return encoded.translate(_LETTERS).split()


def _numbers(text: str, encoded: bytes, beyond: str) -> set[bytes]:
    if _DIGIT.search(beyond):
        return {each.encode() for each in _NUMBER.findall(text)}
    numbers = {each.strip(_MARKS) for each in encoded.translate(_FIGURES).split()}
    return numbers - {b""}


def _level(count: int, sample: int, highest: int) -> int:
    level = 0
    while (level < highest and count >> level >= 2 * sample) or count >> level > MOST_SHINGLES:
        level += 1
    return min(level, _LEVELS)


def _shingles(words: Sequence[bytes], level: int) -> tuple[int, ...]:
    # CRC-32 took a third of the time that BLAKE2 in a cache did; two words in 4 billion share one, three in a row none.
    hashes = list(map(crc32, words))
    rest = (1 << level) - 1
    drawn = [
        (((one * _FIRST + two * _SECOND + three) << _LEVELS) & _BITS) | ((one ^ two ^ three) & _LOW)
        for one, two, three in _candidates(hashes, level)
        if not (one ^ two ^ three) & rest
    ]
    return tuple(dict.fromkeys(drawn))


def _candidates(hashes: Sequence[int], level: int) -> Iterable[tuple[int, int, int]]:
    """The shingles that are drawn as far as the lowest byte tells: the bytes of all are mixed in one number."""
    count = max(0, len(hashes) - 2)
    lowest = pack(f"<{len(hashes)}I", *hashes)[::4]
    one, two, three = (int.from_bytes(lowest[at : at + count], "little") for at in range(3))
    drawn = (one ^ two ^ three).to_bytes(count, "little").translate(_IS_DRAWN[min(level, 8)])
    return compress(zip(hashes, hashes[1:], hashes[2:], strict=False), drawn)


# By level, for each byte: 1 when a shingle with that lowest byte may be drawn.
_IS_DRAWN = [bytes(not each & ((1 << level) - 1) for each in range(0x100)) for level in range(9)]

# Odd numbers of 64 bits without a pattern: the golden ratio's, and one of SplitMix64's.
_FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9
_BITS = (1 << 63) - 1
_LEVELS = 16  # bits that decide what is drawn: there is no higher level
_LOW = (1 << _LEVELS) - 1


def _drawn(hashes: Collection[int], level: int) -> list[int]:
    rest = (1 << level) - 1
    return [each for each in hashes if not each & rest]


def _has_running_text(text: str) -> bool:
    """Whether more than a little of it is sentences: not names, tables, results."""
    least = _RUNNING * len(text)
    for line in text.splitlines():
        if _is_running(line):
            least -= len(line)
        if least < 0:
            return True
    return False


def _is_running(line: str) -> bool:
    if len(line) < _LINE:
        return False
    words = line[:_LOOKED_AT].split()
    lower = sum(map(str.islower, words))
    return lower >= _LOWER * (lower + sum(word[0].isupper() for word in words))


def likeness(one: Signature, other: Signature, keys: Set[int]) -> Likeness | None:
    """Whether two texts are near copies, and how much they have of each other; None when they are none.

    `keys` are the keys that both have and that are evidence. A share is of all shingles of a sample, common ones among
    them: what everybody has makes a text longer, and no copy.
    """
    shared = set(one.shingles).intersection(other.shingles)
    if len(keys) < LEAST_KEYS or len(shared) < LEAST_SHARED:
        return None
    level = max(one.level, other.level)
    mine = one.shingles if level == one.level else _drawn(one.shingles, level)
    others = other.shingles if level == other.level else _drawn(other.shingles, level)
    share, share_back = len(shared) / len(mine), len(shared) / len(others)
    if max(share, share_back) < LEAST_SHARE:  # nine in ten that have some keys of each other
        return None
    if len(keys) < LEAST_KEY_SHARE * _fewest_keys(one, other):
        return None
    figures = _figures(one, other)
    is_list = not ((one.running and other.running) or _is_one_table(*figures))
    if is_list and max(share, share_back) < LIST_SHARE:
        return None
    if max(_covered(mine, shared), _covered(others, shared)) < LEAST_COVERED:
        return None
    agree = _numbers_agree(*figures, short=not (one.level and other.level))
    return Likeness(share, share_back, min(share, share_back) >= FOLDED_SHARE) if agree else None


def _fewest_keys(one: Signature, other: Signature) -> int:
    """How many keys the one with fewer has, of those that both may have."""
    level = max(one.key_level, other.key_level)
    return min(len(_drawn(one.shingles, level)), len(_drawn(other.shingles, level)))


def _covered(shingles: Sequence[int], shared: Set[int]) -> float:
    """How much of a text lies where the other has it too, edits apart; what follows the last such place is not counted.

    Edits leave small gaps all over, two reports that share their background large ones; a footer stands at the end.
    """
    gaps = [0]
    for each in shingles:
        if each in shared:
            gaps.append(0)
        else:
            gaps[-1] += 1
    size = len(shingles) - gaps.pop()
    return 1 - sum(gap for gap in gaps if gap >= GAP) / size if size else 0.0


def _figures(one: Signature, other: Signature) -> tuple[int, int]:
    """How many different numbers the one with fewer has, and how many of them the other has too."""
    level = max(one.number_level, other.number_level)
    mine, others = set(_drawn(one.numbers, level)), set(_drawn(other.numbers, level))
    return min(len(mine), len(others)), len(mine & others)


def _is_one_table(size: int, shared: int) -> bool:
    """Whether two lists have the same figures; a template's are others each time, and names have none."""
    return size >= TABLE_NUMBERS and shared >= TABLE_AGREE * size


def _numbers_agree(size: int, shared: int, *, short: bool) -> bool:
    if short:
        return shared >= SHORT_AGREE * size
    return size < FEW_NUMBERS or shared >= size * (MANY_AGREE if size >= MANY_NUMBERS else FEW_AGREE)


COMPARISON = Comparison(VERSION, MOST_TEXTS, LEAST_KEYS, likeness)
