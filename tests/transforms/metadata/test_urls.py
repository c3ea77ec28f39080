"""Addresses: what makes two of them one, and what must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.metadata import urls


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://News.Example.ORG:443/a/../b/./c", "https://news.example.org/b/c"),
        ("http://example.org", "http://example.org/"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=y#top", "https://example.org/a?id=7"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/stra%c3%9fe/%7Eich", "https://example.org/stra%C3%9Fe/~ich"),
        ("https://müller.example/", "https://xn--mller-kva.example/"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("https://example.org:8443/a/", "https://example.org:8443/a/"),
        ("mailto:a@example.org", None),
        ("javascript:void(0)", None),
        ("/nur/ein/pfad", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://example.org:99999/", None),
    ],
)
def test_an_address_has_one_form(url: str, expected: str | None) -> None:
    assert expected == urls.canonical(url)


def test_a_relative_address_needs_a_base() -> None:
    assert urls.canonical("../b", "https://example.org/x/a") == "https://example.org/b"


@pytest.mark.parametrize(
    ("candidate", "own", "expected"),
    [
        ("https://example.org/a", "https://www.example.org/a?x=1", "https://example.org/a"),
        ("https://other.example/a", "https://example.org/a", None),
        ("https://example.org/", "https://example.org/a", None),
        ("https://example.org/", "https://example.org/", "https://example.org/"),
        ("/a", "https://example.org/amp/a", "https://example.org/a"),
        ("/a", None, None),
    ],
)
def test_a_canonical_link_is_believed_within_reason(candidate: str, own: str | None, expected: str | None) -> None:
    assert expected == urls.stated(candidate, own)


@given(
    st.text(max_size=80) | st.from_regex(r"https?://[a-z.]{1,12}(/[a-zA-Z0-9%._~?&=ü;-]{0,20}){0,3}", fullmatch=True)
)
def test_canonical_twice_is_canonical_once(url: str) -> None:
    once = urls.canonical(url)

    assert once is None or once == urls.canonical(once)
