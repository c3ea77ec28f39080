"""The dates that a page shows of itself: what is marked, called or labelled one, and what stands by the headline.

Where a date stands decides whose it is. Statements come from the article's own place; what stands in navigation,
comments, footers and lists of other stories is left out. What stands in a margin is told apart (`margin:…`), and dates
of one make that differ from each other are a list, which is about other things. Verbatim, nothing judged.

| origin | what it is |
|---|---|
| `itemprop:datePublished`, `rdfa:dc:date` | an element whose property says so |
| `time` | a `time` element |
| `class:date` | an element that is called a date |
| `labelled` | text behind a label: `Veröffentlicht am 25.11.2024` |
| `h1:near` | text beside the headline that is a date and little else |
| `lone` | the only date in the article's place that stands for itself, far from the headline |
| `margin:time`, `margin:class:date` | the same in a margin |
| `page` (field `shown`) | a date anywhere in the page's text: a witness that what markup states is there to be seen |
"""

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Literal

from lxml import etree, html

from backfile.article import Witness
from transforms import hygiene
from transforms.extract import date_labels, visible

LONGEST_DATE = 80  # characters of an element that holds nothing but a date
LONGEST_LABELLED = 200  # characters of a piece of text in which a label and a date are looked for
LONGEST_REST = 40  # letters beside the date in a piece of text that is a date and little else: a label, a name
LONGEST_BEHIND_STATE = 6  # letters behind "Stand: 25.11.2024, 19:45 Uhr"; more belong to a sentence
RUNNING = 80  # characters of a piece of running text
MOST_PIECES = 20_000  # of a page's text that are looked at; of 401 pages none has more than 9,000 (Nov 2026)
MOST_ELEMENTS = 500  # of one kind that are looked at
MOST_DATES = 400  # pieces of a page's text with a date that are looked at; a page with more is a list
MOST_SHOWN = 60  # dates that are told to be shown
LONGEST_TEASER = 600  # characters of the box of another story, with headline and lead
LEAST_HEADLINE = 8  # letters of a headline that is looked for in the page's title
LEAST_SUBHEADLINE = 20  # of one that is no h1, on a page that has an h1
MOST_HEADINGS = 60  # of a page that are looked at for it
BEFORE_HEADLINE = 6  # pieces of text above the headline among which its date may stand
LEAST_LONE = 8  # characters of a date that stands for itself: no month, no 1.2.24
BEHIND_HEADLINE = 30  # and below it

_MONTH = (
    r"(?:jan|feb|fév|mär|mrz|maa|mar|apr|avr|abr|mai|may|mei|mag|maj|maio|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|sie|okt|"
    r"oct|out|ott|nov|dez|dec|déc|dic|jän|ene|gen|sty|lut|kwi|cze|lip|wrz|paź|lis|gru)[^\W\d_]{0,9}"
)
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}(?:\s?[-/.月]\s?\d{1,2}日?)?(?:[T\s]\d\d:\d\d\S{0,12})?"
    r"|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:(?:19|20)\d\d|\d\d)(?![.,]?\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.|º|°)?[\s-]+(?:de\s|of\s)?{_MONTH}\.?,?[\s-]+(?:de\s|del\s)?(?:(?:19|20)\d\d|'\d\d)"
    rf"|\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d"
    rf"|\b{_MONTH}\.?,?\s+(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
