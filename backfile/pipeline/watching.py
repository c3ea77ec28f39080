"""Ingest what arrives while it runs: wait for arrivals, let them settle, and take one run after the other."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backfile.config import Archive, Limits, Source, load
from backfile.errors import ArchiveLocked, BackfileError
from backfile.pipeline import ingest, places
from backfile.pipeline.arrivals import Arrivals, Looked, Told, is_remote
from backfile.pipeline.crew import Crew
from backfile.pipeline.growth import SETTLED
from backfile.pipeline.ingest import Report
from backfile.pipeline.listing import Selection
from backfile.pipeline.written import Written

log = logging.getLogger(__name__)

MOST_WAIT = 30.0  # seconds that arrivals are waited for while they go on and on
GLANCE = 5.0  # seconds after which the configuration, and whether the sources are there, is looked at again
RELOOK = 600.0  # seconds after which all is listed even if nobody said that something arrived: a message may be lost
IDLE = 60.0  # seconds after which the processes that parse are ended; to start them again takes half a second
FIRST_RETRY, MOST_RETRY = 5.0, 60.0  # seconds after a round that failed


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched, and how."""

    archive: Archive
    only: tuple[str, ...] = ()  # names of sources; none: all of the configuration
    settle: float = 2.0  # seconds that a file, and a folder, must have been left alone
    poll: bool = False  # list the sources again and again instead of being told
    every: float = 10.0  # seconds between these listings


class Watcher:
    """Rounds of ingesting, until it is stopped. The archive is locked during a round and not between two.

    Args:
        asked: what to watch.
        done: is given the report of each round.
        note: is given one line for people, when there is something to say.
    """

    def __init__(self, asked: Watch, *, done: Callable[[Report], None], note: Callable[[str], None]) -> None:
        self._asked = asked
        self._done = done
        self._note = note
        self._written = Written(asked.settle)
        self._arrivals: Arrivals | None = None
        self._crew: Crew | None = None
        self._limits: Limits | None = None  # of the crew
        self._seen: object = None
        self._said = ""
        self._failures = self._waits = 0  # rounds in a row that failed, or left files that were being written

    def run(self) -> None:
        """Watch for ever; whatever stops it leaves the archive as a stopped `ingest` does."""
        try:
            while True:
                again = self._round()
                self._wait(again)
        finally:
            self._close()
            if self._crew is not None:
                self._crew.close()

    def _round(self) -> float:
        """One ingest; seconds after which the next one is due even if nothing arrives."""
        try:
            self._watch()
            report = self._ingest()
        except ArchiveLocked as error:
            return self._failed(str(error))
        except (BackfileError, OSError) as error:
            return self._failed(str(error))
        except Exception as error:
            log.exception("a round of watching")
            return self._failed(f"unexpected {type(error).__name__}: {error}; the details are in backfile.log")
        self._failures, self._said = 0, ""
        self._done(report)
        if report.tally.inputs["waiting"]:
            self._waits += 1
            return float(min(self._asked.settle * 2 ** min(self._waits - 1, 10), max(MOST_WAIT, self._asked.settle)))
        self._waits = 0
        return SETTLED if report.tally.inputs["unfinished"] else RELOOK

    def _ingest(self) -> Report:
        self._written.begin_round()
        selection = Selection(written=self._written)
        crew = self._crew_for(load(self._asked.archive).limits)
        with ingest.begin(self._asked.archive, only=self._asked.only, selection=selection, crew=crew) as run:
            return run.whole()

    def _crew_for(self, limits: Limits) -> Crew:
        """The processes that parse, which last from round to round while the configuration does not change."""
        if self._crew is None or limits != self._limits:
            if self._crew is not None:
                self._crew.close()
            self._crew, self._limits = Crew(limits, lasting=True), limits
        return self._crew

    def _failed(self, told: str) -> float:
        """What went wrong is told once; seconds after which it is tried again."""
        self._failures += 1
        if told != self._said:
            self._said = told
            self._note(f"{told}; trying again")
        return float(min(FIRST_RETRY * 2 ** min(self._failures - 1, 10), MOST_RETRY))

    def _wait(self, seconds: float) -> None:
        """Return when a round is due: so many seconds are over, or arrivals have come and ceased."""
        due = time.monotonic() + seconds
        idle = time.monotonic() + IDLE
        latest = due
        while (left := due - time.monotonic()) > 0:
            if self._crew is not None and time.monotonic() > idle:
                self._crew.close()
            if self._arrivals is None:
                time.sleep(min(left, GLANCE))
            elif self._arrivals.wait(min(left, GLANCE)):
                now = time.monotonic()
                latest = min(latest, now + MOST_WAIT)
                due = min(now + self._asked.settle, latest)
            elif self._seen != self._glance():
                return

    def _watch(self) -> None:
        """Wait at the sources as they are configured now, and as they lie there."""
        if self._arrivals is not None and self._arrivals.is_whole() and self._seen == self._glance():
            return
        self._close()
        settings = load(self._asked.archive)
        self._seen = self._glance()
        self._arrivals = self._arrivals_at(settings.chosen(self._asked.only))

    def _arrivals_at(self, sources: Sequence[Source]) -> Arrivals:
        remote = next((each.path for each in sources if is_remote(places.base(each))), None)
        if remote and not self._asked.poll:
            self._note(f"{remote} is on a network disk: listing every {self._asked.every:g} s instead of being told")
        if not (remote or self._asked.poll):
            try:
                return Told(sources)
            except (OSError, ImportError) as error:
                self._note(f"the system tells of no arrivals ({error}): listing every {self._asked.every:g} s")
        return Looked(sources, every=self._asked.every)

    def _glance(self) -> object:
        """What is other when the configuration is, or when a source has come or gone."""
        file = self._asked.archive.config_file
        try:
            stamp = file.stat().st_mtime_ns
            settings = load(self._asked.archive)
        except (OSError, BackfileError):
            return None
        return stamp, tuple(places.exists(source) for source in settings.sources)

    def _close(self) -> None:
        if self._arrivals is not None:
            self._arrivals.close()
            self._arrivals = None
