"""The blocks of a page in the order of the page: its paragraphs, headings, items and rows, each with its place.

The extractor says which of them are the article; what it left out between them is seen here only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

from backfile.article import Role
from transforms import hygiene

_BLOCKS_TEXT = """
address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5
h6 header hgroup hr html li main ol p pre section summary table tbody tfoot thead tr ul caption
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_CELLS = frozenset(("td", "th"))
_ROLES: dict[str, Role] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "li": "item",
    "dt": "item",
    "dd": "item",
    "blockquote": "quote",
    "tr": "table",
    "figcaption": "caption",
    "caption": "caption",
}  # fmt: skip
_SILENT = frozenset(("script", "style", "noscript", "head", "title"))
_BREAK = "\n"


@dataclass(slots=True)
class Block:
    """One line of the page."""

    text: str
    role: Role
    element: html.HtmlElement  # the block element that it stands in
    linked: int  # characters of it that are links

    @property
    def is_linked(self) -> bool:
        """Whether links make up most of it."""
        return 2 * self.linked > len(self.text)


def blocks(root: html.HtmlElement) -> Iterator[Block]:
    """The blocks below `root`, in order; without recursion."""
    pieces: list[str] = []
    state: list[tuple[html.HtmlElement, Role]] = [(root, "text")]
    links = linked = rows = silent = 0

    def flush() -> Iterator[Block]:
        nonlocal linked
        text = hygiene.clean("".join(pieces))
        if text:
            yield Block(text, state[-1][1], state[-1][0], linked)
        pieces.clear()
        linked = 0

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag in _BLOCKS and not (rows and tag != "tr")
        if event == "start":
            silent += tag in _SILENT
            if block or tag == "br":
                if rows:
                    pieces.append(" ")
                else:
                    yield from flush()
            elif tag in _CELLS:
                pieces.append(" ")
            if block:
                state.append((element, _ROLES.get(tag, state[-1][1])))
            rows += tag == "tr"
            links += _leads_away(element)
            if element.text and not silent:
                pieces.append(element.text.replace(_BREAK, " "))
                linked += len(element.text) if links else 0
        else:
            rows -= tag == "tr"
            links -= _leads_away(element)
            silent -= tag in _SILENT
            if block:
                if not rows:
                    yield from flush()
                state.pop()
            elif tag in _CELLS:
                pieces.append(" ")
            if element.tail and element is not root and not silent:
                pieces.append(element.tail.replace(_BREAK, " "))
                linked += len(element.tail) if links else 0
    yield from flush()


def _leads_away(element: html.HtmlElement) -> bool:
    """Whether the element is a link to another page; a heading that links to itself is no teaser."""
    return element.tag == "a" and not (element.get("href") or "#").startswith("#")
