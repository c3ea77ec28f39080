"""What tests of the engine begin with: an index on the server of the test, and articles of our own making."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from backfile.article import Article
from backfile.servers import Address, Servers
from index import opensearch as adapter
from index.opensearch import OpenSearchEngine
from tests.index.contract import article
from tests.opensearch.fixtures import Server

NOUNS = """
Rat Brücke Hafen Minister Truppe Wahl Schule Straße Klage Gericht Haushalt Wasser Strom Bahn Streik Museum Garten Winter
Ernte Fluss Bürgermeister Landesgericht Bodentruppen Wahlkreis Stromnetz Schulgarten Hafenbahn
"""
VERBS = "prüft plant baut schließt eröffnet verklagt streitet verlegt spart sucht findet besucht"
SUBJECTS = "council bridge harbour minister troops election school street court budget water power railway"
DOINGS = "checks plans builds closes opens sues debates moves saves seeks finds visits"
PEOPLE = ("Anna Weber", "Jo Kern", "Hans Müller", "Ada Quill", "Li Wei")


def servers_of(server: Server) -> Servers:
    """What a configuration says of a server of a test."""
    scheme, _, rest = server.url.partition("://")
    host, _, port = rest.partition(":")
    return Servers((Address(scheme, host, int(port)),), server.prefix.rstrip("-"), replicas=0)


@pytest.fixture
def servers(opensearch: Server) -> Servers:
    """The cluster of the test, under names of its own."""
    return servers_of(opensearch)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The directory of a first generation."""
    made = tmp_path / "g000001"
    made.mkdir()
    return made


@pytest.fixture
def engine(servers: Servers, place: Path) -> Iterator[OpenSearchEngine]:
    """An empty index."""
    with adapter.create(place, servers) as made:
        yield made


def articles(number: int, seed: int = 9) -> Iterator[Article]:
    """So many articles of made sentences, in two languages, over two years."""
    chance = random.Random(seed)
    for key in range(number):
        german = chance.random() < 0.6
        nouns, verbs = map(str.split, (NOUNS, VERBS) if german else (SUBJECTS, DOINGS))

        def sentence(nouns: list[str] = nouns, verbs: list[str] = verbs, *, german: bool = german) -> str:
            one, other, verb = chance.choice(nouns), chance.choice(nouns), chance.choice(verbs)
            return (
                f"Der {one} {verb} in Ort{chance.randrange(60)} den {other}."
                if german
                else (f"The {one} {verb} the {other} in Town{chance.randrange(60)}.")
            )

        day = date(2023, 1, 1) + timedelta(days=chance.randrange(730))
        yield article(
            f"{key:05}",
            "\n\n".join(" ".join(sentence() for _ in range(chance.randint(2, 6))) for _ in range(chance.randint(1, 4))),
            source=chance.choice(("taz", "bbc", "wire")),
            title=sentence(),
            language="de" if german else "en",
            published=chance.choice((day.isoformat(), day.isoformat(), day.isoformat()[:7], None)),
            authors=(chance.choice(PEOPLE),),
            tags=tuple(chance.sample(nouns, 2)),
        )
