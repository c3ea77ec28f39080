"""`backfile search`: parse the options, ask the index, print.

Everything slow is imported by the index when it is needed; this module and what it imports start in no time.
"""

import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import click

from backfile.cli import hits
from backfile.cli.notes import tell, told
from backfile.cli.output import safe
from backfile.config import find_archive
from backfile.errors import QueryError, WrongUse
from index.directory import open_reader
from index.engine import FACETS, SORTS, Facet, SearchEngine, Sort
from index.notes import Note
from index.search import Results, rank, search

TREC_LIMIT = 100  # hits a query in a run file, what recall@100 needs
TREC_TAG = "backfile"


@dataclass(frozen=True, slots=True)
class _Options:
    limit: int | None
    offset: int
    sort: Sort
    since: str | None
    until: str | None
    language: str | None
    source: str | None
    facets: tuple[Facet, ...]
    all_text: bool
    all_copies: bool
    explain: bool
    form: str  # hits, json, csv, tsv, ids, count, trec
    fields: tuple[str, ...]  # of a hit, for json, csv and tsv


def _names(value: tuple[str, ...], known: Iterable[str]) -> tuple[str, ...]:
    """The names of an option that may come several times, with commas between them."""
    asked = [name.strip() for names in value for name in names.split(",") if name.strip()]
    for name in asked:
        if name not in known:
            raise click.BadParameter(f"{name!r} is none of {', '.join(known)}")
    return tuple(dict.fromkeys(asked))


