"""A newsletter as lines: layout tables read cell by cell, without what no reader of the mail ever saw.

Mail programs know no structure but tables, so what counts is what is visible: a block of text is a line, whatever it
stands in. Hidden pre-headers, tracking pixels, style sheets and Outlook's conditional parts go, since they are not text
of the mail. Footers, "view in browser" and the like are visible: they stay, for the rules to take out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from backfile.article import Line, Role
from transforms import hygiene
from transforms.extract import guard, plaintext
from transforms.extract.mail_block import Block

EXTRACTOR = "newsletter/3"

_UNSEEN_TEXT = """
script style head title meta link noscript template svg math object iframe select textarea button input
"""
_UNSEEN = frozenset(_UNSEEN_TEXT.split())
_BLOCKS_TEXT = """
address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul caption br
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_ROLES: dict[str, Role] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "li": "item",
    "blockquote": "quote",
    "figcaption": "caption",
    "caption": "caption",
}  # fmt: skip
_VECTOR = re.compile(r"(?:v|w|x|m):|o:(?!p$)")  # Outlook's own elements; o:p holds text
_GONE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|"
    r"(?:max-height|max-width)\s*:\s*0(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"(?:^|;)\s*font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)", re.IGNORECASE)
_SOME_SIZE = re.compile(r"font-size\s*:\s*(?:[1-9]|\.[1-9]|0\.0*[1-9]|[a-z])", re.IGNORECASE)
LONGEST_STYLE = 200_000  # characters of style sheets that are read
_MEDIA_QUERY = re.compile(r"@media[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE)
_HIDING_RULE = re.compile(r"\.([\w-]+)\s*\{[^{}]*display\s*:\s*none[^{}]*\}", re.IGNORECASE)
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
# Bold, or larger than the 14 to 17 pixels that mails are set in (18 and more: headlines of every template looked at).
_LOUD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)|font-size\s*:\s*(?:1[89]|[2-9]\d)(?:\.\d+)?px", re.IGNORECASE)
_CELLS = frozenset({"table", "td", "div", "section", "article", "li"})
DEEPEST_CELL = 60  # cells within cells that are told apart; templates have up to 25
# An element's attributes as the parser has them, in a plain dictionary: no list is made of a class, no value looked at.
# A tree takes two thirds of the time.
_PLAIN: dict[str, Any] = {"huge_tree": True, "multi_valued_attributes": None, "attribute_dict_class": dict}
REMEMBERED = 4_096  # styles; a template has some dozens, and spells them out at each cell
LONGEST_REMEMBERED = 1_000  # characters of such a style; what is kept is 4 MB at most
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}>")
_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class _Look:
    """What a piece of text takes over from the elements around it."""

    role: Role = "text"
    link: str | None = None
    loud: bool = False
    cells: tuple[int, ...] = ()


def lines(source: str) -> list[Line]:
    """The visible lines of a mail's HTML, in order. `source` has passed `guard.parse`."""
    return [block.line for block in blocks(source)]


def blocks(source: str) -> list[Block]:
    """The visible lines of a mail's HTML, in order, with their look. `source` has passed `guard.parse`."""
    source = _XML_DECLARATION.sub("", guard.fit(source))
    soup = BeautifulSoup(source if "<" in source else f"<p>{source}</p>", "lxml", **_PLAIN)
    found: list[Block] = []
    pieces: list[tuple[str, _Look]] = []
    for text, look in _texts(soup):
        if text != _BREAK:
            pieces.append((text, look))
        elif pieces:
            found.extend(_block(pieces))
            pieces = []
    found.extend(_block(pieces))
    return found


def _block(pieces: list[tuple[str, _Look]]) -> Iterator[Block]:
    text = hygiene.clean("".join([text for text, _ in pieces]))
    if not hygiene.speaks(text):
        return
    looks = [look for text, look in pieces if hygiene.speaks(text)]
    first = looks[0]
    yield Block(
        Line(text, first.role),
        next((look.link for look in looks if look.link), None),
        all(look.link for look in looks),
        all(look.loud for look in looks),
        first.cells,
    )


def _texts(soup: BeautifulSoup) -> Iterator[tuple[str, _Look]]:
    """Visible text and its look piece by piece, and a break where a block begins or ends; without recursion."""
    hidden = _hidden_classes(soup)
    cells = 0
    stack: list[tuple[Iterator[object], bool, _Look]] = [(iter(soup.contents), False, _Look())]
    while stack:
        children, block, look = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if block:
                yield _BREAK, look
        elif isinstance(child, NavigableString):
            yield from _text(child, look)
        elif isinstance(child, Tag) and not _is_unseen(child, hidden):
            if child.name == "pre":
                yield from _preformatted(child, look)
                continue
            inside = child.name in _BLOCKS
            if inside:
                yield _BREAK, look
            cells += 1
            stack.append((iter(child.contents), inside, _within(child, look, cells)))


def _within(tag: Tag, look: _Look, number: int) -> _Look:
    """The look of the text within an element; `number` names the element among all."""
    link = look.link
    if tag.name == "a" and (address := str(tag.get("href") or "")).startswith(("http://", "https://")):
        link = address
    loud = look.loud or tag.name in _BOLD or _style(tag).loud
    deeper = tag.name in _CELLS and len(look.cells) < DEEPEST_CELL
    return _Look(_ROLES.get(tag.name, look.role), link, loud, (*look.cells, number) if deeper else look.cells)


def _text(string: NavigableString, look: _Look) -> Iterator[tuple[str, _Look]]:
    """A piece of text with its white space as blanks; nothing for comments, doctypes and the like."""
    if string and not isinstance(string, PreformattedString):
        yield f"{' ' * string[:1].isspace()}{' '.join(string.split())}{' ' * string[-1:].isspace()}", look


def _preformatted(tag: Tag, look: _Look) -> Iterator[tuple[str, _Look]]:
    for line in plaintext.lines(tag.get_text()):
        yield from ((_BREAK, look), (line.text, replace(look, role=line.role)), (_BREAK, look))


def _hidden_classes(soup: BeautifulSoup) -> frozenset[str]:
    """The classes that the mail's style sheets hide on every screen (what a media query hides is seen elsewhere)."""
    sheets = " ".join(sheet.get_text() for sheet in soup.find_all("style"))[:LONGEST_STYLE]
    return frozenset(_HIDING_RULE.findall(_MEDIA_QUERY.sub("", sheets)))


def _is_unseen(tag: Tag, classes: frozenset[str]) -> bool:
    """Whether a mail program would show nothing of the element."""
    if tag.name in _UNSEEN or _VECTOR.match(tag.name):
        return True
    style = _style(tag)
    if style.gone or tag.has_attr("hidden"):
        return True
    if style.sizeless:  # on a table or cell a trick against gaps: what is within sets its own size again
        return tag.find(style=_SOME_SIZE) is None
    return bool(classes) and not classes.isdisjoint(str(tag.get("class") or "").split())


class _Style(NamedTuple):
    """What a style says of the text within."""

    gone: bool
    sizeless: bool
    loud: bool


_NO_STYLE = _Style(gone=False, sizeless=False, loud=False)


def _style(tag: Tag) -> _Style:
    style = tag.get("style")
    if not style:
        return _NO_STYLE
    return _read(str(style)) if len(style) <= LONGEST_REMEMBERED else _read.__wrapped__(str(style))


@lru_cache(REMEMBERED)
def _read(style: str) -> _Style:
    return _Style(*(pattern.search(style) is not None for pattern in (_GONE, _NO_SIZE, _LOUD)))
