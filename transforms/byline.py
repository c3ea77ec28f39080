"""The byline above a text (`Von Max Mustermann`, `By Jane Doe, Berlin`): who wrote it, not what."""

import unicodedata
from dataclasses import replace

from backfile.article import Article
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

LONGEST = 140  # characters
_LEAD = (
    r"(?:(?:Ein|Eine|An?|Un|Une)\s)?(?:(?:Gastbeitrag|Gastkommentar|Kommentar|Kolumne|Interview|Essay|Analyse|Reportage|"
    r"Bericht|Leitartikel|Glosse|Rezension|Text|Written|Reported|Story|Words|Analysis|Opinion|Geschrieben|Verfasst)\s)?"
    r"(?:[Vv]on|VON|[Bb]y|BY|Par|Por|Autor(?:in|en)?\s?:|Authors?\s?:|Text\s?:|Texte\s?:|Texto\s?:)\s?:?\s"
)
_SMALL = frozenset(
    [
        "von",
        "van",
        "de",
        "der",
        "den",
        "del",
        "di",
        "da",
        "zu",
        "la",
        "al",
        "bin",
        "ten",
        "ter",
        "e",
        "y",
        "dos",
        "und",
        "and",
        "et",
        "mit",
        "with",
        "in",
        "dpa",
        "afp",
    ]
)
MOST_WORDS = 14


@rule("byline", version=1, kind="byline")
def take_byline(article: Article) -> Article:
    """Takes the line above a text that names its authors; they become known if none are. `Von Kopf bis Fuß` stays."""
    known = {_letters(name) for name in (*article.authors, *article.agencies)}
    for at in shape.head(article.body):
        span = article.body[at]
        if len(span.text) > LONGEST or span.start:
            continue
        text = plain(" ".join(span.text.split()))
        if _letters(text) in known or (span.role == "byline" and shape.words(text) <= 8):
            return _taken(article, at, text)
        lead = linear(_LEAD).match(text)
        if lead is not None and _are_names(text[lead.end() :]):
            return _taken(article, at, text)
    return article


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


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
