"""`backfile ingest`: the main job, without a Prefect server."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from backfile.cli import failures, waiting
from backfile.cli.given import existing
from backfile.cli.log import log_to
from backfile.cli.output import counted, json_line, safe
from backfile.cli.progress import bar
from backfile.config import find_or_make_archive, note_source
from backfile.errors import WrongUse
from backfile.pipeline import ingest, listing
from backfile.pipeline.tally import Tally

_SHOWN_FAILURES = 10
_INPUTS = (
    ("moved", "found elsewhere"),
    ("gone", "not in the source any more"),
    ("back", "there again"),
    ("grown", "read on from where it ended"),
    ("altered", "with other bytes under the same size and time; is a disk failing?"),
    ("unfinished", "ending within an item, which is left to the next run"),
    ("retried", "tried again"),
    ("older", "older than asked for, not read"),
    ("waiting", "being written, not read"),
    ("missing", "not there, but not marked as gone"),
)


@click.command(
    epilog="Examples: backfile ingest ~/news   |   backfile ingest --source taz   |   backfile ingest --json"
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", "names", multiple=True, help="Only this source of backfile.toml; may be repeated.")
@click.option("--since", metavar="DATE", help="Read only files modified since: 2024-11-20, 20.11.2024, 2w.")
@click.option("--retry-failed", is_flag=True, help="Read again the files in which something failed.")
@click.option("--check", "--full", is_flag=True, help="Compare the bytes of every file, whatever size and time say.")
@click.option("--confirm-gone", is_flag=True, help="Believe it when most files of a source are not there any more.")
@click.option("--shards", is_flag=True, help="Let machines take part on which `backfile shard` runs (PostgreSQL).")
@waiting.option
@click.option("--json", "as_json", is_flag=True, help="Print the report as one line of JSON.")
@click.pass_context
def command(  # noqa: PLR0913  # its options
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    names: tuple[str, ...],
    since: str | None,
    retry_failed: bool,
    check: bool,
    confirm_gone: bool,
    shards: bool,
    wait: float,
    as_json: bool,
) -> int:
    """Read what is new or changed into the archive, clean it, and index it.

    Without PATHS, every source in backfile.toml is read. A PATH (a file or a folder) that is no source yet is noted as
    one, so that the next run finds it. Ingesting twice changes nothing. What is new or changed is told by size and
    time, and by the bytes where these leave a doubt.
    """
    for path in paths:
        existing(path)
    selection = listing.Selection(
        check=check,
        retry=retry_failed,
        since=listing.since(since, now=datetime.now().astimezone()) if since else None,
        gone=confirm_gone,
    )
    archive = find_or_make_archive(ctx.obj)
    log_to(archive.log_file)
    only = [*names, *(note_source(archive, path).name for path in paths)]
    open_to = ingest.Shards() if shards else None
    told = waiting.telling(wait)
    with ingest.begin(archive, only=only, wait=wait, waiting=told, selection=selection, shards=open_to) as run:
        if not run.sources:
            raise WrongUse(f"{archive.config_file} names no source; say `backfile ingest PATH`")
        _work(run)
        report = run.finish()
    if as_json:
        click.echo(json_line(report.to_json()))
    else:
        _summary(report)
    return failures.EXIT_FAILED if report.failed else 0


def _work(run: ingest.Ingest) -> None:
    """All steps of a run, with a progress bar on a terminal."""
    plan = run.plan()
    with bar(plan.size, "reading") as reading:
        documents = 0

        def read(count: int, size: int) -> None:
            nonlocal documents
            documents += count
            reading.label = f"reading {documents:,} documents"
            reading.update(size)

        for batch in plan.batches:
            run.read(batch, read)
    run.learn()
    run.clean_again()
    run.compare()
    with bar(run.pending(), "indexing") as indexing:
        run.index(indexing.update)


def _summary(report: ingest.Report) -> None:
    """The report for people: what changed, and what was not taken in."""
    tally = report.tally
    if report.changed_nothing and not report.failed:
        _say(f"unchanged: {counted(tally.documents['unchanged'], 'document')}, nothing to do ({report.seconds:.1f} s)")
        _inputs(tally)
        return
    counts = [f"{tally.documents[each]:,} {each}" for each in ("new", "changed", "unchanged", "gone")]
    _say(f"documents  {', '.join(counts)}")
    _say(f"states     {_listed(tally.states)}")
    _inputs(tally)
    if report.shards:
        _say(f"shards     {', '.join(f'{name}: {number:,}' for name, number in report.shards.items())}")
    if report.learned or report.unlearned:
        _say(f"learned    {counted(report.learned, 'recurring line')} taken from now on, {report.unlearned:,} put back")
    if report.recleaned:
        _say(f"cleaned    {counted(report.recleaned, 'stored article')} came out otherwise under the present rules")
    _say(f"languages  {_listed(tally.languages)}")
    _say(f"dates      {_listed(tally.precision)}")
    _say(f"removed    {counted(sum(tally.removals.values()), 'span')}: {_listed(tally.removals, most=6)}")
    _say(f"index      {counted(report.indexed, 'article')} added ({report.seconds:.1f} s)")
    if tally.kinds:
        _say(f"no article {_listed(tally.kinds)}")
    if tally.reasons:
        _say(f"not taken  {_listed(tally.reasons)}")
        for line in failures.shown(tally, _SHOWN_FAILURES):
            _say(line)
        if (more := sum(tally.reasons.values()) - _SHOWN_FAILURES) > 0:
            _say(f"  and {more:,} more; `backfile status --problems` lists them")


def _inputs(tally: Tally) -> None:
    for what, told in _INPUTS:
        if number := tally.inputs[what]:
            _say(f"{what:10} {counted(number, 'input')} {told}")


def _say(text: str) -> None:
    click.echo(safe(text))


def _listed(counts: Counter[str], *, most: int = 12) -> str:
    common = counts.most_common(most)
    rest = len(counts) - len(common)
    return (", ".join(f"{name} {number:,}" for name, number in common) or "none") + (f", {rest} more" if rest else "")
