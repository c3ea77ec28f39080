"""The date of publication that stands above or below a text (`Stand: 25.11.2024, 19:45 Uhr`, `date 2024-11`)."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from backfile.article import Article
from transforms import shape
from transforms.metadata.dates.folding import fold
from transforms.pattern import linear, plain
from transforms.rule import rule

if TYPE_CHECKING:
    from transforms.metadata import dates

MOST_CONFLICTS = 10  # statements that are kept beside the date
LONGEST = 130  # characters; the longest stamp in the development data has 46; two dates and a reading time fit

# What a date above or below a text is of. Words for a change stand apart: their date is `updated`.
_PUBLISHED = (
    "date|dated|datum|stand|veröffentlicht|veröffentlichung|erschienen|erstellt|erstmals erschienen|publiziert|"
    "online seit|published|first published|originally published|date published|publication date|published date|"
    "posted|posted in|released|created|publié|publiée|date de publication|paru|mis en ligne|créé|diffusé|"
    "publicado|publicada|fecha|fecha de publicación|creado|pubblicato|pubblicata|data|data di pubblicazione|"
    "data pubblicazione|creato|gepubliceerd|geplaatst|publicatiedatum|verschenen|opublikowano|data publikacji|"
    "publikacja|dodano|data dodania|utworzono|data de publicação|data da publicação|publicação|postado|criado|"
    "divulgado|publicerad|publicerat|publicerades|publiceret|offentliggjort|udgivet|oprettet|publisert|julkaistu|"
    "publikováno|zveřejněno|vydáno|megjelent|közzétéve|publikálva|yayınlanma|yayınlanma tarihi|yayın tarihi|"
    "giriş|опубликовано|дата публикации|опубліковано|дата публікації|publicat|data publicării|δημοσίευση|"
    "δημοσιεύτηκε"
)
_UPDATED = (
    "aktualisiert|aktualisierung|letzte aktualisierung|geändert|letzte änderung|update|updated|modified|"
    "date modified|mis à jour|mise à jour|dernière mise à jour|màj|modifié|actualisé|actualizado|actualizada|"
    "última actualización|actualización|modificado|aggiornato|aggiornata|aggiornamento|ultimo aggiornamento|"
    "ultima modifica|modificato|bijgewerkt|laatst bijgewerkt|laatst gewijzigd|gewijzigd|aangepast|laatste update|"
    "laatste wijziging|geüpdatet|zaktualizowano|aktualizacja|data aktualizacji|ostatnia aktualizacja|"
    "zmodyfikowano|atualizado|atualizada|atualização|última atualização|actualização|última modificação|"
    "uppdaterad|uppdaterat|senast uppdaterad|ändrad|opdateret|senest opdateret|sidst opdateret|oppdatert|"
    "sist oppdatert|päivitetty|viimeksi päivitetty|aktualizováno|poslední aktualizace|frissítve|frissítés|"
    "módosítva|güncelleme|güncellenme|son güncelleme|güncelleme tarihi|обновлено|последнее обновление|изменено|"
    "оновлено|actualizat|ultima actualizare|ενημέρωση|τελευταία ενημέρωση"
)
_ZONE = r"(?:\s?\(?(?:gmt|utc|cet|cest|mez|mesz|bst|[ecmp][sd]?t|ist|myt|sgt|ae[sd]t|sast|wib)\b(?:[+-]\d{1,2})?\)?)?"
_TIME = (
    r"(?:\d{1,2}[:.h]\d\d(?::\d\d)?\s?(?:uhr|uur|hs?|horas|a\.?m\.?|p\.?m\.?)?|\d{1,2}\s(?:uhr|uur)|\d{1,2}h)"
    rf"{_ZONE}"
)
_READING = (
    r"(?:(?:lesezeit|lesedauer|reading time|temps de lecture|tiempo de lectura|tempo di lettura|leestijd|czas czytania|"
    r"tempo de leitura|lastid|laesetid|lesetid)\s?:?\s?(?:ca\.\s)?\d{1,3}\s?min\w*\.?|"
    r"\d{1,3}\s?(?:-\s?)?min(?:uten?|utes?|utos?|uti|uut|s)?\.?"
    r"(?:\s(?:read|lesezeit|reading time|de lecture|de lectura|di lettura|leestijd|czytania|de leitura))?)"
)
_LINK = (
    r"(?:[\s,;:.|•·()/\[\]–—-]+|\b(?:um|at|a|a las|as|alle|alle ore|ore|om|o|godz|kl|klo|gegen|am|vom|den|on|op|"
    r"le|el|il|em|and|und|et|y|e|en|i|r|roku)\b)"
)
_PREPOSITION = r"(?:\s(?:am|vom|on|at|le|el|il|op|em|den|dnia|a las|a|um|date))?"
_YEAR = re.compile(r"\d{2}")
_KICKER_BEFORE = r"\p{Lu}\p{Ll}[\p{L}-]*(?:\s\p{L}+){0,2}\s?[.|:·]\s"
_FIELD = r"(?i)\s*date\s(?P<date>(?:19|20)\d\d(?:-\d\d){0,2})(?:\s+|$)"
_LED = r"(?i:von|by|par|por|di|door|av|af):?\s"
# A page's own words for a time near its saving; what day that was it does not say. "Vor einem Jahr" heads a part.
_AGO = (
    r"(?i)(?:(?:veröffentlicht|aktualisiert|stand|published|updated|posted|publié|mis à jour|publicado|actualizado)"
    r"\s?:?\s)?(?:(?:vor|il y a|hace|há)\s(?:\d{1,3}\s\p{L}{1,12}\.?|einer (?:stunde|minute)|une (?:heure|minute)|"
    r"una? (?:hora|minuto)|uma? (?:hora|minuto))"
    r"|(?:\d{1,3}|an?)\s(?:sec(?:ond)?|min(?:ute)?|h(?:ou)?r|day|week)s?\.?\s(?:ago|earlier)"
    r"|\d{1,3}\s\p{L}{1,12}\s(?:fa|geleden|temu|atrás))"
)
SHORT_TIME = 20  # characters of a line that is only a time of day
SHORT_AGO = 40  # characters
_NAME_BEFORE = rf"(?P<led>{_LED})?(?:\p{{Lu}}[\p{{L}}'.-]+\s){{1,2}}\p{{Lu}}[\p{{L}}'.-]+\s?[|,·•–—-]?\s?"
SHORTEST_NAME = 4  # letters; "ma", "sex" and "per" are days of the week too
_SHORT_MONTHS = frozenset(
    {"de", "en", "fr", "es", "it", "nl", "pl", "pt", "sv", "da", "no", "ru", "tr"}
)  # languages whose abbreviations count
_SHORT_DAYS = frozenset({"de", "en", "fr", "es", "it"})


@dataclass(frozen=True, slots=True)
class _Expressions:
    """What a stamp is made of, in folded text. RE2."""

    date: str
    period: str  # no day, but the days between
    label: str
    later: str  # a label that says that the date is of a change
    weekday: str
    stamp: str
    month_stamp: str  # a month alone is a date only with a label before it: `March 2024` may head a chapter
    month_only: str
    time_behind: str


@lru_cache(1)
def _expressions() -> _Expressions:
    """The expressions with the names that the parser of dates knows; made when the first line with figures is met."""
    from transforms.metadata.dates.words import forms, tables  # noqa: PLC0415  (not needed until a date is met)

    def names(key: str, *, short: Container[str] = ()) -> str:
        return _any_of(
            {
                word
                for language, table in tables().items()
                for _, word in forms(table.get(key, ""))
                if len(word) >= SHORTEST_NAME or language in short
            }
        )

    month = rf"(?:{names('months', short=_SHORT_MONTHS)})"
    day, joined = r"\d{1,2}(?:st|nd|rd|th|er|e|\.|º|°)?", r"(?:de\s|del\s|d'|of\s)?"
    date = (
        r"(?:(?:19|20)\d\d[-/.](?:1[0-2]|0?[1-9])(?:[-/.]\d{1,2})?(?:t\d\d:\d\d\S*)?"
        r"|\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d\d)"
        r"|(?:19|20)\d\d\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
        rf"|{day}\s{joined}{month}\.?,?\s{joined}\d{{4}}"
        rf"|{month}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}"
        rf"|(?:19|20)\d\d\.\s{month}\.?\s\d{{1,2}}\.?)"
    )
    changed = _any_of(fold(_UPDATED).split("|"))
    label = rf"(?:(?:zuletzt |last |first |erst)?(?:{_any_of(fold(_PUBLISHED).split('|'))}|{changed}){_PREPOSITION})"
    weekday = rf"(?:(?:{names('days', short=_SHORT_DAYS)})\b\.?)"
    month_year = rf"{month}\.?\s{joined}(?:19|20)\d\d"
    return _Expressions(
        date=date,
        period=rf"{date}\s?[–—-]\s?{date}",
        label=label,
        later=rf"(?:^|\P{{L}})(?:{changed})",
        weekday=weekday,
        stamp=rf"(?:{label}|{date}|{_TIME}|{weekday}|{_READING}|{_LINK})+",
        month_stamp=rf"{label}\s?:?\s(?:in\s|im\s|en\s|w\s|em\s|a\s)?{month_year}\.?",
        month_only=rf"(?:^|\P{{L}}){month_year}",
        time_behind=rf"{_LINK}*{_TIME}",
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=lambda word: (-len(word), word)))


@rule("date-field", version=1, kind="date")
def take_date_field(article: Article) -> Article:
    """Takes a field `date 2024-11` that opens the text; its date is kept where none is known."""
    for at in range(min(2, len(article.body))):
        span = article.body[at]
        opens = span.text[:LONGEST].lstrip()[:4].casefold() == "date"
        if opens and (match := linear(_FIELD).match(plain(span.text[:LONGEST]))):
            return _taken(article, at, match["date"], match.end())
    return article


@rule("date-line", version=3, kind="date")
def take_date_line(article: Article) -> Article:
    """Takes a line that is only a date or `vor 2 Stunden` above the text, a labelled one below; chronologies stay."""
    stamps = [at for at, span in enumerate(article.body) if is_stamp(span.text)]
    if not stamps:
        return _without_ago(article)
    above, below = shape.head(article.body), shape.tail(article.body)
    for at in stamps:
        text = article.body[at].text
        labelled = linear(_expressions().label).search(_flat(text)) is not None
        if labelled and (at in above or at in below):
            return _taken(article, at, text, len(text), keep=at in above or len(stamps) == 1)
        if at in above and not any(other not in above for other in stamps):
            return _taken_with_time(article, at)
    return article


def _taken_with_time(article: Article, at: int) -> Article:
    """The article without the date line at this place, and without the time of day that stands alone below it."""
    text = article.body[at].text
    below = article.body[at + 1] if at + 1 < len(article.body) else None
    if below is None or len(below.text) > SHORT_TIME or not linear(_TIME).fullmatch(_flat(below.text).strip(" ,")):
        return _taken(article, at, text, len(text))
    taken = _taken(article, at, f"{text.rstrip(' ,')}, {below.text.strip()}", len(text))
    return replace(taken, body=(*taken.body[:at], *taken.body[at + 1 :]))


def _without_ago(article: Article) -> Article:
    """The article without a line above it that says nothing but how long ago it was published."""
    for at in shape.head(article.body):
        text = article.body[at].text
        if len(text) <= SHORT_AGO and linear(_AGO).fullmatch(plain(text).strip()):
            return replace(article, body=(*article.body[:at], *article.body[at + 1 :]))
    return article


def is_stamp(line: str) -> bool:
    """Whether the line is a date, with or without label, time, reading time and a name before it, and nothing else."""
    if len(line) > LONGEST or not _YEAR.search(line):
        return False
    text, flat, known = plain(line), _flat(line), _expressions()
    kicker = linear(_KICKER_BEFORE).match(text)
    if any(linear(known.month_stamp).fullmatch(flat, at) for at in {0, kicker.end() if kicker else 0}):
        return True
    if linear(known.date).search(flat) is None:
        return False
    if linear(known.stamp).fullmatch(flat):
        return True
    name = linear(_NAME_BEFORE).match(text)
    return name is not None and linear(known.stamp).fullmatch(flat[name.end() :]) is not None


def is_weekday(text: str) -> bool:
    """Whether the text is the name of a day of the week, which may stand before a date as a place does."""
    return linear(_expressions().weekday).fullmatch(_flat(text)) is not None


def _flat(text: str) -> str:
    """The text as the expressions see it, sign for sign."""
    return fold(plain(text))


def _taken(article: Article, at: int, statement: str, end: int, *, keep: bool = True) -> Article:
    span = article.body[at]
    body = (*article.body[:at], *span.without(0, end), *article.body[at + 1 :])
    article = replace(article, body=body)
    return noted(_signed(article, statement, span.line), statement, span.line) if keep else article


def _signed(article: Article, statement: str, line: int) -> Article:
    """The article with the author of `Von Anna Beispiel, 3. Mai 2024`, where none is known.

    Without the word that leads to the name it may be a place's or a section's: `Bad Muster, 3. Mai 2024`.
    """
    name = None if article.authors else linear(_NAME_BEFORE).match(plain(statement))
    if name is None or not name["led"]:
        return article
    from transforms.metadata import bylines  # noqa: PLC0415  (its tables are not needed until a name is met)

    persons, _ = bylines.split(name[0])
    if not persons:
        return article
    provenance = {**article.provenance, "authors": f"text:line {line + 1}"}
    return replace(article, authors=persons, provenance=provenance)


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
    known, flat = _expressions(), _flat(statement)
    if linear(known.period).search(flat):
        return found
    for expression in (known.date, known.month_only):
        for match in linear(expression).finditer(flat):
            clock = linear(known.time_behind).match(flat[match.end() :])
            stated = statement[match.start() : match.end() + (clock.end() if clock else 0)]
            when = dates.parse(stated, language=language) or dates.parse(
                statement[match.start() : match.end()], language=language
            )
            later = linear(known.later).search(flat[: match.start()]) is not None
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
