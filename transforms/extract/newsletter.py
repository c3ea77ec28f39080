"""A newsletter as lines: layout tables read cell by cell, without what no reader of the mail ever saw.

Mail programs know no structure but tables, so what counts is what is visible: a block of text is a line, whatever it
stands in. Hidden pre-headers, tracking pixels, style sheets and Outlook's conditional parts go, since they are not text
of the mail. Footers, "view in browser" and the like are visible: they stay, for the rules to take out.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from backfile.article import Line, Role
from transforms import hygiene
from transforms.extract import guard, plaintext

EXTRACTOR = "newsletter/1"

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
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}>")
_BREAK = "\n"


def lines(source: str) -> list[Line]:
    """The visible lines of a mail's HTML, in order. `source` has passed `guard.parse`."""
    source = _XML_DECLARATION.sub("", guard.fit(source))
    soup = BeautifulSoup(source if "<" in source else f"<p>{source}</p>", "lxml", huge_tree=True)
    found: list[Line] = []
    pieces: list[str] = []
    role: Role = "text"
    for text, now in _texts(soup):
        if text != _BREAK:
            if not pieces or not "".join(pieces).strip():
                role = now
            pieces.append(text)
        elif pieces:
            found.extend(_line(pieces, role))
            pieces = []
    found.extend(_line(pieces, role))
    return found


def _line(pieces: list[str], role: Role) -> Iterator[Line]:
    text = hygiene.clean("".join(pieces))
    if any(character.isalnum() for character in text):
        yield Line(text, role)


def _texts(soup: BeautifulSoup) -> Iterator[tuple[str, Role]]:
    """Visible text and its role piece by piece, and a break where a block begins or ends; without recursion."""
    hidden = _hidden_classes(soup)
    stack: list[tuple[Iterator[object], bool, Role]] = [(iter(soup.contents), False, "text")]
    while stack:
        children, block, role = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if block:
                yield _BREAK, role
        elif isinstance(child, NavigableString):
            yield from _text(child, role)
        elif isinstance(child, Tag) and not _is_unseen(child, hidden):
            if child.name == "pre":
                yield from _preformatted(child, role)
                continue
            inside = child.name in _BLOCKS
            if inside:
                yield _BREAK, role
            stack.append((iter(child.contents), inside, _ROLES.get(child.name, role)))


def _text(string: NavigableString, role: Role) -> Iterator[tuple[str, Role]]:
    """A piece of text with its white space as blanks; nothing for comments, doctypes and the like."""
    if string and not isinstance(string, PreformattedString):
        yield f"{' ' * string[:1].isspace()}{' '.join(string.split())}{' ' * string[-1:].isspace()}", role


def _preformatted(tag: Tag, role: Role) -> Iterator[tuple[str, Role]]:
    for line in plaintext.lines(tag.get_text()):
        yield from ((_BREAK, role), (line.text, line.role), (_BREAK, role))


def _hidden_classes(soup: BeautifulSoup) -> frozenset[str]:
    """The classes that the mail's style sheets hide on every screen (what a media query hides is seen elsewhere)."""
    sheets = " ".join(sheet.get_text() for sheet in soup.find_all("style"))[:LONGEST_STYLE]
    return frozenset(_HIDING_RULE.findall(_MEDIA_QUERY.sub("", sheets)))


def _is_unseen(tag: Tag, classes: frozenset[str]) -> bool:
    """Whether a mail program would show nothing of the element."""
    if tag.name in _UNSEEN or _VECTOR.match(tag.name):
        return True
    style = str(tag.get("style") or "")
    if tag.has_attr("hidden") or _GONE.search(style):
        return True
    if _NO_SIZE.search(style):  # on a table or cell a trick against gaps: what is within sets its own size again
        return tag.find(style=_SOME_SIZE) is None
    names = tag.get("class")
    return bool(names) and not classes.isdisjoint(names if isinstance(names, list) else str(names).split())
