"""What an article is about, as terms: names, numbers and words, each with a mark that says of what kind it is.

A term is a number of 47 bits. Names, numbers, dates and countries are spelled alike in all languages (folded, without
marks and endings), so that an article in another language has the same; words are stems of their language. In German
every noun is capitalised: a capitalised word is a name there when it stands in a run of them (`Keir Starmer`), has
digits or is spelled in capitals, else a noun. Of a long text the beginning tells, as news is written from its head.
"""

import re
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import compress

from transforms.story.tokens import (
    BREAK,
    CAPITAL,
    CODE,
    COUNTRY,
    EARLY,
    HEAD,
    INITIAL,
    LATE,
    LATER_TOKEN,
    LOWER,
    LOWER_COUNTRY,
    NUMBER,
    PARTICLE,
    PARTICLES,
    RUN,
    SHORTEST_WORD,
    SHOUTED,
    TOKEN,
    Looking,
    Row,
    looking,
    picking,
    stemmer,
    without_endings,
)

VERSION = 2  # raise it when terms come out otherwise; every article is described anew

MOST_CHARACTERS = 2_000  # of a text that are looked at
LEAD = 700  # characters of the beginning; words that are no names count only there


class Kind(IntEnum):
    """What a term is: it says how rare such a term is before anything was counted."""

    PAIR = 0  # two names that stand together: a person, an institution
    NAME = 1  # a capitalised word within a sentence; in German one that is known for a name
    CODE = 2  # spelled in capitals, or with digits: EUMAM, A380
    NUMBER = 3  # three figures or more, or with a fraction
    FIGURE = 4  # 13 to 99
    DAY = 5  # a day of a month
    COUNTRY = 6  # also capitals, and what is called after a country
    NOUN = 7  # capitalised, in German
    WORD = 8  # a stem


SPELLED_ALIKE = frozenset(Kind) - {Kind.NOUN, Kind.WORD}  # what articles in two languages can have in common

# How many terms of some kinds an article has at most; together they are what it costs on disk.
MOST = {
    frozenset({Kind.PAIR, Kind.NAME, Kind.CODE}): 32,
    frozenset({Kind.NUMBER, Kind.FIGURE}): 8,
    frozenset({Kind.DAY}): 2,
    frozenset({Kind.COUNTRY}): 6,
    frozenset({Kind.NOUN, Kind.WORD}): 24,
}
MOST_SALIENT = 3

_BYTES = 6  # of the hash; one bit is left over for the sign in a database's row
_BITS = (1 << 47) - 1

_SCALES = {
    "million": 6,
    "millionen": 6,
    "millions": 6,
    "mio": 6,
    "mln": 6,
    "billion": 9,
    "milliarden": 9,
    "milliarde": 9,
}
_SCALES |= {"mrd": 9, "bn": 9, "milliards": 9, "millones": 6, "milliard": 9, "thousand": 3, "tausend": 3}


@dataclass(frozen=True, slots=True)
class Terms:
    """What an article is about."""

    language: str
    keys: tuple[int, ...]  # ascending, no two alike
    marks: bytes  # one for each key: its kind, and how much the article makes of it

    def kind(self, place: int) -> Kind:
        """What the term at a place is."""
        return Kind(self.marks[place] >> 2)

    def salience(self, place: int) -> int:
        """How much the article makes of the term at a place, 0 to 3."""
        return self.marks[place] & 3

    def packed(self) -> bytes:
        """As a store keeps it, without the language."""
        return struct.pack(f"<{len(self.keys)}q", *self.keys) + self.marks


def unpacked(data: bytes, language: str) -> Terms:
    """The terms that were packed."""
    count = len(data) // 9
    return Terms(language, struct.unpack(f"<{count}q", data[: 8 * count]), data[8 * count :])


_Places = dict[str, int]  # name → where it was seen first (2 bits), and 4 for each time

_ONCE = 4


