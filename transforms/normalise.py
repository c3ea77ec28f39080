"""From what the witnesses say to the fields of an article, each with who said so."""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from backfile.article import Article, Extraction, Span, Witness
from transforms import hygiene, language
from transforms.language import paragraphs
from transforms.metadata import bylines, dates, tags, titles, urls
from transforms.metadata.dates import When

MOST_CONFLICTS = 10  # statements that are kept beside the date
# Statements made for machines, about this one article: they decide, and it is worth telling when they disagree.
_STRONG_DATES = (
    "config",
    "json-ld",
    "meta:",
    "itemprop:",
    "header:",
    "forwarded:",
    "column:",
    "field:",
    "feed:",
    "warc:",
)
_WEAK_META_DATES = frozenset({"meta:date", "meta:last-modified", "meta:revised"})


def begin(extraction: Extraction, *, id: str, source: str, uri: str, hints: Iterable[Witness] = ()) -> Article:  # noqa: A002
    """The article that an extraction states, before any rule: all its lines, and fields with their provenance.

    `hints` are what the configuration says about the source (publisher, language; origin "config"); they come before
    every other statement. What nobody states stays empty: no date is guessed, no file name becomes a title.
    """
    said = (*hints, *extraction.witnesses)
    stated = _Statements(said)
    provenance: dict[str, str] = {}

    tongue = _language(extraction, stated)
    url = _url(stated)
    publisher = _publisher(stated)
    sites = _sites(stated, publisher, url)
    title = _title(stated, sites)
    persons, agencies = _authors(stated, sites)
    region = _region(stated)
    published, conflicts = _published(stated, region or tongue[0], url)
    updated = _first_date(stated, "updated", region or tongue[0])
    fetched = _first_date(stated, "fetched", region or tongue[0]) or _received(stated)
    found_tags = _tags(stated)
    place = _place(stated)

    for name, value in (
        ("language", tongue),
        ("url", url),
        ("publisher", publisher),
        ("title", title),
        ("authors", persons),
        ("agencies", agencies),
        ("published", published),
        ("updated", updated),
        ("fetched", fetched),
        ("tags", found_tags),
        ("place", place),
    ):
        if value is not None:
            provenance[name] = value[1]
    return Article(
        id=id,
        source=source,
        uri=uri,
        body=tuple(Span(number, 0, line.text, line.role) for number, line in enumerate(extraction.lines)),
        url=url[0] if url else None,
        title=title[0] if title else None,
        authors=persons[0] if persons else (),
        agencies=agencies[0] if agencies else (),
        publisher=publisher[0] if publisher else None,
        published=published[0].iso if published else None,
        published_precision=published[0].precision if published else None,
        date_conflict=conflicts,
        updated=updated[0].iso if updated else None,
        fetched=fetched[0].iso if fetched else None,
        language=tongue[0],
        tags=found_tags[0] if found_tags else (),
        place=place[0] if place else (),
        provenance=provenance,
        signs=tuple(witness for witness in extraction.witnesses if witness.field in {"page", "title", "url"}),
    )


def key_url(extraction: Extraction) -> str | None:
    """The canonical address that identifies the item, as its key; None when none is stated."""
    found = _url(_Statements(extraction.witnesses))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Statements:
    """All witnesses, by field, in the order in which they are believed."""

    all: tuple[Witness, ...]
    _sorted: dict[str, list[Witness]] = dataclasses.field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for witness in self.all:
            self._sorted.setdefault(witness.field, []).append(witness)
        for stated in self._sorted.values():
            if len(stated) > 1:
                stated.sort(key=lambda witness: _rank(witness.origin))

    def of(self, field: str) -> list[Witness]:
        """Statements about `field`: configuration, JSON-LD, then the rest as made."""
        return list(self._sorted.get(field, ()))


_RANKS = (
    "config",
    "json-ld",
    "json-ld:",
    "meta:",
    "itemprop:",
    "link:",
    "forwarded:",
    "header:",
    "column:",
    "",
    "h1",
    "title",
    "time",
    "rel:",
    "link:author",
    "class:",
    "h1:",
)


@lru_cache(1_024)
def _rank(origin: str) -> int:
    """The place of an origin among `_RANKS`; names that are not in it stand where the container's own do."""
    if origin in {"h1", "title", "time", "json-ld", "config", "link:author"}:
        return _RANKS.index(origin)
    for number, prefix in enumerate(_RANKS):
        if prefix.endswith(":") and origin.startswith(prefix):
            return number
    return _RANKS.index("")