# Figures that may be of a year: 19… and 20…, or the two last ones. What follows those may be another match.
_YEAR = re.compile(r"[\d'](?:((?<=1)9|(?<=2)0)|(?<=\d)(?=\s?[./-]\s?\d\d(?!\d))|(?<=')(?=\d\d))")
_PERIOD = re.compile(r"^\s*(?:[–—-]|(?:bis|to|until|au|al?|do|tot|até)\b)\s*(?=\d|\w+\s\d)", re.IGNORECASE)
_PERIOD_BEFORE = re.compile(r"\d\.?\s*(?:[–—-]|bis|to|and|und|&|/|au|al|do)\s*$", re.IGNORECASE)
_AGO = re.compile(
    r"\b(?:vor|il y a|hace|há)\s+\w+\s+\w+|\b\w+\s+\w+\.?\s+(?:ago|fa|temu|geleden|siden|sedan|atrás)\b|"
    r"^(?:gestern|heute|yesterday|today|aujourd'hui|hier(?=,?\s(?:à|\d))|ayer|hoy|ieri|oggi|wczoraj|dzisiaj|dziś|ontem|hoje|"
    r"gisteren|vandaag)\b",
    re.IGNORECASE,
)
_TEASER = etree.XPath("boolean(.//*[self::h2 or self::h3 or self::h4 or self::h5][.//a or parent::a])")
_DATE_PROPERTIES = {
    "datepublished": "published", "schema:datepublished": "published", "dc:date": "published",
    "dc:created": "published",
    "dcterms:created": "published", "dcterms:issued": "published", "datemodified": "updated",
    "schema:datemodified": "updated", "dc:modified": "updated", "dcterms:modified": "updated",
}  # fmt: skip
_OTHER_SCOPE = re.compile(
    r"(?:Review|Comments?|Answer|\w*Application|Product\w*|\w*Event|Offer|\w*Rating|ImageObject|Person|JobPosting)/?$"
)
_DATE_WORDS = "dat[aeu]|fecha|time|publish|posted|veroeffentlicht|erschienen|modified|zeit"  # in all of the next
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|datum|fecha|data|time|timestamp|published?|pub-?date|publish-?(?:date|time)|posted(?:-on)?|"
    r"veroeffentlicht|erschienen|entry-?date|post-?date|postdate|dateline|dt-(?:published|updated)|(?:last-?)?(?:updated|modified)|"
    r"create-?date|createdate|date-?time|datetime|zeit|meta-?date|artikel-?datum)(?:$|[\s_-])"
)
_NO_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:events?|countdown|timeline|duration|read|reading|lesezeit|comments?|calendar|kalender|birth\w*|termine?|"
    r"opening|hours|updates|price|review|author-?since|database|dateien?)(?:$|[\s_-])"
)
_UPDATED_CLASS = re.compile(r"updat|modif|aktualisiert|changed|edited|revised")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comments?|kommentare?|commentlist|disqus|related|relacionad[ao]s|recirc|recommend\w*|popular|"
    r"most[\s_-]?(?:read|viewed|popular)|more[\s_-]?(?:news|stories|articles|posts)|read[\s_-]?more|newsletter|menu|nav|"
    r"navbar|navigation|ticker|breaking|trending|up[\s_-]?next|archives|calendar|kalender|cookie|consent|pagination|"
    r"breadcrumbs?|caption|bildunterschrift|pic-?box|gallery|replies|signature|footnotes?|references|copyright)(?:$|[\s_-])"
)
_TEASERS = re.compile(  # of other stories and things, if they do not stand by the headline
    r"(?:^|[\s_-])(?:teasers?|latest|recent|carousel|slider|swiper|promo|events?|archiv|prev(?:ious)?|next|reviews?|"
    r"ratings?|listing|(?<!\bh-)card)(?:$|[\s_-])"
)
_MARGIN = re.compile(
    r"(?:^|[\s_-])(?:side-?bar|widget(?:[\s_-]?area)?|rail|col-right|right-col|marginal\w*)(?:$|[\s_-])"
)
_OTHER_TAGS = frozenset({"nav", "form", "select", "button", "figcaption", "figure", "blockquote", "dialog"})
_INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "time", "u"})
_SILENT = frozenset({"script", "style", "noscript", "option", "template", "textarea"})
_NEVER = frozenset({"html", "body", "main", "article"})  # names on these say what kind of page it is
_ORIGINS = ("time", "class:date", "labelled", "h1:near", "lone", "margin:", "page")

Place = Literal["article", "margin", "teaser", "other"]
_PLACES: tuple[Place, ...] = ("article", "margin", "teaser", "other")


