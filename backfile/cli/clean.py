"""`backfile clean`: clean files without an archive, to try rules and to measure."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from backfile import readers
from backfile.article import Article, Failure
from backfile.cli import taken
from backfile.cli.log import log_to_default
from backfile.cli.output import json_line, safe
from backfile.cli.show import readable
from backfile.cli.styled import styled
from backfile.config import Source, plain
from backfile.errors import REJECTIONS, UnreadableInput, WrongUse
from backfile.pipeline import cleaner, places, spool
from backfile.pipeline.spool import Extracted

EXIT_FAILED = 3


@click.command(epilog="Examples: backfile clean page.html   |   backfile clean ~/news --json > clean.jsonl")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "how", flag_value="json", help="One line of JSON an article.")
@click.option("--diff", "how", flag_value="diff", help="Show what was removed, by which rule, and what was kept.")
@click.option("--reader", type=click.Choice(list(readers.FORMATS)), help="Read all files in this format.")
@click.option("--language", help="Their language; default: detected.")
@click.option("--all", "keep", is_flag=True, help="Also what is no article: front pages, log-ins, error pages …")
@click.option("--no-learn", is_flag=True, help="Clean each article by itself, and print it at once.")
def command(  # noqa: PLR0913 - an option each
    *, paths: tuple[Path, ...], how: str | None, reader: str | None, language: str | None, keep: bool, no_learn: bool
) -> int:
    """Clean files and folders without an archive, one article after the other.

    Lines that recur over articles of one site are learned from all PATHS together and taken out, so the first article
    is printed when the last one is read. What is not taken in is named on stderr with the reason; the exit code is 3
    when something failed.
    """
    log_to_default()
    failed = False
    for path in paths:
        if not path.exists():
            raise WrongUse(f"{path}: there is no such file or folder")
    not_articles = "keep" if keep else "reject"
    source = Source("clean", "", reader=reader, language=language, not_articles=not_articles)
    for verdict in _verdicts(paths, source, learn=not no_learn):
        if isinstance(verdict, Article):
            click.echo(_shown(verdict, how))
        else:
            failed = failed or verdict.reason not in REJECTIONS
            click.echo(safe(f"{verdict.uri}: {verdict.reason}: {verdict.detail}"), err=True)
    return EXIT_FAILED if failed else 0


def _shown(article: Article, how: str | None) -> str:
    if how == "json":
        return json_line(article.to_json())
    if how == "diff":
        return "\n".join([styled(safe(article.uri), bold=True), *taken.lines(article), ""])
    return readable(article, how="--diff shows them")


def _verdicts(paths: tuple[Path, ...], source: Source, *, learn: bool) -> Iterator[Article | Failure]:
    cleaning = cleaner.cleaner_for(source, where="")
    items = (item for path in paths for item in _extracted(path, replace(source, path=str(plain(path)))))
    if learn:
        yield from spool.clean_together(items, cleaning)
        return
    for item in items:
        if isinstance(item, Failure):
            yield item
        else:
            yield from spool.clean(item, cleaning)


def _extracted(path: Path, source: Source) -> Iterator[Extracted | Failure]:
    for each in readers.inputs(path):
        place = places.key_of(plain(each), source)
        for item in readers.read(each, reader=source.reader):
            if isinstance(item, Failure):
                yield item
                continue
            try:
                extractions = cleaner.lines_of(item)
            except UnreadableInput as error:
                yield Failure(item.uri, item.member, error.reason, error.detail)
                continue
            key = cleaner.key_of(item, extractions, place)
            yield Extracted(f"{source.name}/{key}", item.uri, item.member, tuple(extractions))
