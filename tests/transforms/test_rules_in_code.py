"""Headline, dateline, dates, byline, credit and tags: what leaves the text becomes a field."""

import pytest

from backfile.article import Article, Span, Witness
from tests.transforms.shaped import PROSE, cleaned
from transforms.byline import take_byline
from transforms.headline import drop_repeated_title

DE, EN = PROSE["de"], PROSE["en"]


@pytest.mark.parametrize(
    "headline",
    [
        "Die alte Brücke in Musterburg wird gesperrt",
        "Brücke gesperrt: Was Pendler jetzt wissen müssen",
        "Wer rettet die Altstadt von Musterburg?",
        "„Wir schaffen das bis zum Frühjahr“",
    ],
)
def test_a_headline_becomes_the_title_and_is_not_repeated(headline: str) -> None:
    result = cleaned([headline, *DE])

    assert (headline, "\n\n".join(DE), "text:line 1") == (result.title, result.text, result.provenance["title"])
    assert [removal.kind for removal in result.removed] == ["title"]


@pytest.mark.parametrize(
    "lines",
    [
        DE,
        ["Es war ein kalter Abend in der Stadt.", *DE],
        ["Politik", *DE],
        ["- Die Brücke wird bald gesperrt", *DE],
        ["Frage: Wie geht es der Stadt heute?", DE[0], "Frage: Und wie geht es der Brücke?", DE[1]],
        ["Der Mond ist aufgegangen am Rand", "die goldnen Lichter prangen am Land", "am Himmel hell und klar im Sand"],
        ["Die Brücke, die Stadt und der Fluss,", *DE],
    ],
    ids=["paragraph", "sentence", "section", "list", "interview", "poem", "half a sentence"],
)
def test_what_is_no_headline_stays_and_the_title_is_unknown(lines: list[str]) -> None:
    result = cleaned(lines)

    assert (None, "\n\n".join(lines)) == (result.title, result.text)


def test_the_lead_below_a_headline_stays_and_so_do_sub_headings() -> None:
    lines = [
        "Die alte Brücke in Musterburg wird gesperrt",
        "Der Rat hat entschieden.",
        DE[0],
        "Kritik der Händler",
        DE[1],
    ]

    assert "\n\n".join(lines[1:]) == cleaned(lines).text


def test_a_headline_that_equals_the_known_title_goes() -> None:
    result = cleaned(["DIE ALTE BRÜCKE – wird gesperrt", *DE], title="Die alte Brücke wird gesperrt!")

    assert ("Die alte Brücke wird gesperrt!", "\n\n".join(DE)) == (result.title, result.text)


def test_another_line_stays_when_the_title_is_known() -> None:
    assert cleaned(["Kritik der Händler wird lauter", *DE], title="Die Brücke wird gesperrt").text.startswith("Kritik")


