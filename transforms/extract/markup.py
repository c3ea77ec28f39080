"""What a page's markup says about the article: JSON-LD, meta tags, links, times, headings. Verbatim, nothing judged."""

import re
from collections.abc import Iterator

from lxml import html

from backfile.article import Witness
from transforms.extract import dated, jsonld, signed, visible
from transforms.extract.meta_names import FIELDS

MAX_VALUE = 2_000  # characters of a statement; longer ones are no metadata
MAX_WITNESSES = 400  # of one page


def witnesses(tree: html.HtmlElement) -> tuple[Witness, ...]:
    """The statements of a page's markup, strongest kinds first, each once; at most `MAX_WITNESSES`."""
    found: dict[Witness, None] = {}
    for witness in _all(tree):
        value = witness.value.strip()
        if value and len(value) <= MAX_VALUE:
            found.setdefault(Witness(witness.field, value, witness.origin))
            if len(found) == MAX_WITNESSES:
                break
    return tuple(found)


def _all(tree: html.HtmlElement) -> Iterator[Witness]:
    page = visible.Page(tree)
    yield from jsonld.witnesses(tree)
    yield from _meta(page)
    yield from _links(tree)
    yield from visible.headlines(page)
    pieces = dated.Pieces(page)
    yield from dated.witnesses(page, pieces)
    yield from signed.witnesses(page, pieces)
    yield from _by_card(tree)
    yield from visible.tags(page, is_above=pieces.is_above)


def _meta(page: visible.Page) -> Iterator[Witness]:
    stated: dict[str, list[str]] = {}
    for element in page.tree.iter("meta"):
        content = element.get("content")
        if not content or not content.strip() or page.aside(element):
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for name in (element.get(attribute) or "").casefold().split():
                if name in FIELDS:
                    stated.setdefault(name, []).append(content)
    for name, field in FIELDS.items():
        for value in stated.get(name, []):
            yield Witness(field, value, f"meta:{name}")


def _links(tree: html.HtmlElement) -> Iterator[Witness]:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").casefold().split() and element.get("href"):
            yield Witness("url", element.get("href"), "link:canonical")
    for element in tree.iter("base"):
        if element.get("href"):
            yield Witness("base", element.get("href"), "base")


def _by_card(tree: html.HtmlElement) -> Iterator[Witness]:
    """The author in the labelled pair of a Twitter card: "Written by", "Jane Doe"."""
    cards = {element.get("name"): element.get("content") for element in tree.iter("meta") if element.get("name")}
    for number in ("1", "2"):
        label, value = cards.get(f"twitter:label{number}"), cards.get(f"twitter:data{number}")
        if value and re.search(r"written|verfasst|geschrieben|author|autor|écrit|escrito", label or "", re.IGNORECASE):
            yield Witness("author", value, f"meta:twitter:data{number}")
