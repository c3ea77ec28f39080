"""What a run could not take in, for people."""

from collections.abc import Iterator

from backfile.pipeline.tally import Tally

EXIT_FAILED = 3  # done, but some inputs or documents failed


def shown(tally: Tally, most: int) -> Iterator[str]:
    """A line for each of the first failures, `most` of them: where, why, what more is known; not yet safe to print."""
    for each in tally.examples[:most]:
        yield f"  {each['uri']}: {each['reason']}{': ' if each['detail'] else ''}{each['detail']}"
