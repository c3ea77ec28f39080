"""`backfile export`: every article as JSON Lines."""

import click

from backfile.cli.opened import opened
from backfile.cli.output import json_line
from backfile.config import load


@click.command(epilog="Example: backfile export --source taz | zstd > taz.jsonl.zst")
@click.option("--source", help="Only articles of this source.")
@click.option("--text/--no-text", "with_text", default=True, help="Leave the text and the removed spans out.")
@click.pass_context
def command(ctx: click.Context, *, source: str | None, with_text: bool) -> None:
    """Write all articles to stdout, ordered by id, one line of JSON each; docs/article.md names the fields."""
    with opened(ctx.obj) as (archive, store):
        if source is not None and source not in store.counts()["sources"]:
            load(archive).source(source)
        for stored in store.articles(source):
            record = stored.article.to_json()
            if not with_text:
                del record["text"], record["removed"]
            click.echo(json_line(record))
