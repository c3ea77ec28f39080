"""What this engine asks a server for, and when an answer counts as one.

A search that was answered with 200 may lack shards, or have been cut off by its time limit: the part is never taken for
the whole. An error says what is missing and where.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from backfile.errors import IndexUnusable, QueryError, ServiceUnavailable
from index.opensearch_client import Client, RequestFailed

_KEEP = "3m"  # how long a state is held for a reader that asks nothing


class Expired(Exception):
    """The state that was held for a reader is gone: it asked nothing for minutes, or a node ended."""


class Server:
    """A cluster, as this engine talks to it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    # --- Searching

    def search(self, body: Mapping[str, Any], *, target: str | None = None, exact: bool = False) -> dict[str, Any]:
        """The answer of all shards. With `exact` words are as rare as in all of them, not in each by itself."""
        path = f"/{target}/_search" if target else "/_search"
        params = {"search_type": "dfs_query_then_fetch"} if exact else {}
        limit = round(self.client.search_seconds * 1000)  # for each shard; what it has by then would be a part
        with _told(path):
            return _whole(self.client.search(path, {"timeout": f"{limit}ms", **body}, params))

    def hold(self, target: str) -> str | None:
        """The name under which the present state is held; None when the server holds no more of them.

        Raises:
            IndexUnusable: there is nothing under this name.
        """
        params = {"keep_alive": _KEEP, "allow_partial_pit_creation": "false"}
        with _told(target):
            try:
                answer = self.client.post(f"/{target}/_search/point_in_time", params=params)
            except RequestFailed as error:
                if _TOO_MANY_HELD in error.reason.lower():
                    return None
                if error.status == _UNAVAILABLE:
                    self._tell_missing(target)
                raise
        return str(answer["pit_id"])

    def release(self, held: str) -> None:
        """Ends holding a state."""
        self.client.delete("/_search/point_in_time", {"pit_id": [held]})

    @staticmethod
    def held(name: str) -> dict[str, Any]:
        """What a search says that is about a state that is held."""
        return {"pit": {"id": name, "keep_alive": _KEEP}}

    # --- Indices

    def names(self, pattern: str) -> dict[str, frozenset[str]]:
        """The indices that a pattern stands for, each with its aliases."""
        params = {"ignore_unavailable": "true", "allow_no_indices": "true", "expand_wildcards": "all"}
        try:
            found = self.client.get(f"/{pattern}/_alias", params)
        except RequestFailed as error:
            if error.status == _NOT_THERE:
                return {}
            raise
        return {name: frozenset(each["aliases"]) for name, each in found.items()}

    def make(self, name: str, *, alias: str | None) -> None:
        """Makes an index; its template says how. One that is there is no error."""
        body: dict[str, Any] = {"aliases": {alias: {}}} if alias else {}
        with _told(name):
            try:
                self.client.put(f"/{name}", body)
            except RequestFailed as error:
                if "already_exists" not in error.kind:
                    raise

    def put_template(self, name: str, template: Mapping[str, Any]) -> None:
        """Says how indices are made."""
        with _told(name):
            self.client.put(f"/_index_template/{name}", template)

    def drop_template(self, name: str) -> None:
        """Takes a template away; one that is not there is no error."""
        self._drop(f"/_index_template/{name}")

    def drop(self, names: Iterable[str]) -> None:
        """Deletes indices by their names."""
        for name in names:
            self._drop(f"/{name}")

    def change_aliases(self, actions: Sequence[Mapping[str, Any]]) -> None:
        """Changes aliases, all of them at once."""
        with _told("aliases"):
            self.client.post("/_aliases", {"actions": list(actions)})

    def refresh(self, names: Sequence[str]) -> None:
        """Makes visible what was written, everywhere or an error."""
        for start in range(0, len(names), _AT_ONCE):
            some = ",".join(names[start : start + _AT_ONCE])
            with _told("refresh"):
                shards = self.client.search(f"/{some}/_refresh", None)["_shards"]
            if shards["failed"]:
                raise ServiceUnavailable(f"{shards['failed']} of {shards['total']} shards did not show what was added")

    def health(self, pattern: str) -> Mapping[str, Any]:
        """How the indices are, by name."""
        with _told(pattern):
            found: Mapping[str, Any] = self.client.get(f"/_cluster/health/{pattern}", {"level": "indices"})["indices"]
        return found

    def size(self, target: str) -> int:
        """Bytes on all disks."""
        with _told(target):
            answer = self.client.get(f"/{target}/_stats/store")
        return int(answer["_all"]["total"]["store"]["size_in_bytes"])

    def _tell_missing(self, target: str) -> None:
        states = self.health(target).values()
        shards = sum(each["number_of_shards"] for each in states)
        if missing := shards - sum(each["active_primary_shards"] for each in states):
            raise ServiceUnavailable(f"OpenSearch: {missing} of {shards} shards are held by no node; {_A_PART}")

    def _drop(self, path: str) -> None:
        try:
            self.client.delete(path)
        except RequestFailed as error:
            if error.status != _NOT_THERE:
                raise


_AT_ONCE = 40  # names in one address, which has 4,096 bytes at most
_NOT_THERE = 404
_UNAVAILABLE = 503
_TOO_MANY_HELD = "too many point in time"


_A_PART = "what the others have would be a part, and is not shown. `GET /_cluster/health` says what is wrong"


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, when all shards gave it and none was cut off."""
    shards = answer["_shards"]
    # A shard that no node holds is neither successful nor failed.
    if missing := shards["total"] - shards["successful"]:
        kinds = {_kind(each) for each in shards.get("failures", ())}
        if _GONE in kinds:
            raise Expired
        why = f" ({', '.join(sorted(kinds))})" if kinds else ""
        raise ServiceUnavailable(f"OpenSearch: {missing} of {shards['total']} shards did not answer{why}; {_A_PART}")
    if answer["timed_out"]:
        raise ServiceUnavailable(
            "OpenSearch cut the search off, as it took too long; ask for less, or again, or raise `seconds` under "
            "[opensearch]"
        )
    return answer


_GONE = "search_context_missing_exception"
_TOO_MANY_PARTS = ("too_many_clauses", "too_many_nested_clauses", "nested depth", "toomanyclauses", "maxclausecount")


def _kind(failure: Mapping[str, Any]) -> str:
    reason = failure.get("reason") or {}
    return str(reason.get("type", "unknown"))


@contextmanager
def _told(what: str) -> Iterator[None]:
    """An answer that is an error, as what it means for a search or an index."""
    try:
        yield
    except RequestFailed as error:
        everything = f"{error.kind} {error.reason}"
        if _GONE in everything or "No search context found" in everything:
            raise Expired from error
        if any(sign in everything.lower().replace(" ", "_") or sign in everything.lower() for sign in _TOO_MANY_PARTS):
            raise QueryError(
                "the query has more parts than the servers take at once; ask with fewer words or brackets"
            ) from error
        if error.status == _NOT_THERE:
            raise IndexUnusable(f"{what}: is not on the servers; run `backfile index rebuild`") from error
        raise
