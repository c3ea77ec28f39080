"""What the visible part of a page says about its article: headlines and tags. Verbatim, nothing judged."""

import functools
import re
from collections.abc import Callable, Container, Iterator
from itertools import islice

from lxml import etree, html

from backfile.article import Witness
from transforms.pattern import linear

LONGEST_TAG = 60  # characters of a link that is a tag
LONGEST_CLASS = 500  # characters of a class that are read
LONGEST_PATH = 500  # characters of a link that are read
MOST_TAGS = 30  # links in one element; more are a site's cloud of words
LONGEST_TITLE = 600  # characters of a headline
MOST_ELEMENTS = 2_000  # of one kind that are looked at
MOST_HEADINGS = 60  # h2 elements among which a headline is looked for
LEAST_WORDS = 3  # of an h2 that is the headline; fewer are a section's name
SAID = 0.5  # of the words of such an h2, in the page's title
CRUMB_DEPTH = 5  # elements above a heading among which the list of breadcrumbs is
_SMALL_TEXT = """
span p div em small li abbr td strong b a i dd time address section header ul h2 h3 h4 h5 h6
"""
_SMALL = frozenset(_SMALL_TEXT.split())
_TAGS_WORDS = "tag|keyword|schlagw|stichw|topic|themen|etiqueta|mots"  # one is in whatever the next has
_TAGS_CLASS = re.compile(
    r"(?:^|[\s_-])(?:tags?|tag-?list|tags-?links|keywords?|schlagw(?:ö|oe)?rte?r?|stichw(?:ö|oe)?rte?r?|topics?|themen|"
    r"etiquetas?|mots-?cles)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NO_TAGS_CLASS = re.compile(
    r"cloud|trending|popular|menu|nav|related|header|hot|widget|sidebar|top-?tags", re.IGNORECASE
)
_TOPIC_PATH = re.compile(
    r"/(?:tags?|topics?|themen?|thema|stichw(?:o|oe|ö)rt(?:er|e)?|schlagw(?:o|oe|ö)rt(?:er|e)?|keywords?|etiquetas?|temas?|sujets?|"
    r"mots?-cles?|argoment[io]|tema|onderwerp(?:en)?|tematy?|emne(?:r)?|amne(?:n)?)/[^/?#]{2,}/?(?:[?#]|$)",
    re.IGNORECASE,
)
_WRAPPING = frozenset({"li", "span", "div", "p", "h3", "h4", "b", "strong"})
_SENTENCES = frozenset({"p", "h1", "h2", "blockquote"})
_NO_TOPICS = re.compile(r"nav(?:igation|bar)?(?:$|[\s_-])|menu|breadcrumb|modal|page-?browser|catalog", re.IGNORECASE)
LEAST_TOPICS = 2  # links in a list of them
_FOOTER_CLASS = re.compile(r"(?:^|\s)(?:(?:site|page|main|global)[-_])?footer(?:$|\s)", re.IGNORECASE)
_ARTICLE_CLASS = re.compile(r"(?:^|\s)(?:article|post|h-?entry)(?:$|\s)", re.IGNORECASE)
_CRUMBS = frozenset({"div", "li", "nav", "ol", "ul"})
_ASIDE = frozenset({"nav", "aside", "form", "select", "button"})
_ASIDE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:comments?|kommentare?|related|sidebar|teaser|widget[-_]?area|recommend\w*|popular|most[-_]?read|"
    r"latest|more[-_]?news|carousel|promo|newsletter|menu|nav|ticker|breaking|trending|listing|(?<!\bh-)card)(?:$|[\s_-])",
    re.IGNORECASE,
)


_KICKER = re.compile(
    r"kicker|dachzeile|overline|over-?title|top-?line|topline|spitzmarke|roof-?line|catch-?line|eyebrow|super-?title|supertitle|"
    r"pre-?title|rubric|occhiello|antetitulo|surtitre|supertitle|headline__prefix|bovenkop",
    re.IGNORECASE,
)
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})
_BREAKING = frozenset({"br", "div", "p", "h1", "h2", "h3", "small", "header", "hr", "li"})


