"""The headline as a reader saw it: entities decoded, and without the site's name, the ticker's plus signs."""

import html
import re
from collections.abc import Iterable
from functools import lru_cache

from transforms import hygiene
from transforms.metadata import urls

ALIKE = (
    0.5  # of the shorter one's words; title_exact is the same from 0.4 to 0.5, lower from 0.6 on (356 pages, Nov 2026)
)
LONGEST_TITLE = 600  # characters; longer ones are text
_SEPARATOR = re.compile(r"\s+[|–—•·»«:\-]{1,2}\s+|\s*\|\s*|\s+::\s+")
_TICKER = re.compile(r"^(?:\s*\+{2,}\s*)+|(?:\s*\+{2,}\s*)+$")
_DATE_BEHIND = re.compile(r"\s+[|–—·-]\s+\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}$")
# Signs that an editor puts at the ends: what the piece holds, that it was renewed, which page of it this is.
_MARKS_BEHIND = re.compile(
    r"\s*(?:[|–—·-]\s*(?:seite|page|página|pagina|pág\.?|teil|strona)\s\d{1,3}(?:\s(?:von|of|de|di)\s\d{1,3})?"
    r"|[|–—-]\s(?:videos?|mit video|photos?|fotos?|bilder|pictures|galerie|gallery|podcast|audio|infografik)"
    r"|[(\[](?:mit\s)?(?:updated?|aktualisiert|video|videos|fotos?|photos?|podcast|audio|live|mis à jour|actualizado|"
    r"aggiornato|bijgewerkt|mit video|mit bildern|with video|vídeo|pdf)[)\]])$",
    re.IGNORECASE,
)
_MARKS_BEFORE = re.compile(
    r"^(?:[(\[](?:updated?|aktualisiert|video|live|anzeige|sponsored|plus)[)\]]|(?:update|video)\s?[:|+]+)\s*",
    re.IGNORECASE,
)
_PICTURES = re.compile(
    "^(?:[\u2190-\u21ff\u25a0-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+\\s*)+|"
    "(?:\\s*[\u2190-\u21ff\u25a0-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+)+$"
)
_SET_OFF = re.compile(r"[|–—•·»«:-]")  # one of them is in every separator
# What any of the patterns for the ends of a headline needs, and what sets off a section.
_MARKED = re.compile("[|–—·()\\[\\]+‍←-⇿■-➿⬀-⯿️🀀-🫿-]|^(?:update|video)", re.IGNORECASE)
# A section behind the headline, set off like a site's name.
_SECTIONS_TEXT = """
politik wirtschaft sport kultur panorama wissen wissenschaft gesellschaft ausland inland lokales regional meinung
netzwelt feuilleton nachrichten news aktuell startseite politics business economy world uk us sports culture opinion
science technology tech health entertainment lifestyle home politique économie société monde culture sciences
actualités política economía deportes sociedad internacional opinión portada economia esporte mundo brasil cronaca
politica esteri sport chronik binnenland buitenland economie cultuur polityka gospodarka świat kraj wiadomości kultura
inrikes utrikes
"""
_SECTIONS = frozenset(_SECTIONS_TEXT.split())
LEAST_BEFORE_SECTION = 4  # words
_FILE_NAME = re.compile(
    r"(?:.*[/\\])?[^/\\]{0,120}\.(?:html?|xhtml|txt|eml|mht|mhtml|docx?|pdf|gz|md|xml|json|csv|rtf|odt|msg|php|aspx?)$",
    re.IGNORECASE,
)


def tidy(title: str, *, sites: Iterable[str] = ()) -> str | None:
    """The headline in `title` without the names of `sites` (publisher, og:site_name, host) at its ends; None if empty.

    A part at the end or beginning, set off by `|`, `-`, `–`, `:` …, goes when it is the site's name or resembles it
    ("taz.de" for "taz"). What remains must be at least as long as what goes, or more than one word.
    """
    text = _TICKER.sub("", " ".join(html.unescape(html.unescape(title[:LONGEST_TITLE])).split())).strip()
    names = {folded for site in sites for folded in _forms(site)}
    changed = True
    while changed:
        before, text = text, _unmarked(text)
        changed = before != text
        for match in reversed(list(_SEPARATOR.finditer(text))) if _SET_OFF.search(text) else ():
            head, tail = text[: match.start()].strip(), text[match.end() :].strip()
            if _resembles(tail, names) and _enough(head, tail):
                text, changed = head, True
                break
            if _resembles(head, names) and _enough(tail, head):
                text, changed = tail, True
                break
    return text if any(map(str.isalnum, text)) else None


