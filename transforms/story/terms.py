"""What an article is about, as terms: names, numbers and words, each with a mark that says of what kind it is.

A term is a number of 47 bits. Names, numbers, dates and countries are spelled alike in all languages (folded, without
marks and endings), so that an article in another language has the same; words are stems of their language. In German
every noun is capitalised: a capitalised word is a name there when it stands in a run of them (`Keir Starmer`), has
digits or is spelled in capitals, else a noun. Of a long text the beginning tells, as news is written from its head.
"""

import re
import struct
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from hashlib import blake2b

from transforms.language import function_words
from transforms.metadata.dates import words
from transforms.story.countries import country

VERSION = 2  # raise it when terms come out otherwise; every article is described anew

MOST_CHARACTERS = 2_000  # of a text that are looked at
LEAD = 700  # characters of the beginning; words that are no names count only there
LONGEST_WORD = 40  # characters; longer ones are addresses and the like
SHORTEST_WORD = 4  # letters of a word that is no name


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

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[-'’.]\w+)*\d*|[.!?:…;,()\"„“”«»‚‘–—%\n/|]")
# Behind the lead words that are no names do not count; a run of them is one token, which ends in a blank.
_LATER_TOKEN = re.compile(rf"(?:[a-zß-öø-ÿ]\w*(?:[-'’]\w+)*[ \t]+)+|{_TOKEN.pattern}")
_ENDS = frozenset('.!?:…\n|"„“”«»')  # what a word may be capitalised after for no other reason
_BREAKS = frozenset('.!?:…;,()\n"„“”«»‚‘–—/|')  # no name goes across
_BYTES = 6  # of the hash; one bit is left over for the sign in a database's row
_BITS = (1 << 47) - 1

# Between two parts of a name.
_PARTICLES_WORDS = """
    am an auf de del den der des di du da e el i im la las le les los of the van von y zu zur
"""
_PARTICLES = frozenset(_PARTICLES_WORDS.split())
# Capitalised, but no name: titles, forms of address, and what every report has.
_TITLES_WORDS = """
    mr mrs ms dr prof sir lord lady king queen prince princess president minister premier chancellor chief general
    secretary senator governor mayor judge chairman spokesman spokeswoman director captain colonel herr frau
    prasident prasidentin bundesprasident ministerprasident ministerprasidentin kanzler kanzlerin bundeskanzler
    bundeskanzlerin ministerin premierminister premierministerin aussenminister aussenministerin innenminister
    innenministerin verteidigungsminister finanzminister generalsekretar burgermeister burgermeisterin
    oberburgermeister sprecher sprecherin chef chefin leiter leiterin vorsitzende vorsitzender abgeordnete
    direktor trainer richter richterin professor professorin monsieur madame mme m ministre maire roi reine
    directeur presidente juge senor senora presidenta ministro ministra alcalde alcaldesa rey reina don
"""
_TITLES = frozenset(_TITLES_WORDS.split())
_COMMONPLACE_WORDS = """
    said says told according reported reports news also would could should may might must first last new two three
    year years people week weeks month months day days today yesterday tomorrow time morning evening night hour
    hours percent monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december reuters dpa afp ap efe epd kna while where before after since
    because during against between through both many much made make like only other some such most over under
    being even still then sagte sagt sagten erklarte mitteilte teilte laut angaben bericht berichten berichtete
    heute gestern morgen jahr jahre jahren woche wochen monat monate tag tage tagen uhr prozent zeit ende anfang
    mitte montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar marz juni juli
    oktober dezember menschen million millionen milliarden euro dollar einen seinen seiner ihrer ihrem dieser
    dieses diesem diesen jedoch bereits sollen sollte wurden werde konnte konnen konnten wollen musste mussen
    weitere weiteren zwischen wahrend nachdem damit dabei zudem allerdings foto bild grafik video teil fall frage
    seite milliarde selon annonce lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril
    juin juillet aout octobre decembre heures apres avant depuis segun dijo lunes martes miercoles jueves viernes
    sabado domingo enero febrero marzo abril junio julio agosto octubre diciembre anos horas
"""
_COMMONPLACE = frozenset(_COMMONPLACE_WORDS.split())
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
_STEMMERS = {"de": "german", "en": "english", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch"}
_STEMMERS |= {"pt": "portuguese", "sv": "swedish", "da": "danish", "no": "norwegian"}
_ODD = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "’": "'"})


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


