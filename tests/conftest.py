"""What tests of several rooms begin with: a pile of news, and an archive made of it."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from backfile import config
from backfile.config import Archive, Limits
from backfile.database import Database
from backfile.ownership import keep_to_oneself
from backfile.pipeline import ingest
from backfile.pipeline.crew import Crew
from backfile.pipeline.ingest import Report
from backfile.pipeline.listing import Selection
from index.directory import open_reader
from index.search import search
from tests.postgresql import server
from tests.postgresql.server import Server

pytest_plugins = ["tests.opensearch.fixtures"]

# Every run tries the same made inputs, so that a red run is red again; `HYPOTHESIS_PROFILE=hunt` tries new ones, many.
settings.register_profile("same", max_examples=300, derandomize=True, database=None, deadline=None)
settings.register_profile("hunt", max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

TEXT = """{title}

Der Gemeinderat von Niederau hat am Abend über {word} beraten. Drei Fraktionen hatten eigene Anträge gestellt.

Bürgermeisterin Anke Sell sprach von einem guten Tag für die Gemeinde. Die Opposition will den Beschluss prüfen.
"""


def news(title: str, word: str) -> str:
    """A German article of our own making, with a word by which a search finds it."""
    return TEXT.format(title=title, word=word)


# The processes that parse for all tests, as to start them takes longer than a test.
CREW = Crew(Limits(workers=1), lasting=True)


@pytest.fixture(scope="session", autouse=True)
def crew() -> Iterator[Crew]:
    yield CREW
    CREW.close()


@pytest.fixture(scope="session", autouse=True)
def _masked() -> None:
    """What tests make for archives can be opened, also where the machine's umask lets a shared group write."""
    keep_to_oneself()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server for all tests; each of them has databases of its own."""
    if why := server.missing():
        if os.environ.get("CI") and server.programs():
            pytest.fail(f"tests with PostgreSQL must run in CI where it is installed: {why}")
        pytest.skip(why)
    started = Server().start()
    yield started
    started.stop()


ONLY_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # of a test that is about its file
KEPT_IN = ["sqlite", pytest.param("postgresql", marks=pytest.mark.server)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The tests of a module that says `BOTH_STORES = True` are run with either store."""
    chosen = [mark for mark in metafunc.definition.iter_markers("parametrize") if mark.args[0] == "place"]
    if "place" in metafunc.fixturenames and not chosen and getattr(metafunc.module, "BOTH_STORES", False):
        metafunc.parametrize("place", KEPT_IN, indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Callable[[], Database | None]:
    """Gives each archive of a test the place of its store; None: the file in its directory."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return lambda: None
    running: Server = request.getfixturevalue("postgresql")
    return running.database


Place = Callable[[], Database | None]


def configured(store: Database | None) -> str:
    """The configuration of an archive with its store there."""
    return config.FRESH + (f'store = "{store}"\n' if store else "")


class Workbench:
    """A folder of news and an archive beside it."""

    def __init__(self, directory: Path, store: Database | None = None) -> None:
        self.pile = directory / "pile"
        self.pile.mkdir()
        (directory / "archive").mkdir()
        self.archive = Archive(directory / "archive")
        self.archive.config_file.write_text(configured(store), encoding="utf-8")
        config.add_source(self.archive, "pile", str(self.pile))

    def put(self, name: str, content: str | bytes) -> Path:
        """A file in the pile."""
        file = self.pile / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def ingest(self, crew: Crew | None = CREW, **selection: Any) -> Report:
        """One whole run; without the crew of all tests it has its own, with the limits of the configuration."""
        with ingest.begin(self.archive, selection=Selection(**selection), crew=crew) as run:
            for batch in run.plan().batches:
                run.read(batch)
            run.learn()
            run.clean_again()
            run.compare()
            run.index()
            return run.finish()

    def with_articles(self, number: int) -> "Workbench":
        """The same, with so many articles taken in."""
        for each in range(number):
            self.put(f"{each}.txt", news(f"Rat berät über Punkt {each}", f"Radweg{each}"))
        self.ingest()
        return self

    def found(self, query: str) -> list[str]:
        """The ids that a search finds, in order of name."""
        engine = open_reader(self.archive.index_directory, servers=self.archive.cluster)
        try:
            return sorted(
                hit.id for hit in search(engine, query, limit=100, now=date(2026, 1, 1), all_copies=True).hits
            )
        finally:
            engine.close()


@pytest.fixture
def workbench(tmp_path: Path, place: Place) -> Workbench:
    return Workbench(tmp_path, place())


@pytest.fixture
def ingested(workbench: Workbench) -> Workbench:
    return workbench.with_articles(5)


@pytest.fixture
def make_workbench(tmp_path: Path, place: Place) -> Callable[[str], Workbench]:
    def make(name: str) -> Workbench:
        (tmp_path / name).mkdir()
        return Workbench(tmp_path / name, place())

    return make
