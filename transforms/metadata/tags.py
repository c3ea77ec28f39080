"""Keywords: apart, tidy, each once."""

import html
import re
from collections.abc import Iterable

LONGEST_TAG = 80  # characters; longer ones are sentences
MOST_TAGS = 50  # of one article; beyond that it is a list of a whole site's words
# What a site says of itself on every page, for search engines: two of these among the keywords, and they are no tags.
_OF_A_SITE_TEXT = """
nachrichten news zeitung tageszeitung newspaper aktuell aktuelles aktuelle schlagzeilen headlines online-zeitung
magazin magazine zeitschrift e-paper epaper abo abonnement noticias periódico diario actualités actualité journal
"""
_OF_A_SITE = frozenset(_OF_A_SITE_TEXT.split())
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


def are_of_a_site(tags: Iterable[str]) -> bool:
    """Whether the keywords say what kind of site it is, not what the article is about.

    >>> are_of_a_site(["Nachrichten", "Musterstadt", "Zeitung", "aktuell"])
    True
    """
    return len(_OF_A_SITE.intersection(tag.casefold() for tag in tags)) > 1
