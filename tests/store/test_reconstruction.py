"""Kept and removed text together are the extracted text, to the character, as it is read back from the store."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile import records
from backfile.article import Article, Document, Extraction
from backfile.cli.taken import spans
from backfile.config import Source
from backfile.errors import UnreadableInput
from backfile.outcome import PackedStored
from backfile.pipeline import cleaner
from backfile.readers import inputs, read
from backfile.store import Begun, Outcome, Portion, Store, open_store
from tests.conftest import KEPT_IN
from tests.postgresql.server import Server
from tests.transforms.test_cleaning_properties import LINES, RELAXED

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
SAMPLE = 9  # every how manieth document of the development data is looked at
CLEANER = cleaner.cleaner_for(Source("s", "/s"))

Check = Callable[[Document], int]


@pytest.fixture(scope="module", params=KEPT_IN)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        made = open_store(server.database())
    else:
        made = open_store(tmp_path_factory.mktemp("store") / "store.sqlite", create=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def check(store: Store) -> Check:
    """Clean a document, store what came of it, read it back and hold it against the extraction; how many articles."""
    number = 0

    def checked(document: Document) -> int:
        nonlocal number
        number += 1
        try:
            extractions = cleaner.lines_of(document)
        except UnreadableInput:
            return 0
        verdicts = [(each, CLEANER.article(each, id=f"s/{number}", uri="/s/x")) for each in extractions]
        results = tuple(records.result(extraction, verdict) for extraction, verdict in verdicts)
        begun = Begun("s", f"/s/{number}", size=1, modified=1, settings="s")
        outcome = Outcome("", "/s/x", "d", None, f"s/{number}", results)
        store.write([Portion(None, 1, [outcome], begun=begun)], run=1, rules="r")
        articles = [(extraction, each) for extraction, each in verdicts if isinstance(each, Article)]
        for extraction, article in articles:
            unchanged(store, extraction, article)
        return len(articles)

    return checked


def unchanged(store: Store, extraction: Extraction, article: Article) -> None:
    stored = store.article(article.id)
    lines = groupby(spans(stored.article), key=lambda each: each.number)
    rebuilt = {number: "".join(each.text for each in line) for number, line in lines}

    assert stored.lines == extraction.lines
    assert rebuilt == {n: line.text for n, line in enumerate(extraction.lines, 1)}
    assert stored.article.to_json() == article.to_json()
    assert stored.article.body == article.body

    cut = [(each.line, each.start, each.end, each.kind, each.rule) for each in article.removed]
    packed = PackedStored(
        article.id, 1, records.article_record(article), records.extraction_payload(extraction), tuple(cut)
    )

    assert records.outline_of(packed) == (replace(article, body=()), article.text)


@RELAXED
@given(lines=st.lists(LINES, max_size=14))
def test_a_made_text_is_rebuilt_from_the_store(check: Check, lines: list[str]) -> None:
    check(Document("/s/x", "", text="\n".join(lines)))


def test_every_sample_is_rebuilt_from_the_store(check: Check) -> None:
    items = [item for path in inputs(ROOT / "samples") for item in read(path)]

    found = [check(item) for item in items if isinstance(item, Document)]

    assert sum(found) >= 25


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
@pytest.mark.parametrize("name", ["seeds.jsonl", "newsletters.jsonl", "lines.jsonl"])
def test_a_real_text_is_rebuilt_from_the_store(check: Check, name: str) -> None:
    rows = (DATA / "lines" / name).read_text(encoding="utf-8").split("\n")
    every = SAMPLE if name == "lines.jsonl" else 1

    found = [check(Document("/s/x", "", text="\n".join(json.loads(row)["lines"]))) for row in rows[::every] if row]

    assert sum(found) > len(found) / 2


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
@pytest.mark.parametrize("name", ["news", "articles", "publishers", "german_web"])
def test_a_real_page_is_rebuilt_from_the_store(check: Check, name: str) -> None:
    pages = sorted((DATA / "pages" / name / "html").iterdir())[::SAMPLE]

    found = [
        check(Document("/s/x", "", html=gzip.decompress(page.read_bytes()).decode("utf-8", "replace")))
        for page in pages
    ]

    assert sum(found) > len(found) / 2
