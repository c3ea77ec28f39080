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
_BREAKS = frozenset(("br", "hr"))
_TELLING = _BLOCKS | _CELLS | _SILENT | _BREAKS | {"a"}  # elements at which more happens than that text is read


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
    walk = _Walk(root)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in _TELLING:
            ended = walk.enter(element, tag) if event == "start" else walk.leave(element, tag)
            if ended is not None:
                yield ended
        text = element.text if event == "start" else element.tail
        if text and (event == "start" or element is not root):
            walk.read(text)
    if (ended := walk.flush()) is not None:
        yield ended


class _Walk:
    """Where a walk over the elements stands, and the pieces of the line that is being read."""

    def __init__(self, root: html.HtmlElement) -> None:
        self.pieces: list[str] = []
        self.linked = 0
        self.open: list[tuple[html.HtmlElement, Role]] = [(root, "text")]
        self.links = self.rows = self.silent = 0  # how many of them the walk is in

    def enter(self, element: html.HtmlElement, tag: str) -> Block | None:
        """Go into an element; back comes the line that ends there."""
        block = self._is_block(tag)
        ended = None
        if tag in _CELLS or (self.rows and (block or tag in _BREAKS)):
            self.pieces.append(" ")
        elif block or tag in _BREAKS:
            ended = self.flush()
        if block:
            self.open.append((element, _ROLES.get(tag, self.open[-1][1])))
        self.rows += tag == "tr"
        self.silent += tag in _SILENT
        self.links += tag == "a" and self._leads_away(element)
        return ended

    def leave(self, element: html.HtmlElement, tag: str) -> Block | None:
        """Go out of an element; back comes the line that ends there."""
        ended = None
        self.links -= tag == "a" and self._leads_away(element)
        self.silent -= tag in _SILENT
        self.rows -= tag == "tr"
        if self._is_block(tag):
            if not self.rows:
                ended = self.flush()
            self.open.pop()
        elif tag in _CELLS:
            self.pieces.append(" ")
        return ended

    def flush(self) -> Block | None:
        """The line that has been read, if there is one."""
        if not self.pieces:
            return None
        text, linked = "".join(self.pieces), self.linked
        self.pieces.clear()
        self.linked = 0
        if text.isspace() or not (text := hygiene.clean(text)):
            return None
        element, role = self.open[-1]
        return Block(text, role, element, linked)

    def read(self, text: str) -> None:
        """Add to the line; blanks alone begin none."""
        if self.silent or not (self.pieces or self.links or not text.isspace()):
            return
        self.pieces.append(text.replace("\n", " "))
        if self.links:
            self.linked += len(text)

    def _is_block(self, tag: str) -> bool:
        return tag == "tr" or (tag in _BLOCKS and not self.rows)

    def _leads_away(self, element: html.HtmlElement) -> bool:
        """Whether a link is more than a heading's link to itself."""
        return self.open[-1][1] != "heading" or "#" not in (element.get("href") or "#")
