"""Hits on a terminal: title, facts, passage and id of each, no row wider than the terminal."""

from collections.abc import Iterator, Mapping

import click

from backfile.cli.columns import Piece, cells, cut, rows
from backfile.cli.output import is_coloured, safe, width
from index.explain import Share
from index.search import Hit, Results
from index.snippet import Snippet

_MAX_WIDTH = 100  # columns of text; longer lines are hard to read
_TITLE_ROWS = 4  # an address or a whole paragraph in place of a title is cut there
_PART = 24  # columns for a part of the query in an explanation
_RESET = "\x1b[0m"
_BOLD, _UNDERLINED = "\x1b[1m", "\x1b[4m"


def lines(results: Results, offset: int, qid: str | None) -> Iterator[str]:
    """The hits of a search, the first of which is number `offset` + 1; `qid` is the query's own id, if it has one."""
    columns = min(width(), _MAX_WIDTH)
    if results.understood:
        yield from (cut(safe(line), columns) for line in results.understood)
        yield ""
    for place, hit in enumerate(results.hits, start=offset + 1):
        yield from _hit_lines(hit, f"{place}. ", columns)
        yield ""
    for line in facet_lines(results.facets):
        yield from _wrapped([(line, "")], "", "   ", columns)
    if results.total:
        yield from (_dim(line) for line in _wrapped([(_foot(results, offset, qid), "")], "", "", columns))


def facet_lines(facets: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """A line for each facet: its values, the commonest first, with their numbers."""
    for facet, values in facets.items():
        ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
        yield f"{facet}: " + ", ".join(f"{safe(value)} {number}" for value, number in ordered)


def shown_date(hit: Hit) -> str | None:
    """When a hit was published, as exactly as it is known: `2024`, `2024-11`, `2024-11-25`, `2024-11-25 10:12`."""
    return hit.published[:16].replace("T", " ") if hit.published else None


def _hit_lines(hit: Hit, lead: str, columns: int) -> Iterator[str]:
    indent = " " * len(lead)
    colour = is_coloured()
    title = Snippet(hit.title, hit.title_marks) if hit.title else Snippet("(no title)")
    bold, mark = (_BOLD, _BOLD + _UNDERLINED) if colour else ("", "")
    titled = list(_wrapped(_pieces(title, bold, mark), lead, indent, columns))
    yield from titled[:_TITLE_ROWS]
    if len(titled) > _TITLE_ROWS:
        yield f"{indent}…"
    facts = [shown_date(hit), hit.publisher or hit.source, hit.language, ", ".join(hit.authors), _copies(hit)]
    line = " · ".join(safe(fact) for fact in facts if fact)
    yield from (
        click.style(row, fg="cyan") if colour else row for row in _wrapped([(line, "")], indent, indent, columns)
    )
    if hit.snippet.text:
        yield from _wrapped(_pieces(hit.snippet, "", _BOLD if colour else ""), indent, indent, columns)
    yield _dim(indent + safe(hit.id))  # in one piece, to be copied
    if hit.shares:
        yield f"{indent}score {hit.score:.2f}"
        yield from (f"{indent}{_share_line(share, columns - len(indent))}" for share in hit.shares)


def _copies(hit: Hit) -> str:
    return f"+{hit.copies} {'copy' if hit.copies == 1 else 'copies'}" if hit.copies else ""


def _share_line(share: Share, columns: int) -> str:
    said = cut(safe(share.said), _PART)
    score = f"{share.score:6.2f}" if share.matches else "   ---"
    found = safe(", ".join(share.found)) if share.matches else "lacks it"
    return cut(f"{score}  {said}{' ' * (_PART - cells(said))}  {found}".rstrip(), columns)


def _foot(results: Results, offset: int, qid: str | None) -> str:
    """Which of how many hits these are, and how to see more."""
    last = offset + len(results.hits)
    about = f" for {safe(qid)}" if qid else ""
    if not results.hits:
        return f"{results.total:,}{about}"
    more = [f"next: --offset {last}"] if last < results.total else []
    if any(hit.copies for hit in results.hits):
        more.append("each copy: --all-copies")
    return " · ".join([f"{offset + 1}–{last} of {results.total:,}{about}", *more])


# --- rows


def _pieces(passage: Snippet, style: str, mark: str) -> list[Piece]:
    """The passage with what its parts are drawn as: `mark` for the words that were found, else `style`."""
    pieces: list[Piece] = []
    at = 0
    for start, end in passage.marks:
        pieces += [(safe(passage.text[at:start]), style), (safe(passage.text[start:end]), mark)]
        at = end
    return [*pieces, (safe(passage.text[at:]), style)]


def _wrapped(pieces: list[Piece], lead: str, indent: str, columns: int) -> Iterator[str]:
    """The rows of a text; the first one begins with `lead`, the others with `indent`, which is not longer."""
    for number, row in enumerate(rows(pieces, max(1, columns - cells(lead)))):
        text = "".join(f"{drawn}{part}{_RESET}" if drawn else part for part, drawn in row)
        yield f"{indent if number else lead}{text}".rstrip()


def _dim(text: str) -> str:
    return click.style(text, dim=True) if is_coloured() else text
