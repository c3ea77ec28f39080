"""`backfile diff`: raw against clean, with the rule at each removed line."""

from pathlib import Path

import click

from backfile.cli import taken
from backfile.cli.named import article_named
from backfile.cli.opened import opened
from backfile.cli.output import json_line, note, width
from backfile.errors import WrongUse
from backfile.store import StoredArticle

EXIT_DIFFERENT = 1


@click.command(
    epilog="Examples: backfile diff news/2024-11/004.txt   |   backfile diff -y ~/news/a.html"
    "   |   backfile diff --html a.html news/a.html"
)
@click.argument("article_id", metavar="ID")
@click.option("--full", is_flag=True, help="Do not cut kept lines to the width of the terminal.")
@click.option("-y", "--side-by-side", "how", flag_value="beside", help="Extracted text, and clean text beside it.")
@click.option("--json", "how", flag_value="json", help="One line of JSON for each kept or removed span.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to this file; - is stdout."
)
@click.pass_context
def command(ctx: click.Context, *, article_id: str, full: bool, how: str | None, page: Path | None) -> int:
    """Show what the rules took out of an article, and which rule took what.

    ID is an article's id, or the path or address of the file that it was read from. Lines begin with "-" where words
    were removed and with a blank where they were kept. The page of --html is one file that loads nothing and can be
    printed. The exit code is 1 when anything was removed, else 0. For a file that is in no archive say `backfile
    clean --diff PATH`.
    """
    if how and page is not None:
        raise WrongUse("only one of --side-by-side, --html and --json can be had at a time")
    with opened(ctx.obj) as (_, store):
        stored = article_named(store, article_id)
    article = stored.article
    if page is not None:
        _write(page, stored)
    elif how == "beside":
        from backfile.cli.side_by_side import side_by_side  # noqa: PLC0415

        for row in side_by_side(article, room=width()):
            click.echo(row)
    elif how == "json":
        for number, text, removal in taken.spans(article):
            kind, rule = (removal.kind, removal.rule) if removal else (None, None)
            click.echo(json_line({"line": number, "text": text, "kind": kind, "rule": rule}))
    else:
        for line in taken.lines(article, full=full):
            click.echo(line)
    return EXIT_DIFFERENT if article.removed else 0


def _write(page: Path, stored: StoredArticle) -> None:
    """The page, into a file that has the old content or the new one, whole; "-" is stdout."""
    from backfile.cli.diff_page import page_of  # noqa: PLC0415
    from backfile.disk import replace_text  # noqa: PLC0415

    if str(page) == "-":
        click.echo(page_of(stored), nl=False)
        return
    try:
        replace_text(page, page_of(stored))
    except OSError as error:
        raise WrongUse(f"{page} cannot be written: {error.strerror}") from error
    note(f"{page} is written")
