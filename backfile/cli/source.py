"""`backfile source`: the sources in `backfile.toml`."""

from pathlib import Path

import click

from backfile import config
from backfile.article import Json
from backfile.cli.output import json_line, safe


@click.group(epilog="Example: backfile source add taz ~/news/taz --publisher 'die tageszeitung' --language de")
def command() -> None:
    """List, add and remove sources."""


@command.command("list", epilog="Example: backfile source list --json")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a source.")
@click.pass_context
def list_sources(ctx: click.Context, *, as_json: bool) -> None:
    """List the sources of the archive."""
    for source in config.load(config.find_archive(ctx.obj)).sources:
        told: dict[str, Json] = {"name": source.name, "path": source.path, "reader": source.reader}
        told |= {"publisher": source.publisher, "language": source.language}
        if as_json:
            told |= {"prune": source.prune, "may_be_empty": source.may_be_empty}
            click.echo(json_line({**told, "map": dict(source.mapping)}))
        else:
            extra = [f"{key}={value}" for key, value in list(told.items())[2:] if value]
            click.echo(safe("  ".join([f"{source.name:20}", source.path, *extra])))


@command.command("add", epilog="Example: backfile source add letters '~/mail/**/*.mbox'")
@click.argument("name")
@click.argument("path")
@click.option("--reader", help="Read every input in this format.")
@click.option("--publisher", help="The publisher of all its articles.")
@click.option("--language", help="The language of all its articles.")
@click.option("--prune", is_flag=True, help="What vanishes from the source leaves the archive as well.")
@click.option("--may-be-empty", is_flag=True, help="Believe it when all of it is gone, as of an inbox that is emptied.")
@click.pass_context
def add(
    ctx: click.Context,
    /,
    name: str,
    path: str,
    *,
    prune: bool,
    may_be_empty: bool,
    **options: str | None,
) -> None:
    """Add a source: a file, a folder, or a glob in quotes."""
    archive = config.find_or_make_archive(ctx.obj)
    given: dict[str, str | bool] = {key: value for key, value in options.items() if value is not None}
    if prune:
        given["prune"] = True
    if may_be_empty:
        given["may_be_empty"] = True
    source = config.add_source(archive, name, str(config.plain(Path(path))), **given)
    click.echo(safe(f"added {source.name}: {source.path}; `backfile ingest` reads it"))


@command.command("remove", epilog="Example: backfile source remove letters")
@click.argument("name")
@click.pass_context
def remove(ctx: click.Context, *, name: str) -> None:
    """Remove a source from the configuration. What was read from it stays in the archive."""
    config.remove_source(config.find_archive(ctx.obj), name)
    click.echo(safe(f"removed {name}; its articles stay in the archive"))
