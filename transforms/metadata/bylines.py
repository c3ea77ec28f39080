"""Who wrote it: persons apart from agencies and places, and all of them apart from the noise around them.

What a person's name looks like is in `persons`.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from transforms.metadata import agencies, byline_words
from transforms.metadata.byline_words import NOISE, PARTICLES
from transforms.metadata.persons import of_user_name, person
from transforms.places import CITIES

LONGEST_BYLINE = 400  # characters that are looked at; longer ones are biographies
REMEMBERED = 1_024  # bylines; a page says each of its own several times, and an outlet has few authors
MOST_PERSONS = 40  # of one byline
MOST_LEADS = 4  # one behind the other: "Text: Ein Gastbeitrag von unserem Korrespondenten"

_AND = "|".join(
    re.escape(word) for word in sorted(byline_words.AND_TEXT.split("im gespräch")[0].split(), key=len)[::-1]
)
_SPLIT = re.compile(
    rf"\s*[;|•&\n、，،؛]\s*|\s*[|/]\s*|\s[·+*]\s|\s+[-–—]+\s+|\s*,\s*(?:(?:{_AND})\s+(?=\S))?"
    rf"|\s+(?:im\s+gespräch\s+mit|in\s+conversation\s+with|(?:together|gemeinsam|zusammen)\s+(?:with|mit)"
    rf"|(?:and|und)/(?:or|oder)|(?:{_AND})(?!\szu\s))\s+",
    re.IGNORECASE,
)
_NARROW = re.compile(
    rf"(?<=\w)\s+(?:{'|'.join(re.escape(word) for word in byline_words.NARROW_ANDS.split())})\s+(?=\w)", re.IGNORECASE
)
_FOR = re.compile(
    r"\s+(?:for|für|pour|para|per|voor|dla|för|of|at|von\s+der|chez|bei(?:m)?)\s+(?:[Tt]he\s+|der\s+|die\s+|das\s+)?"
)
_IN = re.compile(
    r"\s+(?:(?:reporting|berichtet|reports|in\s+the\s+us)\s+)?"
    r"(?:in|aus|à|au|en|em|da|a|ad|w|we|te|i|från|fra|из|из\s+г\.|з|у|в|from|near|nahe|bei|(?:z|ze))\s+(?=\w)"
)
_PLACE = re.compile(r"[^\W\d_][\w.'’-]*(?:[ -](?:am|an|der|de|del|la|di|do|da|of|im)?\s?[^\W\d_][\w.'’-]*){0,3}")
_CODE = re.compile(r"\bdpa:\d[\d-]*(?:/\d+)?|\bafp/\S+(?=\s*$)|\(c\)|[©®™]", re.IGNORECASE)
_MONTH = (
    r"(?:jan|feb|fév|mär|mar|apr|avr|mai|may|maj|jun|juin|jul|juil|aug|août|ago|sep|okt|oct|out|nov|dez|dec|déc|dic|ene|abr|"
    r"set|gen|mag|giu|lug|ott|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|jän)\w{0,7}\.?"
)
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"sonnabend|mo|di|mi|do|fr|sa|so|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|"
    r"sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|"
    r"zaterdag|zondag|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?)"
)
_DAY = re.compile(
    rf"[\s,|·•–-]*(?<![\w-])(?:(?:am|on|le|el|il|den|the|vom|veröffentlicht|published|updated|posted|aktualisiert|stand|publié|"
    rf"publicado|pubblicato|at|um|dnia|op|em|vor|a las|hace)\b[:\s]*)*(?:{_WEEKDAY}\b\.?,?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s*(?:de\s+)?{_MONTH}(?!\w)|{_MONTH}\s+\d{{1,2}}(?!\w)|\d{{1,2}}[./-]\s?\d{{1,2}}[./-]|"
    r"\d{4}[-./年]\d{1,2}|\d{1,2}[:.h]\d\d|\d+\s*(?:min|stunden?|hours?|tage?n?|days?|heures?|horas?|sek|wochen|weeks|hrs?)\b).*",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(
    r"\S+@\S+\.\S+|(?:mailto:|https?://)\S+|www\.\S+|(?<!\S)@[\w.]+|(?<!\w)(?:twitter|x|instagram|mastodon|bluesky)\s*:\s*\S+"
    r"|(?<!\S)[\w-]+(?:\.[\w-]+)*\.(?:com|de|net|org|at|ch|eu|co\.uk|fr|es|it|info|nl|pl|pt|tv|news)(?:/\S*)?(?=$|[\s,;|)])",
    re.IGNORECASE,
)
_MAIL_OR_LINK = re.compile(r"@|https?:|www\.|/\S+/", re.IGNORECASE)
_ASIDE = re.compile(r"[(\[（]([^()\[\]（）]{0,80})[)\]）]")
_MARK = re.compile("\ue000(\\d+)\ue001")
_ROLE_ASIDE = re.compile(
    r"(?:fotos?|photos?|photographs?|bild(?:er)?|video|kamera|grafik|illustration(?:en)?|übersetzung|translation|beeld|foto's|"
    r"zdjęcia|fotografía|imagens|redaktion|editing)\b",
    re.IGNORECASE,
)
_DATE_FIRST = re.compile(
    rf"^\W*(?:{_WEEKDAY}\b\.?,?\s+)?(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\.?\s+{_MONTH}|[\d./-]{{6,10}}),?\s*(?:(?:19|20)\d\d)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r".*\d\S*(?:\s*(?:uhr|h|am|pm|[A-Z]{2,4})\b)?", re.DOTALL)
_LED_BEHIND = re.compile(r"(?<!\w)(?:von|by|par|por|da|di|door|av|af)\s+[^\W\d_]", re.IGNORECASE)
_TWO_FIELDS = re.compile(r"(?<!\w)(\w+),? (?:and|&|und) (\w+) (\w+)")


@dataclass(frozen=True, slots=True)
class Byline:
    """What a byline says, in its order, each once."""

    persons: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()  # and outlets, as stated
    places: tuple[str, ...] = ()  # where they wrote, as it says


def split(byline: str, *, stated: bool = False, outlets: Iterable[str] = ()) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The persons and the agencies (or outlets) that a byline names, each in order and once.

    `stated` says that the byline comes from a field for authors (JSON-LD, a column), so that a single word may be a
    person. `outlets` are names that are known to be no person's: the publisher's, the site's; they are left out, too.
    What is neither, such as job titles, places, "Redaktion", photographers, addresses, is left out.

    >>> split("Von Max Mustermann und Erika Musterfrau (dpa)")
    (('Max Mustermann', 'Erika Musterfrau'), ('dpa',))
    """
    found = read(byline, stated=stated, outlets=outlets)
    return found.persons, found.agencies


