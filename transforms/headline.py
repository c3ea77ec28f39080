"""The headline at the head of the text: it becomes the title, or goes because the title says it already."""

import re
from collections.abc import Sequence
from dataclasses import replace

from backfile.article import Article, Span
from transforms import hygiene, shape
from transforms.datestamp import is_stamp
from transforms.rule import rule

SHORTEST_TITLE = 3  # words; what is shorter is mostly a section's name ("Politik"), a place or a person
LONGEST_TITLE = 26  # words; the longest of 237 titles in the development data has 23, and 2 % have fewer than three
TITLE_CHARACTERS = 200
STANDS_ABOVE = 3  # lines below a headline among which running text begins: byline, date, standfirst

OPENING = 64  # characters that tell most lines from the headline
KICKED_LETTERS = 15  # of a headline; a shorter one may end a heading by chance
KICKER_LETTERS = 40  # of a kicker before it

_LISTED = ("-", "–", "—", "•", "*", "·", ">", "#", "|", "(", "@", "http", "www.")
_OPEN_END = (",", ";", ":", "-", "–", "…", "...")
_NUMBERED = re.compile(r"\d{1,2}\s?[.)]\s+")  # a story's number in a digest: "2. Strompreise bleiben stabil"


@rule("repeated-title", version=3, kind="title")
def drop_repeated_title(article: Article) -> Article:
    """Takes the headline, or its kicker alone, at the head of a text whose title says it, with or without the site."""
    wanted = hygiene.letters(article.title or "", "NFKC")
    if not wanted:
        return article
    others = _other_forms(article, wanted) | _kicker(article.title or "")
    goes = {at for at in shape.head(article.body) if _says(article.body[at], wanted, others)}
    return _without(article, goes)


def _says(span: Span, wanted: str, others: frozenset[str]) -> bool:
    """Whether the line is the headline, in a form that the page states, or as a heading with a kicker before it."""
    if len(span.text) > OPENING and span.role != "heading" and not _NUMBERED.match(span.text):
        opening = hygiene.letters(span.text[:OPENING], "NFKC")[:-2]  # a sign behind may change the last one
        if not wanted.startswith(opening) and not any(each.startswith(opening) for each in others):
            return False
    if len(span.text) > TITLE_CHARACTERS:
        return hygiene.letters(span.text, "NFKC") == wanted
    said = hygiene.letters(span.text, "NFKC")
    if said == wanted or said in others:
        return True
    if (number := _NUMBERED.match(span.text)) and hygiene.letters(span.text[number.end() :], "NFKC") == wanted:
        return True
    kicked = span.role == "heading" and len(wanted) >= KICKED_LETTERS and said.endswith(wanted)
    return kicked and len(said) - len(wanted) <= KICKER_LETTERS


def _kicker(title: str) -> frozenset[str]:
    """The letters of what a title says before its colon, as it may stand alone above: `Morgenlage: Was heute zählt`."""
    before, colon, _ = title.partition(": ")
    letters = hygiene.letters(before, "NFKC") if colon else ""
    return frozenset({letters}) if 0 < len(letters) <= KICKER_LETTERS else frozenset()


def _other_forms(article: Article, wanted: str) -> frozenset[str]:
    """The letters of the page's other statements about its headline that hold the title, or share its words."""
    stated = [sign.value for sign in article.signs if sign.field == "title"]
    if len(wanted) < KICKED_LETTERS or not stated:
        return frozenset()
    from transforms.metadata import titles  # noqa: PLC0415  (of pages alone)

    letters = {hygiene.letters(value, "NFKC"): value for value in stated}
    return frozenset(
        said
        for said, value in letters.items()
        if len(said) >= KICKED_LETTERS
        and (wanted in said or said in wanted or titles.alike(value, article.title or ""))
    )


@rule("headline", version=1, kind="title")
def take_headline(article: Article) -> Article:
    """Makes a headline that opens the text its title where none is known; first sentence, poem, interview stay."""
    if article.title is not None or len(article.body) < 2:
        return article
    first, rest = article.body[0], article.body[1:]
    title = " ".join(first.text.split())
    if first.start or not _reads_like_a_headline(first, title) or not _opens_an_article(title, rest) or is_stamp(title):
        return article
    provenance = {**article.provenance, "title": f"text:line {first.line + 1}"}
    return _without(replace(article, title=title, provenance=provenance), {0})


def _reads_like_a_headline(span: Span, title: str) -> bool:
    if span.role not in {"text", "heading"} or len(title) > TITLE_CHARACTERS or title.startswith(_LISTED):
        return False
    least = 1 if span.role == "heading" else SHORTEST_TITLE
    if not least <= shape.words(title) <= LONGEST_TITLE or title.endswith(_OPEN_END):
        return False
    if title[:1].islower() or (title[:1].isdigit() and title[1:3].strip()[:1] in {".", ")"}):
        return False
    return not title.rstrip("\"'”“’»«)").endswith((".", "。"))


def _opens_an_article(title: str, rest: Sequence[Span]) -> bool:
    """Whether running text follows soon: neither verses nor the items of a list; and no speaker opens an interview."""
    speaker, colon, _ = title.partition(":")
    if colon and any(span.text.lstrip().startswith(speaker + ":") for span in rest):
        return False
    following = rest[:STANDS_ABOVE]
    return any(shape.is_prose(span.text) and len(span.text) > len(title) for span in following)


def _without(article: Article, goes: set[int]) -> Article:
    if not goes:
        return article
    return replace(article, body=tuple(span for at, span in enumerate(article.body) if at not in goes))
