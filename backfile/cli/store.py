"""`backfile store`: where the truth is kept."""

from dataclasses import replace
from pathlib import Path

import click

from backfile.cli import waiting
from backfile.cli.log import log_to
from backfile.cli.output import counted, note, safe
from backfile.cli.progress import bar
from backfile.config import SQLITE, Archive, find_archive, plain
from backfile.database import Database, database, is_database
from backfile.errors import WrongUse
from backfile.pipeline import rehousing

_EXAMPLES = "Examples: backfile store copy postgresql://backfile@db.example/news   |   backfile store copy sqlite"


@click.group(epilog=_EXAMPLES)
def command() -> None:
    """The store: a file in the archive's directory, or a database of a PostgreSQL server."""


@command.command("copy", epilog=_EXAMPLES)
@click.argument("target")
@click.option("--password-file", type=click.Path(path_type=Path), help="Where the password is; of mode 600.")
@waiting.option
@click.pass_context
def copy(ctx: click.Context, *, target: str, password_file: Path | None, wait: float) -> None:
    """Copy the store to TARGET, compare, and have the archive use it from then on.

    TARGET is the address of an empty database, without a password, or `sqlite` for the file in the archive's directory.
    The old store stays as it is; whatever stops the command, the archive goes on with it.
    """
    archive = find_archive(ctx.obj)
    log_to(archive.log_file)
    place = _place(archive, target, password_file)
    with bar(1, "copying") as progress:

        def begin(rows: int) -> None:
            progress.length = max(rows, 1)

        told = waiting.telling_under_bar(wait)
        done = rehousing.rehouse(archive, place, wait=wait, waiting=told, begun=begin, progress=progress.update)
    click.echo(safe(f"{place}: {counted(done.articles, 'article')}, {done.rows:,} rows, compared and the same"))
    note(f"the archive uses it from now on; the old store is kept in {done.left}, for you to remove")


def _place(archive: Archive, target: str, password_file: Path | None) -> Path | Database:
    if target == SQLITE:
        return archive.store_file
    if not is_database(target):  # and is not shown, as it may hold a password
        raise WrongUse(f"TARGET is the address of a database, postgresql://USER@HOST/DATABASE, or {SQLITE!r}")
    try:
        found = database(target, beside=archive.directory)
    except ValueError as error:
        raise WrongUse(f"TARGET: {error}") from None
    return replace(found, password_file=plain(password_file)) if password_file else found
