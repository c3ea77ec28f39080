"""`backfile clean`: clean files without an archive, to try rules and to measure."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from backfile import readers, tongues
from backfile.article import Article, Failure
from backfile.cli import taken
from backfile.cli.failures import EXIT_FAILED
from backfile.cli.given import existing
from backfile.cli.log import log_to_default
from backfile.cli.output import json_line, safe
from backfile.cli.show import readable
from backfile.cli.styled import styled
from backfile.config import Source, plain
from backfile.errors import REJECTIONS, UnreadableInput, WrongUse
from backfile.pipeline import cleaner, places, spool
from backfile.pipeline.spool import Extracted
from backfile.readers.limits import MAX_SPOOLED_BYTES

_STDIN = Path("-")
_PIECE = 1024 * 1024  # bytes copied from stdin at a time


@click.command(
    epilog="Examples: backfile clean page.html   |   backfile clean ~/news --json > clean.jsonl   |   "
    "curl -s ADDRESS | backfile clean -"
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "how", flag_value="json", help="One line of JSON an article.")
@click.option("--diff", "how", flag_value="diff", help="Show what was removed, by which rule, and what was kept.")
@click.option("--reader", type=click.Choice(list(readers.FORMATS)), help="Read all files in this format.")
@click.option("--language", metavar="TAG", help="Their language, such as de or en; default: detected.")
@click.option("--all", "keep", is_flag=True, help="Also what is no article: front pages, log-ins, error pages …")
@click.option("--no-learn", is_flag=True, help="Clean each article by itself, and print it at once.")
def command(  # noqa: PLR0913 - an option each
    *, paths: tuple[Path, ...], how: str | None, reader: str | None, language: str | None, keep: bool, no_learn: bool
) -> int:
    """Clean files and folders without an archive, one article after the other.

    Lines that recur over articles of one site are learned from all PATHS together and taken out, so the first article
    is printed when the last one is read. What is not taken in is named on stderr with the reason; the exit code is 3
    when something failed. A path - is what comes from stdin.
    """
    log_to_default()
    for path in paths:
        if path != _STDIN:
            existing(path)
    if language is not None:
        tongues.checked(language)
    not_articles = "keep" if keep else "reject"
    source = Source("clean", "", reader=reader, language=language, not_articles=not_articles)
    with ExitStack() as stack:
        copy = _copied(Path(stack.enter_context(tempfile.TemporaryDirectory()))) if _STDIN in paths else None
        files = [copy if copy and path == _STDIN else path for path in paths]
        verdicts = _verdicts(files, source, learn=not no_learn)
        return _told((replace(each, uri=_uri(each.uri, copy)) for each in verdicts), how)


def _uri(uri: str, copy: Path | None) -> str:
    """What is said of where an item stands: - and not the copy that was made of stdin."""
    return f"-{uri.removeprefix(str(copy))}" if copy and uri.startswith(str(copy)) else uri


def _copied(folder: Path) -> Path:
    """A file with what comes from stdin, as readers go back and forth in theirs; within the limit of packed files."""
    file = folder / "stdin"
    left = MAX_SPOOLED_BYTES + 1
    with file.open("wb") as copy:
        while left > 0 and (piece := sys.stdin.buffer.read(min(left, _PIECE))):
            left -= copy.write(piece)
    if left <= 0:
        raise WrongUse(f"more than {MAX_SPOOLED_BYTES:,} bytes came from stdin; save them to a file")
    return file


def _told(verdicts: Iterator[Article | Failure], how: str | None) -> int:
    """The exit code, when all are printed."""
    failed = anything = False
    for verdict in verdicts:
        anything = True
        if isinstance(verdict, Article):
            click.echo(_shown(verdict, how))
        else:
            failed = failed or verdict.reason not in REJECTIONS
            click.echo(safe(f"{verdict.uri}: {verdict.reason}: {verdict.detail}"), err=True)
    if not anything:
        click.echo("backfile: there is no file to read in it", err=True)
    return EXIT_FAILED if failed else 0


def _shown(article: Article, how: str | None) -> str:
    if how == "json":
        return json_line(article.to_json())
    if how == "diff":
        return "\n".join([styled(safe(article.uri), bold=True), *taken.lines(article), ""])
    return readable(article, how="--diff shows them")


def _verdicts(paths: Sequence[Path], source: Source, *, learn: bool) -> Iterator[Article | Failure]:
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
