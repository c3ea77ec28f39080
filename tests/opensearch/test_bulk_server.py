"""A real server and the bulk loop agree on versions, refusals and blocks; and it is as the tests of order say it is."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from backfile.errors import BackfileError, DiskTrouble, IndexUnusable
from backfile.servers import servers
from index.opensearch_bulk import Action, Bulk, Refused
from index.opensearch_client import Client, connect
from tests.opensearch.bulk_server import BulkServer
from tests.opensearch.fixtures import Server

MAPPINGS = {
    "dynamic": "strict",
    "properties": {"t": {"type": "text"}, "k": {"type": "keyword"}, "d": {"type": "date"}, "n": {"type": "integer"}},
}


@pytest.fixture
def index(opensearch: Server) -> str:
    """The name of an empty index."""
    name = f"{opensearch.prefix}2024.03"
    opensearch.call("PUT", f"/{name}", {"mappings": MAPPINGS, "settings": {"number_of_replicas": 0}})
    return name


@pytest.fixture
def client(opensearch: Server, tmp_path: Path) -> Iterator[Client]:
    table = {"urls": [opensearch.url], "prefix": opensearch.prefix.rstrip("-")}
    with connect(servers(table, "[opensearch]", beside=tmp_path)) as client:
        yield client


def stored(opensearch: Server, index: str) -> dict[str, tuple[int, object]]:
    """Version and source of all that is found."""
    opensearch.call("POST", f"/{index}/_refresh")
    hits = opensearch.call("POST", f"/{index}/_search", {"size": 1_000, "version": True})["hits"]["hits"]
    return {hit["_id"]: (hit["_version"], hit["_source"]) for hit in hits}


def test_the_server_of_the_tests_of_order_says_what_a_real_one_says(client: Client, index: str) -> None:
    chance = random.Random(9)
    played = BulkServer()
    for _ in range(40):
        lines = []
        for id_ in chance.sample(range(8), 5):
            verb = chance.choice(["index", "index", "delete"])
            kind = chance.choice(["external", "external_gte"])
            meta = {"_index": index, "_id": f"{id_}", "version": chance.randint(1, 9), "version_type": kind}
            lines += [json.dumps({verb: meta}), *(['{"n":1}'] if verb == "index" else [])]
        body = "\n".join([*lines, ""]).encode()
        said, wanted = played.bulk(body), client.bulk(body)

        assert [next(iter(item.values()))["status"] for item in wanted["items"]] in (
            [next(iter(item.values()))["status"] for item in said["items"]],
            [{201: 200}.get(s, s) if w == 200 else s for s, w in _pairs(said, wanted)],  # created or updated
        )


def _pairs(said: object, wanted: object) -> list[tuple[int, int]]:
    each = [[next(iter(item.values()))["status"] for item in one["items"]] for one in (said, wanted)]  # type: ignore[index]
    return list(zip(*each, strict=True))


def test_an_older_version_loses_an_equal_one_is_there_and_a_newer_one_wins(
    client: Client, opensearch: Server, index: str
) -> None:
    bulk = Bulk(client)
    for version, number in ((5, 1), (5, 2), (4, 3), (6, 4)):
        assert list(bulk.send([Action(index, "a", version, b'{"n":%d}' % number)])) == []

    assert stored(opensearch, index) == {"a": (6, {"n": 4})}
    assert (bulk.counts.taken, bulk.counts.there) == (2, 2)


def test_a_document_goes_under_its_own_version_and_what_is_older_than_its_going_does_not_bring_it_back(
    client: Client, opensearch: Server, index: str
) -> None:
    bulk = Bulk(client)
    for action in (
        Action(index, "a", 5, b'{"n":1}'),
        Action(index, "a", 5, None),
        Action(index, "a", 5, None),  # nothing there any more
        Action(index, "a", 4, b'{"n":2}'),
        Action(index, "b", 1, None),  # never was there
        Action(index, "c", 1, b'{"n":3}'),
    ):
        list(bulk.send([action]))

    assert stored(opensearch, index) == {"c": (1, {"n": 3})}


def test_documents_that_the_server_will_not_have_are_refused_without_a_word_of_them_and_their_neighbours_arrive(
    client: Client, opensearch: Server, index: str
) -> None:
    secret = "geheim"
    refused = {
        "unknown": ({"other": secret}, "field other: strict_dynamic_mapping_exception"),
        "no date": ({"d": secret},
                    "field d: mapper_parsing_exception, illegal_argument_exception, date_time_parse_exception"),
        "immense": ({"k": secret * 8_000}, "field k: illegal_argument_exception, max_bytes_length_exceeded_exception"),
        "an object": ({"t": {secret: 1}}, "field t: mapper_parsing_exception, illegal_state_exception"),
        "NaN": ({"n": float("nan")}, "mapper_parsing_exception, json_parse_exception"),
        "cut": (f'{{"t":"{secret}', "field t: mapper_parsing_exception, json_e_o_f_exception"),
        "broken": (f'{{"t":"{secret}"}}\n{{"delete":{{}}}}', "its JSON is more than one line"),
        "s" * 513: ({"t": secret}, "an id has 1 to 512 bytes"),
    }  # fmt: skip
    actions = [Action(index, f"{number}", 1, b'{"n":1}') for number in range(20)]
    for number, (id_, (source, _)) in enumerate(refused.items()):
        text = source if isinstance(source, str) else json.dumps(source)
        actions.insert(2 * number, Action(index, id_, 1, text.encode()))

    found = list(Bulk(client).send(actions))

    assert sorted(found, key=lambda each: each.id) == [Refused(id_, why) for id_, (_, why) in sorted(refused.items())]
    assert sorted(stored(opensearch, index)) == sorted(f"{number}" for number in range(20))


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("read_only_allow_delete", "flood-stage watermark"),
        ("write", "index write (api)"),
        ("read_only", "index read-only (api)"),
    ],
)
def test_a_block_stops_it_with_a_line_and_it_goes_on_when_that_is_lifted(
    block: str, words: str, client: Client, opensearch: Server, index: str
) -> None:
    opensearch.call("PUT", f"/{index}/_settings", {f"index.blocks.{block}": True})
    with pytest.raises(DiskTrouble) as caught:
        list(Bulk(client).send([Action(index, "a", 1, b'{"n":1}')]))
    opensearch.call("PUT", f"/{index}/_settings", {f"index.blocks.{block}": None})
    list(Bulk(client).send([Action(index, "a", 1, b'{"n":1}')]))

    assert words in str(caught.value)
    assert index in str(caught.value)
    assert stored(opensearch, index) == {"a": (1, {"n": 1})}


def test_an_index_that_is_closed_or_gone_stops_it_and_a_delete_there_has_nothing_to_do(
    client: Client, opensearch: Server, index: str
) -> None:
    told = []
    for path in (f"/{index}/_close", None):
        if path:
            opensearch.call("POST", path)
        else:
            opensearch.call("DELETE", f"/{index}")
        with pytest.raises(BackfileError) as caught:
            list(Bulk(client).send([Action(index, "a", 1, b'{"n":1}')]))
        told.append(caught.value)
    bulk = Bulk(client)
    list(bulk.send([Action(index, "a", 1, None)]))

    assert [type(each) for each in told] == [IndexUnusable, IndexUnusable]
    assert "closed" in str(told[0])
    assert "gone" in str(told[1])
    assert bulk.counts.there == 1
