"""By what near copies of a text are found: a sample of its shingles, drawn so that a passage gives the same one anywhere.

A shingle is three words that follow each other; it is in the sample when its hash is divisible by 2^level. So nothing of
where a passage stands, or what is around it, has a say in what is drawn from it. The level rises with the length of the
text; what a sample of a higher level has, one of a lower level has too, and two texts are compared at the higher one.

Own code, because the libraries (datasketch, rensa, gaoya: MinHash and its LSH; simhash) estimate resemblance, which falls
with every footer that one of two texts has, and keep their index in memory or in a server.
"""

import re
from collections.abc import Collection, Sequence, Set
from itertools import islice
from zlib import crc32

from backfile.copies import Comparison, Likeness, Signature

VERSION = 1  # raise it when signatures or decisions come out otherwise; every text is compared anew

# A text has so many shingles in its sample, or all of its own when it has no more; twice that at the most, until the
# highest level is reached: long texts have larger samples, so that short ones are found within them.
SAMPLE = 32
HIGHEST_LEVEL = 4
MOST_SHINGLES = 1024  # the level rises further for a text of a size that no article has
MOST_NUMBERS = 64

# Thresholds were taken at 9,842 different articles (half of them news, half speeches of a parliament; 2026-11-24) and at
# copies made of 1,000 of them: docs/architecture.md has the table.
MOST_TEXTS = 100
LEAST_SHARED = 6  # two reports may share a quoted sentence
LEAST_SHARE = 0.45  # 15 % of the words changed leave .61 of the shingles
LEAST_COVERED = 0.7
GAP = 6  # shingles in a row that are not shared; with 15 % of the words changed 1 in 300 places begins such a run
LIST_SHARE = 0.95  # of texts that are lists: of two votes of one parliament nine names in ten are the same
FOLDED_SHARE = 0.4  # of each in the other: a text cut to 60 % is folded with the whole, its lead alone is not

# Reports by a template differ in nothing but names and figures.
FEW_NUMBERS, MANY_NUMBERS = 2, 5
FEW_AGREE, MANY_AGREE = 0.5, 0.6

_NUMBER = re.compile(r"\d(?:[\d.,:/-]*\d)?")

# Scripts without spaces between words: pieces of two or four letters, in step again at the next sign of punctuation.
_HAN = "\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_MARKED = "\u0900-\u0dff"  # vowels of India are marks, no letters
_WORD = re.compile(r"\w+")
_OTHER = re.compile(f"[{_HAN}{_THAI}{_MARKED}]")
_OTHER_WORD = re.compile(rf"[{_HAN}]{{1,2}}|[{_THAI}]{{1,4}}|(?:[^\W{_HAN}{_THAI}]|[{_MARKED}])+")

_LINE = 40  # characters of a line that can be running text
_LOOKED_AT = 400  # characters of a line
_LOWER = 0.35  # of its words begin with a small letter; of names and titles fewer do
_RUNNING = 0.1  # of a text's characters


def signature(text: str) -> Signature:
    """The signature of a cleaned text. Letter case, punctuation and white space make no difference.

    It is empty for a text of less than three words.
    """
    folded = text.casefold().encode("utf-8", "replace").decode()
    words = (_OTHER_WORD if _OTHER.search(folded) else _WORD).findall(folded)
    level = _level(len(words) - 2)
    numbers = {crc32(each.encode()) for each in _NUMBER.findall(folded)}
    number_level = 0
    while len(kept := _drawn(numbers, number_level)) > MOST_NUMBERS:
        number_level += 1
    return Signature(
        VERSION, level, _shingles(words, level), number_level, tuple(sorted(kept)), _has_running_text(text)
    )


def _level(count: int) -> int:
    level = 0
    while (level < HIGHEST_LEVEL and count >> level >= 2 * SAMPLE) or count >> level > MOST_SHINGLES:
        level += 1
    return min(level, _LEVELS)


def _shingles(words: Sequence[str], level: int) -> tuple[int, ...]:
    # CRC-32 took a third of the time that BLAKE2 in a cache did; two words in 4 billion share one, three in a row do not.
    hashes = [crc32(word.encode()) for word in words]
    rest = (1 << level) - 1
    threes = zip(hashes, islice(hashes, 1, None), islice(hashes, 2, None))  # noqa: B905  # the shortest ends it
    drawn = [(a, b, c, sum_) for a, b, c in threes if not (sum_ := a + 3 * b + 5 * c) & rest]
    return tuple(dict.fromkeys(_mixed(a, b, c) << _LEVELS & _BITS | sum_ & _LOW for a, b, c, sum_ in drawn))


def _mixed(one: int, two: int, three: int) -> int:
    # Odd numbers of 64 bits without a pattern: the golden ratio's, and two of SplitMix64's.
    return one * 0x9E3779B97F4A7C15 ^ two * 0xBF58476D1CE4E5B9 ^ three * 0x94D049BB133111EB


_BITS = (1 << 63) - 1
_LEVELS = 16  # bits that are the sum's, which decides what is drawn: there is no higher level
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


def likeness(one: Signature, other: Signature, shared: Set[int]) -> Likeness | None:
    """Whether two texts are near copies, and how much they have of each other; None when they are none.

    `shared` are the shingles that both samples have and that are evidence. A share is of all shingles of a sample, those
    that are none (everybody has them) among them.
    """
    level = max(one.level, other.level)
    mine, others = _drawn(one.shingles, level), _drawn(other.shingles, level)
    if len(shared) < LEAST_SHARED:
        return None
    share, share_back = len(shared) / len(mine), len(shared) / len(others)
    least = LEAST_SHARE if one.running and other.running else LIST_SHARE
    if max(share, share_back) < least or max(_covered(mine, shared), _covered(others, shared)) < LEAST_COVERED:
        return None
    if not _numbers_agree(one, other):
        return None
    return Likeness(share, share_back, min(share, share_back) >= FOLDED_SHARE)


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


def _numbers_agree(one: Signature, other: Signature) -> bool:
    level = max(one.number_level, other.number_level)
    mine, others = set(_drawn(one.numbers, level)), set(_drawn(other.numbers, level))
    size = min(len(mine), len(others))
    return size < FEW_NUMBERS or len(mine & others) >= size * (MANY_AGREE if size >= MANY_NUMBERS else FEW_AGREE)


COMPARISON = Comparison(VERSION, MOST_TEXTS, LEAST_SHARED, likeness)
