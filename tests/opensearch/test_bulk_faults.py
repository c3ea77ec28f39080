"""A real server that fails in every way thought of: what it acknowledged is found, and it ends as documented."""

from collections.abc import Callable

import pytest

from backfile.errors import DiskTrouble, ServiceUnavailable
from tests.opensearch import faults
from tests.opensearch.cluster import Cluster
from tests.opensearch.faults import Outcome

Start = Callable[..., Cluster]
pytestmark = pytest.mark.slow


def complete(outcome: Outcome) -> None:
    """All documents arrived, each acknowledged and found."""
    assert outcome.error is None
    assert outcome.lost == []
    assert len(outcome.found) + len(outcome.refused) == outcome.given


def test_a_write_queue_of_one_turns_documents_away_and_loses_none(clusters: Start) -> None:
    outcome = faults.write_queue(clusters)

    complete(outcome)
    assert outcome.witness.said["429 rejected_execution_exception"] > 0
    assert max(outcome.witness.sent.values()) > 1


def test_indexing_pressure_refuses_requests_and_loses_none(clusters: Start) -> None:
    outcome = faults.indexing_pressure(clusters)

    complete(outcome)
    assert outcome.witness.said["429 rejected_execution_exception"] > 0


def test_requests_too_long_for_the_server_are_cut_and_documents_too_long_are_refused(clusters: Start) -> None:
    outcome = faults.too_long(clusters)

    complete(outcome)
    assert sorted(each.id for each in outcome.refused) == ["2000", "2001"]
    assert all("413" in each.reason for each in outcome.refused)


def test_a_circuit_breaker_makes_requests_smaller_and_loses_none(clusters: Start) -> None:
    outcome = faults.circuit_breaker(clusters)

    complete(outcome)
    assert outcome.witness.said["429 circuit_breaking_exception"] > 0


def test_a_full_disk_stops_the_load_with_a_line_for_the_operator_and_it_goes_on_afterwards(clusters: Start) -> None:
    first, second = faults.flood_stage(clusters)

    assert isinstance(first.error, DiskTrouble)
    assert "flood-stage" in str(first.error)
    assert faults.INDEX in str(first.error)
    assert first.lost == []
    assert first.witness.said["429 cluster_block_exception"] > 0
    assert len(first.found) < first.given
    complete(second)
    assert second.witness.said["409 version_conflict_engine_exception"] >= len(first.witness.acknowledged)


@pytest.mark.parametrize("manager", [False, True])
def test_a_node_killed_in_mid_load_costs_nothing_that_was_acknowledged(clusters: Start, *, manager: bool) -> None:
    complete(faults.killed_node(clusters, manager=manager))


def test_a_node_that_falls_silent_in_mid_load_costs_nothing_that_was_acknowledged(
    clusters: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.opensearch_client.BULK_SECONDS", 20.0)

    complete(faults.paused_node(clusters))


def test_a_server_that_is_killed_and_started_again_in_mid_load_has_all(clusters: Start) -> None:
    complete(faults.restarted(clusters))


def test_a_server_that_stays_away_ends_the_load_and_has_what_it_acknowledged(clusters: Start) -> None:
    outcome = faults.gone(clusters)

    assert isinstance(outcome.error, ServiceUnavailable)
    assert "12 requests in a row" in str(outcome.error)
    assert outcome.lost == []
    assert len(outcome.witness.acknowledged) >= 1_500
