"""Tests of a server are skipped, with the reason, where there can be none."""

import pytest


@pytest.fixture(autouse=True)
def _a_server(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("server"):
        request.getfixturevalue("postgresql")
