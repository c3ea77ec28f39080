"""`backfile diff`: raw against clean, with the rule at each removed line."""

import json
from collections.abc import Iterator

import click

from backfile.article import Article, Line, Removal
from backfile.cli.opened import opened
from backfile.cli.output import safe

EXIT_DIFFERENT = 1


@click.command(epilog="Example: backfile diff news/2024-11/004.txt")
@click.argument("article_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each kept or removed span.")
@click.pass_context
def command(ctx: click.Context, *, article_id: str, as_json: bool) -> int:
    """Show what the rules took out of an article, and which rule took what.

    Lines begin with "-" where words were removed and with a blank where they were kept. The exit code is 1 when
    anything was removed, else 0.
    """
    with opened(ctx.obj) as (_, store):
        stored = store.article(article_id)
    for number, kept, text, removal in spans(stored.article, stored.lines):
        if as_json:
            kind, rule = (removal.kind, removal.rule) if removal else (None, None)
            click.echo(json.dumps({"line": number, "text": text, "kind": kind, "rule": rule}, ensure_ascii=False))
        elif removal is None:
            click.echo(f"{number:4}   {safe(kept)}")
        else:
            click.echo(click.style(f"{number:4} - {safe(text)}", fg="red") + f"  [{removal.rule}, {removal.kind}]")
    return EXIT_DIFFERENT if stored.article.removed else 0


def spans(article: Article, lines: tuple[Line, ...]) -> Iterator[tuple[int, str, str, Removal | None]]:
    """Every span of every extracted line, in order: (line from 1, its text for people, its exact text, its removal)."""
    pieces: list[tuple[int, int, str, Removal | None]] = [
        *((span.line, span.start, span.text, None) for span in article.body),
        *((removal.line, removal.start, removal.text, removal) for removal in article.removed),
    ]
    for line, start, text, removal in sorted(pieces, key=lambda piece: piece[:2]):
        whole = len(text) == len(lines[line].text)
        shown = text if whole else ("… " if start else "") + text
        yield line + 1, shown, text, removal
