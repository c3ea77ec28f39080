"""The tags below a text: `War in Ukraine, Macron, France, Germany` or `Schlagworte: Bahn, Streik`."""

import re
from dataclasses import replace

from backfile.article import Article, Span
from transforms import shape
from transforms.rule import rule

LONGEST = 400  # characters
FEWEST, MOST = 3, 15  # tags of a line that does not say what it is
TAG_WORDS = 4
KNOWN_SHARE = 0.6  # of its words that stand in the article too; in the one seed that ends with tags, all do

_LABEL = re.compile(
    r"\s*(?:tags?|tagged|schlagworte?|schlagwörter|stichworte?|stichwörter|topics?|keywords?|"
    r"(?:filed|published|posted) (?:under|in)|more about|themen|"
    r"mots-clés|etiquetas|thèmes|temas|tagi|słowa kluczowe|argomenti|onderwerpen|trefwoorden|tópicos|"
    r"palavras-chave|palabras clave)\s?[:|]\s*(?=\S)",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s*[,;|·•/#]\s*")
_SMALL = frozenset(
    [
        "in",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "of",
        "the",
        "and",
        "und",
        "for",
        "für",
        "von",
        "vom",
        "zum",
        "zur",
        "im",
        "am",
        "on",
        "de",
        "du",
        "la",
        "le",
        "les",
        "el",
        "y",
        "et",
        "del",
    ]
)
_WORD = re.compile(r"\w+")


@rule("tag-line", version=3, kind="tags")
def take_tag_line(article: Article) -> Article:
    """Takes a line of tags below a text and keeps them as tags; the end of an enumeration or a sentence stays."""
    body = article.body
    for at in reversed(shape.tail(body)):
        text = body[at].text
        if at == 0 or len(text) > LONGEST or shape.ends_like_a_sentence(text):
            continue
        if label := _LABEL.match(text):
            tags = _parts(text[label.end() :])
            tags = tags if all(len(tag.split()) <= TAG_WORDS for tag in tags) else ()
        elif at != len(body) - 1 or not _are_tags(tags := _parts(text), body[:at]):
            continue
        article = replace(article, body=(*body[:at], *body[at + 1 :]))
        if tags and not article.tags:
            said = f"text:line {body[at].line + 1}"
            article = replace(article, tags=tags, provenance={**article.provenance, "tags": said})
        return article
    return article


def _parts(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in _LINK.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _are_tags(tags: tuple[str, ...], above: tuple[Span, ...]) -> bool:
    if not FEWEST <= len(tags) <= MOST or not shape.is_prose(above[-1].text):
        return False
    words = [word for tag in tags for word in tag.split()]
    if any(len(tag.split()) > TAG_WORDS or not _begins_high(tag) for tag in tags):
        return False
    if any(not (_begins_high(word) or word in _SMALL) for word in words):
        return False
    said = {word.casefold() for span in above for word in _WORD.findall(span.text)}
    asked = [word.casefold() for tag in tags for word in _WORD.findall(tag) if word not in _SMALL]
    return sum(word in said for word in asked) >= KNOWN_SHARE * len(asked)


def _begins_high(word: str) -> bool:
    return word[:1].isupper() or word[:1].isdigit()
