"""What an archive's `index/` directory holds: generations of an index, and a manifest that names the current one.

    index/manifest.json     format, engine, schema, analysis, generation
    index/g000002/          the files of the engine

The manifest is the only thing that is ever replaced, and it is replaced atomically: a rebuild writes a new generation
beside the old one, and until the new manifest has its name every search uses the old. A directory that no manifest
names is the leftover of a rebuild that was stopped; the next writer removes it.

Of an engine on servers the directory only stands for indices there, and what searches read is named there as well: the
new one just before the manifest, so that it may be ahead of it when the process is stopped in between. The next writer
puts it back to what the manifest names. One older generation stays, with a manifest of its own in its directory, so
that `roll_back` finds it.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from backfile.disk import make_folder, replace_text, sync
from backfile.errors import BackfileError, ConfigError, EngineMissing, IndexUnusable, ServiceUnavailable, WrongUse
from index.analysis import fingerprint
from index.compounds import NO_COMPOUNDS, Compounds
from index.engine import RemoteEngine, SearchEngine, SegmentBuilder
from index.entry import Entry

if TYPE_CHECKING:
    from backfile.servers import Servers

ServersOf = Callable[[], "Servers"]  # asked only by an engine that is on servers

FORMAT = 1  # of the manifest and of the directory's layout
MANIFEST = "manifest.json"
TANTIVY_HINT = (
    "tantivy is not installed: `pip install 'backfile[tantivy]'`, or `backfile index rebuild --engine whoosh`"
)
OPENSEARCH_HINT = (
    "the client of OpenSearch is not installed: `pip install 'backfile[opensearch]'`, or `backfile index rebuild "
    "--engine whoosh`"
)
REBUILD_HINT = "run `backfile index rebuild`"

SERVED = "opensearch.json"  # file of a generation that is on servers
PARTS = "parts"  # folder of a generation: what builders write until the index takes it over

_GENERATION = re.compile(r"g\d{6,}")

# A reader that finds its generation gone, because a rebuild ended between two steps of its, looks again this often.
_ATTEMPTS = 3


class _Adapter(Protocol):
    """What the module of an engine offers."""

    @property
    def SCHEMA_VERSION(self) -> int:  # noqa: N802  (a constant of the module)
        """Raised when files written before cannot be read any more."""

    @property
    def create(self) -> Callable[[Path, Compounds], SearchEngine]:
        """Makes an empty index in an empty directory."""

    @property
    def open_index(self) -> Callable[[Path], SearchEngine]:
        """Opens what `create` made; raises `IndexUnusable`."""


@runtime_checkable
class _Served(Protocol):
    """What an engine on servers offers besides."""

    @property
    def publish(self) -> Callable[[Path], None]:
        """Has searches read what a directory stands for, from one moment to the next."""

    @property
    def discard(self) -> Callable[[Path], None]:
        """Takes away from the servers what a directory stands for."""

    @property
    def generations(self) -> Callable[[], list[str]]:
        """What is there under the archive's names."""


@dataclass(frozen=True, slots=True)
class _Manifest:
    format: int
    engine: str
    schema: int
    analysis: str  # `index.analysis.fingerprint()` of the program that made it
    generation: str  # name of the directory


def no_servers() -> "Servers":
    """For who has none: an engine on servers cannot be opened."""
    raise ConfigError(
        "the engine opensearch needs [opensearch] in backfile.toml; docs/opensearch.md says what is in it"
    )


def open_reader(directory: Path, *, servers: ServersOf = no_servers) -> SearchEngine:
    """The archive's index, for searching.

    Raises `IndexUnusable` when it is missing, damaged, made by another version or not this user's own; the text says
    what to do about it.
    """
    for _ in range(_ATTEMPTS - 1):
        manifest = _checked(directory, servers)
        try:
            return _adapter(manifest.engine, directory, servers).open_index(directory / manifest.generation)
        except IndexUnusable:
            if _read(directory) == manifest:
                raise
    manifest = _checked(directory, servers)
    return _adapter(manifest.engine, directory, servers).open_index(directory / manifest.generation)