def read(byline: str, *, stated: bool = False, outlets: Iterable[str] = ()) -> Byline:
    """As `split`, with the places that the byline names.

    >>> read("Jane Doe in Berlin").places
    ('Berlin',)
    """
    return _read(byline[:LONGEST_BYLINE], stated, frozenset(_folded(outlet) for outlet in outlets))


@lru_cache(REMEMBERED)
def _read(byline: str, stated: bool, known: frozenset[str]) -> Byline:  # noqa: FBT001 - a key of the cache
    text = _tidy(byline)
    asides: list[str] = []
    text = _ASIDE.sub(lambda match: _set_aside(match[1], asides), text)
    bare = _ADDRESS.sub(" ", text)
    if asides and _MAIL_OR_LINK.search(text) and not any(map(str.isalpha, _MARK.sub("", bare))):
        bare, asides = ", ".join(asides), []  # jane.doe@example.com (Jane Doe), the form of an author in RSS
    reader = _Reader(asides, stated=stated, known=known)
    for kind, segment in _segments(bare):
        reader.segment(kind, segment)
    if not any(map(str.isalpha, bare)) and text.strip():
        reader.addressed(text)
    return Byline(_once(reader.persons)[:MOST_PERSONS], _once(reader.agencies), _once(reader.places))


class _Reader:
    """What has been read of one byline."""

    def __init__(self, asides: list[str], *, stated: bool, known: frozenset[str]) -> None:
        self.persons: list[str] = []
        self.agencies: list[str] = []
        self.places: list[str] = []
        self._asides = asides
        self._stated = stated
        self._known = known

    def segment(self, kind: str, text: str) -> None:
        """What stands behind one lead: names of authors, of others, or of agencies alone."""
        if kind != "own":
            if kind == "material" or not any(map(str.islower, text)):
                self.agencies.extend(agencies.within(_MARK.sub(" ", text)))
            return
        for part in _parts(text, stated=self._stated):
            self._part(part)

    def addressed(self, text: str) -> None:
        """A user name in the form `jane.doe` where an author is stated; any other address is nobody."""
        if self._stated and (name := of_user_name(text.strip())):
            self.persons.append(name)

    def _part(self, part: str) -> None:
        said = [self._asides[int(number)] for number in _MARK.findall(part)]
        name = " ".join(_MARK.sub(" ", part).split()).strip(" ,:;.-–—'\"*") or ""
        theirs = not any(_ROLE_ASIDE.match(each) for each in said)
        for each in said:
            self._aside(each)
        if not name or _folded(name) in self._known or not theirs:
            return
        if _is_city(name):
            self.places.append(name)
        elif agencies.is_one(name):
            self.agencies.append(name)
        else:
            self._named(_MARK.sub(" ", part))

    def _aside(self, text: str) -> None:
        for each in re.split(r"\s*[,/;&]\s*", text):
            if agencies.is_one(each):
                self.agencies.append(each.strip(" ."))
            elif _is_city(each):
                self.places.append(each.strip())

    def _named(self, part: str) -> None:
        """A part that may be a person, with a place, a house or a trade before or behind the name."""
        name, place, house = _apart(part)
        whose = re.match(r"(\S+)['’]s\s+(?=\S+\s)", name)
        if whose and agencies.is_one(whose[1]):
            self.agencies.append(whose[1])
            name = name[whose.end() :]
        found = person(_without_trade(name), stated=self._stated)
        if found is None and place and self._stated:
            found = person(part, stated=True)
        if found is not None and _folded(found) not in self._known:
            if agencies.is_one(found):
                self.agencies.append(found)
            else:
                self.persons.append(found)
        if found is None or len(found.split()) < len(name.split()):
            self.agencies.extend(agencies.within(name))
            self.agencies.extend(_houses_of_trades(name))
        if place and (found or agencies.is_one(name)):
            self.places.append(place)
        self.agencies.extend(agencies.within(house))


