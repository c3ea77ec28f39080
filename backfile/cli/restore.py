"""`backfile restore`: an archive of a backup."""

from pathlib import Path

import click

from backfile.cli.output import counted, note, safe
from backfile.cli.progress import bar
from backfile.config import named_archive, plain
from backfile.errors import WrongUse
from backfile.pipeline import backup
from backfile.pipeline.container import Manifest


@click.command(
    epilog="Examples: backfile restore --check news.tar.zst   |   backfile --archive ~/news restore news.tar.zst"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only look whether it can be restored.")
@click.option("--replace", is_flag=True, help="Put the archive that is there aside, and tell where.")
@click.option("--no-index", is_flag=True, help="Leave the index to the next ingest.")
@click.pass_context
def command(ctx: click.Context, *, file: Path, check: bool, replace: bool, no_index: bool) -> None:
    """Make an archive of a backup, in the folder that --archive or $BACKFILE_ARCHIVE names.

    Nothing is overwritten: the archive is made beside, checked, and gets its place when it is complete. What an archive
    that it replaces has forgotten stays forgotten.
    """
    if not file.is_file():
        raise WrongUse(f"{file}: there is no such file")
    if check:
        click.echo(safe(f"{file}: {_told(backup.check(plain(file)))}; it can be restored"))
        return
    archive = named_archive(ctx.obj)
    if archive is None:
        raise WrongUse("say where: backfile --archive FOLDER restore FILE")
    with bar(backup.articles_in(plain(file)) if not no_index else 1, "indexing") as progress:
        done = backup.restore(plain(file), archive, replace=replace, index=not no_index, progress=progress.update)
    click.echo(safe(f"{archive.directory}: {_told(done.manifest)}"))
    for source in done.settings.sources:
        click.echo(safe(f"source {source.name}: {source.path}"))
    if done.forgotten:
        note(f"{counted(done.forgotten, 'article')} of the backup left out, as forgotten here before")
    if done.kept_aside:
        note(f"the archive that was there is now {done.kept_aside}; remove it when you are sure")
    if no_index:
        note("`backfile ingest` or `backfile index rebuild` makes the index")


def _told(manifest: Manifest) -> str:
    return f"{counted(manifest.articles, 'article')} as of {manifest.made}, {manifest.size / 1e6:.1f} MB"
