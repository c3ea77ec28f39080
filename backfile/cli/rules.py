"""`backfile rules`: the rules that clean articles, the lines that were learned, and what a person decides on both."""

import click

from backfile.cli import rules_stats, rules_test
from backfile.cli.failures import EXIT_FAILED
from backfile.cli.log import log_to
from backfile.cli.named import id_named
from backfile.cli.opened import opened
from backfile.cli.output import counted, json_line, safe
from backfile.config import find_archive, load
from backfile.errors import ArchiveMissing
from backfile.pipeline.cleaner import cleaner_for
from transforms import recurring, rules
from transforms.rule import Rule

_PLACES = ("head", "tail", "edges", "anywhere")
_FOR_ARTICLE = click.option(
    "--article", default="", metavar="ID", help="Only for this article: its id, path or address."
)
_STATES = ("candidate", "learned", "accepted", "disabled")


@click.group(epilog="Example: backfile rules list")
def command() -> None:
    """The rules that clean articles, and the lines that were learned from repetition."""


@command.command("list", epilog="Examples: backfile rules list   |   backfile rules list --json")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a rule.")
@click.pass_context
def list_rules(ctx: click.Context, *, as_json: bool) -> None:
    """List the rules in the order they run, then those of each source of the archive, then the learned lines' one.

    Rules that `rules disable` put out of use are marked in front of what they do.
    """
    disabled = _disabled(ctx)
    for source, rule in [*(("", rule) for rule in rules()), *_own(ctx), ("", recurring.rule({}))]:
        languages = sorted(rule.languages) if rule.languages is not None else []
        told = {"rule": rule.id, "kind": rule.kind, "languages": languages, "source": source, "about": rule.about}
        off = disabled.get(rule.name, [])
        if as_json:
            click.echo(json_line({**told, "disabled": "" in off, "disabled_for": [each for each in off if each]}))
        else:
            where = source or ",".join(languages) or "all"
            click.echo(safe(f"{rule.id:28} {rule.kind:12} {where:10} {_mark(off)}{rule.about}"))


command.add_command(rules_test.command)
command.add_command(rules_stats.command)


def _disabled(ctx: click.Context) -> dict[str, list[str]]:
    """Names of rules that are put out of use → ids of the articles, "" for all; in an archive only."""
    disabled: dict[str, list[str]] = {}
    try:
        with opened(ctx.obj) as (_, store):
            for name, article in sorted(store.disabled_rules()):
                disabled.setdefault(name, []).append(article)
    except ArchiveMissing:
        return {}
    return disabled


def _mark(articles: list[str]) -> str:
    if not articles:
        return ""
    more = f" and {len(articles) - 1:,} more" if len(articles) > 1 else ""
    return "[disabled] " if "" in articles else f"[disabled for {articles[0]}{more}] "


def _own(ctx: click.Context) -> list[tuple[str, Rule]]:
    """The rules that sources of the archive bring, when there is an archive."""
    try:
        settings = load(find_archive(ctx.obj))
    except ArchiveMissing:
        return []
    common = len(rules())
    return [(source.name, rule) for source in settings.sources for rule in cleaner_for(source).rules[common:]]


@command.command(
    "suggest", epilog="Examples: backfile rules suggest taz   |   backfile rules suggest taz --state learned --json"
)
@click.argument("source")
@click.option("--state", type=click.Choice(_STATES), help="Only lines in this state.")
@click.option("-n", "most", type=click.IntRange(min=1), default=40, show_default=True, help="How many lines at most.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a line, with ids of articles that hold it.")
@click.pass_context
def suggest(ctx: click.Context, *, source: str, state: str | None, most: int, as_json: bool) -> None:
    """Show the lines that recur at the sites of SOURCE: those that are taken, and candidates for `rules accept`.

    Each with its id, its state, where it is taken, in how many articles of how many it stands, the site, the line,
    and an article that holds it. Copies of one article count once.
    """
    from backfile.pipeline import learning  # noqa: PLC0415  # `rules list` needs no index

    with opened(ctx.obj) as (archive, store):
        load(archive).source(source)
        shown = 0
        for each in learning.suggestions(store, source):
            if state is not None and each.state != state:
                continue
            if shown == most:
                click.echo(safe(f"backfile: there are more; -n {2 * most} shows them"), err=True)
                return
            shown += 1
            if as_json:
                click.echo(json_line(each.to_json()))
            else:
                place = each.where or max(each.places, key=lambda name: each.places[name])
                click.echo(
                    safe(
                        f"{each.line}  {each.state:9} {place:8} {each.articles:4,} of {each.total:,}  {each.site}  "
                        f"{each.text[:100]}  [{', '.join(each.examples[:1])}]"
                    )
                )
    if not shown:
        click.echo("no line recurs there", err=True)


@command.command("accept", epilog="Example: backfile rules accept line-1-4f0c9d2e11a0b3c8 --where tail")
@click.argument("lines", nargs=-1, required=True, metavar="LINE…")
@click.option("--where", type=click.Choice(_PLACES), help="Where it is taken. Default: where it mostly stands.")
@click.pass_context
def accept(ctx: click.Context, *, lines: tuple[str, ...], where: str | None) -> None:
    """Take lines out of all articles of their site; `rules suggest` shows the ids. Takes effect at once."""
    _decide(ctx, lines, "accept", where=where or "")


@command.command(
    "disable",
    epilog="Examples: backfile rules disable newsletter-de --article taz/a.html   |   "
    "backfile rules disable line-1-4f0c9d2e11a0b3c8",
)
@click.argument("names", nargs=-1, required=True, metavar="RULE…")
@_FOR_ARTICLE
@click.pass_context
def disable(ctx: click.Context, *, names: tuple[str, ...], article: str) -> None:
    """Have rules, or learned lines, take nothing any more; what they took is put back at once."""
    _decide(ctx, names, "disable", article=article)


@command.command(
    "enable",
    epilog="Examples: backfile rules enable newsletter-de --article taz/a.html   |   "
    "backfile rules enable line-1-4f0c9d2e11a0b3c8",
)
@click.argument("names", nargs=-1, required=True, metavar="RULE…")
@_FOR_ARTICLE
@click.pass_context
def enable(ctx: click.Context, *, names: tuple[str, ...], article: str) -> None:
    """Undo `rules disable` and `rules accept`: the rule runs again, the line is decided from its counts."""
    _decide(ctx, names, "enable", article=article)


def _decide(ctx: click.Context, names: tuple[str, ...], verdict: str, *, article: str = "", where: str = "") -> None:
    from backfile.pipeline import learning  # noqa: PLC0415

    archive = find_archive(ctx.obj)
    log_to(archive.log_file)
    if article:
        with opened(ctx.obj) as (_, store):
            article = id_named(store, article)
    done = learning.decide_on(archive, names, verdict, article=article, where=where)
    click.echo(f"{counted(done.changed, 'article')} changed, {done.indexed:,} added to the index")
    for each in done.failed:
        click.echo(safe(f"backfile: {each.uri} is kept as it was: {each.reason}: {each.detail}"), err=True)
    if done.failed:
        ctx.exit(EXIT_FAILED)
