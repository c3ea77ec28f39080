"""Who the author is, told below the text: `Zur Person`, `Jane Doe is a retired surveyor.`"""

import re
from dataclasses import replace

from backfile.article import Article
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

BOX_WORDS = 90  # of a line of the box
BOX_LINES = 4  # below the heading
_HEADING = (
    r"(?i)\W*(?:zur person|(?:über|zu) (?:den autor|die autorin|den autoren|unsere autorin|unseren autor)|"
    r"zum autor|zur autorin|"
    r"about the (?:author|authors|writer|reporter|journalist|contributor)|(?:à propos de |sur )l'aut(?:eur|rice)|"
    r"sobre (?:el autor|la autora|o autor|a autora)|l'autore|l'autrice|over de auteur|o autorze|o autorce)\W*"
)
_IS = (
    r"(?i:,? (?:jahrgang|geboren|born|\(\d\d\)).{0,40})?,?\s"
    r"(?i:ist|schreibt|arbeitet|lebt|berichtet|war|is an?|is the|"
    r"is our|writes|covers|works|reports|lives|joined|est|écrit|es|escribe)\b"
)


@rule("author-box", version=2, kind="boilerplate")
def drop_author_box(article: Article) -> Article:
    """Takes what tells below a text who its known author is; a portrait or a box about somebody else stays."""
    if not article.authors:
        return article
    body = article.body
    for at in shape.tail(body, lambda at: _is_about(body[at].text, article.authors)):
        if at == 0 or not any(shape.is_prose(span.text) for span in body[:at]):
            continue
        heading = len(body[at].text) <= 60 and linear(_HEADING).fullmatch(plain(body[at].text)) is not None
        first = at + heading
        if first < len(body) and len(body) - at <= BOX_LINES + 1 and _is_about(body[first].text, article.authors):
            return replace(article, body=(*body[:at], *body[first + 1 :]))
    return article


def _is_about(text: str, authors: tuple[str, ...]) -> bool:
    """Whether the line begins with the author's whole name and says what he or she is."""
    if shape.words(text) > BOX_WORDS:
        return False
    return any(
        text.startswith(author) and linear(_IS).match(plain(text[len(author) : len(author) + 120]))
        for author in authors
        if re.search(r"\s", author)
    )
