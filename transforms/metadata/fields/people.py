"""Who wrote an article: persons, and the agencies they wrote for."""

from transforms import hygiene
from transforms.metadata import bylines
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.publisher import FROM, display_name, is_sender_publisher
from transforms.metadata.fields.statements import Statements


def decide(stated: Statements, sites: tuple[str, ...]) -> tuple[Decision[tuple[str, ...]], Decision[tuple[str, ...]]]:
    """Persons and agencies, each of the first origin that names any."""
    persons: Decision[tuple[str, ...]] = Decision(None)
    agencies: Decision[tuple[str, ...]] = Decision(None)
    claims = stated.of("author") + stated.of("agency")
    for origin in dict.fromkeys(w.origin for w in claims):
        values = [hygiene.clean(w.value) for w in claims if w.origin == origin and w.field == "author"]
        bodies = [hygiene.clean(w.value) for w in claims if w.origin == origin and w.field == "agency"]
        if origin.casefold() in FROM:
            values = [name for name in map(display_name, values) if not is_sender_publisher(stated, name)]
        exact = origin.startswith(("json-ld", "column:", "field:", "rel:", "itemprop:"))
        people, named = bylines.split_all(values, stated=exact, outlets=() if exact else sites)
        named += bylines.split_all(bodies)[1]
        if people and not persons:
            persons = Decision(people, origin)
        if named and not agencies:
            agencies = Decision(named, origin)
    return persons, agencies
