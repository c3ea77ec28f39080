"""The alphabet as a witness: a word with a letter that a language lacks speaks against it, and so does a mark."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# Of 245 wrong answers on 10,900 runs of six words it takes five, and two of six on headlines written for the table of
# cases; between 4 and 8 little changes (Nov 2026).
LACKING = 7.0  # nats against a language for each different word with a letter that it lacks
CAPITAL = 0.5  # of a word with a capital letter within a text: often a foreign name
MARKED = 15.0  # nats against a language for a mark that it does not write
# Marks that some languages of a script write and no other: a question upside down; an apostrophe before я, ю, є, ї.
_MARKS = (
    ("latin", re.compile("[¿¡]"), frozenset({"es", "gl", "ast"})),
    ("cyrillic", re.compile("[\u0400-\u04ff]['’\u02bc][яюєї]"), frozenset({"uk", "be"})),
)


def against(words: Mapping[str, bool], text: str = "") -> dict[str, float]:
    """The nats that the words (and whether each is written small) and the marks speak against each language."""
    found: dict[str, float] = {}
    for script, mark, own in _MARKS:
        if mark.search(text):
            found.update(dict.fromkeys(_alphabets()[script].keys() - own, MARKED))
    for word, small in words.items():
        if not word.isascii():
            for tag in _lacking(frozenset(word)):
                found[tag] = found.get(tag, 0.0) + LACKING * (1.0 if small else CAPITAL)
    return found


def _lacking(used: frozenset[str]) -> list[str]:
    """The languages whose script the letters are of, and whose alphabet lacks one of them."""
    if any("\u0400" <= letter <= "\u04ff" for letter in used):
        return [tag for tag, own in _alphabets()["cyrillic"].items() if not used <= own]
    beyond = {letter for letter in used if "\x7f" < letter < "\u0250"}
    return [tag for tag, own in _alphabets()["latin"].items() if not beyond <= own]


@cache
def _alphabets() -> dict[str, dict[str, frozenset[str]]]:
    """`letters.toml`: script → language → its letters."""
    text = Path(__file__).with_name("letters.toml").read_text(encoding="utf-8")
    return {
        script: {tag: frozenset(str(own)) for tag, own in tongues.items()}
        for script, tongues in tomllib.loads(text).items()
    }
