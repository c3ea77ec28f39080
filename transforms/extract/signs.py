"""What kind of page the markup says this is, and what its tree looks like. Counted and verbatim, nothing judged.

Statements of the field `page`, which the rules of `transforms.notice` and its family weigh:

| origin | value |
|---|---|
| `json-ld` | a type that the page's JSON-LD names, in lower case, without address: `newsarticle`, `itemlist` |
| `meta:og:type` | the type, in lower case: `article`, `website`, `video.other` |
| `meta:robots` | `noindex` |
| `tree:teasers` | links that are headlines: several words, and (almost) all that their block has |
| `tree:stretch` | words of the longest stretch of running text that no headline link interrupts |
| `tree:second` | words of the second longest: of teasers with leads much the same, of one text among headlines few |
| `tree:player` | players of video or sound |
| `tree:password` | fields for a password |
| `tree:bare` | the lines are no text of an article: extraction found none, and these are what the page shows |
| `tree:text` | of a page with little text: each block that it shows, as `shown` gives them |
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree, html

from backfile.article import Line, Role, Witness
from transforms import hygiene, shape

FIELD = "page"
EXTRACTOR = "shown/1"
BARE = Witness(FIELD, "bare", "tree:bare")
HEADLINE_CHARACTERS = 20  # of a link; navigation has shorter ones
HEADLINE_WORDS = 4
HEADLINE_SHARE = 0.7  # of its block's text that a headline link has; the rest is a date or a section's name
RUNNING_CHARACTERS = 40  # of a piece of text; shorter ones are labels, dates and names
MOST_PIECES = 20_000  # links and pieces of text that are looked at; of 401 real pages none has over 1,553 (Nov 2026)
MOST_CHARACTERS = 2_000  # of one piece of text that are counted
MOST_JSON = 2_000_000  # characters of a script in which types are looked for
MOST_TYPES = 20
SHORT_PAGE = 2_000  # letters of a text; with fewer, all that the page shows is wanted to tell what it is
MOST_SHOWN = 100  # blocks of such a page
LONGEST_SHOWN = 600  # characters of such a block

# Types that only an article has; where one is named nothing is counted. Other than these, a page may list articles.
ARTICLE_TYPES = re.compile(r"\w*article|\w*blogposting|report|review|recipe|howto|claimreview|obituary")
LIST_TYPES = frozenset({"collectionpage", "searchresultspage", "profilepage", "itemlist"})

_PIECES = etree.XPath(
    f"//a[@href][string-length() >= {HEADLINE_CHARACTERS}] | //text()[string-length() >= {RUNNING_CHARACTERS}]"
    "[not(parent::script or parent::style or parent::noscript or parent::template or parent::title)]"
)
_TYPE = re.compile(r'"@type"\s*:\s*(?:"([^"]{1,80})"|\[([^\]]{1,300})\])')
_PLAYER = re.compile(
    r"youtube|youtu\.be|vimeo|dailymotion|brightcove|jwplayer|twitch|soundcloud|spotify|podigee|podcast|player|"
    r"video|livestream|mediathek",
    re.IGNORECASE,
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN = frozenset({"script", "style", "template", "svg", "math", "select", "textarea", "iframe", "object"})
_INLINE_TEXT = """
a abbr b bdi bdo cite code data dfn em font i ins kbd mark q s samp small span strong sub sup time u var wbr script
style
"""
_INLINE = frozenset(_INLINE_TEXT.split())


def witnesses(tree: html.HtmlElement) -> tuple[Witness, ...]:
    """The page's statements about what it is; counts that are nought are left out."""
    stated = tuple(dict.fromkeys(_stated(tree)))
    counts = {
        "tree:player": sum(map(_is_player, islice(tree.iter("video", "audio", "iframe"), MOST_PIECES))),
        "tree:password": sum((each.get("type") or "").casefold() == "password" for each in tree.iter("input")),
    }
    types = {each.value for each in stated if each.origin == "json-ld"}
    if not any(map(ARTICLE_TYPES.fullmatch, types)) or types & LIST_TYPES:
        counts["tree:teasers"], counts["tree:stretch"], counts["tree:second"] = _counted(tree)
    return (*stated, *(Witness(FIELD, str(number), origin) for origin, number in counts.items() if number))


def blocks(lines: Iterable[Line]) -> tuple[Witness, ...]:
    """What a page with little text shows, as statements of its tree."""
    return tuple(Witness(FIELD, line.text, "tree:text") for line in lines)


