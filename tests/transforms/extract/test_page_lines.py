"""Which lines of a page are the article's: furniture out by the page's own statement, gaps filled. Texts are ours."""

import time
from itertools import islice

import pytest
from lxml import html as lxml_html

from backfile.article import Document, Line
from transforms.extract import extract, furniture, gaps, guard
from transforms.extract.blocks import blocks
from transforms.extract.page import MOST_BLOCKS

FIRST = (
    "Der Rat hat am Montag beschlossen, den alten Bahnhof nicht abzureißen, sondern für zwanzig Jahre zu verpachten."
)
SECOND = "Die Stadt rechnet mit Einnahmen von rund einer halben Million Euro, die in die neue Turnhalle fließen sollen."
THIRD = (
    "Ein Gutachten sei nicht eingeholt worden, kritisierte die Opposition in der Sitzung, die bis Mitternacht dauerte."
)
LEAD = "Nach drei Jahren Streit gibt es eine Lösung für das leere Gebäude am Markt."


def page(inner: str, *, head: str = "", above: str = "") -> str:
    return (
        f'<!doctype html><html lang="de"><head><title>Bahnhof | Neues Blatt</title>{head}</head><body>'
        f'<nav><a href="/">Start</a></nav><main>{above}<article><h1>Der Bahnhof bleibt</h1>{inner}</article></main>'
        f"<footer>© Neues Blatt</footer></body></html>"
    )


def lines(source: str) -> list[str]:
    (found,) = extract(Document("a.html", "", html=source))
    return [line.text for line in found.lines]


FURNITURE = {
    "caption": "<figure><img src=x><figcaption>Der Bahnhof im Mai. Foto: Ada Lenz</figcaption></figure>",
    "caption-by-name": '<div class="image-box"><img src=x><p class="image-caption">Der Bahnhof im Mai.</p></div>',
    "tweet": '<blockquote class="twitter-tweet"><p>Endlich bleibt der alte Kasten.</p>— Ada (@ada)</blockquote>',
    "promo": '<div class="article-promo"><h3><a href="/b">Bad wird teurer</a></h3><p>Eintritt steigt im Mai.</p></div>',
    "camel": '<div class="relatedArticles"><p>Der Eintritt in das Bad steigt im Mai um einen Euro.</p></div>',
    "author": '<div class="author-bio"><p>Ada Lenz schreibt seit 2010 über Kommunalpolitik und Verkehr.</p></div>',
    "newsletter": '<section class="newsletter-signup"><p>Unser Newsletter kommt jeden Morgen um sechs.</p></section>',
    "paywall": '<div id="paywall-notice"><p>Lesen Sie weiter mit einem Abonnement für einen Euro im Monat.</p></div>',
    "share": '<ul class="share-buttons"><li>Teilen</li><li>Merken</li></ul>',
    "tooltip": '<p>Das <span role="tooltip">Ein Gebäude, an dem Züge halten.</span> ist so.</p>',
    "reader": '<span class="visually-hidden">Inhalt des Artikels beginnt hier, für Vorleseprogramme.</span>',
    "hidden": "<div hidden><p>Dieser Absatz ist auf keinem Bildschirm zu sehen, auch nicht am Ende.</p></div>",
    "player": '<div class="video-player"><p>Video: So sah der Bahnhof früher einmal aus.</p></div>',
    "wayback": '<div id="wm-ipp-base"><p>12 captures from 2015 to 2024, the Wayback Machine says.</p></div>',
    "card": '<a href="/bad"><div><h3>Bad wird teurer</h3><p>Der Eintritt steigt im Mai um einen Euro.</p></div></a>',
    "clamped": '<div><a href="/bad">Bad</a><p class="lead line-clamp-2">Der Eintritt steigt, und zwar …</p></div>',
    "recent": '<div class="recentArticles"><h3>Bad wird teurer</h3><p>Der Eintritt steigt im Mai um 1 Euro.</p></div>',
    "caption-alone": "<div><img src=x><figcaption><p>Der Bahnhof im Mai, von Süden gesehen.</p></figcaption></div>",
    "description": '<div class="detail-img__description"><p>Der Bahnhof im Mai, von Süden gesehen.</p></div>',
    "gallery": '<ul class="photo-gallery"><li>Der Bahnhof im Mai</li><li>Der Bahnhof im Herbst</li></ul>',
    "mail-box": "<div><div><p>Was heute wichtig wird.</p></div><form><input type=email></form></div>",
    "call": '<div class="call-to-action"><p>Lernen Sie uns vier Wochen lang kostenlos kennen.</p></div>',
    "wall": '<div class="access-wall"><p>Registrieren Sie sich, um diesen Artikel zu Ende zu lesen.</p></div>',
    "popup": '<div class="popup-content"><p>Willkommen zurück! Wir haben drei Vorschläge für Sie.</p></div>',
    "colophon": '<div role="contentinfo"><p>Neues Blatt ist die Zeitung für die Stadt und das Umland.</p></div>',
    "amp-ad": "<amp-ad>Werbung für einen neuen Wagen, den niemand bestellt hat.</amp-ad>",
    "amp-sidebar": "<amp-sidebar><ul><li>Politik und Wirtschaft im Überblick</li></ul></amp-sidebar>",
}


