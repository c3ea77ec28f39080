"""What a page's JSON-LD says about its article. Verbatim, nothing judged."""

import json
import re
from collections import deque
from collections.abc import Iterator

from lxml import html

from backfile.article import Json, Witness

MAX_JSON = 2_000_000  # characters of one script; the largest on 401 real pages has 30,082
MAX_NODES = 5_000  # JSON objects and lists of one page that are looked at

_ARTICLE_TYPES = re.compile(
    r"(?:^|/)(?:\w*Article|\w*BlogPosting|Report|Review|SocialMediaPosting|DiscussionForumPosting)$"
)
_WRAPPING = re.compile(
    r"^\s*(?:(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|<!--)|(?:(?://|/\*)?\s*\]\]>\s*(?:\*/)?|-->|;)\s*$"
)
_NEWS_TYPES = re.compile(r"(?:^|/)\w*NewsArticle$")
_OTHER_TYPES = re.compile(
    r"(?:^|/)(?:WebPage|VideoObject|AudioObject|PodcastEpisode|Recipe|HowTo|ItemPage|CreativeWork)$"
)
_DATED_TYPES = re.compile(rf"{_ARTICLE_TYPES.pattern}|(?:^|/)(?:VideoObject|AudioObject|PodcastEpisode|Recipe|HowTo)$")
_INNER = frozenset({"@graph", "mainEntity", "itemListElement", "hasPart", "item"})  # keys under which articles stand


def witnesses(tree: html.HtmlElement) -> Iterator[Witness]:
    """The statements about the article: of the nodes that are one, else of those that may stand for one."""
    found = list(nodes(tree))
    articles = [node for node in found if _is(node, _ARTICLE_TYPES)]
    others = (node for node in found if _is(node, _OTHER_TYPES) or "datePublished" in node)
    by_id = {str(node["@id"]): node for node in found if isinstance(node.get("@id"), str)}
    for node in articles or others:
        yield from _of_article(node, by_id)


def nodes(tree: html.HtmlElement) -> Iterator[dict[str, Json]]:
    """All objects of the page's JSON-LD, up to the limit, the page's first script first."""
    seen = 0
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").casefold() and script.text:
            for node in _parts(loaded(script.text)):
                seen += 1
                if seen > MAX_NODES:
                    return
                if isinstance(node, dict):
                    yield node


def loaded(text: str) -> Json:
    """The script's value; broken JSON is mended where it is broken in one of the usual ways, else None."""
    if len(text) > MAX_JSON:
        return None
    text = _WRAPPING.sub("", text)
    for mended in (text, re.sub(r",(\s*[}\]])", r"\1", text.replace("\u2028", " "))):
        try:
            return json.loads(mended, strict=False)  # type: ignore[no-any-return]
        except (ValueError, RecursionError):
            continue
    return None


def _parts(value: Json) -> Iterator[Json]:
    """All objects and lists within `value`, outermost first; without recursion."""
    queue: deque[Json] = deque([value])
    while queue:
        node = queue.popleft()
        yield node
        if isinstance(node, list):
            queue.extend(node[:MAX_NODES])
        elif isinstance(node, dict):
            queue.extend(part for key, part in node.items() if key in _INNER)


def _is(node: dict[str, Json], types: re.Pattern[str]) -> bool:
    return any(types.search(name) for name in _strings(node.get("@type")))


def _of_article(node: dict[str, Json], by_id: dict[str, dict[str, Json]]) -> Iterator[Witness]:
    headline = "json-ld" if _is(node, _NEWS_TYPES) else "json-ld:article"  # others write it for search engines
    for name in ("headline", "name", "alternativeHeadline"):
        for value in _strings(node.get(name))[:1]:
            yield Witness("title", value, f"json-ld:{name}" if name != "headline" else headline)
    dated = headline if _is(node, _DATED_TYPES) else "json-ld:page"
    for name, field in (
        ("datePublished", "published"),
        ("dateModified", "updated"),
        ("dateCreated", "created"),
        ("uploadDate", "created"),
    ):
        for value in _strings(node.get(name)):
            yield Witness(field, value, dated)
    for value, kind in _parties(node.get("author"), by_id) or _parties(node.get("creator"), by_id):
        yield Witness("agency" if kind.endswith("Organization") else "author", value, "json-ld")
    for value, _ in _parties(node.get("publisher"), by_id) or _parties(node.get("sourceOrganization"), by_id):
        yield Witness("publisher", value, "json-ld")
    yield from _about(node)
    for value in _strings(node.get("inLanguage")):
        yield Witness("language", value, "json-ld")
    page = node.get("mainEntityOfPage")
    for value in _strings(node.get("url")) + _strings(page.get("@id") if isinstance(page, dict) else page):
        yield Witness("url", value, "json-ld")


def _about(node: dict[str, Json]) -> Iterator[Witness]:
    """What the article is filed under, and where it was written or plays."""
    for value in _strings(node.get("keywords")):
        yield Witness("tag", value, "json-ld")
    for name in ("about", "mentions"):
        for value in _strings(node.get(name)):
            yield Witness("tag", value, f"json-ld:{name}")
    for name in ("dateline", "contentLocation", "locationCreated"):
        for value in _strings(node.get(name))[:1]:
            yield Witness("place", value, f"json-ld:{name}")


def _strings(value: Json) -> list[str]:
    """The texts in a value that may be one, or a list of them, or objects with a name."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, list):
        return [text for part in value[:100] if not isinstance(part, list) for text in _strings(part)]
    if isinstance(value, dict):
        return _strings(value.get("name") or value.get("@value"))
    return []


def _parties(value: Json, by_id: dict[str, dict[str, Json]]) -> list[tuple[str, str]]:
    """Names of persons or organisations with their type; a bare `@id` is looked up among the page's objects."""
    if isinstance(value, dict) and isinstance(value.get("@list"), list):
        value = value["@list"]
    found: list[tuple[str, str]] = []
    for part in value[:100] if isinstance(value, list) else [value]:
        node: Json = part
        if isinstance(part, dict) and "name" not in part and isinstance(part.get("@id"), str):
            node = by_id.get(str(part["@id"]), part)
        elif isinstance(part, str):
            node = by_id.get(part, part)
        kind = next(iter(_strings(node.get("@type"))), "") if isinstance(node, dict) else ""
        if not isinstance(node, list):
            found += [(name, kind) for name in _strings(node) or _in_parts(node)]
    return found


def _in_parts(node: Json) -> list[str]:
    """A person's name that stands in two parts."""
    parts = [node.get("givenName"), node.get("familyName")] if isinstance(node, dict) else []
    name = " ".join(part.strip() for part in parts if isinstance(part, str))
    return [name] if name.strip() else []