def _facets(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return _names(value, FACETS)


def _fields(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return _names(value, hits.COLUMNS)


class SearchCommand(click.Command):
    """A command for which `-word` is a part of the query, unless it is an option to the letter."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Click's, with excluded words kept from it: it would read `-climate` as `-c` and more."""
        options = [option for option in self.params if isinstance(option, click.Option)]
        known = {name for option in options for name in option.opts} | set(ctx.help_option_names) | {"-"}
        taking = {name for option in options if not option.is_flag for name in option.opts}
        kept = [
            _WORD + arg if arg[:1] == "-" and arg[:2] != "--" and arg not in known and before not in taking else arg
            for before, arg in zip(["", *args], args, strict=False)
        ]
        return super().parse_args(ctx, kept)


_WORD = "\0"  # no argument of a process can hold it


def one_query(words: tuple[str, ...]) -> str:
    """The query that the arguments of a `SearchCommand` are."""
    return " ".join(words).replace(_WORD, "")


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Hits to show. Default: 10; with --trec 100.")
@click.option("--offset", metavar="N", type=click.IntRange(min=0), default=0, help="Hits to skip.")
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="score",
    help="Order. best: as score, newer ones a little higher; date: oldest first, -date: newest first. What has no "
    "date, source or title comes last.",
)
@click.option("--since", metavar="DATE", help="Published on or after: 2024, 2024-11, 25.11.2024, 2w (two weeks ago).")
@click.option("--until", metavar="DATE", help="Published on or before.")
@click.option("--lang", "language", metavar="CODE", help="Only articles in this language: de, en …")
@click.option("--source", metavar="NAME", help="Only articles of this source.")
@click.option(
    "--facet",
    "facets",
    metavar="NAMES",
    multiple=True,
    callback=_facets,
    help="Count all hits by lang, source, publisher, year, tag; with --json as a last line, in a pipe to stderr.",
)
@click.option("--all-text", is_flag=True, help="Search also what the rules took out of the articles.")
@click.option(
    "--all-copies", is_flag=True, help="Show copies and near copies one by one, not folded into the best hit."
)
@click.option(
    "--explain",
    is_flag=True,
    help="How the query was understood, and what each hit's score adds up to.",
)
@click.option("--json", "form", flag_value="json", help="One JSON object a line; [[ ]] marks the words found.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, with a header.")
@click.option("--tsv", "form", flag_value="tsv", help="Tab-separated, with a header.")
@click.option(
    "--fields",
    metavar="NAMES",
    multiple=True,
    callback=_fields,
    help="With --json, --csv or --tsv only these, in this order: id,title,score … (docs/searching.md lists them).",
)
@click.option("-l", "form", flag_value="ids", help="Only the ids.")
@click.option("-c", "form", flag_value="count", help="Only the number of hits.")
@click.option(
    "--trec", "form", flag_value="trec", help="A run file: qid Q0 id rank score tag, filled up with partial hits."
)
@click.pass_context
def command(ctx: click.Context, /, query: tuple[str, ...], form: str | None, **options: object) -> None:
    """Find articles by keyword.

    \b
    word word        all of them, in every inflection; German compounds too
    a OR b           one of them; ( … ) groups
    -word            not this one; also NOT word
    "two words"      in this order; "two words"~5 with up to 5 others between
    =word            exactly so            pre*      words that begin so
    word~            spelled nearly so     word~2    up to two letters off
    field:word       title author source publisher lang tag url place id
    date:2024-11     date:25.11.2024  date:2024..2025-02  date:2w..  date:>=2024

    Letter case matters for OR and NOT only. Copies of a text are one hit. When no article has all words, those with
    most of them follow.

    QUERY - reads queries from stdin, one a line, each after an id and a tab if it has one; then every line that is
    printed begins with the query's id.

    \b
    Examples:
      backfile search Truppen
      backfile search '"Koalition der Willigen" lang:de -Merkel' --since 2024-11
      backfile search 'climate OR Klima' --sort -date --facet lang,year
      backfile search 'title:(Rat OR Kreis)' --json --fields id,title,published
      backfile search - --trec < topics.tsv > run.txt

    The exit code is 1 when nothing was found, 2 when a query is over a limit. All of the language: docs/searching.md.
    """  # noqa: D301  # \b is click's mark for lines that stay as they are
    if options["fields"] and form not in {"json", "csv", "tsv"}:
        raise click.UsageError("--fields goes with --json, --csv or --tsv")
    asked = _Options(form=form or "hits", **options)  # type: ignore[arg-type]
    archive = find_archive(ctx.obj)
    with open_reader(archive.index_directory, servers=archive.cluster) as index:
        code = _many(index, _stdin(), asked) if query == ("-",) else _one(index, one_query(query), asked)
    ctx.exit(code)


def _stdin() -> Iterable[str]:
    """The lines of stdin as UTF-8; a byte order mark, and bytes that are none, do no harm."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    return sys.stdin


def _one(index: SearchEngine, text: str, asked: _Options) -> int:
    with told(text):
        if asked.form == "trec":
            return hits.printed(_run_lines(index, "1", text, asked))
        results = _search(index, text, asked)
    tell(_remarks(results, asked), text)
    hits.printed(_lines(results, asked))
    return 0 if results.total else hits.NO_HITS


def _many(index: SearchEngine, lines: Iterable[str], asked: _Options) -> int:
    """Every query on its own: one over a limit is reported and does not stop the others."""
    code = hits.NO_HITS
    wrong = 0
    header = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        qid, tab, text = line.rstrip("\r\n").partition("\t")
        qid, text = (qid.strip(), text) if tab else (str(number), qid)
        about = f"query {qid}: "
        try:
            if asked.form == "trec":
                code = min(code, hits.printed(_run_lines(index, qid, text, asked)))
                continue
            results = _search(index, text, asked)
        except QueryError as error:
            wrong = error.exit_code
            tell([Note(str(error), error.start, error.end)], text, about=about)
            continue
        tell(_remarks(results, asked), text, about=about)
        hits.printed(_lines(results, asked, qid=qid, header=header))
        header = False
        code = min(code, 0 if results.total else hits.NO_HITS)
    return wrong or code


def _remarks(results: Results, asked: _Options) -> Iterator[Note]:
    yield from results.notes
    if asked.offset and asked.offset >= results.total > 0 and asked.limit != 0:
        yield Note(f"--offset {asked.offset} is behind the last of {results.total:,} hits")


def _search(index: SearchEngine, text: str, asked: _Options) -> Results:
    return search(
        index,
        text,
        now=_today(),
        limit=10 if asked.limit is None else asked.limit,
        offset=asked.offset,
        sort=asked.sort,
        facets=asked.facets,
        since=asked.since,
        until=asked.until,
        language=asked.language,
        source=asked.source,
        all_text=asked.all_text,
        all_copies=asked.all_copies,
        explain=asked.explain,
    )


def _lines(results: Results, asked: _Options, *, qid: str | None = None, header: bool = True) -> Iterator[str]:
    faceted = bool(asked.facets)
    return hits.lines(
        results, asked.form, offset=asked.offset, faceted=faceted, qid=qid, header=header, fields=asked.fields
    )


def _run_lines(index: SearchEngine, qid: str, text: str, asked: _Options) -> Iterator[str]:
    if asked.sort != "score" or asked.offset:
        raise WrongUse("--trec ranks by score from the first hit on; leave out --sort and --offset")
    ranked = rank(
        index,
        text,
        now=_today(),
        limit=TREC_LIMIT if asked.limit is None else asked.limit,
        since=asked.since,
        until=asked.until,
        language=asked.language,
        source=asked.source,
        all_text=asked.all_text,
    )
    for place, found in enumerate(ranked, start=1):
        yield f"{_unspaced(qid)} Q0 {_unspaced(found.id)} {place} {found.score:.6f} {TREC_TAG}"


def _unspaced(text: str) -> str:
    """A run file is split at blanks; those of an id are written as in a URL."""
    return safe(text).replace(" ", "%20")


def _today() -> date:
    return datetime.now().astimezone().date()
