"""Who wrote an article: persons, and the agencies they wrote for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from backfile.article import Witness
from transforms import hygiene
from transforms.metadata import agencies, byline_words, bylines, titles
from transforms.metadata.byline_words import NOISE
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.publisher import FROM, display_name, is_sender_publisher
from transforms.metadata.fields.statements import Statements, is_containers

# How often what an origin says of the authors is all of them and nobody else, where it names a person at all: of 332
# pages in two halves by site, JSON-LD .91 and .87, `article:author` 1.0 and .80, a link to an author's page .83 and
# .70, rel=author .76 and .81, itemprop .86 and .67, a class .76 and .68, `meta name=author` .71 and .70 (Nov 2026).
# By place, on the same pages (all of them and nobody else, of those that name a person): beside the headline text that
# begins like a byline 33 of 36 and 22 of 34, where all but two others were the first of several names in a block that
# is read as a whole now; a class 40 of 41 and 43 of 48; a link 31 of 31 and 28 of 30. Far from it a class 15 of 18 and
# 12 of 16, a link 11 of 14 and 13 of 16; with the headline of another story a class 3 of 9.
WEIGHTS = {
    "config": 1.0,
    "json-ld": 0.9,
    "meta:author": 0.7,
    "meta:twitter:data1": 0.76,
    "meta:twitter:data2": 0.76,
    "rel:author": 0.78,
    "link:author": 0.77,
    "itemprop:author": 0.77,
    "h1:byline": 0.86,
    "class:byline": 0.72,
    "labelled": 0.7,
}
CONTAINERS = 0.97  # a column, a mail's sender, a feed: nothing between it and the newsroom
OTHER_META = 0.88
TEXT = 0.6
AWAY = 0.8  # of the weight, far from the headline
FROM_USER_NAME = 0.6  # of the weight, where `jane.doe` is all that was said
MOST_SEVERAL = 4  # persons that several statements of one origin name; more of them are a list of other articles
# Origins that repeat one another count once: a template writes a page's meta elements, its visible byline.
_FAMILIES = ("json-ld", "meta:", "config")
_STATED = ("json-ld", "column:", "field:", "rel:", "itemprop:")  # fields for authors and nothing else


_BESIDE = frozenset({"rel:author", "itemprop:author", "class:byline", "h1:byline"})  # beside the headline
HOUSE = 0.3  # of a body's statement that it is the author: where no person signs, it does
LONGEST_HOUSE = 80  # characters; longer ones are descriptions
_ADDRESS = re.compile(r"[@#]|://|^www\.", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Claim:
    """Who an article is by, according to one origin."""

    origin: str
    persons: tuple[str, ...]
    agencies: tuple[str, ...]
    weight: float
    read: tuple[tuple[Witness, bylines.Byline], ...]
    whole: tuple[str, ...]  # the most persons that one of its statements names together


_NOBODY = _Claim("", (), (), 0.0, (), ())


def decide(
    stated: Statements, sites: tuple[str, ...], *, publisher: str | None = None
) -> tuple[Decision[tuple[str, ...]], Decision[tuple[str, ...]]]:
    """The persons that the most weight stands behind, and the agencies of the first origin that names any."""
    claims = _claims(stated, sites)
    best = _heaviest(claims)
    if best is not None:
        best = _completed(best, claims)
        named = best.whole if len(best.whole) > len(best.persons) else best.persons
        persons = Decision(named, best.origin, tuple(_weighed(claims, best, publisher, of_agencies=False)))
    else:
        persons = Decision(None, weighed=tuple(_weighed(claims, _NOBODY, publisher, of_agencies=False)))
    naming = next((claim for claim in claims if claim.agencies), None)
    bodies: Decision[tuple[str, ...]] = Decision(None)
    if naming is not None:
        bodies = Decision(naming.agencies, naming.origin, tuple(_weighed(claims, naming, publisher, of_agencies=True)))
    return persons, bodies


def houses(witnesses: Iterable[Witness], publisher: str | None = None) -> Decision[tuple[str, ...]]:
    """The body that signs where no person does: whom structured data name as author (`BBC News`, `dpa`), else the
    publisher itself, where a byline beside the headline names it and nobody else.

    Other origins are not asked: a meta element's or any byline's body is the site's name on every page, on private
    sites above all (of 107 German pages .57 had the right authors with them, .66 with structured data alone; of twelve
    pages where a meta element alone names a body it was right on two, of four where a byline beside the headline names
    the publisher on three; November 2026).
    """
    witnesses = tuple(witnesses)
    said = [witness for witness in witnesses if witness.origin == "json-ld"]
    fields = {"author"}
    if any(witness.field in {"title", "published"} for witness in said):
        fields |= {"agency"}  # a piece of news; of other articles the author's organisation is who runs the site
    if names := _once(name for witness in said if witness.field in fields and (name := _house(witness.value))):
        return Decision(names, "json-ld")
    beside = (witness for witness in witnesses if witness.field == "author" and witness.origin in _BESIDE)
    return next((Decision((body,), each.origin) for each in beside if (body := _body(each, publisher))), Decision(None))


def _body(witness: Witness, publisher: str | None) -> str:
    """The body that the statement names and that may sign; "" where it names none."""
    if witness.origin == "json-ld":
        return _house(witness.value)
    if not publisher or witness.origin not in _BESIDE or len(witness.value) > LONGEST_HOUSE:
        return ""
    name = byline_words.lead().sub("", hygiene.clean(witness.value), count=1).strip(" :")
    own, rest = titles.fold(publisher), [w for w in name.split() if w.casefold() not in NOISE]
    return name if own and own in {titles.fold(name), titles.fold(" ".join(rest))} else ""


def _house(statement: str) -> str:
    """The body that is named; "" for a desk without a name (`Redaktion`), an address, a user's name or initials."""
    name = hygiene.clean(statement)
    if (
        len(name) > LONGEST_HOUSE
        or _ADDRESS.search(name)
        or (name.islower() and "." not in name and not agencies.is_one(name))
    ):
        return ""
    words = [word.casefold() for word in _WORD.findall(name)]
    return "" if NOISE.issuperset(words) else name


