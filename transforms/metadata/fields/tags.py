"""The tags of an article."""

from transforms import hygiene
from transforms.metadata import tags
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.statements import Statements


def decide(stated: Statements) -> Decision[tuple[str, ...]]:
    """The tags of the first origin that has any."""
    claims = stated.of("tag")
    for origin in dict.fromkeys(w.origin for w in claims):
        found = tags.split(hygiene.clean(w.value) for w in claims if w.origin == origin)
        if found and not (origin == "meta:keywords" and tags.are_of_a_site(found)):
            return Decision(found, origin)
    return Decision(None)