def is_shown(origin: str) -> bool:
    """Whether the statement was read from what a page shows, by the look of it alone."""
    return origin.startswith(_ORIGINS)


@dataclass(frozen=True, slots=True)
class _Dated:
    """An element or a piece of text that states a date."""

    field: str
    text: str
    origin: str
    element: html.HtmlElement
    shown: str  # the text that is seen

    @property
    def make(self) -> tuple[object, ...]:
        """How it is made: dates of one make look alike on the page."""
        parent = self.element.getparent()
        names = () if parent is None else (parent.tag, parent.get("class"))
        return (self.element.tag, self.element.get("class"), *names)


def witnesses(page: visible.Page, pieces: "Pieces") -> Iterator[Witness]:
    """The statements of dates in the page's visible part, the strongest kinds first."""
    places = pieces.places
    yield from _marked(page, places)
    found = [*_times(page, pieces), *_called(page, pieces), *pieces.labelled(), *pieces.near(), *pieces.lone()]
    yield from _own(found, places, pieces)
    for text in dict.fromkeys(islice(pieces.shown(), MOST_SHOWN)):
        yield Witness("shown", text, "page")


def _own(found: list[_Dated], places: "Places", pieces: "Pieces") -> Iterator[Witness]:
    """The statements that are the article's by their place, without those of a list."""
    texts: dict[tuple[object, ...], set[str]] = {}
    for each in found:
        if each.field == "published" and places.of(each.element) in {"article", "margin"}:
            texts.setdefault(each.make, set()).add(each.shown)
    taken: set[tuple[object, ...]] = set()  # makes of lists that have given their one date, the one by the headline
    for each in found:
        place = places.of(each.element)
        listed = each.field == "published" and len(texts.get(each.make, ())) > 1
        if pieces.is_near(each.element):
            if place == "other" or (listed and (each.make, each.origin) in taken):
                continue
            if listed and places.is_teaser(each.element):
                continue
            if listed:
                taken.add((each.make, each.origin))
            yield Witness(each.field, each.text, each.origin)
        elif listed or place in {"other", "teaser"} or pieces.is_above(each.element) or places.is_teaser(each.element):
            continue
        else:
            yield Witness(each.field, each.text, f"margin:{each.origin}" if place == "margin" else each.origin)


def _marked(page: visible.Page, places: "Places") -> Iterator[Witness]:
    """Elements whose property, in microdata or RDFa, says that they are the article's date."""
    for element in islice(page.with_itemprop, MOST_ELEMENTS):
        for name in element.get("itemprop").split():
            field = {"datepublished": "published", "datemodified": "updated"}.get(name.casefold())
            if field and element.tag != "meta" and places.of(element) != "other" and _is_of_article(element):
                stated = element.get("datetime") or element.get("content") or visible.short(element, LONGEST_DATE)
                yield Witness(field, stated, f"itemprop:{name}")
    for element in islice(page.with_property, MOST_ELEMENTS):
        for name in element.get("property").split():
            field = _DATE_PROPERTIES.get(name.casefold())
            if field and places.of(element) != "other":
                stated = element.get("content") or element.get("datetime") or visible.short(element, LONGEST_DATE)
                yield Witness(field, stated, f"rdfa:{name}")


def _is_of_article(element: html.HtmlElement) -> bool:
    """Whether the thing that the element belongs to may be an article: it is no review, comment, product or event."""
    scope = next((each for each in element.iterancestors() if each.get("itemscope") is not None), None)
    kind = (scope.get("itemtype") or "") if scope is not None else ""
    return _OTHER_SCOPE.search(kind) is None


def _times(page: visible.Page, pieces: "Pieces") -> Iterator[_Dated]:
    """The `time` elements."""
    for element in islice(page.tree.iter("time", "relative-time"), MOST_ELEMENTS):
        text = visible.short(element, LONGEST_DATE)
        kind = _kind(element, text, pieces)
        if kind != "other" and (element.get("itemprop") is None or _is_of_article(element)):
            yield _Dated(
                _field(kind), element.get("datetime") or text, "time", element, text or element.get("datetime") or ""
            )


