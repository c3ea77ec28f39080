"""What surrounds a newsletter's text goes by the block; what an essay says of mails, prices and addresses stays."""

import time
from pathlib import Path

import pytest

from tests.transforms.shaped import PROSE, cleaned

DE, EN = PROSE["de"], PROSE["en"]
RULE = "=" * 40
LEAVE = "To unsubscribe from this list, visit https://letter.example/u"


def rules_of(lines: list[str], language: str = "en", **fields: object) -> dict[str, str]:
    return {removal.text: removal.rule for removal in cleaned(lines, language, **fields).removed}


def test_a_sponsors_block_between_ruled_lines_goes_whole() -> None:
    advertisement = ["SPONSORED BY: Datum", "Datum Online. Built to last.", "Thirty days, no fee, for our readers."]
    lines = [EN[0], RULE, *advertisement, RULE, *EN[1:]]

    taken = rules_of(lines)

    assert {text: taken.get(text) for text in advertisement} == dict.fromkeys(advertisement, "sponsor-block/2")
    assert [text for text in EN if text in taken] == []


def test_a_sponsors_block_that_nothing_ends_goes_as_far_as_it_offers() -> None:
    lines = [EN[0], "Together with Gull Oilskins", "Stay dry this winter. Shop now and get 10% off.", *EN[1:], LEAVE]

    taken = rules_of(lines)

    assert "Stay dry this winter. Shop now and get 10% off." in taken
    assert [text for text in EN if text in taken] == []


@pytest.mark.parametrize("word", ["Anzeige", "Advertisement"])
def test_the_word_for_an_advertisement_in_an_article_takes_no_paragraph_with_it(word: str) -> None:
    taken = rules_of([EN[0], word, *EN[1:], "* * *", EN[0]])

    assert [text for text in EN if text in taken] == []


def test_the_footer_goes_from_its_first_line_on() -> None:
    footer = ["ABOUT THIS LETTER", "Sent by Sample House, 12 Pier Road, Sampleton", "Tel: +44 20 1234 5678", LEAVE]

    taken = rules_of([*EN, RULE, *footer])

    assert [text for text in footer if text not in taken] == []
    assert [text for text in EN if text in taken] == []


def test_a_german_footer_goes_with_its_thanks_and_its_imprint() -> None:
    footer = [
        "Hat Ihnen dieser Newsletter gefallen? Empfehlen Sie ihn weiter.",
        "Sie möchten diesen Newsletter nicht mehr erhalten? Hier abmelden",
        "Muster Verlag GmbH, Am Markt 3, 01234 Musterburg, Amtsgericht Musterburg HRB 1234",
    ]

    taken = rules_of([*DE, *footer], "de")

    assert [text for text in footer if text not in taken] == []
    assert [text for text in DE if text in taken] == []


def test_a_signature_above_the_footer_stays() -> None:
    result = cleaned([*EN, "Love,", "Andrew", LEAVE], "en")

    assert result.text.endswith("Love,\n\nAndrew")


@pytest.mark.parametrize(
    "sentence",
    [
        "The firm raised $4 billion last year, and our privacy was the price that you and your neighbours paid for it.",
        "Companies make it hard to leave: one in three readers gave up before they could unsubscribe from a list.",
        "She joined the campaign, wrote each voter an e-mail, and by June the mayor had stopped reading his mail.",
        "Wer umzieht, muss sich beim alten Amt abmelden, und das dauert hier inzwischen länger als der Umzug.",
        "The house at 12 Mill Road was sold in March, and the buyer, who gave no name, has not been seen since.",
    ],
)
def test_the_last_paragraph_of_an_essay_stays_whatever_it_is_about(sentence: str) -> None:
    assert sentence not in rules_of([*EN, sentence, LEAVE])


def test_an_address_between_ruled_lines_above_the_text_goes() -> None:
    address = ["NEWS FROM THE SAMPLE PARTY", "2600 Sample Avenue, Suite 100", "Phone: (202) 555-0100"]

    taken = rules_of([RULE, *address, RULE, *EN, RULE, LEAVE])

    assert {taken.get(text) for text in address} <= {"letter-contact/2", "imprint-en/1"}


def test_a_list_of_links_above_the_farewell_goes_and_a_list_of_items_stays() -> None:
    sections = ["Antiques", "Auto", "Books", "Business", "Community", "Movies", "Outdoor", "Theater", "Weddings"]

    assert [text for text in sections if text not in rules_of([*EN, *sections, LEAVE])] == []
    assert [
        text for text in sections if f"• {text}" in rules_of([*EN, *(f"• {text}" for text in sections), LEAVE])
    ] == []


