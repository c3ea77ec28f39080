"""`backfile why`: which part of a query an article has, and which it lacks."""

from datetime import datetime

import click

from backfile.cli.output import json_line, safe
from backfile.config import find_archive
from backfile.errors import WrongUse
from index.directory import open_reader
from index.explain import Share, shares
from index.plan import plan
from index.query import parse
from index.search import EMPTY_NOTE, displayed

MISSES = 1


@click.command(
    epilog="Examples: backfile why news/a.html Truppen Garantie   |   backfile why news/a.html 'title:Rat -Kreis'"
)
@click.argument("article", metavar="ID")
@click.argument("query", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each part of the query.")
@click.pass_context
def command(ctx: click.Context, /, article: str, query: tuple[str, ...], *, as_json: bool) -> int:
    """Tell why an article is found by a query, or why not.

    A line for each part of QUERY: whether the article has it, and in which form. Exit code 1 when it lacks one.
    """
    archive = find_archive(ctx.obj)
    asked = parse(" ".join(query), now=datetime.now().astimezone().date())
    with open_reader(archive.index_directory) as index:
        displayed(index, article)  # or say that there is none
        found = plan(asked, index)
        if found is None:
            raise WrongUse(EMPTY_NOTE)
        parts = shares(index, asked, found, article)
    longest = max(len(part.said) for part in parts)
    for part in parts:
        click.echo(json_line(_record(part)) if as_json else safe(_told(part, article, longest)))
    return 0 if all(part.matches for part in parts) else MISSES


def _told(part: Share, article: str, longest: int) -> str:
    if part.matches:
        return f"has     {part.said:{longest}}  {', '.join(part.found)}".rstrip()
    removed = f"it stands in what the rules took out: backfile diff {article}" if part.removed else ""
    return f"misses  {part.said:{longest}}  {removed}".rstrip()


def _record(part: Share) -> dict[str, object]:
    return {
        "part": part.said,
        "start": part.start,
        "end": part.end,
        "matches": part.matches,
        "score": round(part.score, 4),
        "terms": list(part.found),
        "removed": part.removed,
    }
