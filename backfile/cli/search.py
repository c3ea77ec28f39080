"""`backfile search`: parse the options, ask the index, print.

Everything slow is imported by the index when it is needed; this module and what it imports start in no time.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import click

from backfile.cli import hits
from backfile.cli.output import note, safe
from backfile.config import find_archive
from backfile.errors import QueryError, WrongUse
from index.directory import open_reader
from index.engine import FACETS, SORTS, Facet, SearchEngine, Sort
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


def _facets(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[Facet, ...]:
    asked = [name.strip() for names in value for name in names.split(",") if name.strip()]
    known = {facet: facet for facet in FACETS}
    for name in asked:
        if name not in known:
            raise click.BadParameter(f"{name!r} is none of {', '.join(FACETS)}")
    return tuple(dict.fromkeys(known[name] for name in asked))  # type: ignore[index]


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


@click.command(
    cls=SearchCommand,
    epilog="Examples: backfile search Truppen   |   backfile search --json 'climate OR Klima' date:2024-11..   |   "
    "backfile search '\"Koalition der Willigen\" lang:de -Merkel'",
)
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=0), help="Hits to show. Default: 10; with --trec 100.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Hits to skip.")
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="score",
    help="By score, best (newer ones a little higher), date, -date …",
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
@click.option("-l", "form", flag_value="ids", help="Only the ids.")
@click.option("-c", "form", flag_value="count", help="Only the number of hits.")
@click.option(
    "--trec", "form", flag_value="trec", help="A run file: qid Q0 id rank score tag, filled with partial hits."
)
@click.pass_context
def command(ctx: click.Context, /, query: tuple[str, ...], form: str | None, **options: object) -> None:
    """Find articles by keyword.

    All words must occur; OR, -word, "a phrase", "two words"~5, near~1, pre*, =exact, ( … ) and the fields title:
    author: source: publisher: lang: tag: url: place: date: id: say more. QUERY - reads queries from stdin, one a line,
    each after its id and a tab if it has one.
    """
    asked = _Options(form=form or "hits", **options)  # type: ignore[arg-type]
    archive = find_archive(ctx.obj)
    with open_reader(archive.index_directory) as index:
        code = (
            _many(index, sys.stdin, asked)
            if query == ("-",)
            else _one(index, " ".join(query).replace(_WORD, ""), asked)
        )
    ctx.exit(code)


def _one(index: SearchEngine, text: str, asked: _Options) -> int:
    if asked.form == "trec":
        return hits.printed(_run_lines(index, "1", text, asked))
    results = _search(index, text, asked)
    for remark in results.notes:
        note(remark)
    hits.printed(_lines(results, asked))
    return 0 if results.total else hits.NO_HITS


def _many(index: SearchEngine, lines: Iterable[str], asked: _Options) -> int:
    """Every query on its own: one over a limit is reported and does not stop the others."""
    code = hits.NO_HITS
    wrong = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        qid, tab, text = line.rstrip("\r\n").partition("\t")
        if not tab:
            qid, text = str(number), qid
        try:
            if asked.form == "trec":
                code = min(code, hits.printed(_run_lines(index, qid.strip(), text, asked)))
            else:
                results = _search(index, text, asked)
                hits.printed(_lines(results, asked, qid=qid.strip(), header=number == 1))
                code = min(code, 0 if results.total else hits.NO_HITS)
        except QueryError as error:
            wrong = error.exit_code
            note(f"query {qid}: {error}")
    return wrong or code


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
    return hits.lines(results, asked.form, offset=asked.offset, faceted=faceted, qid=qid, header=header)


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