def _claims(stated: Statements, sites: tuple[str, ...]) -> list[_Claim]:
    """What each origin says, the most trusted first."""
    said = stated.of("author") + stated.of("agency")
    origins = dict.fromkeys(witness.origin for witness in said)
    claims = [_claim(stated, origin, [w for w in said if w.origin == origin], sites) for origin in origins]
    return sorted(claims, key=lambda claim: -claim.weight)


def _claim(stated: Statements, origin: str, said: list[Witness], sites: tuple[str, ...]) -> _Claim:
    exact = origin.removeprefix("away:").startswith(_STATED)
    read = tuple(
        (witness, _read(stated, witness, sites, exact=exact or _is_first_name(origin, witness.value)))
        for witness in said
    )
    found = [byline.persons for _, byline in read]
    persons = _once(name for names in found for name in names)
    whole: tuple[str, ...] = max(found, key=len, default=())
    if len(persons) > max(MOST_SEVERAL, len(whole)) and not origin.startswith(("json-ld", "meta:", "column:")):
        persons = next(names for names in found if names)
    named = _once(agencies.filed(name) for _, byline in read for name in byline.agencies)
    own = {titles.fold(site) for site in sites}
    named = tuple(name for name in named if titles.fold(name) not in own)
    known = weight(origin)
    if persons and all(" " not in witness.value.strip() for witness in said) and any(" " in name for name in persons):
        known *= FROM_USER_NAME
    return _Claim(origin, persons, named, known, read, whole)


def _is_first_name(origin: str, value: str) -> bool:
    """Whether a link to an author's page beside the headline is a single word, as blogs sign."""
    return origin == "link:author" and value.isalpha() and value.istitle()


def _read(stated: Statements, witness: Witness, sites: tuple[str, ...], *, exact: bool) -> bylines.Byline:
    value = hygiene.clean(witness.value)
    if witness.field == "agency":
        return bylines.Byline(agencies=bylines.split(value)[1])
    if witness.origin.casefold() in FROM:
        value = display_name(value)
        if is_sender_publisher(stated, value):
            return bylines.Byline()
    # A site may be named after who writes it, then a name of several words is a person's all the same.
    outlets = [site for site in sites if not exact or " " not in site]
    return bylines.read(value, stated=exact, outlets=outlets)


def weight(origin: str) -> float:
    """How far an origin is believed about authors, 0 to 1."""
    if origin.startswith("away:"):
        return AWAY * weight(origin.removeprefix("away:"))
    if origin in WEIGHTS:
        return WEIGHTS[origin]
    if is_containers(origin):
        return CONTAINERS
    return OTHER_META if origin.startswith("meta:") else TEXT


def _heaviest(claims: list[_Claim]) -> _Claim | None:
    """The first of the claims that name the persons behind whom most weight stands; containers decide alone."""
    naming = [claim for claim in claims if claim.persons]
    if not naming or is_containers(naming[0].origin):
        return naming[0] if naming else None
    doubt: dict[frozenset[str], dict[str, float]] = {}
    for claim in naming:
        family = next((each for each in _FAMILIES if claim.origin.startswith(each)), "page")
        behind = doubt.setdefault(_key(claim.persons), {})
        behind[family] = min(behind.get(family, 1.0), 1.0 - claim.weight)
    return min(naming, key=lambda claim: (_product(doubt[_key(claim.persons)].values()), -claim.weight))


def _completed(best: _Claim, claims: list[_Claim]) -> _Claim:
    """The claim, or one with a byline that names all its persons and more: JSON-LD often has the first alone."""
    known = _key(best.persons)
    if is_containers(best.origin):
        return best
    more = (claim for claim in claims if known < _key(claim.whole) and len(claim.whole) <= 2 * MOST_SEVERAL)
    return next(more, best)


def _weighed(claims: list[_Claim], best: _Claim, publisher: str | None, *, of_agencies: bool) -> Iterable[Weighed]:
    won = _key(best.agencies if of_agencies else best.persons)
    for claim in claims:
        for witness, byline in claim.read:
            names = byline.agencies if of_agencies else byline.persons
            if of_agencies and not names:
                continue
            note = "" if _key(names) <= won and names else "other names" if names else _why_nobody(byline)
            body = "" if names or of_agencies else _body(witness, publisher)
            if body:
                yield Weighed(witness, body, HOUSE, "a body: it signs where no person does")
                continue
            yield Weighed(witness, ", ".join(names), claim.weight if names else 0.0, note)


def _why_nobody(byline: bylines.Byline) -> str:
    return f"an agency: {', '.join(byline.agencies)}" if byline.agencies else "names no person"


def _key(names: Iterable[str]) -> frozenset[str]:
    return frozenset(titles.fold(name) for name in names)


def _product(doubts: Iterable[float]) -> float:
    left = 1.0
    for doubt in doubts:
        left *= doubt
    return left


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({titles.fold(name): name for name in reversed(list(names))}.values())[::-1]
