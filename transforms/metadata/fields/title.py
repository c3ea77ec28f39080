"""The headline: which of the statements about it is the newsroom's own."""

from transforms import hygiene
from transforms.metadata import titles
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.statements import Statements, is_containers

# What an origin's statement counts; those that say the same add up. Of 116 news pages in two halves by site the sum is
# right on .87 and .91, the order of belief that it replaces on .84 and .85 (Nov 2026). On pages without a NewsArticle
# the sum is worse by .03: markup is written for search engines there (h1 right and og:title wrong on 31 pages, the
# reverse on 23), so the h1 decides.
WEIGHTS = {
    "config": 1.0,
    "mail:heading": 1.0,  # only where the subject has it too
    "json-ld": 0.9,
    "meta:og:title": 0.68,
    "json-ld:article": 0.7,
    "h1": 0.7,
    "h1:headline": 0.7,
    "meta:headline": 0.6,
    "meta:twitter:title": 0.15,
    "meta:twitter:text:title": 0.15,
    "json-ld:name": 0.2,
    "title": 0.15,
    "json-ld:alternativeHeadline": 0.05,
    # Where the h1 is the last breadcrumb or missing. Of markup that says otherwise than the h2, it was right on 4 pages
    # of 4 sites and the h2 on 4 of 3: so the h2 tells the kicker apart, and decides where nothing else is stated.
    "h2": 0.03,
    "h2:headline": 0.03,
}
OTHERS = 0.25  # meta elements of publishers' own vocabularies
CONTAINERS = 0.95  # a column, a subject, a feed's entry
_ORDER = {  # on pages that have no NewsArticle
    "meta:og:title": 3,
    "json-ld:article": 4,
    "h1:headline": 4,
    "h1": 4,
    "meta:twitter:title": 5,
    "json-ld:name": 7,
    "title": 8,
    "json-ld:alternativeHeadline": 9,
    "h2:headline": 10,
    "h2": 11,
}
LEAST_HEADLINE = 3  # words: a shorter h1 is the headline only if nothing longer is stated
_OWN = frozenset({"json-ld", "meta:og:title"})  # where one of them has no kicker, it is none of the headline
_H1 = frozenset({"h1", "h1:headline"})
_SHOWN = _H1 | {"h2:headline"}
_OF_JSON_LD = frozenset({"json-ld", "json-ld:article"})

_Read = tuple[str, str]  # what a statement was read as, and its origin


def decide(stated: Statements, sites: tuple[str, ...]) -> Decision[str]:
    """The headline: what the container says, else what most of the markup says, else the h1."""
    names = {titles.fold(site) for site in sites}
    weighed: list[Weighed] = []
    read: list[_Read] = []
    for witness in stated.of("title"):
        found = titles.tidy(hygiene.clean(witness.value), sites=sites)
        why = _why_none(witness.value, found, names)
        weighed.append(Weighed(witness, "" if why else found or "", 0.0 if why else weight(witness.origin), why))
        if found and not why:
            read.append((found, witness.origin))
    read = _without_site_heading(read)
    if not read:
        return Decision(None, "", tuple(weighed))
    winner = _of_container(read) or _told_apart(read) or (_of_most(read) if _is_news(read) else _of_page(read))
    return Decision(*winner, tuple(sorted(weighed, key=lambda each: -each.weight)))


def weight(origin: str) -> float:
    """What an origin's statement about the headline counts, 0 to 1."""
    return WEIGHTS.get(origin, CONTAINERS if is_containers(origin) else OTHERS)


def _why_none(value: str, found: str | None, names: set[str]) -> str:
    if titles.is_file_name(value):
        return "a file's name"
    if not found:
        return "no words"
    return "the site's name" if titles.fold(found) in names else ""


def _is_news(read: list[_Read]) -> bool:
    return any(origin == "json-ld" for _, origin in read)


def _of_container(read: list[_Read]) -> _Read | None:
    by_weight = sorted(read, key=lambda pair: -weight(pair[1]))
    return by_weight[0] if is_containers(by_weight[0][1]) else None


