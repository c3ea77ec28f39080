"""What "vor drei Tagen", "yesterday" and "hace 2 horas" say: how many of which unit before now."""

import re
from dataclasses import dataclass
from typing import Literal

Unit = Literal["minute", "hour", "day", "week", "month", "year", "weekday"]


@dataclass(frozen=True, slots=True)
class Ago:
    """A distance back from now."""

    count: int  # of the unit; for "weekday" 0 (Monday) … 6
    unit: Unit


_DAYS = {
    0: "heute today aujourd'hui hoy oggi dziś dzisiaj hoje vandaag idag dnes сегодня сьогодні",
    1: "gestern yesterday hier ayer ieri wczoraj ontem gisteren igår včera вчера вчора",
    2: "vorgestern avant-hier anteayer przedwczoraj anteontem eergisteren allaltroieri позавчера позавчора",
}
_NUMBERS = {
    1: "a an one ein eine einem einer einen un une una uno um uma een jeden jedną",
    2: "two zwei deux dos due dwa dwie dois duas twee",
    3: "three drei trois tres tre trzy três drie",
    4: "four vier quatre cuatro quattro cztery quatro",
    5: "five fünf cinq cinco cinque pięć vijf",
    6: "six sechs seis sei sześć zes",
    7: "seven sieben sept siete sette siedem sete zeven",
    8: "eight acht huit ocho otto osiem oito",
    9: "nine neun neuf nueve nove dziewięć negen",
    10: "ten zehn dix diez dieci dziesięć dez tien",
}
_UNITS: dict[Unit, str] = {  # beginnings of words
    "minute": "min хв мин",
    "hour": "stund std hour hr heure hora ora ore godz uur uren timm годин час",
    "day": "tag day jour día dia giorn dni dzień dag день дн",
    "week": "woche week semaine semana settiman tydz tygod veck недел тижд тижн",
    "month": "monat month mois mes mês mesi miesi maand månad месяц місяц",
    "year": "jahr year an ans año anno anni rok lat ano jaar år год лет рок",
}
_WEEKDAYS = (
    "montag monday lundi lunes",
    "dienstag tuesday mardi martes",
    "mittwoch wednesday mercredi miércoles",
    "donnerstag thursday jeudi jueves",
    "freitag friday vendredi viernes",
    "samstag sonnabend saturday samedi sábado",
    "sonntag sunday dimanche domingo",
)
_DAY_WORDS = {word: count for count, words in _DAYS.items() for word in words.split()}
_NUMBER_WORDS = {word: count for count, words in _NUMBERS.items() for word in words.split()}
_WEEKDAY_WORDS = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_BEFORE = re.compile(r"(?:^|\s)(?:vor|il y a|hace|há|for)\s+(?P<count>[\w]+)\s+(?P<unit>[\w]+)")
_BEHIND = re.compile(
    r"(?:^|\s)(?P<count>[\w]+)\s+(?P<unit>[\w]+)\.?\s+(?:ago|fa|temu|geleden|sedan|siden|назад|тому|atrás)"
)
_LAST = re.compile(r"(?:letzten|letzter|vergangenen|last|dernier|pasado)\s+(?P<day>\w+)")
MOST = 1000  # of a unit; more is no way to tell a date


def relative(text: str) -> Ago | None:
    """The distance that `text` states, else None."""
    folded = text.casefold()
    for pattern in (_BEFORE, _BEHIND):
        match = pattern.search(folded)
        if match is None:
            continue
        count = int(match["count"]) if match["count"].isdecimal() else _NUMBER_WORDS.get(match["count"])
        unit = _unit(match["unit"])
        if count is not None and count <= MOST and unit is not None:
            return Ago(count, unit)
    match = _LAST.search(folded)
    if match and match["day"] in _WEEKDAY_WORDS:
        return Ago(_WEEKDAY_WORDS[match["day"]], "weekday")
    for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", folded):
        if word.replace("’", "'") in _DAY_WORDS:
            return Ago(_DAY_WORDS[word.replace("’", "'")], "day")
    return None


def _unit(word: str) -> Unit | None:
    """The unit that `word` is a form of; the longest beginning wins ("mes" is a month, "min" is none of "minuit")."""
    best: tuple[int, Unit] | None = None
    for unit, beginnings in _UNITS.items():
        for beginning in beginnings.split():
            if word.startswith(beginning) and (best is None or len(beginning) > best[0]):
                best = (len(beginning), unit)
    return best[1] if best else None
