"""The headline: which of the statements about it is the newsroom's own."""

from transforms import hygiene
from transforms.metadata import titles
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.statements import Statements, is_containers

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


def decide(stated: Statements, sites: tuple[str, ...]) -> Decision[str]:
    """The headline: what the container or JSON-LD says, then og:title, then h1, then the title element."""
    names = {titles.fold(site) for site in sites}
    read: list[tuple[str, str]] = []
    for witness in sorted(stated.of("title"), key=lambda w: _TITLES.get(w.origin, 1 if is_containers(w.origin) else 6)):
        if not titles.is_file_name(witness.value):
            found = titles.tidy(hygiene.clean(witness.value), sites=sites)
            if found and titles.fold(found) not in names:
                read.append((found, witness.origin))
    if not read or is_containers(read[0][1]):
        return Decision(*read[0]) if read else Decision(None)
    # What stood above the article is the headline; markup is often written for search engines. But an h1 may be the
    # site's name or a section's: it counts when another statement resembles it.
    others = [text for text, origin in read if origin != "h1"]
    whole = read[0]
    if whole[1] != "json-ld":  # a newsroom's own headline
        whole = next(
            (pair for pair in read if pair[1] == "h1" and any(titles.alike(pair[0], o) for o in others)), whole
        )
    shorter = (pair for pair in read if "h1" in {pair[1], whole[1]} and titles.is_kicker_before(whole[0], pair[0]))
    return Decision(*next(shorter, whole))
