"""What `backfile clean` has read, on disk until all of it is read: only then can be told what recurs in it.

Lines of JSON in a temporary file without a name; nothing is pickled, and no more than one document is in memory.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from backfile.article import Article, Extraction, Failure, Line, Rejection, Witness
from backfile.errors import Reason
from backfile.pipeline import cleaner
from backfile.pipeline.cleaner import Cleaner
from transforms import recurring
from transforms.recurring import Counts


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document on its way: extracted, and named."""

    id: str
    uri: str
    member: str
    extractions: tuple[Extraction, ...]


def clean_together(items: Iterable[Extracted | Failure], cleaning: Cleaner) -> Iterator[Article | Failure]:
    """The articles in the order of the items, without the lines that recur over all of them."""
    counts = Counts()
    with tempfile.TemporaryFile("w+", encoding="ascii") as spool:
        for item in items:
            if isinstance(item, Failure):
                spool.write(json.dumps([[], [item.uri, item.member, item.reason, item.detail]]) + "\n")
                continue
            whole = cleaner.together(item.extractions)
            places = recurring.occurrences(whole)
            counts.note(places)
            trace = [recurring.site(whole, cleaning.source), [*places.items()], recurring.sketch(whole).hex()]
            spool.write(json.dumps([trace, _packed(item)]) + "\n")
        spool.seek(0)
        for line in spool:
            if trace := json.loads(line)[0]:
                counts.add(trace[0], dict(trace[1]), bytes.fromhex(trace[2]))
        cleaning = replace(cleaning, learned=counts.learned())
        spool.seek(0)
        for line in spool:
            trace, held = json.loads(line)
            if trace:
                yield from clean(_unpacked(held), cleaning, site=trace[0])
            else:
                yield Failure(held[0], held[1], Reason(held[2]), held[3])


def clean(item: Extracted, cleaning: Cleaner, *, site: str = "") -> Iterator[Article | Failure]:
    """The articles of one document, or why there are none."""
    refused: list[Failure] = []
    given = False
    for extraction in item.extractions:
        verdict = cleaner.verdict_on(cleaning, extraction, id=item.id, uri=item.uri, site=site)
        if isinstance(verdict, Rejection):
            refused.append(Failure(item.uri, item.member, verdict.reason, verdict.detail))
        else:
            given = True
            yield verdict
    if not given:  # else it is what a digest holds beside its stories
        yield from refused


def _packed(item: Extracted) -> list[Any]:
    extractions = [
        [
            [[line.text, line.role] for line in each.lines],
            [[said.field, said.value, said.origin] for said in each.witnesses],
            each.story,
            each.extractor,
        ]
        for each in item.extractions
    ]
    return [item.id, item.uri, item.member, extractions]


def _unpacked(held: list[Any]) -> Extracted:
    extractions = tuple(
        Extraction(tuple(Line(*line) for line in lines), tuple(Witness(*said) for said in witnesses), story, extractor)
        for lines, witnesses, story, extractor in held[3]
    )
    return Extracted(held[0], held[1], held[2], extractions)
