"""`backfile rules stats`: what each rule took from the archive's articles."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import click

from backfile.article import Article
from backfile.cli.columns import cut
from backfile.cli.opened import opened
from backfile.cli.output import json_line, safe, width
from backfile.config import load

_EXAMPLE = 200  # characters kept of an example


@dataclass(slots=True)
class Taken:
    """What one rule took. Filled in place, article by article."""

    kind: str
    example: str  # the first thing it took, in order of ids
    articles: int = 0
    spans: int = 0
    words: int = 0
    sources: Counter[str] = field(default_factory=Counter)  # spans


@click.command(
    "stats", epilog="Examples: backfile rules stats   |   backfile rules stats --source taz   |   … --json | jq"
)
@click.option("--source", help="Only articles of this source.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a rule.")
@click.pass_context
def command(ctx: click.Context, *, source: str | None, as_json: bool) -> None:
    """Count by rule what was removed from the articles of the archive: articles, spans, words, and an example.

    The rule that took most words comes first.
    """
    with opened(ctx.obj) as (archive, store):
        if source is not None and source not in store.counts()["sources"]:
            load(archive).source(source)  # says which there are; one without articles has nothing to count
        table = counted(each.article for each in store.articles(source))
    rows = sorted(table.items(), key=lambda item: (-item[1].words, -item[1].spans, item[0]))
    if as_json:
        for rule, taken in rows:
            told = {"rule": rule, "kind": taken.kind, "articles": taken.articles, "spans": taken.spans}
            sources = dict(taken.sources.most_common())
            click.echo(json_line({**told, "words": taken.words, "sources": sources, "example": taken.example}))
        return
    if not rows:
        click.echo("nothing was removed")
        return
    click.echo(f"{'articles':>9} {'spans':>9} {'words':>9}  {'rule':26} {'kind':12} example")
    for rule, taken in rows:
        line = f"{taken.articles:>9,} {taken.spans:>9,} {taken.words:>9,}  {rule:26} {taken.kind:12} "
        click.echo(safe(line) + cut(safe(taken.example), max(20, width() - len(line))))


def counted(articles: Iterable[Article]) -> dict[str, Taken]:
    """Rule → what it took of the articles, one article in memory at a time."""
    table: dict[str, Taken] = {}
    for article in articles:
        for each in article.removed:
            taken = table.setdefault(each.rule, Taken(each.kind, each.text[:_EXAMPLE]))
            taken.spans += 1
            taken.words += len(each.text.split())
            taken.sources[article.source] += 1
        for rule in {each.rule for each in article.removed}:
            table[rule].articles += 1
    return table