def _tidy(byline: str) -> str:
    text = html.unescape(re.sub(r"<br\s*/?>|</(?:p|div|li|span)>", "\n", byline[:LONGEST_BYLINE], flags=re.IGNORECASE))
    text = re.sub(r"<[^<>]{0,200}>", " ", text)
    text = re.sub("[\u200b-\u200f\u00ad\ufeff\ue000\ue001]", "", text).replace("\r", "\n")
    text = _undated(_TWO_FIELDS.sub(_one_field, _CODE.sub(" ", text)))
    return re.sub(r"[^\S\n]+", " ", text).strip(" \n,;|-–—•·")


def _undated(text: str) -> str:
    """The byline without its date and what follows; where the date comes first, what follows its lead."""
    match = _DAY.search(text) if any(map(str.isdigit, text)) else None
    if match is None:
        return text
    if any(map(str.isalpha, before := text[: match.start()])):
        return before
    if led := _LED_BEHIND.search(text, match.start()):
        return text[led.start() :]
    return _CLOCK.sub("", _DATE_FIRST.sub("", text, count=1), count=1)


def _one_field(match: re.Match[str]) -> str:
    """`Health and science correspondent` as one trade."""
    one = match[1].casefold() in byline_words.BEFORE_TRADE and byline_words.TRADE.fullmatch(match[3])
    return f"{match[1]} {match[2]} {match[3]}" if one else match[0]


def _set_aside(text: str, asides: list[str]) -> str:
    """What stands in brackets, for later, and the mark that takes its place."""
    asides.append(text.strip())
    return f" \ue000{len(asides) - 1}\ue001 "


def _segments(text: str) -> Iterator[tuple[str, str]]:
    """The byline where its leads part it: `Text: A, Fotos: B` is of A, and of others B."""
    kind, start = "own", 0
    for match in byline_words.turn().finditer(text) if _MAY_TURN.search(text) else ():
        yield kind, text[start : match.start()].rstrip(" ,;|/")
        kind, start = match.lastgroup or "own", match.end()
    yield kind, text[start:]


def _parts(text: str, *, stated: bool) -> Iterator[str]:
    """The names as they stand apart; "King Jr." and "Jr." stay with the name before them."""
    held = ""
    for stretch in _SEMICOLON.split(text):
        group = stretch if _PARTICLE_FIRST.match(stretch.strip()) else _led(stretch)
        turned = _first_name_first(group.strip(), stated=stated)
        for piece in [turned] if turned else _SPLIT.split(group):
            for part in _narrow_parts(_led(piece.strip())):
                if not part:
                    continue
                if held and byline_words.GENERATION.match(part):
                    held = f"{held} {part}"
                    continue
                if held:
                    yield held
                held = part
    if held:
        yield held


_MAY_TURN = re.compile(  # one of these is in every turn
    r"[:：＝=／/]|\b(?:b[yi]|von|durch|mit|mi[tz]|with|avec|con|com|met|par|por|da|de|di|door|av|as|from|führten?|van|z|ze|za|na|"
    r"за|по|unter|teils?|interview|gespräch|przełożył[ao]?|tłumaczył[ao]?|traduit|illustré|traducid[ao]|tradotto)\b",
    re.IGNORECASE,
)
_SEMICOLON = re.compile(r"\s*[;\n|]\s*")
_PARTICLE_FIRST = re.compile(r"(?:von|van|de|di|da|av)\s[^\W\d_][\w'-]+,\s[^\W\d_][\w'-]+$")  # von Muster, Max