class _Found:
    """What one reading of an article has come upon, in the order of first sight."""

    __slots__ = (
        *("capital", "codes", "countries", "days", "figures", "initial", "paired", "pairs", "plain", "shouted"),
        "stems",
    )

    def __init__(self) -> None:
        self.pairs: _Places = {}
        self.capital: _Places = {}  # within a sentence
        self.initial: _Places = {}  # after a full stop and the like
        self.stems: _Places = {}  # of words in lower case
        self.plain: dict[str, None] = {}  # these words
        self.codes: _Places = {}
        self.countries: _Places = {}
        self.figures: _Places = {}
        self.days: _Places = {}
        self.paired: set[str] = set()  # capitalised words that stand in a pair
        self.shouted: set[str] = set()  # words of a headline whose capitals say nothing


def terms(
    title: str | None, text: str, language: str, *, places: Iterable[str] = (), tags: Iterable[str] = ()
) -> Terms:
    """What an article is about, from its title, the beginning of its text, its dateline and its tags."""
    found = _Found()
    look = looking(language)
    head: list[str] = []
    if title and _is_set_in_capitals(title):
        found.shouted.update([look[token][1] for token in TOKEN.findall(title)])
    elif title:
        head = TOKEN.findall(title[:LEAD])
    cut = text.find(" ", LEAD)
    cut = cut if 0 <= cut < 2 * LEAD else LEAD
    late = LATER_TOKEN.findall(text, cut, MOST_CHARACTERS)
    if aside := "\n".join((*places, *tags)):
        late += ["\n", *TOKEN.findall(aside[:LEAD])]
    row = Row(look, head, TOKEN.findall(text[:cut]), late)
    _note_words(row, found)
    _note_pairs(row, found, german=language == "de")
    _note_numbers(row, found, look)
    return _chosen(found, language)


def _is_set_in_capitals(title: str) -> bool:
    """Whether a headline's capitals say nothing: `Germany Rejects French Plan`, `CAR SALES BREAK RECORD`."""
    first = [word[0] for word in title.split() if len(word) >= SHORTEST_WORD and word[0].isalpha()]
    return bool(first) and sum(map(str.isupper, first)) >= _CAPITALS * len(first)


_CAPITALS = 0.8  # of the longer words of a headline; German ones have .5 on average, with names .7


_PLAIN, _LANDS = picking(LOWER, LOWER_COUNTRY), picking(COUNTRY, LOWER_COUNTRY)
_NAMES = picking(CAPITAL, INITIAL, CODE)


def _note_words(row: Row, found: _Found) -> None:
    """Note words, by what they look like."""
    table = found.stems
    for _, stem, where in row.of(_PLAIN, row.forms):
        table[stem] = table.get(stem, where) + _ONCE
    for _, land, where in row.of(_LANDS, row.lands):
        _note(found.countries, land, where)
    tables = {CAPITAL: found.capital, INITIAL: found.initial, CODE: found.codes}
    for letter, name, where in row.of(_NAMES, row.words):
        table = tables[letter]
        table[name] = table.get(name, where) + _ONCE
    found.plain = dict.fromkeys(compress(row.words, row.letters.translate(_PLAIN)))


def _note_pairs(row: Row, found: _Found, *, german: bool) -> None:
    """Note two names that stand together, with no more than particles between them."""
    words, forms, paired, pairs = row.words, row.forms, found.paired, found.pairs
    for match in _PAIR.finditer(row.letters):
        first, last = match.span()
        before, word = words[first], words[last]
        bridged = last - first > 1
        if before == word or (bridged and not _is_bridge(row, first + 1, last)):
            continue
        name = f"{forms[first]} {forms[last]}"
        pairs[name] = pairs.get(name, row.where[last]) + _ONCE
        if not (german and bridged):
            paired.add(before)
            paired.add(word)


_PAIR = re.compile(rb"[ACI][pr]*(?=[ACI])")


