"""The bylines that a page shows: what is marked, called or labelled one, and what links to an author's page.

Where a byline stands decides whose it is, as with dates: the one beside the headline is the article's, those that stand
with the headlines of other stories are theirs. Verbatim, nothing judged.

| origin | what it is |
|---|---|
| `rel:author`, `itemprop:author` | an element whose attribute says so |
| `h1:byline` | text beside the headline that begins like a byline: `Von Max Mustermann` |
| `class:byline` | an element that is called a byline or an author |
| `link:author` | a link to an author's page |
| `labelled` | what stands behind `Autor` or `Author` anywhere in the article's place |
| `away:…` | one of these far from the headline |
"""

import functools
import re
from collections.abc import Iterator
from itertools import islice, pairwise

from lxml import etree, html

from backfile.article import Witness
from transforms.extract import dated, visible
from transforms.extract.visible import MOST_ELEMENTS

LONGEST_NAME = 150  # characters of an element that holds nothing but a byline
LONGEST_LABEL = 24  # characters of a piece of text that is nothing but a label: "Autorin/Autor:"
MOST_PARTS = 400  # beginnings and ends of elements in one byline
MOST_WORDS = 5  # of a name that stands for itself
LONGEST_PARTICLE = 4  # letters of a word in small letters within a name
MOST_LABELS = 60  # on one page that are looked at
MOST_LABELLED = 4  # labels on one page; more are a list

_BYLINE_WORDS = "by-?line|author|autor|auteur|verfasser|signature"
_BYLINE = re.compile(_BYLINE_WORDS, re.IGNORECASE)
_NO_BYLINE = re.compile(
    r"authori[sz]|bio\b|biograph|about|avatar|image|img|photo|picture|desc|social|follow|box|card|related|more|"
    r"comment|widget|footer|icon|tooltip|teaser|modal|popup|hidden",
    re.IGNORECASE,
)
_AUTHOR_PATH = re.compile(  # not that of a licence: /licenses/by/4.0
    r"(?<!licenses)/(?:authors?|autor(?:en|in|es|i|zy)?|auteurs?|redakteure?|profil[es]?|by|people|contributors?|"
    r"journalist\w*|person(?:en)?)/[^/?#]{3,}",
    re.IGNORECASE,
)
# What a byline beside the headline begins with; what follows, the reader of bylines judges.
_LEAD = re.compile(
    r"(?:(?:(?:eine?|an?|une?|un)\s)?(?:(?:gast)?(?:beitrag|kommentar)|kolumne|interview|essay|analyse|reportage|bericht|"
    r"glosse|rezension|leitartikel|analysis|opinion|column|review|comment|report|story|words|text|written|posted|published|"
    r"reported|geschrieben|verfasst|veröffentlicht|gepostet|eingestellt|publié|écrit|rédigé|publicado|escrito|escrita|"
    r"pubblicato|scritto|geschreven|gepubliceerd)\s)?(?:von|by|par|por|door|przez|di|af|av|od)(?:\s?:)?(?=\s|$)"
    r"|(?:text|words|texte|testo|texto|tekst|(?:gast)?autor(?:in|en)?|(?:guest\s)?authors?|auteurs?|autore)\s?:",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:(?:gast)?autor(?:in|en|\(in\)|[/:*_]-?(?:in|autor))?|autorin/autor|author|auteur|autore|verfasser(?:in)?)\s?:?",
    re.IGNORECASE,
)

# What stands beside such a label where a book is described, or another thing with an author of its own.
_WORK = re.compile(
    r"\s*(?:verlag|isbn|seiten(?:zahl)?|originaltitel|titel|genre|erscheinungsjahr|preis|publisher|pages|title|original\stitle|"
    r"éditeur|editorial|editore|uitgever|wydawnictwo|editora|doi|journal)\s?:?\s*",
    re.IGNORECASE,
)
PROPERTIES = 12  # pieces of text before and behind a label among which such a one is looked for

