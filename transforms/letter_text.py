"""What of a newsletter is its text, whatever stands beside it: for rules that judge lines by their neighbours."""

from collections.abc import Iterator, Sequence

from backfile.article import Article
from transforms import letter, letter_lines, shape
from transforms.letter import Row
from transforms.pattern import plain

HEADLINE_ROWS = 2  # above running text: the headline, and who wrote it or where
SIGNATURE_ROWS = 2  # below a farewell: who, and as what
GREETING_WORDS = 6


def own_lines(article: Article) -> frozenset[int]:
    """The lines of a newsletter that are its text for what stands beside them, however they look.

    A greeting and a headline within it have running text below; a farewell has the names of those who sign, and what
    stands above it is the letter. Lines of the extraction.
    """
    read = letter.page(article)
    if not read.letter:
        return frozenset()
    left = [row for row in read.rows if row.at]
    text = [number for number, row in enumerate(left) if _is_text(row)]
    if not text:
        return frozenset(span.line for span in article.body)  # a list of headlines and links
    first = text[0] - 1 if text[0] and _greets(left[text[0] - 1]) else text[0]
    own = {first}
    for number in range(first + 1, len(left)):
        own |= set(_headlines(left, number))
        if _is_text(left[number]):
            own.add(number)
        if letter.takes_leave(left[number]):
            own |= set(range(first, min(len(left), number + 1 + SIGNATURE_ROWS)))
    return frozenset(article.body[place].line for number in own for place in left[number].at)


def _headlines(left: Sequence[Row], number: int) -> Iterator[int]:
    """The rows right above running text, or above the first item of a list, that are its headline."""
    if _is_item(left[number]) and not _is_item(left[number - 1]):
        yield number - 1
    if not _is_text(left[number]):
        return
    for above in range(number - 1, max(-1, number - 1 - HEADLINE_ROWS), -1):
        least = 1 if above == number - 1 else 3
        if _is_text(left[above]) or shape.words(left[above].words) < least:
            return
        yield above


def _is_item(row: Row) -> bool:
    return row.role == "item" or row.text.startswith(("- ", "* ", "• ", "– "))


def _greets(row: Row) -> bool:
    return shape.words(row.words) <= GREETING_WORDS and row.text.rstrip().endswith((",", ":", "!"))


def _is_text(row: Row) -> bool:
    """Whether the row is a paragraph, though it ends with the words of a link or who wrote it; nothing of the frame."""
    return shape.words(row.words) >= shape.PROSE_WORDS and not letter_lines.is_furniture(plain(row.text), row.words)
