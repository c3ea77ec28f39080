"""`backfile story`: who else told it, who was first, and what each outlet added or cut."""

from collections.abc import Iterator

import click

from backfile.cli.columns import cut
from backfile.cli.named import article_named
from backfile.cli.opened import opened
from backfile.cli.output import counted, is_terminal, json_line, note, safe, width
from backfile.cli.styled import styled
from backfile.pipeline.storyline import Storyline, Version, storyline

EXIT_ALONE = 1
SHOWN = 20  # articles
_INDENT = "    "
_NAMED = 3  # articles that may have been first


@click.command(
    epilog="Examples: backfile story news/a.html   |   backfile story --diff news/a.html"
    "   |   backfile story --json news/a.html | jq .may_be_first"
)
@click.argument("article_id", metavar="ID")
@click.option("--limit", type=click.IntRange(min=1), default=SHOWN, help=f"Articles to show. Default: {SHOWN}.")
@click.option(
    "--diff", "passages", is_flag=True, help="Show the sentences that were added (+), cut (-) and edited (~)."
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON with the whole story: docs/stories.md.")
@click.pass_context
def command(ctx: click.Context, *, article_id: str, limit: int, passages: bool, as_json: bool) -> int:
    """Show the articles that tell the same story, in the order of their dates; undated ones last.

    ID is an article's id, or the path or address of the file that it was read from. Copies of one text stand under the
    one that was first, or under the longest where dates do not tell. The exit code is 1 when no other article tells
    the story.
    """
    with opened(ctx.obj) as (_, store):
        name = article_named(store, article_id).article.id
        story = storyline(store, name)
    if story is None:
        note(f"no other article tells the story of {name}, as far as names, numbers and dates say")
        return EXIT_ALONE
    if as_json:
        click.echo(json_line(story.to_json()))
        return 0
    for line in _head(story):
        click.echo(line)
    for version in story.versions[:limit]:
        for line in _told(version, asked=name, passages=passages):
            click.echo(line)
    if (more := len(story.versions) - limit) > 0:
        note(f"{more:,} more articles; --limit {len(story.versions)} shows all")
    return 0


def _head(story: Storyline) -> Iterator[str]:
    count = len(story.versions)
    yield styled(safe(story.title or "(no title)"), bold=True)
    yield f"{counted(count, 'article')}, {counted(story.texts, 'text')}; {', '.join(story.languages)}"
    yield f"first: {_first(story)}"


def _first(story: Storyline) -> str:
    """Who was first, as far as dates say."""
    if not story.first:
        return "not known, no article has a date"
    if len(story.first) > 1:
        named = ", ".join(story.first[:_NAMED])
        return safe(f"not known; it may be {named}") + (" …" if len(story.first) > _NAMED else "")
    besides = f", of those with a date; {counted(story.undated, 'has none', 'have none')}" if story.undated else ""
    return safe(story.first[0]) + besides


def _told(version: Version, *, asked: str, passages: bool) -> Iterator[str]:
    article = version.article
    is_copy = not version.is_head
    indent = _INDENT if is_copy else ""
    when = (article.published or "undated").replace("T", " ")
    facts = [when, *([article.publisher] if article.publisher else []), article.language]
    mark = " ←" if article.id == asked else ""
    yield ""
    yield _line(f"{indent}{safe(' · '.join(facts))}{mark}")
    yield _line(indent + _INDENT + safe(article.title or "(no title)"))
    yield f"{indent}{_INDENT}{safe(article.id)}"
    if version.comparison is not None:
        yield from _compared(version, indent + _INDENT, is_copy=is_copy, passages=passages)


def _compared(version: Version, indent: str, *, is_copy: bool, passages: bool) -> Iterator[str]:
    """What the article has of the one that it was compared with."""
    said = version.comparison
    if said is None:
        return
    counts = [(said.kept, "kept"), (len(said.edited), "edited"), (len(said.added), "added"), (len(said.cut), "cut")]
    if is_copy:
        same = not (said.edited or said.added or said.cut)
        yield indent + (
            "copy: the same sentences" if same else "copy: " + ", ".join(f"{n} {what}" for n, what in counts)
        )
    if said.runs and (not is_copy or passages):
        longest = said.runs[0]
        yield _line(f"{indent}{longest.words} words in a row shared: {safe(longest.text)}")
    if passages and is_copy:
        for before, after in said.edited:
            yield f"{indent}~ {safe(before)}"
            yield f"{indent}→ {safe(after)}"
        for mark, colour, texts in (("-", "red", said.cut), ("+", "green", said.added)):
            for text in texts:
                yield indent + styled(f"{mark} {safe(text)}", fg=colour)


def _line(text: str) -> str:
    return cut(text, width()) if is_terminal() else text
