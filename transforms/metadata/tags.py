"""Keywords: apart, tidy, each once."""

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST_TAG = 80  # characters; longer ones are sentences
MOST_WORDS = 8  # of a tag in a script with blanks; "Office for Budget Responsibility of the United Kingdom"
MOST_TAGS = 50  # of one article; beyond that it is a list of a whole site's words
FEWEST_BLANK_PARTED = 3  # tags in Han that a keyword field parts by blanks alone
# What a site says of itself on every page, for search engines: two of these among the keywords, and they are no tags.
_OF_A_SITE_TEXT = """
nachrichten news zeitung tageszeitung newspaper aktuell aktuelles aktuelle schlagzeilen headlines online-zeitung
magazin magazine zeitschrift e-paper epaper abo abonnement noticias periódico diario actualités actualité journal
ニュース 新聞 速報 新闻 资讯 뉴스 haber haberler son dakika wiadomości gazeta giornale notizie quotidiano
nieuws krant nyheter avis online hintergründe hintergrundinformationen analysen
"""
_OF_A_SITE = frozenset(_OF_A_SITE_TEXT.split())
_SEPARATOR = re.compile(r"\s*[,;|\n、，；،؛•]\s*")
# Ids and marks of the program that files the article, not words about it.
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,64}", re.IGNORECASE)
_ID = re.compile(
    r"(?:tag|id|ref|cat|category|section|topic|author|type|channel|site|pagetype|content[-_]?type|collection|series|tone|"
    r"source|publication|nlp[\w ]*|sentiment|iab|brand|format|template|keyword|ads?|dfp|gpt|_\w+)\s*[:=_]\s*\S.*"
    r"|(?-i:[a-z0-9_.-]+/[a-z0-9_./-]+)|featured[ _-].*|[a-z]+(?:_[a-z0-9]+)+|#?\d{5,}|\w*\d\w*:\d+"
    r"|\d+\s(?:views|likes|shares|comments|kommentare)|(?:https?:|www\.)\S+|[\w-]+\.(?:com|de|net|org|co\.uk|fr|es|it)",
    re.IGNORECASE,
)
_FACET = re.compile(r"(?P<name>[^\W\d_][\w ]{1,20}):\s+(?P<value>.+)")
_SUBJECT = re.compile(r"(?:subject|topic|tag|keyword|theme|thema|stichwort|person|place)s?", re.IGNORECASE)
FEWEST_FACETS = 3  # names of them; one or two may be headlines with a kicker
_IN_FOLDER = re.compile(r"^(?:topics?|tags?|themen?|thema|keywords?)/(?=[^/]+$)", re.IGNORECASE)
_NUMBERED = re.compile(r"^\(\d{1,3}\)\s*")
_COUNT_BEHIND = re.compile(r"\s*\(\d{1,6}\)$")
_NO_TAGS_TEXT = """
tags tag keywords keyword schlagworte schlagwörter stichworte topics wired curated uncategorized uncategorised
allgemein sonstiges none null undefined default general misc featured homepage frontpage video-page syndication
unkategorisiert startseite
"""
_NO_TAGS = frozenset(_NO_TAGS_TEXT.split())
_HAN = re.compile("[\u3400-\u9fff\u3040-\u30ff]")


def split(statements: Iterable[str]) -> tuple[str, ...]:
    """The tags in the statements: separated at commas, semicolons and bars, each once (letter case aside), in order.

    At most `MOST_TAGS`; none over `LONGEST_TAG` characters or `MOST_WORDS` words, none without a letter or figure, none
    that is an id of the program that filed the article.

    >>> split(["Bahn, Streik; bahn", "tag:1234"])
    ('Bahn', 'Streik')
    """
    found: dict[str, str] = {}
    pieces = [
        piece
        for statement in statements
        for piece in _pieces(html.unescape(html.unescape(statement[: MOST_TAGS * LONGEST_TAG])))
    ]
    for piece in _without_facets(pieces):
        tag, folded = _read(piece) if len(piece) <= 2 * LONGEST_TAG else _read.__wrapped__(piece)
        if tag:
            found.setdefault(folded, tag)
    return tuple(found.values())[:MOST_TAGS]


def fold(tag: str) -> str:
    """What is equal for spellings of one tag: `Öl-Preis`, `öl preis`."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", tag).casefold()).strip()


def are_of_a_site(tags: Iterable[str]) -> bool:
    """Whether the keywords say what kind of site it is, not what the article is about.

    >>> are_of_a_site(["Nachrichten", "Musterstadt", "Zeitung", "aktuell"])
    True
    """
    return len(_OF_A_SITE.intersection(tag.casefold() for tag in tags)) > 1


def _without_facets(pieces: list[str]) -> list[str]:
    """The pieces without those that fill in a form, as `Day: Monday` and `Page Type: Article` do; subjects stay."""
    read = [_FACET.fullmatch(piece.strip()) for piece in pieces]
    names = {match["name"].casefold() for match in read if match}
    if len(names) < FEWEST_FACETS:
        return pieces
    told = zip(pieces, read, strict=True)
    return [
        match["value"] if match else piece for piece, match in told if not match or _SUBJECT.fullmatch(match["name"])
    ]


def _pieces(statement: str) -> list[str]:
    if '"' in statement and re.search(r'^\W*\[\s*"|"\s*,\s*"', statement):  # a list as a program writes it
        statement = re.sub(r'[\[\]"]', " ", statement)
    pieces = _SEPARATOR.split(statement)
    if len(pieces) == 1:
        words = statement.split()
        hashed = len(words) > 1 and all(word.startswith("#") for word in words)
        if hashed or (len(words) >= FEWEST_BLANK_PARTED and all(_HAN.search(word) for word in words)):
            return words
    return pieces


@lru_cache(2_048)  # a source's articles share most of their tags, and each is read for several purposes
def _read(piece: str) -> tuple[str, str]:
    """The tag, and what is equal for its spellings; "" for both where it is none."""
    tag = _tidy(piece)
    return (tag, fold(tag)) if tag and not _is_no_tag(tag) else ("", "")


def _tidy(piece: str) -> str:
    tag = re.sub(r"\s+", " ", re.sub(r"<[^<>]{0,100}>", " ", piece)).strip(" #\"'“”„.:*[]{}")
    tag = _IN_FOLDER.sub("", tag)
    return _COUNT_BEHIND.sub("", _NUMBERED.sub("", tag)).strip()


def _is_no_tag(tag: str) -> bool:
    if len(tag) > LONGEST_TAG or len(tag.split()) > MOST_WORDS or not any(map(str.isalnum, tag)):
        return True
    return (
        tag.casefold() in _NO_TAGS
        or bool(_UUID.fullmatch(tag) or _ID.fullmatch(tag))
        or (tag.isdigit() and len(tag) != 4)
    )
