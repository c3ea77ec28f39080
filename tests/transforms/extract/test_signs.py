"""What a page's markup and tree say about what it is."""

import pytest

from transforms.extract import guard, signs

PARAGRAPH = "Der Rat der Stadt hat am Montagabend nach langer Debatte beschlossen, die alte Brücke abzureißen."


def stated(html: str, *, short: bool = False) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    tree = guard.parse(html)
    for each in (*signs.witnesses(tree), *(signs.blocks(signs.shown(tree)) if short else ())):
        assert each.field == "page"
        found.setdefault(each.origin, []).append(each.value)
    return found


def test_the_types_of_json_ld_are_named_once_without_their_address() -> None:
    script = '{"@graph": [{"@type": ["https://schema.org/WebPage", "FAQPage"]}, {"@type": "WebPage"}]}'

    assert stated(f'<script type="application/ld+json">{script}</script>') == {"json-ld": ["webpage", "faqpage"]}


def test_broken_json_ld_says_its_types_too() -> None:
    assert stated('<script type="application/ld+json">{"@type": "NewsArticle", "x": </script>') == {
        "json-ld": ["newsarticle"]
    }


def test_robots_open_graph_players_and_passwords_are_told() -> None:
    head = '<meta name="robots" content="NOINDEX, follow"><meta property="og:type" content="Video.Other">'
    body = '<video></video><iframe src="https://player.example/1"></iframe><iframe src="/ad"></iframe>'

    assert stated(f"<head>{head}</head><body>{body}<input type=Password></body>") == {
        "meta:robots": ["noindex"],
        "meta:og:type": ["video.other"],
        "tree:player": ["2"],
        "tree:password": ["1"],
    }


@pytest.mark.parametrize(
    ("html", "teasers"),
    [
        ("<h3><a href=/1>Rat streitet über die Brücke</a></h3>", "1"),
        ("<a href=/1><h3>Rat streitet über die Brücke</h3></a>", "1"),
        ("<p><a href=/1>Rat streitet über die Brücke</a></p>", "1"),
        ("<p><a href=/1#a>Rat streitet über die Brücke</a></p><p><a href=/1?b>Streit um die Brücke</a></p>", "1"),
        ("<p><a href=/1>Politik</a> <a href=/2>Sport und mehr</a></p>", None),
        (f"<p>{PARAGRAPH} <a href=/1>So hat er es angekündigt</a>, sagte sie am Abend danach.</p>", None),
    ],
    ids=["in a heading", "around a heading", "alone", "the same address twice", "navigation", "in a sentence"],
)  # fmt: skip
def test_a_headline_link_is_one_that_has_its_block_for_itself(html: str, teasers: str | None) -> None:
    assert stated(html).get("tree:teasers", [None]) == [teasers]


def test_running_text_is_measured_between_headline_links() -> None:
    link = "<h3><a href=/{}>Rat streitet über die Brücke</a></h3>"
    apart = "".join(link.format(number) + f"<p>{PARAGRAPH}</p>" for number in range(3))
    together = link.format(1) + f"<p>{PARAGRAPH}</p>" * 3

    words = len(PARAGRAPH.split())
    assert stated(apart)["tree:stretch"] == [str(words)]
    assert stated(together)["tree:stretch"] == [str(3 * words)]


def test_nothing_is_counted_where_the_markup_states_an_article() -> None:
    script = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'

    assert "tree:stretch" not in stated(f"{script}<p>{PARAGRAPH}</p>")


def test_a_short_page_shows_its_blocks_its_buttons_and_what_it_says_without_scripts() -> None:
    html = (
        "<title>Blatt</title><script>var a;</script><noscript>Bitte aktivieren Sie <b>JavaScript</b>.</noscript>"
        "<div>Eins <i>und</i> zwei<p>drei</p>vier</div><button>Los</button><input type=submit value=Ab>"
    )

    assert stated(html, short=True)["tree:text"] == [
        "Blatt", "Bitte aktivieren Sie JavaScript.", "Eins und zwei", "drei", "vier", "Los", "Ab",
    ]  # fmt: skip


def test_what_is_shown_has_limits() -> None:
    shown = signs.shown(guard.parse("".join(f"<p>{number} {'x' * 5_000}</p>" for number in range(500))))

    assert (len(shown), max(len(line.text) for line in shown)) == (signs.MOST_SHOWN, signs.LONGEST_SHOWN)