def shown(tree: html.HtmlElement) -> list[Line]:
    """The blocks of text that the page shows, its title first; labels of buttons, and what it says without scripts.

    At most `MOST_SHOWN`, each once and cut at `LONGEST_SHOWN`. Extraction leaves out most of them, or joins them where
    it finds no article; here they tell what the page is.
    """
    found: dict[str, Line] = {}
    for block, role in _blocks(tree):
        text = hygiene.clean(block[:LONGEST_SHOWN]) if block else ""
        if any(map(str.isalnum, text)):
            found.setdefault(text, Line(text, role))
        if len(found) == MOST_SHOWN:
            break
    return list(found.values())


def _blocks(tree: html.HtmlElement) -> Iterator[tuple[str, Role]]:
    """Text between two beginnings or ends of a block; without recursion."""
    pieces: list[str] = []
    unseen = 0
    role: Role = "text"
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag not in _INLINE:
            yield "".join(pieces), role
            pieces = []
        if event == "start":
            unseen += tag in _UNSEEN
            role = "heading" if tag in _HEADINGS else role
            if tag == "input" and (element.get("type") or "").casefold() in {"submit", "button"}:
                pieces.append(element.get("value") or "")
            if not unseen:
                pieces.append((element.text or "")[:MOST_CHARACTERS])
        else:
            unseen -= tag in _UNSEEN
            role = "text" if tag in _HEADINGS else role
            if not unseen:
                pieces.append((element.tail or "")[:MOST_CHARACTERS])
    yield "".join(pieces), role


def _stated(tree: html.HtmlElement) -> Iterator[Witness]:
    types = (name for script in tree.iter("script") for name in _types(script))
    yield from (Witness(FIELD, name, "json-ld") for name in islice(types, MOST_TYPES))
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or "").casefold()
        content = (element.get("content") or "").strip().casefold()[:80]
        if name == "og:type" and content:
            yield Witness(FIELD, content, "meta:og:type")
        elif name == "robots" and "noindex" in content:
            yield Witness(FIELD, "noindex", "meta:robots")


def _types(script: html.HtmlElement) -> Iterator[str]:
    """The types that a script of JSON-LD names; read as text, so that a broken one says its types too."""
    if "ld+json" in (script.get("type") or "").casefold() and script.text and len(script.text) <= MOST_JSON:
        for one, several in _TYPE.findall(script.text):
            for name in [one] if one else re.findall(r'"([^"]+)"', several):
                yield name.rpartition("/")[2].casefold()


def _counted(tree: html.HtmlElement) -> tuple[int, int, int]:
    """How many headline links, and the words of the two longest stretches of running text between them."""
    seen: set[str] = set()
    stretches = [0, 0]
    current = 0
    for piece in islice(_PIECES(tree), MOST_PIECES):
        if isinstance(piece, str):
            current += _running(piece)
        elif _is_headline(piece):
            seen.add((piece.get("href") or "").partition("#")[0].partition("?")[0])
            stretches, current = sorted([*stretches, current])[1:], 0
    second, longest = sorted([*stretches, current])[1:]
    return len(seen), longest, second


def _running(piece: str) -> int:
    """The words of a piece of text; none when it stands in a link: then it is a headline or a label."""
    parent = piece.getparent()  # type: ignore[attr-defined]
    if piece.is_tail:  # type: ignore[attr-defined]
        parent = parent.getparent()
    text = piece[:MOST_CHARACTERS].strip()
    if len(text) < RUNNING_CHARACTERS or parent is None:
        return 0
    if any(place.tag == "a" for place in (parent, *islice(parent.iterancestors(), 4))):
        return 0
    return shape.words(text)


def _is_headline(link: html.HtmlElement) -> bool:
    text = _text(link)
    if shape.words(text) < HEADLINE_WORDS:
        return False
    parent = link.getparent()
    if parent is None or parent.tag in _HEADINGS or any(each.tag in _HEADINGS for each in link.iter()):
        return True
    return len(text) >= HEADLINE_SHARE * len(_text(parent))


def _text(element: html.HtmlElement) -> str:
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(part[:MOST_CHARACTERS])
        size += len(part)
        if size > MOST_CHARACTERS:
            break
    return " ".join("".join(parts).split())


def _is_player(element: html.HtmlElement) -> bool:
    address = (element.get("src") or element.get("data-src") or "")[:500]
    return element.tag != "iframe" or bool(_PLAYER.search(address))
