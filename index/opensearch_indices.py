"""The indices of an archive on a cluster: their names, how they are made, and which of them are read.

    PREFIX                      an alias: what searches read
    PREFIX-g000002-2024.03      the articles of a month; -2024 and -undated for what is known less precisely
    PREFIX-g000002-deleted      which entries were taken out at which version; never read by searches
    PREFIX-g000002              a template: how these are made

A generation is written by the names of its indices and read by the alias, which is moved to another generation in one
step. `index/directory.py` says which generation that has to be.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backfile.disk import replace_text
from backfile.errors import IndexUnusable
from index.opensearch_documents import UNDATED, analysis, mappings, similarities
from index.opensearch_patience import patiently
from index.opensearch_server import Server

FILE = "opensearch.json"  # in the directory of a generation: what it is called on the servers

_DELETED = "deleted"
_PRIORITY = 500  # of the template among others that somebody may have made


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generation is called."""

    prefix: str
    name: str  # g000002

    @property
    def alias(self) -> str:
        """What searches read, whichever generation it is."""
        return self.prefix

    @property
    def template(self) -> str:
        """How its indices are made."""
        return f"{self.prefix}-{self.name}"

    @property
    def pattern(self) -> str:
        """All of its indices."""
        return f"{self.template}-*"

    @property
    def articles(self) -> str:
        """Those that hold articles."""
        return f"{self.pattern},-{self.deleted}*"  # the sign at the end: it need not be there

    @property
    def deleted(self) -> str:
        """The one that knows what was taken out."""
        return self.index(_DELETED)

    def index(self, period: str) -> str:
        """The index of a month, of a year, or of what has no date."""
        return f"{self.template}-{period}"


def note(directory: Path, generation: Generation) -> None:
    """Writes down what the generation of a directory is called."""
    replace_text(directory / FILE, json.dumps(asdict(generation)) + "\n")


def noted(directory: Path) -> Generation:
    """What the generation of a directory is called; `IndexUnusable` when nothing says so."""
    try:
        return Generation(**json.loads((directory / FILE).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexUnusable(f"{directory / FILE}: cannot be read ({error}); run `backfile index rebuild`") from error


def generations(server: Server, prefix: str) -> list[str]:
    """The generations of an archive that are on the servers."""
    named = (re.fullmatch(rf"{re.escape(prefix)}-(g\d{{6,}})-.+", name) for name in server.names(f"{prefix}-g*"))
    return sorted({found[1] for found in named if found})


class Indices:
    """The indices of one generation."""

    def __init__(self, server: Server, generation: Generation) -> None:
        self._server = server
        self.generation = generation
        self._there: set[str] | None = None

    def start(self, *, shards: int, replicas: int) -> None:
        """Makes the first index, after whatever has its name was removed."""
        self.drop()
        self._server.put_template(self.generation.template, _template(self.generation, shards, replicas))
        self._there = set()
        self.need(UNDATED, read=False)

    def need(self, period: str, *, read: bool) -> str:
        """The index of a period, made when it is not there; with `read` searches have it from then on."""
        name = self.generation.index(period)
        if self._there is None:
            self._there = set(patiently(lambda: self._server.names(self.generation.pattern), name))
        if name not in self._there:
            alias = self.generation.alias if read and period != _DELETED else None
            patiently(lambda: self._server.make(name, alias=alias), name)
            self._there.add(name)
        return name

    def need_deleted(self) -> str:
        """The index that knows what was taken out."""
        return self.need(_DELETED, read=False)

    def articles(self) -> list[str]:
        """The indices that hold articles."""
        return sorted(set(self._server.names(self.generation.pattern)) - {self.generation.deleted})

    def publish(self) -> None:
        """Has searches read this generation and no other, from one moment to the next."""
        alias = self.generation.alias
        there = self._server.names(f"{self.generation.prefix}-g*")
        ours = set(self.articles())
        if not ours:
            raise IndexUnusable(f"{self.generation.pattern}: is not on the servers; run `backfile index rebuild`")
        changes: list[dict[str, Any]] = [
            {"remove": {"index": name, "alias": alias}}
            for name, aliases in there.items()
            if alias in aliases and name not in ours
        ]
        changes += [{"add": {"index": name, "alias": alias}} for name in ours if alias not in there.get(name, ())]
        if changes:
            self._server.change_aliases(changes)

    def drop(self) -> None:
        """Removes the generation from the servers."""
        self._server.drop(self._server.names(self.generation.pattern))
        self._server.drop_template(self.generation.template)

    def faults(self) -> Iterable[str]:
        """What is wrong with the indices, as sentences."""
        health = self._server.health(self.generation.pattern)
        if self.generation.index(UNDATED) not in health:
            yield f"{self.generation.pattern}: is not on the servers"
        for name, state in sorted(health.items()):
            if state["status"] == "red":
                missing = state["number_of_shards"] - state["active_primary_shards"]
                yield f"{name}: {missing} of {state['number_of_shards']} shards have no node that holds them"


def _template(generation: Generation, shards: int, replicas: int) -> dict[str, Any]:
    settings = {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        # What was written is seen when `commit` says so, and not in parts before.
        "refresh_interval": "-1",
        # An answer means that it is on the disks of the shard and of its copies in step, as `commit` promises.
        "translog": {"durability": "request"},
        "analysis": analysis(),
        "similarity": similarities(),
    }
    return {
        "index_patterns": [generation.pattern],
        "priority": _PRIORITY,
        "template": {"settings": settings, "mappings": mappings()},
    }