def _is_bridge(row: Row, first: int, end: int) -> bool:
    """Whether a name may go on behind these words."""
    for place in range(first, end):
        if row.letters[place] == PARTICLE:
            if place - first >= _MOST_PARTICLES:
                return False
        else:
            words = row.words[place].split(maxsplit=_MOST_PARTICLES)
            if len(words) > _MOST_PARTICLES or not PARTICLES.issuperset(words):
                return False
    return True


_MOST_PARTICLES = 2  # "Koalition der Willigen", "coalition of the willing", "Ursula von der Leyen"


def _note_numbers(row: Row, found: _Found, look: Looking) -> None:
    """Note numbers, and what they mean together with a word: `14. März`, `March 14`, `14 mars 2025`, `3,5 million`."""
    letters, words, months = row.letters, row.words, row.months
    at = letters.find(NUMBER)
    while at > 0:
        number, where = words[at], row.where[at]
        behind = _behind(letters, at)
        month = months[behind]
        if month and letters[_behind(letters, behind)] != NUMBER:
            _note_day(month, number, found, where)
        elif not _YEAR.fullmatch(number):
            _note(found.figures, number, where)
        ahead = at + 1
        while letters.startswith(b",", ahead):
            ahead += 1
        if ahead < len(letters):
            word, month = words[ahead], months[ahead]
            if letters[ahead] == RUN:
                _, word, _, _, month = look[word.split(maxsplit=1)[0]]
            if month:
                _note_day(month, number, found, where)
            elif scale := _SCALES.get(word):
                _note(found.figures, _scaled(number, scale), where)
        at = letters.find(NUMBER, at + 1)


def _behind(letters: bytes, at: int) -> int:
    """The last place before another where there is more than a comma and the like."""
    at -= 1
    while letters[at] == BREAK:
        at -= 1
    return at


def _note(table: _Places, word: str, where: int) -> None:
    table[word] = table.get(word, where) + _ONCE


def _note_day(month: int, number: str, found: _Found, where: int) -> None:
    """Note `14. März`, `14 March`, `March 14`."""
    if number.isdecimal() and len(number) <= 2 and 0 < int(number) <= _LAST_DAY:
        _note(found.days, f"{month:02}-{int(number):02}", where)
        found.figures.pop(number, None)


_LAST_DAY = 31
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def _scaled(number: str, scale: int) -> str:
    whole, _, part = number.partition(".")
    return (whole + part[:scale].ljust(scale, "0")).lstrip("0") or "0"


def _chosen(found: _Found, language: str) -> Terms:
    """The terms that tell most, of each kind so many at the most."""
    stem = stemmer(language)
    names, nouns = _names(found, stem, german=language == "de")
    shouted, plain, stems = found.shouted, found.plain, found.stems
    if shouted:
        shouted.update([without_endings(name) for name in shouted])
        shouted.update(stem(word) for word in plain if word in shouted)
    figures = found.figures.items()
    tables = (
        *(found.pairs, names, found.codes),
        {name: seen for name, seen in figures if len(name) > 2},
        {name: seen for name, seen in figures if len(name) == 2 and name > "12"},
        *(found.days, found.countries, nouns, stems),
    )
    if shouted:
        for table in tables:
            for name in shouted.intersection(table):
                seen = table[name]
                table[name] = seen | SHOUTED if seen & 3 == LATE else seen & ~3
    return _packed(tables, language)


def _names(found: _Found, stem: Callable[[str], str], *, german: bool) -> tuple[_Places, _Places]:
    """Names and German nouns, without endings; what only begins sentences with a capital goes to the words."""
    capital, initial, paired, plain, stems = found.capital, found.initial, found.paired, found.plain, found.stems
    names: _Places = {}
    nouns: _Places = {}
    for name, within in capital.items():
        if len(name) > 2:
            seen = _sum(within, initial[name]) if name in initial else within
            table, bare = nouns if german and name not in paired else names, without_endings(name)
            table[bare] = _sum(seen, table[bare]) if bare in table else seen
    for name, seen in initial.items():
        if name not in capital and len(name) >= SHORTEST_WORD:
            is_name = name in paired and name not in plain
            table, bare = (names, without_endings(name)) if is_name else (stems, stem(name))
            table[bare] = _sum(seen, table[bare]) if bare in table else seen
            if not is_name:
                plain[name] = None
    return names, nouns


