"""`backfile rules test`: a file of rules, tried before it is used."""

import tomllib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backfile.article import Article, Json
from backfile.cli.columns import cut
from backfile.cli.given import existing
from backfile.cli.opened import opened
from backfile.cli.output import counted, json_line, note, safe, width
from backfile.cli.styled import styled
from backfile.config import FILE_NAME, Archive, load
from backfile.errors import ArchiveMissing, ConfigError, WrongUse

if TYPE_CHECKING:
    from backfile.pipeline.trial import Trial, Trials

EXIT_FAULTY = 1
MAX_FILE = 1 << 20  # bytes; all rules of this package are a fifth of it
MOST_ARTICLES = 2_000  # looked at unless told otherwise: some seconds
_SHOWN = 3  # lines that a rule takes, for people; JSON has up to fifty


@click.command(
    "test",
    epilog="Examples: backfile rules test quiz.toml   |   backfile rules test quiz.toml --on ~/news   |   "
    "backfile rules test backfile.toml --articles 50000",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--on", "paths", multiple=True, type=click.Path(path_type=Path), help="Try them on this file or folder.")
@click.option("--articles", "most", type=click.IntRange(0), default=MOST_ARTICLES, show_default=True, help="At most.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a rule.")
@click.pass_context
def command(ctx: click.Context, *, file: Path, paths: tuple[Path, ...], most: int, as_json: bool) -> int:
    """Check a file of rules, run their own examples, and show what they would take from articles.

    FILE has tables [[rule]], as docs/rules.md describes them, or is a backfile.toml with [[source.rule]]. The articles
    are those of --on, cleaned without an archive, else those of the archive, if there is one. The rules run as those of
    a source do: after all others. What rules of the same names took before is put back first, so that a changed rule
    shows all that it takes.

    The exit code is 0 when every rule takes its `matches` and leaves its `spares`, 1 when one does not, 2 when the file
    cannot be used.
    """
    groups = _groups(file)
    for article in islice(_articles(ctx.obj, paths), most):
        for source, trials in groups:
            if paths or source in {"", article.source}:
                trials.on(article)
    for _, trials in groups:
        for trial in trials.each:
            click.echo(json_line(_record(trial, trials.articles)) if as_json else _told(trial, trials.articles))
    return 0 if all(trial.holds for _, trials in groups for trial in trials.each) else EXIT_FAULTY


def _groups(file: Path) -> list[tuple[str, "Trials"]]:
    """The rules of the file by the source that has them; "": for all.

    Raises:
        WrongUse, ConfigError: the file cannot be read, or says something that is not allowed.
    """
    from backfile.pipeline.trial import Trials  # noqa: PLC0415
    from transforms import pattern  # noqa: PLC0415

    if file.name == FILE_NAME:
        stated = [(each.name, each.rules) for each in load(Archive(file.parent)).sources if each.rules]
        groups = [
            (name, Trials(pattern.checked(tables, where=f"{file}: source {name}"), loose=False))
            for name, tables in stated
        ]
    else:
        groups = [("", Trials(pattern.checked(_tables(file), where=str(file)), loose=True))]
    if not any(trials.each for _, trials in groups):
        raise ConfigError(f"{file}: there is no rule in it: write each as a table [[rule]]")
    return groups


def _tables(file: Path) -> list[Mapping[str, object]]:
    """The tables of the rules; the file's `languages` are those of each that names none."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise WrongUse(f"{file}: {error.strerror}") from error
    if len(content) > MAX_FILE:
        raise WrongUse(f"{file}: more than {MAX_FILE:,} bytes; no file of rules is so large")
    try:
        table = tomllib.loads(content.decode())
    except ValueError as error:  # UTF-8 and TOML both
        raise ConfigError(f"{file}: {error}") from error
    if unknown := sorted(table.keys() - {"languages", "rule"}):
        raise ConfigError(f"{file}: unknown key {unknown[0]!r}; allowed: languages, rule")
    rules = table.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(each, dict) for each in rules):
        raise ConfigError(f"{file}: write each rule as a table [[rule]]")
    languages = table.get("languages")
    return [{"languages": languages, **each} if languages else each for each in rules]


def _articles(archive: Path | None, paths: tuple[Path, ...]) -> Iterator[Article]:
    """The articles of the paths, else of the archive; a note when there is neither."""
    from backfile.pipeline.trial import articles_of  # noqa: PLC0415

    for path in paths:
        yield from articles_of(existing(path))
    if paths:
        return
    try:
        with opened(archive) as (_, store):
            yield from (each.article for each in store.articles())
    except ArchiveMissing:
        note("no archive here: the examples are run alone; --on PATH tries the rules on files")


def _record(trial: "Trial", articles: int) -> dict[str, Json]:
    return {
        "rule": trial.rule.id,
        "kind": trial.rule.kind,
        "examples": trial.examples,
        "missed": list(trial.missed),
        "harmed": list(trial.harmed),
        "looked_at": articles,
        "articles": trial.articles,
        "spans": trial.spans,
        "words": trial.words,
        "running_text": trial.running,
        "taken": [{"id": article_id, "text": text} for article_id, text in trial.taken],
    }


def _told(trial: "Trial", articles: int) -> str:
    """What came of one rule, for people: its examples, its counts, and some of what it takes."""
    room = max(20, width() - 6)
    verdict = "ok" if trial.holds else styled("FAILS", fg="red", bold=True)
    examples = counted(trial.examples, "example") if trial.examples else "no examples: say what it matches and spares"
    lines = [f"{trial.rule.id}  {verdict}  ({examples})"]
    lines += [f"    does not take  {cut(safe(line), room - 14)}" for line in trial.missed]
    lines += [f"    must spare     {cut(safe(line), room - 14)}" for line in trial.harmed]
    if articles:
        spans, words, of = counted(trial.spans, "span"), counted(trial.words, "word"), counted(articles, "article")
        taken = f"{spans}, {words} in {trial.articles:,} of {of}" if trial.spans else f"nothing from {of}"
        lines.append(f"    takes {taken}")
    if trial.running:
        lines.append(
            styled(f"    {trial.running:,} of them look like text of an article; they are shown first", fg="red")
        )
    lines += [f"      {cut(safe(f'{text}  [{article_id}]'), room)}" for article_id, text in trial.taken[:_SHOWN]]
    return "\n".join(lines)