@pytest.mark.parametrize("piece", FURNITURE.values(), ids=FURNITURE)
def test_what_the_page_calls_furniture_is_no_line(piece: str) -> None:
    found = lines(page(f"<p>{FIRST}</p>{piece}<p>{SECOND}</p><p>{THIRD}</p>"))
    words = {word for text in lxml_html.fromstring(f"<div>{piece}</div>").itertext() for word in text.split()}

    assert [line for line in found if line in {FIRST, SECOND, THIRD}] == [FIRST, SECOND, THIRD]
    assert not [line for line in found if len(words & set(line.split())) > 3 and line not in {FIRST, SECOND, THIRD}]


SPARED = {
    "names of what a page has": '<div class="has-comments with-newsletter tag-promo category-related"><p>{}</p></div>',
    "a name of many words": '<div class="bio-lebensmittel-im-test"><p>{}</p></div>',
    "a part of a word": '<div class="autobiografie shareholder"><p>{}</p></div>',
    "the id of a heading": '<h2 id="newsletter">Brief an die Leser</h2><p>{}</p>',
    "a link that opens a box": '<p><a class="popup" href="#b">Der</a> Rat.</p><p>{}</p>',
    "a card that holds much": "<a href='#x'><p>{}</p></a>",
    "a quote as a figure": "<figure><blockquote><p>{}</p></blockquote></figure>",
}


@pytest.mark.parametrize("around", SPARED.values(), ids=SPARED)
def test_what_only_sounds_like_furniture_stays(around: str) -> None:
    assert SECOND in lines(page(f"<p>{FIRST}</p>{around.format(SECOND)}<p>{THIRD}</p>"))


def test_what_holds_the_headline_or_most_of_the_text_is_no_furniture() -> None:
    inner = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"

    assert lines(page(f'<div class="paywall-message">{inner}</div>'))[-3:] == [FIRST, SECOND, THIRD]
    assert SECOND in lines(f'<html><body><div class="promo"><h1>Der Bahnhof bleibt</h1>{inner}</div></body></html>')


STANDFIRSTS = {
    "by its name": (f'<p class="article__intro">{LEAD}</p>', ""),
    "by the name of what holds it": (f'<div class="standFirst"><p>{LEAD}</p></div>', ""),
    "by the description": (f'<p class="css-1a2b">{LEAD}</p>', f'<meta name="description" content="{LEAD}">'),
    "by a cut description": (f"<div>{LEAD}</div>", f'<meta property="og:description" content="{LEAD[:60]}…">'),
}


