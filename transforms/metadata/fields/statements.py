"""All witnesses about one article, by field, in the order in which they are believed."""

import dataclasses
from dataclasses import dataclass
from functools import lru_cache

from backfile.article import Witness


@dataclass(frozen=True, slots=True)
class Statements:
    """All witnesses, by field, in the order in which they are believed."""

    all: tuple[Witness, ...]
    _sorted: dict[str, list[Witness]] = dataclasses.field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for witness in self.all:
            self._sorted.setdefault(witness.field, []).append(witness)
        for stated in self._sorted.values():
            if len(stated) > 1:
                stated.sort(key=lambda witness: rank(witness.origin))

    def of(self, field: str) -> list[Witness]:
        """Statements about `field`: configuration, JSON-LD, then the rest as made."""
        return list(self._sorted.get(field, ()))


RANKS = (
    "config",
    "json-ld",
    "json-ld:",
    "meta:",
    "itemprop:",
    "link:",
    "forwarded:",
    "header:",
    "column:",
    "",
    "h1",
    "h2",
    "title",
    "time",
    "rel:",
    "link:author",
    "class:",
    "h1:",
    "h2:",
)


@lru_cache(1_024)
def rank(origin: str) -> int:
    """The place of an origin among `RANKS`; names that are not in it stand where the container's own do."""
    if origin in {"h1", "h2", "title", "time", "json-ld", "config", "link:author"}:
        return RANKS.index(origin)
    for number, prefix in enumerate(RANKS):
        if prefix.endswith(":") and origin.startswith(prefix):
            return number
    return RANKS.index("")


def is_containers(origin: str) -> bool:
    """Whether the container (or the configuration) said it, not the page about itself."""
    return origin not in _MARKUP and not origin.startswith(_MARKUP_KINDS)


_MARKUP = frozenset({"json-ld", "h1", "h2", "title", "time", "base", "labelled"})
_MARKUP_KINDS = (
    "json-ld:", "meta:", "link:", "itemprop:", "text:", "class:", "rel:", "h1:", "h2:", "html:", "away:",
)  # fmt: skip