def _told_apart(read: list[_Read]) -> _Read | None:
    """JSON-LD's headline where it has an alternative one too: its program tells the newsroom's from the others.

    Right on 11 of 11 and 10 of 10 such pages, two halves by site (Nov 2026); by weight 10 and 8.
    """
    if all(origin != "json-ld:alternativeHeadline" for _, origin in read):
        return None
    return next((pair for pair in read if pair[1] in _OF_JSON_LD), None)


def _of_most(read: list[_Read]) -> _Read:
    """The statement that, with those that say the same, has the greatest weight."""
    believed = _with_likely_h1(read)
    sums: dict[str, dict[str, float]] = {}
    for text, origin in believed:
        sums.setdefault(titles.fold(text), {})["h1" if origin in _H1 else origin] = weight(origin)
    whole = min(believed, key=lambda pair: (-round(sum(sums[titles.fold(pair[0])].values()), 6), -weight(pair[1])))
    shorter = (pair for pair in believed if titles.is_kicker_before(whole[0], pair[0]))
    return next((pair for pair in shorter if pair[1] in _OWN or titles.is_section(whole[0].partition(":")[0])), whole)


def _of_page(read: list[_Read]) -> _Read:
    """What stood above the article; where no h1 resembles what the markup states, the markup's."""
    ordered = sorted(_with_likely_h1(read), key=lambda pair: _ORDER.get(pair[1], 6))
    whole = next((pair for pair in ordered if pair[1] == "h1:headline"), None)
    whole = whole or next((pair for pair in ordered if pair[1] == "h1"), ordered[0])
    shorter = (pair for pair in ordered if _SHOWN & {pair[1], whole[1]} and titles.is_kicker_before(whole[0], pair[0]))
    return next(shorter, whole)


def _with_likely_h1(read: list[_Read]) -> list[_Read]:
    """The statements with the one h1 that another statement resembles most; an h1 may be the site's or a section's."""
    others = [text for text, origin in read if origin not in _H1]
    if not others or _only_h1_tells(read):
        return read
    headings = {text for text, origin in read if origin == "h1"}
    like = {text: max(titles.likeness(text, other) for other in others) for text in headings}
    likely = [text for text in like if any(_may_be(text, other) for other in others)]
    best = max(likely, key=lambda text: like[text], default=None)
    parts = {text for text, origin in read if origin == "h1:headline" and best and titles.is_kicker_before(best, text)}
    return [pair for pair in read if pair[1] not in _H1 or pair[0] == best or (pair[1] != "h1" and pair[0] in parts)]


def _only_h1_tells(read: list[_Read]) -> bool:
    """Whether there is one h1, and nothing beside it but what names a page rather than an article."""
    return {origin for _, origin in read} <= {"h1", "title", "json-ld:name"} and [o for _, o in read].count("h1") == 1


def _may_be(heading: str, other: str) -> bool:
    """Whether the heading can be the headline that `other` states; a word or two of it are a section's name."""
    short = len(heading.split()) < LEAST_HEADLINE and len(heading) < len(other) / 2
    return titles.alike(heading, other) and (not short or titles.fold(other).startswith(titles.fold(heading)))


def _without_site_heading(read: list[_Read]) -> list[_Read]:
    """The statements without an h1 of a word or two that stands behind the headline in the title element."""
    wholes = [text for text, origin in read if origin == "title"]
    gone = tuple(text for text, origin in read if origin == "h1" and any(_is_site_behind(text, w) for w in wholes))
    if not gone:
        return read
    return [(titles.tidy(text, sites=gone) or text, origin) for text, origin in read if text not in gone]


def _is_site_behind(heading: str, whole: str) -> bool:
    """Whether the heading is the site's name, as `Headline of an article | Site` has it at its end."""
    if len(heading.split()) >= LEAST_HEADLINE:
        return False
    headline = titles.tidy(whole, sites=(heading,)) or ""
    return whole.startswith(headline) and len(whole) > len(headline) and len(headline.split()) >= LEAST_HEADLINE
