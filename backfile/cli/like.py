"""`backfile like`: more articles like one."""

import click

from backfile.cli import hits
from backfile.config import find_archive
from index.directory import open_reader
from index.search import similar


@click.command(epilog="Example: backfile like news/a.html --limit 5")
@click.argument("article", metavar="ID")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Hits to show.")
@click.option("--json", "form", flag_value="json", help="One JSON object a line.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, with a header.")
@click.option("--tsv", "form", flag_value="tsv", help="Tab-separated, with a header.")
@click.option("-l", "form", flag_value="ids", help="Only the ids.")
@click.pass_context
def command(ctx: click.Context, /, article: str, *, limit: int, form: str | None) -> int:
    """Find more articles like one, by the words that tell most of it; its own copies are left out.

    The words they have in common are marked. For other reports on the same event: `backfile story ID`.
    """
    archive = find_archive(ctx.obj)
    with open_reader(archive.index_directory, servers=archive.cluster) as index:
        results = similar(index, article, limit=limit)
    hits.printed(hits.lines(results, form or "hits"))
    return 0 if results.total else hits.NO_HITS
