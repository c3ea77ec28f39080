"""The canonical address of an article, as far as what is stated can be believed."""

from urllib.parse import urlsplit

from transforms.metadata import urls
from transforms.metadata.fields.decision import Decision
from transforms.metadata.fields.statements import Statements, is_containers, rank


def decide(stated: Statements) -> Decision[str]:
    """The address: the container's own, corrected by what the page says as far as that can be believed."""
    claims = stated.of("url")
    own = next((found for w in claims if is_containers(w.origin) and (found := urls.canonical(w.value))), None)
    order = sorted(claims, key=lambda w: (w.origin != "link:canonical", w.origin != "meta:og:url", rank(w.origin)))
    for witness in order:
        if is_containers(witness.origin):
            continue
        found = urls.stated(witness.value, own)
        if found and (urlsplit(found).path not in {"", "/"} or own is not None or urlsplit(found).query):
            return Decision(found, witness.origin)
    for witness in claims:
        if is_containers(witness.origin) and (found := urls.canonical(witness.value)):
            return Decision(found, witness.origin)
    return Decision(None)