def _led(text: str) -> str:
    """The text without the words that lead in: `Ein Gastbeitrag von …`, `Author: By …`."""
    text = text.strip(" ,:;–—-\"'»«•·")
    for _ in range(MOST_LEADS):
        match = byline_words.lead().match(text)
        if match is None or not (rest := text[match.end() :].strip(" ,:;–—-")):
            break
        text = rest
    return text


def _first_name_first(group: str, *, stated: bool) -> str | None:
    """`Doe, Jane` as `Jane Doe`; None where the comma parts two names, a name and a place, or a name and a trade."""
    last, comma, first = (part.strip() for part in group.partition(","))
    words = last.split()
    if not comma or not words or not first or "," in first or _SPLIT.search(first) or _MARK.search(group):
        return None
    surname = len(words) == 1 or (words[0].casefold() in PARTICLES and words[0].islower())
    given = first.split()
    if not surname or len(given) > (2 if not stated else 3) or _is_city(first) or _is_city(last):
        return None
    if agencies.is_one(last) or agencies.is_one(first) or byline_words.GENERATION.match(first):
        return None
    turned = f"{first} {last}"
    return turned if person(turned) and _without_trade(f"X Y {first}") != "X Y" else None


def _narrow_parts(text: str) -> list[str]:
    """Parted at a short word (`e`, `y`, `i` …) where a whole name stands on either side of it, else as it is."""
    for match in _NARROW.finditer(text):
        left, right = text[: match.start()], text[match.end() :]
        if match[0] != match[0].lower() and not text.isupper():
            continue
        if _is_whole(left) and _is_whole(right):
            return [left, *_narrow_parts(right)]
    return [text]


def _is_whole(text: str) -> bool:
    """Whether it is a name of two words or more by itself, as `Cajal` and `Gasset` are not."""
    words = [word for word in text.split() if word.casefold() not in PARTICLES]
    return len(words) > 1 and words[0][:1].isupper() and person(_apart(text)[0]) is not None


def _apart(part: str) -> tuple[str, str, str]:
    """The name, the place, the house: `Jane Doe in Berlin`, `Jane Doe for The Sample Post`."""
    name, house = part, ""
    if (match := _FOR.search(part)) and len(part[: match.start()].split()) > 1:
        name, house = part[: match.start()], part[match.end() :]
    for match in _IN.finditer(name):
        before, place = name[: match.start()], name[match.end() :]
        words = before.split()
        surely = match[0].split()[0] in {"in", "aus", "from", "near", "nahe"} or _is_city(place)
        if not words or not surely or not place[:1].isupper() or not _PLACE.fullmatch(place):
            continue
        if len(words) > 1 or agencies.is_one(before):
            return before, place, house
    return name, "", house


def _without_trade(name: str) -> str:
    """The name without what the person is: `unser Korrespondent Max Muster`, `Jane Doe Senior Political Editor`."""
    words = name.split()
    trades = [at for at, word in enumerate(words) if byline_words.TRADE.fullmatch(word.strip(".,"))]
    while trades and trades[0] < len(words) - 1 and _all_before(words[: trades[0]]):
        words = words[trades[0] + 1 :]
        while words and words[0].casefold() in {"für", "for", "de", "and", "und", "&"}:
            words = words[1:]
        trades = [at for at, word in enumerate(words) if byline_words.TRADE.fullmatch(word.strip(".,"))]
    if words and words[-1].casefold().strip(".,") in byline_words.HOUSE:
        return " ".join(words)
    for at in range(2, len(words)):
        if agencies.is_one(" ".join(words[at:])):
            return " ".join(words[:at])
        word = words[at].casefold().strip(".,")
        rest = {each.casefold().strip(".,") for each in words[at:]}
        tells = not NOISE.isdisjoint(rest) or any(byline_words.TRADE.fullmatch(each) for each in rest)
        if tells and (
            word in NOISE or word in byline_words.BEFORE_TRADE - PARTICLES or byline_words.TRADE.fullmatch(word)
        ):
            return " ".join(words[:at])
    return " ".join(words)


def _houses_of_trades(name: str) -> Iterator[str]:
    """The agency of `dpa-Korrespondent Max Muster`."""
    for house, dash, trade in (word.rpartition("-") for word in name.split()):
        if dash and byline_words.TRADE.fullmatch(trade) and agencies.is_one(house):
            yield house


def _all_before(words: list[str]) -> bool:
    """Whether nothing but what stands before a trade stands there; an agency may: `AP Sports Writer Jane Doe`."""
    return all(
        word.casefold().strip(".,") in byline_words.BEFORE_TRADE or agencies.is_one(word) or word.casefold() in NOISE
        for word in words
    )


def _is_city(text: str) -> bool:
    return text.strip(" .,").casefold() in CITIES


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, letter case aside."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())
