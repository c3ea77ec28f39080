"""`backfile status`: what is in the archive, and what is left to do."""

from collections.abc import Mapping
from typing import Any

import click

from backfile.cli.opened import opened
from backfile.cli.output import counted, json_line, safe
from backfile.config import Archive, load
from backfile.pipeline import learning
from backfile.pipeline.cleaner import cleaner_for
from backfile.store import Store
from index import directory


@click.command(epilog="Examples: backfile status   |   backfile status --problems   |   backfile status --json")
@click.option("--problems", is_flag=True, help="List every document that was not taken in, with its reason.")
@click.option("--json", "as_json", is_flag=True, help="As JSON; with --problems, one line a document.")
@click.pass_context
def command(ctx: click.Context, *, problems: bool, as_json: bool) -> None:
    """Show inputs, documents by state and reason, the index, and what the next ingest has to do."""
    with opened(ctx.obj) as (archive, store):
        if problems:
            for each in store.problems():
                line = json_line(each)
                told = f"{each['state']:9} {each['reason']:13} {each['uri']}  {each['detail']}"
                click.echo(line if as_json else safe(told))
            return
        facts = gather(archive, store)
    if as_json:
        click.echo(json_line(facts))
        return
    for line in _told(facts):
        click.echo(safe(line))


def gather(archive: Archive, store: Store) -> dict[str, Any]:
    """The facts that `status` shows and `doctor` judges."""
    settings = load(archive)
    counts = store.counts()
    disabled = store.disabled_rules()
    fingerprints = {source.name: cleaner_for(source, disabled=disabled).fingerprint for source in settings.sources}
    return {
        "archive": str(archive.directory),
        "sources": {source.name: source.path for source in settings.sources},
        **{name: counts[name] for name in ("inputs", "gone", "unfinished", "documents", "reasons", "articles")},
        "pending": store.pending_count() + counts["withdrawn"],
        "outdated": store.outdated_count(fingerprints),
        "undecided": learning.decided_otherwise(store, settings.learn),
        "index": directory.describe(archive.index_directory, servers=archive.cluster),
        "last_run": store.last_run(),
    }


def _told(facts: Mapping[str, Any]) -> list[str]:
    index = facts["index"]
    lines = [f"archive    {facts['archive']}"]
    lines += [f"source     {name}  {path}" for name, path in facts["sources"].items()]
    lines.append(f"inputs     {facts['inputs']:,}; {facts['gone']:,} gone from their source")
    lines.append(f"documents  {_listed(facts['documents'])}")
    if facts["reasons"]:
        lines.append(f"not taken  {_listed(facts['reasons'])}; `backfile status --problems` lists them")
    lines.append(f"articles   {facts['articles']:,}")
    lines += [f"index      {problem}" for problem in index["problems"]]
    if index["documents"] is not None:
        lines.append(f"index      {index['engine']}, {index['documents']:,} articles, {index['bytes'] / 1e6:.1f} MB")
    to_do = []
    if facts["unfinished"]:
        to_do.append(f"{counted(facts['unfinished'], 'input')} to read to the end")
    if facts["outdated"]:
        to_do.append(f"{counted(facts['outdated'], 'article')} to clean with changed rules")
    if facts["undecided"]:
        to_do.append(f"recurring lines of {counted(facts['undecided'], 'site')} to decide upon anew")
    if facts["pending"]:
        to_do.append(f"{counted(facts['pending'], 'change')} to index")
    lines.append(f"to do      {'; '.join(to_do) + ': `backfile ingest`' if to_do else 'nothing known'}")
    if last := facts["last_run"]:
        end = f"ended {last['finished']}" if last["finished"] else "not ended"
        lines.append(f"last run   began {last['started']}, {end}")
    return lines


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items()) or "none"