@pytest.mark.parametrize(("lead", "head"), STANDFIRSTS.values(), ids=STANDFIRSTS)
def test_the_standfirst_is_the_first_line(lead: str, head: str) -> None:
    source = page("", head=head).replace(
        "</h1>", f"</h1></article></main><header>{lead}</header><main><article><div class='article-body'>"
    )
    source = source.replace(
        "</article></main><footer", f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div></article></main><footer"
    )
    found = lines(source)

    assert found.index(LEAD) < found.index(FIRST)
    assert found.count(LEAD) == 1


def test_the_standfirst_below_a_headline_that_was_taken_is_kept() -> None:
    """Pages that put headline, standfirst and picture into a header of their own, the headline as an h2."""
    head = f'<meta name="description" content="{LEAD}">'
    top = f"<header><div><h2>Bahnhof: Der alte Kasten bleibt stehen</h2><div class=css-1x>{LEAD}</div></div></header>"
    source = page(f"<div><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>", head=head)
    found = lines(source.replace("<h1>Der Bahnhof bleibt</h1>", top))

    assert found.count(LEAD) == 1
    assert found.index(LEAD) < found.index(FIRST)


def test_a_picture_is_not_described_as_the_standfirst() -> None:
    picture = f'<div class="detail-image__intro">{LEAD}</div>'
    tree = guard.parse(page(f"{picture}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"))
    taken = gaps.place([Line(FIRST), Line(SECOND), Line(THIRD)], list(blocks(tree.find("body"))))

    assert [line.text for line in gaps.filled(taken, [LEAD])] == [FIRST, SECOND, THIRD]


def test_a_sub_heading_above_a_paragraph_that_was_left_out_comes_back_with_it() -> None:
    tree = guard.parse(page(f"<p>{FIRST}</p><div><h2>Wer zahlt?</h2><p>{SECOND}</p></div><p>{THIRD}</p>"))
    found = list(blocks(tree.find("body")))
    taken = gaps.place([Line(FIRST), Line(THIRD)], found)
    like = gaps.place([Line(FIRST), Line(SECOND[::-1]), Line(THIRD)], found)

    assert [line.text for line in gaps.filled(taken, [])] == [FIRST, THIRD]  # another place, and nothing like it
    assert like.share < 1
    tree = guard.parse(page(f"<p>{FIRST}</p><p>{THIRD}</p><h2>Wer zahlt?</h2><p>{SECOND}</p><p>{LEAD * 2}</p>"))
    found = list(blocks(tree.find("body")))
    taken = gaps.place([Line(FIRST), Line(THIRD), Line(LEAD * 2)], found)

    assert [line.text for line in gaps.filled(taken, [])] == [FIRST, THIRD, "Wer zahlt?", SECOND, LEAD * 2]


def test_a_sub_heading_that_quotes_a_paragraph_is_not_taken_for_it() -> None:
    source = page(f"<p>{FIRST}</p><p>{SECOND}</p><h2>Ein Gutachten sei nicht eingeholt worden</h2><p>{THIRD}</p>")
    found = list(blocks(guard.parse(source).find("body")))
    taken = gaps.place([Line(FIRST), Line(SECOND), Line(THIRD)], found)
    joined = gaps.place([Line(FIRST), Line(f"{SECOND} Ein Gutachten sei nicht eingeholt worden {THIRD}")], found)

    assert [line.text for line in gaps.filled(taken, [])][2] == "Ein Gutachten sei nicht eingeholt worden"
    assert " ".join(line.text for line in gaps.filled(joined, [])).count("Ein Gutachten sei nicht eingeholt") == 2


def test_questions_that_unfold_are_kept() -> None:
    """Lists of questions whose answers unfold put each question into a button within its heading."""
    turns = "".join(
        f"<h3><button aria-expanded=true>Frage {number}: Wer zahlt die Miete?</button></h3><div><p>{text}</p></div>"
        for number, text in enumerate((FIRST, SECOND, THIRD))
    )
    found = lines(page(f"<div class=faq>{turns}</div>"))

    assert [line for line in found if line.startswith("Frage")] == [
        f"Frage {number}: Wer zahlt die Miete?" for number in range(3)
    ]
    assert lines(page(f"<p>{FIRST}</p><button>Drucken</button><p>{SECOND}</p><p>{THIRD}</p>"))[-3:] == [
        FIRST, SECOND, THIRD,
    ]  # fmt: skip