class Page:
    """A page's tree, and which parts of it are not about its article."""

    def __init__(self, tree: html.HtmlElement) -> None:
        self.tree = tree
        # What holds the headline is the article, whatever it is called; of several h1 the first outside navigation.
        self._around: frozenset[html.HtmlElement] = frozenset()
        self._named: list[tuple[str, html.HtmlElement]] = []  # each class, with the element that has it
        self.with_itemprop: list[html.HtmlElement] = []
        self.with_property: list[html.HtmlElement] = []
        self.with_rel_author: list[html.HtmlElement] = []
        self.with_rel_tag: list[html.HtmlElement] = []
        self._links: list[tuple[str, html.HtmlElement]] = []  # each address, with the link that has it
        self._elements = list(tree.iter())  # kept: lxml makes an object for each, and anew when nobody holds it
        self._sort()
        self._known: dict[html.HtmlElement, bool] = {}
        self.headings = [each for each in islice(tree.iter("h1"), MOST_ELEMENTS) if not _is_crumb(each)]
        self.headline = next((each for each in self.headings if not self.aside(each)), None)
        if self.headline is None:
            outside = (each for each in self.headings if not any(a.tag in _ASIDE for a in each.iterancestors()))
            self.headline = next(outside, None)
        if self.headline is None:
            self.headline = self._second_heading()
        if self.headline is not None:
            self._around = frozenset(self.headline.iterancestors())
            self._known.clear()

    def _sort(self) -> None:
        """Note which elements have which attributes, in one walk; an XPath for each takes as long as the walk."""
        for element in self._elements:
            get = element.get
            if named := get("class"):
                self._named.append((named[:LONGEST_CLASS].replace("\n", " "), element))
            if element.tag == "a" and (address := get("href")):
                self._links.append((address, element))
            if rel := get("rel"):
                if "uthor" in rel:
                    self.with_rel_author.append(element)
                if _is_tag(rel):
                    self.with_rel_tag.append(element)
            if get("itemprop"):
                self.with_itemprop.append(element)
            if get("property") and element.tag != "meta":
                self.with_property.append(element)
        names = dict.fromkeys(named for named, _ in self._named)
        self._names = "\n".join(names).encode()

    def _second_heading(self) -> html.HtmlElement | None:
        """The h2 that says what the page's title says, on a page whose h1 is the last of its breadcrumbs or missing."""
        wholes = [set(re.findall(r"\w+", text.casefold())) for text in _titles(self.tree)]
        for element in islice(self.tree.iter("h2"), MOST_HEADINGS):
            text = "" if self.aside(element) else _without_kicker(element) or _heading(element)
            words = set(re.findall(r"\w+", text.casefold()))
            if len(words) >= LEAST_WORDS and any(len(words & whole) >= SAID * len(words) for whole in wholes):
                return element
        return None

    def called(self, words: str, wanted: Callable[[str], bool]) -> Iterator[html.HtmlElement]:
        """The small elements whose class is `wanted`, in the order of the page.

        `words` is an RE2 expression for what each such class has in it somewhere, letter case aside: it goes through
        all classes of a page as one text, so that few are looked at closely.
        """
        lines = linear(f"(?im)^.*(?:{words}).*$").findall(self._names)
        names = {named for named in map(bytes.decode, lines) if wanted(named)}
        found = (element for named, element in self._named if named in names) if names else ()
        return (element for element in found if element.tag in _SMALL)

    def links(self, path: re.Pattern[str]) -> Iterator[html.HtmlElement]:
        """The links of the page whose address has that path, at most `MOST_ELEMENTS`."""
        found = (link for address, link in self._links if path.search(address, 0, LONGEST_PATH))
        return islice(found, MOST_ELEMENTS)

    def aside(self, element: html.HtmlElement) -> bool:
        """Whether the element stands in navigation, a page's footer, comments or a list of other articles."""
        parent = element.getparent()
        if parent is None:
            return False
        known = self._known.get(parent)
        if known is None:
            known = self._known[parent] = self._is_aside(parent)
        return known

    def aside_of_article(self, element: html.HtmlElement) -> bool:
        """As `aside`; what the `article` that holds the headline has as navigation or a footer is its own."""
        if not self.aside(element):
            return False
        for place in element.iterancestors():
            if place in self._around:
                return bool(place.tag != "article")
            named = place.get("class") or ""
            if place.tag in _ASIDE - {"nav"} or (place.tag not in {"nav", "footer"} and _ASIDE_CLASS.search(named)):
                return True
        return True

    def _is_aside(self, element: html.HtmlElement) -> bool:
        footer = False
        for place in (element, *element.iterancestors()):
            tag = place.tag
            if tag in _ASIDE:
                return True
            if place in self._around:
                return footer and not any(map(_is_article, (place, *place.iterancestors())))
            is_footer, is_article, is_aside = _kinds((place.get("class") or "")[:LONGEST_CLASS])
            if tag == "footer" or is_footer:
                footer = True
            elif tag == "article" or is_article:
                footer = False  # an article may have one of its own
            if is_aside and tag not in {"html", "body", "main", "article"}:
                return True
        return footer


