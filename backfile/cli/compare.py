"""`backfile compare`: what a change of the rules changes, on a fixed sample or on one's own files."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from backfile.cli.given import existing
from backfile.cli.output import counted, json_line, note, safe
from backfile.cli.styled import styled
from backfile.errors import WrongUse
from backfile.pipeline import revisions
from backfile.pipeline.revisions import Change, Comparison

EXIT_DIFFERENT = 1
_COLOURS = {"-": "red", "+": "green"}


@click.command(
    epilog="Examples: backfile compare --since HEAD   |   backfile compare ~/news --since v0.1.0   |   … --json"
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--since", "revision", required=True, metavar="REV", help="A commit, branch or tag of backfile's own.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each article that comes out otherwise.")
def command(*, paths: tuple[Path, ...], revision: str, as_json: bool) -> int:
    """Show which articles come out otherwise than at another revision of backfile, and which of their lines.

    The files are those of PATHS, else the samples that come with backfile. They are cleaned twice: with the source as
    it was at the revision, and with the present one, changes that are not committed included. Lines begin with "-" when
    they are text no more, with "+" when they are text again; the rule stands behind them.

    The exit code is 0 when nothing differs, 1 when something does, 2 when backfile does not run from a git checkout or
    the revision is unknown.
    """
    for path in paths:
        existing(path)
    if not paths and not revisions.SAMPLES.is_dir():
        raise WrongUse("the samples are not here; name files or folders")
    comparison = revisions.compare(paths or (revisions.SAMPLES,), revision)
    for change in comparison.changes:
        if as_json:
            click.echo(json_line(_record(change)))
        else:
            for line in _told(change):
                click.echo(line)
            click.echo()
    _summary(comparison, revision)
    return EXIT_DIFFERENT if comparison.changes else 0


def _told(change: Change) -> Iterator[str]:
    """One article that comes out otherwise, for people."""
    what = {"new": "  is an article now", "lost": "  is no article now", "changed": ""}[change.kind]
    reason = f": {change.reason}" if change.reason else ""
    yield styled(safe(change.uri), bold=True) + safe(what + reason)
    for moved in change.lines:
        verb = "" if not moved.why else f"  [{moved.why}]" if moved.sign == "-" else f"  [was {moved.why}]"
        gone = "  [not extracted]" if moved.sign == "-" and not moved.why else ""
        yield styled(f"  {moved.sign} {safe(moved.text)}", fg=_COLOURS[moved.sign]) + safe(verb + gone)
    for text, before, now in change.rules:
        yield safe(f"  = {text}  [was {before}, now {now}]")
    for name, was, value in change.fields:
        yield safe(f"  {name}: {was!r} → {value!r}")


def _record(change: Change) -> dict[str, object]:
    return {
        "uri": change.uri,
        "what": change.kind,
        "reason": change.reason,
        "lines": [{"sign": each.sign, "text": each.text, "rule": each.why} for each in change.lines],
        "rules": [{"text": text, "before": before, "now": now} for text, before, now in change.rules],
        "fields": {name: {"before": was, "now": value} for name, was, value in change.fields},
    }


def _summary(comparison: Comparison, revision: str) -> None:
    """The counts, to stderr: how many articles, and which rules take more or less than before."""
    number = len(comparison.changes)
    note(f"{number:,} of {comparison.articles:,} articles come out otherwise than at {revision}")
    for told, counts in (("text no more", comparison.removed_more), ("text again", comparison.removed_less)):
        if counts:
            note(f"{counted(counts.total(), 'line is', 'lines are')} {told}: {_listed(counts)}")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(
        f"{rule} {number:,}" for rule, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
