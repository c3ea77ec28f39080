"""Signs that people bring along from elsewhere, and what is said of them: they are text here, and that may surprise.

What a query means does not depend on this module. Every remark names the place and what to write instead; what stands
in pasted text by itself (10:30, C++, AT&T, an address) is left without one.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from index.notes import Note
from index.tokens import FIELD, Token

# Names of fields in other programs (notmuch, mu, web search) and in German, which no likeness of letters leads to.
_ALIASES = {
    "after": "date",
    "autor": "author",
    "before": "date",
    "by": "author",
    "datum": "date",
    "domain": "url",
    "from": "author",
    "headline": "title",
    "host": "url",
    "intitle": "title",
    "inurl": "url",
    "keyword": "tag",
    "link": "url",
    "medium": "publisher",
    "ort": "place",
    "quelle": "source",
    "schlagwort": "tag",
    "since": "date",
    "site": "url",
    "sprache": "lang",
    "subject": "title",
    "thema": "tag",
    "until": "date",
    "verlag": "publisher",
    "von": "author",
    "website": "url",
    "year": "date",
    "zeitung": "publisher",
}
_NEAR_ENOUGH = 0.6  # likeness of a misspelled field's name (difflib's own default)

_OPERATORS = {
    "AND": "all words must occur anyway",
    "UND": "all words must occur anyway",
    "ODER": "the sign for that is OR",
    "NICHT": "the sign for that is NOT, or - before a word",
}
_NEARNESS = re.compile(r"(?:NEAR|ADJ)(?:/?\d{1,4})?")
_STAR_WITHIN = re.compile(r"^\*\w|\w\*\w")
_MARK_WITHIN = re.compile(r"\w\?\w")
_WEIGHT = re.compile(r"\w\^\d")
_STAR_OF_WORD = re.compile(r"\w\*")
_QUOTED = re.compile('[„“]([^„“”"]{1,200})[“”]|»([^»«"]{1,200})«|«([^»«"]{1,200})»|‚([^‚‘’"]{1,200})[‘’]')


def remarks(text: str, tokens: Sequence[Token], fields: Collection[str]) -> Iterator[Note]:
    """What is to be said of signs in a query that are read as text."""
    for number, token in enumerate(tokens):
        if token.sign == "text":
            before = tokens[number - 1] if number else None
            valued = before is not None and before.sign == "field" and before.end == token.start
            yield from _of_text(token, text, fields, inside=0 < number < len(tokens) - 1, valued=valued)
        elif token.sign == "phrase":
            yield from _of_phrase(token)
    for quoted in _QUOTED.finditer(text):
        words = next(group for group in quoted.groups() if group is not None)
        if len(words.split()) > 1:
            yield Note(f'“{quoted.group()}” is read as words; as a phrase: "{words.strip()}"', *quoted.span())


def _of_text(token: Token, text: str, fields: Collection[str], *, inside: bool, valued: bool) -> Iterator[Note]:
    run = token.text
    here = token.start, token.end
    if inside and (instead := _OPERATORS.get(run)):
        yield Note(f"{run} is read as text; {instead}", *here)
    elif inside and _NEARNESS.fullmatch(run):
        yield Note(f'{run} is read as text; nearness is "two words"~5', *here)
    elif run.startswith('"') and text.find('"', token.start + 1) < 0:
        yield Note("this quote is never closed, so it is read as text", token.start, token.start + 1)
    elif run.startswith("("):
        yield Note("this bracket is never closed, so it is read as text", token.start, token.start + 1)
    elif "://" not in run:
        yield from _of_word(token, run, fields, valued=valued)


def _of_word(token: Token, run: str, fields: Collection[str], *, valued: bool) -> Iterator[Note]:
    here = token.start, token.end
    if run[-1:] == ":" and run[:-1].casefold() in fields:
        yield Note(f"“{run}” is read as text; the value of a field follows without a blank", *here)
    elif (named := FIELD.match(run)) and not valued:
        yield Note(
            f"there is no field “{named.group()}”, so this is read as text; {_field_for(named.group(1), fields)}", *here
        )
    elif _STAR_WITHIN.search(run):
        yield Note("a star stands for letters at the end of a word only; here it is read as text", *here)
    elif _MARK_WITHIN.search(run) and not valued:
        yield Note("no sign stands for one letter; near spellings are found by word~", *here)
    elif _WEIGHT.search(run):
        yield Note("words have no weights, so this is read as text", *here)
    elif not any(letter.isalnum() or letter in "§*" for letter in run) and any(
        ord(letter) > _SYMBOLS for letter in run
    ):
        yield Note(f"“{run}” has no letter or figure, so it is left out", *here)


_SYMBOLS = 0x2190  # arrows, signs and emoji begin here; below are dashes, quotes and other marks of writing


def _field_for(name: str, fields: Collection[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (most queries name no wrong field)

    folded = name.casefold()
    near = get_close_matches(folded, sorted(fields), n=1, cutoff=_NEAR_ENOUGH)
    likely = _ALIASES.get(folded) or (near[0] if near else None)
    return f"did you mean “{likely}:”?" if likely else f"fields are {', '.join(sorted(fields))}"


def _of_phrase(token: Token) -> Iterator[Note]:
    if not token.text.strip():
        yield Note("this phrase is empty, so it is left out", token.start, token.end)
    elif _STAR_OF_WORD.search(token.text):
        yield Note("a star within a phrase is read as text", token.start, token.end)
