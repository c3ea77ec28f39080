"""The words that stand before a date on a page, and what they make of it."""

import functools
import re

# Each line: what the date is to the article, then expressions in de, en, fr, es, it, nl, pl, pt. `state` (German
# "Stand:") dates a page as it is; whether that is its publication, other statements tell. `other` dates another thing.
_LABELS = r"""
published (?:erst)?veröffentlicht veroeffentlicht erschienen publiziert erstellt(?:ungsdatum)? geschrieben eingestellt
published verfasst gepostet (?:erst)?veröffentlichung(?:sdatum)? erscheinungsdatum datum artikel\svom beitrag\svom
published (?:originally\s|first\s)?published posted publi(?:sh|cation|shing)\sdate release\sdate date date\spublished
published written created issued post\sdate publié paru mis\sen\sligne posté(?:\sle)? écrit date\sde\spublication créé
published publicad[oa] fecha(?:\sde\spublicación)? escrito cread[oa] pubblicat[oa] data(?:\sdi\spubblicazione)?
published scritto inserito creato gepubliceerd geplaatst publicatiedatum gepost geschreven aangemaakt opublikowan[oy]
published data\spublikacji dodan[oy] data\sdodania utworzon[oy] publikacja napisan[oy] postado data\sde\spublicação
published criad[oa]
updated aktualisiert geändert (?:letzte|letztes)\s(?:änderung|aktualisierung|update|bearbeitung) überarbeitet
updated bearbeitet aktualisierung editiert update[ds]? modified revised edited
updated (?:last|latest)\s(?:update|edit|change|modification|revision) mise?s?\sà\sjour modifiée?
updated dernière\s(?:mise\sà\sjour|modification) actualizad[oa] última\s(?:actualización|modificación) modificad[oa]
updated aggiornat[oa] ultim[oa]\s(?:aggiornamento|modifica) modificat[oa] bijgewerkt gewijzigd laatste\supdate
updated laatste\swijziging zaktualizowan[oy] aktualizacj[ai] zmodyfikowan[oy] ostatnia\s(?:aktualizacja|modyfikacja)
updated data\s(?:modyfikacji|aktualizacji) atualizad[oa] última\s(?:atualização|modificação) changed data\sda\súltima
state stand stand\sdes\sartikels stand\sder\sinformation(?:en)?
other reviewed geprüft begutachtet copyright © \(c\) gültig valid verfügbar available abgerufen accessed retrieved
other aufgerufen registriert joined mitglied member\ssince dabei\sseit anmeldedatum letzter\sbesuch aktuelles\sdatum
other current\s(?:date|time) heute\sist today\sis geboren born gestorben died termin(?:e)? beginn ende einlass events?
other veranstaltung(?:en)? wann when start(?:s|datum)? end(?:s|date)? deadline frist bewerbungsschluss kommentar(?:e)?
other comment(?:s|ed)? antwort(?:ete)? repl(?:y|ied) rezension review(?:s)? bewertung(?:en)? bewertet uhrzeit isbn
other version next nächste(?:r|s)? expires läuft\sab bis until till jusqu hasta fino tot até seit since depuis desde
other archiviert archived saved captured besucht stand\sder\spreise preise erhältlich kinostart vö release[ds]?
other launch(?:ed)? sortie lançamento uscita premiere kaufdatum foto(?:s)? photo(?:s)? bild
"""
_WEEKDAY = (
    r"(?:\w{3,9}tag|sonnabend|mittwoch|\w{3,6}day|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|\w{2,6}di|lun\w{0,6}|"
    r"mar\w{0,6}|mi[eé]\w{0,8}|jue\w{0,4}|vie\w{0,5}|s[aá]b\w{0,4}|dom\w{0,5}|\w{3,6}dag|poniedziałek|wtorek|środ[ay]|czwartek|"
    r"piątek|sobot[ay]|niedziel[ai]|segunda|terça|quarta|quinta|sexta)(?:-feira)?[.,]?"
)
_LINKS = r"(?:\s(?:am|vom|on|at|le|la|el|il|em|op|de|dnia|in|den|the|zuletzt|last|date)\b)*"
_CLOSER = (
    rf"{_LINKS}(?:\s(?:by|von|par|por|di|door|przez)\s.{{2,40}})?{_LINKS}"
    rf"\s*[:|–—-]?\s*(?:(?<!\w){_WEEKDAY}\s*)?(?:den|the|le)?\s*"
)


@functools.cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each kind the label at the end of what stands before a date."""
    words: dict[str, list[str]] = {}
    for line in _LABELS.strip().splitlines():
        kind, *expressions = line.split()
        words.setdefault(kind, []).extend(expressions)
    return tuple(
        (kind, re.compile(rf"(?:^|[^\w])(?:{'|'.join(found)}){_CLOSER}$", re.IGNORECASE))
        for kind, found in ((kind, words[kind]) for kind in ("other", "updated", "state", "published"))
    )


@functools.lru_cache(maxsize=2_048)
def kind_of(before: str) -> str:
    """`published`, `updated`, `state` or `other` as the words right before a date say; "" when they say nothing."""
    before = before[-80:]
    return next((kind for kind, label in _kinds() if label.search(before)), "")