def _language(extraction: Extraction, stated: _Statements) -> tuple[str, str]:
    """The configured language, else that of the lines; what the markup claims only helps where they are too short."""
    claims = stated.of("language")
    for witness in claims:
        if witness.origin == "config" and (tag := language.primary(witness.value)):
            return tag, "config"
    hint = next((w for w in claims if language.primary(w.value)), None)
    lines = [line.text for line in extraction.lines]
    tag, told = language.identify(lines, hint.value if hint else None)
    spoken = paragraphs.shares(lines, tag)
    if len(spoken) > 1:
        told += "; paragraphs: " + ", ".join(f"{each} {share:.0%}" for each, share in spoken.items())
    return tag, hint.origin if hint and told == "stated" else told


def _region(stated: _Statements) -> str | None:
    """A tag with a region, "en-US", which decides the order of 03/04/2024."""
    return next(
        (w.value for w in stated.of("language") if re.fullmatch(r"[a-zA-Z]{2,3}[-_][a-zA-Z]{2}", w.value)), None
    )


def _url(stated: _Statements) -> tuple[str, str] | None:
    """The address: the container's own, corrected by what the page says as far as that can be believed."""
    claims = stated.of("url")
    own = next((found for w in claims if _is_containers(w.origin) and (found := urls.canonical(w.value))), None)
    order = sorted(claims, key=lambda w: (w.origin != "link:canonical", w.origin != "meta:og:url", _rank(w.origin)))
    for witness in order:
        if _is_containers(witness.origin):
            continue
        found = urls.stated(witness.value, own)
        if found and (urlsplit(found).path not in {"", "/"} or own is not None or urlsplit(found).query):
            return found, witness.origin
    for witness in claims:
        if _is_containers(witness.origin) and (found := urls.canonical(witness.value)):
            return found, witness.origin
    return None


def _is_containers(origin: str) -> bool:
    """Whether the container (or the configuration) said it, not the page about itself."""
    return origin not in _MARKUP and not origin.startswith(_MARKUP_KINDS)


_MARKUP = frozenset({"json-ld", "h1", "title", "time", "base"})
_MARKUP_KINDS = ("json-ld:", "meta:", "link:", "itemprop:", "text:", "class:", "rel:", "h1:", "html:")


def _publisher(stated: _Statements) -> tuple[str, str] | None:
    """Configuration, JSON-LD, og:site_name, column, other markup, the sender's display name; in this order."""
    claims = stated.of("publisher")
    order = sorted(claims, key=lambda w: _PUBLISHERS.get(w.origin, 3 if not w.origin.startswith("meta:") else 4))
    for witness in order:
        name = hygiene.clean(witness.value)
        if name and not name.startswith(("http://", "https://", "@")) and "@" not in name and len(name) <= 120:
            return name, witness.origin
    sender = next(((name, "header:From") for name in _senders(stated) if _is_sender_publisher(stated, name)), None)
    return sender or _list_name(stated) or _behind_headline(stated)


def _behind_headline(stated: _Statements) -> tuple[str, str] | None:
    """The site's name behind the headline in the title element: `Headline | The Sample Post` above that h1."""
    wholes = [hygiene.clean(w.value) for w in stated.of("title") if w.origin == "title"]
    headlines = [hygiene.clean(w.value) for w in stated.of("title") if w.origin == "h1"]
    for whole in wholes[:1]:
        for headline in headlines:
            match = _SITE_BEHIND.match(whole[len(headline) :]) if whole.startswith(headline) else None
            if match and len(headline.split()) >= LEAST_HEADLINE:
                return match["site"], "title"
    return None


def _list_name(stated: _Statements) -> tuple[str, str] | None:
    """What a mailing list calls itself."""
    for witness in stated.of("list-id"):
        name = hygiene.clean(witness.value.partition("<")[0]).strip("\"' ")
        if name and "<" in witness.value and "@" not in name:
            return name, witness.origin
    return None


def _senders(stated: _Statements) -> Iterator[str]:
    """The display names of a mail's sender."""
    for witness in stated.of("author"):
        if witness.origin.casefold() in _FROM and (name := _display_name(witness.value)):
            yield name


