"""`backfile runs`: what Prefect ran for this archive."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from backfile.cli.output import json_line, note, safe
from backfile.cli.styled import styled
from backfile.config import find_archive

if TYPE_CHECKING:
    from flows.operate.follow import Run

_COLOURS = {"COMPLETED": "green", "FAILED": "red", "CRASHED": "red", "RUNNING": "blue"}


@click.command(epilog="Examples: backfile runs --limit 5   |   backfile runs --watch   |   backfile runs --json")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="The latest so many.")
@click.option("--watch", is_flag=True, help="Go on, and print each run again when its state changes; Ctrl-C ends it.")
@click.option("--cancel", metavar="RUN", help="Stop this one; with a deployment's name, all of its that are late.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a run.")
@click.pass_context
def command(ctx: click.Context, *, limit: int, watch: bool, cancel: str | None, as_json: bool) -> None:
    """Show the runs of this archive on the Prefect server, the newest first. Those to come are in `schedule list`."""
    from flows.operate.reach import connected  # noqa: PLC0415

    archive = find_archive(ctx.obj)
    with connected(archive) as client:
        from flows.operate import follow  # noqa: PLC0415

        if cancel:
            for line in follow.cancel(client, archive, cancel):
                click.echo(safe(line))
            return
        if watch:
            for run in follow.changes(client, archive, limit=limit):
                _print(run, as_json=as_json)
            return
        found = follow.runs(client, archive, limit=limit)
    for run in found:
        _print(run, as_json=as_json)
    if not found and not as_json:
        note("no run yet; `backfile run ingest --watch` makes one")


def _print(run: "Run", *, as_json: bool) -> None:
    if as_json:
        click.echo(json_line(run.to_json()))
        return
    state = styled(f"{run.state:22}", fg=_COLOURS.get(run.state_type))
    how = "schedule" if run.scheduled else "by hand"
    line = f"{_time(run.begins)}  {run.deployment:18} {how:8} "
    click.echo(f"{safe(line)} {state} {run.seconds:7.1f} s  {safe(run.name)}  {safe(run.message)}".rstrip())


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else " " * 19
