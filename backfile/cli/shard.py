"""`backfile shard`: take part in a run that another machine has begun."""

import click

from backfile.cli.log import log_to
from backfile.cli.output import safe
from backfile.config import find_archive
from backfile.pipeline import shard


@click.command(
    epilog="Examples: backfile shard   |   backfile shard --wait 3600   (beside `backfile ingest --shards` elsewhere)"
)
@click.option("--wait", type=float, default=0.0, help="Seconds to wait for a run to begin; -1: for ever.")
@click.pass_context
def command(ctx: click.Context, *, wait: float) -> int:
    """Read and clean for the run of `backfile ingest --shards` that is in progress, until all is read.

    The archive's backfile.toml must be here, the store must be in PostgreSQL, and the sources must lie under the same
    paths as on the machine of the run (docs/cluster.md). It may be stopped at any time: what it had begun is done by
    others.
    """
    archive = find_archive(ctx.obj)
    log_to(shard.log_file(archive))
    done = shard.work(archive, wait=wait, say=_say)
    _say("no run to take part in" if done is None else done.told())
    return 0


def _say(text: str) -> None:
    click.echo(safe(text), err=True)