def _is_sender_publisher(stated: _Statements, name: str) -> bool:
    """Whether a mail's sender is who publishes it: no person's name, or it went to a list that has no other name.

    A name that the sender's host has too is the house's, however it looks: `Muster Morgenlage <post@muster.example>`.
    """
    if bylines.person(name) is None:
        return True
    if not any(w.field in {"list-id", "mail-newsletter"} for w in stated.all):
        return False
    listed = _list_name(stated)
    if listed is None or titles.fold(listed[0]) == titles.fold(name):
        return True
    said = stated.of("author") + stated.of("sender")
    hosts = " ".join(w.value.rpartition("@")[2] for w in said if "@" in w.value)
    return any(titles.fold(word) in titles.fold(hosts) for word in name.split() if len(word) > 3)


def _display_name(sender: str) -> str:
    """The name in a From field, which may have its address behind it."""
    name = parseaddr(sender)[0] if "<" in sender else sender
    return hygiene.clean(name).strip("\"' ")


_FROM = frozenset({"header:from", "forwarded:from"})
LEAST_HEADLINE = 4  # words of a headline whose title element is believed to have the site's name behind it
_SITE_BEHIND = re.compile(r"\s+[|–—-]\s+(?P<site>[^|–—]{2,40})$")
_PUBLISHERS = {"config": 0, "json-ld": 1, "meta:og:site_name": 2}  # then columns, then other markup


def _sites(stated: _Statements, publisher: tuple[str, str] | None, url: tuple[str, str] | None) -> tuple[str, ...]:
    """The names under which the site may stand behind a headline."""
    names = [publisher[0]] if publisher else []
    names += [w.value for field in ("publisher", "site") for w in stated.of(field)]
    if url and (host := urlsplit(url[0]).hostname):
        names.append(host)
    return tuple(dict.fromkeys(name.lstrip("@") for name in names if len(name) <= 120))


def _title(stated: _Statements, sites: tuple[str, ...]) -> tuple[str, str] | None:
    """The headline: what the container or JSON-LD says, then og:title, then h1, then the title element."""
    names = {titles.fold(site) for site in sites}
    read: list[tuple[str, str]] = []
    for witness in sorted(
        stated.of("title"), key=lambda w: _TITLES.get(w.origin, 1 if _is_containers(w.origin) else 6)
    ):
        if not titles.is_file_name(witness.value):
            found = titles.tidy(hygiene.clean(witness.value), sites=sites)
            if found and titles.fold(found) not in names:
                read.append((found, witness.origin))
    if not read or _is_containers(read[0][1]):
        return read[0] if read else None
    # What stood above the article is the headline; markup is often written for search engines. But an h1 may be the
    # site's name or a section's: it counts when another statement resembles it.
    others = [text for text, origin in read if origin != "h1"]
    whole = read[0]
    if whole[1] != "json-ld":  # a newsroom's own headline
        whole = next(
            (pair for pair in read if pair[1] == "h1" and any(titles.alike(pair[0], o) for o in others)), whole
        )
    shorter = (pair for pair in read if "h1" in {pair[1], whole[1]} and titles.is_kicker_before(whole[0], pair[0]))
    return next(shorter, whole)


_TITLES = {
    "config": 0,
    "mail:heading": 0,  # only where the subject has it too
    "json-ld": 2,
    "meta:og:title": 3,
    "json-ld:article": 4,
    "h1": 4,
    "meta:twitter:title": 5,
    "title": 8,
    "json-ld:name": 7,
    "json-ld:alternativeHeadline": 9,
}


def _authors(
    stated: _Statements, sites: tuple[str, ...]
) -> tuple[tuple[tuple[str, ...], str] | None, tuple[tuple[str, ...], str] | None]:
    """Persons and agencies, each of the first origin that names any."""
    persons: tuple[tuple[str, ...], str] | None = None
    agencies: tuple[tuple[str, ...], str] | None = None
    claims = stated.of("author") + stated.of("agency")
    for origin in dict.fromkeys(w.origin for w in claims):
        values = [hygiene.clean(w.value) for w in claims if w.origin == origin and w.field == "author"]
        bodies = [hygiene.clean(w.value) for w in claims if w.origin == origin and w.field == "agency"]
        if origin.casefold() in _FROM:
            values = [name for name in map(_display_name, values) if not _is_sender_publisher(stated, name)]
        exact = origin.startswith(("json-ld", "column:", "field:", "rel:", "itemprop:"))
        people, named = bylines.split_all(values, stated=exact, outlets=() if exact else sites)
        named += bylines.split_all(bodies)[1]
        if people and persons is None:
            persons = people, origin
        if named and agencies is None:
            agencies = named, origin
    return persons, agencies