@pytest.mark.parametrize(
    ("dateline", "place", "agencies"),
    [
        ("London/Paris/Berlin. – ", ("London", "Paris", "Berlin"), ()),
        ("Berlin (dpa) - ", ("Berlin",), ("dpa",)),
        ("MUSTERBURG (dpa/AFP) – ", ("Musterburg",), ("dpa", "AFP")),
        ("WASHINGTON (AP) — ", ("Washington",), ("AP",)),
        ("LONDON, Nov 25 (Reuters) - ", ("London",), ("Reuters",)),
        ("Frankfurt am Main – ", ("Frankfurt am Main",), ()),
        ("SAMPLETON, Nov. 25 — ", ("Sampleton",), ()),
        ("(Reuters) - ", (), ("Reuters",)),
    ],
)
def test_a_dateline_becomes_place_and_agency(dateline: str, place: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    result = cleaned([dateline + DE[0], *DE[1:]])

    assert (place, agencies, "\n\n".join(DE)) == (result.place, result.agencies, result.text)
    assert [(dateline, "dateline")] == [(removal.text, removal.kind) for removal in result.removed]


@pytest.mark.parametrize(
    "beginning",
    [
        "Berlin – die Stadt, von der alle reden, aber niemand etwas wissen will, und ",
        "Macron – so viel steht fest – ",
        "Paris (die Stadt) ",
    ],
)
def test_a_sentence_that_begins_with_a_name_stays(beginning: str) -> None:
    lines = [beginning + DE[0], *DE[1:]]

    assert ((), "\n\n".join(lines)) == (cleaned(lines).place, cleaned(lines).text)


def test_a_month_stays_a_month() -> None:
    result = cleaned([" date 2024-11 Dieses Beitragsbild ist in deinem Land leider nicht verfügbar.", *DE])

    assert (
        result.published,
        result.published_precision,
        result.provenance["published"],
    ) == ("2024-11", "month", "text:line 1")
    assert "\n\n".join(DE) == result.text
    assert [removal.kind for removal in result.removed] == ["date", "boilerplate"]


@pytest.mark.parametrize(
    ("line", "language", "published"),
    [
        ("Stand: 25.11.2024, 19:45 Uhr", "de", "2024-11-25T19:45"),
        ("25. November 2024", "de", "2024-11-25"),
        ("Veröffentlicht am 25.11.2024 | Lesedauer: 4 Minuten", "de", "2024-11-25"),
        ("Published 25 November 2024", "en", "2024-11-25"),
        ("November 25, 2024", "en", "2024-11-25"),
    ],
)
def test_a_date_line_above_the_text_becomes_the_date(line: str, language: str, published: str) -> None:
    result = cleaned([line, *PROSE[language]], language)

    assert (published, "\n\n".join(PROSE[language])) == (result.published, result.text)


def test_a_date_line_does_not_overrule_a_known_date() -> None:
    result = cleaned(["Stand: 25.11.2024", *DE], published="2024-11-24", published_precision="day")

    assert ("2024-11-24", "\n\n".join(DE)) == (result.published, result.text)


def test_the_days_of_a_chronology_stay() -> None:
    lines = ["24. Februar 2022", DE[0], DE[1], "2. März 2022", DE[2], DE[3]]

    assert (None, "\n\n".join(lines)) == (cleaned(lines).published, cleaned(lines).text)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Von Max Mustermann", ("Max Mustermann",)),
        ("Von Max Mustermann und Erika Musterfrau", ("Max Mustermann", "Erika Musterfrau")),
        ("By Jane Sample, Berlin", ("Jane Sample",)),
        ("Ein Kommentar von Max Mustermann", ("Max Mustermann",)),
        ("Von Max Mustermann aus Kiew", ("Max Mustermann",)),
        ("Par Jeanne Exemple avec AFP", ("Jeanne Exemple",)),
        ("di Mario Esempio", ("Mario Esempio",)),
        ("Door Jan van Voorbeeld en Anna Voorbeeld", ("Jan van Voorbeeld", "Anna Voorbeeld")),
        ("Von Max Mustermann, Lokalredakteur | @maxm", ("Max Mustermann",)),
        ("Von Max Mustermann (max@blatt.example)", ("Max Mustermann",)),
        ("dpa", ()),
        ("(AFP)", ()),
        ("Door onze redactie", ()),
        ("Par la rédaction", ()),
        ("By Staff Writer", ()),
    ],
)
def test_a_byline_above_the_text_names_the_authors(line: str, authors: tuple[str, ...]) -> None:
    result = cleaned([line, *DE])

    assert (authors, "\n\n".join(DE)) == (result.authors, result.text)
    assert [removal.kind for removal in result.removed] == ["byline"]


@pytest.mark.parametrize(
    "line",
    [
        "Von Max Mustermann, 12. März 2024",
        "Von Max Mustermann - 12. März 2024, 14:05 Uhr",
        "Von Max Mustermann | 12.03.2024",
        "Geschrieben von Max Mustermann am 12. März 2024",
    ],
)
def test_a_line_of_name_and_date_says_both(line: str) -> None:
    result = cleaned([line, *DE])

    assert (("Max Mustermann",), "\n\n".join(DE)) == (result.authors, result.text)
    assert result.published is not None
    assert result.published.startswith("2024-03-12")


@pytest.mark.parametrize("date", ["12. März 2024", "Stand: 12. März 2024, 14:05 Uhr"])
def test_a_name_alone_is_the_author_between_headline_and_date_and_nothing_elsewhere(date: str) -> None:
    title = "Rat berät über die neue Brücke am Hafen"

    assert cleaned([title, "Jan Beispiel", date, *DE]).authors == ("Jan Beispiel",)
    assert cleaned([title, date, "Jan Beispiel", *DE]).authors == ("Jan Beispiel",)
    assert cleaned([title, f"{date} | Jan Beispiel", *DE]).authors == ("Jan Beispiel",)
    assert cleaned(["Jan Beispiel", date, *DE], title="Bekannt").authors == ()
    assert cleaned([title, "Jan Beispiel", *DE]).text.startswith("Jan Beispiel")


def test_a_place_before_a_date_is_no_author() -> None:
    assert cleaned(["Bad Muster, 12. März 2024", *DE]).authors == ()