def test_a_spam_filters_report_goes() -> None:
    report = [f"SPAM: {text}" for text in ("This mail is probably spam.", "Content analysis details: (5.30 hits)", "")]
    newer = [
        'Spam detection software, running on the system "mx.example", has identified this mail.',
        "Content analysis details: (5.9 points, 5.0 required)",
        "1.0 HTML_MESSAGE BODY: HTML included in message",
        "-0.1 DKIM_VALID Message has a valid signature",
    ]

    assert set(rules_of([*report, *EN])) >= {text for text in report if text.strip()}
    assert set(rules_of([*newer, *EN])) >= set(newer)
    assert "spam-report/1" not in rules_of(["SPAM: a history", *EN]).values()


def test_a_row_of_labels_goes_in_a_newsletter_alone() -> None:
    row = "Read Online | Sign Up | Advertise"

    assert rules_of([row, *EN, LEAVE])[row] == "letter-links/2"


def test_the_section_above_a_storys_headline_goes_from_stories_alone() -> None:
    lines = ["SPORT", "Milk driver signs as goalkeeper", *EN]
    story = {"title": "Milk driver signs as goalkeeper", "parent": "test/0"}

    assert rules_of(lines, **story)["SPORT"] == "story-label/1"
    assert "story-label/1" not in rules_of(lines, title=story["title"]).values()


def test_a_long_newsletter_takes_no_long_time() -> None:
    lines = [*(["Short row of words", RULE, "TOGETHER WITH ACME", EN[0][:80]] * 1_200), LEAVE]
    begun = time.process_time()

    cleaned([*EN, *lines], "en")

    assert time.process_time() - begun < 5


def test_a_footer_above_a_line_that_another_rule_took_goes_in_the_first_reading() -> None:
    assert "\n\n".join(DE) == cleaned([*DE, "Sie erhalten diese E-Mail, weil Sie dabei sind.", "Bild: KI"]).text


CASES = Path(__file__).parent / "cases"
FAREWELLS = {"en": LEAVE, "de": "Wenn Sie diesen Newsletter nicht mehr erhalten möchten: https://letter.example/u"}
# "Ihre" may be the reader's or hers: below the text of a letter it is taken for the reader's.
AMBIGUOUS = {"Ihre Spende von 50 Euro gab die Rentnerin im Rathaus ab."}


@pytest.mark.parametrize("language", ["de", "en"])
def test_sentences_about_newsletters_and_donations_survive_in_a_newsletter(language: str) -> None:
    text, leave = PROSE[language], FAREWELLS[language]
    said = [line for line in (CASES / f"spared-{language}.txt").read_text("utf-8").split("\n") if line.strip()]
    said = [line for line in said if not line.startswith("#") and line not in AMBIGUOUS]

    def lost(*lines: str) -> list[str]:
        whole = cleaned([*lines, leave], language)
        return [line for line in lines if line not in whole.text and line != whole.title]

    assert [line for line in said if lost(*text, line) or lost(text[0], line, *text[1:]) or lost(line, *text)] == []


def test_a_button_and_a_request_between_paragraphs_go_and_the_paragraphs_stay() -> None:
    asked = ["Please will you give £20 today to keep our boat at sea?", "Donate now", "£20 could buy a flare."]

    taken = rules_of([EN[0], *asked, *EN[1:], LEAVE])

    assert [text for text in asked if text not in taken] == []
    assert [text for text in EN if text in taken] == []


def test_an_advertisement_that_nothing_ends_goes_down_to_its_button() -> None:
    advertised = ["TOGETHER WITH GULL", "Nets that mend themselves.", "Order a net (https://gull.example/net)"]

    taken = rules_of([EN[0], *advertised, *EN[1:], LEAVE])

    assert [text for text in advertised if text not in taken] == []
    assert [text for text in EN if text in taken] == []


def test_a_letter_of_headlines_keeps_its_headlines() -> None:
    lines = [
        text
        for number in range(1, 5)
        for text in (
            f"Council number {number} keeps the ferry",
            "Fares rise by a dollar.",
            f"http://star.example/{number}",
        )
    ]

    kept = cleaned([*lines, RULE, LEAVE, "Copyright 2002 Star Publishing Co."], "en").text

    assert [text for text in lines if text not in kept and "://" not in text] == []


def test_a_footer_is_followed_over_names_and_labels_and_ends_at_the_farewell() -> None:
    footer = ["TSV Musterau 1921 e.V.", "Max Muster", "Am Sportplatz 1", "12345 Musterau", "Register: VR 5566"]
    leave = "Wenn Sie diese E-Mail nicht mehr empfangen möchten, können Sie sie hier kostenlos abbestellen."

    result = cleaned([*DE, "Sportliche Grüße", "Euer Vorstand", leave, *footer], "de")

    assert result.text.endswith("Sportliche Grüße\n\nEuer Vorstand")