def open_writer(directory: Path, *, engine: str = "whoosh", servers: ServersOf = no_servers) -> SearchEngine:
    """The archive's index, for adding to it; an empty one of this engine is made when there is none.

    Only one writer at a time: the archive's own lock decides who. Raises `IndexUnusable` like `open_reader`, and when
    the index there was made by another engine.
    """
    if _read(directory) is None and not _generations(directory):
        with renewed(directory, engine=engine, servers=servers):
            pass
    made = _read(directory)
    if made is not None and made.engine != engine:  # before its adapter is asked, which may not be installed
        raise IndexUnusable(f"{directory}: made by the engine {made.engine}, not {engine}; {REBUILD_HINT}")
    manifest = _checked(directory, servers)
    adapter = _adapter(engine, directory, servers)
    if isinstance(adapter, _Served):
        adapter.publish(directory / manifest.generation)
    _tidy(directory, servers, keep=manifest.generation)
    return adapter.open_index(directory / manifest.generation)


def rebuild(  # noqa: PLR0913  (mirrors `renewed`)
    directory: Path,
    batches: Iterable[Iterable[Entry]],
    *,
    engine: str = "whoosh",
    compounds: Compounds = NO_COMPOUNDS,
    servers: ServersOf = no_servers,
    keep_older: bool = True,
) -> int:
    """Makes the index anew from all entries and puts it in the old one's place; gives the number of entries in it.

    The entries were analysed with `compounds`, which the index keeps.
    Whatever is wrong with the old index does not matter. Searches use it until the new one is complete; when this is
    stopped, it stays. `keep_older` as for `renewed`.
    """
    with renewed(directory, engine=engine, compounds=compounds, servers=servers, keep_older=keep_older) as writer:
        for batch in batches:
            writer.add(batch)
        writer.commit()
        return writer.count()


@contextmanager
def renewed(
    directory: Path,
    *,
    engine: str = "whoosh",
    compounds: Compounds = NO_COMPOUNDS,
    servers: ServersOf = no_servers,
    keep_older: bool = True,
) -> Iterator[SearchEngine]:
    """A new, empty index for whoever fills it; when it is left, what was committed takes the old one's place.

    As for `rebuild`; left by an error, the old one stays. Of an engine on servers the old one is kept for `roll_back`,
    unless it has what must not be found again.
    """
    adapter = _adapter(engine, directory, servers)
    before = _read_leniently(directory)
    place = directory / _next_generation(directory, adapter)
    _make(place)
    try:
        with adapter.create(place, compounds) as writer:
            yield writer
        sweep(place)
        if isinstance(adapter, _Served):
            adapter.publish(place)
        _write(directory, _Manifest(FORMAT, engine, adapter.SCHEMA_VERSION, fingerprint(), place.name))
    except BaseException:
        _give_up(place, adapter, before)
        raise
    older = before if keep_older and isinstance(adapter, _Served) else None
    _tidy(directory, servers, keep=place.name, older=older if older and older.engine == engine else None)


def roll_back(directory: Path, *, servers: ServersOf = no_servers) -> str:
    """Has searches read the index that was there before the last rebuild; the generation's name.

    What was in use until now is kept in its place, so that going back twice goes nowhere. Raises `WrongUse` when there
    is none, or when it was made by another version.
    """
    now = _checked(directory, servers)
    adapter = _adapter(now.engine, directory, servers)
    kept = [path for path in _generations(directory) if _is_kept(path) and path.name != now.generation]
    if not (kept and isinstance(adapter, _Served)):
        raise WrongUse(f"{directory}: no older index is kept; `backfile index rebuild` makes a new one")
    older = _read(kept[-1])
    if older is None or _versions(older) != _versions(now):
        raise WrongUse(f"{kept[-1]}: made by another version, which this one does not read; {REBUILD_HINT}")
    adapter.publish(kept[-1])
    _write(directory / now.generation, now)
    _write(directory, older)
    (kept[-1] / MANIFEST).unlink()
    return older.generation


