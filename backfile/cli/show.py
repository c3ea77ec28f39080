"""`backfile show`: an article as it stands in the archive."""

import click

from backfile.article import Article
from backfile.cli.named import article_named
from backfile.cli.opened import opened
from backfile.cli.output import json_line, safe
from backfile.cli.styled import styled
from backfile.config import Archive, load
from backfile.store import StoredArticle

_FIELDS = ("id", "parent", "uri", "url", "authors", "agencies", "publisher", "published", "updated", "fetched", "place")


@click.command(
    epilog="Examples: backfile show news/a.html   |   backfile show --json news/a.html | jq .removed"
    "   |   backfile show --explain news/a.html"
)
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON an article: docs/article.md names the fields.")
@click.option("--explain", is_flag=True, help="For each field the statements about it, their weight, and the winner.")
@click.pass_context
def command(ctx: click.Context, *, ids: tuple[str, ...], as_json: bool, explain: bool) -> None:
    """Show articles: their metadata with where each value came from, and their text.

    ID is an article's id, or the path or address of the file that it was read from. With --explain come, in place of
    the text, the statements from which each field was decided: docs/article.md says how to read them.
    """
    with opened(ctx.obj) as (archive, store):
        for article_id in ids:
            stored = article_named(store, article_id)
            if explain:
                click.echo(_explained(archive, stored, as_json=as_json))
            else:
                click.echo(json_line(stored.article.to_json()) if as_json else readable(stored.article))


def _explained(archive: Archive, stored: StoredArticle, *, as_json: bool) -> str:
    """Why the article's fields are what they are, for people or as a line of JSON."""
    from backfile.cli import explained  # noqa: PLC0415 - it needs the transforms, which `show` does without
    from backfile.pipeline import explanation  # noqa: PLC0415
    from backfile.pipeline.cleaner import cleaner_for  # noqa: PLC0415

    article = stored.article
    source = next((each for each in load(archive).sources if each.name == article.source), None)
    fields = explanation.explained(stored, cleaner_for(source).hints if source else ())
    if not as_json:
        return explained.readable(article, fields)
    told = {each.name: each.to_json() for each in fields}
    return json_line({"id": article.id, "fields": told, "date_conflict": list(article.date_conflict)})


def readable(article: Article, *, how: str = "backfile diff {}") -> str:
    """An article for people: title, a line for each field that has a value, then the text.

    `how` is the command that shows what was removed, with a place for the id.
    """
    record = article.to_json()
    lines = [styled(safe(article.title or "(no title)"), bold=True)]
    for name in (*_FIELDS, "language", "tags"):
        value = record[name]
        if value:
            told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            origin = article.provenance.get(name)
            lines.append(f"{name:10} {safe(told)}{safe(f'  ({origin})') if origin else ''}")
    if said := article.provenance.get("not_article"):
        lines.append(f"{'no article':10} {safe(said)}; kept as asked")
    if article.date_conflict:
        lines.append(f"{'conflict':10} {safe(', '.join(article.date_conflict))}")
    if article.removed:
        lines.append(f"{'removed':10} {len(article.removed)} spans: {how.format(safe(article.id))}")
    return "\n".join(lines) + "\n\n" + "\n\n".join(safe(paragraph) for paragraph in article.paragraphs) + "\n"
