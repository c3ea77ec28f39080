"""What the extractor left out of an article: standfirst, sub-headings, items, rows and paragraphs between what it took.

It judges each element for itself, by length and names, and drops a short line here and a list there. Seen from the
whole, a block between two that were taken, in the same place or of the same make, belongs to them.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lxml import html

from backfile.article import Line
from transforms import hygiene
from transforms.extract.blocks import Block

SURE = 24  # letters and figures of a line that stands for itself; shorter ones are looked for as whole lines only
LONG = 80  # characters of running text
LEAST_STANDFIRST = 4  # words
MOST_STANDFIRST = 120  # words
# Characters of lines times blocks; above it nothing is filled in. The largest of 401 pages has 14 million (Nov 2026).
MOST_WORK = 2_000_000_000
MAIN = 6  # lines that stand in one place: there is the article
MOST_IN_CARD = 2  # lines of a box with another article's headline
NEARLY_ALL = 0.95  # of a line's characters that are links
MUCH = 0.3  # of the text that cards may be
LABEL_WORDS = 2
DEEPEST = 50  # lists within lists that are climbed out of
NEAR = 8  # lines between a short block and the place where a line of its words is looked for
MOST_LINES_APART = 40  # blocks between headline and text among which the standfirst is looked for

_DESCRIPTIONS = frozenset({"description", "twitter:description"})
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|leadtext|intro|introduction|intro-?text|stand-?first|dek|deck|teaser|teaser-?text|summary|"
    r"excerpt|abstract|sub-?title|sub-?head(?:line|ing)?|sub-?titel|unterzeile|vorspann|anriss|chapeau|chapo|entradilla|"
    r"bajada|sommario|occhiello|perex|ingress|manchet|underrubrik|description)(?=$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"by-?line|author|autor|auteur|date|datum|(?<![a-z])(?:meta|time|ads?)(?![a-z])|changed|updated")
_PICTURE = re.compile(r"(?<![a-z])(?:img|image|photo|foto|picture|bild|gallery|galerie|lightbox|video)s?(?![a-z])")
_ENDS = (".", "!", "…", ":", ",", ";", ".“", ".”", '."', ".»", ")")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INNER = frozenset(["li", "ul", "ol", "dl", "dt", "dd", "tr", "tbody", "thead", "tfoot", "table", "blockquote"])


@dataclass(slots=True)
class _Placed:
    block: Block
    key: str
    line: int | None  # the extractor's line that holds it


@dataclass(frozen=True, slots=True)
class Taken:
    """The extractor's lines, and the page's blocks, each with the line that holds it."""

    lines: Sequence[Line]
    placed: Sequence[_Placed]

    @property
    def share(self) -> float:
        """How much of the page's running text the lines hold, 0 to 1; 1 for a page without any."""
        running = [each for each in self.placed if _is_running(each.block)]
        total = sum(len(each.key) for each in running)
        return sum(len(each.key) for each in running if each.line is not None) / total if total else 1.0


def descriptions(tree: html.HtmlElement) -> list[str]:
    """What the page's head says the article is about: its standfirst, more often than not."""
    metas = (each for each in tree.iter("meta") if each.get("content") is not None)
    stated = (e for e in metas if e.get("name") in _DESCRIPTIONS or e.get("property") == "og:description")
    return [each.get("content") for each in stated]


def filled(taken: Taken, stated: Sequence[str]) -> list[Line]:
    """The lines with what belongs to them and was left out, in the order of the page. `stated` are descriptions."""
    placed = taken.placed
    sure = [at for at, each in enumerate(placed) if each.line is not None and len(each.key) >= SURE]
    if not sure:
        return list(taken.lines)
    first, last = sure[0], _end(placed, sure[-1])
    text = next((at for at in sure if placed[at].block.role != "heading"), first)  # the headline may be taken, too
    return _merged(taken, {*_between(placed, first, last), *_standfirst(placed, text, stated)}, _teasers(placed, sure))


def place(lines: Sequence[Line], found: Sequence[Block]) -> Taken:
    """Each block with the line that holds it. Both are in the order of the page, with few exceptions."""
    keys = [hygiene.letters(line.text) for line in lines]
    whole = "".join(keys)
    ends = list(accumulate(map(len, keys)))  # of each line, its end in `whole`
    numbers: dict[str, list[int]] = {}
    for number, key in enumerate(keys):
        numbers.setdefault(key, []).append(number)
    if len(whole) * len(found) > MOST_WORK:
        found = ()
    placed: list[_Placed] = []
    read = [hygiene.letters(block.text) for block in found]
    single = set(read)  # a line that is one block
    cursor = 0  # how far `whole` is used up
    for block, key in zip(found, read, strict=True):
        line = None
        if len(key) >= SURE:
            offset = whole.find(key, cursor)
            behind = offset + len(key) if offset >= 0 else cursor
            offset = offset if offset >= 0 else whole.find(key)
            owner = bisect_right(ends, offset) if offset >= 0 else None
            holder = keys[owner] if owner is not None else ""
            # A sub-heading may quote the paragraph below it: then the line that has its words is that paragraph's.
            if holder and not (block.role == "heading" and holder != key and key in holder and holder in single):
                cursor, line = behind, owner
        elif key and whole.startswith(key, cursor):
            line = bisect_right(ends, cursor)
            cursor += len(key)
        elif key:
            here = bisect_right(ends, cursor)
            line = next((number for number in numbers.get(key, ()) if abs(number - here) <= NEAR), None)
        placed.append(_Placed(block, key, line))
    return Taken(lines, placed)


