"""What an archive's `index/` directory holds: generations of an index, and a manifest that names the current one.

    index/manifest.json     format, engine, schema, analysis, generation
    index/g000002/          the files of the engine

The manifest is the only thing that is ever replaced, and it is replaced atomically: a rebuild writes a new generation
beside the old one, and until the new manifest has its name every search uses the old. A directory that no manifest
names is the leftover of a rebuild that was stopped; the next writer removes it.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from backfile.disk import make_folder, replace_text, sync
from backfile.errors import EngineMissing, IndexUnusable
from index.analysis import fingerprint
from index.compounds import NO_COMPOUNDS, Compounds
from index.engine import SearchEngine, SegmentBuilder
from index.entry import Entry

FORMAT = 1  # of the manifest and of the directory's layout
MANIFEST = "manifest.json"
TANTIVY_HINT = (
    "tantivy is not installed: `pip install 'backfile[tantivy]'`, or `backfile index rebuild --engine whoosh`"
)
REBUILD_HINT = "run `backfile index rebuild`"

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


@dataclass(frozen=True, slots=True)
class _Manifest:
    format: int
    engine: str
    schema: int
    analysis: str  # `index.analysis.fingerprint()` of the program that made it
    generation: str  # name of the directory


def open_reader(directory: Path) -> SearchEngine:
    """The archive's index, for searching.

    Raises `IndexUnusable` when it is missing, damaged, made by another version or not this user's own; the text says
    what to do about it.
    """
    for _ in range(_ATTEMPTS - 1):
        manifest = _checked(directory)
        try:
            return _adapter(manifest.engine, directory).open_index(directory / manifest.generation)
        except IndexUnusable:
            if _read(directory) == manifest:
                raise
    manifest = _checked(directory)
    return _adapter(manifest.engine, directory).open_index(directory / manifest.generation)


def open_writer(directory: Path, *, engine: str = "whoosh") -> SearchEngine:
    """The archive's index, for adding to it; an empty one of this engine is made when there is none.

    Only one writer at a time: the archive's own lock decides who. Raises `IndexUnusable` like `open_reader`, and when
    the index there was made by another engine.
    """
    if _read(directory) is None and not _generations(directory):
        _start(directory, engine)
    made = _read(directory)
    if made is not None and made.engine != engine:  # before its adapter is asked, which may not be installed
        raise IndexUnusable(f"{directory}: made by the engine {made.engine}, not {engine}; {REBUILD_HINT}")
    manifest = _checked(directory)
    _tidy(directory, keep=manifest.generation)
    return _adapter(engine, directory).open_index(directory / manifest.generation)


def rebuild(
    directory: Path,
    batches: Iterable[Iterable[Entry]],
    *,
    engine: str = "whoosh",
    compounds: Compounds = NO_COMPOUNDS,
) -> int:
    """Makes the index anew from all entries and puts it in the old one's place; gives the number of entries in it.

    The entries were analysed with `compounds`, which the index keeps.
    Whatever is wrong with the old index does not matter. Searches use it until the new one is complete; when this is
    stopped, it stays.
    """
    with renewed(directory, engine=engine, compounds=compounds) as writer:
        for batch in batches:
            writer.add(batch)
        writer.commit()
        return writer.count()


@contextmanager
def renewed(directory: Path, *, engine: str = "whoosh", compounds: Compounds = NO_COMPOUNDS) -> Iterator[SearchEngine]:
    """A new, empty index for whoever fills it; when it is left, what was committed takes the old one's place.

    As for `rebuild`; left by an error, the old one stays.
    """
    generation = _next_generation(directory)
    place = directory / generation
    adapter = _adapter(engine, directory)
    _make(place)
    try:
        with adapter.create(place, compounds) as writer:
            yield writer
        sweep(place)
        _write(directory, _Manifest(FORMAT, engine, adapter.SCHEMA_VERSION, fingerprint(), generation))
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    _tidy(directory, keep=generation)


def builder(place: Path) -> SegmentBuilder:
    """A builder of segments for the `SegmentEngine` whose place it is."""
    from index.whoosh_segments import WhooshBuilder  # noqa: PLC0415  (the one engine that has some)

    folder = place / PARTS
    folder.mkdir(mode=0o700, exist_ok=True)
    return WhooshBuilder(place, Path(tempfile.mkdtemp(dir=folder)))


def sweep(place: Path) -> None:
    """Removes what builders left that nobody took over; not while one is at work."""
    shutil.rmtree(place / PARTS, ignore_errors=True)


def require(engine: str) -> None:
    """Raises `EngineMissing` when the engine is not installed."""
    _adapter(engine, Path())


def describe(directory: Path) -> dict[str, str | int | list[str] | dict[str, int] | None]:
    """The index for people: engine, versions, documents, languages, bytes, and what is wrong with it; never raises.

    Keys: `engine`, `schema`, `analysis`, `generation`, `documents` (None when it cannot be opened), `languages`
    (language → documents), `bytes`, `problems` (sentences; empty when all is well).
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
    }
    problems: list[str] = []
    try:
        with open_reader(directory) as index:
            described["documents"] = index.count()
            described["languages"] = dict(index.terms("lang"))
    except (IndexUnusable, EngineMissing) as error:
        problems.append(str(error))
    leftovers = [path.name for path in _generations(directory) if manifest is None or path.name != manifest.generation]
    if leftovers:
        problems.append(
            f"{directory}: left by a rebuild that was stopped: {', '.join(leftovers)}; the next ingest removes it"
        )
    return {**described, "problems": problems}


