"""The tokens of an article: words, numbers and signs, and what each of them is.

What a token is depends on nothing but itself and the language, so it is found out once and kept. An article becomes a
row of letters, one for each token, in which patterns find what stands beside what, in compiled code.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import compress

from transforms.language import function_words
from transforms.metadata.dates import words
from transforms.story.countries import country

LONGEST_WORD = 40  # characters; longer ones are addresses and the like
SHORTEST_WORD = 4  # letters of a word that is no name

_LATIN = "A-Za-zªµºÀ-ÖØ-öø-ÿ"  # letters that are told by one look into a table
_WORD = rf"[{_LATIN}]++[^\W\d_]*+(?:[-'’.]\w+)*+\d*+"
_OTHER_WORD = r"[^\W\d_]++(?:[-'’.]\w+)*+\d*+"
_SIGN = r"[.!?:…;,()\"„“”«»‚‘–—%\n/|]"
TOKEN = re.compile(rf"{_WORD}|{_SIGN}|\d++(?:[.,:]\d+)*+|{_OTHER_WORD}")
# Behind the lead words that are no names do not count; a run of them is one token, which ends in a blank.
LATER_TOKEN = re.compile(rf"(?:[a-zß-öø-ÿ]\w*+(?:[-'’]\w+)*+[ \t]++)++|{TOKEN.pattern}")
_ENDS = frozenset('.!?:…\n|"„“”«»')  # what a word may be capitalised after for no other reason
_BREAKS = frozenset('.!?:…;,()\n"„“”«»‚‘–—/|')  # no name goes across

# Between two parts of a name.
_PARTICLES_WORDS = """
    am an auf de del den der des di du da e el i im la las le les los of the van von y zu zur
"""
PARTICLES = frozenset(_PARTICLES_WORDS.split())
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
_STEMMERS = {"de": "german", "en": "english", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch"}
_STEMMERS |= {"pt": "portuguese", "sv": "swedish", "da": "danish", "no": "norwegian"}
_ODD = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "’": "'"})

# What one token is, as a letter: an article becomes a row of letters, in which patterns find what stands beside what.
END = ord("e")  # what follows may be capitalised for no other reason
BREAK = ord(",")  # no name goes across
NOTHING = ord("%")
SMALL = ord("s")  # a function word, or one that every report has
PARTICLE = ord("p")  # a function word that stands within names
LOWER = ord("l")
LOWER_COUNTRY = ord("k")
RUN = ord("r")  # of words that are no names, behind the lead
COUNTRY = ord("K")
CODE = ord("A")
CAPITAL = ord("C")
INITIAL = ord("I")  # the same at the beginning of a sentence
TITLE = ord("T")  # of a person
NUMBER = ord("1")

# Its letter (a full stop's is itself); the word folded, or the number; its stem, or what a name is without endings; its
# country; its month (0: none).
_Token = tuple[int, str, str, str, int]

# Where something was seen.
HEAD, EARLY, LATE, SHOUTED = 0, 1, 2, 3  # the last: late, and in a headline that is in capitals


@lru_cache(maxsize=8)  # languages that are met in turns
def looking(language: str) -> "Looking":
    """What the tokens of a language are, as far as they were met, and what tells it of others."""
    return Looking(language)


class Looking(dict[str, _Token]):
    """What each token is in a language; found out when it is first met."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._small, self._months = _function_words(language), _months()
        self._stem = stemmer(language)

    def __missing__(self, token: str) -> _Token:
        if len(self) >= _MOST_TOKENS:
            self.clear()
        found = self[token] = self._told(token)
        return found

    def _told(self, token: str) -> _Token:  # noqa: PLR0911  # a table of cases
        first = token[0]
        if first.isdigit():
            number = _number(token)
            return NUMBER, number if len(number) < LONGEST_WORD else "0", "", "", 0
        if not first.isalpha():
            return _SIGNS.get(first, NOTHING), token, "", "", 0
        if len(token) > LONGEST_WORD:
            return NOTHING, "", "", "", 0
        word = fold(token)
        word = token if word == token else word  # one string is half as much to look through
        lower = first.islower()
        month = self._months.get(word, 0)
        small = word in self._small
        if small or word in _COMMONPLACE or len(word) < (SHORTEST_WORD if lower else 2):
            return PARTICLE if (small or lower) and word in PARTICLES else SMALL, word, "", "", month
        land = country(word)
        if lower:
            stem = self._stem(word)
            return LOWER_COUNTRY if land else LOWER, word, word if stem == word else stem, land or "", month
        if land:
            return COUNTRY, word, "", land, month
        sort = TITLE if word in _TITLES else CODE if _is_code(token) else CAPITAL
        bare = " ".join(map(without_endings, word.split()))
        return sort, word, word if bare == word else bare, "", month


