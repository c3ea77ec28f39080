"""The words of dates: what each is for the grammar, and its number where it has one.

A word is one sign of the grammar's shapes:

    m month    d weekday    z season    q quarter    H half-year    e decade    k century    O ordinal    R Roman figure
    a about    u perhaps    f early, late            b before       t since
    r to    j until         h to, but joins otherwise too           & and       x from
    g joins the parts of a date             l label, part of the day
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from transforms.metadata.dates import cldr
from transforms.metadata.dates.clock import CLOCK
from transforms.metadata.dates.folding import fold

SHORTEST_FOREIGN = 3  # letters of a word that counts in a statement of another language; "do", "a", "so" mean too much
MOST_LANGUAGES = 64  # vocabularies that are kept
ANY = "*"  # the language of a statement when CLDR's other languages are asked too

# In the order in which a word's meanings count.
_SIGNS = {
    "months": "m", "days": "d", "seasons": "z", "quarter": "q", "half": "H", "century": "k", "decade": "e",
    "ordinals": "O", "until": "j", "range": "r", "soft_range": "h", "pair": "&", "from": "x", "about": "a",
    "perhaps": "u", "part": "f", "before": "b", "since": "t", "glue": "g", "label": "l", "daypart": "l",
}  # fmt: skip
_INFLECTED = {
    "he": ("ב{}",),
    "eu": ("{}ren", "{}k"),
}  # forms of names within dates that CLDR's patterns have, not its names
_FIRST = {"seasons": 21}  # EDTF's number of the first name; elsewhere names count from 1
_ROMAN = (
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii",
    "xviii", "xix", "xx", "xxi",
)  # fmt: skip
LETTERS = (  # letters with the vowel signs and accents that Python does not count among them
    r"(?:[^\W\d_]|[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u0900-\u0963\u0970-\u0dff\u0e31-\u0e4e\u0eb1-\u0ebc\u102b-\u103e\u17b4-\u17d3\u200c\u200d])"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that count in statements of one language."""

    signs: Mapping[str, tuple[str, int]]  # folded word → sign of the grammar and number (0 where it has none)
    token: re.Pattern[str]  # what a statement is made of


@lru_cache(1)
def tables() -> Mapping[str, Mapping[str, str]]:
    """`words.toml`, language by language."""
    text = files("transforms.metadata.dates").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def forms(stated: str) -> Iterator[tuple[int, str]]:
    """The folded words of an entry of the table, each with the place of its meaning, from 1 on."""
    for number, meaning in enumerate(stated.split(), start=1):
        for form in meaning.split("|"):
            yield number, folded_name(form.replace("_", " "))


def folded_name(name: str) -> str:
    """A name as it stands in a folded statement."""
    return fold(unicodedata.normalize("NFKC", name))


def vocabulary(language: str) -> Vocabulary:
    """The words of `language` first, then those of all languages of the table; `ANY` adds more from CLDR."""
    own = language in tables() or language == ANY or (bool(language) and cldr.known(language))
    return _vocabulary(language if own else "")


@lru_cache(MOST_LANGUAGES)
def _vocabulary(language: str) -> Vocabulary:
    signs: dict[str, tuple[str, int]] = {}
    table = tables().get(language, {})
    _add(signs, [table], shortest=1)
    if language and language != ANY and "months" not in table:
        _add_names(signs, language)
    shortest = SHORTEST_FOREIGN if "months" in table else 1
    _add(signs, [tables()["en"]], shortest=1)
    _add(signs, list(tables().values()), shortest=shortest)
    if language == ANY:
        for other in cldr.OTHERS:
            _add_names(signs, other)
    for number, figure in enumerate(_ROMAN, start=1):
        signs.setdefault(figure, ("R", number))
    return Vocabulary(signs, _token(name for name in signs if not name.isalpha()))


def _add(signs: dict[str, tuple[str, int]], languages: list[Mapping[str, str]], *, shortest: int) -> None:
    for key, sign in _SIGNS.items():
        for table in languages:
            for number, word in forms(table.get(key, "")):
                short = len(word) < shortest and word.isascii()
                if not short and not (key == "days" and shortest > 1 and len(word) <= 3):
                    signs.setdefault(word, (sign, number + _FIRST.get(key, 1) - 1))


def _add_names(signs: dict[str, tuple[str, int]], language: str) -> None:
    for key, name, number in cldr.names(language):
        for inflected in (name, *(form.format(name) for form in _INFLECTED.get(language, ()))):
            if name:
                signs.setdefault(folded_name(inflected), (_SIGNS[key], number))


def _token(phrases: Iterator[str]) -> re.Pattern[str]:
    """What a statement is made of, the names of several words (`كانون الثاني`, `avant-hier`) among it."""
    ordered = sorted((phrase for phrase in phrases if re.search(r"[^\w]", phrase)), key=len, reverse=True)
    named = "|".join(re.escape(phrase).replace(r"\ ", r"\s") for phrase in ordered)
    return re.compile(
        rf"(?P<clock>{CLOCK})"
        r"|(?P<numbered>(?:thang|thg)\s?(?P<month>1[0-2]|0?[1-9])(?!\d))"
        r"|(?P<abbreviated>'\d\d(?![\ds]))"
        r"|(?P<number>\d+)(?P<tail>(?:(?:st|nd|rd|th|er|re|eme|\.?[oa]|e|°)(?![^\W\d_])|er(?=\s?-?jahre)|s(?![^\W\d_])|'s(?![^\W\d_])))?"
        r"|(?P<sign>(?<=\d)\s?(?:年代|[年月日号號년월일]))"
        rf"|(?P<phrase>(?<![^\W_])(?:{named})(?![^\W_]))"
        rf"|(?P<word>{LETTERS}+(?:'{LETTERS}+)*)"
        r"|(?P<other>[^\s\w]|_)"
    )
