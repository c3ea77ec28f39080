"""How fast an OpenSearch is filled and asked: the adapter beside the client's own helpers, and beside other engines.

    python benchmarks/opensearch.py FILE.jsonl.gz fill [--articles 6000] [--nodes 1 3] [--rounds 5]
    python benchmarks/opensearch.py FILE.jsonl.gz ingest [--articles 6000] [--nodes 1 3]
    python benchmarks/opensearch.py FILE.jsonl.gz ask [--articles 10000] [--queries 500]

FILE is as for engines.py, whose articles and queries these are. Nodes are started on loopback, by the kit of the tests;
`--url` takes a cluster that is there in their place; what `--keep FOLDER` has of an earlier `ask` there is not made
again.

`fill`: the adapter is given analysed entries; opensearch-py's `helpers.bulk` and `helpers.parallel_bulk` are given the
same documents ready made, as dicts, for indices with the same mapping and settings. They take turns, each into indices
of its own that are removed behind it; each ends with a refresh. `ingest`: `backfile ingest` as people call it, from a
file of articles to the last commit. `ask`: the log of queries in Whoosh, Tantivy and OpenSearch in turns, on the clock,
as most of what OpenSearch does happens in another process.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from opensearchpy import OpenSearch, helpers

from backfile.article import Article
from backfile.batching import batches
from backfile.servers import Servers, servers
from benchmarks import engines
from benchmarks.engines import COMMIT, LEARNED, TODAY, articles_of, compounds_of
from benchmarks.query_log import Asked, log
from index import opensearch, tantivy, whoosh
from index.compounds import Compounds
from index.engine import SearchEngine
from index.entry import Entry, analyse
from index.opensearch_client import connect
from index.opensearch_documents import address, period, source_of
from index.opensearch_indices import Generation, Indices
from index.opensearch_server import Server
from index.search import search
from tests.opensearch.cluster import Cluster

TICKS = os.sysconf("SC_CLK_TCK")
OWN, PLAIN, PARALLEL = "adapter", "helpers.bulk", "parallel_bulk"
THREADS = 2  # of parallel_bulk: as many requests at once as the adapter has
_numbers = count(1)


@dataclass(frozen=True)
class Place:
    """Where documents go: a cluster, and what it costs its processes."""

    urls: tuple[str, ...]
    pids: tuple[int, ...] = ()
    replicas: int = 0

    def servers(self, prefix: str) -> Servers:
        """The same cluster under a prefix of its own."""
        table = {"urls": list(self.urls), "prefix": prefix, "replicas": self.replicas}
        return servers(table, "[opensearch]", beside=Path())

    def cpu(self) -> float:
        """Seconds of the processor that its nodes have used, where they are ours."""
        return sum(_cpu_of(pid) for pid in self.pids)


@contextmanager
def place(nodes: int, url: str | None, heap: str) -> Iterator[Place]:
    """A cluster that is there, or one that is started."""
    if url:
        yield Place((url,))
        return
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder), nodes, heap, java=()) as cluster:
        pids = tuple(node.process.pid for node in cluster.nodes if node.process)
        yield Place(tuple(cluster.urls), pids, replicas=min(1, nodes - 1))


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def prefix() -> str:
    return f"bench-{os.getpid()}-{next(_numbers)}"


# --- Filling ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Filled:
    """What one contestant took in each round."""

    seconds: list[float] = field(default_factory=list)  # on the clock
    client: list[float] = field(default_factory=list)  # of this process's CPU
    server: list[float] = field(default_factory=list)  # of the nodes' CPU


def by_adapter(where: Place, entries: Sequence[Entry], folder: Path) -> Callable[[], int]:
    """What the adapter is timed with."""
    settings = where.servers(prefix())
    home = folder / f"g{next(_numbers):06}"
    home.mkdir()
    engine = opensearch.create(home, settings)
    with connect(settings) as client:  # months are there, as for the helpers
        indices = Indices(Server(client), Generation(settings.prefix, home.name))
        for each in sorted({period(entry.display.published) for entry in entries}):
            indices.need(each, read=False)

    def fill() -> int:
        for batch in batches(entries, COMMIT):
            engine.add(batch)
            engine.commit()
        return engine.count()

    return fill


def by_helper(
    where: Place, documents: Sequence[tuple[str, str, dict[str, Any]]], folder: Path, *, parallel: bool
) -> Callable[[], int]:
    """What a helper of the client is timed with: everything is ready, indices as well."""
    del folder
    generation = Generation(prefix(), "g000001")
    client = connect(where.servers(generation.prefix))
    indices = Indices(Server(client), generation)
    indices.start(shards=1, replicas=where.replicas)
    for each in sorted({month for month, _, _ in documents}):
        indices.need(each, read=False)
    peer = OpenSearch(list(where.urls), timeout=120)
    actions = [
        {"_op_type": "index", "_index": generation.index(month), "_id": id_, "_source": source}
        for month, id_, source in documents
    ]

    def fill() -> int:
        if parallel:
            for _ in helpers.parallel_bulk(peer, actions, thread_count=THREADS):
                pass
        else:
            helpers.bulk(peer, actions)
        peer.indices.refresh(index=generation.pattern)
        return int(peer.count(index=generation.pattern)["count"])

    return fill


def compare_filling(where: Place, entries: Sequence[Entry], rounds: int) -> None:
    """The contestants in turns; the first turn of each is not counted."""
    documents = [(period(each.display.published), address(each.id), json.loads(source_of(each))) for each in entries]
    size = sum(len(source_of(each)) for each in entries) / len(entries)
    contestants: dict[str, Callable[[Path], Callable[[], int]]] = {
        OWN: lambda folder: by_adapter(where, entries, folder),
        PLAIN: lambda folder: by_helper(where, documents, folder, parallel=False),
        PARALLEL: lambda folder: by_helper(where, documents, folder, parallel=True),
    }
    took: dict[str, Filled] = defaultdict(Filled)
    names = list(contestants)
    for turn in range(rounds + 1):
        for name in names[turn % 3 :] + names[: turn % 3]:
            with tempfile.TemporaryDirectory() as folder:
                fill = contestants[name](Path(folder))
                client, server, clock = time.process_time(), where.cpu(), time.perf_counter()
                number = fill()
                seconds = time.perf_counter() - clock
                used = time.process_time() - client, where.cpu() - server
            assert number == len(entries), f"{name}: {number} of {len(entries)}"
            clear(where)
            if turn:
                took[name].seconds.append(seconds)
                took[name].client.append(used[0])
                took[name].server.append(used[1])
    print(f"  {len(entries):,} documents of {size:,.0f} bytes, {rounds} rounds; medians")
    for name, each in took.items():
        ratios = [min(others) / own for own, others in zip(each.seconds, _fastest(took), strict=True)]
        print(
            f"  {name:14} {len(entries) / statistics.median(each.seconds):7,.0f} documents per s on the clock,"
            f" {statistics.median(each.client):5.1f} s of CPU here, {statistics.median(each.server):5.1f} s there;"
            f" rate to the faster helper's {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def _fastest(took: dict[str, Filled]) -> list[list[float]]:
    return [list(each) for each in zip(took[PLAIN].seconds, took[PARALLEL].seconds, strict=True)]


def clear(where: Place) -> None:
    """Removes what this process made on the servers."""
    with connect(where.servers("bench")) as client:
        mine = f"bench-{os.getpid()}-*"
        server = Server(client)
        server.drop(server.names(mine))


def entries_of(corpus: Path, number: int, compounds: Compounds) -> list[Entry]:
    """Analysed beforehand, with a revision as the store gives it."""
    found = articles_of(corpus, number)
    return [replace(analyse(each, copy_group=each.id, compounds=compounds), revision=1) for each in found]


# --- Ingesting ----------------------------------------------------------------------------------------------------


def ingest(where: Place, corpus: Path, number: int) -> None:
    """The whole way by the command line."""
    with tempfile.TemporaryDirectory() as folder:
        archive, pile = Path(folder, "archive"), Path(folder, "articles.jsonl")
        archive.mkdir()
        with pile.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(_row(each), ensure_ascii=False) + "\n" for each in articles_of(corpus, number))
        urls = ", ".join(f'"{url}"' for url in where.urls)
        (archive / "backfile.toml").write_text(
            f'[archive]\nengine = "opensearch"\n\n[opensearch]\nurls = [{urls}]\nprefix = "{prefix()}"\n'
            f"replicas = {where.replicas}\n"
        )
        command = [sys.executable, "-m", "backfile", "--archive", str(archive), "ingest", str(pile), "--json"]
        server, clock, before = where.cpu(), time.perf_counter(), os.times()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        seconds, after = time.perf_counter() - clock, os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        report = json.loads(done.stdout)
        print(
            f"  {report['indexed']:,} articles in {seconds:.0f} s on the clock: {report['indexed'] / seconds:.0f} a s,"
            f" {used:.0f} s of CPU here, {where.cpu() - server:.0f} s in the nodes"
        )
        clear(where)


def _row(article: Article) -> dict[str, Any]:
    return {
        "id": article.id, "title": article.title, "text": article.text, "lang": article.language,
        "published": article.published, "author": ", ".join(article.authors),
    }  # fmt: skip


# --- Asking -------------------------------------------------------------------------------------------------------


def opened(name: str, folder: Path, servers: Servers, compounds: Compounds) -> tuple[SearchEngine, bool]:
    """An index, and whether it is new, so that it has to be filled."""
    home = folder / name
    adapter: Any = {"whoosh": whoosh, "tantivy": tantivy, "opensearch": opensearch.Cluster(servers)}[name]
    if home.exists():
        return adapter.open_index(home), False
    home.mkdir(mode=0o700, parents=True)
    return adapter.create(home, compounds), True


def filled(indexes: Mapping[str, SearchEngine], corpus: Path, number: int, compounds: Compounds) -> dict[str, float]:
    """Fills indexes with the same entries in turns; the seconds that each took on the clock."""
    took = dict.fromkeys(indexes, 0.0)
    for some in batches(articles_of(corpus, number), COMMIT) if indexes else ():
        entries = [replace(analyse(each, copy_group=each.id, compounds=compounds), revision=1) for each in some]
        for name, index in indexes.items():
            clock = time.perf_counter()
            index.add(entries)
            index.commit()
            took[name] += time.perf_counter() - clock
    return took


def compare_asking(  # noqa: PLR0913
    where: Place, corpus: Path, number: int, queries: Sequence[Asked], compounds: Compounds, *, keep: Path | None
) -> None:
    """The log of queries in all engines, query by query."""
    with tempfile.TemporaryDirectory() as directory:
        folder = (keep or Path(directory)) / str(number)
        there = where.servers(f"bench-{number}" if keep else prefix())
        found = {name: opened(name, folder, there, compounds) for name in ("whoosh", "tantivy", "opensearch")}
        indexes = {name: index for name, (index, _) in found.items()}
        took = filled({name: index for name, (index, new) in found.items() if new}, corpus, number, compounds)
        opensearch.Cluster(there).publish(folder / "opensearch")  # for who opens it again
        print(f"  {number:,} articles, {len(queries)} queries, on the clock")
        for name, seconds in took.items():
            print(f"  {name:12} filled at {number / seconds:,.0f} articles per s, analysis not counted")
        tell_asking(indexes, queries)
        for index in indexes.values():
            index.close()
    if not keep:
        clear(where)


def tell_asking(indexes: Mapping[str, SearchEngine], queries: Sequence[Asked]) -> None:
    """Asks and prints what it took, by engine and by kind of query."""
    took: dict[str, list[float]] = defaultdict(list)
    kinds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    same, common = [], []
    for query in queries[: len(queries) // 10]:  # warm
        for index in indexes.values():
            search(index, query.text, now=TODAY)
    for query in queries:
        found = {}
        for name, index in indexes.items():
            clock = time.perf_counter()
            found[name] = search(index, query.text, now=TODAY)
            took[name].append((time.perf_counter() - clock) * 1e3)
            kinds[query.kind][name].append(took[name][-1])
        ids = {name: [hit.id for hit in each.hits] for name, each in found.items()}
        same.append(found["whoosh"].total == found["opensearch"].total)
        common.append(engines.overlap(ids["whoosh"], ids["opensearch"]))
    for name, milliseconds in took.items():
        tiles = statistics.quantiles(milliseconds, n=100)
        print(f"  {name:12} p50 {tiles[49]:7.1f} ms, p95 {tiles[94]:7.1f} ms, p99 {tiles[98]:7.1f} ms")
    print(f"  whoosh and opensearch: same number of hits {sum(same)}/{len(same)}, "
          f"first ten in common {statistics.mean(common):.3f}")  # fmt: skip
    for kind, each in sorted(kinds.items()):
        told = (f"{name} {statistics.median(ms):.1f}, {max(ms):.1f}" for name, ms in each.items())
        print(f"    {kind:24}", "   ".join(told), sep="")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("what", choices=("fill", "ingest", "ask"))
    parser.add_argument("--articles", nargs="+", type=int, default=[6_000])
    parser.add_argument("--nodes", nargs="+", type=int, default=[1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--heap", default="512m")
    parser.add_argument("--url", help="a cluster that is there")
    parser.add_argument("--keep", type=Path, help="where indexes stay, and are found again; with --url")
    given = parser.parse_args()
    compounds = compounds_of(given.file)
    queries = log(articles_of(given.file, LEARNED), given.queries) if given.what == "ask" else []
    for nodes in given.nodes:
        with place(nodes, given.url, given.heap) as where:
            version = where_version(where)
            print(f"{given.what}: {len(where.urls)} node(s), OpenSearch {version}, {os.cpu_count()} CPUs", flush=True)
            for number in given.articles:
                if given.what == "fill":
                    compare_filling(where, entries_of(given.file, number, compounds), given.rounds)
                elif given.what == "ingest":
                    ingest(where, given.file, number)
                else:
                    compare_asking(where, given.file, number, queries, compounds, keep=given.keep)


def where_version(where: Place) -> str:
    with connect(where.servers("bench")) as client:
        return str(client.get("/")["version"]["number"])


if __name__ == "__main__":
    main()
