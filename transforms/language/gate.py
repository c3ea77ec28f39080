"""The cheap look at a text: how many function words of each language it has."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from transforms.language import function_words

# Function words decide 9 of 10 articles at a fiftieth of the time. Of 2,426 labelled texts in 18 languages they decided
# 298, all rightly, as down to 15 words; with 12 one was wrong. Of 10,000 German and English ones 9,547, none otherwise
# than langdetect (Nov 2026).
MANY_WORDS = 25  # of a text that is decided by them
FUNCTION_SHARE = 0.2  # of its words
FUNCTION_LEAD = 1.4  # times as many as of any other language
DIFFERENT = 3  # kinds of function words, by the languages that share them: a table full of "n.a." was French
# With fewer different function words that the main language lacks no paragraph is another language's: one at the edge
# needs three more than it has of the main one (`paragraphs.EDGE_LEAD`), a change within costs more. 94 of 100 articles
# are told by that look alone; of 10,000 none is called another language than by a look at each paragraph (Nov 2026).
FOREIGN = 3
LONGEST = 100_000  # characters looked at in one piece
OTHER_SCRIPTS = 0.15  # bytes a character beyond one, from which a text may be in letters that are not Latin

_ADDRESS = re.compile(r"\w+://\S+")
_MARKS = bytes(each for each in range(128) if not chr(each).isalpha())
_BLANKS = bytes.maketrans(_MARKS, b" " * len(_MARKS))
_SMALL = _BLANKS.lower()  # the table folds the case of ASCII, too
_ASCII = bytes(range(0x80))
_FEW_SIGNS = 48  # different letters and signs that are put in place one by one; of more, all at once is quicker
_CONTEXT = "Σ"  # the one letter whose small form depends on what is beside it
_QUOTES = "’„“”«»…"  # typographic ones that touch a word


def decide(sample: str) -> str | None:
    """The language whose function words a long text is full of, if no other comes near; else None."""
    words = _words(sample)
    return _decided(_by_kind(words), len(words))


def alone(paragraphs: Sequence[str]) -> str | None:
    """The one language of a text that has hardly a function word of another, as most have; None where it is to be seen.

    It gives what `decide` gives of the longest paragraphs, and that no paragraph is in another language, at one look
    at the whole text. What is long, or has addresses or other scripts in it, is left to a closer look.
    """
    return _alone(tuple(paragraphs)) if sum(map(len, paragraphs)) <= LONGEST else None


@lru_cache(1)
def _alone(paragraphs: tuple[str, ...]) -> str | None:
    text = "\n".join(paragraphs)
    if "://" in text or "@" in text or "#" in text or "www." in text:
        return None
    words = _words(text)
    if sum(map(len, words)) > (1 + OTHER_SCRIPTS) * len(text):
        return None
    main = _decided(_by_kind(words), len(words))
    if main is None:
        return None
    foreign = Counter(tag for word in _foreign(main).intersection(words) for tag in _tongues()[word])
    return None if any(foreign[tag] >= FOREIGN for tag in function_words.DECIDED) else main


def counts(text: str) -> Counter[str]:
    """How many words of the text are function words of each language; a word may be in several.

    Addresses do not count: the letters of a counted link, parted by figures, are function words of some language.
    """
    return _by_tongue(_by_kind(_words(_ADDRESS.sub(" ", text) if "://" in text else text)))


def _decided(kinds: Mapping[tuple[str, ...], int], words: int) -> str | None:
    if words < MANY_WORDS:
        return None
    found = _by_tongue(kinds)
    best = max(found, key=found.__getitem__, default="")
    most = found[best]
    if best not in function_words.DECIDED or most < FUNCTION_SHARE * words:
        return None
    if any(most < FUNCTION_LEAD * count for tag, count in found.items() if tag != best):
        return None
    return best if sum(best in tongues for tongues in kinds) >= DIFFERENT else None


def _words(text: str) -> Sequence[bytes]:
    """The words in lower case, as UTF-8: parting bytes at blanks takes a third of the time of a pattern."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) > len(text):
        different = set(encoded.translate(None, _ASCII).decode())
        if len(different) > _FEW_SIGNS or _CONTEXT in different:
            return _folded(text.lower())
        for each in different:
            small = " " if each in _QUOTES else each.lower()
            if small != each:
                encoded = encoded.replace(each.encode(), small.encode())
    return encoded.translate(_SMALL).split()


def _folded(lower: str) -> Sequence[bytes]:
    for quote in _QUOTES:
        lower = lower.replace(quote, " ")
    return lower.encode("utf-8", "replace").translate(_BLANKS).split()


def _by_kind(words: Sequence[bytes]) -> dict[tuple[str, ...], int]:
    """How many words each set of languages has in common."""
    kinds, numbers = _kinds()
    found = Counter(map(numbers.get, words))
    return {kinds[kind]: count for kind, count in found.items() if kind is not None}


def _by_tongue(kinds: Mapping[tuple[str, ...], int]) -> Counter[str]:
    found: dict[str, int] = {}
    for tongues, count in kinds.items():
        for tongue in tongues:
            found[tongue] = found.get(tongue, 0) + count
    return Counter(found)


@cache
def _kinds() -> tuple[tuple[tuple[str, ...], ...], dict[bytes, int]]:
    """The sets of languages that share a function word, and each word's set by its number: counted by small numbers."""
    kinds = tuple(dict.fromkeys(_tongues().values()))
    numbers = {kind: number for number, kind in enumerate(kinds)}
    return kinds, {word: numbers[kind] for word, kind in _tongues().items()}


@cache
def _foreign(main: str) -> frozenset[bytes]:
    """The function words of languages that are decided by them which the main language lacks."""
    return frozenset(
        word for word, tongues in _tongues().items() if main not in tongues and function_words.DECIDED & {*tongues}
    )


@cache
def _tongues() -> dict[bytes, tuple[str, ...]]:
    """The languages that each function word belongs to."""
    found: dict[bytes, tuple[str, ...]] = {}
    for tongue, words in function_words.WORDS.items():
        for word in dict.fromkeys(words.encode().split()):
            found[word] = (*found.get(word, ()), tongue)
    return found
