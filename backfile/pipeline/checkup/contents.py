"""Store and index of an archive: sound, of this version, one like the other, and what is left to do."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from backfile.config import Archive, Settings
from backfile.database import Database
from backfile.errors import ArchiveError, ArchiveLocked, ArchiveMissing, ArchiveNewer, BackfileError, ConfigError
from backfile.pipeline import indexing, learning, verifying
from backfile.pipeline.checkup.finding import Finding
from backfile.pipeline.cleaner import cleaner_for
from backfile.store import Store, Writing, open_store, writer
from index import directory

# What is read whole without being asked to: half a second each (58 MB of a store in 0.13 s, 4,000 articles in one).
CHECKED_BYTES = 256 << 20  # of the store
COMPARED_ARTICLES = 2_000  # with the index, its files' checksums among it

_REBUILD = "backfile index rebuild"
_INGEST = "backfile ingest"
_RESTORE = "backfile restore --replace BACKUP"
_FULL = "backfile doctor --full"


def look(archive: Archive, settings: Settings, *, full: bool) -> Iterator[Finding]:
    """The store, what is left to do, and the index.

    Args:
        archive: Where it lies.
        settings: What its configuration says.
        full: Read all of store and index, which takes a second for a thousand articles, and keeps others from writing.
    """
    try:
        store = open_store(archive.store)
    except ArchiveMissing:
        yield Finding("warn", "store", "nothing was ingested yet", _INGEST)
        return
    except ArchiveNewer as error:
        yield Finding("fault", "store", str(error), f"{shlex.quote(sys.executable)} -m pip install --upgrade backfile")
        return
    except BackfileError as error:
        damaged = isinstance(error, ArchiveError)
        yield _damaged(archive, str(error)) if damaged else Finding("fault", "store", str(error))
        return
    with closing(store):
        yield (found := _store(archive, store, full=full))
        if found.level == "fault":
            return  # what a damaged store says of the rest is worth nothing
        yield from (Finding("warn", "store", told) for told in store.weaknesses())
        yield from _to_do(archive, store, settings)
        yield from _index(archive, store, full=full)


def _store(archive: Archive, store: Store, *, full: bool) -> Finding:
    try:
        count = store.article_count()
        if not full and _bytes(archive, store) > CHECKED_BYTES:
            return Finding("ok", "store", f"{count:,} articles; opened, not read whole, which `{_FULL}` does")
        faults = store.check()
    except BackfileError as error:
        return _damaged(archive, str(error))
    if faults:
        return _damaged(archive, "; ".join(faults))
    return Finding("ok", "store", f"{count:,} articles, no fault is found")


def _bytes(archive: Archive, store: Store) -> int:
    return store.size() if isinstance(archive.store, Database) else archive.store_file.stat().st_size


def _damaged(archive: Archive, told: str) -> Finding:
    if isinstance(archive.store, Database):
        way = "without a dump, make the database anew, move index away and ingest the sources again"
        return Finding("fault", "store", f"{told}; {way}", f"pg_restore --clean --dbname={archive.store.name} DUMP")
    way = "without a backup, move store.sqlite and index away and ingest the sources again"
    return Finding("fault", "store", f"{told}; {way}", _RESTORE)


def _to_do(archive: Archive, store: Store, settings: Settings) -> Iterator[Finding]:
    """What the next ingest has to do, and what the last one could not."""
    disabled = store.disabled_rules()
    try:
        rules = {source.name: cleaner_for(source, disabled=disabled).fingerprint for source in settings.sources}
    except ConfigError as error:
        yield Finding("fault", "rules", str(error), f"${{EDITOR:-nano}} {shlex.quote(str(archive.config_file))}")
        return
    work = {
        "articles to clean with changed rules": store.outdated_count(rules),
        "sites whose recurring lines are to be decided upon anew": learning.decided_otherwise(store, settings.learn),
        "texts to compare with others": store.uncompared_count(),
        "changes to index": store.pending_count() + store.withdrawn_count(),
    }
    told = [f"{number:,} {what}" for what, number in work.items() if number]
    if store.has_unpurged():
        told.append("what `backfile forget` began")
    last = store.last_run()
    writing = _is_written(archive)
    if last and not last["finished"] and not writing:
        told.insert(0, f"the run of {last['started']} did not come to its end")
    if told and not writing:
        yield Finding("warn", "to do", "; ".join(told), _INGEST)
    else:
        yield Finding("ok", "to do", "; ".join(told) or "nothing known")
    if last and last["finished"]:
        yield from _last_run(last)


def _last_run(last: Mapping[str, Any]) -> Iterator[Finding]:
    report = last["report"] or {}
    failed, missing = report.get("states", {}).get("failed", 0), report.get("inputs", {}).get("missing", 0)
    yield Finding("ok", "last ingest", f"ended {last['finished']}")
    if missing:
        told = f"the last ingest missed {missing:,} inputs that it had seen before, and marked none of them as gone"
        yield Finding("warn", "inputs", f"{told}; if they are meant to be gone:", f"{_INGEST} --confirm-gone")
    elif failed:
        told = f"the last ingest could not take in {failed:,}, which `backfile status --problems` names; to try again:"
        yield Finding("warn", "inputs", told, f"{_INGEST} --retry-failed")


def _index(archive: Archive, store: Store, *, full: bool) -> Iterator[Finding]:
    """Whether the index is there, of this version, and what the store says."""
    if _is_written(archive):
        yield Finding("ok", "index", "is being written")
        return
    facts: Mapping[str, Any] = directory.describe(archive.index_directory, servers=archive.cluster)
    documents = facts["documents"]
    if documents is None:
        told = "; ".join(facts["problems"])
        yield Finding("fault", "index", told) if facts["unreachable"] else Finding("fault", "index", told, _REBUILD)
        return
    for problem in facts["problems"]:
        yield Finding("warn", "index", problem, _INGEST)
    acknowledged = store.article_count() - store.pending_count()
    if documents != acknowledged and not store.pending_count():
        told = f"has {documents:,} articles, the store says {acknowledged:,}"
        yield Finding("fault", "index", told, _REBUILD)
    elif documents and not indexing.bears_stamp(store, archive.index_directory):
        yield Finding("fault", "index", "was filled from another store", _REBUILD)
    else:
        yield _compared(archive, store, full=full)


def _compared(archive: Archive, store: Store, *, full: bool) -> Finding:
    count = store.article_count()
    if not full and count > COMPARED_ARTICLES:
        return Finding("ok", "index", f"{count:,} articles; opened, not compared one by one, which `{_FULL}` does")
    try:
        path = archive.index_directory
        found = (
            verifying.verify(archive) if full else verifying.compare(store, path, quick=True, servers=archive.cluster)
        )
    except ArchiveLocked as error:
        return Finding("ok", "index", str(error))
    if found.none or _is_written(archive):  # a run that began meanwhile is no fault
        return Finding("ok", "index", f"{count:,} articles, as the store has them")
    told = (*found.damage, *found.told)
    more = f"; and {len(told) + found.untold - 1:,} more" if len(told) + found.untold > 1 else ""
    return Finding("fault", "index", f"{told[0]}{more}", _REBUILD)


def _is_written(archive: Archive) -> bool:
    noted = writer(archive.lock_file, archive.store)
    return noted is not None and noted[1] is Writing.NOW
