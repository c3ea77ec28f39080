"""What a server's word about a document means, and what people are told: no server needed, but its own words."""

import json
from typing import Any

import pytest

from backfile.errors import DiskTrouble, IndexUnusable, ServiceUnavailable
from index.opensearch_actions import Action
from index.opensearch_answers import Meaning, NoBulkAnswer, Verdict, verdicts
from tests.opensearch.bulk_server import error

PUT = Action("news-2024.03", "1", 1, b"{}")
DELETE = Action("news-2024.03", "1", 1, None)

FLOOD = (
    "index [news-2024.03] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark,"
    " index has read-only-allow-delete block];"
)
READ_ONLY = "index [news-2024.03] blocked by: [FORBIDDEN/8/index write (api)];"
NO_NEW_INDEX = "blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];"
NO_MANAGER = "blocked by: [SERVICE_UNAVAILABLE/2/no cluster manager];"


def verdict(item: Any, action: Action = PUT) -> Verdict:
    verb = "index" if action.source is not None else "delete"
    (found,) = verdicts({"took": 1, "errors": True, "items": [{verb: {"_id": action.id, **item}}]}, [action])
    return found


@pytest.mark.parametrize(
    ("action", "item", "meaning"),
    [
        (PUT, {"status": 201, "result": "created"}, Meaning.TAKEN),
        (PUT, {"status": 200, "result": "updated"}, Meaning.TAKEN),
        (DELETE, {"status": 200, "result": "deleted"}, Meaning.TAKEN),
        (DELETE, {"status": 404, "result": "not_found"}, Meaning.TAKEN),
        (PUT, error(409, "version_conflict_engine_exception"), Meaning.THERE),
        (DELETE, error(409, "version_conflict_engine_exception"), Meaning.THERE),
        (DELETE, error(404, "index_not_found_exception"), Meaning.THERE),
        (PUT, error(409, "resource_already_exists_exception"), Meaning.AGAIN),
        (PUT, error(429, "rejected_execution_exception"), Meaning.AGAIN),
        (PUT, error(429, "circuit_breaking_exception"), Meaning.AGAIN),
        (PUT, error(503, "unavailable_shards_exception"), Meaning.AGAIN),
        (PUT, error(503, "cluster_block_exception", NO_MANAGER), Meaning.AGAIN),
        (PUT, error(504, "timeout_exception"), Meaning.AGAIN),
        (PUT, error(500, "i_o_exception"), Meaning.AGAIN),
        (PUT, error(400, "mapper_parsing_exception"), Meaning.REFUSED),
        (PUT, error(400, "strict_dynamic_mapping_exception"), Meaning.REFUSED),
        (PUT, error(429, "cluster_block_exception", FLOOD), Meaning.STOP),
        (PUT, error(403, "cluster_block_exception", READ_ONLY), Meaning.STOP),
        (PUT, error(403, "index_create_block_exception", NO_NEW_INDEX), Meaning.STOP),
        (PUT, error(403, "security_exception"), Meaning.STOP),
        (PUT, error(404, "index_not_found_exception"), Meaning.STOP),
        (PUT, error(400, "index_closed_exception"), Meaning.STOP),
        (PUT, error(400, "validation_exception"), Meaning.STOP),
    ],
)  # fmt: skip
def test_each_word_of_the_server_has_its_meaning(action: Action, item: Any, meaning: Meaning) -> None:
    assert verdict(item, action).meaning is meaning


@pytest.mark.parametrize(
    ("item", "kind", "words"),
    [
        (error(429, "cluster_block_exception", FLOOD), DiskTrouble,
         ["news-2024.03", "disk is nearly full", "flood-stage", "read_only_allow_delete", "acknowledged is kept"]),
        (error(403, "cluster_block_exception", READ_ONLY), DiskTrouble, ["news-2024.03", "index write (api)"]),
        (error(403, "security_exception", "no permissions for [indices:data/write/bulk[s]]"), ServiceUnavailable,
         ["does not let this user write", "403"]),
        (error(404, "index_not_found_exception"), IndexUnusable, ["backfile index rebuild"]),
        (error(400, "index_closed_exception"), IndexUnusable, ["POST news-2024.03/_open"]),
        (error(400, "validation_exception"), ServiceUnavailable, ["cluster.max_shards_per_node"]),
    ],
)  # fmt: skip
def test_what_stops_it_is_told_in_a_line_that_says_what_to_do(item: Any, kind: type, words: list[str]) -> None:
    told = verdict(item).stopped_by

    assert isinstance(told, kind)
    assert "\n" not in str(told)
    assert [word for word in words if word not in str(told)] == []


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (400, {"type": "strict_dynamic_mapping_exception",
               "reason": "mapping set to strict, dynamic introduction of [colour] within [_doc] is not allowed"},
         "field colour: strict_dynamic_mapping_exception"),
        (400, {"type": "mapper_parsing_exception",
               "reason": "failed to parse field [published] of type [date] in document with id '1'."
                         " Preview of field's value: 'geheim field [geheim]'",
               "caused_by": {"type": "illegal_argument_exception", "reason": "failed to parse date field [geheim]",
                             "caused_by": {"type": "date_time_parse_exception", "reason": "geheim"}}},
         "field published: mapper_parsing_exception, illegal_argument_exception, date_time_parse_exception"),
        (400, {"type": "illegal_argument_exception",
               "reason": 'Document contains at least one immense term in field="source" (whose UTF8 encoding is longer'
                         " than the max length 32766), The prefix of the first immense term is: '[103, 101, 104]'"},
         "field source: illegal_argument_exception"),
        (400, {"type": "geheim geheim", "reason": "geheim field [geheim]"}, "error"),
        (400, {"reason": 5}, "error"),
        (400, "geheim", "error"),
    ],
)  # fmt: skip
def test_why_a_document_was_refused_names_kinds_and_fields_and_never_quotes_it(
    status: int, said: Any, reason: str
) -> None:
    found = verdict({"status": status, "error": said})

    assert (found.meaning, found.why) == (Meaning.REFUSED, reason)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"items": []},
        {"items": "many"},
        {"items": [{}]},
        {"items": [{"index": 1}]},
        {"items": [{"index": {"_id": "1"}}]},
        {"items": [{"index": {"_id": "2", "status": 201}}]},
        {"items": [{"index": {"_id": "1", "status": 201}}, {"index": {"_id": "2", "status": 201}}]},
        [],
        None,
        json.loads('"<html>"'),
    ],
)
def test_what_is_no_answer_to_this_request_acknowledges_nothing(answer: Any) -> None:
    with pytest.raises(NoBulkAnswer):
        verdicts(answer, [PUT])