NUMBERED = {
    "items": ("<ol><li>Antrag stellen</li><li>Miete zahlen</li></ol>", ["1. Antrag stellen", "2. Miete zahlen"]),
    "a start": ("<ol start=4><li>Antrag stellen</li></ol>", ["4. Antrag stellen"]),
    "paragraphs": ("<ol><li><p>Antrag <b>stellen</b></p></li></ol>", ["1. Antrag stellen"]),
    "bold words": ("<ol><li><b>Antrag</b> stellen</li></ol>", ["1. Antrag stellen"]),
    "numbers of their own": ("<ol><li>1) Antrag stellen</li></ol>", ["1) Antrag stellen"]),
    "a bare look": ('<ol class="m-0 list-none"><li>Antrag stellen</li></ol>', ["Antrag stellen"]),
    "a bare style": ('<ol style="list-style-type: none"><li>Antrag stellen</li></ol>', ["Antrag stellen"]),
    "letters": ("<ol type=a><li>Antrag stellen</li></ol>", ["Antrag stellen"]),
    "a start that is no number": ("<ol start=zwei><li>Antrag stellen</li></ol>", ["1. Antrag stellen"]),
    "dots": ("<ul><li>Antrag stellen</li></ul>", ["Antrag stellen"]),
}


@pytest.mark.parametrize(("made", "wanted"), NUMBERED.values(), ids=NUMBERED)
def test_items_of_a_numbered_list_have_the_numbers_that_readers_see(made: str, wanted: list[str]) -> None:
    found = lines(page(f"<p>{FIRST}</p>{made}<p>{SECOND}</p><p>{THIRD}</p>"))

    assert [line for line in found if "stellen" in line or "zahlen" in line] == wanted


def test_an_article_that_the_page_holds_twice_is_kept_once() -> None:
    """Builders of pages put the text in twice, for screens and telephones, and hide one by a style sheet."""
    text = f"<p>{FIRST}</p><h2>Wer zahlt?</h2><p>{SECOND}</p><p>{THIRD}</p>"
    found = lines(page(f'<div class="for-desktop">{text}</div><div class="for-phone">{text}</div>'))

    assert [line for line in found if line in {FIRST, SECOND, THIRD, "Wer zahlt?"}] == [
        FIRST, "Wer zahlt?", SECOND, THIRD,
    ]  # fmt: skip


def test_a_refrain_is_kept_each_time() -> None:
    found = lines(page(f"<p>{FIRST}</p><p>{SECOND}</p><p>{FIRST}</p><p>{THIRD}</p><p>{FIRST}</p>"))

    assert found.count(FIRST) == 3


def test_rows_items_and_headings_between_paragraphs_are_kept_in_order() -> None:
    inner = (
        f"<p>{FIRST}</p><h2>Wer zahlt?</h2><p>{SECOND}</p><ul><li>Miete: 20.000 Euro</li><li>Dauer: 20 Jahre</li></ul>"
        "<div class='scroll'><table><tr><th>Jahr</th><th>Euro</th></tr>"
        "<tr><td>2024</td><td>20.000</td></tr></table></div>"
        f"<dl><dt>Pächterin</dt><dd>Eine Genossenschaft aus dem Ort</dd></dl><p>{THIRD}</p>"
    )
    wanted = [FIRST, "Wer zahlt?", SECOND, "Miete: 20.000 Euro", "Dauer: 20 Jahre", "Jahr Euro", "2024 20.000"]
    wanted += ["Pächterin", "Eine Genossenschaft aus dem Ort", THIRD]

    assert wanted == [line for line in lines(page(inner)) if line in wanted]