def builder(place: Path) -> SegmentBuilder:
    """A builder of segments for the `SegmentEngine` whose place it is."""
    from index.whoosh_segments import WhooshBuilder  # noqa: PLC0415  (the one engine that has some)

    folder = place / PARTS
    folder.mkdir(mode=0o700, exist_ok=True)
    return WhooshBuilder(place, Path(tempfile.mkdtemp(dir=folder)))


def sweep(place: Path) -> None:
    """Removes what builders left that nobody took over; not while one is at work."""
    shutil.rmtree(place / PARTS, ignore_errors=True)


def require(engine: str, *, servers: ServersOf = no_servers) -> None:
    """Raises `EngineMissing` when the engine is not installed, `ServiceUnavailable` when its servers do not answer."""
    adapter = _adapter(engine, Path(), servers)
    if isinstance(adapter, _Served):
        adapter.generations()


def describe(
    directory: Path, *, servers: ServersOf = no_servers
) -> dict[str, str | int | list[str] | dict[str, int] | None]:
    """The index for people: engine, versions, documents, languages, bytes, and what is wrong with it; never raises.

    Keys: `engine`, `schema`, `analysis`, `generation`, `documents` (None when it cannot be opened), `languages`
    (language → documents), `bytes`, `unreachable` (whether servers do not answer), `problems` (sentences; empty when
    all is well).
    """
    manifest = _read_leniently(directory)
    described: dict[str, str | int | list[str] | dict[str, int] | None] = {
        "engine": manifest.engine if manifest else None,
        "schema": manifest.schema if manifest else None,
        "analysis": manifest.analysis if manifest else None,
        "generation": manifest.generation if manifest else None,
        "documents": None,
        "languages": {},
        "bytes": _size(directory),
        "unreachable": False,
    }
    problems: list[str] = []
    try:
        with open_reader(directory, servers=servers) as index:
            described["documents"] = index.count()
            described["languages"] = dict(index.terms("lang"))
            if isinstance(index, RemoteEngine):
                described["bytes"] = index.size()
    except (IndexUnusable, EngineMissing, ConfigError, ServiceUnavailable) as error:
        described["documents"] = None
        described["unreachable"] = isinstance(error, ServiceUnavailable)
        problems.append(str(error))
    current = manifest.generation if manifest else None
    leftovers = [path.name for path in _generations(directory) if path.name != current and not _is_kept(path)]
    if leftovers:
        problems.append(
            f"{directory}: left by a rebuild that was stopped: {', '.join(leftovers)}; the next ingest removes it"
        )
    return {**described, "problems": problems}


# --- Manifest -----------------------------------------------------------------------------------------------------


def _checked(directory: Path, servers: ServersOf) -> _Manifest:
    manifest = _read(directory)
    if manifest is None:
        raise IndexUnusable(f"{directory}: there is no index; {REBUILD_HINT}")
    schema = _adapter(manifest.engine, directory, servers).SCHEMA_VERSION
    made = _versions(manifest)
    ours = (f"format {FORMAT}", f"schema {schema}", fingerprint())
    for theirs, mine in zip(made, ours, strict=True):
        if theirs != mine:
            raise IndexUnusable(f"{directory}: made by another version ({theirs}; this one has {mine}); {REBUILD_HINT}")
    return manifest


def _read(directory: Path) -> _Manifest | None:
    """The manifest; None when there is none. Raises `IndexUnusable` when there is one that cannot be read."""
    try:
        raw = json.loads((directory / MANIFEST).read_bytes())
        manifest = _Manifest(**raw)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise IndexUnusable(f"{directory / MANIFEST}: cannot be read ({error}); {REBUILD_HINT}") from error
    if not _GENERATION.fullmatch(manifest.generation):
        raise IndexUnusable(f"{directory / MANIFEST}: names no generation; {REBUILD_HINT}")
    return manifest


