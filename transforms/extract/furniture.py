"""What a page itself states to be no part of its article, taken out of the tree before extraction.

A page says so by an element's kind (`nav`, `figcaption`), by its role or state (`role="tooltip"`, `hidden`), or by the
name that its authors gave it (`class="author-bio"`). Whatever is not stated stays, as a line that rules may explain.
Names are words of the trade, read as whole words (`promo-content`, `mediaInfo`), never parts of one. What holds the
headline, or much of the page's running text, is not furniture whatever it is called: `<body class="paywall">`.
"""

import functools
import re
from collections.abc import Iterable

from lxml import etree, html

from transforms.pattern import linear

# Kinds of elements that hold no text of an article: programs, pictures, controls, navigation.
_KINDS = (
    "script", "style", "template", "svg", "math", "canvas", "iframe", "object", "embed", "applet", "audio", "video",
    "map", "nav", "button", "select", "datalist", "dialog", "textarea", "progress", "input", "menuitem",
    "amp-sidebar", "amp-ad", "amp-sticky-ad", "amp-social-share", "amp-consent", "amp-user-notification", "amp-embed",
    "amp-lightbox", "amp-next-page", "amp-img", "amp-video", "amp-audio", "amp-iframe", "amp-analytics",
)  # fmt: skip
_ROLES_TEXT = "navigation search tooltip dialog alertdialog menu menubar toolbar banner complementary contentinfo"
_ROLES = frozenset(_ROLES_TEXT.split())

# The words that name furniture, each an expression, and what they stand for. Each was looked up in the elements of 271
# labelled pages: where it held words of an article, it was left out or narrowed (Nov 2026).
_NAMES = r"""
# Posts of other sites that a script turns into a box: the words of others, quoted whole.
twitter-(?:tweet|video) instagram-media tiktok-embed fb-(?:post|video) reddit-(?:embed|card)\w* bluesky-embed
mastodon-embed text-post-media imgur-embed-pub
# Other articles: teasers, recommendations, lists of the most read; the networks that sell such lists.
promos? related recirc\w* recommend(?:s|ed|ation|ations|er) most-?(?:read|popular|viewed|shared|commented) trending
up-?next also-?read read-?also more-?(?:on|from|news|stories|articles) outbrain taboola plista zergnet news-?ticker
empfehlung(?:en)? mehr-zum-thema zum-thema lesen-sie-auch meistgelesen relacionad[ao]s articles?-lies lire-aussi
teaser-(?:card|list|box) (?:recent|latest|neueste)-?(?:articles|posts|stories|news|artikel) carousel
# Who the author is.
(?:author|autor|auteur|writer|contributor)s?-?(?:bio|box|card|info|profile|about|description|vita|portrait)\w*
bio(?:graphy)?-?(?:text|box)? about-(?:the-)?authors?
# What the house asks of the reader: subscribe, sign up, pay, accept, log in, install.
newsletter-?(?:box|form|sign-?up|teaser|promo|widget|subscribe|subscription|cta|banner|inline)? sign-?up-?(?:form|box)
(?:paywall|piano|subscribe|subscription|abo|donat(?:e|ion)|cookie|consent|app|cta)-?(?:box|notice|teaser|offer|banner)
(?:paywall|piano|subscribe|subscription|abo|donat(?:e|ion)|cookie|consent|app|cta)-?(?:bar|overlay|message|promo|buttons?)
(?:paywall|piano|subscribe|subscription|abo|donat(?:e|ion)|cookie|consent|app|cta)-?(?:hint|layer|wall|footer|bottom\w*)
cookie-?consent (?:footer-|inline-|article-)cta call-to-action (?:access|reg|registration)-?wall
(?:modal|pop-?up)-?(?:dialog|content|body|box|container|wrapper|overlay|window)
# Readers' voices and tools.
comments?-?(?:list|section|area|form|thread|block|wrapper)? disqus\w* share sharing
share-?(?:bar|buttons|box|tools|links)
social-?(?:share|sharing|bar|links|media|icons|buttons) add-?to-?any follow-?us breadcrumbs? pagination
skip-?(?:link|to-content) tool-?tip\w*
# Words for screen readers only.
sr-only screen-?reader(?:-text|-only)? visually-?hidden a11y-hidden
# What SingleFile found hidden when it saved the page.
sf-hidden
# What is said of a picture, a film or a recording: the captions and their credits.
(?:wp-|photo-|image-|media-|video-|img-|picture-|bild-?)?(?:caption|credits?|copyright|legend)s?(?:-text)?
bildunterschrift bildnachweis bildtext bildquelle fotograf absatzbild lightbox
(?:photo|foto|image|img|picture|bild)-?(?:gallery|galerie|info|unterzeile)
(?:photo|foto|image|img|picture|bild)(?:-|__)?(?:description|beschreibung)
(?:audio|video|podcast|media)-?(?:player|info|meta|title|heading|headline|description|teaser)\w*
# What archives and AMP put on top of a page: the Wayback Machine's toolbar, consent.
wm-ipp(?:-\w+)? donato amp-(?:user-notification|consent)
# Advertisements.
advert(?:s|isement|ising|orial)? ad-?(?:slot|container|wrapper|unit|label|banner) sponsored? anzeige werbung
"""
_WORDS = "|".join(" ".join(line for line in _NAMES.splitlines() if not line.startswith("#")).split())
# A name as a whole, or at its end, or with one more word behind it: `promo`, `article-promo`, `promo-content`.
_NAMED = rf"(?:^|[-_])(?:{_WORDS})(?:$|__|--|[-_][a-z0-9]+$)"
_ANYWHERE = _WORDS.replace("-", "-?")  # what a name has in it before its words are parted: `fbPost` for `fb-post`