def test_questions_and_answers_are_kept() -> None:
    turns = "".join(f"<p><strong>Frage {n}?</strong></p><p>{text}</p>" for n, text in enumerate((FIRST, SECOND, THIRD)))

    assert lines(page(turns))[-6:] == ["Frage 0?", FIRST, "Frage 1?", SECOND, "Frage 2?", THIRD]


def test_entries_of_a_live_ticker_are_kept_with_their_times() -> None:
    entries = "".join(
        f'<div class="entry"><h3>1{n}.30 Uhr: Meldung {n} vom Bahnhof</h3><p>{text}</p></div>'
        for n, text in enumerate((FIRST, SECOND, THIRD))
    )
    found = lines(page(f'<div class="ticker-entries">{entries}</div>'))

    assert [line for line in found if line in {FIRST, SECOND, THIRD}] == [FIRST, SECOND, THIRD]
    assert len([line for line in found if "Uhr: Meldung" in line]) == 3


def test_an_article_in_layout_tables_is_read_paragraph_by_paragraph() -> None:
    source = (
        "<html><body><table><tr><td><a href=/>Start</a></td><td><table><tr><td><h1>Der Bahnhof bleibt</h1>"
        f"<p>{FIRST}</p>"
        f"<p>{SECOND}</p><p>{THIRD}</p></td></tr></table></td></tr></table></body></html>"
    )

    assert lines(source)[-3:] == [FIRST, SECOND, THIRD]


def test_a_page_in_two_languages_is_kept_whole() -> None:
    english = "The council decided on Monday not to tear down the old station but to let it for twenty years instead."

    assert [FIRST, SECOND, english] == lines(
        page(f'<p>{FIRST}</p><p>{SECOND}</p><div lang="en"><p>{english}</p></div>')
    )[-3:]


def test_links_between_paragraphs_are_not_filled_in() -> None:
    teaser = '<p><a href="/bad">Bad wird teurer: Der Eintritt steigt im Mai</a></p>'
    tree = guard.parse(page(f"<p>{FIRST}</p>{teaser}<p>{SECOND}</p><p>Kurz.</p><p>{THIRD}</p>"))
    taken = gaps.place([Line(FIRST), Line(SECOND), Line(THIRD)], list(blocks(tree.find("body"))))

    assert [line.text for line in gaps.filled(taken, [])] == [FIRST, SECOND, "Kurz.", THIRD]


MORE = [f"{each[:-1]}, hieß es am {day}." for day in ("Dienstag", "Mittwoch") for each in (FIRST, SECOND, THIRD)]


def test_a_paragraph_that_is_but_a_link_to_another_article_goes() -> None:
    body = "".join(f"<p>{text}</p>" for text in MORE)
    teaser = '<p><a href="/bad">BAD WIRD TEURER: DER EINTRITT STEIGT IM MAI</a></p>'
    source = page(f"<p>{FIRST}</p>{teaser}<p>{SECOND}</p>{body}")

    assert "BAD WIRD TEURER: DER EINTRITT STEIGT IM MAI" not in lines(source)


def test_links_that_all_begin_by_the_same_words_go_in_any_language() -> None:
    teasers = [f'<p>SOMA PIA | <a href="/{n}">Bwawa la kuogelea litafungwa kwa siku {n}</a></p>' for n in (1, 2)]
    found = lines(page(f"<p>{FIRST}</p>{teasers[0]}<p>{SECOND}</p>{teasers[1]}<p>{THIRD}</p>"))

    assert found[-3:] == [FIRST, SECOND, THIRD]
    assert "SOMA PIA" in " ".join(lines(page(f"<p>{FIRST}</p>{teasers[0]}<p>{SECOND}</p><p>{THIRD}</p>")))


LINKED = {
    "a sentence": '<p><a href="/b">Der Rat hatte den Abriss im März beschlossen.</a></p>',
    "a sentence around it": '<p>Der <a href="/b">Rat hatte den Abriss im März beschlossen, und niemand</a> folgte.</p>',
}


