"""Keywords: apart, tidy, each once."""

import html
import re
from collections.abc import Iterable

LONGEST_TAG = 80  # characters; longer ones are sentences
MOST_TAGS = 50  # of one article; beyond that it is a list of a whole site's words
_SEPARATOR = re.compile(r"\s*[,;|\n]\s*")


def split(statements: Iterable[str]) -> tuple[str, ...]:
    """The tags in the statements: separated at commas, semicolons and bars, each once (letter case aside), in order.

    At most `MOST_TAGS`; none over `LONGEST_TAG` characters, none without a letter or figure.
    """
    found: dict[str, str] = {}
    for statement in statements:
        for piece in _SEPARATOR.split(html.unescape(statement)):
            tag = re.sub(r"\s+", " ", piece).strip(" #\"'“”„.")
            if tag and len(tag) <= LONGEST_TAG and any(character.isalnum() for character in tag):
                found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MOST_TAGS]