_MOST_TOKENS = 1 << 16  # known at a time, of a language
_SIGNS = dict.fromkeys(_BREAKS, BREAK) | dict.fromkeys(_ENDS, END) | {".": ord(".")}
_BEGIN: _Token = (END, "\n", "", "", 0)


class Row:
    """The tokens of an article in columns: a letter for each, words, what these are without endings, and so on."""

    __slots__ = ("forms", "lands", "letters", "months", "where", "words")

    def __init__(self, look: Looking, head: list[str], early: list[str], late: list[str]) -> None:
        told = look.__getitem__
        tokens = [_BEGIN, *map(told, head), _BEGIN, *map(told, early), _BEGIN]
        tokens += [(RUN, token, "", "", 0) if token[-1] in " \t" else look[token] for token in late]
        where = bytes((HEAD,)) * (len(head) + 1) + bytes((EARLY,)) * (len(early) + 1)
        where = where.ljust(len(tokens), bytes((LATE,)))
        letters = bytes([token[0] for token in tokens])
        if NOTHING in letters:
            something = letters.translate(_SOMETHING)
            tokens, where = list(compress(tokens, something)), bytes(compress(where, something))
            letters = letters.translate(None, bytes((NOTHING,)))
        if NUMBER in letters:
            letters = _ORDINAL.sub(_without_stops, letters)
        letters = letters.replace(b".", b"e").replace(b"eC", b"eI")
        self.letters = _BEGINNING.sub(_as_initial, letters)
        _, self.words, self.forms, self.lands, self.months = zip(*tokens, strict=True)
        self.where = where

    def of(self, letters: bytes, column: Sequence[str]) -> Iterable[tuple[int, str, int]]:
        """What a column has at some letters, behind the letter, before its place."""
        picked = self.letters.translate(letters)
        return zip(compress(self.letters, picked), compress(column, picked), compress(self.where, picked), strict=True)


_ORDINAL = re.compile(rb"1,*\.[.,]*")  # a number, and stops that end no sentence behind it: "14. März"
_BEGINNING = re.compile(rb"e,+C")


def _without_stops(match: re.Match[bytes]) -> bytes:
    return match[0].replace(b".", b",")


def _as_initial(match: re.Match[bytes]) -> bytes:
    return match[0][:-1] + b"I"


def picking(*letters: int) -> bytes:
    """A table that makes these letters 1, all others 0."""
    return bytes(each in letters for each in range(0x100))


_SOMETHING = bytes(each != NOTHING for each in range(0x100))


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


def fold(word: str) -> str:
    """A word as all languages would spell it: lower case, no marks, no possessive s.

    >>> fold("Noël"), fold("Macron's"), fold("Selenskyj’s")
    ('noel', 'macron', 'selenskyj')
    """
    if word.isascii():
        plain = word.lower()
    else:
        plain = word.casefold().translate(_ODD)
        if not plain.isascii():
            plain = "".join([c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)])
    return plain.removesuffix("'s").removesuffix("'").removesuffix(".")


@lru_cache(maxsize=1 << 16)
def without_endings(name: str) -> str:
    """A name without the endings of case and number, which languages put on differently.

    >>> without_endings("macrons"), without_endings("macron"), without_endings("soldaten"), without_endings("soldat")
    ('macro', 'macro', 'soldat', 'soldat')
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
def stemmer(language: str) -> Callable[[str], str]:
    """What makes a word's stem; the word itself where nobody knows."""
    import Stemmer  # noqa: PLC0415  # compiled; only when an article is described

    name = _STEMMERS.get(language)
    if name is None:
        return str
    stem: Callable[[str], str] = Stemmer.Stemmer(name, 0).stemWord
    return stem
