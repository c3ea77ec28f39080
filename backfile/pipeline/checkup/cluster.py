"""The servers that the index lies on, where it lies on some."""

from collections.abc import Iterator

from backfile.config import Settings
from backfile.pipeline.checkup.finding import Finding


def look(settings: Settings) -> Iterator[Finding]:
    """How they are, in a line; nothing for an engine without servers.

    Raises:
        BackfileError: they cannot be reached, or do not let us ask.
    """
    if settings.engine != "opensearch":
        return
    try:
        from index.opensearch_health import health  # noqa: PLC0415  # the client is an extra
    except ModuleNotFoundError:
        return  # which whoever looks at the index is told
    found = health(settings.cluster())
    nodes = f"{found.nodes} node{'s' if found.nodes != 1 else ''}"
    told = f"OpenSearch {found.version}, {nodes}, {found.status}: {found.shards:,} shards of the archive"
    match found.status:
        case "green":
            yield Finding("ok", "servers", told)
        case "yellow":
            missing = f"{found.missing:,} copies have no node to lie on; add one, or set replicas under [opensearch]"
            yield Finding("warn", "servers", f"{told}; {missing}")
        case "red":
            missing = f"{found.missing:,} have no node, and articles are missing; see to the nodes that are gone"
            yield Finding("fault", "servers", f"{told}; {missing}")