def _published(
    stated: _Statements, tongue: str, url: tuple[str, str] | None
) -> tuple[tuple[When, str] | None, tuple[str, ...]]:
    """The date of publication, and the strong statements that name another day.

    A mail was published when it was sent. An address that has a day in it is a witness of its own, the last one.
    """
    read = [
        (when, witness)
        for witness in sorted(stated.of("published"), key=lambda w: _date_rank(w.origin))
        if (when := dates.parse(witness.value, language=tongue, lone_year=not witness.origin.startswith("class:")))
    ]
    if not read:
        read = [(when, w) for w in stated.of("created") if (when := dates.parse(w.value, language=tongue))]
    if not read:
        of_url = _date_in_url(url[0]) if url else None
        return (of_url, "url") if of_url else None, ()
    finer = _finer(read)
    conflicts = dict.fromkeys(
        f"{w.origin}: {w.value.strip()}" for when, w in read if _is_strong(w.origin) and not when.same_day(finer[0])
    )
    return (finer[0], finer[1].origin), tuple(conflicts)[:MOST_CONFLICTS]


def _finer(read: list[tuple[When, Witness]]) -> tuple[When, Witness]:
    """The first statement, or a strong one that says the same date with more of it; midnight is not more."""
    best = read[0]
    if "T" in best[0].iso:
        return best
    same = (pair for pair in read if pair[0].iso.startswith(best[0].iso) and _is_strong(pair[1].origin))
    return max((best, *(p for p in same if "T00:00" not in p[0].iso)), key=lambda pair: len(pair[0].iso[:16]))


def _date_rank(origin: str) -> int:
    return _RANKS.index("h1") if origin in _WEAK_META_DATES else _rank(origin)


def _is_strong(origin: str) -> bool:
    return origin not in _WEAK_META_DATES and (origin.startswith(_STRONG_DATES))


def _date_in_url(url: str) -> When | None:
    """A day that stands in the path, /2024/11/25/ or /2024-11-25-; a month or year alone may be anything."""
    match = re.search(r"/((?:19|20)\d{2})([/-])(\d{1,2})\2(\d{1,2})(?=[/_-])", urlsplit(url).path + "/")
    return dates.parse(f"{match[1]}-{match[3]:0>2}-{match[4]:0>2}") if match else None


def _first_date(stated: _Statements, field: str, tongue: str) -> tuple[When, str] | None:
    for witness in stated.of(field):
        if when := dates.parse(witness.value, language=tongue):
            return when, witness.origin
    return None


def _received(stated: _Statements) -> tuple[When, str] | None:
    """When a mail was sent, which is when it was received as far as can be known."""
    sent = (w for w in stated.of("published") if w.origin.casefold() == "header:date")
    return next(((when, w.origin) for w in sent if (when := dates.parse(w.value))), None)


def _place(stated: _Statements) -> tuple[tuple[str, ...], str] | None:
    """Where it was written: as the container says, else as a byline on the page does (`Jane Doe in Berlin`)."""
    for witness in stated.of("place"):
        if found := hygiene.clean(witness.value):
            return tuple(part.strip() for part in found.split("/") if part.strip()), witness.origin
    for witness in stated.of("author"):
        match = _BYLINE_PLACE.fullmatch(hygiene.clean(witness.value)[:200])
        if match and bylines.split(match["names"])[0]:
            return (match["place"],), witness.origin
    return None


_BYLINE_PLACE = re.compile(
    r"(?:[Bb]y|[Vv]on|BY)\s(?P<names>[^,]{3,80}?) in (?P<place>[^\W\d_]+(?:[ '-][^\W\d_]+){0,3})"
)


def _tags(stated: _Statements) -> tuple[tuple[str, ...], str] | None:
    """The tags of the first origin that has any."""
    claims = stated.of("tag")
    for origin in dict.fromkeys(w.origin for w in claims):
        found = tags.split(hygiene.clean(w.value) for w in claims if w.origin == origin)
        if found and not (origin == "meta:keywords" and tags.are_of_a_site(found)):
            return found, origin
    return None
