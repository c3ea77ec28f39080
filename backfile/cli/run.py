"""`backfile run`: a run of a deployment, now, by a worker."""

from typing import Any

import click

from backfile.cli.output import note, safe
from backfile.config import find_archive, load
from backfile.errors import WrongUse


@click.command(
    epilog="Examples: backfile run ingest --watch   |   backfile run ingest --source taz   |   backfile run reindex"
)
@click.argument("flow")
@click.option("--watch", is_flag=True, help="Follow it to its end; the exit code says how it ended.")
@click.option("--source", "sources", multiple=True, help="ingest: only this source of backfile.toml; may be repeated.")
@click.option("--wait", type=float, help="Seconds to wait while another run writes; 0: not at all, -1: for ever.")
@click.pass_context
def command(ctx: click.Context, *, flow: str, watch: bool, sources: tuple[str, ...], wait: float | None) -> int:
    """Start a run of FLOW (ingest, reindex, or a deployment such as ingest/manual) on the Prefect server.

    With --watch the exit code is 0 when it completed, 3 when some inputs failed, 4 when it failed, 5 when it crashed,
    and 130 when it was cancelled.
    """
    from flows.operate.reach import connected  # noqa: PLC0415

    archive = find_archive(ctx.obj)
    settings = load(archive)
    for name in sources:
        settings.source(name)
    if sources and flow.partition("/")[0] != "ingest":
        raise WrongUse("--source is for ingest")
    parameters: dict[str, Any] = {"sources": list(sources)} if sources else {}
    if wait is not None:
        parameters["wait_seconds"] = wait
    with connected(archive) as client:
        from flows.operate import follow  # noqa: PLC0415

        run = follow.start(client, follow.choose(client, archive, flow), parameters)
        if not watch:
            click.echo(safe(f"{run.name} is to run; `backfile runs --watch` shows how it goes"))
            return 0
        note(f"following {run.name}; Ctrl-C ends the following, not the run")
        return follow.follow(client, run, lambda line: click.echo(safe(line)))
