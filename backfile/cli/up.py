"""`backfile up`: a Prefect server and a worker of the archive's own."""

import click

from backfile.cli.log import log_to
from backfile.cli.output import note
from backfile.config import find_archive


@click.command(epilog="Examples: backfile up   |   backfile up --port 4300 --patience 600")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the server. Default: 4200, or a free one.")
@click.option(
    "--patience",
    type=click.FloatRange(0, 86_400),
    default=30.0,
    show_default=True,
    help="Seconds that a run in progress may take to its end when you stop this; then it is cancelled.",
)
@click.pass_context
def command(ctx: click.Context, *, port: int | None, patience: float) -> None:
    """Read the sources by schedule: start a server and a worker for this archive, until Ctrl-C.

    Nothing but this machine can reach the server, it tells nobody anything, and all its data lie in the archive. With a
    Prefect server of your own, use `backfile deploy` instead.
    """
    from flows.operate.start import up  # noqa: PLC0415  # `--help` does not wait for it

    archive = find_archive(ctx.obj)
    log_to(archive.log_file)
    up(archive, port=port, patience=patience, say=note)
