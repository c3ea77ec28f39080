"""The engine for what outgrows one machine: an OpenSearch cluster finds and chooses, our ranking decides.

The cluster keeps our terms at our positions and says which entries match a clause (index/opensearch_query.py), in about
the right order. What stands in the first blocks of that order is scored by `index.evaluate` from the entries' own
records (index/records.py), so that scores are those of the other engines. docs/opensearch.md is for operators.

A directory of ours stands for the index here: what it is called on the servers, and what was learned of compounds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backfile.errors import BackfileError, IndexUnusable
from backfile.servers import Servers
from index import opensearch_indices as indices
from index import taught
from index.compounds import NO_COMPOUNDS, Compounds
from index.engine import Answer, Clause, Closing, Facet, Sort
from index.entry import Display, Entry
from index.opensearch_check import document_faults
from index.opensearch_client import Client, connect
from index.opensearch_documents import SCHEMA_VERSION, address
from index.opensearch_indices import Generation, Indices
from index.opensearch_search import State
from index.opensearch_server import Server
from index.opensearch_writing import Changes, looked_up

__all__ = ["SCHEMA_VERSION", "Cluster", "OpenSearchEngine", "create", "open_index"]


def create(directory: Path, servers: Servers, compounds: Compounds = NO_COMPOUNDS) -> "OpenSearchEngine":
    """A new, empty index, known by an empty directory; searches do not read it before `publish`."""
    generation = Generation(servers.prefix, directory.name)
    client = connect(servers)
    try:
        taught.keep(directory, compounds)
        indices.note(directory, generation)
        Indices(Server(client), generation).start(shards=servers.shards, replicas=servers.replicas)
    except BaseException:
        client.close()
        raise
    return OpenSearchEngine(directory, client, generation, filling=True)


def open_index(directory: Path, servers: Servers) -> "OpenSearchEngine":
    """The index that a directory stands for; `IndexUnusable` when it says of none, or of one of another prefix."""
    return OpenSearchEngine(directory, connect(servers), _generation(directory, servers), filling=False)


@dataclass(frozen=True, slots=True)
class Cluster:
    """What this module offers, of the servers of one archive."""

    servers: Servers
    SCHEMA_VERSION: int = SCHEMA_VERSION

    def create(self, directory: Path, compounds: Compounds = NO_COMPOUNDS) -> "OpenSearchEngine":
        """See `create`."""
        return create(directory, self.servers, compounds)

    def open_index(self, directory: Path) -> "OpenSearchEngine":
        """See `open_index`."""
        return open_index(directory, self.servers)

    def publish(self, directory: Path) -> None:
        """Has searches read this index and no other of the archive's, from one moment to the next."""
        with connect(self.servers) as client:
            Indices(Server(client), _generation(directory, self.servers)).publish()

    def discard(self, directory: Path) -> None:
        """Takes an index away from the servers; one that is not there is no error."""
        with connect(self.servers) as client:
            Indices(Server(client), indices.noted(directory)).drop()

    def generations(self) -> list[str]:
        """The generations that are on the servers."""
        with connect(self.servers) as client:
            return indices.generations(Server(client), self.servers.prefix)


def _generation(directory: Path, servers: Servers) -> Generation:
    generation = indices.noted(directory)
    if generation.prefix != servers.prefix:
        raise IndexUnusable(
            f"{directory}: is called {generation.prefix} on the servers, and backfile.toml says prefix = "
            f"{servers.prefix!r}; put it back, or run `backfile index rebuild`"
        )
    return generation