@pytest.mark.parametrize("line", ["Von Kopf bis Fuß", "Von Berlin nach Hamburg", "Von Trier und Köln", "By Monday"])
def test_what_only_begins_like_a_byline_names_nobody(line: str) -> None:
    result = cleaned([line, *DE], title="Bekannt")

    assert (result.authors, result.text.startswith(line)) == ((), True)


@pytest.mark.parametrize(
    ("end", "agencies"),
    [
        (" (dpa)", ("dpa",)),
        ("\nsak/Reuters", ("Reuters",)),
        ("\nQuelle: dpa", ("dpa",)),
        (" (AFP/dpa)", ("AFP", "dpa")),
    ],
)
def test_the_agency_that_signs_a_report_is_kept_as_agency(end: str, agencies: tuple[str, ...]) -> None:
    result = cleaned(("\n".join(DE) + end).split("\n"))

    assert (agencies, "\n\n".join(DE)) == (result.agencies, result.text)


def test_an_agency_that_a_sentence_names_stays() -> None:
    assert cleaned([*DE, "Das meldete am Abend die Agentur Reuters."]).text.endswith("Reuters.")


def test_a_line_of_tags_below_the_text_becomes_the_tags() -> None:
    result = cleaned([*EN, "\u00a0 Sampleton, Council, Old Bridge, Traffic"], "en")

    assert (("Sampleton", "Council", "Old Bridge", "Traffic"), "\n\n".join(EN)) == (result.tags, result.text)
    assert [removal.kind for removal in result.removed] == ["tags"]


def test_labelled_tags_need_not_stand_in_the_text() -> None:
    result = cleaned([*DE, "Schlagworte: Verkehr, Brücken"])

    assert (("Verkehr", "Brücken"), "\n\n".join(DE)) == (result.tags, result.text)


@pytest.mark.parametrize(
    "line",
    [
        "Sampleton, Council, and the rest of the world.",
        "Smith, Miller, Jones, Baker",
        "milk, eggs, bread",
        "Sampleton, Council",
    ],
)
def test_an_enumeration_below_the_text_stays(line: str) -> None:
    result = cleaned([*EN, line], "en")

    assert (result.tags, result.text.endswith(line)) == ((), True)


def test_a_line_of_place_date_and_byline_fills_three_fields() -> None:
    result = cleaned(["Lindenhofen, 14. Februar 2025 | Von Lena Beispiel", *DE])

    assert (result.place, result.published, result.authors) == (("Lindenhofen",), "2025-02-14", ("Lena Beispiel",))
    assert "\n\n".join(DE) == result.text


def test_who_led_an_interview_is_its_author_and_the_sentence_stays() -> None:
    result = cleaned([*DE, "Das Gespräch führte Lena Beispiel."])

    assert (result.authors, result.text.endswith("Lena Beispiel.")) == (("Lena Beispiel",), True)


def test_reporters_named_below_a_wire_report_are_its_authors_and_editors_are_not() -> None:
    result = cleaned([*EN, "(Reporting by Jane Sample; editing by John Doe)"], "en")

    assert (("Jane Sample",), "\n\n".join(EN)) == (result.authors, result.text)


def test_a_box_about_the_known_author_goes_and_one_about_somebody_else_stays() -> None:
    box = ["Zur Person", "Lena Beispiel, Jahrgang 1988, schreibt für das Ressort Leben und wohnt am See."]

    assert "\n\n".join(DE) == cleaned([*DE, *box], authors=("Lena Beispiel",)).text
    assert box[1] in cleaned([*DE, *box], authors=("Max Muster",)).text


