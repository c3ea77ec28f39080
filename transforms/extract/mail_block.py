"""A line of a mail with its look, which tells of what story it is; kept apart so that pages do without bs4."""

from dataclasses import dataclass

from backfile.article import Line


@dataclass(frozen=True, slots=True)
class Block:
    """A visible line, and what its look and place tell of the story that it belongs to."""

    line: Line
    link: str | None = None  # the first web address behind any of its words
    linked: bool = False  # all of its words are a link
    loud: bool = False  # all of its words are bold or large
    cells: tuple[int, ...] = ()  # the tables, cells and boxes that it stands in, from the outermost
