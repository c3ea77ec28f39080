"""`backfile index`: the search index, derived from the store."""

import click

from backfile.cli.opened import opened
from backfile.cli.progress import bar
from backfile.cli.waiting import tell_of_writer
from backfile.pipeline import indexing


@click.group(epilog="Example: backfile index rebuild")
def command() -> None:
    """The search index."""


@command.command("rebuild", epilog="Example: backfile index rebuild")
@click.option("--wait", type=float, default=0.0, help="Seconds to wait while another run writes; -1: for ever.")
@click.pass_context
def rebuild(ctx: click.Context, *, wait: float) -> None:
    """Make the index anew from the store. Search answers from the old one until the new one takes its place."""
    with opened(ctx.obj) as (archive, store):
        total = store.counts()["articles"]
    tell_of_writer(archive, wait)
    with bar(total, "indexing") as progress:
        count = indexing.reindex(archive, wait=wait, progress=progress.update)
    click.echo(f"{count:,} articles indexed")
