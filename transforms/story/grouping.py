"""Which articles tell one story: links between two, and groups in which all are like the others.

A story is found from any article in it: the articles that are linked with it, directly or by others, are fetched, and
those that are closest are joined first, as long as all in both groups are on average nearly as like as a link asks. A
survey of the day that is linked with two stories joins the one or none, and never ties them together. Nothing but the
stored articles has a say in what comes out.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Protocol

from transforms.story.likeness import BACKGROUND, Weighed, likeness, most_telling, weighed
from transforms.story.terms import MOST_SALIENT, Kind, Terms

# Thresholds of the cosine. Set on the labelled articles under tests/, looked at on 10,000 articles, 2026-11-24: short
# articles share few names and are alike sooner; of long ones with 13 rare names in common .34 is enough.
FEW, MANY = 7.0, 13.0  # shared names, each counted by its rarity: 1.0 is a name that no other article has
WITH_FEW, WITH_MANY = 0.44, 0.34
LEAST_EVIDENCE = 4.5
HEADLINES_DEARER = 0.1  # when headlines have no more than one term in common
MONTH_DEARER = 0.04  # when one of the two is dated to its month
DAYS_DEARER = ((1, 0.0), (3, 0.05), (7, 0.25))  # days apart, up to: so much more; beyond the last they are two stories
LEAST_WORDS, WORDS_SHARE = 5, 0.15  # besides names, and of all terms; lists of names and tables have fewer
# A house seldom tells one event twice in other words; what it brings the next day on the same names is what came after.
SAME_HOUSE_DEARER, SAME_HOUSE_LATER_DEARER = 0.1, 0.2
SAME_WORDING, OTHER_MATTER = 0.5, 0.3  # of the words the same, of the figures so much less: a form filled in anew
OTHER_FIGURES = 0.8  # of the cosine is left when both have figures, and none of them is the same
FIGURES = 2  # that an article has at least, for that
STRANGE_PART = 0.5  # of the cosine that is lost when what each is about is unknown to the other

UNEVEN = 0.5  # power of the ratio of what both tell: a survey has all of one story, and four others

# What is only just alike must stand out from all else that is; without dates, one day of a long affair looks like the
# other: then two articles must be very like, or have much in common and stand out.
CERTAIN, UNDATED_CERTAIN = 0.12, 0.24  # so much above the threshold, and nothing else is asked
UNDATED_EVIDENCE = 11.0
GAP = 1.4  # times as like as the next article that is not linked
GAP_WITHIN = 3  # among the first so many
GAP_FLOOR = 0.1  # as if one so like were always there

JOIN = -0.04  # how far below their thresholds the pairs of two groups may be on average
IMPOSSIBLE = -1.0  # days too far apart
MOST_ARTICLES = 200  # copies counted once, that are looked at for one story, the nearest first
MOST_CANDIDATES = 1_000  # that are compared with one article
LEAST_SHARED = 3  # terms that others are looked up by

DAY, MONTH = 1, 31  # days that a date of this precision spans at most


@dataclass(frozen=True, slots=True)
class Told:
    """An article, or one of a copy group, as others are compared with it."""

    name: str  # of the article
    terms: Terms
    begins: int | None  # the first day it may have been published on; None: undated
    ends: int | None  # the last one
    house: bytes = b""  # who brought it; b"": not known

    @property
    def days(self) -> int | None:
        """How many days its date leaves open; None when it has none."""
        return None if self.begins is None or self.ends is None else self.ends - self.begins + 1

    @property
    def is_dated(self) -> bool:
        """Whether the date says so much that a window of days can be told."""
        return self.days is not None and self.days <= MONTH


class Shelf(Protocol):
    """Where articles and counts come from."""

    total: int  # articles, copies counted once

    def counts(self, keys: Collection[int]) -> Mapping[int, int]:
        """How many articles have each term."""

    def sharing(self, keys: Collection[int], begins: int | None, ends: int | None, *, least: int) -> Iterable[str]:
        """The names of articles that have `least` of the terms or more and may be of these days."""

    def told(self, names: Iterable[str]) -> Iterable[Told]:
        """The articles of these names."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles that were compared."""

    cosine: float  # less what is strange
    margin: float  # above what such a pair needs; negative: below
    stands_alone: bool  # needs no look at what else there is


