"""`backfile index`: the search index, derived from the store."""

import sys

import click

from backfile.cli.opened import opened
from backfile.cli.progress import bar
from backfile.cli.waiting import telling
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

    def waiting(told: str) -> None:
        if sys.stderr.isatty():
            click.echo(err=True)  # behind the bar, which has begun its line
        telling(wait)(told)

    with bar(total, "indexing") as progress:
        count = indexing.reindex(archive, wait=wait, waiting=waiting, progress=progress.update)
    click.echo(f"{count:,} articles indexed")