# What one token is. Plain numbers, in this order: they are compared for each word of each article.
_END = 0  # what follows may be capitalised for no other reason
_BREAK = 1  # no name goes across
_NOTHING = 2
_SMALL = 3  # a function word
_PARTICLE = 4  # a function word that stands within names
_LOWER = 5
_COMMONPLACE_WORD = 6
_COUNTRY = 7
_CODE = 8
_CAPITAL = 9
_TITLE = 10  # of a person
_NUMBER = 11

_Token = tuple[int, str, str, int]  # the word folded, its country or scaled number, its month (0: none)
_Places = dict[str, int]  # name → where it was seen first (2 bits), and 4 for each time

# Where something was seen.
_HEAD, _EARLY, _LATE = 0, 1, 2
_ONCE = 4


class _Found:
    """What one reading of an article has come upon, in the order of first sight."""

    __slots__ = ("capital", "codes", "countries", "days", "figures", "initial", "lower", "paired", "pairs", "shouted")

    def __init__(self) -> None:
        self.pairs: _Places = {}
        self.capital: _Places = {}  # within a sentence
        self.initial: _Places = {}  # after a full stop and the like
        self.lower: _Places = {}
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
    look = _looking(language)
    german = language == "de"
    if title and _is_set_in_capitals(title):
        found.shouted.update(look(token)[1] for token in _TOKEN.findall(title))
    elif title:
        _read(_TOKEN.findall(title[:LEAD]), found, look, german=german, where=_HEAD)
    cut = text.find(" ", LEAD)
    cut = cut if 0 <= cut < 2 * LEAD else LEAD
    _read(_TOKEN.findall(text[:cut]), found, look, german=german, where=_EARLY)
    _read(_LATER_TOKEN.findall(text, cut, MOST_CHARACTERS), found, look, german=german, where=_LATE)
    if aside := "\n".join((*places, *tags)):
        _read(_TOKEN.findall(aside[:LEAD]), found, look, german=german, where=_LATE)
    return _chosen(found, language)


def _is_set_in_capitals(title: str) -> bool:
    """Whether a headline's capitals say nothing: `Germany Rejects French Plan`, `CAR SALES BREAK RECORD`."""
    words = [word for word in title.split() if word[0].isalpha() and len(word) >= SHORTEST_WORD]
    return bool(words) and sum(word[0].isupper() for word in words) >= _CAPITALS * len(words)


_CAPITALS = 0.8  # of the longer words of a headline; German ones have .5 on average, with names .7


@cache
def _looking(language: str) -> Callable[[str], _Token]:
    """What tells the sort of a token, with what was told before at hand."""
    small, months = _function_words(language), _months()

    def look(token: str) -> _Token:  # noqa: PLR0911  # a table of cases
        first = token[0]
        if first.isdigit():
            number = _number(token)
            return _NUMBER, number if len(number) < LONGEST_WORD else "0", "", 0
        if not first.isalpha():
            sort = _END if first in _ENDS else _BREAK if first in _BREAKS else _NOTHING
            return sort, token, "", 0
        word = fold(token)
        month = months.get(word, 0)
        if len(token) > LONGEST_WORD:
            return _NOTHING, "", "", 0
        if first.islower() or word in small:
            if word in small or len(word) < SHORTEST_WORD or word in _COMMONPLACE:
                return _PARTICLE if word in _PARTICLES else _SMALL, word, "", month
            return _LOWER, word, country(word) or "", month
        if (land := country(word)) is not None:
            return _COUNTRY, word, land, month
        if word in _COMMONPLACE or len(word) < 2:
            return _COMMONPLACE_WORD, word, "", month
        if word in _TITLES:
            return _TITLE, word, "", month
        return _CODE if _is_code(token) else _CAPITAL, word, "", month

    return lru_cache(maxsize=1 << 16)(look)


