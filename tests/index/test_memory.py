"""The in-memory engine keeps the contract."""

import pytest

from index.engine import SearchEngine
from index.memory import MemoryEngine
from tests.index.contract import EngineContract


class TestMemoryEngine(EngineContract):
    @pytest.fixture
    def empty(self) -> SearchEngine:
        return MemoryEngine()
