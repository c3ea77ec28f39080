"""A mail within a mail: what was forwarded, and what a reply quotes.

Mail programs put the header of the inner mail above its text, in lines (`Von: … Gesendet: … Betreff: …`), below a line
that says so or without one. Of a forwarded mail that header is metadata, and what the forwarder wrote above it is a
note; of a reply what stands below is quoted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backfile.article import Article
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

DEEPEST = 60  # lines above a forwarded mail in which its header is looked for
HEADER_LINES = 9  # of From, Date, To, Cc, Subject … and lines that go on
LONGEST_HEADER = 400  # characters of such a line; recipients can be many
NOTE_WORDS = 80  # of a forwarder's note; who writes more replies

_MARK = (
    r"(?i)\W*(?:forwarded message|begin forwarded message|original message|original appointment|"
    r"(?:anfang der )?weitergeleitete[nr]? (?:nachricht|e-?mail)|ursprüngliche nachricht|original-?nachricht|"
    r"(?:début du )?message (?:transféré|réexpédié|d'origine|original)|mensaje (?:reenviado|original)|"
    r"messaggio (?:inoltrato|originale)|doorgestuurd bericht|oorspronkelijk bericht|"
    r"(?:wiadomość przekazana|oryginalna wiadomość)|mensagem (?:encaminhada|original))\W*"
)
_FORWARDED = r"(?i)forward|weitergeleitet|transféré|réexpédié|reenviado|inoltrato|doorgestuurd|przekazana|encaminhada"
_FIELDS = {
    "From": r"(?i)\W*(?:from|von|de|da|van|od)\W*:\W*(?P<value>.+)",
    "Subject": r"(?i)\W*(?:subject|betreff|objet|asunto|oggetto|onderwerp|temat|assunto)\W*:\W*(?P<value>.+)",
    "Date": r"(?i)\W*(?:date|datum|gesendet|sent|envoyé|fecha|enviado|data|inviato|verzonden|wysłano)(?: am)?\W*:\W*"
    r"(?P<value>.+)",
    "": r"(?i)\W*(?:to|an|à|para|a|aan|do|cc|kopie|reply-to|antwort an|répondre à)\W*:.*",
}
_SUBJECT_OF_FORWARD = r"(?i)\s*(?:fwd?|wg|wtr?|tr|rv|i|doorst)\s*:"
_ATTRIBUTION = (
    r"(?i)(?:am .{4,80}\bschrieb\b.{0,120}|on .{4,120}\bwrote|le .{4,80}\ba écrit|el .{4,80}\bescribió.{0,80}|"
    r"op .{4,80}\bschreef\b.{0,80}|il .{4,80}\bha scritto|.{4,80}\b(?:schrieb|wrote) (?:am|on|at)\b.{4,60})\s*:"
)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an inner mail, among the lines of the outer one."""

    start: int  # the line that announces it, else its first line
    end: int  # the first line behind it
    fields: dict[str, str]  # From, Subject, Date, as stated
    forwarded: bool  # the line above says that it was forwarded


def header(texts: Sequence[str]) -> Header | None:
    """The first header of an inner mail; None when there is none."""
    for at, text in enumerate(texts[:DEEPEST]):
        marked = len(text) < LONGEST_HEADER and linear(_MARK).fullmatch(plain(text)) is not None
        first = at + 1 if marked else at
        if not marked and _field(text) is None:
            continue
        end, stated = fields(texts, first)
        sure = "From" in stated and ("Subject" in stated or "Date" in stated)
        if sure and (marked or {"Subject", "Date"} <= stated.keys()):
            said = marked and linear(_FORWARDED).search(text) is not None
            return Header(at, end, {name: value for name, value in stated.items() if name}, said)
    return None


def fields(texts: Sequence[str], first: int) -> tuple[int, dict[str, str]]:
    """Where the header that begins at `first` ends, and what it states."""
    found: dict[str, str] = {}
    at = first
    while at < min(len(texts), first + HEADER_LINES) and (stated := _field(texts[at])):
        found.setdefault(*stated)
        at += 1
    return at, found


def _field(text: str) -> tuple[str, str] | None:
    if len(text) > LONGEST_HEADER or ":" not in text:
        return None
    for name, expression in _FIELDS.items():
        if match := linear(expression).fullmatch(plain(text)):
            return name, match["value"].strip(" *_") if name else ""
    return None


def is_forwarded(found: Header, texts: Sequence[str], subject: str) -> bool:
    """Whether the inner mail is what the outer one is about: it says so, or adds a short note to it."""
    if found.forwarded or linear(_SUBJECT_OF_FORWARD).match(subject):
        return True
    if linear(r"(?i)\s*(?:re|aw|antw|sv|odp|rif)\s*:").match(subject):
        return False
    above = sum(shape.words(text) for text in texts[: found.start])
    return above <= NOTE_WORDS and above < sum(shape.words(text) for text in texts[found.end :])


@rule("forwarded-note", version=1, kind="boilerplate")
def drop_forwarded_note(article: Article) -> Article:
    """Takes the header of a forwarded mail and the note above it; it is known as one by whom its values come from."""
    if not any(origin.startswith("forwarded:") for origin in article.provenance.values()):
        return article
    found = header([span.text for span in article.body])
    return article if found is None else replace(article, body=article.body[found.end :])


@rule("quoted-mail", version=1, kind="boilerplate")
def drop_quoted_mail(article: Article) -> Article:
    """Takes the mail that a reply quotes below its text, with the line that names its writer; quotes within stay."""
    if not any(origin.startswith("header:") for origin in article.provenance.values()):
        return article
    body = article.body
    texts = [span.text for span in body]
    found = header(texts)
    end = found.start if found else len(body)
    for at, text in enumerate(texts[:end]):
        quoted = body[at + 1 : end]
        named = len(text) < LONGEST_HEADER and linear(_ATTRIBUTION).fullmatch(plain(text).strip())
        if named and quoted and all(span.role == "quote" or span.text.startswith(">") for span in quoted):
            end = at
            break
    if end == len(body) or not any(shape.is_prose(text) for text in texts[:end]):
        return article
    return replace(article, body=body[:end])