def _read(tokens: Iterable[str], found: _Found, look: Callable[[str], _Token], *, german: bool, where: int) -> None:  # noqa: C901, PLR0912, PLR0915  # one pass
    """Sort the tokens of a part by what they look like."""
    lower = found.lower
    initial = True
    before = ""  # the capitalised word that a name may go on from
    bridge = 0  # particles since then
    number = ""  # that stands directly before
    month = 0
    for token in tokens:
        if token[-1] in " \t":
            if number or (before and not _is_bridge(token)):
                _go_on(token, number, found, look, where)
                before = number = ""
            elif before:
                bridge += 1
            initial, month = False, 0
            continue
        sort, word, land, named = look(token)
        if sort <= _NOTHING:
            if sort != _NOTHING:
                before = ""
            if sort == _END and not (number and token == "."):  # noqa: S105  # a full stop, "14."
                initial = True
                number, month = "", 0
            continue
        if sort == _NUMBER:
            if month:
                _note_day(month, word, found, where)
            elif not _YEAR.fullmatch(word):
                _note(found.figures, word, where)
            number, month, before, initial = word, 0, "", False
            continue
        if named and number:
            _note_day(named, number, found, where)
        elif number and (scale := _SCALES.get(word)):
            _note(found.figures, _scaled(number, scale), where)
        month = 0 if number else named
        number = ""
        if sort == _PARTICLE and before and bridge < _MOST_PARTICLES:
            bridge += 1
        elif sort == _LOWER:
            before = ""
            lower[word] = lower.get(word, where) + _ONCE
            if land:
                _note(found.countries, land, where)
        elif sort == _COUNTRY:
            before = ""
            _note(found.countries, land, where)
        elif sort >= _CODE:
            if sort != _TITLE:
                table = found.codes if sort == _CODE else found.initial if initial else found.capital
                table[word] = table.get(word, where) + _ONCE
                if before and before != word:
                    _note(found.pairs, f"{before} {word}", where)
                    if not (german and bridge):
                        found.paired.update((before, word))
            before, bridge = word if sort != _TITLE else "", 0
        else:
            before = ""
        initial = False


def _go_on(run: str, number: str, found: _Found, look: Callable[[str], _Token], where: int) -> None:
    """Note what a number means that a run of words follows: `14 mars 2025`, `3,5 million people`."""
    if number:
        _, word, _, named = look(run.split(maxsplit=1)[0])
        if named:
            _note_day(named, number, found, where)
        elif scale := _SCALES.get(word):
            _note(found.figures, _scaled(number, scale), where)


def _is_bridge(run: str) -> bool:
    """Whether a name may go on behind these words."""
    words = run.split(maxsplit=_MOST_PARTICLES)
    return len(words) <= _MOST_PARTICLES and _PARTICLES.issuperset(words)


_MOST_PARTICLES = 2  # "Koalition der Willigen", "coalition of the willing", "Ursula von der Leyen"


def _note(table: _Places, word: str, where: int) -> None:
    table[word] = table.get(word, where) + _ONCE


def _note_day(month: int, number: str, found: _Found, where: int) -> None:
    """Note `14. März`, `14 March`, `March 14`."""
    if number.isdigit() and len(number) <= 2 and 0 < int(number) <= _LAST_DAY:
        _note(found.days, f"{month:02}-{int(number):02}", where)
        found.figures.pop(number, None)


_LAST_DAY = 31
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def _number(token: str) -> str:
    """One spelling of a number: `1.200` and `1,200` are 1200, `4,50` and `4.5` are 4.5.

    >>> _number("1.200"), _number("4,50"), _number("007")
    ('1200', '4.5', '7')
    """
    if token.isdecimal():
        return token.lstrip("0") or "0"
    if _GROUPS.fullmatch(token):
        return re.sub(r"[.,]", "", token).lstrip("0") or "0"
    whole, _, part = re.sub(r"[,:]", ".", token).partition(".")
    part = part.rstrip("0.")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _scaled(number: str, scale: int) -> str:
    whole, _, part = number.partition(".")
    return (whole + part[:scale].ljust(scale, "0")).lstrip("0") or "0"


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A word as all languages would spell it: lower case, no marks, no possessive s.

    >>> fold("Noël"), fold("Macron's"), fold("Selenskyj’s")
    ('noel', 'macron', 'selenskyj')
    """
    plain = word.casefold().translate(_ODD)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return plain.removesuffix("'s").removesuffix("'").removesuffix(".")


@lru_cache(maxsize=1 << 16)
def _bare(name: str) -> str:
    """A name without the endings of case and number, which languages put on differently.

    >>> _bare("macrons") == _bare("macron"), _bare("soldaten") == _bare("soldat")
    (True, True)
    """
    for ending in ("s", "n", "e"):
        if len(name) > SHORTEST_WORD and name.endswith(ending):
            name = name[:-1]
    return name


def _is_code(token: str) -> bool:
    return len(token) > 1 and (token.isupper() or token[-1].isdigit())


@cache
def _function_words(language: str) -> frozenset[str]:
    languages = {language, "en"} if language in function_words.WORDS else {"en", "de", "fr", "es"}
    return frozenset(fold(word) for each in languages for word in function_words.WORDS[each].split())


@cache
def _months() -> dict[str, int]:
    """The months by their folded names; where a name means two, the first language's counts."""
    found: dict[str, int] = {}
    for table in words.tables().values():
        for month, name in words.forms(table.get("months", "")):
            if len(name) > 2:
                found.setdefault(fold(name), month)
    return found