def _sum(one: int, other: int) -> int:
    """Both counts, and the place of the earlier."""
    return min(one & 3, other & 3) + (one & ~3) + (other & ~3)


def _salience(where: int, *, often: bool) -> int:
    return min(2 * (where in {HEAD, SHOUTED}) + (where in {HEAD, EARLY}) + often, MOST_SALIENT)


# By where something was seen and how often, as `_Places` have it.
_SALIENCES = tuple(
    _salience(seen & 3, often=seen >= 2 * _ONCE) for seen in range(_ONCE * (2 * LEAD + MOST_CHARACTERS + 2))
)
_MARKS = tuple(bytes(kind << 2 | each for each in _SALIENCES) for kind in Kind)
# From the last kind to the first: what is of two kinds counts as the first.
_MOST = tuple((tuple(sorted(map(int, kinds), reverse=True)), most) for kinds, most in reversed(MOST.items()))


def _packed(tables: Sequence[_Places], language: str) -> Terms:
    """The best of the names in the tables, which are in the order of kinds."""
    marks: dict[int, int] = {}
    spaces = _spaces(language)
    for kinds, most in _MOST:
        chosen = [(kind, tables[kind]) for kind in kinds if tables[kind]]
        if sum([len(table) for _, table in chosen]) > most:
            chosen = _best(chosen, most)
        for kind, table in chosen:
            keys = map(spaces[kind].__getitem__, table)
            marks.update(zip(keys, map(_MARKS[kind].__getitem__, table.values()), strict=True))
    told = sorted(marks.items())
    return Terms(language, tuple(key for key, _ in told), bytes(mark for _, mark in told))


def _best(tables: Sequence[tuple[int, _Places]], most: int) -> list[tuple[int, _Places]]:
    """Of each kind those that stand out most, then those that were seen first; where two were so, by name and kind."""
    if len(tables) == 1:
        kind, table = tables[0]
        saliences = dict(zip(table, map(_SALIENCES.__getitem__, table.values()), strict=True))
        best = sorted(saliences, key=saliences.__getitem__, reverse=True)
        return [(kind, {name: table[name] for name in best[:most]})]
    ranked: list[tuple[int, int, str, int]] = []
    for kind, table in tables:
        ranked += [(-_SALIENCES[seen], place, name, kind) for place, (name, seen) in enumerate(table.items())]
    ranked.sort()
    chosen: dict[int, _Places] = {kind: {} for kind, _ in tables}
    whole = dict(tables)
    for _, _, name, kind in ranked[:most]:
        chosen[kind][name] = whole[kind][name]
    return list(chosen.items())


# Names and German nouns are one space: a name that one article shows to be one, another may not.
_SPACES = {Kind.NUMBER: "1", Kind.FIGURE: "1", Kind.DAY: "d", Kind.COUNTRY: "c"}


@lru_cache(maxsize=8)
def _spaces(language: str) -> tuple["_Keys", ...]:
    """The terms of each kind of names, in the order of kinds."""
    return tuple(_keys(language if kind is Kind.WORD else _SPACES.get(kind, "n")) for kind in Kind)


@lru_cache(maxsize=16)
def _keys(space: str) -> "_Keys":
    return _Keys(space)


class _Keys(dict[str, int]):
    """The terms of the names of a space; hashed when they are first met."""

    def __init__(self, space: str) -> None:
        super().__init__()
        self._space = space

    def __missing__(self, name: str) -> int:
        if len(self) >= _MOST_KEYS:
            self.clear()
        stated = f"{self._space}:{name}".encode("utf-8", "surrogatepass")
        key = self[name] = int.from_bytes(blake2b(stated, digest_size=_BYTES).digest(), "big") & _BITS
        return key


_MOST_KEYS = 1 << 16  # known at a time, of a space
