"""Where an article was written."""

from transforms import hygiene
from transforms.metadata import bylines
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.statements import Statements

STATED = 0.9  # the container's or the markup's own field
IN_BYLINE = 0.7  # `Jane Doe in Berlin`, `Jane Doe, Berlin`
LONGEST = 60  # characters of a place
MOST = 6


def decide(stated: Statements) -> Decision[tuple[str, ...]]:
    """Where it was written: as the container says, else as a byline on the page does (`Jane Doe in Berlin`)."""
    weighed: list[Weighed] = []
    found: list[tuple[tuple[str, ...], str]] = []
    for witness in stated.of("place"):
        places = tuple(part.strip() for part in hygiene.clean(witness.value).split("/") if 0 < len(part.strip()) <= LONGEST)
        weighed.append(Weighed(witness, "/".join(places), STATED if places else 0.0, "" if places else "no place"))
        found.append((places, witness.origin))
    for witness in stated.of("author"):
        byline = bylines.read(hygiene.clean(witness.value))
        if byline.places and (byline.persons or byline.agencies):
            weighed.append(Weighed(witness, "/".join(byline.places), IN_BYLINE))
            found.append((byline.places, witness.origin))
    for places, origin in found:
        if places:
            return Decision(places[:MOST], origin, tuple(weighed))
    return Decision(None, "", tuple(weighed))