@cache
def _stemmer(language: str) -> Callable[[list[str]], list[str]]:
    import Stemmer  # noqa: PLC0415  # compiled; only when an article is described

    name = _STEMMERS.get(language)
    if name is None:
        return list
    stem: Callable[[list[str]], list[str]] = Stemmer.Stemmer(name, 0).stemWords
    return stem


def _chosen(found: _Found, language: str) -> Terms:
    """The terms that tell most, of each kind so many at the most."""
    german = language == "de"
    shouted = found.shouted
    names: _Places = {}
    nouns: _Places = {}
    words = found.lower
    for name, seen in found.capital.items():
        if len(name) > 2:
            (nouns if german and name not in found.paired else names)[name] = _sum(seen, found.initial.get(name))
    for name, seen in found.initial.items():
        if name not in found.capital and len(name) >= SHORTEST_WORD:
            table = names if name in found.paired and name not in words else words
            table[name] = _sum(seen, table.get(name))
    plain = list(words)
    stems = _stemmer(language)(plain)
    if shouted:
        shouted.update([_bare(name) for name in shouted])
        shouted.update(stem for stem, word in zip(stems, plain, strict=True) if word in shouted)
    tables = {
        Kind.PAIR: _merged((" ".join(map(_bare, name.split())), seen) for name, seen in found.pairs.items()),
        Kind.NAME: _merged((_bare(name), seen) for name, seen in names.items()),
        Kind.CODE: found.codes,
        Kind.NUMBER: {name: seen for name, seen in found.figures.items() if len(name) > 2},
        Kind.FIGURE: {name: seen for name, seen in found.figures.items() if len(name) == 2 and name > "12"},
        Kind.DAY: found.days,
        Kind.COUNTRY: found.countries,
        Kind.NOUN: _merged((_bare(name), seen) for name, seen in nouns.items()),
        Kind.WORD: _merged(zip(stems, words.values(), strict=True)),
    }
    return _packed(tables, shouted, language)


def _merged(seen: Iterable[tuple[str, int]]) -> _Places:
    table: _Places = {}
    for name, places in seen:
        table[name] = _sum(places, table[name]) if name in table else places
    return table


def _sum(one: int, other: int | None) -> int:
    """Both counts, and the place of the earlier."""
    return one if other is None else min(one & 3, other & 3) + (one & ~3) + (other & ~3)


def _salience(where: int, *, often: bool, shouted: bool) -> int:
    return min(2 * (shouted or where == _HEAD) + (where <= _EARLY) + often, MOST_SALIENT)


# By whether it is shouted, then by the place and whether it was seen more than once: four for once, four for more.
_SALIENCES = tuple(
    tuple(_salience(where, often=often, shouted=shouted) for often in (False, True) for where in range(_ONCE))
    for shouted in (False, True)
)


def _packed(tables: Mapping[Kind, _Places], shouted: Collection[str], language: str) -> Terms:
    marks: dict[int, int] = {}
    for kinds, most in MOST.items():
        together: list[tuple[int, int, str, Kind]] = []
        for kind in kinds:
            together += [
                (-_SALIENCES[name in shouted][seen & 3 | (_ONCE if seen >= 2 * _ONCE else 0)], place, name, kind)
                for place, (name, seen) in enumerate(tables[kind].items())
            ]
        together.sort()
        for salience, _, name, kind in together[:most]:
            key = _key(_SPACES.get(kind, "n") if kind is not Kind.WORD else language, name)
            mark = kind << 2 | -salience
            marks[key] = min(mark, marks.get(key, mark))
    keys = sorted(marks)
    return Terms(language, tuple(keys), bytes(marks[key] for key in keys))


# Names and German nouns are one space: a name that one article shows to be one, another may not.
_SPACES = {Kind.NUMBER: "1", Kind.FIGURE: "1", Kind.DAY: "d", Kind.COUNTRY: "c"}


@lru_cache(maxsize=1 << 17)
def _key(space: str, name: str) -> int:
    digest = blake2b(f"{space}:{name}".encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
    return int.from_bytes(digest, "big") & _BITS
