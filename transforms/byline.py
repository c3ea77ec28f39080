"""The byline above a text (`Von Max Mustermann`, `By Jane Doe, Berlin`): who wrote it, not what."""

import re
from dataclasses import replace

from backfile.article import Article
from transforms import datestamp, hygiene, shape
from transforms.pattern import linear, plain
from transforms.rule import rule

LONGEST = 140  # characters
SHORT_LINE = 30  # characters of a line of agencies
_LEAD = (
    r"(?:(?:Ein|Eine|An?|Un|Une)\s)?(?:(?:Gastbeitrag|Gastkommentar|Kommentar|Kolumne|Interview|Essay|Analyse|Reportage|"
    r"Bericht|Leitartikel|Glosse|Rezension|Text|Written|Reported|Story|Words|Analysis|Opinion|Geschrieben|Verfasst)\s)?"
    r"(?:[Vv]on|VON|[Bb]y|BY|[Pp]ar|PAR|[Pp]or|POR|[Dd]i|[Dd]oor|[Aa]v|[Aa]f|Propos recueillis par|"
    r"(?:Autor(?:in|en|e|a|zy)?|Authors?|Auteure?s?|Autrice|Texte?|Texto|Testo|Tekst)\s?:)\s?:?\s"
)
_SMALL_TEXT = """
von van de der den del di da zu la al bin ten ter e y i dos und and et ed en oraz mit with avec con com met in aus from
à em w z dpa afp
"""
_SMALL = frozenset(_SMALL_TEXT.split())
# A desk that signs in place of persons: `Door onze redactie`, `La Redazione`, `By Staff Writer`.
_DESKS_TEXT = """
redaktion onlineredaktion redactie rédaction redacción redaccion redazione redakcja redação redaksjonen redaktionen
staff newsroom newsdesk agenturen agencies agences agencias agenzie agências agencje
"""
_DESKS = frozenset(_DESKS_TEXT.split())
MOST_DESK_WORDS = 4
LONGEST_DESK = 50  # characters
MOST_BARE_WORDS = 7  # of names without a word that leads to them: `Jonas Weil und Eva Kern`
MOST_WORDS = 14
# What signs an interview or a wire report below its text: who asked, who wrote; editors are left out.
_CLOSING = (
    r"(?i:(?:Das|Dieses) (?:Gespräch|Interview) führten?|Die Fragen stellten?|Aufgezeichnet von|Protokolliert von|"
    r"(?:Interview|Protokoll|Text|Bericht|Texte|Texto|Autor|Autorin|Author)\s?:|"
    r"(?:Reporting|Interview|Written|Words|Report) by|Propos recueillis par)\s(?P<names>\p{Lu}[^;:|]*?)"
    r"(?:[;,|/]\s?(?i:(?:additional )?(?:editing|writing|reporting|fotos?|photos?|bild|übersetzung|translation)"
    r"(?: by|\s?:)).*)?"
)
CLOSING_LINES = 6  # at the end of a text among which it stands, above a box about the author or a call to the reader
_HANDLE = re.compile(r"\s*[|,·(/–-]?\s*[\w.+-]{0,64}@[\w.-]{2,80}\)?")  # a user's name or address behind the person's
_PART = re.compile(r"\s+[|·•–—-]\s+")
_BEFORE_DATE = re.compile(r",\s+(?=\d{1,2}[./]|\d{4}-)|\s+(?:am|on|le|el|il|op)\s+(?=\d)")
MOST_PARTS = 4  # of a line that says place, date and author
_PLACE_BEFORE = r"(?P<place>\p{Lu}[\p{L}'./ -]{1,40}?),\s(?:den |le )?"


@rule("byline", version=3, kind="byline")
def take_byline(article: Article) -> Article:
    """Takes the line above a text that names its authors; they become known if none are. `Von Kopf bis Fuß` stays."""
    known = {hygiene.letters(name, "NFKC") for name in (*article.authors, *article.agencies)}
    for at in shape.head(article.body):
        span = article.body[at]
        if len(span.text) > LONGEST or span.start:
            continue
        text = plain(" ".join(span.text.split()))
        text = _HANDLE.sub("", text) if "@" in text else text
        if (known and hygiene.letters(text, "NFKC") in known) or (span.role == "byline" and shape.words(text) <= 8):
            return _taken(article, at, text)
        lead = linear(_LEAD).match(text)
        named = text[lead.end() :] if lead is not None else ""
        if named and (_are_names(named) or _is_house(article, named)):
            return _taken(article, at, text)
        if _is_desk(named or text) or (span.role != "heading" and _is_signed(article, span.line, text)):
            return _taken(article, at, text)
    return article


def _is_signed(article: Article, line: int, text: str) -> bool:
    """Whether it is an agency's name alone, or a person's between headline and date or behind these.

    Elsewhere a name alone may be a section, a place, or the first words of a poem.
    """
    from transforms.metadata import agencies  # noqa: PLC0415  (as below)

    if len(text) <= SHORT_LINE and all(agencies.is_one(part.strip("() ")) for part in re.split(r"[/,]|\s&\s", text)):
        return True
    beside = any(each.kind == "date" and abs(each.line - line) == 1 for each in article.removed)
    return beside and _has_headline_above(article, line) and _are_bare_names(text)