def _is_tag(rel: str) -> bool:
    """Whether a link is to a tag; `category tag` is to the section that an article is in, as blogs have it."""
    kinds = rel.casefold().split()
    return "tag" in kinds and "category" not in kinds


def _is_crumb(heading: html.HtmlElement) -> bool:
    """Whether the heading is the last of a page's breadcrumbs, which often has a shorter title than the article."""
    named = (
        f"{each.get('class') or ''} {each.get('itemtype') or ''} {each.get('itemprop') or ''}".casefold()
        for each in islice(heading.iterancestors(), CRUMB_DEPTH)
        if each.tag in _CRUMBS
    )
    return any("breadcrumb" in name or "itemlistelement" in name for name in named)


def _titles(tree: html.HtmlElement) -> Iterator[str]:
    """What the head of a page says that its title is."""
    for element in islice(tree.iter("title"), 1):
        yield short(element, LONGEST_TITLE)
    for element in islice(tree.iter("meta"), MOST_ELEMENTS):
        if element.get("property") == "og:title":
            yield (element.get("content") or "")[:LONGEST_TITLE]


def _is_article(element: html.HtmlElement) -> bool:
    return element.tag == "article" or _kinds((element.get("class") or "")[:LONGEST_CLASS])[1]


@functools.lru_cache(maxsize=4096)
def _kinds(named: str) -> tuple[bool, bool, bool]:
    """Whether a class says that its element is a page's footer, an article, or a list of other things."""
    patterns = (_FOOTER_CLASS, _ARTICLE_CLASS, _ASIDE_CLASS)
    footer, article, aside = (pattern.search(named) is not None for pattern in patterns)
    return footer, article, aside


def headlines(page: Page) -> Iterator[Witness]:
    """The h1 elements, else the h2 that stands for one; the page's title; and the language it says it is in."""
    for element in page.headings:
        if not page.aside(element):
            yield from _with_headline(element, "h1")
    if page.headline is not None and page.headline.tag == "h2":
        yield from _with_headline(page.headline, "h2")
    title = page.tree.find("head/title")
    if title is None:
        title = page.tree.find("title")
    if title is not None:
        yield Witness("title", short(title, LONGEST_TITLE), "title")
    language = page.tree.get("lang") or page.tree.get("xml:lang")
    if language:
        yield Witness("language", language, "html:lang")


def _with_headline(heading: html.HtmlElement, origin: str) -> Iterator[Witness]:
    yield Witness("title", _heading(heading), origin)
    if without := _without_kicker(heading):
        yield Witness("title", without, f"{origin}:headline")


