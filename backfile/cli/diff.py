"""`backfile diff`: raw against clean, with the rule at each removed line."""

from collections.abc import Iterator

import click

from backfile.article import Article, Removal
from backfile.cli.opened import opened
from backfile.cli.output import is_terminal, json_line, safe, width
from backfile.cli.styled import styled

EXIT_DIFFERENT = 1


@click.command(epilog="Example: backfile diff news/2024-11/004.txt")
@click.argument("article_id", metavar="ID")
@click.option("--full", is_flag=True, help="Do not cut kept lines to the width of the terminal.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each kept or removed span.")
@click.pass_context
def command(ctx: click.Context, *, article_id: str, full: bool, as_json: bool) -> int:
    """Show what the rules took out of an article, and which rule took what.

    Lines begin with "-" where words were removed and with a blank where they were kept. The exit code is 1 when
    anything was removed, else 0.
    """
    with opened(ctx.obj) as (_, store):
        stored = store.article(article_id)
    for number, text, removal in spans(stored.article):
        if as_json:
            kind, rule = (removal.kind, removal.rule) if removal else (None, None)
            click.echo(json_line({"line": number, "text": text, "kind": kind, "rule": rule}))
        elif removal is None:
            click.echo(_fitted(f"{number:4}   {safe(text)}", full=full))
        else:
            click.echo(styled(f"{number:4} - {safe(text)}", fg="red") + f"  [{removal.rule}, {removal.kind}]")
    return EXIT_DIFFERENT if stored.article.removed else 0


def _fitted(line: str, *, full: bool) -> str:
    """A kept line, cut to the width of the terminal unless all of it is asked for: it is there as a landmark."""
    room = width()
    return line if full or not is_terminal() or len(line) <= room else line[: room - 1] + "…"


def spans(article: Article) -> Iterator[tuple[int, str, Removal | None]]:
    """Every span of every extracted line, in order of place: (number of the line from 1, text, its removal or None)."""
    pieces: list[tuple[int, int, str, Removal | None]] = [
        *((span.line, span.start, span.text, None) for span in article.body),
        *((removal.line, removal.start, removal.text, removal) for removal in article.removed),
    ]
    for line, _, text, removal in sorted(pieces, key=lambda piece: piece[:2]):
        yield line + 1, text, removal
