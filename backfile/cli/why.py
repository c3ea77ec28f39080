"""`backfile why`: which part of a query an article has, and which it lacks."""

from datetime import datetime

import click

from backfile.cli.columns import cells
from backfile.cli.notes import tell, told
from backfile.cli.output import json_line, safe
from backfile.cli.search import SearchCommand, one_query
from backfile.config import find_archive
from backfile.errors import WrongUse
from index.directory import open_reader
from index.engine import SearchEngine
from index.entry import Display
from index.explain import Share, shares
from index.nearest import nearest
from index.plan import Part, plan
from index.query import Query, parse
from index.search import EMPTY_NOTE, displayed

MISSES = 1


@click.command(cls=SearchCommand)
@click.argument("article", metavar="ID")
@click.argument("query", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each part of the query.")
@click.pass_context
def command(ctx: click.Context, /, article: str, query: tuple[str, ...], *, as_json: bool) -> int:
    """Tell why an article is found by a query, or why not.

    A line for each part of QUERY: whether the article has it, in which form, and what it is worth; or that it misses
    it, and what it has that comes nearest. Exit code 1 when it misses one.

    \b
    Examples:
      backfile why news/a.html Truppen Garantie
      backfile why news/a.html 'title:Rat -Kreis date:2024'
    """  # noqa: D301  # \b is click's mark for lines that stay as they are
    archive = find_archive(ctx.obj)
    text = one_query(query)
    with told(text), open_reader(archive.index_directory, servers=archive.cluster) as index:
        asked = parse(text, now=datetime.now().astimezone().date())
        display = displayed(index, article)
        found = plan(asked, index)
        if found is None:
            raise WrongUse(EMPTY_NOTE.text)
        tell(asked.notes, text)
        parts = shares(index, asked, found, article)
        near = [_near(index, asked, part, share, display) for part, share in zip(found.parts, parts, strict=True)]
    longest = max(cells(safe(part.said)) for part in parts)
    for part, nearby in zip(parts, near, strict=True):
        click.echo(json_line(_record(part, nearby)) if as_json else safe(_told(part, nearby, longest)))
    return 0 if all(part.matches for part in parts) else MISSES


def _near(index: SearchEngine, asked: Query, part: Part, share: Share, display: Display) -> str | None:
    """What the article has in place of a part that it misses."""
    if share.matches:
        return None
    if share.removed:
        return f"it stands in what the rules took out: backfile diff {display.id}"
    return nearest(index, asked, part.node, display)


def _told(part: Share, nearby: str | None, longest: int) -> str:
    said = safe(part.said) + " " * (longest - cells(safe(part.said)))
    if not part.matches:
        return f"misses  {said}  {nearby or ''}".rstrip()
    worth = f"{part.score:.2f}" if part.score else ""
    return "  ".join(filter(None, ("has   ", said, worth, ", ".join(part.found)))).rstrip()


def _record(part: Share, nearby: str | None) -> dict[str, object]:
    return {
        "part": part.said,
        "start": part.start,
        "end": part.end,
        "matches": part.matches,
        "score": round(part.score, 4),
        "terms": list(part.found),
        "removed": part.removed,
        "nearest": nearby,
    }
