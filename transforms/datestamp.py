"""The date of publication that stands above or below a text (`Stand: 25.11.2024, 19:45 Uhr`, `date 2024-11`)."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backfile.article import Article
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

if TYPE_CHECKING:
    from transforms.metadata import dates

MOST_CONFLICTS = 10  # statements that are kept beside the date
LONGEST = 130  # characters; the longest stamp in the development data has 46; two dates and a reading time fit

_MONTH = (
    "jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec|jän|fév|avr|juin|juil|août|déc|ene|abr|ago|dic|"
    "mai|out|set"
)
_DATE = (
    r"(?:(?:19|20)\d\d[-/.](?:1[0-2]|0?[1-9])(?:[-/.]\d{1,2})?(?:t\d\d:\d\d\S*)?"
    r"|\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s(?:de\s)?(?:{_MONTH})\p{{L}}*\.?,?\s(?:de\s|del\s)?\d{{4}}"
    rf"|(?:{_MONTH})\p{{L}}*\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}})"
)
_TIME = (
    r"(?:\d{1,2}[:.h]\d\d(?::\d\d)?\s?(?:uhr|h|a\.?m\.?|p\.?m\.?)?|\d{1,2}\suhr)"
    r"(?:\s?\(?(?:gmt|utc|cet|cest|mez|mesz|bst|[ecmp][sd]?t|ist|myt|sgt)\b(?:[+-]\d{1,2})?\)?)?"
)
_WEEKDAY = (
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|"
    r"miércoles|jueves|viernes|sábado|domingo)\b\.?"
)
_LABEL = (
    r"(?:(?:zuletzt\s|last\s|first\s|erst)?(?:date|datum|stand|veröffentlicht|erschienen|erstellt|publiziert|"
    r"aktualisiert|geändert|aktualisierung|update|updated|modified|published|posted|publication date|released|created|"
    r"originally published|publié|mis à jour|mise à jour|modifié|publicado|actualizado|fecha)\b"
    r"(?:\s(?:am|vom|on|at|le|el|a las|à|um|date))?)"
)
_READING = (
    r"(?:(?:lesezeit|lesedauer|reading time|temps de lecture|tiempo de lectura)\s?:?\s?(?:ca\.\s)?\d{1,3}\s?min\w*\.?|"
    r"\d{1,3}\s?(?:-\s?)?min(?:uten?|utes?|s)?\.?(?:\s(?:read|lesezeit|reading time|de lecture|de lectura))?)"
)
_LINK = r"(?:[\s,;:.|•·()/\[\]–—-]+|\b(?:um|at|à|a las|gegen|am|on|and|und)\b)"
_YEAR = re.compile(r"\d{2}")
_STAMP = rf"(?i)(?:{_LABEL}|{_DATE}|{_TIME}|{_WEEKDAY}|{_READING}|{_LINK})+"
# A month alone is a date only with a label before it: `March 2024` may head a chapter.
_MONTH_ONLY = rf"(?i)\b(?:{_MONTH})\p{{L}}*\.?\s(?:de\s)?(?:19|20)\d\d"
_MONTH_STAMP = rf"(?i){_LABEL}\s?:?\s(?:in\s|im\s|en\s)?(?:{_MONTH})\p{{L}}*\.?\s(?:de\s)?(?:19|20)\d\d\.?"
_KICKER_BEFORE = r"\p{Lu}\p{Ll}[\p{L}-]*(?:\s\p{L}+){0,2}\s?[.|:·]\s"
_FIELD = r"(?i)\s*date\s(?P<date>(?:19|20)\d\d(?:-\d\d){0,2})(?:\s+|$)"
_ANY_DATE = rf"(?i){_DATE}"
_ANY_PERIOD = rf"(?i){_DATE}\s?[–—-]\s?{_DATE}"  # no day, but the days between
_ANY_LABEL = rf"(?i){_LABEL}"
_LATER = r"(?i)aktualisier|geändert|update|modified|mise? à jour|modifié|actualizado"
_TIME_BEHIND = rf"(?i){_LINK}*{_TIME}"
_NAME_BEFORE = r"(?:(?i:von|by|par|por):?\s)?(?:\p{Lu}[\p{L}'.-]+\s){1,2}\p{Lu}[\p{L}'.-]+\s?[|,·•–—-]?\s?"


@rule("date-field", version=1, kind="date")
def take_date_field(article: Article) -> Article:
    """Takes a field `date 2024-11` that opens the text; its date is kept where none is known."""
    for at in range(min(2, len(article.body))):
        span = article.body[at]
        if match := linear(_FIELD).match(plain(span.text[:LONGEST])):
            return _taken(article, at, match["date"], match.end())
    return article


@rule("date-line", version=2, kind="date")
def take_date_line(article: Article) -> Article:
    """Takes a line that is only a date above the text, or a labelled one below; the days of a chronology stay."""
    stamps = [at for at, span in enumerate(article.body) if is_stamp(span.text)]
    if not stamps:
        return article
    above, below = shape.head(article.body), shape.tail(article.body)
    for at in stamps:
        text = article.body[at].text
        labelled = linear(_ANY_LABEL).search(plain(text)) is not None
        if labelled and (at in above or at in below):
            return _taken(article, at, text, len(text), keep=at in above or len(stamps) == 1)
        if at in above and not any(other not in above for other in stamps):
            return _taken(article, at, text, len(text))
    return article


def is_stamp(line: str) -> bool:
    """Whether the line is a date, with or without label, time, reading time and a name before it, and nothing else."""
    if len(line) > LONGEST or not _YEAR.search(line):
        return False
    text = plain(line)
    kicker = linear(_KICKER_BEFORE).match(text)
    if linear(_MONTH_STAMP).fullmatch(text[kicker.end() :] if kicker else text):
        return True
    if linear(_ANY_DATE).search(text) is None:
        return False
    if linear(_STAMP).fullmatch(text):
        return True
    name = linear(_NAME_BEFORE).match(text)
    return name is not None and linear(_STAMP).fullmatch(text[name.end() :]) is not None


def is_weekday(text: str) -> bool:
    """Whether the text is the name of a day of the week, which may stand before a date as a place does."""
    return linear(rf"(?i){_WEEKDAY}").fullmatch(plain(text)) is not None


def _taken(article: Article, at: int, statement: str, end: int, *, keep: bool = True) -> Article:
    span = article.body[at]
    body = (*article.body[:at], *span.without(0, end), *article.body[at + 1 :])
    article = replace(article, body=body)
    return noted(article, statement, span.line) if keep else article


def noted(article: Article, statement: str, line: int) -> Article:
    """The article with the dates that a line of its text states, where none is known.

    A day that disagrees with the known one is kept beside it.
    """
    said = f"text:line {line + 1}"
    provenance = dict(article.provenance)
    found = _dates_in(plain(statement), article.language)
    if (when := found.get("published")) and article.published is None:
        article = replace(article, published=when.iso, published_precision=when.precision)
        provenance["published"] = said
    elif when and article.published and not _agrees(when, article.published):
        conflicts = dict.fromkeys((*article.date_conflict, f"{said}: {statement.strip()}"))
        article = replace(article, date_conflict=tuple(conflicts)[:MOST_CONFLICTS])
    if (when := found.get("updated")) and article.updated is None:
        article = replace(article, updated=when.iso)
        provenance["updated"] = said
    return replace(article, provenance=provenance)


def _dates_in(statement: str, language: str) -> "dict[str, dates.When]":
    from transforms.metadata import dates  # noqa: PLC0415  (its tables are not needed until a date is met)

    found: dict[str, dates.When] = {}
    if linear(_ANY_PERIOD).search(statement):
        return found
    for expression in (_ANY_DATE, _MONTH_ONLY):
        for match in linear(expression).finditer(statement):
            clock = linear(_TIME_BEHIND).match(statement[match.end() :])
            stated = statement[match.start() : match.end() + (clock.end() if clock else 0)]
            when = dates.parse(stated, language=language) or dates.parse(match[0], language=language)
            later = linear(_LATER).search(statement[: match.start()]) is not None
            if when is not None:
                found.setdefault("updated" if later else "published", when)
        if found:
            break
    return found


def _agrees(when: "dates.When", known: str) -> bool:
    """Whether the date can be the known one: the same day, or the same as far as the coarser of the two goes."""
    from transforms.metadata import dates  # noqa: PLC0415  (as above)

    other = dates.parse(known)
    shorter = min(len(when.iso[:10]), len(known[:10]))
    return when.iso[:shorter] == known[:shorter] or (other is not None and when.same_day(other))
