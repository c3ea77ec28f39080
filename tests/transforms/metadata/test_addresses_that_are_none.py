"""An address that is none, wherever a page or an export states one, takes nothing from its article."""

import pytest

from backfile.article import Article, Document, Witness
from backfile.config import Source
from backfile.pipeline import cleaner
from tests.hostile.case import TEXT, page

NONE = (
    "http://[::1",
    "http://[",
    "https://]x[/",
    "http://a:99999999/",
    "http://\u2100.example/",
    "//[",
    "http://" + "[" * 5_000,
)
CLEANER = cleaner.cleaner_for(Source("a", "/a"))


@pytest.mark.parametrize("address", NONE)
@pytest.mark.parametrize("field", ["url", "publisher", "title", "author"])
def test_an_export_may_state_it(field: str, address: str) -> None:
    document = Document("a", "", text=TEXT, witnesses=(Witness(field, address, f"column:{field}"),))

    assert [type(each) for each in cleaner.articles_of(document, CLEANER, "a")] == [Article]


@pytest.mark.parametrize("address", NONE)
def test_a_page_may_state_it(address: str) -> None:
    head = f'<link rel=canonical href="{address}"><base href="{address}"><meta property="og:url" content="{address}">'
    head += f'<meta property="og:site_name" content="{address}">'
    document = Document("a", "", html=page(f'<p><a href="{address}">Mehr dazu</a></p>', head))

    assert [type(each) for each in cleaner.articles_of(document, CLEANER, "a")] == [Article]
