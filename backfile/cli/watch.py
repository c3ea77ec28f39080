"""`backfile watch`: ingest what arrives, while it runs."""

from datetime import datetime
from pathlib import Path

import click

from backfile.cli import failures
from backfile.cli.given import existing
from backfile.cli.log import log_to
from backfile.cli.output import counted, json_line, note, safe
from backfile.config import find_or_make_archive, load, note_source
from backfile.errors import WrongUse
from backfile.pipeline.ingest import Report
from backfile.pipeline.watching import Watch, Watcher

_SHOWN_FAILURES = 5


@click.command(
    epilog="Examples: backfile watch ~/news/inbox   |   backfile watch --source taz   |   backfile watch --poll"
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", "names", multiple=True, help="Only this source of backfile.toml; may be repeated.")
@click.option(
    "--settle",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="Seconds that a file must have been left alone before it is read.",
)
@click.option("--poll", is_flag=True, help="List the folders again and again, as on network disks.")
@click.option(
    "--every",
    type=click.FloatRange(0.5, 86_400),
    default=10.0,
    show_default=True,
    help="Seconds between two listings, where it polls.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report of each round as one line of JSON.")
@click.pass_context
def command(  # noqa: PLR0913  # its options
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    names: tuple[str, ...],
    settle: float,
    poll: bool,
    every: float,
    as_json: bool,
) -> None:
    """Ingest what arrives in a folder until it is stopped with Ctrl-C.

    Without PATHS, every source in backfile.toml is watched. A PATH (a file or a folder) that is no source yet is noted
    as one. What lies there already is ingested first. Files that are still being written or downloaded are left alone
    until they are whole; many that arrive together make one run. Between two runs others may write to the archive.
    """
    for path in paths:
        existing(path)
    archive = find_or_make_archive(ctx.obj)
    log_to(archive.log_file)
    only = tuple(dict.fromkeys([*names, *(note_source(archive, path).name for path in paths)]))
    sources = load(archive).chosen(only)
    if not sources:
        raise WrongUse(f"{archive.config_file} names no source; say `backfile watch PATH`")
    note(f"watching {', '.join(each.path for each in sources)}; Ctrl-C ends it")
    asked = Watch(archive, only, settle=settle, poll=poll, every=every)
    Watcher(asked, done=_print_json if as_json else _Told().print, note=note).run()


def _print_json(report: Report) -> None:
    if not report.changed_nothing or report.failed:
        click.echo(json_line(report.to_json()))


class _Told:
    """Prints a line for each round in which something happened."""

    def __init__(self) -> None:
        self._waiting = 0

    def print(self, report: Report) -> None:
        """Print what a round did; nothing when it did nothing."""
        tally = report.tally
        if not report.changed_nothing or report.failed:
            parts = [
                f"{tally.documents[each]:,} {each}" for each in ("new", "changed", "gone") if tally.documents[each]
            ]
            parts += [f"{tally.states[each]:,} {each}" for each in ("rejected", "failed") if tally.states[each]]
            parts.append(f"{report.indexed:,} added to the index")
            now = datetime.now().astimezone().strftime("%H:%M:%S")
            click.echo(safe(f"{now}  {', '.join(parts)} ({report.seconds:.1f} s)"))
            for line in failures.shown(tally, _SHOWN_FAILURES):
                click.echo(safe(line))
        waiting = tally.inputs["waiting"] + tally.inputs["unfinished"]
        if waiting and waiting != self._waiting:
            note(f"{counted(waiting, 'input')} still being written; waiting for the rest")
        self._waiting = waiting