def _between(placed: Sequence[_Placed], first: int, last: int) -> set[int]:
    """The blocks between the first and the last that were taken which are of their kind."""
    taken = [each.block for each in placed if each.line is not None and len(each.key) >= SURE]
    homes = _homes(taken)
    makes = Counter(_make(block) for block in taken)
    looks = Counter(look for block in taken if (look := _look(block)))
    rooms = Counter(kind for home in homes if (kind := _kind(home)))
    missing: set[int] = set()
    for at in range(last - 1, first, -1):
        each = placed[at]
        block = each.block
        if each.line is not None or not each.key or block.role == "caption":
            continue
        if block.is_linked and not (makes[_make(block)] > 1 and _is_sentence(block)):
            continue
        if block.element.tag == "div" and (len(each.key) < SURE or _BYLINE.search(_called(block.element))):
            continue
        home, long = _home(block.element), len(block.text) >= LONG
        of_a_kind = long and (makes[_make(block)] > 1 or looks[_look(block)] >= MAIN)
        in_like_room = (long or block.role != "text") and homes[home] and rooms[_kind(home)] > 1
        if _is_at_home(block, homes) or of_a_kind or in_like_room:
            missing.add(at)
        elif at + 1 in missing or (at + 1 < len(placed) and placed[at + 1].line is not None):
            missing.update([at] if _is_headline_of(block, placed[at + 1].block) else [])
    return missing


def _is_sentence(block: Block) -> bool:
    """Whether a paragraph that is a link for the most part says more than what it links to: a sentence around it."""
    return block.linked < NEARLY_ALL * len(block.text) and block.text.endswith(_ENDS)


def _is_headline(text: str) -> bool:
    """Whether a line that is a link may be another article's headline: neither a sentence nor an address."""
    return not text.endswith(_ENDS) and "//" not in text


def _teasers(placed: Sequence[_Placed], sure: Sequence[int]) -> set[int]:
    """The blocks that are but a link: headlines of other articles between paragraphs, and cards with such a headline.

    A card is a box of its own, which holds that headline and a line of text. A page that is made of such boxes, as a
    survey of films is, keeps them all.
    """
    homes = _homes([placed[at].block for at in sure])
    teasers = _links_above(placed) | _labelled(placed)
    if max(homes.values()) < MAIN:
        return teasers
    cards: set[html.HtmlElement] = set()
    for at in range(1, len(placed) - 1):
        block = placed[at].block
        if placed[at].line is None or block.linked < NEARLY_ALL * len(block.text):
            continue
        home = _home(block.element)
        if block.role == "heading" and home is not None and homes[home] <= MOST_IN_CARD:
            cards.add(home)
        elif block.role == "text" and block.element.tag == "p" and _is_headline(block.text):
            around = (placed[at - 1], placed[at + 1])
            if all(each.line is not None and _is_running(each.block) for each in around) and home is not None:
                teasers.update([at] if all(_home(each.block.element) is home for each in around) else [])
    within = {
        at for at, each in enumerate(placed) if cards and each.line is not None and _home(each.block.element) in cards
    }
    if sum(len(placed[at].key) for at in within) <= MUCH * sum(len(placed[at].key) for at in sure):
        teasers |= within
    return teasers


def _labelled(placed: Sequence[_Placed]) -> set[int]:
    """Links to other articles between paragraphs that all begin by the same words, as `Read also` in any language."""
    labels: dict[str, list[int]] = {}
    for at, each in enumerate(placed):
        block = each.block
        if each.line is not None and block.is_linked and block.element.tag == "p" and _is_headline(block.text):
            label = " ".join(block.text.casefold().split()[:LABEL_WORDS])
            if block.linked + len(label) <= len(block.text):  # the label is no link itself
                labels.setdefault(label, []).append(at)
    return {at for found in labels.values() if len(found) > 1 for at in found}


def _links_above(placed: Sequence[_Placed]) -> set[int]:
    """What is links above the headline and all running text: the way to other pages."""
    above: set[int] = set()
    for at, each in enumerate(placed):
        if each.block.element.tag == "h1":
            return above
        if each.line is not None and _is_running(each.block):
            return set()
        if each.line is not None and each.block.role == "text" and each.block.is_linked:
            above.add(at)
    return set()


def _is_headline_of(block: Block, behind: Block) -> bool:
    """Whether the block is a sub-heading right above another one, as each entry of a live ticker has one."""
    return block.role == "heading" and behind.element.getparent() is block.element.getparent()


