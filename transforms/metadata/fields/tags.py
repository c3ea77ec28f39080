"""The tags of an article."""

from transforms import hygiene
from transforms.metadata import tags, titles
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.statements import Statements, is_containers

# The share of an origin's tags that are the article's, on the pages whose tags are known, two halves by site: JSON-LD
# .84 and .90, news_keywords .67 and 1.0, keywords .74 and .90, article:tag .76 and .93, rel=tag .84 and .38 to .95,
# about .80 and .85, links in an element called tags .35 to .80, the first list of links to topics .88 and .94 (Nov
# 2026). The latter is asked last all the same, as nobody calls it tags; and where it has all that JSON-LD or a meta
# element says, which is a section then.
WEIGHTS = {
    "config": 1.0,
    "json-ld": 0.87,
    "meta:news_keywords": 0.84,
    "meta:keywords": 0.82,
    "meta:article:tag": 0.81,
    "rel:tag": 0.7,
    "json-ld:mentions": 0.66,
    "json-ld:about": 0.65,
    "class:tags": 0.55,
    "link:tag": 0.52,
}
CONTAINERS = 0.95
OTHER_META = 0.8
# An origin's tags join those of the heaviest when this share of the smaller of the two lists is in the other: then it
# speaks of the same article. F1 of tags is the same for .3 to 1.0, and .01 higher than without joining on both halves.
SHARED = 0.5


def decide(stated: Statements, sites: tuple[str, ...] = ()) -> Decision[tuple[str, ...]]:
    """The tags of the heaviest origin that has any, and of the page's meta elements that agree with it."""
    claims = stated.of("tag")
    houses = {titles.fold(site) for site in sites}
    said: dict[str, tuple[str, ...]] = {}
    for origin in sorted(dict.fromkeys(w.origin for w in claims), key=lambda origin: -weight(origin)):
        found = tags.split(hygiene.clean(w.value) for w in claims if w.origin == origin)
        if not (origin == "meta:keywords" and tags.are_of_a_site(found)):
            found = tuple(tag for tag in found if titles.fold(tag) not in houses)
            if found:
                said[origin] = found
    if not said:
        return Decision(None, "", tuple(Weighed(w, "", 0.0, "no tag, or a site's words") for w in claims))
    first = next(iter(said))
    believed = [first, *(origin for origin in said if origin != first and _agree(first, origin, said))]
    value = {tags.fold(tag): tag for origin in reversed(believed) for tag in reversed(said[origin])}
    weighed = (Weighed(w, ", ".join(tags.split([w.value])), *_judged(w.origin, said, believed)) for w in claims)
    return Decision(tuple(value.values())[::-1][: tags.MOST_TAGS], first, tuple(weighed))


def weight(origin: str) -> float:
    """How far an origin is believed about tags, 0 to 1."""
    if origin in WEIGHTS:
        return WEIGHTS[origin]
    return CONTAINERS if is_containers(origin) else OTHER_META if origin.startswith("meta:") else 0.5


def _agree(first: str, origin: str, said: dict[str, tuple[str, ...]]) -> bool:
    """Whether the origin is a list for the article that shares tags with the first; of links, one that has all."""
    if is_containers(first):
        return False
    here, there = ({tags.fold(tag) for tag in said[each]} for each in (first, origin))
    if origin == "link:tag":
        return here <= there and (first == "json-ld" or first.startswith("meta:"))
    if not (origin == "json-ld" or origin.startswith("meta:")):
        return False
    return len(here & there) >= SHARED * min(len(here), len(there))


def _judged(origin: str, said: dict[str, tuple[str, ...]], believed: list[str]) -> tuple[float, str]:
    if origin not in said:
        return 0.0, "no tag, or a site's words"
    return weight(origin), "" if origin in believed else "a heavier origin has tags"
