"""Whether the documents of a cluster are what was written: every record and text read, each where it belongs, once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from index.opensearch_documents import DAMAGE, address, display_in, period, record_in
from index.opensearch_indices import Generation

MOST_TOLD = 20  # documents that something is wrong with


def document_faults(documents: Iterable[Mapping[str, Any]], generation: Generation) -> Iterator[str]:
    """What is wrong with documents that come in the order of their ids, `MOST_TOLD` at most."""
    told = 0
    before = ""
    for document in documents:
        fault = _fault(document, generation)
        place = str(document["_id"])
        if not fault and place == before:
            fault = "is in two indices"
        before = place
        if fault:
            yield f"{document['_index']}: document {place}: {fault}"
            told += 1
            if told == MOST_TOLD:
                return


def _fault(document: Mapping[str, Any], generation: Generation) -> str:
    try:
        record, display = record_in(document), display_in(document)
    except DAMAGE as error:
        return f"cannot be read ({type(error).__name__}: {error})"
    if record.id != display.id or address(display.id) != document["_id"]:
        return f"is {record.id} and {display.id}"
    if document["_index"] != (due := generation.index(period(display.published))):
        return f"{display.id} belongs into {due}"
    return ""
