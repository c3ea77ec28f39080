"""Pages laid out in tables, as they were made before 2005: the tables become boxes, so that an extractor reads them.

A cell that holds headings, paragraphs or lists and half of the page is no cell of data. Extractors take such a table
for one of data, and give its rows, each as one line.
"""

import copy

from lxml import etree, html

LAID_OUT_SHARE = 0.5  # of a page's letters that stand in one cell
BLOCKS = 3  # headings, paragraphs and lists from which a cell is a part of the layout
_BLOCKS = ("h1", "h2", "h3", "p", "ul", "ol", "blockquote")
_PARTS = frozenset({"tbody", "thead", "tfoot", "tr", "td", "th"})


def unfolded(tree: html.HtmlElement) -> html.HtmlElement | None:
    """The page with the tables around its text as boxes; None when it is not laid out so. `tree` stays as it is.

    Tables within the text are left alone.
    """
    cell = _fullest_cell(tree)
    if cell is None or _letters(cell) < LAID_OUT_SHARE * _letters(tree):
        return None
    path = tree.getroottree().getpath(cell)
    made = copy.deepcopy(tree)
    (inside,) = made.getroottree().xpath(path)
    for table in list(inside.iterancestors("table")):
        _open(table)
    return made


def _fullest_cell(tree: html.HtmlElement) -> html.HtmlElement | None:
    """The cell with the most headings, paragraphs and lists of its own; None when none has enough."""
    fullest: tuple[int, html.HtmlElement | None] = (BLOCKS - 1, None)
    within: list[tuple[html.HtmlElement, int]] = []
    for event, element in etree.iterwalk(tree, events=("start", "end"), tag=("td", *_BLOCKS)):
        if element.tag != "td":
            if event == "start" and within:
                within[-1] = (within[-1][0], within[-1][1] + 1)
        elif event == "start":
            within.append((element, 0))
        else:
            cell, count = within.pop()
            fullest = max(fullest, (count, cell), key=lambda pair: pair[0])
    return fullest[1]


def _open(table: html.HtmlElement) -> None:
    """Make boxes of a table, its rows and cells; what stands in the cells stays."""
    waiting = [table]
    while waiting:
        element = waiting.pop()
        waiting += [child for child in element if child.tag in _PARTS]
        element.tag = "div"


def _letters(element: html.HtmlElement) -> int:
    return sum(map(str.isalnum, element.text_content()))
