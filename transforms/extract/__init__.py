"""From a document to its lines and the statements about it.

    Document  →  extract  →  Extraction
    HTML, text   guard, markup, furniture, page (blocks, gaps) / newsletter / plaintext

HTML loses what the page itself states to be furniture (`furniture`), goes to trafilatura (`page`), and gets back what
that left out between the lines it took (`gaps`). A mail's HTML goes to `newsletter`; text goes to `plaintext`. Where
trafilatura's fast mode finds little, there are second opinions: its full cascade, `newsletter` for pages that stand in
tables, and the text that the page holds as data (`embedded`); the witness `text` says whose lines were taken. What is
hidden goes here; what a reader saw stays as a line, for the rules to take out with a reason.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

from lxml import html

from backfile.article import Document, Extraction, Line, Witness
from backfile.errors import Reason, UnreadableInput
from transforms import hygiene, mojibake
from transforms.extract import guard, plaintext
from transforms.extract.mail_block import Block

# With fewer letters and figures trafilatura has found a caption or a cookie note, not an article: the shortest gold
# text of 271 pages has 278 (Nov 2026).
FEW_CHARACTERS = 100
# With fewer, a page may hold its text as data for its script; the second opinion is one only if it is much longer.
FEW_LINES = 600
SECOND_OPINION = 3  # times as much text is a better one
# An HTML part with less than this share of the plain part's text is a stub ("your mail program cannot show this").
STUB_SHARE = 0.3

STANDS_ABOVE = 3  # lines below a headline among which running text begins: byline, date, standfirst
SHORTEST_HEADLINE = 3  # words

FRAGMENT = "html-fragment/1"
_NO_LETTER = re.compile(r"[\W_]")  # all but what `str.isalnum` is true of
_WHOLE_PAGE = re.compile(r"<(?:html|head|body)[\s>]", re.IGNORECASE)
_FLOWED = re.compile(r"format\s*=\s*\"?flowed", re.IGNORECASE)
_DELSP = re.compile(r"delsp\s*=\s*\"?yes", re.IGNORECASE)
_MAIL_MARKS = ("urn:schemas-microsoft-com:office:office", "[if mso", "[if !mso", "mso-hide", "mso-table-lspace")


def extract(document: Document) -> list[Extraction]:
    """The document's lines and all statements about it, the container's first, as one extraction, story 0.

    A digest gives the stories besides, each with lines of its own; story 0 then holds what belongs to none of them.

    What was decoded in a wrong encoding is put right first, where that is certain; the witness `repaired` says so.

    Raises:
        UnreadableInput: `no-text`, `too-large`, `too-deep`; the detail names the limit, not the content.
    """
    document = mojibake.repaired(document)
    if document.html is not None and document.html.strip():
        found = _from_html(document)
    elif document.text is not None:
        found = _stories_of_text(_from_text(document, document.text), mail=is_mail(document))
    else:
        found = []
    if not any(hygiene.speaks(line.text) for each in found for line in each.lines):
        raise UnreadableInput(Reason.NO_TEXT, "no line of an article was found in it")
    return [_stated_well(each) for each in found]


def _stated_well(extraction: Extraction) -> Extraction:
    """The extraction with its statements in the right encoding: JSON-LD spells broken letters as escapes."""
    stated = mojibake.repaired_witnesses(extraction.witnesses)
    return extraction if stated is extraction.witnesses else replace(extraction, witnesses=stated)


def is_mail(document: Document) -> bool:
    """Whether the document came as a mail: its container states a mail's header fields."""
    return any(witness.origin.casefold() in _MAIL_HEADERS for witness in document.witnesses)


_MAIL_HEADERS = frozenset(
    f"header:{name}" for name in ("from", "subject", "to", "sender", "list-id", "message-id", "reply-to")
)


def _from_text(document: Document, text: str) -> Extraction:
    stated = " ".join(w.value for w in document.witnesses if w.origin.casefold() == "header:content-type")
    lines = plaintext.lines(text, flowed=bool(_FLOWED.search(stated)), delsp=bool(_DELSP.search(stated)))
    return Extraction(tuple(lines), document.witnesses, extractor=plaintext.EXTRACTOR)


def _stories_of_text(whole: Extraction, *, mail: bool) -> list[Extraction]:
    """The stories of a plain-text mail to a list; any other text is one article."""
    if not mail:
        return [whole]
    from transforms.extract import forwarded, list_digest  # noqa: PLC0415 - of mails alone

    found = list_digest.split(whole)
    if len(found) > 1:
        return found
    whole = forwarded.unwrapped(whole)
    if not any(witness.field == "mail-newsletter" for witness in whole.witnesses):
        return [whole]
    from transforms.extract import digest  # noqa: PLC0415 - bs4 is not needed for other text

    return digest.split(whole, digest.plain_blocks(whole.lines))