def _versions(manifest: _Manifest) -> tuple[str, str, str]:
    return f"format {manifest.format}", f"schema {manifest.schema}", manifest.analysis


def _read_leniently(directory: Path) -> _Manifest | None:
    try:
        return _read(directory)
    except IndexUnusable:
        return None


def _write(directory: Path, manifest: _Manifest) -> None:
    replace_text(directory / MANIFEST, json.dumps(asdict(manifest), indent=2) + "\n")


# --- Generations --------------------------------------------------------------------------------------------------


def _adapter(engine: str, directory: Path, servers: ServersOf) -> _Adapter:
    if engine == "whoosh":
        from index import whoosh  # noqa: PLC0415  (an engine's client is imported only where it is used)

        return whoosh
    if engine == "tantivy":
        try:
            from index import tantivy  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise EngineMissing(TANTIVY_HINT) from error
        return tantivy
    if engine == "opensearch":
        try:
            from index.opensearch import Cluster  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise EngineMissing(OPENSEARCH_HINT) from error
        return Cluster(servers())
    raise IndexUnusable(f"{directory}: no engine is called {engine}; there are: whoosh, tantivy, opensearch")


def load_engine(engine: str, *, servers: ServersOf = no_servers) -> None:
    """Import what an engine needs, so that whoever opens an index need not wait for it. Raises `EngineMissing`."""
    _adapter(engine, Path(), servers)


def _make(place: Path) -> None:
    make_folder(place.parent, mode=0o700)
    place.mkdir(mode=0o700)  # what is in it gets unpickled: nobody else writes there
    sync(place.parent)


def _generations(directory: Path) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if _GENERATION.fullmatch(path.name))
    except OSError:
        return []


def _next_generation(directory: Path, adapter: _Adapter) -> str:
    names = [path.name for path in _generations(directory)]
    if isinstance(adapter, _Served):  # of which this directory need not know: it may be new, or restored
        names += adapter.generations()
    return f"g{max((int(name[1:]) for name in names), default=0) + 1:06d}"


def _tidy(directory: Path, servers: ServersOf, *, keep: str, older: _Manifest | None = None) -> None:
    """Removes the generations that the manifest does not name, but for one that is kept to go back to.

    That is the `older` one; without it, the one that was kept before stays.
    """
    for path in _generations(directory):
        if older is not None and path.name == older.generation:
            _write(path, older)
        elif path.name != keep and (older is not None or not _is_kept(path)):
            _remove(path, servers)
    sweep(directory / keep)


def _is_kept(path: Path) -> bool:
    """Whether a generation is kept to go back to."""
    return (path / MANIFEST).is_file()


def _remove(path: Path, servers: ServersOf) -> None:
    if (path / SERVED).exists():
        try:
            adapter = _adapter("opensearch", path, servers)
            if isinstance(adapter, _Served):
                adapter.discard(path)
        except BackfileError as error:  # the next writer tries again
            _left(path, error)
            return
    shutil.rmtree(path, ignore_errors=True)


def _left(path: Path, error: BackfileError) -> None:
    import logging  # noqa: PLC0415  (a search does without)

    logging.getLogger(__name__).warning("%s: is left on the servers: %s", path, error)


def _give_up(place: Path, adapter: _Adapter, before: _Manifest | None) -> None:
    """Removes a generation that did not come about, whatever searches read by now."""
    if isinstance(adapter, _Served) and (place / SERVED).exists():
        try:
            with suppress(IndexUnusable):  # of another engine, or gone
                if before is not None:
                    adapter.publish(place.with_name(before.generation))
            adapter.discard(place)
        except BackfileError as error:  # the next writer does it
            _left(place, error)
            return
    shutil.rmtree(place, ignore_errors=True)


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
