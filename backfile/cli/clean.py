"""`backfile clean`: clean files without an archive, to try rules and to measure."""

from collections.abc import Iterator
from pathlib import Path

import click

from backfile import readers
from backfile.article import Article, Document, Failure, Rejection
from backfile.cli import taken
from backfile.cli.log import log_to_default
from backfile.cli.output import json_line, safe
from backfile.cli.show import readable
from backfile.cli.styled import styled
from backfile.config import Source, plain
from backfile.errors import REJECTIONS, UnreadableInput, WrongUse
from backfile.pipeline import cleaner, places

EXIT_FAILED = 3


@click.command(epilog="Examples: backfile clean page.html   |   backfile clean ~/news --json > clean.jsonl")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "how", flag_value="json", help="One line of JSON an article.")
@click.option("--diff", "how", flag_value="diff", help="Show what was removed, by which rule, and what was kept.")
@click.option("--reader", type=click.Choice(list(readers.FORMATS)), help="Read all files in this format.")
@click.option("--language", help="Their language; default: detected.")
@click.option("--all", "keep", is_flag=True, help="Also what is no article: front pages, log-ins, error pages …")
def command(*, paths: tuple[Path, ...], how: str | None, reader: str | None, language: str | None, keep: bool) -> int:
    """Clean files and folders without an archive, one article after the other.

    What is not taken in is named on stderr with the reason; the exit code is 3 when something failed.
    """
    log_to_default()
    failed = False
    for path in paths:
        if not path.exists():
            raise WrongUse(f"{path}: there is no such file or folder")
        not_articles = "keep" if keep else "reject"
        source = Source("clean", str(plain(path)), reader=reader, language=language, not_articles=not_articles)
        for verdict in _verdicts(path, source):
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


def _verdicts(path: Path, source: Source) -> Iterator[Article | Failure]:
    cleaning = cleaner.cleaner_for(source, where="")
    for each in readers.inputs(path):
        for item in readers.read(each, reader=source.reader):
            if isinstance(item, Failure):
                yield item
            else:
                yield from _cleaned(item, cleaning, places.key_of(plain(each), source))


def _cleaned(document: Document, cleaning: cleaner.Cleaner, place: str) -> Iterator[Article | Failure]:
    try:
        verdicts = list(cleaner.articles_of(document, cleaning, place))
        given = [verdict for verdict in verdicts if isinstance(verdict, Article)]
        yield from given
        if not given:  # else it is what a digest holds beside its stories
            for verdict in verdicts:
                if isinstance(verdict, Rejection):
                    yield Failure(document.uri, document.member, verdict.reason, verdict.detail)
    except UnreadableInput as error:
        yield Failure(document.uri, document.member, error.reason, error.detail)
