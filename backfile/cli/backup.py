"""`backfile backup`: the archive, in use or not, as one file."""

import time
from pathlib import Path

import click

from backfile.cli.given import existing
from backfile.cli.log import log_to
from backfile.cli.output import counted, safe
from backfile.cli.progress import bar
from backfile.config import find_archive, plain
from backfile.errors import ArchiveMissing, WrongUse
from backfile.pipeline import backup


@click.command(epilog="Examples: backfile backup ~/backups/   |   backfile backup /mnt/disk/news.tar.zst")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, *, file: Path) -> None:
    """Write the store and the configuration into one file, and read it again.

    Ingests and searches go on meanwhile; the file has the archive of one moment. In a folder it is named after archive
    and time. A backup that is there already is replaced when the new one is complete.
    """
    archive = find_archive(ctx.obj)
    log_to(archive.log_file)
    if not isinstance(archive.store, Path):
        raise WrongUse(
            f"the store is in {archive.store}: `pg_dump` backs it up; keep {archive.config_file} beside the dump "
            "(docs/postgresql.md)"
        )
    if not archive.store_file.exists():
        raise ArchiveMissing(f"{archive.store_file} is missing: nothing was ingested yet, or it was moved away")
    existing(plain(file).parent)
    began = time.monotonic()
    with bar(archive.store_file.stat().st_size, "backing up") as progress:
        made = backup.back_up(archive, plain(file), progress=progress.update)
    articles = counted(made.manifest.articles, "article")
    seconds = time.monotonic() - began
    click.echo(safe(f"{made.file}: {articles}, {made.size / 1e6:.1f} MB, read again and sound ({seconds:.1f} s)"))
