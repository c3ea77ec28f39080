"""`backfile doctor`: looks at the installation, the archive, its sources and Prefect, and says what to type."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from backfile import config
from backfile.cli import service
from backfile.cli.output import json_line, safe
from backfile.cli.styled import styled
from backfile.config import Archive
from backfile.errors import BackfileError
from backfile.pipeline.checkup import cluster, contents, directory, installation, sources
from backfile.pipeline.checkup.finding import Finding

EXITS = {"ok": 0, "warn": 1, "fault": 4}
_COLOURS = {"ok": "green", "warn": "yellow", "fault": "red"}
_ABOUT = 15  # columns


@click.command(epilog="Examples: backfile doctor   |   backfile doctor --full   |   backfile doctor --json")
@click.option(
    "--full", is_flag=True, help="Read all of store, index and source folders; others cannot write meanwhile."
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a finding: level, about, told, do.")
@click.pass_context
def command(ctx: click.Context, *, full: bool, as_json: bool) -> int:
    """Look at everything: versions, archive, index, disk, sources, Prefect, runs. Says what to type where it helps.

    The exit code is 0 when all is well, 1 when something is worth a look, 4 when something does not work.
    """
    worst = 0
    for finding in _findings(ctx.obj, full=full):
        worst = max(worst, EXITS[finding.level])
        if as_json:
            click.echo(json_line({name: getattr(finding, name) for name in ("level", "about", "told", "do")}))
        else:
            _print(finding)
    return worst


def _print(finding: Finding) -> None:
    level = styled(f"{finding.level:5}", fg=_COLOURS[finding.level])
    click.echo(f"{level}  {safe(finding.about):{_ABOUT}} {safe(finding.told)}")
    if finding.do:
        click.echo(f"{'':7}{'type':>{_ABOUT}} {safe(finding.do)}")


def _findings(option: Path | None, *, full: bool) -> Iterator[Finding]:
    yield from installation.look()
    try:
        archive = config.located(option)
    except BackfileError as error:
        yield Finding("fault", "archive", str(error), "backfile ingest FOLDER")
        return
    named = os.environ.get(config.ENVIRONMENT)
    known = named is not None and config.plain(Path(named)) == archive.directory
    for finding in _of_archive(archive, full=full):
        yield finding if known or not finding.do else replace(finding, do=_with_archive(finding.do, archive))


def _of_archive(archive: Archive, *, full: bool) -> Iterator[Finding]:
    try:
        settings = config.load(archive)
    except BackfileError as error:
        yield Finding(
            "fault", "configuration", str(error), f"${{EDITOR:-nano}} {shlex.quote(str(archive.config_file))}"
        )
        return
    from flows.operate.examine import examine  # noqa: PLC0415  # loads Prefect's client where one is to be asked

    yield Finding("ok", "archive", str(archive.directory))
    yield from _whatever_happens("directory", directory.look(archive))
    if directory.foreign(archive):
        return  # nothing in it is opened
    yield from _whatever_happens("servers", cluster.look(settings))
    yield from _whatever_happens("store", contents.look(archive, settings, full=full))
    yield from _whatever_happens("sources", sources.look(archive, settings, full=full))
    yield from _whatever_happens("prefect", examine(archive, settings))
    yield from _whatever_happens("service", service.look(archive))


def _whatever_happens(about: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, with what ends them as the last one: the next look is taken in any case."""
    try:
        yield from findings
    except (BackfileError, OSError) as error:
        yield Finding("fault", about, str(error))


def _with_archive(typed: str, archive: Archive) -> str:
    """The command as it works in any folder."""
    program, _, words = typed.partition(" ")
    return f"backfile --archive {shlex.quote(str(archive.directory))} {words}" if program == "backfile" else typed
