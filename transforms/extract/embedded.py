"""The text of an article that a page holds beside its markup: JSON-LD, the data of its script, `noscript`.

Pages that a script builds show nothing, or a few lines, to whoever saves their source. On pages with markup these texts
gained nothing (271 labelled pages, Nov 2026); so they are asked only where extraction returned little.
"""

import html as entities
import re
from collections import deque
from collections.abc import Iterator, Sequence

from lxml import html

from backfile.article import Json, Line
from backfile.errors import UnreadableInput
from transforms import hygiene
from transforms.extract import furniture, guard, jsonld
from transforms.extract.blocks import blocks

MOST_VALUES = 200_000  # objects, lists and texts of a page's data that are looked at
MOST_LINES = 5_000
RUNNING = 60  # characters of a piece of running text
LEAST_PIECES = 2  # of running text in a list that may be an article
MOST_READ = 20  # of the longest texts in a page's data
LEAST_WORD = 4  # letters of a headline's word that an article about it has, too

_KEYS = ("text", "content", "html", "value", "body", "paragraph", "data", "children", "spans")
_LINKS = frozenset(
    ("url", "href", "link", "slug", "path", "permalink", "uri")
)  # an object with one tells of another page
_TAGS = re.compile(r"<(?:p|h[2-6]|br|ul|ol|blockquote|div)\b", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"<p\b", re.IGNORECASE)


def lines(tree: html.HtmlElement) -> tuple[list[Line], str]:
    """The longest text that the page holds so, and where: `json-ld`, `page-data`, `noscript`; no line if there is none.

    `tree` is the page before anything was taken out of it.
    """
    best: tuple[list[Line], str] = ([], "")
    for name, made in (("json-ld", _stated), ("page-data", _data), ("noscript", _noscript)):
        found = list(made(tree))[:MOST_LINES]
        if _size(found) > _size(best[0]):
            best = found, name
    return best


def _stated(tree: html.HtmlElement) -> Iterator[Line]:
    """The text of the page's JSON-LD: an `articleBody`, the longest where there are several; else steps or answers."""
    nodes = list(jsonld.nodes(tree))
    pieces = [[body] for node in nodes if isinstance(body := node.get("articleBody"), str)]
    pieces += [list(_steps(node)) for node in nodes if not pieces]
    for piece in max(pieces, key=lambda each: sum(map(len, each)), default=[]):
        yield from _read(piece)


def _steps(node: dict[str, Json]) -> Iterator[str]:
    """What a recipe or a guide says: its introduction, what it takes, and each step with its heading."""
    steps = node.get("step") or node.get("recipeInstructions")
    if not isinstance(steps, list):
        return
    yield from _strings(node.get("description"))
    yield from _strings(node.get("recipeIngredient"))
    for step in steps[:MOST_LINES]:
        name, text = (step.get("name"), step.get("text")) if isinstance(step, dict) else (None, step)
        yield from _strings(name if name != text else None)
        yield from _strings(text)


def _strings(value: Json) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)][:MOST_LINES]


def _data(tree: html.HtmlElement) -> Iterator[Line]:
    """The longest text in the data for the page's script that has words of the headline."""
    wanted = _headline(tree)
    held: list[list[str]] = []
    for script in tree.iter("script"):
        kind = (script.get("type") or "").casefold()
        if "json" in kind and "ld+json" not in kind and script.text:
            held.extend(_texts(jsonld.loaded(script.text)))
    held.sort(key=lambda pieces: -sum(map(len, pieces)))
    for pieces in held[:MOST_READ]:
        found = [line for piece in pieces for line in _read(piece)]
        if _is_about(found, wanted):
            yield from found
            return


def _texts(value: Json) -> Iterator[list[str]]:
    """What may be an article in a page's data: HTML in one text, or a list of objects with a text each."""
    queue: deque[Json] = deque([value])
    seen = 0
    while queue and seen < MOST_VALUES:
        node = queue.popleft()
        seen += 1
        if isinstance(node, str) and len(_PARAGRAPHS.findall(node)) >= LEAST_PIECES:
            yield [node]
        elif isinstance(node, list):
            pieces = [piece for part in node[:MOST_LINES] if (piece := _piece(part))]
            led_away = sum(isinstance(part, dict) and not _LINKS.isdisjoint(part) for part in node[:MOST_LINES])
            if 2 * led_away < len(pieces) and sum(len(piece) >= RUNNING for piece in pieces) >= LEAST_PIECES:
                yield pieces
            queue.extend(node)
        elif isinstance(node, dict):
            queue.extend(node.values())


def _piece(part: Json, depth: int = 0) -> str:
    """The text of one object of a list: a paragraph, which may be made of pieces itself."""
    if isinstance(part, str):
        return part if " " in part.strip() or depth else ""
    if isinstance(part, list) and depth:
        return "".join(_piece(each, depth + 1) for each in part[:1_000]) if depth < len(_KEYS) else ""
    if isinstance(part, dict):
        held = (part[key] for key in _KEYS if isinstance(part.get(key), str | list | dict))
        return next((piece for each in held if (piece := _piece(each, depth + 1))), "") if depth < len(_KEYS) else ""
    return ""


def _noscript(tree: html.HtmlElement) -> Iterator[Line]:
    """The running text for readers whose browser runs no script."""
    found: list[Line] = []
    for element in tree.iter("noscript"):
        element.tag = "div"  # `blocks` is silent within the other
        found += [Line(each.text, each.role) for each in blocks(element) if len(each.text) >= RUNNING]
        element.tag = "noscript"
    if len(found) > LEAST_PIECES:  # one or two ask for a script
        yield from found


def _read(text: str) -> Iterator[Line]:
    """The lines of a text that may be HTML, also with its signs spelled as entities."""
    if "<" not in text and "&lt;" in text:
        text = entities.unescape(text)
    if not _TAGS.search(text):
        for line in entities.unescape(text).splitlines():
            if cleaned := hygiene.clean(line):
                yield Line(cleaned)
        return
    try:
        tree = guard.parse(f"<html><body>{text}</body></html>")
    except UnreadableInput:
        return
    furniture.prune(tree)
    body = tree.find("body")
    yield from (Line(each.text, each.role) for each in (blocks(body) if body is not None else ()))


def _headline(tree: html.HtmlElement) -> frozenset[str]:
    said = " ".join(
        [str(each) for each in tree.xpath("//meta[@property='og:title']/@content")[:1]]
        or [each.text_content() for each in [*tree.iter("title"), *tree.iter("h1")][:2]]
    )
    return frozenset(word for word in re.findall(r"\w+", said.casefold()[:1_000]) if len(word) >= LEAST_WORD)


def _is_about(found: Sequence[Line], words: frozenset[str]) -> bool:
    """Whether a text has a third of the headline's words; a page's data holds its terms of use and labels, too."""
    text = " ".join(line.text for line in found).casefold()
    return sum(word in text for word in words) * 3 >= len(words)


def _size(found: Sequence[Line]) -> int:
    return sum(len(line.text) for line in found)
