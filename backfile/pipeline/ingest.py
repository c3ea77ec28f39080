"""The main job, in steps that a command or a flow takes one after the other.

    with begin(archive) as run:
        for batch in run.plan().batches:
            run.read(batch)
        run.learn()
        run.clean_again()
        run.compare()
        run.index()
        report = run.finish()

Each step can be stopped and repeated; whatever stops it, the next run carries on.

A step that has nothing to do does not even import what it would do it with: rules and index cost more than to list
100,000 files.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from backfile.article import Json
from backfile.config import Archive, Settings, Source, load
from backfile.errors import BackfileError, Reason
from backfile.pipeline import listing, settled
from backfile.pipeline.listing import Selection
from backfile.pipeline.tally import Tally
from backfile.store import ArchiveLock, Store, open_store

if TYPE_CHECKING:
    from backfile.pipeline.cleaner import Cleaner
    from backfile.pipeline.crew import Crew
    from backfile.pipeline.reading import Progress
    from backfile.pipeline.settling import Rules
    from backfile.pipeline.sharing import Tend

STEPS = 4  # learn, clean again, compare, index
EVERYTHING = Selection()  # whatever is new or changed, by size and time


def _silent(*_: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did."""

    archive: str
    seconds: float  # of wall time
    tally: Tally
    learned: int  # recurring lines that are taken from now on
    unlearned: int  # recurring lines that are not any more
    recleaned: int  # stored articles that changed because the rules, or the learned lines, did
    regrouped: int  # stored articles that have other near copies now than before
    indexed: int  # articles added to the index
    shards: Mapping[str, int] = field(default_factory=dict)  # that took part: documents that each of them delivered

    @property
    def failed(self) -> int:
        """How many inputs or documents failed in this run."""
        return self.tally.states["failed"]

    @property
    def changed_nothing(self) -> bool:
        """Whether the archive is as it was before."""
        documents = any(self.tally.documents[each] for each in ("new", "changed", "gone"))
        return not (self.recleaned or self.indexed or documents or self.tally.inputs["gone"])

    def to_json(self) -> dict[str, Json]:
        """The report as `ingest --json` prints it."""
        return {
            "archive": self.archive,
            "seconds": round(self.seconds, 2),
            "learned": self.learned,
            "unlearned": self.unlearned,
            "recleaned": self.recleaned,
            "regrouped": self.regrouped,
            "indexed": self.indexed,
            **({"shards": dict(self.shards)} if self.shards else {}),
            **self.tally.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Shards:
    """A run is open to shards on other machines."""

    tend: "Tend | None" = None  # is called now and then with those that live, to start others


class Ingest:
    """One run over an archive, in steps. Made by `begin`, which holds the lock around it."""

    def __init__(  # noqa: PLR0913, PLR0917  # what `begin` has at hand
        self,
        archive: Archive,
        settings: Settings,
        sources: Iterable[Source],
        store: Store,
        selection: Selection,
        crew: "Callable[[int], Crew]",
    ) -> None:
        self.archive = archive
        self._selection = selection
        self.sources = tuple(sources)
        self._settings = settings
        self._store = store
        self._run = store.begin_run()
        store.end_shared_runs()
        self._started = time.monotonic()
        self._tally = Tally()
        self._learned = self._unlearned = 0
        self._recleaned = 0
        self._regrouped = 0
        self._indexed = 0
        self._shares: dict[str, int] = {}
        self._begin_crew = crew
        self._crew: Crew | None = None  # begun when there is something to parse
        self._rules: dict[str, Rules] = {}
        self._settled = False  # whether only the listing can have found something to do
        self._taken = 0  # steps that looked for something to do

    @cached_property
    def _cleaners(self) -> dict[str, "Cleaner"]:
        from backfile.pipeline import learning  # noqa: PLC0415

        return learning.cleaners(self._store, self.sources)

    def _parsing(self) -> "Crew":
        if self._crew is None:
            self._crew = self._begin_crew(self._run)
        return self._crew

    def plan(self) -> listing.Plan:
        """What there is to read; what is unchanged, moved or gone is settled by the listing alone."""
        made = listing.make(self._store, self.sources, self._selection, self._tried)
        self._tally.add(made.tally)
        if made.batches:
            self._parsing().start()
            self._parsing().meanwhile(self._import_what_follows)
            self._parsing().expect(made.batches, self._source_and_rules)
        self._settled = not made.batches and self._store.settled(settled.token(self.archive))
        return made

    def _import_what_follows(self) -> None:
        """Load what the steps behind reading need, while nothing else is to be done."""
        from backfile.pipeline import copying, indexing, stories  # noqa: F401, PLC0415
        from index import directory  # noqa: PLC0415

        with suppress(BackfileError):  # an engine that is not installed: the step itself says so
            directory.load_engine(self._settings.engine, servers=self._settings.cluster)

    def read(self, batch: listing.Batch, progress: "Progress" = _silent) -> Tally:
        """Read, extract, clean and store a batch; what came of it."""
        from backfile.pipeline.reading import Reader  # noqa: PLC0415

        source = self._settings.source(batch.source)
        reader = Reader(self._store, source, self._rules_of(source), self._parsing(), run=self._run)
        tally = reader.read(batch.places, progress, again=batch.again, foreseen=self._parsing().foreseen(batch))
        self._tally.add(tally)
        return tally

    def _rules_of(self, source: Source) -> "Rules":
        """The rules of a source, which the crew is told once in a run."""
        from backfile.pipeline.settling import Rules  # noqa: PLC0415

        if source.name not in self._rules:
            cleaner = self._cleaners[source.name]
            number = self._parsing().rules(source, self._store.disabled_rules(), cleaner.learned)
            self._rules[source.name] = Rules(number, cleaner, self._tried(source.name))
        return self._rules[source.name]

    def _source_and_rules(self, name: str) -> "tuple[Source, int]":
        source = self._settings.source(name)
        return source, self._rules_of(source).number

    def _tried(self, source: str) -> str:
        """What changes when a document that was too costly may not be so any more: rules, limits, this program."""
        return self._parsing().tried(self._cleaners[source].fingerprint)

    def learn(self) -> int:
        """Decide which lines recur beyond doubt, from what was counted; the number of lines newly taken."""
        if self._crew is not None:
            self._crew.all_read()
            self._shares = dict(self._crew.shares)
        if self._settled:
            return 0
        from backfile.pipeline import learning  # noqa: PLC0415

        self._taken += 1
        self._learned, self._unlearned = learning.learn(self._store, self._settings.learn)
        self._cleaners = learning.cleaners(self._store, self.sources)
        return self._learned

    def clean_again(self) -> int:
        """Clean from the store what other rules or lines cleaned; the number of articles that changed."""
        if not self._settled:
            from backfile.pipeline import recleaning  # noqa: PLC0415

            self._taken += 1
            for source in self.sources:
                made = recleaning.clean_again(self._store, source, self._cleaners[source.name], self._parsing)
                self._recleaned += made.changed
                for each in made.failed:
                    self._tally.states["failed"] += 1
                    self._tally.fail(each.uri, each.reason, each.detail)
        if self._crew is not None:
            self._crew.rest()
        return self._recleaned

    def compare(self) -> int:
        """Find the near copies among the stored articles; the number of those that came into another group by it.

        What articles are about is written down behind it, as copies count once there.
        """
        if self._settled:
            return 0
        from backfile.pipeline import copying, stories  # noqa: PLC0415

        self._taken += 1
        self._regrouped += copying.compare(self._store)
        stories.describe(self._store)
        return self._regrouped

    def pending(self) -> int:
        """How many articles the index lacks."""
        return 0 if self._settled else self._store.pending_count()

    def index(self, progress: Callable[[int], None] = _silent) -> int:
        """Bring the index up to the store; the number of articles that were added."""
        if self._settled:
            return 0
        from backfile.pipeline import forgetting, indexing  # noqa: PLC0415

        self._taken += 1
        path = self.archive.index_directory
        if self._store.has_unpurged():  # `backfile forget` was stopped
            forgetting.finish(self._store, path, self._settings, progress=progress)
        self._indexed += indexing.update(
            self._store, path, self._settings, progress=progress, refused=self._count_refused
        )
        return self._indexed

    def _count_refused(self, told: Mapping[str, str]) -> None:
        for uri, reason in told.items():
            self._tally.states["failed"] += 1
            self._tally.fail(uri, Reason.REFUSED, reason)

    def whole(self) -> Report:
        """Every step, one after the other, for those who show no progress."""
        for batch in self.plan().batches:
            self.read(batch)
        self.learn()
        self.clean_again()
        self.compare()
        self.index()
        return self.finish()

    def finish(self) -> Report:
        """The report, kept in the store."""
        report = Report(
            str(self.archive.directory),
            time.monotonic() - self._started,
            self._tally,
            self._learned,
            self._unlearned,
            self._recleaned,
            self._regrouped,
            self._indexed,
            self._shares,
        )
        found_all_done = not self._settled and self._found_all_done(report)
        self._store.end_run(
            self._run, report.to_json(), settled=settled.token(self.archive) if found_all_done else None
        )
        return report

    def _found_all_done(self, report: Report) -> bool:
        """Whether each step looked at the store and found nothing to do, so that the next run need not look."""
        looked = self._taken == STEPS and self.sources == self._settings.sources
        found = not report.changed_nothing or self._learned or self._unlearned or self._regrouped
        return bool(looked and not found and not self._store.has_unpurged())


def _crew(
    given: "Crew | None", settings: Settings, store: Store, run: int, shards: "Shards | None"
) -> "AbstractContextManager[Crew]":
    if shards is not None:
        from backfile.pipeline import sharing, terms  # noqa: PLC0415

        made = terms.stated(terms.of(settings))
        return sharing.SharedCrew(settings.limits, store, run, terms=made, tend=shards.tend).run()
    from backfile.pipeline.crew import Crew  # noqa: PLC0415

    return (given or Crew(settings.limits)).run()


@contextmanager
def begin(  # noqa: PLR0913
    archive: Archive,
    *,
    only: Iterable[str] = (),
    wait: float = 0,
    waiting: Callable[[str], None] = lambda _: None,
    selection: Selection = EVERYTHING,
    crew: "Crew | None" = None,
    shards: Shards | None = None,
) -> Iterator[Ingest]:
    """A run over the sources named in `only`, or all; the archive's lock is held until it is left.

    `selection` says which of their inputs are looked at more closely, and which are left alone; `waiting` is
    given one line, who is waited for, when it has to wait.
    `crew` parses, with its own limits, and is left ready for the next run; by default the run has one of its own.
    `shards` lets other machines read and clean for the run.

    Raises:
        ArchiveLocked: another run writes, and did not end within `wait` seconds (-1 waits for ever).
        ConfigError, WrongUse: the configuration, or a name in `only`, is wrong.
    """
    settings = load(archive)
    sources = settings.chosen(only)
    with ArchiveLock(archive.lock_file, archive.store, wait=wait, waiting=waiting) as lock:
        store = open_store(archive.store, create=True, lock=lock)
        try:
            with ExitStack() as stack:
                yield Ingest(
                    archive,
                    settings,
                    sources,
                    store,
                    selection,
                    lambda run: stack.enter_context(_crew(crew, settings, store, run, shards)),
                )
        finally:
            store.close()
