"""A web page as lines: what trafilatura takes for the article, and what it left out in between.

A line is a paragraph, heading, item or table row.
"""

import logging
from collections.abc import Iterator
from copy import copy
from functools import cache
from itertools import islice
from typing import Any

from lxml import etree, html

from backfile.article import Line, Role
from transforms import hygiene
from transforms.extract import gaps
from transforms.extract.blocks import blocks

# What trafilatura 2.3 lets through when it meets a page that it was not made for.
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, etree.LxmlError)
_ROLES: dict[str, Role] = {"head": "heading", "item": "item", "quote": "quote", "row": "table", "tr": "table"}
_BLOCKS_TEXT = """
p head item quote row table list code div blockquote td th tr section article h1 h2 h3 h4 h5 h6 li ul ol pre body dl
dt dd figcaption
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_BREAK = "\n"
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports what it discards; that is told as `no-text`


# Where fast mode took less than this share of a page's running text, the full cascade was better on 5 of 33 pages and
# worse on none; above it the two differ on 2 of 368, and fast mode takes .6 of the time (Nov 2026).
ENOUGH = 0.6
OWN = "page/3"  # 1 was trafilatura alone; 2 left standfirsts below a headline, cards and captions
COPY = 3  # paragraphs of running text that stand in the lines twice: the page holds its article two times
LONG = 80  # characters of running text
MOST_BLOCKS = 20_000  # of one page that are looked at; the longest of 401 pages has 1,347


@cache
def extractor(mode: str) -> str:
    """Who makes the lines: `trafilatura/2.3.1-fast+page/3`; the last part is what is done before and after it here."""
    from importlib.metadata import version  # noqa: PLC0415 - importing this module must be cheap

    return f"trafilatura/{version('trafilatura')}-{mode}+{OWN}"


def lines(tree: html.HtmlElement, *, url: str | None = None) -> tuple[list[Line], str]:
    """The article's lines, and who made them; no line when trafilatura finds none. `tree` is pruned; it stays as it is.

    Trafilatura's fast mode decides first; where it leaves much of the running text unseen, its full cascade of
    extractors does. Readers' comments are left out, tables and lists kept. What was left out in between comes back
    (`gaps`).
    """
    body = tree.find("body")
    found = [] if body is None else list(islice(blocks(body), MOST_BLOCKS))
    taken, by = gaps.place(_extracted(tree, url, fast=True), found), extractor("fast")
    if taken.share < ENOUGH:
        taken, by = gaps.place(_extracted(tree, url, fast=False), found), extractor("full")
    return _once(gaps.filled(taken, gaps.descriptions(tree))), by


def _once(lines: list[Line]) -> list[Line]:
    """The lines without the second copy of a text that the page holds twice, for two sizes of screens."""
    seen: set[str] = set()
    again = set()
    for at, line in enumerate(lines):
        if line.text in seen:
            again.add(at)
        seen.add(line.text)
    if len({lines[at].text for at in again if len(lines[at].text) >= LONG}) < COPY:
        return lines
    return [line for at, line in enumerate(lines) if at not in again]


def _extracted(tree: html.HtmlElement, url: str | None, *, fast: bool) -> list[Line]:
    from trafilatura import bare_extraction  # noqa: PLC0415

    options = copy(_options(fast=fast))
    options.url = options.source = url
    try:
        found = bare_extraction(tree, url=url, options=options)
    except _FAULTS:
        return []
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    return list(_lines(found.body))


@cache
def _options(*, fast: bool) -> Any:
    """What trafilatura is told; made once, as it asks a configuration file for every figure in it.

    Any format but its own "python" saves the text that it would write out for us.
    """
    from trafilatura.settings import Extractor  # noqa: PLC0415

    return Extractor(fast=fast, comments=False, tables=True, output_format="xml")


def _lines(body: etree._Element) -> Iterator[Line]:
    """The lines of trafilatura's tree, in order."""
    pieces: list[str] = []
    role: Role = "text"
    for text, now in _texts(body):
        if text == _BREAK:
            yield from _flush(pieces, role)
            pieces = []
        else:
            if not pieces or not "".join(pieces).strip():
                role = now
            pieces.append(text)
    yield from _flush(pieces, role)


def _flush(pieces: list[str], role: Role) -> Iterator[Line]:
    if pieces and (text := hygiene.clean("".join(pieces))):
        yield Line(text, role)


def _texts(body: etree._Element) -> Iterator[tuple[str, Role]]:
    """Text and its role piece by piece, and a break where a block begins or ends; without recursion."""
    roles: list[Role] = ["text"]
    rows = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag in _BLOCKS and not (rows and tag not in {"row", "tr"})
        if event == "start":
            if block or tag == "lb":
                yield _BREAK if not rows else " ", roles[-1]
            elif rows and tag in {"cell", "td", "th", "p"}:
                yield " ", roles[-1]
            roles.append(_ROLES.get(tag, roles[-1]))
            rows += tag in {"row", "tr"}
            if tag == "code":
                yield from _kept(element.text, roles[-1])
            elif element.text:
                yield element.text.replace(_BREAK, " "), roles[-1]
        else:
            role = roles.pop()
            rows -= tag in {"row", "tr"}
            if block:
                yield _BREAK, role
            elif tag in {"cell", "td", "th"}:
                yield " ", role
            if element is not body and (tail := element.tail):
                yield tail.replace(_BREAK, " "), roles[-1]


def _kept(text: str | None, role: Role) -> Iterator[tuple[str, Role]]:
    """Preformatted text: its line breaks are breaks."""
    for line in text.split(_BREAK) if text else ():
        yield from ((line, role), (_BREAK, role))
