"""`backfile show`: an article as it stands in the archive."""

from dataclasses import asdict

import click

from backfile.article import Article
from backfile.cli.named import article_named, id_named
from backfile.cli.opened import opened
from backfile.cli.output import counted, json_line, note, safe
from backfile.cli.styled import styled
from backfile.config import Archive, load
from backfile.copies import Copy
from backfile.store import Store, StoredArticle

_FIELDS = ("id", "parent", "uri", "url", "authors", "agencies", "publisher", "published", "updated", "fetched", "place")


NO_COPIES = 1


@click.command(
    epilog="Examples: backfile show news/a.html   |   backfile show --json news/a.html | jq .removed   |   "
    "backfile show --explain news/a.html   |   backfile show --copies news/a.html"
)
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON an article: docs/article.md names the fields.")
@click.option("--explain", is_flag=True, help="For each field the statements about it, their weight, and the winner.")
@click.option(
    "--copies",
    is_flag=True,
    help="Its copies instead: identical ones and near copies, with how much of each stands in the other. "
    "Exit code 1 when there is none.",
)
@click.pass_context
def command(ctx: click.Context, *, ids: tuple[str, ...], as_json: bool, explain: bool, copies: bool) -> int:
    """Show articles: their metadata with where each value came from, and their text.

    ID is an article's id, or the path or address of the file that it was read from. With --explain come, in place of
    the text, the statements from which each field was decided: docs/article.md says how to read them.
    """
    if explain and copies:
        raise click.UsageError("--explain or --copies: one at a time.")
    with opened(ctx.obj) as (archive, store):
        if copies:
            number = sum(_copies(store, id_named(store, name), as_json=as_json) for name in ids)
            if not number:
                note("no copies of " + ", ".join(ids))
            return 0 if number else NO_COPIES
        for article_id in ids:
            stored = article_named(store, article_id)
            if explain:
                click.echo(_explained(archive, stored, as_json=as_json))
            else:
                click.echo(json_line(stored.article.to_json()) if as_json else readable(stored.article))
    return 0


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


def _copies(store: Store, article_id: str, *, as_json: bool) -> int:
    """Print the copies of an article, a line each; how many."""
    store.article(article_id)
    found = store.copies(article_id)
    for copy in found:
        click.echo(json_line({"of": article_id, **asdict(copy)}) if as_json else safe(_told(copy)))
    return len(found)


def _told(copy: Copy) -> str:
    shares = f"{copy.share:4.0%} of this in it, {copy.share_back:4.0%} of it in this"
    stated = " · ".join(each for each in (copy.published, copy.publisher, copy.title) if each)
    return f"{copy.relation:9}  {shares}  {copy.id}" + (f"  {stated}" if stated else "")


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
        lines.append(f"{'removed':10} {counted(len(article.removed), 'span')}: {how.format(safe(article.id))}")
    return "\n".join(lines) + "\n\n" + "\n\n".join(safe(paragraph) for paragraph in article.paragraphs) + "\n"
