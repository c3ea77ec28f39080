"""Limits, checked in linear time before anything parses: what is over them is refused by name, not by hanging."""

import re
from functools import cache

from lxml import etree, html

from backfile.errors import Reason, UnreadableInput

# The largest of 401 real pages has 0.9 million characters, half of them have under 150,000 (Nov 2026).
MAX_HTML = 10_000_000  # characters
MAX_TEXT = 10_000_000  # characters
MAX_ATTRIBUTES = 1_000  # of one tag; libxml2 compares each with each, 50,000 take three seconds
MAX_LINES = 200_000  # of one text; ten million characters in lines of 50
MAX_PAGE_ATTRIBUTES = 400_000  # of all tags; each takes 660 bytes, and ten million characters hold millions
MAX_TAGS = 150_000  # of one page; the largest of the 401 has 19,437; so many line breaks take five seconds and 400 MB
MAX_DEPTH = 1_000  # of nested elements; real ones have up to 40; extraction takes 0.4 s at 1,000, 1.5 s at 2,000

LONG_TAG = 3_000  # characters; a shorter tag has not as many attributes
# A tag as libxml2 reads it: quotes are quotes behind an equals sign only, and what is in them ends no tag.
_TAG = re.compile(r"<[a-zA-Z](?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r")  # what XML cannot hold
_NO_CHARACTERS = b"\xef\xbf"  # how U+FFFE and U+FFFF begin, which it cannot hold either
LIKELY_DEPTH = 60  # a page that is no deeper needs no thousand steps to find out that it is not too deep


def parse(source: str) -> html.HtmlElement:
    """The page as an lxml tree, without comments and processing instructions.

    Raises:
        UnreadableInput: `too-large` (characters, tags, attributes of a tag), `too-deep`, `no-text` for an empty page.
    """
    if len(source) > MAX_HTML:
        raise UnreadableInput(Reason.TOO_LARGE, f"{len(source):,} characters of HTML; the limit is {MAX_HTML:,}")
    if source.count("<") > MAX_TAGS:
        raise UnreadableInput(Reason.TOO_LARGE, f"{source.count('<'):,} tags; the limit is {MAX_TAGS:,}")
    _refuse_attributes(source)
    parser = html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        huge_tree=True,  # else text below depth 256 and attributes over 10 MB are dropped without a word
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))  # lxml.html's own asks
    try:  # Python for each element, so that forms have fields: a tenth of the time of a page
        tree = html.document_fromstring(_fit(source), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableInput(Reason.NO_TEXT, "no HTML element in it") from error
    if _is_deeper(tree, MAX_DEPTH) or any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnreadableInput(Reason.TOO_DEEP, f"elements nested deeper than {MAX_DEPTH:,}")
    return tree


def fit(source: str) -> str:
    """`source` without the characters that no tree can hold: controls, lone surrogates."""
    return _fit(source).decode("utf-8")


def _fit(source: str) -> bytes:
    data = source.encode("utf-8", "ignore").translate(None, _CONTROLS)  # a tenth of what a pattern takes
    if _NO_CHARACTERS in data:
        data = data.replace("\ufffe".encode(), b"").replace("\uffff".encode(), b"")
    return data


def _is_deeper(tree: html.HtmlElement, levels: int) -> bool:
    """Whether an element stands more than so many levels deep."""
    return all(_below(each)(tree) for each in (LIKELY_DEPTH, levels))


@cache
def _below(levels: int) -> etree.XPath:
    """True of a tree with an element below that level.

    Steps from level to level are linear in any tree: 7 ms for 270,000 elements, where a walk in Python takes 170.
    """
    return etree.XPath("boolean(/" + "/".join("*" * (levels + 1)) + ")")


def _refuse_attributes(source: str) -> None:
    """Refuse a page with too many attributes, of one tag or of all; few pages have letters enough in tags for that."""
    inside = 0
    for tag in _TAG.finditer(source):
        size = tag.end() - tag.start()
        inside += size
        if size >= LONG_TAG and _attributes(tag[0]) > MAX_ATTRIBUTES:
            raise UnreadableInput(Reason.TOO_LARGE, f"a tag with more than {MAX_ATTRIBUTES:,} attributes")
    if inside > 2 * MAX_PAGE_ATTRIBUTES:  # one takes two characters
        number = sum(_attributes(tag[0]) for tag in _TAG.finditer(source))
        if number > MAX_PAGE_ATTRIBUTES:
            raise UnreadableInput(Reason.TOO_LARGE, f"{number:,} attributes; the limit is {MAX_PAGE_ATTRIBUTES:,}")


def _attributes(tag: str) -> int:
    """How many a tag has; between two of them there need be no blank."""
    return len(_QUOTED.sub(" ", tag).split()) - 1
