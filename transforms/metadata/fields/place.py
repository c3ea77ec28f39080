"""Where an article was written."""

import re

from transforms import hygiene
from transforms.metadata import bylines
from transforms.metadata.byline_words import TRADE
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.statements import Statements, is_containers
from transforms.places import CITIES

STATED = 0.9  # the container's own field
IN_BYLINE = 0.7  # `Jane Doe in Berlin`, `Jane Doe, Berlin`
IN_MARKUP = 0.6  # JSON-LD's contentLocation and dateline, which templates fill with the country of the house
LONGEST = 60  # characters of a place
MOST = 6
_TRADE_IN = re.compile(rf"^(?:{TRADE.pattern})\s+(?:\w+\s+)?(?:in|en|em|à|a|w)\s+", re.IGNORECASE)


def decide(stated: Statements) -> Decision[tuple[str, ...]]:
    """Where it was written: as the container says, else a byline (`Jane Doe in Berlin`), else JSON-LD, a city alone."""
    weighed: list[Weighed] = []
    found: list[tuple[float, tuple[str, ...], str]] = []
    for witness in stated.of("place"):
        own = is_containers(witness.origin)
        places, weight = _places(hygiene.clean(witness.value), cities=not own), STATED if own else IN_MARKUP
        weighed.append(Weighed(witness, "/".join(places), weight if places else 0.0, "" if places else "no city"))
        found.append((weight, places, witness.origin))
    for witness in stated.of("author"):
        byline = bylines.read(hygiene.clean(witness.value))
        if byline.places and (byline.persons or byline.agencies):
            weighed.append(Weighed(witness, "/".join(byline.places), IN_BYLINE))
            found.append((IN_BYLINE, byline.places, witness.origin))
    weighed.sort(key=lambda each: -each.weight)
    naming = [each for each in found if each[1]]
    if not naming:
        return Decision(None, "", tuple(weighed))
    _, value, origin = max(naming, key=lambda each: each[0])
    return Decision(value[:MOST], origin, tuple(weighed))


def _places(stated: str, *, cities: bool) -> tuple[str, ...]:
    parts = (_TRADE_IN.sub("", part.strip(" .")) for part in stated.split("/"))
    return tuple(part for part in parts if 0 < len(part) <= LONGEST and (not cities or part.casefold() in CITIES))
