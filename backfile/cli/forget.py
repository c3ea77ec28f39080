"""`backfile forget`: takes articles out for good."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

import click

from backfile.cli import waiting
from backfile.cli.log import log_to
from backfile.cli.named import article_named
from backfile.cli.notes import tell
from backfile.cli.output import counted, is_terminal, note, safe
from backfile.cli.progress import bar
from backfile.config import Archive, find_archive
from backfile.errors import WrongUse
from backfile.pipeline import forgetting
from backfile.store import Leaving, Store, open_store
from index.directory import open_reader
from index.search import search

MOST = 100_000  # articles that one query may take out
_SHOWN = 20


@click.command(
    epilog="Examples: backfile forget taz/2019/123.html   |   backfile forget --query 'author:\"Muster\"' --dry-run"
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--query", help="All articles that `search` finds; every word of it must occur.")
@click.option("--all-text", is_flag=True, help="With --query: also articles with the words in what the rules took out.")
@click.option("--copies", is_flag=True, help="Their near copies, too. What has the same words goes in any case.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@waiting.option
@click.pass_context
def command(  # noqa: PLR0913  (one argument an option)
    ctx: click.Context,
    *,
    ids: tuple[str, ...],
    query: str | None,
    all_text: bool,
    copies: bool,
    dry_run: bool,
    yes: bool,
    wait: float,
) -> int:
    """Take articles out of store, index and learned lines for good, and keep them out.

    Files of the sources stay as they are; when they are read again, what was forgotten is rejected as `forgotten`.
    Backups that were made before still have it.
    """
    if bool(ids) == (query is not None):
        raise WrongUse("name articles by their ids, or say --query")
    archive = find_archive(ctx.obj)
    log_to(archive.log_file)
    with closing(open_store(archive.store)) as store:
        if query is not None:
            named = _found(archive, query, all_text=all_text)
        else:
            named = [_id_of(store, each) for each in ids]
        if copies:
            named += [copy.id for each in named for copy in store.copies(each)]
        leaving = store.leaving(dict.fromkeys(named))
        near = _staying(store, leaving)
        total = store.counts()["articles"]
    if not leaving:
        note("nothing is found that could be forgotten")
        return 1
    _show(leaving, near)
    if dry_run:
        return 0
    if not yes:
        _ask(len(leaving))
    with bar(total - len(leaving), "indexing") as progress:
        told = waiting.telling_under_bar(wait)
        ids_leaving = [each.id for each in leaving]
        done = forgetting.forget(archive, ids_leaving, wait=wait, waiting=told, progress=progress.update)
    click.echo(
        f"forgotten {counted(done.articles, 'article')} of {counted(done.documents, 'document')}; {done.left:,} left"
    )
    return 0


def _id_of(store: Store, name: str) -> str:
    """The id itself, where it is one of an article or of a document with several; else that of a path or address."""
    return name if store.leaving([name]) else article_named(store, name).article.id


def _found(archive: Archive, query: str, *, all_text: bool) -> list[str]:
    with open_reader(archive.index_directory, servers=archive.cluster) as engine:
        today = datetime.now().astimezone().date()
        results = search(engine, query, now=today, limit=MOST, all_copies=True, all_text=all_text)
    tell(results.notes, query)
    if results.total > MOST:
        raise WrongUse(f"{results.total:,} articles are found; at most {MOST:,} are forgotten at a time")
    return [] if results.partial else [hit.id for hit in results.hits]


def _staying(store: Store, leaving: Sequence[Leaving]) -> list[str]:
    """Ids of near copies of what leaves."""
    going = {each.id for each in leaving}
    return sorted({copy.id for each in leaving for copy in store.copies(each.id)} - going)


def _show(leaving: Sequence[Leaving], near: Sequence[str]) -> None:
    for each in leaving[:_SHOWN]:
        click.echo(safe(f"{each.id}{'  (the same words)' if each.identical else ''}  {each.uri}"))
    if len(leaving) > _SHOWN:
        click.echo(f"and {len(leaving) - _SHOWN:,} more")
    if near:
        listed = ", ".join(near[:3]) + (" …" if len(near) > 3 else "")
        note(f"{counted(len(near), 'near copy', 'near copies')} would stay: {listed}; --copies takes them as well")


def _ask(number: int) -> None:
    if not is_terminal():
        raise WrongUse("this cannot be undone; say --yes if you mean it")
    click.confirm(f"Forget {counted(number, 'article')} for good?", abort=True, err=True)