class OpenSearchEngine(Closing):
    """A `SearchEngine` on a cluster.

    What it reads is one state until it commits or is closed. What is added is sent with the commit, and seen with it;
    of more than `opensearch_writing.MOST_HELD` bytes the rest is sent before, and stays if no commit follows: whoever
    commits next has it seen. A commit is seen in all indices within moments of each other, not in one.
    """

    def __init__(self, directory: Path, client: Client, generation: Generation, *, filling: bool) -> None:
        self._directory = directory
        self._client = client
        self._server = Server(client)
        self._indices = Indices(self._server, generation)
        self._state = State(self._server, generation.articles if filling else generation.alias)
        self._changes: Changes | None = None
        self._filling = filling
        try:
            self._compounds_file = taught.opened(directory)
        except OSError as error:
            client.close()
            raise IndexUnusable(f"{error}; run `backfile index rebuild`") from error

    @cached_property
    def compounds(self) -> Compounds:
        """What entries are analysed with; see `SearchEngine.compounds`. Read when first asked for."""
        try:
            return Compounds.from_json(self._compounds_file.read())
        except (ValueError, LookupError, TypeError) as error:
            raise IndexUnusable(
                f"{self._directory}: damaged ({type(error).__name__}: {error}); run `backfile index rebuild`"
            ) from error

    def add(self, entries: Iterable[Entry]) -> None:
        """Takes entries in; see `SearchEngine.add`. One with an older `revision` than what is there is left out."""
        for entry in entries:
            self._changing().add(entry)

    def delete(self, ids: Iterable[str]) -> None:
        """Takes entries out; see `SearchEngine.delete`."""
        for id_ in ids:
            self._changing().delete(id_)

    def commit(self) -> None:
        """Makes the changes durable, then visible; see `SearchEngine.commit`."""
        if self._changes is None:
            return
        self._changes.commit()
        self._state.close()

    def refused(self) -> Mapping[str, str]:
        """What the servers would not have; see `RemoteEngine`."""
        return self._changes.refused() if self._changes is not None else {}

    def search(  # noqa: PLR0913  (as in the protocol)
        self,
        clause: Clause,
        *,
        limit: int,
        offset: int = 0,
        sort: Sort = "score",
        facets: Sequence[Facet] = (),
        fold: bool = False,
    ) -> Answer:
        """The entries that match; see `SearchEngine.search`."""
        return self._state.answer(clause, limit=limit, offset=offset, sort=sort, facets=facets, fold=fold)

    def terms(self, field: str, prefix: str = "", *, limit: int | None = None) -> list[tuple[str, int]]:
        """The terms with a prefix; see `SearchEngine.terms`."""
        return self._state.terms(field, prefix, limit)

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """How many entries have each term; see `SearchEngine.frequencies`."""
        return self._state.frequencies(field, terms)

    def alike(self, fields: Sequence[str], word: str, *, prefix: str, distance: int) -> set[str]:
        """The words of some fields that are spelled nearly alike; see `AlikeEngine`."""
        return self._state.alike(fields, word, prefix=prefix, distance=distance)

    def count(self) -> int:
        """The number of committed entries."""
        return self._state.count()

    def displays(self, ids: Iterable[str]) -> dict[str, Display]:
        """What is shown of the entries with these ids."""
        return self._state.displays(ids)

    def faults(self, *, quick: bool = False) -> Iterator[str]:
        """What is wrong with indices, records and texts; see `SearchEngine.faults`."""
        damaged = [*taught.faults(self._directory), *self._indices.faults()]
        yield from damaged
        if not (quick or damaged):
            yield from document_faults(self._state.every(), self._indices.generation)

    def revisions(self, ids: Iterable[str]) -> Mapping[str, int]:
        """The revisions of entries; see `RemoteEngine`."""
        places = {address(id_): id_ for id_ in ids}
        known = looked_up(self._server, self._indices.generation, list(places))
        return {
            places[place]: max(each.versions.values()) - each.floor for place, each in known.items() if each.versions
        }

    def size(self) -> int:
        """Bytes on the disks of the servers, copies included."""
        return self._server.size(self._indices.generation.pattern)

    def close(self) -> None:
        """Ends connections and lets the state go; uncommitted changes are dropped."""
        if self._changes is not None:
            self._changes.drop()
            self._changes = None
        with suppress(BackfileError):  # whatever is wrong with the servers, they let it go by themselves
            self._state.close()
        self._client.close()
        self._compounds_file.close()

    def _changing(self) -> Changes:
        if self._changes is None:
            self._changes = Changes(self._server, self._indices, filling=self._filling)
        return self._changes
