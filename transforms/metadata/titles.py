"""The headline as a reader saw it: entities decoded, and without the site's name, the ticker's plus signs."""

import html
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from transforms import hygiene

ALIKE = (
    0.5  # of the shorter one's words; title_exact is the same from 0.4 to 0.5, lower from 0.6 on (356 pages, Nov 2026)
)
LONGEST_TITLE = 600  # characters; longer ones are text
_SEPARATOR = re.compile(r"\s+[|–—•·»«:\-]{1,2}\s+|\s*\|\s*|\s+::\s+")
_TICKER = re.compile(r"^(?:\s*\+{2,}\s*)+|(?:\s*\+{2,}\s*)+$")
_DATE_BEHIND = re.compile(r"\s+[|–—·-]\s+\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}$")
_FILE_NAME = re.compile(
    r"(?:.*[/\\])?[^/\\]{0,120}\.(?:html?|xhtml|txt|eml|mht|mhtml|docx?|pdf|gz|md|xml|json|csv|rtf|odt|msg|php|aspx?)$",
    re.IGNORECASE,
)


def tidy(title: str, *, sites: Iterable[str] = ()) -> str | None:
    """The headline in `title` without the names of `sites` (publisher, og:site_name, host) at its ends; None if empty.

    A part at the end or beginning, set off by `|`, `-`, `–`, `:` …, goes when it is the site's name or resembles it
    ("taz.de" for "taz"). What remains must be at least as long as what goes, or more than one word.
    """
    text = _TICKER.sub("", re.sub(r"\s+", " ", html.unescape(html.unescape(title[:LONGEST_TITLE])))).strip()
    names = {folded for site in sites for folded in _forms(site)}
    text = _DATE_BEHIND.sub("", text)
    changed = True
    while changed and names:
        changed = False
        for match in reversed(list(_SEPARATOR.finditer(text))):
            head, tail = text[: match.start()].strip(), text[match.end() :].strip()
            if _resembles(tail, names) and _enough(head, tail):
                text, changed = head, True
                break
            if _resembles(head, names) and _enough(tail, head):
                text, changed = tail, True
                break
    return text or None


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


def fold(text: str) -> str:
    """Letters and figures only, case and accents aside: what is equal here is one headline or one name."""
    return hygiene.letters(text, "NFKD")


def _enough(rest: str, gone: str) -> bool:
    return len(rest) >= len(gone) or " " in rest


def _forms(site: str) -> Iterable[str]:
    """The ways in which a site's name stands behind a headline: as it is, as host, without its ending."""
    text = site.strip()
    host = urlsplit(text).hostname if "://" in text else None
    name = re.sub(r"^www\.", "", host or text.casefold())
    yield fold(name)
    if re.fullmatch(r"[\w.-]+\.\w{2,6}", name):
        labels = name.split(".")
        yield fold(labels[-2] if len(labels[-2]) > 3 or len(labels) < 3 else labels[-3])


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
