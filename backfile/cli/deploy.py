"""`backfile deploy`: all that a Prefect server must know to run this archive's flows."""

import re
from pathlib import Path

import click

from backfile.cli.output import note, safe
from backfile.config import find_archive
from backfile.errors import WrongUse

_POOL = re.compile(r"[^/%&<>]+")  # what Prefect takes for a name


@click.command(epilog="Examples: backfile deploy   |   backfile deploy --check   |   backfile deploy --pool news")
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Deployments. Default: prefect.yaml of the archive, else the one that backfile brings along.",
)
@click.option("--pool", help="The work pool of all deployments, in place of the one in the file.")
@click.option("--resume", is_flag=True, help="Switch on again a work pool or an automation that somebody paused.")
@click.option("--check", "only_check", is_flag=True, help="Only check the file; no server is asked.")
@click.option("--copy", is_flag=True, help="Only write prefect.yaml into the archive, for you to change.")
@click.pass_context
def command(  # noqa: PLR0913  # its options
    ctx: click.Context, *, file: Path | None, pool: str | None, resume: bool, only_check: bool, copy: bool
) -> None:
    """Make work pool, deployments, schedules and automations on the Prefect server, as prefect.yaml says.

    May be repeated at will: what is there is brought up to date, nothing is made twice, schedules that are gone from
    the file are removed, and paused ones stay paused. `backfile up` does this by itself.
    """
    from flows.operate import check  # noqa: PLC0415

    if pool and not (pool.isprintable() and _POOL.fullmatch(pool)):
        raise WrongUse(f"--pool {pool}: a name without /, %, &, <, > and control characters is wanted")
    archive = find_archive(ctx.obj)
    if copy:
        from flows.operate.plan import own_file  # noqa: PLC0415

        click.echo(safe(f"{own_file(archive)}: change it, then `backfile deploy`"))
        return
    plan = check.read(file or check.place(archive))
    if only_check:
        click.echo(safe(f"{file or check.place(archive)}: {', '.join(each.full_name for each in plan)}"))
        return
    from flows.operate.reach import connected  # noqa: PLC0415

    with connected(archive) as client:
        from flows.operate.set_up import set_up  # noqa: PLC0415

        note(f"deploying to {client.api_url}")
        for done in set_up(client, archive, plan, pool=pool, resume=resume):
            click.echo(safe(f"{done.what:11} {done.name}: {done.told}"))