# Words that begin a name which says what a page has or is about, not what the element is: `tag-newsletter`,
# `with-sidebar`, `post-paywall`.
_ABOUT = re.compile(
    r"(?:tags?|category|cat|topic|type|status|format|has|have|no|not|hide|show|is|js|with|without|single|page|section|"
    r"theme|template|before|after|post|lg|md|sm|xl|wp-block-group|u|data)[-_:]"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# Elements that a name makes furniture. Headings are not among them: their ids are made of their words.
_NAMEABLE_TEXT = """
div section aside p span ul ol li dl dd figure blockquote details table header footer article a small cite em strong
"""
_NAMEABLE = frozenset(_NAMEABLE_TEXT.split())

LONGEST_NAME = 120  # characters of a name that is read
LONGEST_NAMES = 1_000  # characters of a class that are read
# What holds this share of a page's text or of its paragraphs is not furniture, whatever it is called ("post-paywall").
MUCH = 0.3
MOST_READ = 1_000  # times that much text is read to find out; names within names could go on for ever
LONG_PARAGRAPH = 80  # characters
LONGEST_CELL = 600  # characters; a table with a longer one lays out a page

_LAYOUT_TABLES = etree.XPath(
    f"//table[not(tr/th or */tr/th or caption)][.//table or .//h1 or .//td[count(p) > 1 or count(br) > 3 or "
    f"string-length(normalize-space(.)) > {LONGEST_CELL}]]"
)
_ROWS = etree.XPath("tr | tbody | thead | tfoot | tbody/tr | thead/tr | tfoot/tr")
# A link around blocks is the teaser of another article: of 270 pages 11,523 words stand in such links, 12 of articles.
_CARDS = etree.XPath(
    "//a[@href][not(p[3])][h2 or h3 or h4 or h5 or p or div or ul or section or article or header]"
    " | //p[contains(@class, 'line-clamp')]"
)
# The questions of a list that folds are buttons within headings.
_QUESTIONS = etree.XPath("//*[self::h2 or self::h3 or self::h4 or self::h5]//button")
_COMPONENTS = etree.XPath("//template[@shadowrootmode or @shadowroot]")
# A field for a mail address, and the words around it: no word of an article stood in such a box (271 pages, Nov 2026).
_ADDRESSES = etree.XPath("//input[@type='email']")
_BOXES_OF_FORMS = frozenset(("div", "section", "aside", "form", "fieldset", "span", "label", "p"))
LONGEST_FORM = 400  # characters
MOST_FORMS = 50  # of a page that are looked at
_BARE = re.compile(
    r"(?:^|[\s:])(?:list-none|list-unstyled|list-inline|no-?bullets?|list-reset|list-style-none|none)(?:$|[\s;])"
)
_NUMBER = re.compile(r"[0-9]{1,4}")
_HOLDERS = frozenset(("p", "div"))  # of an item's first words; a heading tells itself what it counts, a card nothing
_INLINE = frozenset(
    ("a", "abbr", "b", "cite", "code", "em", "i", "mark", "q", "s", "small", "span", "strong", "time", "u")
)
_BOXES = etree.XPath("boolean(.//div or .//p or .//h2 or .//h3 or .//h4 or .//ul or .//img)")
_UNSEEN = re.compile(r"display\s*:\s*none")
_SIZE = etree.XPath("string-length(normalize-space(.))")
_PARAGRAPHS = etree.XPath(f"count(.//p[string-length(normalize-space(.)) >= {LONG_PARAGRAPH}])")


def prune(tree: html.HtmlElement) -> None:
    """Take out of `tree` what the page states to be furniture. The first headline and what holds it stay."""
    headline = next(tree.iter("h1"), None)
    spared = set() if headline is None else {headline, *headline.iterancestors()}
    spared.update(tree.iter("html", "body", "main"))
    _figures(tree)
    _layout(tree)
    _unfold(tree)
    for field in _ADDRESSES(tree)[:MOST_FORMS]:
        _drop(_form_around(field))
    etree.strip_elements(tree, *_KINDS, with_tail=False)
    body = tree.find("body")
    if body is None:
        return
    _number(tree)
    text, paragraphs = MUCH * _SIZE(body), MUCH * _PARAGRAPHS(body)
    read = 0.0
    for element in [*_CARDS(tree), *_stated(tree)]:
        size = _SIZE(element)
        read += size
        if read > MOST_READ * text:
            break
        if element not in spared and size <= text and _PARAGRAPHS(element) <= paragraphs:
            _drop(element)


def _stated(tree: html.HtmlElement) -> list[html.HtmlElement]:
    """The elements that a role, a state or a name states to be furniture."""
    states: list[html.HtmlElement] = []
    named: list[tuple[str, html.HtmlElement]] = []
    for element in tree.iter():  # one walk: an XPath for each question takes as long
        get = element.get
        if value := get("class"):
            named.append((value, element))
        if value := get("id"):
            named.append((value, element))
        role, style = get("role"), get("style")
        hidden = get("hidden") is not None or (style and _UNSEEN.search(style))
        if hidden or (role and role.casefold() in _ROLES):
            states.append(element)
    words = {value: value[:LONGEST_NAMES].split() for value in dict.fromkeys(value for value, _ in named)}
    furniture = _furniture_among({name for names in words.values() for name in names})
    wanted = {value for value, names in words.items() if not furniture.isdisjoint(names)}
    by_name = (element for value, element in named if value in wanted)
    nameable = (each for each in by_name if each.tag in _NAMEABLE or (isinstance(each.tag, str) and "-" in each.tag))
    return [*states, *nameable]


def _furniture_among(names: Iterable[str]) -> set[str]:
    """Those of the names that are words for furniture; all are looked through as one text, as few have such words."""
    found = linear(rf"(?im)^.*(?:{_ANYWHERE}).*$").findall("\n".join(names).encode())
    return set(filter(_names_furniture, map(bytes.decode, found)))


@functools.lru_cache(maxsize=32_768)
def _names_furniture(name: str) -> bool:
    if len(name) > LONGEST_NAME:
        return False
    name = _HUMP.sub("-", name).lower()
    return linear(_NAMED).search(name) is not None and _ABOUT.match(name) is None


def _figures(tree: html.HtmlElement) -> None:
    """A figure around a quote or a table is no picture: it becomes a plain block; every other one goes."""
    for figure in list(tree.iter("figure")):
        if next(figure.iter("blockquote", "table", "pre"), None) is not None:
            figure.tag = "div"
            if "pullquote" in (figure.get("class") or ""):  # whose words they are stands in the text
                etree.strip_elements(figure, "cite", "figcaption", with_tail=False)
        else:
            _drop(figure)
    for caption in list(tree.iter("figcaption")):
        box = caption.getparent()
        if box is not None and box.find(".//blockquote") is None and box.find(".//table") is None:
            _drop(caption)


def _layout(tree: html.HtmlElement) -> None:
    """Tables that lay out a page, as all did before 2005, become plain blocks; tables of data stay."""
    for table in _LAYOUT_TABLES(tree):
        for element in [*_ROWS(table), table]:
            element.tag = "div"
    for cell in tree.iter("td"):
        if (row := cell.getparent()) is not None and row.tag == "div":
            cell.tag = "div"


def _unfold(tree: html.HtmlElement) -> None:
    """Text in elements that else hold none: questions that are buttons, and components that a saved page spells out."""
    for element in [*_QUESTIONS(tree), *_COMPONENTS(tree)]:
        element.drop_tag()


def _form_around(field: html.HtmlElement) -> html.HtmlElement:
    """The box that asks for a mail address, with the words that it asks by."""
    box = field
    while (parent := box.getparent()) is not None and parent.tag in _BOXES_OF_FORMS:
        if _SIZE(parent) > LONGEST_FORM or parent.find(".//h1") is not None:
            break
        box = parent
    return box


def _number(tree: html.HtmlElement) -> None:
    """Items of a numbered list begin with their number, as everybody sees them who reads the page."""
    for numbered in tree.iter("ol"):
        if numbered.get("type", "1") != "1" or numbered.get("reversed") is not None or _is_bare(numbered):
            continue
        start = numbered.get("start") or "1"
        first = int(start) if _NUMBER.fullmatch(start) else 1
        for number, item in enumerate(numbered.iterchildren("li"), first):
            within = item
            while not (within.text or "").strip() and len(within) and within[0].tag in _HOLDERS:
                within = within[0]
            text = (within.text or "").lstrip()
            if not text and (not len(within) or within[0].tag not in _INLINE or _BOXES(within[0])):
                continue
            if not text[:1].isdigit():
                within.text = f"{number}. {text}"


def _is_bare(numbered: html.HtmlElement) -> bool:
    """Whether a list's looks are without numbers, as the names of the usual style sheets have it."""
    return _BARE.search(f"{numbered.get('class') or ''} {numbered.get('style') or ''}"[:LONGEST_NAMES]) is not None


def _drop(element: html.HtmlElement) -> None:
    """Take the element out, not the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()