@pytest.mark.parametrize("linked", LINKED.values(), ids=LINKED)
def test_other_paragraphs_with_links_stay(linked: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in MORE)

    assert "Der Rat hatte den" in " ".join(lines(page(f"<p>{FIRST}</p>{linked}<p>{SECOND}</p>{body}")))


def test_a_box_with_the_headline_of_another_article_goes_with_its_text() -> None:
    body = "".join(f"<p>{text}</p>" for text in MORE)
    box = '<div><h3><a href="/bad">Das Bad wird im Mai teurer</a></h3><p>Auch mit zehn Karten zahlt man mehr.</p></div>'
    found = lines(page(f"<div><p>{FIRST}</p>{box}<p>{SECOND}</p>{body}</div>"))

    assert not [line for line in found if "teurer" in line or "man mehr" in line]


def test_a_survey_of_films_keeps_its_linked_headings() -> None:
    """Where the page is made of such boxes, they are the article."""
    boxes = "".join(
        f'<div class=film><h3><a href="https://example.org/{n}">Der {n}. Film des Jahres</a></h3><p>{text}</p></div>'
        for n, text in enumerate(MORE)
    )
    found = lines(page(f"<p>{FIRST}</p>{boxes}"))

    assert [line for line in found if line in MORE] == MORE


def test_share_tells_how_much_of_the_running_text_the_lines_hold() -> None:
    tree = guard.parse(page(f"<p>{FIRST}</p><p>{FIRST[::-1]}</p>"))
    found = list(blocks(tree.find("body")))

    assert gaps.place([], found).share == 0
    assert gaps.place([Line(FIRST)], found).share == pytest.approx(0.5)
    assert gaps.place([Line(FIRST + FIRST[::-1])], found).share == 1
    assert gaps.place([], []).share == 1


def test_a_heading_that_links_to_itself_is_no_teaser() -> None:
    (body,) = [
        guard.parse(
            '<body><h2><a href="#wer">Wer?</a></h2><p><a href="#">Drucken</a></p><h2><a href="/x">Mehr</a></h2>'
        )
    ]
    found = [(block.text, block.is_linked) for block in blocks(body)]

    assert found == [("Wer?", False), ("Drucken", True), ("Mehr", True)]


def test_pruning_leaves_the_text_behind_an_element() -> None:
    tree = guard.parse('<body><p>Vor <span class="sr-only">öffnet Fenster</span>und nach</p><p>' + FIRST)
    furniture.prune(tree)

    assert tree.find(".//p").text_content() == "Vor und nach"


@pytest.mark.parametrize(
    "inner",
    [
        "".join(f"<p>{FIRST} {number}</p>" for number in range(25_000)),
        f"<div class='{'promo-x ' * 100_000}'><p>{FIRST}</p></div>",
        "<div class=promo>" * 900 + f"<p>{FIRST * 2_000}</p>",
        "<table><tr><td>" * 200 + f"<p>{FIRST * 2_000}</p>",
        "<figure>" * 900 + f"<blockquote>{FIRST}</blockquote>",
        "".join(f"<div id=promo-{number}>{number}</div>" for number in range(40_000)),
        f"<div>{'<input type=email>' * 40_000}<p>{FIRST * 2_000}</p></div>",
        "<ol><li>" * 400 + FIRST + "".join(f"<ol><li>{number}</li></ol>" for number in range(20_000)),
        "".join(f"<h3><a href=/{number}>{FIRST} {number}</a></h3><p>{SECOND}</p>" for number in range(15_000)),
    ],
    ids=[
        "paragraphs",
        "names",
        "nested-names",
        "nested-tables",
        "nested-figures",
        "many-names",
        "many-fields",
        "many-lists",
        "many-headlines",
    ],
)
def test_traps_for_what_is_done_around_extraction_take_no_time(inner: str) -> None:
    tree = guard.parse(page(inner))
    begun = time.process_time()
    furniture.prune(tree)
    found = list(islice(blocks(tree.find("body")), MOST_BLOCKS))
    taken = gaps.place([Line(block.text) for block in found], found)
    gaps.filled(taken, [])

    assert time.process_time() - begun < 10
