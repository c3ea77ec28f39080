"""Where an article was written."""

import re

from transforms import hygiene
from transforms.metadata import bylines
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.statements import Statements

_BYLINE_PLACE = re.compile(
    r"(?:[Bb]y|[Vv]on|BY)\s(?P<names>[^,]{3,80}?) in (?P<place>[^\W\d_]+(?:[ '-][^\W\d_]+){0,3})"
)


def decide(stated: Statements) -> Decision[tuple[str, ...]]:
    """Where it was written: as the container says, else as a byline on the page does (`Jane Doe in Berlin`)."""
    for witness in stated.of("place"):
        if found := hygiene.clean(witness.value):
            return Decision(tuple(part.strip() for part in found.split("/") if part.strip()), witness.origin)
    for witness in stated.of("author"):
        match = _BYLINE_PLACE.fullmatch(hygiene.clean(witness.value)[:200])
        if match and bylines.split(match["names"])[0]:
            return Decision((match["place"],), witness.origin)
    return Decision(None)
