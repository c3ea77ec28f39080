"""How much of what two articles tell is the same: the cosine of their terms, each weighed by its rarity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log, sqrt

from transforms.story.terms import SPELLED_ALIKE, Kind, Terms

# An archive of five articles cannot say what is rare: as if so many had been counted before, and of them so many had a
# term of the kind. In an archive of 10,000 its own counts outweigh them.
BACKGROUND = 1_000
HELD = {
    Kind.PAIR: 1,
    Kind.CODE: 6,
    Kind.NAME: 6,
    Kind.NUMBER: 6,
    Kind.DAY: 20,
    Kind.NOUN: 25,
    Kind.WORD: 40,
    Kind.FIGURE: 60,
    Kind.COUNTRY: 120,
}
SALIENT = (1.0, 1.3, 1.6, 1.8)  # a term's part by what the article makes of it
COUNTED_SHARE, COUNTED_LEAST = 0.02, 100  # a term that more articles have is too common to say anything
TELLING_SHARE, TELLING_LEAST = 0.005, 50  # … to find anything by


def most_counted(total: int) -> int:
    """How many of `total` articles may have a term that is weighed at all."""
    return max(COUNTED_LEAST, int(COUNTED_SHARE * total))


def most_telling(total: int) -> int:
    """How many of `total` articles may have a term that others are looked up by."""
    return max(TELLING_LEAST, int(TELLING_SHARE * total))


def weight(kind: Kind, count: int, total: int) -> float:
    """What a term says that `count` of `total` articles have; 0 for one that is too common."""
    if count > most_counted(total):
        return 0.0
    return max(0.0, log((total + BACKGROUND) / (count + HELD[kind])))


@dataclass(frozen=True, slots=True)
class Weighed:
    """An article's terms with what they say in its archive."""

    language: str
    weights: Mapping[int, float]
    kinds: Mapping[int, Kind]
    whole: float  # the length of the vector
    alike: float  # … of its part that another language would spell alike


def weighed(terms: Terms, count: Callable[[int], int], total: int) -> Weighed:
    """The terms with their weights; `count` says how many articles have a term."""
    weights: dict[int, float] = {}
    kinds: dict[int, Kind] = {}
    for place, key in enumerate(terms.keys):
        kind = terms.kind(place)
        if value := weight(kind, count(key), total):
            weights[key] = value * SALIENT[terms.salience(place)]
            kinds[key] = kind
    alike = sqrt(sum(value * value for key, value in weights.items() if kinds[key] in SPELLED_ALIKE))
    return Weighed(terms.language, weights, kinds, sqrt(sum(value * value for value in weights.values())), alike)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two articles have in common."""

    cosine: float  # 0 to 1
    evidence: float  # the weights of the names and numbers they share
    names: int  # how many these are


def likeness(one: Weighed, other: Weighed) -> Likeness:
    """What two articles have in common; of two languages only what both spell alike is looked at."""
    shared = one.weights.keys() & other.weights.keys()
    across = one.language != other.language
    product = evidence = 0.0
    names = 0
    for key in shared:
        kind = min(one.kinds[key], other.kinds[key])  # one of them knows it for a name
        value = one.weights[key] * other.weights[key]
        product += value
        if kind <= Kind.NUMBER:
            names += 1
            evidence += sqrt(value)
    length = one.alike * other.alike if across else one.whole * other.whole
    return Likeness(min(1.0, product / length) if length else 0.0, evidence, names)