def _unmarked(text: str) -> str:
    """The headline without signs, dates, page numbers and sections at its ends; never without all its words."""
    text = text.lstrip(":|–—-·•»> ") if any(map(str.isalnum, text)) else text
    if not _MARKED.search(text):  # as most headlines
        return text.strip() if any(map(str.isalnum, text)) else text
    for pattern in (_TICKER, _PICTURES, _DATE_BEHIND, _MARKS_BEHIND, _MARKS_BEFORE):
        shorter = pattern.sub("", text).strip()
        text = shorter if any(map(str.isalnum, shorter)) else text
    head, separator, tail = _last_part(text)
    return head if separator and tail.casefold() in _SECTIONS and len(head.split()) >= LEAST_BEFORE_SECTION else text


def _last_part(text: str) -> tuple[str, str, str]:
    match = re.search(r"\s+[|–—-]\s+([^|–—]{2,20})$", text)
    return (text[: match.start()].strip(), match[0], match[1].strip()) if match else (text, "", "")


def is_file_name(title: str) -> bool:
    """Whether the title is the name of a file, such as a program puts there for want of a headline."""
    return bool(_FILE_NAME.fullmatch(title.strip()))


def alike(one: str, other: str) -> bool:
    """Whether two statements can be the same headline: at least `ALIKE` of the shorter one's words are in the other."""
    here, there = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return bool(here and there) and len(here & there) >= ALIKE * min(len(here), len(there))


def is_kicker_before(whole: str, headline: str) -> bool:
    """Whether `whole` is `headline` (three words or more) with a kicker before it, as in an h1 that holds both."""
    if len(headline.split()) < 3:
        return False
    here, there = fold(whole), fold(headline)
    return len(there) < len(here) and here.endswith(there)


def is_section(text: str) -> bool:
    """Whether the words are a section's name, as it stands before or behind a headline."""
    return text.strip().casefold() in _SECTIONS


def likeness(one: str, other: str) -> float:
    """How much of their words two statements share, 0 to 1."""
    here, there = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return len(here & there) / len(here | there) if here and there else 0.0


def fold(text: str) -> str:
    """Letters and figures only, case and accents aside: what is equal here is one headline or one name."""
    return hygiene.letters(text, "NFKD")


def _enough(rest: str, gone: str) -> bool:
    return len(rest) >= len(gone) or " " in rest


@lru_cache(1_024)  # a source's articles are of few sites
def _forms(site: str) -> tuple[str, ...]:
    """The ways in which a site's name stands behind a headline: as it is, as host, without its ending."""
    text = site.strip()
    host = urls.split(text).hostname if "://" in text else None
    name = re.sub(r"^www\.", "", host or text.casefold())
    if not re.fullmatch(r"[\w.-]+\.\w{2,6}", name):
        return (fold(name),)
    labels = name.split(".")
    return fold(name), fold(labels[-2] if len(labels[-2]) > 3 or len(labels) < 3 else labels[-3])


def _resembles(part: str, names: set[str]) -> bool:
    """Whether `part` is a site's name, or one with a word more ("taz.de", "The Guardian UK")."""
    folded = fold(part)
    if not folded or len(part) > 60:
        return False
    forms = {folded, fold(re.sub(r"\.(?:de|com|org|net|at|ch|fr|es|it|nl|pl|uk|info|news)$", "", part.casefold()))}
    if forms & names:
        return True
    return (
        any(
            len(name) >= 4 and len(folded) >= 4 and (folded.startswith(name) or name.startswith(folded))
            for name in names
        )
        and len(part.split()) <= 5
    )
