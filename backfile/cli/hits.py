"""Hits in a pipe, as JSON, CSV, TSV, ids or a number; on a terminal as `backfile/cli/listing.py` lays them out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import click

from backfile.cli.output import csv_line, is_terminal, json_line, note, safe, tsv_line
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


def lines(  # noqa: PLR0913  (all but the first two are optional)
    results: Results,
    form: str,
    *,
    offset: int = 0,
    faceted: bool = False,
    qid: str | None = None,
    header: bool = True,
    fields: Sequence[str] = (),
) -> Iterator[str]:
    """What is printed of a search in a form: hits, json, csv, tsv, ids, count.

    `offset` hits stand before these; with `faceted` counts of facets follow; `qid` is the query's own id, where there
    are several; `fields` are those of a hit that are wanted, in their order, where not all are.
    """
    first = [] if qid is None else [qid]
    match form:
        case "count":
            yield tsv_line([*first, results.total])
        case "ids":
            yield from ("\t".join(map(safe, [*first, hit.id])) for hit in results.hits)
        case "json":
            yield from (json_line(_record(hit, qid, fields, "[[", "]]")) for hit in results.hits)
            if faceted:
                yield json_line({**({} if qid is None else {"query": qid}), "facets": results.facets})
        case "csv" | "tsv":
            yield from _table(results.hits, csv_line if form == "csv" else tsv_line, qid, fields, header=header)
            _tell_facets(results.facets)
        case _ if is_terminal():
            from backfile.cli import listing  # noqa: PLC0415  (nothing of it goes into a pipe)

            yield from listing.lines(results, offset, qid)
        case _:
            for line in results.understood:
                note(line)
            for hit in results.hits:
                yield tsv_line(
                    [*first, hit.id, hit.published, hit.title, *([scored(hit.score, hit.shares)] if hit.shares else [])]
                )
            _tell_facets(results.facets)


def printed(lines: Iterable[str]) -> int:
    """Print the lines as they come; 0, or `NO_HITS` when there was none."""
    code = NO_HITS
    for line in lines:
        click.echo(line, color=True)  # what may be coloured was decided before
        code = 0
    return code


def _record(hit: Hit, qid: str | None, fields: Sequence[str], before: str = "", after: str = "") -> dict[str, object]:
    record: dict[str, object] = {} if qid is None else {"query": qid}
    for name in fields or COLUMNS:
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
    hits: Iterable[Hit],
    line: Callable[[Sequence[object]], str],
    qid: str | None,
    fields: Sequence[str],
    *,
    header: bool,
) -> Iterator[str]:
    if header:
        explained = ["explain"] if any(hit.shares for hit in hits) else []
        yield line([*([] if qid is None else ["query"]), *(fields or COLUMNS), *explained])
    for hit in hits:
        record = _record(hit, qid, fields)
        if hit.shares:
            record["explain"] = scored(hit.score, hit.shares)
        yield line(list(record.values()))


def _tell_facets(facets: Mapping[str, Mapping[str, int]]) -> None:
    from backfile.cli import listing  # noqa: PLC0415

    for line in listing.facet_lines(facets):
        note(line)
