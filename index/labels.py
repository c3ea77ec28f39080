"""The values by which entries are counted in facets."""

from index.engine import Facet
from index.entry import Display


def facet_values(display: Display, facet: Facet) -> tuple[str, ...]:
    """The values of one facet of an entry, as they are shown; none where there is nothing to count.

    A year counts only where it is known: `published` begins with it at every precision.
    """
    match facet:
        case "lang":
            return (display.language,)
        case "source":
            return (display.source,)
        case "publisher":
            return (display.publisher,) if display.publisher else ()
        case "year":
            return (display.published[:4],) if display.published else ()
        case "tag":
            return tuple(dict.fromkeys(display.tags))
