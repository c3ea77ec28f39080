"""Addresses: what makes two of them one, and what must not."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.metadata import trackers, urls

HERE = Path(__file__).parent
PAIRS = json.loads((HERE / "urls.json").read_text("utf-8"))  # made up; trackers as services and newsrooms write them
LINKS = [json.loads(line) for line in (HERE / "canonical_links.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://News.Example.ORG:443/a/../b/./c", "https://news.example.org/b/c"),
        ("http://example.org", "http://example.org/"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=y#top", "https://example.org/a?id=7"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
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


@pytest.mark.parametrize(("one", "other"), PAIRS["same"])
def test_addresses_of_one_article_are_one(one: str, other: str) -> None:
    assert urls.canonical(one) == urls.canonical(other) is not None


@pytest.mark.parametrize(("one", "other"), PAIRS["diff"])
def test_addresses_of_two_articles_are_two(one: str, other: str) -> None:
    assert None not in {urls.canonical(one), urls.canonical(other)}
    assert urls.canonical(one) != urls.canonical(other)


@pytest.mark.parametrize("text", PAIRS["none"])
def test_what_is_no_public_address_has_no_form(text: str) -> None:
    assert urls.canonical(text) is None


@pytest.mark.parametrize("case", LINKS, ids=lambda case: f"{case['why']}: {case['candidate']}")
def test_what_a_page_says_of_its_address_is_weighed(case: dict[str, str | None]) -> None:
    assert case["expected"] == urls.stated(str(case["candidate"]), case["own"])


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("www.parlament.gv.at", "parlament.gv.at"),
        ("a.blogspot.com", "a.blogspot.com"),
        ("www.musterblatt.example", "musterblatt.example"),
        ("localhost", "localhost"),
    ],
)
def test_a_domain_is_what_somebody_registered(host: str, expected: str) -> None:
    assert expected == urls.domain(host)


def test_doors_within_doors_are_opened_up_to_a_limit() -> None:
    door, inner = "https://l.facebook.com/l.php?u=", "https%3A%2F%2Fblatt.example%2Fa"
    nested = door + inner
    for _ in range(trackers.MOST_DOORS - 1):
        nested = door + nested.replace("%", "%25").replace(":", "%3A").replace("/", "%2F").replace("?", "%3F")

    assert urls.canonical(nested) == "https://blatt.example/a"
    assert urls.canonical("https://blatt.example/" + "a" * urls.LONGEST_URL) is None


def test_a_hostile_address_takes_no_time() -> None:
    begun = time.process_time()
    for text in (
        "?" + "&" * 7_000,
        "?" + "u=%" * 2_500,
        "/" * 7_900,
        "/web/" * 1_500,
        "?" + "a=1&" * 1_900,
        "{" * 7_900,
    ):
        urls.canonical("https://l.facebook.com/l.php" + text)
        urls.stated("https://blatt.example" + text, "https://blatt.example/a")

    assert time.process_time() - begun < 1


@given(
    st.text(max_size=80) | st.from_regex(r"https?://[a-z.]{1,12}(/[a-zA-Z0-9%._~?&=ü;-]{0,20}){0,3}", fullmatch=True)
)
def test_canonical_twice_is_canonical_once(url: str) -> None:
    once = urls.canonical(url)

    assert once is None or once == urls.canonical(once)
