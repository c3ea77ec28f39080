"""The table of faults: real OpenSearch nodes fail in mid-load, and what was sent, acknowledged and found is counted.

    python benchmarks/opensearch_faults.py [--only WORD …]

The scenes are those of tests/opensearch/test_bulk_faults.py, which says how each has to end; here is the table for
docs/opensearch.md. Nodes are started on loopback (Java and Maven are needed), three at once in some.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from index import opensearch_client
from tests.opensearch import faults
from tests.opensearch.cluster import Cluster
from tests.opensearch.faults import Outcome

opensearch_client.BULK_SECONDS = 20.0  # instead of 120, so that a silent node is not waited for so long

SCENES: dict[str, Callable[[faults.START], Outcome | tuple[Outcome, ...]]] = {
    "write queue of 1": faults.write_queue,
    "indexing pressure, 512 kB": faults.indexing_pressure,
    "requests up to 1 MB": faults.too_long,
    "circuit breaker, heap of 128 MB": faults.circuit_breaker,
    "flood-stage block; lifted, sent again": faults.flood_stage,
    "one of three nodes, kill -9": partial(faults.killed_node, manager=False),
    "cluster manager of three, kill -9": partial(faults.killed_node, manager=True),
    "one of three nodes, SIGSTOP": faults.paused_node,
    "only node, kill -9 and started again": faults.restarted,
    "only node, kill -9 and gone": faults.gone,
}
COLUMNS = ("fault", "documents", "sent", "sent again", "acknowledged", "refused", "found", "lost", "the server said",
           "end", "s")  # fmt: skip


@contextmanager
def clusters() -> Iterator[faults.START]:
    """Starts clusters, and ends them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:

        def start(nodes: int = 1, *, heap: str = "512m", settings: dict[str, str] | None = None) -> Cluster:
            return stack.enter_context(Cluster(Path(folder, "cluster"), nodes, heap, settings or {}))

        yield start


def row(name: str, outcome: Outcome) -> tuple[str, ...]:
    """One load as a line of the table."""
    seen = outcome.witness
    said = ", ".join(f"{number:,} × {what.strip()}" for what, number in sorted(seen.said.items())) or "–"
    there = sum(number for what, number in seen.said.items() if what.startswith("409 "))
    numbers = (outcome.given, len(seen.sent), sum(seen.sent.values()) - len(seen.sent), len(seen.acknowledged) + there,
               len(outcome.refused), len(outcome.found), len(outcome.lost))  # fmt: skip
    return (
        name,
        *(f"{number:,}" for number in numbers),
        said,
        outcome.ended.partition(":")[0],
        f"{outcome.seconds:.0f}",
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="WORD", help="scenes with one of these words in their name")
    only = parser.parse_args().only
    print("|", " | ".join(COLUMNS), "|")
    print("|" + "---|" * len(COLUMNS))
    for name, scene in SCENES.items():
        if only and not any(word in name for word in only):
            continue
        with clusters() as start:
            outcomes = scene(start)
        for number, outcome in enumerate(outcomes if isinstance(outcomes, tuple) else (outcomes,)):
            print("|", " | ".join(row(name if not number else "… again", outcome)), "|", flush=True)


if __name__ == "__main__":
    main()