def _from_html(document: Document) -> list[Extraction]:
    from transforms.extract import (  # noqa: PLC0415 - lxml is not needed for text
        digest,
        forwarded,
        furniture,
        markup,
        page,
        signs,
    )

    source = document.html or ""
    mail = is_mail(document)
    plain = _from_text(document, document.text) if document.text else None
    try:
        tree = guard.parse(source)
    except UnreadableInput:
        if plain is not None and plain.lines:
            return _stories_of_text(plain, mail=mail)
        raise
    stated = markup.witnesses(tree)
    witnesses = document.witnesses + (_of_mail(stated) if mail else stated)
    blocks: list[Block] = []
    if (fragment := _is_fragment(document)) or mail or _looks_like_mail(source):
        from transforms.extract import newsletter  # noqa: PLC0415 - bs4 is not needed for pages

        found = newsletter.blocks(source)
        lines, by = [block.line for block in found], FRAGMENT if fragment else newsletter.EXTRACTOR
        if not fragment:
            blocks = found
            witnesses += tuple(_headline_of_mail(lines, witnesses))
    else:
        telling = signs.witnesses(tree)
        furniture.prune(tree)
        lines, by = page.lines(tree, url=_url(witnesses))
        whole_tree = cache(lambda: guard.parse(source))  # few pages need it, and a copy takes half as long
        lines, by = _second_opinion(lines, by, source, tree, whole_tree)
        if lines and by != page.extractor("fast"):
            witnesses += (Witness("text", by, "second opinion"),)
        witnesses += telling
        if _has_fewer(lines, signs.SHORT_PAGE):
            shown = signs.shown(whole_tree())
            witnesses += signs.blocks(shown)
            if _has_fewer(lines, 1):
                lines, by = shown, signs.EXTRACTOR
                witnesses += (signs.BARE,)
    if plain is not None and _has_fewer(lines, STUB_SHARE * _size(plain.lines)):
        return _stories_of_text(Extraction(plain.lines, witnesses, extractor=plaintext.EXTRACTOR), mail=mail)
    whole = Extraction(tuple(lines), witnesses, extractor=by)
    return digest.split(forwarded.unwrapped(whole) if mail else whole, blocks)


def _second_opinion(
    lines: list[Line], by: str, source: str, tree: html.HtmlElement, whole_tree: Callable[[], html.HtmlElement]
) -> tuple[list[Line], str]:
    """The lines and who made them, or what others found where these are few: read as a mail, or held as data."""
    if _has_fewer(lines, FEW_CHARACTERS) and (not lines or _is_laid_out(tree)):
        from transforms.extract import newsletter  # noqa: PLC0415 - of such pages alone

        other = newsletter.lines(source)
        if _size(other) > SECOND_OPINION * _size(lines):
            lines, by = other, newsletter.EXTRACTOR
    if _has_fewer(lines, FEW_LINES):
        from transforms.extract import embedded  # noqa: PLC0415 - of such pages alone

        other, where = embedded.lines(whole_tree())
        if _size(other) > max(SECOND_OPINION * _size(lines), FEW_CHARACTERS):
            lines, by = other, f"{where}/1"
    return lines, by


def _of_mail(stated: tuple[Witness, ...]) -> tuple[Witness, ...]:
    """What a mail's markup may say: its `title` element is a template's name more often than a headline."""
    from transforms.extract import dated  # noqa: PLC0415 - lxml is not needed for text

    return tuple(
        each
        for each in stated
        if each.origin not in {"title", "h1", "h2", "h2:headline", "h1:byline", "class:byline", "away:class:byline"}
        and not (each.field == "shown" or dated.is_shown(each.origin))
    )


def _headline_of_mail(lines: list[Line], stated: tuple[Witness, ...]) -> Iterator[Witness]:
    """The heading of a mail that holds one article, when the subject has it too among other things.

    Of several headings with running text below them none is the mail's.
    """
    above = [
        line.text
        for at, line in enumerate(lines)
        if line.role == "heading" and any(_is_running(each) for each in islice(lines, at + 1, at + 1 + STANDS_ABOVE))
    ]
    subjects = [witness.value for witness in stated if witness.origin.casefold() == "header:subject"]
    if len(above) == 1 and len(above[0].split()) >= SHORTEST_HEADLINE:
        yield from (Witness("title", above[0], "mail:heading") for each in subjects[:1] if above[0] in each)


def _is_running(line: Line) -> bool:
    return line.role == "text" and len(line.text) >= FEW_CHARACTERS


def _looks_like_mail(source: str) -> bool:
    """Whether saved HTML is a newsletter: it has the marks that only mail templates have."""
    return "mso" in source and sum(mark in source for mark in _MAIL_MARKS) >= 2  # all but one of them have it


def _is_fragment(document: Document) -> bool:
    """Whether the HTML is an article's body alone, as exports have it: then all of it is wanted."""
    stated = any(witness.origin.startswith("column:") for witness in document.witnesses)
    return stated and not _WHOLE_PAGE.search(document.html or "")


def _is_laid_out(tree: html.HtmlElement) -> bool:
    """Whether the page stands in tables within tables, as newsletters do and pages did before 2005."""
    return tree.find(".//table//table//table") is not None


def _url(witnesses: tuple[Witness, ...]) -> str | None:
    return next((w.value for w in witnesses if w.field == "url" and w.value.startswith(("http://", "https://"))), None)


def _has_fewer(lines: tuple[Line, ...] | list[Line], number: float) -> bool:
    """Whether the lines have fewer letters and figures than that; counted no further."""
    size = 0
    for line in lines:
        size += _letters(line.text)
        if size >= number:
            return False
    return size < number


def _size(lines: tuple[Line, ...] | list[Line]) -> int:
    return sum(_letters(line.text) for line in lines)


def _letters(text: str) -> int:
    return len(text) - len(_NO_LETTER.findall(text))