def _heading(element: html.HtmlElement, *, but: Container[html.HtmlElement] = ()) -> str:
    """A heading's text as it is seen: a word that runs over two elements stays whole, two lines stay apart."""
    text = ""
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if part in but or any(place in but for place in part.iterancestors()):
            piece = (part.tail or "") if event == "end" and part in but else ""
        elif event == "start":
            piece = (part.text or "") if isinstance(part.tag, str) and part.tag not in _SILENT else ""
        else:
            piece = (part.tail or "") if part is not element else ""
        runs_on = bool(text) and (
            (text[-1:].isalnum() and piece[:1].islower()) or piece[:1] in {":", ",", ".", "!", "?", ";"}
        )
        text += ("" if runs_on and part.tag not in _BREAKING else " ") + piece
        if len(text) > 4 * LONGEST_TITLE:
            return ""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_TITLE else ""


def _without_kicker(heading: html.HtmlElement) -> str:
    """The heading without the kicker that an element in it says it is; "" where there is none."""
    kickers = [part for part in heading.iterdescendants() if _KICKER.search(part.get("class") or "")]
    return _heading(heading, but=kickers[:4]) if kickers else ""


def tags(page: Page, *, is_above: Callable[[html.HtmlElement], bool]) -> Iterator[Witness]:
    """What the article is filed under: links with rel=tag, links in an element called its tags, links to topics.

    `is_above` tells what stands above the headline, where sites have the topics of the day.
    """
    for element in islice(page.with_rel_tag, MOST_ELEMENTS):
        if not page.aside_of_article(element):
            yield Witness("tag", short(element, LONGEST_TAG), "rel:tag")
    yield from _called_tags(page, is_above)
    yield from _to_topics(page, is_above)


def _called_tags(page: Page, is_above: Callable[[html.HtmlElement], bool]) -> Iterator[Witness]:
    """The links in elements called tags; those above the headline only where none is below it."""
    above: list[html.HtmlElement] = []
    below: list[html.HtmlElement] = []
    for element in islice(page.called(_TAGS_WORDS, _is_tags_class), MOST_ELEMENTS):
        links = [element] if element.tag == "a" else list(islice(element.iter("a"), MOST_TAGS + 1))
        if 0 < len(links) <= MOST_TAGS and not page.aside_of_article(element):
            (above if is_above(element) else below).extend(links)
    for link in below or above:
        yield Witness("tag", short(link, LONGEST_TAG), "class:tags")


def _to_topics(page: Page, is_above: Callable[[html.HtmlElement], bool]) -> Iterator[Witness]:
    """The first list of links to topics (`/tag/railway`, `/thema/streik`); one in a sentence is none."""
    lists: dict[html.HtmlElement, dict[str, None]] = {}
    for link in page.links(_TOPIC_PATH):
        if (name := short(link, LONGEST_TAG)) and not page.aside_of_article(link) and not is_above(link):
            parent = link.getparent()
            if parent.tag in _WRAPPING and parent.getparent() is not None and short(parent, LONGEST_TAG) == name:
                parent = parent.getparent()
            lists.setdefault(parent, {}).setdefault(name)
    for parent, names in lists.items():
        if any(_NO_TOPICS.search(each.get("class") or "") for each in islice((parent, *parent.iterancestors()), 6)):
            continue
        beside = sum(len(text) for text in (parent.text or "", *(each.tail or "" for each in parent)) if text.strip())
        if LEAST_TOPICS <= len(names) <= MOST_TAGS and beside < LONGEST_TAG and parent.tag not in _SENTENCES:
            yield from (Witness("tag", name, "link:tag") for name in names)
            break  # further lists are of what others read


def short(element: html.HtmlElement, limit: int) -> str:
    """The element's text if it is no longer than `limit`, else nothing; stops reading when it is longer."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        if text := " ".join(part[: 4 * limit].split()):
            size += len(text) + 1
            if size > limit + 1:
                return ""
            parts.append(text)
    return " ".join(parts)


@functools.lru_cache(maxsize=4096)
def _is_tags_class(named: str) -> bool:
    return bool(_TAGS_CLASS.search(named)) and not _NO_TAGS_CLASS.search(named)