_HEADINGS = frozenset({"h1", "h2"})  # "By Popular Demand" is a headline
_PARTING = frozenset({"a", "address", "br", "dd", "div", "dt", "h3", "h4", "h5", "h6", "li", "p", "section"})
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[-'’.])*")

_Byline = tuple[str, str, html.HtmlElement]  # text, origin, element


def witnesses(page: visible.Page, pieces: dated.Pieces) -> Iterator[Witness]:
    """Who wrote it, as far as the page shows it; those beside the headline before the others of their kind."""
    said = (each for each in (*_marked(page), *_near(pieces), *_called(page), *_linked(page)) if each[0])
    found = [(each, pieces.is_near(each[2])) for each in said]
    for (text, origin, element), near in found:
        if near and (not page.aside(element) or _is_aside_by_name(element, pieces)):
            yield Witness("author", text, origin)
    away = "away:" if pieces.places.headline is not None else ""
    for (text, origin, element), near in found:
        if not near and not page.aside(element) and not _is_of_another(element, origin, pieces):
            yield Witness("author", text, f"{away}{origin}")
    for text in _labelled(page, pieces):
        yield Witness("author", text, "labelled")


def _is_aside_by_name(element: html.HtmlElement, pieces: dated.Pieces) -> bool:
    """Whether the element beside the headline is put aside by what it is called alone: `teaser__metadata`."""
    return pieces.places.of(element) in {"article", "teaser"}


def _is_of_another(element: html.HtmlElement, origin: str, pieces: dated.Pieces) -> bool:
    """Whether the byline stands with the headline of another story, or where no article is."""
    place = pieces.places.of(element)
    if origin.startswith("itemprop"):
        return place == "other"
    return place in {"teaser", "other"} or pieces.places.is_teaser(element)


def _marked(page: visible.Page) -> Iterator[_Byline]:
    """Elements whose attribute says that they name the author."""
    for element in islice(page.with_rel_author, MOST_ELEMENTS):
        if element.tag != "link":
            yield visible.short(element, LONGEST_NAME), "rel:author", element
    for element in islice(page.with_itemprop, MOST_ELEMENTS):
        if "author" in element.get("itemprop").casefold().split() and element.tag != "meta":
            inner = element.find(".//*[@itemprop='name']")
            named = None if inner is None else inner.get("content")
            text = named or visible.short(element if inner is None else inner, LONGEST_NAME)
            yield text, "itemprop:author", element


def _near(pieces: dated.Pieces) -> Iterator[_Byline]:
    """Text beside the headline that begins as a byline does, with the names that stand in the same block."""
    heading = pieces.places.headline
    headline = "" if heading is None else visible.short(heading, LONGEST_NAME)
    for at in pieces.head:
        raw, element = pieces.pieces[at]
        text = " ".join(raw[: 4 * LONGEST_NAME].split())
        if len(text) > LONGEST_NAME or (led := _LEAD.match(text)) is None or not pieces.places.is_of_article(element):
            continue
        block = dated.block(element)
        if block.tag in _HEADINGS or text == headline:
            continue
        whole = visible.short(block, LONGEST_NAME)
        if whole.startswith(text) and len(whole) > led.end():
            yield whole, "h1:byline", element
        elif whole == text and at + 1 < len(pieces.pieces):
            behind = " ".join(pieces.pieces[at + 1][0][: 4 * LONGEST_NAME].split())
            if len(behind) <= LONGEST_NAME:
                yield f"{text} {behind}", "h1:byline", element
        elif not whole and len(text) > led.end() and not _holds(block, pieces.pieces[at - 1][1]):
            yield text, "h1:byline", element


def _holds(block: html.HtmlElement, element: html.HtmlElement) -> bool:
    return element is block or any(each is block for each in element.iterancestors())


def _called(page: visible.Page) -> Iterator[_Byline]:
    """The small elements that are called a byline."""
    for element in islice(page.called(_BYLINE_WORDS, _is_byline_class), MOST_ELEMENTS):
        yield _parted(element), "class:byline", element


def _parted(element: html.HtmlElement) -> str:
    """A byline's text; two names in blocks or links of their own, with nothing between, are parted by a semicolon."""
    text = visible.short(element, LONGEST_NAME)
    if not text or len(element) < 2 or text.count(" ") < 3:
        return text
    parts = [""]
    for event, each in islice(etree.iterwalk(element, events=("start", "end")), MOST_PARTS):
        if each.tag in _PARTING and each is not element:
            parts.append("")
        piece = each.text if event == "start" else each.tail if each is not element else ""
        if piece and isinstance(each.tag, str):
            parts[-1] += piece if each.tag in _PARTING else f"{piece} "
    said = [part for part in (" ".join(part.split()) for part in parts) if part]
    if "".join(said).replace(" ", "") != text.replace(" ", ""):
        return text  # cut at the limit
    whole = said[0]
    for before, part in pairwise(said):
        whole += f"; {part}" if _is_name(before) and _is_name(part) else f" {part}"
    return whole


def _is_name(text: str) -> bool:
    """Whether the text can be nothing but a person's name: some words, most with a capital, and no other sign."""
    words = text.split()
    return 1 < len(words) <= MOST_WORDS and all(
        (word[0].isupper() or len(word) <= LONGEST_PARTICLE) and _NAME_WORD.fullmatch(word) for word in words
    )


def _linked(page: visible.Page) -> Iterator[_Byline]:
    """The links to an author's page."""
    for link in page.links(_AUTHOR_PATH):
        yield visible.short(link, LONGEST_NAME), "link:author", link


def _labelled(page: visible.Page, pieces: dated.Pieces) -> Iterator[str]:
    """What stands right behind a label, as in a list of an article's properties."""
    found: dict[str, None] = {}
    labels = (
        (at, element)
        for at, (raw, element) in enumerate(pieces.pieces[:-1])
        if len(raw) <= 2 * LONGEST_LABEL and _LABEL.fullmatch(raw.strip())
    )
    for at, element in islice(labels, MOST_LABELS):
        text = " ".join(pieces.pieces[at + 1][0][: 4 * LONGEST_NAME].split())
        around = pieces.pieces[max(0, at - PROPERTIES) : at + PROPERTIES]
        if len(text) > LONGEST_NAME or any(_WORK.fullmatch(beside[:LONGEST_LABEL]) for beside, _ in around):
            continue
        if not page.aside(element) and not _is_of_another(element, "labelled", pieces):
            found.setdefault(text)
    if len(found) <= MOST_LABELLED:
        yield from found


@functools.lru_cache(maxsize=4096)
def _is_byline_class(named: str) -> bool:
    return bool(_BYLINE.search(named)) and not _NO_BYLINE.search(named)
