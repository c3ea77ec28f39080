"""The terms of a field as far as a cluster tells them: those with a prefix, and those that are spelled nearly so."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from index.opensearch_documents import VOCABULARY
from index.records import SEARCHED
from index.written import decoded, encoded

_TERMS = 10_000  # in one answer; a server gives 65,535 buckets at most
_MOST_ALIKE = 10_000  # of a field and a shard, the nearest first; as many as a query may stand for
_ALWAYS = 1e9  # entries that a term may be in and still have others beside it


class Asking(Protocol):
    """A state of an index."""

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a search."""


def beginning(state: Asking, field: str, prefix: str) -> Iterator[tuple[str, int]]:
    """The terms with a prefix in code point order, with how many entries have each."""
    begin = encoded(prefix)
    source = {"term": {"terms": {"field": VOCABULARY[field]}}}
    body: dict[str, Any] = {"size": 0, "track_total_hits": False}
    if begin:
        body["query"] = {"prefix": {field: begin}}
    after = _before(begin)
    while True:
        wanted: dict[str, Any] = {"size": _TERMS, "sources": [source]}
        if after:
            wanted["after"] = {"term": after}
        found = state.ask({**body, "aggs": {"terms": {"composite": wanted}}})["aggregations"]["terms"]
        for bucket in found["buckets"]:
            term = bucket["key"]["term"]
            if term.startswith(begin):
                yield decoded(term), int(bucket["doc_count"])
            elif term > begin:
                return
        if len(found["buckets"]) < _TERMS:
            return
        after = found["after_key"]["term"]


def _before(prefix: str) -> str:
    """What comes before all that begins so, and not long before."""
    if not prefix:
        return ""
    last = ord(prefix[-1]) - 1
    if 0xD800 <= last <= 0xDFFF:  # no letters
        last = 0xD7FF
    return prefix[:-1] + (chr(last) if last > 0 else "")


def alike(state: Asking, fields: Sequence[str], word: str, *, prefix: str, distance: int) -> set[str]:
    """See `index.engine.AlikeEngine.alike`.

    Servers find them in their dictionaries by an automaton (the term suggester), without looking at entries, and leave
    out the word itself.
    """
    asked = [field for field in fields if field in SEARCHED]
    begin, text = encoded(prefix), encoded(prefix + word)
    suggest = {
        f"{field} {edits}": {
            "text": text,
            "term": {
                "field": field,
                "analyzer": "keyword",
                "max_edits": edits,
                "prefix_length": len(begin) + (edits > 1),
                "min_word_length": 1,
                "accuracy": 0.0,
                "suggest_mode": "always",
                "max_term_freq": _ALWAYS,
                "size": _MOST_ALIKE,
                "shard_size": _MOST_ALIKE,
            },
        }
        for field in asked
        for edits in range(1, distance + 1)
    }
    if not suggest:
        return set()
    itself = {field: {"filter": {"term": {field: text}}} for field in asked}
    answer = state.ask({"size": 0, "track_total_hits": False, "suggest": suggest, "aggs": itself})
    found = {
        decoded(option["text"]).removeprefix(prefix)
        for entries in answer["suggest"].values()
        for entry in entries
        for option in entry["options"]
    }
    return found | {word for field in asked if answer["aggregations"][field]["doc_count"]}