def _is_desk(text: str) -> bool:
    """Whether nothing but a desk signs: `onze redactie`, `Staff Writer`."""
    if len(text) > LONGEST_DESK:
        return False
    from transforms.metadata import byline_words  # noqa: PLC0415  (as below)

    words = [word.strip(".,:()").casefold() for word in text.split()]
    if not 1 <= len(words) <= MOST_DESK_WORDS or _DESKS.isdisjoint(words):
        return False
    return all(word in byline_words.NOISE or word in byline_words.BEFORE_TRADE or word in _SMALL for word in words)


def _is_house(article: Article, text: str) -> bool:
    """Whether the text names the publisher: `Par Le Journal`."""
    house = hygiene.letters(article.publisher or "", "NFKC")
    return bool(house) and hygiene.letters(text, "NFKC") == house


@rule("signature", version=2, kind="byline")
def take_signature(article: Article) -> Article:
    """Takes a line above a text of nothing but place, date and byline (`Bonn, 14. Mai 2025 | Von Max Muster`)."""
    for at in shape.head(article.body):
        span = article.body[at]
        parts = _parts(" ".join(span.text.split())) if len(span.text) <= LONGEST and not span.start else []
        if not 2 <= len(parts) <= MOST_PARTS:
            continue
        bylines_ = [part for part in parts if _is_byline(part)]
        if not bylines_ and _has_headline_above(article, span.line):
            bylines_ = [part for part in parts if _are_bare_names(plain(part))]
        others = [part for part in parts if part not in bylines_]
        if bylines_ and others and all(datestamp.is_stamp(_behind_place(part)) for part in others):
            article = _taken(article, at, plain(bylines_[0]))
            for part in others:
                article = _with_place(datestamp.noted(article, _behind_place(part), span.line), part, span.line)
            return article
    return article


@rule("closing-byline", version=1, kind="byline")
def take_closing_byline(article: Article) -> Article:
    """Takes the line below a text that says who wrote it (`Text: Erika Muster`); a sentence is read, but stays."""
    for at in reversed(range(max(1, len(article.body) - CLOSING_LINES), len(article.body))):
        span = article.body[at]
        if len(span.text) > LONGEST or span.start:
            continue
        text = plain(" ".join(span.text.split()))
        match = linear(_CLOSING).fullmatch(text.strip("()[] *").rstrip("."))
        if match is None or not _are_names(match["names"].strip(" ,.")):
            continue
        taken = _taken(article, at, match["names"].strip(" ,."))
        return replace(taken, body=article.body) if text.endswith(".") else taken
    return article


def _parts(line: str) -> list[str]:
    """What stands apart in a line; of a byline and a date behind a comma both, while a place keeps its date."""
    parts: list[str] = []
    for part in _PART.split(line):
        cut = _BEFORE_DATE.search(part)
        parts += [part[: cut.start()], part[cut.end() :]] if cut and _is_byline(part[: cut.start()]) else [part]
    return parts


def _has_headline_above(article: Article, line: int) -> bool:
    """Whether the headline stands above: two words in capitals below it are rather a person than a section."""
    return any(each.kind == "title" and each.line < line for each in article.removed)


def _are_bare_names(text: str) -> bool:
    """Whether a line has names and no more; a comma behind them is that of a greeting."""
    return shape.words(text) <= MOST_BARE_WORDS and not text.endswith(",") and _are_names(text)


def _is_byline(part: str) -> bool:
    text = plain(part)
    lead = linear(_LEAD).match(text)
    return lead is not None and _are_names(text[lead.end() :])


def _behind_place(part: str) -> str:
    match = linear(_PLACE_BEFORE).match(plain(part))
    return part[match.end() :] if match else part


def _with_place(article: Article, part: str, line: int) -> Article:
    match = linear(_PLACE_BEFORE).match(plain(part))
    if match is None or article.place or datestamp.is_weekday(match["place"]):
        return article
    provenance = {**article.provenance, "place": f"text:line {line + 1}"}
    return replace(article, place=tuple(match["place"].split("/")), provenance=provenance)


def _taken(article: Article, at: int, text: str) -> Article:
    from transforms.metadata import bylines  # noqa: PLC0415  (its tables are not needed until a byline is met)

    span = article.body[at]
    article = replace(article, body=(*article.body[:at], *article.body[at + 1 :]))
    if article.authors:
        return article
    persons, agencies = bylines.split(text)
    said = f"text:line {span.line + 1}"
    provenance = dict(article.provenance)
    if persons:
        article = replace(article, authors=persons)
        provenance["authors"] = said
    if agencies and not article.agencies:
        article = replace(article, agencies=agencies)
        provenance["agencies"] = said
    return replace(article, provenance=provenance)


def _are_names(text: str) -> bool:
    """Whether nothing but names stands there: two or more words with capitals, no figure, no sentence."""
    from transforms.metadata import bylines  # noqa: PLC0415  (as above)

    words = [word for word in text.replace("/", " ").replace("(", " ").split() if any(sign.isalpha() for sign in word)]
    if not 2 <= len(words) <= MOST_WORDS or any(sign.isdigit() or sign in '!?:;"' for sign in text):
        return False
    if not all(word[:1].isupper() or word.strip("().,") in _SMALL for word in words):
        return False
    if not (words[0][:1].isupper() and words[0].strip(",.") and (words[1][:1].isupper() or words[1] in _SMALL)):
        return False
    return any(len(name.split()) > 1 for name in bylines.split(text)[0])
