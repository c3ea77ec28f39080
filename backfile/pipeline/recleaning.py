"""What other rules, or other learned lines, cleaned is cleaned again from the store, without its source.

By the crew, as when it came in: rules that are new may be too costly for what came through the old ones. A document
that is keeps the article it has; why is noted with it, and it is left alone until rules, limits or program change.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

from backfile import records
from backfile.article import Failure
from backfile.config import Settings, Source
from backfile.errors import Reason
from backfile.pipeline import cleaner, wire
from backfile.pipeline.cleaner import Cleaner
from backfile.pipeline.crew import Crew
from backfile.pipeline.isolation import Task
from backfile.store import Cleaned, CleanedAgain, Store

# Extractions of a source that a command cleans itself, with a person before it: to start a process costs .3 s, and a
# second one joins it behind 150. Measured on pages and mails of 2,000 characters: 1 in .5 s against .8, 150 in 1.2
# against 1.5, 600 in 3.5 against 5.1 on two processors.
FEW = 150


@dataclass(slots=True)
class Recleaned:
    """What came of cleaning again."""

    changed: int = 0  # articles that came out otherwise
    failed: list[Failure] = field(default_factory=list)  # documents that keep what they gave


def clean_all_again(store: Store, settings: Settings, cleaners: Mapping[str, Cleaner]) -> Recleaned:
    """Clean again what is outdated of all sources, for a command that a person waits for."""
    whole = Recleaned()
    with Crew(settings.limits).run() as crew:
        for source in settings.sources:
            made = clean_again(store, source, cleaners[source.name], lambda: crew, watched=True)
            whole.changed += made.changed
            whole.failed += made.failed
    return whole


def clean_again(
    store: Store, source: Source, cleaning: Cleaner, crew: Callable[[], Crew], *, watched: bool = False
) -> Recleaned:
    """Clean a source's stored extractions with changed rules.

    Args:
        store: where they are.
        source: whose.
        cleaning: its rules.
        crew: who cleans; asked for when there is something to clean.
        watched: whether a person waits for it, and this process may clean a few itself.
    """
    made = Recleaned()
    outdated = store.outdated(source.name, cleaning.fingerprint)
    first = next(outdated, None)
    if first is None:
        return made
    parsing = crew()
    tried = parsing.tried(cleaning.fingerprint)
    work: _Work = _Crews(parsing, parsing.rules(source, store.disabled_rules(), cleaning.learned), tried)
    if watched and len(first) < FEW and not parsing.size:
        work = _Own(cleaning)
    for asked in _one_ahead(map(work.ask, chain([first], outdated))):
        done = [work.result(*each) for each in asked]
        made.changed += store.write_cleaned(done, rules=cleaning.fingerprint, tried=tried)
        made.failed += [each.verdict for each in done if isinstance(each.verdict, Failure)]
    return made


_Asked = list[tuple[Cleaned, Task | None]]  # None: there is nothing to wait for


def _one_ahead(asked: Iterator[_Asked]) -> Iterator[_Asked]:
    """The same, with the next one asked for before one is given, so that workers go on while the store is written."""
    before = next(asked, None)
    while before is not None:
        after = next(asked, None)
        yield before
        before = after


class _Work(Protocol):
    def ask(self, batch: Sequence[Cleaned]) -> _Asked:
        """Have them cleaned."""
        ...

    def result(self, one: Cleaned, task: Task | None) -> CleanedAgain:
        """What came of one."""
        ...


class _Own:
    """Cleans in this process."""

    def __init__(self, cleaning: Cleaner) -> None:
        self._cleaning = cleaning

    def ask(self, batch: Sequence[Cleaned]) -> _Asked:
        return [(each, None) for each in batch]

    def result(self, one: Cleaned, task: Task | None) -> CleanedAgain:  # noqa: ARG002  # there is none
        extraction = records.extraction_from(one.payload, story=one.story, extractor=one.extractor)
        verdict = cleaner.packed_again(self._cleaning, extraction, id=one.key, uri=one.uri, site=one.site)
        return CleanedAgain(one, verdict, frozenset(self._cleaning.seen))


class _Crews:
    """Has a crew clean, but for what is known to be too costly for it."""

    def __init__(self, crew: Crew, rules: int, tried: str) -> None:
        self._crew = crew
        self._rules = rules
        self._tried = tried

    def ask(self, batch: Sequence[Cleaned]) -> _Asked:
        return [(each, None if each.given_up == self._tried else self._task(each)) for each in batch]

    def _task(self, one: Cleaned) -> Task:
        about = (one.uri, one.site, one.story, one.extractor)
        return self._crew.clean_again(self._rules, one.key, about, one.payload)

    def result(self, one: Cleaned, task: Task | None) -> CleanedAgain:
        if task is None:
            return CleanedAgain(one, None)
        while not task.over:
            self._crew.pump(listen=False)
        message = task.answers[0]
        if message[0][0] == "failed":
            _, reason, detail = message[0]
            return CleanedAgain(one, Failure(one.uri, "", Reason(reason), detail))
        _, [result], traces = wire.results_from(message)
        return CleanedAgain(one, result.verdict, traces.places.keys())