def _called(page: visible.Page, pieces: "Pieces") -> Iterator[_Dated]:
    """The small elements that are called a date; of one within another the inner one."""
    for element in islice(page.called(_DATE_WORDS, _is_date_class), MOST_ELEMENTS):
        text = visible.short(element, LONGEST_DATE)
        if not (any(map(str.isdigit, text)) or _AGO.search(text)) or element.tag == "time":
            continue
        if element.find(".//time") is None and (kind := _kind(element, text, pieces)) != "other":
            stated = element.get("title") if element.tag == "abbr" else None
            yield _Dated(_field(kind), stated or text, "class:date", element, text)


def _kind(element: html.HtmlElement, text: str, pieces: "Pieces") -> str:
    """What a label in or before the element, or its name, says of its date."""
    match = _DATE.search(text)
    inside = text[: match.start()] if match else text
    kind = date_labels.kind_of(inside) if inside.strip() else date_labels.kind_of(pieces.before(element))
    if not kind and _UPDATED_CLASS.search(_names(element)):
        return "updated"
    return kind


def _field(kind: str) -> str:
    return "updated" if kind == "updated" else "published"


class Places:
    """Whose the places of a page are."""

    def __init__(self, page: visible.Page) -> None:
        self.headline = _headline(page)
        self._around = frozenset() if self.headline is None else frozenset(self.headline.iterancestors())
        above = () if self.headline is None else self.headline.iterancestors("article")
        self._article = next(iter(above), None)
        self._known: dict[html.HtmlElement, Place] = {}

    def of(self, element: html.HtmlElement) -> Place:
        """Whose place it is by the names and kinds of what holds it, up to what holds the headline as well."""
        chain: list[html.HtmlElement] = []
        place: Place = "article"
        for each in (element, *element.iterancestors()):
            if each in self._known:
                place = self._known[each]
                break
            if each in self._around:
                break
            chain.append(each)
        for each in reversed(chain):
            if place != "other":
                place = max(place, _place(each), key=_PLACES.index)
            self._known[each] = place
        return place

    def is_of_article(self, element: html.HtmlElement) -> bool:
        """Whether the element is within the `article` that holds the headline; true where none does."""
        return self._article is None or any(each is self._article for each in element.iterancestors())

    def is_teaser(self, element: html.HtmlElement) -> bool:
        """Whether the date stands with a headline that links to another story, or is part of such a link."""
        for each in islice((element, *element.iterancestors()), 6):
            if each in self._around or each.tag == "body":
                return False
            text = visible.short(each, LONGEST_TEASER)
            if not text:
                return False
            if (each.tag == "a" and len(text) > LONGEST_DATE) or (each is not element and _TEASER(each)):
                return True
        return False


def _place(element: html.HtmlElement) -> Place:
    tag = element.tag
    if tag in _OTHER_TAGS:
        return "other"
    names = "" if tag in _NEVER else _names(element)
    if tag == "footer" or "footer" in names:
        within = any(each.tag == "article" for each in element.iterancestors()) or "entry" in names or "post" in names
        return "article" if within else "teaser"
    place = _place_named(names) if names else "article"
    return "margin" if tag == "aside" and place == "article" else place


@functools.lru_cache(maxsize=16_384)
def _place_named(names: str) -> Place:
    if _OTHERS.search(names):
        return "other"
    if _TEASERS.search(names):
        return "teaser"
    return "margin" if _MARGIN.search(names) else "article"


def _names(element: html.HtmlElement) -> str:
    """The element's class and id in words."""
    return _HUMP.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}"[:400]).lower()


def _headline(page: visible.Page) -> html.HtmlElement | None:
    """The h1 that the page's title has too, the longest of several; else another such heading; else the first h1."""
    title = page.tree.find(".//title")
    whole = "" if title is None else hygiene.letters(visible.short(title, LONGEST_TEASER))
    for kinds in (("h1",), ("h2", "h3")):
        best, longest = None, LEAST_HEADLINE - 1
        for heading in islice(page.tree.iter(*kinds), MOST_HEADINGS):
            text = hygiene.letters(visible.short(heading, LONGEST_TEASER))
            if len(text) > longest and (text in whole or whole.startswith(text[:60])):
                best, longest = heading, len(text)
        if best is not None and (kinds == ("h1",) or longest >= LEAST_SUBHEADLINE or page.headline is None):
            return best
    return page.headline


