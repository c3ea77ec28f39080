"""`backfile index`: the search index, derived from the store."""

from pathlib import Path

import click

from backfile.cli import waiting
from backfile.cli.opened import opened
from backfile.cli.output import counted, note, safe
from backfile.cli.progress import bar
from backfile.config import ENGINES, Archive
from backfile.errors import IndexUnusable
from backfile.pipeline import going_back, indexing, verifying

EXIT_DIFFERS = 1
EXIT_DAMAGED = 4


@click.group(epilog="Examples: backfile index verify   |   backfile index rebuild")
def command() -> None:
    """The search index."""


@command.command("rebuild", epilog="Examples: backfile index rebuild   |   backfile index rebuild --engine tantivy")
@click.option("--engine", type=click.Choice(ENGINES), help="Move the archive to this engine; backfile.toml notes it.")
@waiting.option
@click.pass_context
def rebuild(ctx: click.Context, *, engine: str | None, wait: float) -> None:
    """Make the index anew from the store. Search answers from the old one until the new one takes its place.

    With --engine another engine makes it, for this time and all that follow: tantivy for large archives (to be
    installed with `pip install 'backfile[tantivy]'`), opensearch for those on a cluster (`backfile[opensearch]`, and
    [opensearch] in backfile.toml), whoosh for all others.
    """
    archive, total = _opened(ctx.obj)
    _rebuild(archive, total, wait, engine=engine)


@command.command("rollback", epilog="Example: backfile index rollback")
@waiting.option
@click.pass_context
def rollback(ctx: click.Context, *, wait: float) -> None:
    """Search the index that was there before the last rebuild; the engine opensearch keeps it on its servers.

    Searches never stop. What changed in the archive since then waits for the next ingest. Going back twice leads to
    where you were.
    """
    archive, total = _opened(ctx.obj)
    with bar(total, "comparing") as progress:
        told = waiting.telling_under_bar(wait)
        lacking = going_back.roll_back(archive, wait=wait, waiting=told, progress=progress.update)
    waits = f"; {counted(lacking, 'article')} changed since then: `backfile ingest`" if lacking else ""
    click.echo(f"the index from before the last rebuild is in use{waits}")


@command.command("verify", epilog="Examples: backfile index verify   |   backfile index verify --quick --repair")
@click.option("--quick", is_flag=True, help="Leave the posting lists unread; their files' checksums are compared.")
@click.option("--repair", is_flag=True, help="Make the index anew from the store if something is wrong with it.")
@waiting.option
@click.pass_context
def verify(ctx: click.Context, *, quick: bool, repair: bool, wait: float) -> int:
    """Check the index: every stored article once, as it is stored, nothing else, and files as they were written.

    The exit code is 1 when index and store differ, 4 when the index is damaged.
    """
    archive, total = _opened(ctx.obj)
    try:
        with bar(total, "comparing") as progress:
            told = waiting.telling_under_bar(wait)
            found = verifying.verify(archive, quick=quick, wait=wait, waiting=told, progress=progress.update)
    except IndexUnusable as error:
        if not repair:
            raise
        note(str(error))
    else:
        for difference in (*found.damage, *found.told):
            click.echo(safe(difference))
        if found.untold:
            click.echo(f"and {found.untold:,} more")
        if found.none:
            more = f"; {found.waiting:,} of them wait for `backfile ingest`" if found.waiting else ""
            click.echo(f"sound: {counted(found.articles, 'article')}, each of them once{more}")
            return 0
        if not repair:
            note("`backfile index rebuild` makes the index anew from the store")
            return EXIT_DAMAGED if found.damage else EXIT_DIFFERS
    _rebuild(archive, total, wait)
    return 0


def _opened(option: Path | None) -> tuple[Archive, int]:
    with opened(option) as (archive, store):
        return archive, store.counts()["articles"]


def _rebuild(archive: Archive, total: int, wait: float, *, engine: str | None = None) -> None:
    with bar(total, "indexing") as progress:
        told = waiting.telling_under_bar(wait)
        count = indexing.reindex(archive, engine=engine, wait=wait, waiting=told, progress=progress.update)
    click.echo(f"{count:,} articles indexed")