@pytest.mark.parametrize(
    ("note", "language"),
    [
        ("Jane Sample is a politics reporter for the Sample Times.", "en"),
        ("Jane Sample has been a freelance technology journalist for more than ten years and lives by the sea.", "en"),
        ("Dr. Jane Sample is a professor of economics at the University of Sampleton.", "en"),
        (
            "Jane Sample is the fitness director at Sample Sports. She has over 15 years of experience on the river.",
            "en",
        ),
        ("Jane Sample is a bridge specialist with over 10 years of expertise in fields like steel and stone.", "en"),
        ("The Sample Press is an independent, nonprofit news organization that reports on bridges.", "en"),
        ("Lena Beispiel ist Redakteurin im Ressort Lokales und schreibt am liebsten über Brücken.", "de"),
        ("Max Muster ist freier Journalist und berichtet seit zehn Jahren aus Musterburg.", "de"),
    ],
)
def test_a_note_about_a_contributor_goes_and_one_about_somebody_in_the_text_stays(note: str, language: str) -> None:
    prose = PROSE[language]
    named = f"Nobody knows more about it than {' '.join(note.split()[:3])}, who has written three books on the river."

    assert "\n\n".join(prose) == cleaned([*prose, note], language).text
    assert "\n\n".join(prose) == cleaned([note, *prose], language).text
    assert note in cleaned([*prose[:2], note, *prose[2:]], language).paragraphs
    if "Press" not in note:
        assert note in cleaned([named, *prose, note], language).paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "The mayor is a former reporter, and she knows how to tell a story to the press.",
        "Jane Sample is a plumber from Sampleton who has crossed the bridge every day for years.",
        "The council is an old institution that has met in the same hall for centuries.",
        "Jane Sample is the fitness director at Sample Sports in the old harbour, next to the bridge.",
        "Jane Sample is in talks to write and direct a film about the bridge, according to the Sample Reporter.",
        "Black Bridge is based upon the novel of the same name written by journalist John Example Doe.",
    ],
)
def test_who_is_no_contributor_stays_below_the_text(line: str) -> None:
    assert line in cleaned([*EN, line], "en").paragraphs


@pytest.mark.parametrize("line", ["Ontdek je voordeel ›", "Next →", "Sign up for free→", "Nýjast á vef »", "More >>"])
def test_a_few_words_that_end_with_an_arrow_are_a_button(line: str) -> None:
    assert line not in cleaned([*EN[:2], line, *EN[2:]], "en").paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "»Nie wieder«", "« Plus jamais »", "»Aldrig mer»", "A → B → C", "Musterburg – Beispielheim: 2 km →", "→",
        "The reaction runs from left to right, and the arrow that shows it stands at the end →",
    ],
)  # fmt: skip
def test_a_quotation_a_way_and_a_long_line_are_no_button(line: str) -> None:
    assert line in cleaned([*EN[:2], line, *EN[2:]], "en").paragraphs


def test_a_date_in_the_text_that_disagrees_with_the_known_one_is_kept_beside_it() -> None:
    result = cleaned(["Stand: 3. März 2025", *DE], published="2025-02-14", published_precision="day")

    assert (result.published, result.date_conflict) == ("2025-02-14", ("text:line 1: Stand: 3. März 2025",))


def test_a_date_in_the_text_that_is_the_known_one_is_no_conflict() -> None:
    known = {"published": "2025-02-14T08:00+01:00", "published_precision": "minute"}

    assert cleaned(["Stand: 14. Februar 2025", *DE], **known).date_conflict == ()


@pytest.mark.parametrize("line", ["Published March 2024", "Obituary. Published March 2024"])
def test_a_month_is_a_date_when_it_is_called_one(line: str) -> None:
    assert cleaned([line, *EN], "en").published == "2024-03"


@pytest.mark.parametrize("line", ["Dienstag", "Dienstag, 21:08 Uhr", "21:08 Uhr", "März 2024"])
def test_a_day_a_time_or_a_month_alone_is_no_date(line: str) -> None:
    assert cleaned([line, *DE]).published is None


def test_a_name_and_a_full_stop_are_a_dateline_only_in_an_agencys_report_that_tells_of_the_place() -> None:
    opening, closing = (
        f"Norderhafen. {DE[0]}",
        "Die Fähre blieb bei Norderhafen liegen, wie die Polizei am Abend sagte.",
    )

    assert cleaned([opening, *DE[1:], closing, "dpa"]).place == ("Norderhafen",)
    assert cleaned([opening, *DE[1:], closing]).place == ()
    assert cleaned([opening, *DE[1:], "dpa"]).place == ()


@pytest.mark.parametrize(
    ("dateline", "published"),
    [
        ("KÖLN, 24. Dezember 2020 (AFP) - ", "2020-12-24"),
        ("Berlin, 3. März 2021 (dpa) – ", "2021-03-03"),
        ("Berlin, 3. März (dpa) – ", None),
    ],
)
def test_the_day_of_a_dateline_is_kept_when_it_says_the_year(dateline: str, published: str | None) -> None:
    assert cleaned([dateline + DE[0], *DE[1:]]).published == published


def test_a_spanish_newsroom_signs_its_dateline() -> None:
    text = "El ayuntamiento ha aprobado un plan para sustituir las fuentes por árboles en once plazas de la ciudad."
    result = cleaned([f"VILLARROCA (Redacción).- {text}", *EN], "es")

    assert (result.place, result.text.startswith(text)) == (("Villarroca",), True)


