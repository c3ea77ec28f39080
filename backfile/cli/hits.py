"""Hits on the terminal, in a pipe, as JSON, CSV, TSV, ids or a number."""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import click

from backfile.cli.output import csv_line, is_coloured, is_terminal, json_line, note, safe, tsv_line, width
from index.explain import Share, scored
from index.search import Hit, Results
from index.snippet import Snippet

COLUMNS = (
    "id",
    "source",
    "title",
    "url",
    "published",
    "published_precision",
    "language",
    "publisher",
    "authors",
    "score",
    "snippet",
    "copies",
)
NO_HITS = 1  # the exit code of a search that found nothing
_INDENT = "   "
_MAX_WIDTH = 100  # columns of text; longer lines are hard to read


def lines(  # noqa: PLR0913  (all but the first two are optional)
    results: Results,
    form: str,
    *,
    offset: int = 0,
    faceted: bool = False,
    qid: str | None = None,
    header: bool = True,
) -> Iterator[str]:
    """What is printed of a search in a form: hits, json, csv, tsv, ids, count.

    `offset` hits stand before these; with `faceted` counts of facets follow; `qid` is the query's own id, where there
    are several.
    """
    match form:
        case "count":
            yield str(results.total)
        case "ids":
            yield from (safe(hit.id) for hit in results.hits)
        case "json":
            yield from (json_line(_record(hit, qid, "[[", "]]")) for hit in results.hits)
            if faceted:
                yield json_line({"facets": results.facets})
        case "csv" | "tsv":
            yield from _table(results.hits, csv_line if form == "csv" else tsv_line, qid, header=header)
            _tell_facets(results.facets)
        case _ if is_terminal():
            yield from _for_people(results, offset, qid)
        case _:
            for line in results.understood:
                note(line)
            for hit in results.hits:
                told = [_added_up(hit)] if hit.shares else []
                yield tsv_line([*([qid] if qid else []), hit.id, hit.published, hit.title, *told])
            _tell_facets(results.facets)


def printed(lines: Iterable[str]) -> int:
    """Print the lines as they come; 0, or `NO_HITS` when there was none."""
    code = NO_HITS
    for line in lines:
        click.echo(line, color=True)  # what may be coloured was decided before
        code = 0
    return code


def _record(hit: Hit, qid: str | None, before: str = "", after: str = "") -> dict[str, object]:
    record: dict[str, object] = {} if qid is None else {"query": qid}
    for name in COLUMNS:
        value = getattr(hit, name)
        if isinstance(value, Snippet):
            value = value.marked(before, after)
        record[name] = round(value, 4) if isinstance(value, float) else value
    if hit.shares:
        record["explain"] = [_told(share) for share in hit.shares]
    return record


def _told(share: Share) -> dict[str, object]:
    return {"part": share.said, "matches": share.matches, "score": round(share.score, 4), "terms": list(share.found)}


def _table(
    hits: Iterable[Hit], line: Callable[[Sequence[object]], str], qid: str | None, *, header: bool
) -> Iterator[str]:
    if header:
        yield line([*([] if qid is None else ["query"]), *COLUMNS])
    for hit in hits:
        yield line(list(_record(hit, qid).values()))


def _tell_facets(facets: Mapping[str, Mapping[str, int]]) -> None:
    for line in _facet_lines(facets):
        note(line)


def _facet_lines(facets: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for facet, values in facets.items():
        ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
        yield f"{facet}: " + ", ".join(f"{safe(value)} {number}" for value, number in ordered)


def _for_people(results: Results, offset: int, qid: str | None) -> Iterator[str]:
    colour = is_coloured()
    columns = min(width(), _MAX_WIDTH)
    if results.understood:
        yield from (safe(line) for line in results.understood)
        yield ""
    for place, hit in enumerate(results.hits, start=offset + 1):
        yield from _hit_lines(hit, place, columns, colour=colour)
        yield ""
    for line in _facet_lines(results.facets):
        yield textwrap.fill(line, columns, subsequent_indent=_INDENT)
    if results.total:
        last = offset + len(results.hits)
        about = f" for {qid}" if qid else ""
        shown = f"{offset + 1}–{last} of " if results.hits else ""
        yield _dim(f"{shown}{results.total}{about}", colour=colour)


def _hit_lines(hit: Hit, place: int, columns: int, *, colour: bool) -> Iterator[str]:
    lead = f"{place}. "
    title = Snippet(hit.title, hit.title_marks) if hit.title else Snippet("(no title)")
    yield from _filled(title, lead, columns, style="\x1b[1m" if colour else "", mark="\x1b[4m" if colour else "")
    facts = [shown_date(hit), hit.publisher or hit.source, hit.language, ", ".join(hit.authors)]
    line = " · ".join(safe(fact) for fact in facts if fact)
    copies = f" · +{hit.copies} {'copy' if hit.copies == 1 else 'copies'}" if hit.copies else ""
    yield click.style(_INDENT + line + copies, fg="cyan") if colour else _INDENT + line + copies
    yield from _filled(hit.snippet, _INDENT, columns, style="", mark="\x1b[1m" if colour else "")
    yield _dim(_INDENT + safe(hit.id), colour=colour)
    if hit.shares:
        yield from textwrap.wrap(safe(_added_up(hit)), columns, initial_indent=_INDENT, subsequent_indent=_INDENT * 2)


def _added_up(hit: Hit) -> str:
    return f"{hit.score:.2f} = {scored(hit.shares)}"


def shown_date(hit: Hit) -> str | None:
    """When a hit was published, as exactly as it is known: `2024`, `2024-11`, `2024-11-25`, `2024-11-25 10:12`."""
    return hit.published[:16].replace("T", " ") if hit.published else None


# Stand in for the beginning and the end of a mark while lines are broken; private use, so content has no claim to them.
_BEGIN, _END = "\ue000", "\ue001"
_RESET = "\x1b[0m"


def _filled(passage: Snippet, lead: str, columns: int, *, style: str, mark: str) -> Iterator[str]:
    """The lines of a passage no wider than `columns`, marked words in their style; no mark crosses a line's end."""
    plain = replace(passage, text=passage.text.replace(_BEGIN, " ").replace(_END, " "))
    text = safe(plain.marked(_BEGIN, _END))
    for line in textwrap.wrap(text, columns, initial_indent=lead, subsequent_indent=_INDENT):
        if not mark:
            yield line.replace(_BEGIN, "").replace(_END, "")
            continue
        marked = line.replace(_BEGIN, mark).replace(_END, _RESET + style)
        yield f"{style}{marked}{_RESET}" if style else marked


def _dim(text: str, *, colour: bool) -> str:
    return click.style(text, dim=True) if colour else text