class Pieces:
    """The pieces of text that a page shows, in order."""

    def __init__(self, page: visible.Page) -> None:
        self.places = Places(page)
        body = page.tree.find("body")
        self.pieces: list[tuple[str, html.HtmlElement]] = []
        self._first: dict[html.HtmlElement, int] = {}  # of an element that holds text, the place of its first piece
        for text, element in islice(_texts(body), MOST_PIECES) if body is not None else ():
            self._first.setdefault(element, len(self.pieces))
            self.pieces.append((text, element))
        self.head = self._head()
        self._dates = list(islice(self._with_dates(), MOST_DATES))

    def _head(self) -> range:
        """Where the article's date stands: from just above the headline to its second paragraph of running text."""
        if self.places.headline is None:
            return range(0)
        inner = [self._first[each] for each in self.places.headline.iter() if each in self._first]
        if not inner:
            return range(0)
        start, seen, running = min(inner), set[html.HtmlElement](), 0
        for at in range(max(inner) + 1, min(len(self.pieces), max(inner) + BEHIND_HEADLINE)):
            text, element = self.pieces[at]
            if len(text) >= RUNNING and len(" ".join(text.split())) >= RUNNING:
                seen.add(element)
                running += 1
                if len(seen) == 2 or running == 3:
                    return range(max(0, start - BEFORE_HEADLINE), at)
        return range(max(0, start - BEFORE_HEADLINE), min(len(self.pieces), max(inner) + BEHIND_HEADLINE))

    def is_near(self, element: html.HtmlElement) -> bool:
        """Whether the element begins beside the headline."""
        at = self._at(element)
        return at is not None and at in self.head and self.places.is_of_article(element)

    def is_above(self, element: html.HtmlElement) -> bool:
        """Whether the element stands above the headline, where pages show today's date."""
        at = self._at(element)
        return at is not None and at < self.head.start

    def _at(self, element: html.HtmlElement) -> int | None:
        found = self._first.get(element)
        if found is None:
            found = next((self._first[each] for each in element.iterdescendants() if each in self._first), None)
        return found

    def before(self, element: html.HtmlElement) -> str:
        """The short piece of text right before the element, which may be its label."""
        at = self._at(element)
        return self._label(at) if at is not None else ""

    def _label(self, at: int) -> str:
        text = " ".join(self.pieces[at - 1][0].split()) if at else ""
        return text if len(text) <= LONGEST_DATE and not _DATE.search(text) else ""

    def _with_dates(self) -> Iterator[tuple[int, str, re.Match[str]]]:
        """The pieces with a date: place, text, and the first date in it."""
        for at in self._with_years():
            text = " ".join(self.pieces[at][0][:MOST_READ].split())
            if match := _DATE.search(text):
                yield at, text, match

    def _with_years(self) -> Iterator[int]:
        """The places of the pieces with figures that may be of a year; looked for in all pieces as one text."""
        ends = list(accumulate(len(raw) + 1 for raw, _ in self.pieces))
        last = -1
        for match in _YEAR.finditer("\0".join(raw for raw, _ in self.pieces)):
            at = bisect_right(ends, match.start())
            if at > last and (match[1] or len(self.pieces[at][0]) <= LONGEST_DATE):
                last = at
                yield at

    def labelled(self) -> Iterator[_Dated]:
        """Dates behind a label, in the piece or in the one before; not in running text."""
        for at, text, _ in self._dates:
            element = self.pieces[at][1]
            if len(text) > LONGEST_LABELLED:
                continue
            for match in islice(_DATE.finditer(text), 3):
                before = text[: match.start()]
                kind = date_labels.kind_of(before if before.strip() else self._label(at))
                if kind not in {"published", "updated", "state"} or _PERIOD.match(text[match.end() :]):
                    continue
                if _letters(text) - _letters(match[0]) > LONGEST_REST or not _stands_alone(element):
                    break
                if not _is_of_article(element):
                    break
                if kind == "state" and _letters(text[match.end() :]) > LONGEST_BEHIND_STATE:
                    break
                until = text[match.start() : match.start() + LONGEST_DATE]
                yield _Dated(_field(kind), _first_date(until), "labelled", element, text)

    def near(self) -> Iterator[_Dated]:
        """What stands beside the headline and is a date, or a way to say one, and little else."""
        for at in self.head:
            raw, element = self.pieces[at]
            if not self.places.is_of_article(element):
                continue
            text = " ".join(raw[: 4 * LONGEST_DATE].split())
            if len(text) > LONGEST_DATE:
                continue
            match = _DATE.search(text) or _AGO.search(text)
            if match is None or _PERIOD.match(text[match.end() :]):
                continue
            before = text[: match.start()]
            if _PERIOD_BEFORE.search(before):
                continue
            kind = date_labels.kind_of(before if before.strip() else self._label(at))
            if _letters(text) - _letters(match[0]) <= LONGEST_REST and kind != "other" and _is_of_article(element):
                yield _Dated(_field(kind), text, "h1:near", element, text)

    def lone(self) -> Iterator[_Dated]:
        """The date that stands for itself behind the article's beginning, if the page has only one such date."""
        found: list[_Dated] = []
        for at, text, match in self._dates:
            if at < self.head.stop or match[0] != text.strip(" .,|·•()") or len(match[0]) < LEAST_LONE:
                continue
            element = self.pieces[at][1]
            kind = date_labels.kind_of(self._label(at))
            if (
                kind in {"", "published"}
                and self.places.of(element) == "article"
                and not _is_data(element)
                and _is_of_article(element)
            ):
                found.append(_Dated("published", text, "lone", element, text))
        if found and len({each.text for each in found}) == 1:
            yield found[0]

    def shown(self) -> Iterator[str]:
        """Every date in the text, wherever it stands but with other stories."""
        for at, text, match in self._dates:
            if self.places.of(self.pieces[at][1]) != "other":
                yield match[0]
                yield from (each[0] for each in islice(_DATE.finditer(text, match.end()), 5))