def test_text_that_goes_on_below_an_advertisement_stays() -> None:
    lines = [DE[0], "Anzeige", "Mieten steigen um 20 Prozent", *DE[1:]]

    assert "\n\n".join([lines[0], *lines[2:]]) == cleaned(lines).text


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("Die alte Brücke in Musterburg wird gesperrt", "Die alte Brücke in Musterburg wird gesperrt"),
        (
            "Verkehr: Die alte Brücke in Musterburg wird gesperrt",
            "Verkehr: Die alte Brücke in Musterburg wird gesperrt",
        ),
        (
            "Die alte Brücke in Musterburg wird gesperrt | Das Blatt",
            "Die alte Brücke in Musterburg wird gesperrt | Das Blatt",
        ),
        ("Musterburgs alte Brücke wird bald gesperrt", "Musterburgs alte Brücke wird bald gesperrt"),
        ("Verkehr Die alte Brücke in Musterburg wird gesperrt", ""),
    ],
)
def test_a_headline_leaves_the_text_in_each_form_that_the_page_states(line: str, stated: str) -> None:
    signs = (Witness("title", stated, "h1"),) if stated else ()
    body = (Span(0, 0, line, "heading"), *(Span(at, 0, text) for at, text in enumerate(DE, 1)))
    article = Article("a/1", "a", "a.html", body, title="Die alte Brücke in Musterburg wird gesperrt", signs=signs)

    found = drop_repeated_title.apply(article)

    assert isinstance(found, Article)
    assert tuple(DE) == found.paragraphs


def test_what_a_title_says_before_its_colon_may_stand_alone_above() -> None:
    body = (
        Span(0, 0, "MORGENLAGE"),
        Span(1, 0, "Guten Morgen,"),
        *(Span(at, 0, text) for at, text in enumerate(DE, 2)),
    )
    article = Article("a/1", "a", "a.eml", body, title="Morgenlage: Was heute wichtig wird")

    found = drop_repeated_title.apply(article)

    assert isinstance(found, Article)
    assert ("Guten Morgen,", *DE) == found.paragraphs


def test_a_time_alone_below_the_date_belongs_to_it() -> None:
    found = cleaned(["Haushalt, Hochwasser, Handball: was heute wichtig wird", "30. Juni 2025,", "15:59 Uhr", *DE])

    assert "\n\n".join(DE) == found.text
    assert found.published == "2025-06-30T15:59"


def test_a_greeting_below_a_date_is_no_byline() -> None:
    lines = ["Haushalt, Hochwasser, Handball: was heute wichtig wird", "12. November 2025", "Guten Morgen,", *DE]

    assert "Guten Morgen," in cleaned(lines).text


@pytest.mark.parametrize(
    "line",
    ["Ein anderer Abschnitt über die Stadt", "Wird gesperrt", "Warum die alte Brücke erst nach all den Jahren fällt"],
)
def test_a_heading_that_the_page_does_not_state_as_its_headline_stays(line: str) -> None:
    body = (Span(0, 0, line, "heading"), *(Span(at, 0, text) for at, text in enumerate(DE, 1)))
    article = Article("a/1", "a", "a.html", body, title="Die alte Brücke in Musterburg wird gesperrt")

    assert drop_repeated_title.apply(article) is article


def test_a_byline_of_the_house_leaves_the_text() -> None:
    body = (Span(0, 0, "Par Le Journal d'Exemple"), *(Span(at, 0, text) for at, text in enumerate(DE, 1)))

    found = take_byline.apply(Article("a/1", "a", "a.html", body, publisher="Le Journal d'Exemple"))

    assert isinstance(found, Article)
    assert (tuple(DE), ()) == (found.paragraphs, found.authors)


def test_a_headline_that_a_digest_numbers_is_not_repeated() -> None:
    title = "Strompreise bleiben stabil"

    assert cleaned([f"2. {title}", *DE], title=title).text == "\n\n".join(DE)
    assert cleaned(["2. Satz der Partie", *DE], title="Partie").text.startswith("2. Satz")


@pytest.mark.parametrize(
    "line", ["vor 2 Stunden", "Aktualisiert vor 5 Min.", "3 hours ago", "il y a 2 heures", "hace 3 días"]
)
def test_how_long_ago_it_was_is_no_text_and_no_date(line: str) -> None:
    result = cleaned([line, *DE])

    assert ("\n\n".join(DE), None) == (result.text, result.published)


@pytest.mark.parametrize("line", ["Vor einem Jahr", "Vor 20 Uhr war niemand da", "Drei Tage später"])
def test_a_line_that_only_begins_so_stays(line: str) -> None:
    assert cleaned([line, *DE], title="Bekannt").text.startswith(line)
