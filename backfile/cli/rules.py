"""`backfile rules`: the rules that clean articles."""

import click

from backfile.cli import rules_stats, rules_test
from backfile.cli.output import json_line, safe
from backfile.config import find_archive, load
from backfile.errors import ArchiveMissing
from backfile.pipeline.cleaner import cleaner_for
from transforms import rules
from transforms.rule import Rule


@click.group(epilog="Example: backfile rules list")
def command() -> None:
    """The rules that clean articles."""


@command.command("list", epilog="Examples: backfile rules list   |   backfile rules list --json")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a rule.")
@click.pass_context
def list_rules(ctx: click.Context, *, as_json: bool) -> None:
    """List the rules in the order they run, then those of each source of the archive."""
    for source, rule in [*(("", rule) for rule in rules()), *_own(ctx)]:
        languages = sorted(rule.languages) if rule.languages is not None else []
        told = {"rule": rule.id, "kind": rule.kind, "languages": languages, "source": source, "about": rule.about}
        if as_json:
            click.echo(json_line(told))
        else:
            where = source or ",".join(languages) or "all"
            click.echo(safe(f"{rule.id:28} {rule.kind:12} {where:10} {rule.about}"))


command.add_command(rules_test.command)
command.add_command(rules_stats.command)


def _own(ctx: click.Context) -> list[tuple[str, Rule]]:
    """The rules that sources of the archive bring, when there is an archive."""
    try:
        settings = load(find_archive(ctx.obj))
    except ArchiveMissing:
        return []
    common = len(rules())
    return [(source.name, rule) for source in settings.sources for rule in cleaner_for(source).rules[common:]]