MOST_READ = 2_000  # characters of a piece of text in which dates are looked for


def _texts(body: html.HtmlElement) -> Iterator[tuple[str, html.HtmlElement]]:
    """Each piece of text that is shown, with the element that it is in; without recursion."""
    for element in body.iter():
        if (text := element.text) and not text.isspace() and _is_seen(element.tag):
            yield text, element
        if (text := element.tail) and not text.isspace() and element is not body:
            yield text, element.getparent()


def _is_seen(tag: object) -> bool:
    return isinstance(tag, str) and tag not in _SILENT


def block(element: html.HtmlElement) -> html.HtmlElement:
    """The element, or what it stands in where it is a part of a line."""
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _stands_alone(element: html.HtmlElement) -> bool:
    """Whether what an inline element stands in is no paragraph of running text."""
    return element.tag not in _INLINE or bool(visible.short(block(element), LONGEST_LABELLED))


def _is_data(element: html.HtmlElement) -> bool:
    """Whether the element stands in running text, a table or a list of properties."""
    return not _stands_alone(element) or any(
        e.tag in {"td", "th", "dd", "dt"} for e in islice(element.iterancestors(), 3)
    )


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _first_date(text: str) -> str:
    """The text up to where a second date begins."""
    second = next(islice(_DATE.finditer(text), 1, None), None)
    return text[: second.start()].rstrip(" |,;·–—-(") if second else text


@functools.lru_cache(maxsize=16_384)
def _is_date_class(named: str) -> bool:
    names = _HUMP.sub("-", named[:400]).lower()
    return bool(_DATE_CLASS.search(names)) and not _NO_DATE_CLASS.search(names)
