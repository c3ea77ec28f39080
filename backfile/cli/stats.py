"""`backfile stats`: counts of what is in the archive."""

import click

from backfile.cli.opened import opened
from backfile.cli.output import json_line, safe

_GROUPS = ("sources", "languages", "years", "precision", "kinds", "rules")


@click.command(epilog="Examples: backfile stats   |   backfile stats --by rules   |   backfile stats --json")
@click.option("--by", type=click.Choice(_GROUPS), help="Only this count, in full.")
@click.option("--json", "as_json", is_flag=True, help="All counts as one line of JSON.")
@click.pass_context
def command(ctx: click.Context, *, by: str | None, as_json: bool) -> None:
    """Count articles by source, language, year and precision of date, and removed spans by kind and rule."""
    with opened(ctx.obj) as (_, store):
        counts = store.counts()
    if as_json:
        click.echo(json_line({"articles": counts["articles"], **{name: counts[name] for name in _GROUPS}}))
        return
    if by is None:
        click.echo(f"{counts['articles']:,} articles")
    for name in [by] if by else _GROUPS:
        rows = list(counts[name].items())
        shown = rows if by else rows[:10]
        click.echo(f"\n{name}")
        for value, number in shown:
            click.echo(f"  {number:>9,}  {safe(value)}")
        if len(rows) > len(shown):
            click.echo(f"             and {len(rows) - len(shown)} more: backfile stats --by {name}")