# --- Manifest -----------------------------------------------------------------------------------------------------


def _checked(directory: Path) -> _Manifest:
    manifest = _read(directory)
    if manifest is None:
        raise IndexUnusable(f"{directory}: there is no index; {REBUILD_HINT}")
    schema = _adapter(manifest.engine, directory).SCHEMA_VERSION
    made = (f"format {manifest.format}", f"schema {manifest.schema}", manifest.analysis)
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


def _read_leniently(directory: Path) -> _Manifest | None:
    try:
        return _read(directory)
    except IndexUnusable:
        return None


def _write(directory: Path, manifest: _Manifest) -> None:
    replace_text(directory / MANIFEST, json.dumps(asdict(manifest), indent=2) + "\n")


# --- Generations --------------------------------------------------------------------------------------------------


def _adapter(engine: str, directory: Path) -> _Adapter:
    if engine == "whoosh":
        from index import whoosh  # noqa: PLC0415  (an engine's client is imported only where it is used)

        return whoosh
    if engine == "tantivy":
        try:
            from index import tantivy  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise EngineMissing(TANTIVY_HINT) from error
        return tantivy
    raise IndexUnusable(f"{directory}: no engine is called {engine}; there are: whoosh, tantivy")


def load_engine(engine: str) -> None:
    """Import what an engine needs, so that whoever opens an index need not wait for it. Raises `EngineMissing`."""
    _adapter(engine, Path())


def _start(directory: Path, engine: str) -> None:
    adapter = _adapter(engine, directory)
    place = directory / _next_generation(directory)
    _make(place)
    adapter.create(place, NO_COMPOUNDS).close()
    _write(directory, _Manifest(FORMAT, engine, adapter.SCHEMA_VERSION, fingerprint(), place.name))


def _make(place: Path) -> None:
    make_folder(place.parent, mode=0o700)
    place.mkdir(mode=0o700)  # what is in it gets unpickled: nobody else writes there
    sync(place.parent)


def _generations(directory: Path) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if _GENERATION.fullmatch(path.name))
    except OSError:
        return []


def _next_generation(directory: Path) -> str:
    numbers = [int(path.name[1:]) for path in _generations(directory)]
    return f"g{max(numbers, default=0) + 1:06d}"


def _tidy(directory: Path, *, keep: str) -> None:
    """Removes the generations that the manifest does not name."""
    for path in _generations(directory):
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
    sweep(directory / keep)


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
