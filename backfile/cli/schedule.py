"""`backfile schedule`: when the archive's flows run by themselves."""

from typing import TYPE_CHECKING, Any

import click

from backfile.cli.output import json_line, note, safe
from backfile.config import Archive, find_archive, load
from backfile.errors import ServiceUnavailable, WrongUse

if TYPE_CHECKING:
    from flows.operate.change import Row

_USUAL = "ingest/scheduled"
_DEPLOYMENT = click.option("--deployment", default=_USUAL, show_default=True, help="Whose schedule it is.")


@click.group(epilog="Example: backfile schedule add 'daily 06:15' --timezone Europe/Berlin")
def command() -> None:
    """List, add, pause, resume and remove schedules."""


@command.command("list", epilog="Example: backfile schedule list --json")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a schedule.")
@click.pass_context
def list_schedules(ctx: click.Context, *, as_json: bool) -> None:
    """List the schedules: those in the file, and how they stand on the server."""
    from flows.operate import check, reach  # noqa: PLC0415

    archive = find_archive(ctx.obj)
    plan = check.read(check.place(archive))
    try:
        with reach.connected(archive) as client:
            from flows.operate.change import rows  # noqa: PLC0415

            _show(rows(client, archive, plan), as_json=as_json)
    except ServiceUnavailable as error:
        note(f"{error}; this is what the file says")
        for each in plan:
            for schedule in each.schedules:
                told = {"deployment": each.full_name, "slug": schedule.slug, "when": str(schedule.value)}
                told |= {"timezone": schedule.timezone, "state": "unknown"}
                line = f"{told['deployment']:18} {told['slug']:20} {told['when']}  ({told['timezone']})"
                click.echo(json_line(told) if as_json else safe(line))


@command.command(
    "add", epilog="Examples: backfile schedule add 'weekly mon,thu 18:00'   |   '15 6 * * *'   |   'every 6 hours'"
)
@click.argument("when")
@click.option("--timezone", help="Such as Europe/Berlin. Default: this machine's.")
@click.option("--slug", help="Its name. Default: made of WHEN.")
@click.option("--source", "sources", multiple=True, help="Read only this source of backfile.toml; may be repeated.")
@_DEPLOYMENT
@click.pass_context
def add(ctx: click.Context, /, *, when: str, sources: tuple[str, ...], deployment: str, **named: str | None) -> None:
    """Add a schedule: 'daily 06:15', 'weekly mon,thu 18:00', 'hourly', 'every 6 hours', or five fields of cron."""
    from flows.operate import check, plan  # noqa: PLC0415

    archive = find_archive(ctx.obj)
    settings = load(archive)
    for name in sources:
        settings.source(name)
    if sources and not deployment.startswith("ingest/"):
        raise WrongUse("--source is for deployments of ingest")
    rhythm, value = plan.when(when)
    zone, slug = named["timezone"] or _own_zone(), named["slug"]
    check.check_zone(zone, "--timezone")
    taken = {each.slug for d in check.read(check.place(archive)) for each in d.schedules}
    name = plan.checked_slug(slug) if slug else plan.slug_for(when, taken)
    entry: dict[str, Any] = {"slug": name, rhythm: value, "timezone": zone}
    if sources:
        entry["parameters"] = {"sources": list(sources)}
    plan.check_rhythm(entry)
    file = plan.add(archive, deployment, entry)
    click.echo(safe(f"added {name} to {deployment} in {file}"))
    _bring_up(archive)


@command.command("remove", epilog="Example: backfile schedule remove every-morning")
@click.argument("slug")
@_DEPLOYMENT
@click.pass_context
def remove(ctx: click.Context, *, slug: str, deployment: str) -> None:
    """Remove a schedule, from the file and from the server."""
    from flows.operate import plan  # noqa: PLC0415

    archive = find_archive(ctx.obj)
    file = plan.remove(archive, deployment, slug)
    click.echo(safe(f"removed {slug} from {deployment} in {file}"))
    _bring_up(archive)


@command.command("pause", epilog="Example: backfile schedule pause every-morning")
@click.argument("slug")
@click.pass_context
def pause(ctx: click.Context, *, slug: str) -> None:
    """Let a schedule rest until it is resumed. Deploying again does not wake it."""
    _switch(ctx, slug, active=False)


@command.command("resume", epilog="Example: backfile schedule resume every-morning")
@click.argument("slug")
@click.pass_context
def resume(ctx: click.Context, *, slug: str) -> None:
    """Have a paused schedule run again."""
    _switch(ctx, slug, active=True)


def _switch(ctx: click.Context, slug: str, *, active: bool) -> None:
    from flows.operate import reach  # noqa: PLC0415

    archive = find_archive(ctx.obj)
    with reach.connected(archive) as client:
        from flows.operate.change import switch  # noqa: PLC0415

        name = switch(client, archive, slug, active=active)
    click.echo(safe(f"{'resumed' if active else 'paused'} {slug} of {name}"))


def _bring_up(archive: Archive) -> None:
    """Tell the server, when there is one; else the next start does."""
    from flows.operate import check, reach  # noqa: PLC0415

    try:
        with reach.connected(archive) as client:
            from flows.operate.set_up import set_up  # noqa: PLC0415

            for done in set_up(client, archive, check.read(check.place(archive))):
                if done.what == "schedule":
                    click.echo(safe(f"{done.what:11} {done.name}: {done.told}"))
    except ServiceUnavailable as error:
        note(f"{error}; the change holds from the next `backfile up` or `backfile deploy` on")


def _show(found: "list[Row]", *, as_json: bool) -> None:
    for row in found:
        state = row.state if row.next is None else f"next {row.next.astimezone():%Y-%m-%d %H:%M}"
        line = f"{row.deployment:18} {row.slug or '(no slug)':20} {row.when:36} {state}"
        click.echo(json_line(row.to_json()) if as_json else safe(line))
    if not found:
        note("no schedule; `backfile schedule add 'daily 06:15'` makes one")


def _own_zone() -> str:
    """The machine's time zone by its name in the time zone database; UTC where it has none."""
    from babel.dates import LOCALTZ  # noqa: PLC0415  # reads $TZ, /etc/timezone, /etc/localtime

    return str(getattr(LOCALTZ, "key", None) or "UTC")