def _end(placed: Sequence[_Placed], last: int) -> int:
    """The first block behind the article: what follows the last line is of it only as a table or list in its place."""
    home = _home(placed[last].block.element)
    end = last + 1
    while end < len(placed) and placed[end].block.role in {"table", "item"}:
        if placed[end].block.is_linked or _home(placed[end].block.element) is not home:
            break
        end += 1
    return end


def _is_running(block: Block) -> bool:
    return len(block.text) >= LONG and not block.is_linked


def _homes(taken: list[Block]) -> Counter[html.HtmlElement | None]:
    return Counter(_home(block.element) for block in taken)


def _is_at_home(block: Block, homes: Counter[html.HtmlElement | None]) -> bool:
    """Whether the block stands where several others do, as a paragraph of its own or as loose text."""
    return homes[_home(block.element)] > 1 or homes[block.element] > 1


def _standfirst(placed: Sequence[_Placed], first: int, descriptions: Sequence[str]) -> Iterator[int]:
    """The block between headline and text that the page's description repeats, or that is called a lead."""
    start = next((at for at in range(first, -1, -1) if placed[at].block.element.tag == "h1"), None)
    stated = [key for each in descriptions if len(key := hygiene.letters(each[:2000])) >= SURE]
    nearest = max(0, first - MOST_LINES_APART) if start is None else start + 1
    seen: set[str] = set()  # a page may hold it twice, for two sizes of screens
    for at in range(nearest, first):
        each = placed[at]
        block = each.block
        words = len(block.text.split())
        if each.line is not None or block.is_linked or block.role == "caption" or words > MOST_STANDFIRST:
            continue
        if _PICTURE.search(_called(block.element)):
            continue
        if each.key in seen:
            continue
        described = len(each.key) >= SURE and any(each.key[:40] in key or key[:40] in each.key for key in stated)
        if described or (start is not None and words >= LEAST_STANDFIRST and _LEAD.search(_called(block.element))):
            seen.add(each.key)
            yield at


def _called(element: html.HtmlElement) -> str:
    """The names of the element and of what holds it, in words."""
    parent = element.getparent()
    names = f"{element.get('class') or ''} {(parent.get('class') or '') if parent is not None else ''}"
    return _HUMP.sub("-", names[:400]).lower()


def _home(element: html.HtmlElement) -> html.HtmlElement | None:
    """What holds the paragraph, list or table that the element is or stands in; wrappers of one thing do not count."""
    for _ in range(DEEPEST):
        parent = element.getparent()
        if element.tag not in _INNER or parent is None or parent.tag not in _INNER:
            break
        element = parent
    home = element.getparent()
    while home is not None and home.tag == "div" and _is_alone(element) and not (home.text or "").strip():
        element, home = home, home.getparent()
    return home


def _is_alone(element: html.HtmlElement) -> bool:
    """Whether nothing else is in what holds it; to ask that for its length counts all of its elements again."""
    return element.getprevious() is None and element.getnext() is None


def _kind(home: html.HtmlElement | None) -> str:
    """How a place is made: places of one kind hold the same on a page, each section of an article for example."""
    return f"{home.tag} {home.get('class')}" if home is not None and home.get("class") else ""


def _look(block: Block) -> str:
    """The block's own class, which paragraphs of an article share though they stand in several places."""
    return f"{block.element.tag} {block.element.get('class')}" if block.element.get("class") else ""


def _make(block: Block) -> tuple[object, ...]:
    """How the block is made: blocks of one make look alike on the page."""
    parent = block.element.getparent()
    names = (parent.tag, parent.get("class")) if parent is not None else ()
    return (block.element.tag, block.element.get("class"), *names)


def _merged(taken: Taken, missing: set[int], teasers: set[int]) -> list[Line]:
    """The lines with the missing blocks, each behind the line of the block before it, and without the teasers."""
    behind: dict[int, list[Line]] = {}
    within: dict[int, list[int]] = {}
    last = -1
    for at, each in enumerate(taken.placed):
        if each.line is not None:
            last = max(last, each.line)
            within.setdefault(each.line, []).append(at)
        elif at in missing:
            behind.setdefault(last, []).append(Line(each.block.text, each.block.role))
    merged = list(behind.get(-1, ()))
    for number, line in enumerate(taken.lines):
        merged.extend(_parted(line, taken.placed, within.get(number, []), teasers))
        merged.extend(behind.get(number, ()))
    return merged


def _parted(line: Line, placed: Sequence[_Placed], parts: list[int], teasers: set[int]) -> list[Line]:
    """The blocks of a line that was made of several, as the extractor does when it gives up, without the teasers."""
    several = len(parts) > 1 or not teasers.isdisjoint(parts)
    if several and "".join(placed[at].key for at in parts) == hygiene.letters(line.text):
        return [Line(placed[at].block.text, placed[at].block.role) for at in parts if at not in teasers]
    return [line]
