"""The terms of a field as far as a cluster tells them: those with a prefix, and those that are spelled nearly so."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from index.opensearch_documents import VOCABULARY
from index.opensearch_statistics import Asking
from index.records import SEARCHED
from index.written import decoded, encoded

_TERMS = 10_000  # on a page
_MOST_AT_ONCE = 60_000  # of one answer; a server gives 65,535 buckets
_LONGEST_PATTERN = 1_000  # characters; `index.max_regex_length`
_UNLIKE_WORDS = re.compile(r"[^\w:]")  # may be signs of a pattern
# Not ".*": by that servers from 2.16 to 3.3 begin at the first term with the prefix, and fail where all come before it
# (opensearch-project/OpenSearch#19636).
_ANYTHING = ".{0,}"
_MOST_ALIKE = 10_000  # of a field and a shard, the nearest first; as many as a query may stand for
_ALWAYS = 1e9  # entries that a term may be in and still have others beside it


def beginning(state: Asking, field: str, prefix: str, limit: int | None) -> list[tuple[str, int]]:
    """The terms with a prefix in code point order, with how many entries have each; the first ones up to a limit."""
    begin = encoded(prefix)
    pattern = _UNLIKE_WORDS.sub(r"\\\g<0>", begin) + _ANYTHING
    if begin and limit is not None and limit <= _MOST_AT_ONCE and len(pattern) <= _LONGEST_PATTERN:
        return _first(state, field, begin, pattern, limit)
    return list(islice(_every(state, field, begin), limit))


def _first(state: Asking, field: str, begin: str, pattern: str, limit: int) -> list[tuple[str, int]]:
    """In one answer: a server looks only at entries that have one of them, and at no other term of these.

    The first ones of all shards are among the first ones of each, so that the numbers are exact.
    """
    listed = {"field": VOCABULARY[field], "include": pattern, "order": {"_key": "asc"}, "size": max(1, limit)}
    body = {"size": 0, "track_total_hits": False, "query": {"prefix": {field: begin}}}
    found = state.ask({**body, "aggs": {"terms": {"terms": {**listed, "shard_size": max(1, limit)}}}})
    return [(decoded(each["key"]), int(each["doc_count"])) for each in found["aggregations"]["terms"]["buckets"]][
        :limit
    ]


def _every(state: Asking, field: str, begin: str) -> Iterator[tuple[str, int]]:
    """Page by page, however many there are."""
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