class Stories:
    """Stories over a shelf; what was fetched and weighed is kept, so that asking for many costs less."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._counts: dict[int, int] = {}
        self._told: dict[str, Told] = {}
        self._weighed: dict[str, Weighed] = {}
        self._neighbours: dict[str, dict[str, Link]] = {}
        self._links: dict[str, dict[str, Link]] = {}
        self._telling = most_telling(shelf.total)

    def of(self, name: str) -> tuple[str, ...]:
        """The names of the articles that tell the same story, in order; only its own when there is no other."""
        near = self._near(name)
        if len(near) == 1:
            return (name,)
        return next(group for group in joined(near, self._between) if name in group)

    def links(self, name: str) -> Mapping[str, Link]:
        """The articles that are linked with one."""
        if name not in self._links:
            mine = self._all_near(name)
            self._links[name] = {
                other: link
                for other, link in mine.items()
                if link.margin >= 0
                and (link.stands_alone or (self._stands_out(name, other) and self._stands_out(other, name)))
            }
        return self._links[name]

    def _near(self, name: str) -> list[str]:
        """The article and all that are linked with it, directly or by others, the nearest first."""
        found = [name]
        seen = {name}
        edge: dict[str, float] = {}
        at = name
        while len(found) < MOST_ARTICLES:
            for other, link in self.links(at).items():
                if other not in seen:
                    edge[other] = max(link.margin, edge.get(other, 0.0))
            if not edge:
                break
            at = min(edge, key=lambda each: (-edge[each], each))
            del edge[at]
            seen.add(at)
            found.append(at)
        return sorted(found)

    def _all_near(self, name: str) -> Mapping[str, Link]:
        """All articles that share telling terms with one and may be of the same days."""
        if name not in self._neighbours:
            told = self._fetch([name])[0]
            self._count(told.terms.keys)
            telling = [key for key in told.terms.keys if 1 < self._counts[key] <= self._telling]
            begins, ends = (told.begins, told.ends) if told.is_dated else (None, None)
            names = self._shelf.sharing(telling, begins, ends, least=LEAST_SHARED) if telling else ()
            others = self._fetch([each for each in names if each != name])
            self._count({key for each in others for key in each.terms.keys})
            self._neighbours[name] = {each.name: self._link(told, each) for each in others}
        return self._neighbours[name]

    def _fetch(self, names: Collection[str]) -> list[Told]:
        missing = [each for each in names if each not in self._told]
        if missing:
            self._told.update((each.name, each) for each in self._shelf.told(missing))
        return [self._told[each] for each in names if each in self._told]

    def _count(self, keys: Iterable[int]) -> None:
        if missing := {key for key in keys if key not in self._counts}:
            self._counts.update(self._shelf.counts(missing))

    def _weigh(self, told: Told) -> Weighed:
        if told.name not in self._weighed:
            self._count(told.terms.keys)
            self._weighed[told.name] = weighed(told.terms, lambda key: self._counts.get(key, 1), self._shelf.total)
        return self._weighed[told.name]

    def _link(self, one: Told, other: Told) -> Link:
        return link(one, other, self._weigh(one), self._weigh(other), self._shelf.total)

    def _between(self, one: str, other: str) -> float:
        """How far above what is asked two articles are."""
        known = self._neighbours.get(one, {}).get(other) or self._neighbours.get(other, {}).get(one)
        return (known or self._link(*self._fetch([one, other]))).margin

    def _stands_out(self, name: str, other: str) -> bool:
        """Whether behind the other, among those that are like the article, there is a gap."""
        ranked = sorted((link.cosine for link in self._all_near(name).values()), reverse=True)
        place = ranked.index(self._all_near(name)[other].cosine) if other in self._all_near(name) else GAP_WITHIN
        ranked += [0.0] * (GAP_WITHIN + 1)
        return any(ranked[k] >= GAP * max(ranked[k + 1], GAP_FLOOR) for k in range(place, GAP_WITHIN))


def link(one: Told, other: Told, of_one: Weighed, of_other: Weighed, total: int) -> Link:
    """How like two articles are, and whether that is enough for their dates and what they share."""
    said = likeness(of_one, of_other)
    cosine = said.cosine * _evenness(of_one, of_other) * _agreement(one, other)
    alike = one.terms.language == other.terms.language
    if alike:
        cosine *= 1 - STRANGE_PART * min(_strange(one, of_one, of_other), _strange(other, of_other, of_one))
    evidence = said.evidence / log(total + BACKGROUND)
    dearer, dated = _apart(one, other)
    least = LEAST_EVIDENCE if dated else UNDATED_EVIDENCE
    if dearer is None or not (_is_running(one) and _is_running(other)) or _is_form(one, other):
        return Link(cosine, IMPOSSIBLE, stands_alone=False)
    part = min(1.0, max(0.0, (evidence - FEW) / (MANY - FEW)))
    margin = cosine - (WITH_FEW + (WITH_MANY - WITH_FEW) * part) - dearer
    if alike:
        margin -= _headlines_apart(one, other) + _one_house(one, other)
    if evidence < LEAST_EVIDENCE or (evidence < least and margin < UNDATED_CERTAIN):
        margin = min(margin, JOIN)
    return Link(cosine, margin, stands_alone=margin >= (CERTAIN if dated else UNDATED_CERTAIN))


def _headlines_apart(one: Told, other: Told) -> float:
    """What is asked in addition when two headlines have no more than a name in common: two matters of one person."""
    mine, theirs = _heads(one), _heads(other)
    return HEADLINES_DEARER if mine and theirs and len(mine & theirs) <= 1 else 0.0


def _one_house(one: Told, other: Told) -> float:
    """What is asked in addition when one house brought both."""
    if not one.house or one.house != other.house:
        return 0.0
    return SAME_HOUSE_LATER_DEARER if _days_apart(one, other) else SAME_HOUSE_DEARER


def _heads(told: Told) -> set[int]:
    return {key for place, key in enumerate(told.terms.keys) if told.terms.salience(place) == MOST_SALIENT}


def _evenness(one: Weighed, other: Weighed) -> float:
    """1 when both tell equally much; less when one tells a great deal besides."""
    less, more = sorted((one.whole, other.whole))
    return float((less / more) ** UNEVEN) if less else 0.0


def _is_running(told: Told) -> bool:
    """Whether an article has words besides names."""
    words = len(_of(told, _WORDS))
    return words >= max(LEAST_WORDS, WORDS_SHARE * len(told.terms.keys))


def _is_form(one: Told, other: Told) -> bool:
    """Whether two articles have the same words around other figures: results, prices, answers to questions."""
    wording = _shared(_of(one, _WORDS), _of(other, _WORDS))
    if wording < SAME_WORDING:
        return False
    figures, theirs = _of(one, _FIGURES), _of(other, _FIGURES)
    days, other_days = _of(one, _DAYS), _of(other, _DAYS)
    other_figures = bool(figures and theirs) and _shared(figures, theirs) <= wording - OTHER_MATTER
    return other_figures or bool(days and other_days and not days & other_days)


def _of(told: Told, kinds: Collection[int]) -> set[int]:
    return {key for key, mark in zip(told.terms.keys, told.terms.marks, strict=True) if mark >> 2 in kinds}


def _shared(one: set[int], other: set[int]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _agreement(one: Told, other: Told) -> float:
    """1, or less when both have figures and all are other ones."""
    mine, theirs = _of(one, _FIGURES), _of(other, _FIGURES)
    return OTHER_FIGURES if min(len(mine), len(theirs)) >= FIGURES and not mine & theirs else 1.0


_FIGURES = frozenset({Kind.NUMBER, Kind.FIGURE})
_DAYS = frozenset({Kind.DAY})
_WORDS = frozenset({Kind.WORD})


def _apart(one: Told, other: Told) -> tuple[float | None, bool]:
    """What the dates ask in addition (None: they are of different days), and whether both say enough to ask it."""
    days = _days_apart(one, other)
    if days is None:
        return 0.0, False
    dated = one.is_dated and other.is_dated
    dearer = next((more for most, more in DAYS_DEARER if days <= most), None)
    if dearer is not None and max(one.days or 0, other.days or 0) > DAY:
        dearer += MONTH_DEARER
    return dearer, dated


def _days_apart(one: Told, other: Told) -> int | None:
    """How many days lie between the last day of one and the first of the other; None when one is undated."""
    if one.begins is None or one.ends is None or other.begins is None or other.ends is None:
        return None
    return max(one.begins - other.ends, other.begins - one.ends, 0)


def _strange(one: Told, of_one: Weighed, of_other: Weighed) -> float:
    """The part of what stands first in an article that the other has nothing of: 0 to 1."""
    whole = strange = 0.0
    for place, key in enumerate(one.terms.keys):
        if one.terms.salience(place) == MOST_SALIENT and one.terms.kind(place) is not Kind.WORD:
            value = of_one.weights.get(key, 0.0)
            whole += value
            strange += value * (key not in of_other.weights)
    return strange / whole if whole else 0.0


def joined(names: Collection[str], margin: Callable[[str, str], float]) -> list[tuple[str, ...]]:
    """The groups that come of joining the closest first; `margin` says how far above a link two are."""
    groups: dict[str, list[str]] = {name: [name] for name in sorted(names)}  # by the first name
    sums: dict[tuple[str, str], tuple[float, float]] = {}  # sum of the margins, and the greatest
    ordered = list(groups)
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            value = margin(one, other)
            sums[one, other] = value, value
    while sums:
        size = {name: len(members) for name, members in groups.items()}
        allowed = [
            (-total / (size[pair[0]] * size[pair[1]]), pair) for pair, (total, best) in sums.items() if best >= 0
        ]
        if not allowed:
            break
        average, (one, other) = min(allowed)
        if -average < JOIN:
            break
        groups[one] = sorted([*groups[one], *groups.pop(other)])
        sums.pop((one, other))
        for third in groups:
            if third != one:
                total, best = sums[min(one, third), max(one, third)]
                more, greater = sums.pop((min(other, third), max(other, third)))
                sums[min(one, third), max(one, third)] = total + more, max(best, greater)
    return [tuple(members) for members in groups.values()]
