"""Newsletters in the shape that mail services make: tables in tables, hidden pre-headers, pixels, a footer."""

from backfile.article import Document, Line, Witness
from transforms.extract import extract, newsletter

FROM = Witness("author", "Der Morgen", "header:From")
LEAD = (
    "Guten Morgen, heute geht es um den alten Bahnhof, um zwei Brücken und um die Frage, wer das alles bezahlen soll. "
    "Der Rat hat am Montag bis in die Nacht getagt."
)
MAIL = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>Vorlage 7</title>
<style>.only-print {{ display: none; }} @media (max-width: 600px) {{ .wide {{ display: none }} }}</style></head>
<body><div style="display:none;max-height:0;overflow:hidden">Vorschau, die niemand sieht &zwnj;&nbsp;&zwnj;</div>
<span style="font-size:0px">auch versteckt</span><p class="only-print">nur im Druck</p>
<table role="presentation"><tr><td style="font-size:0"><table><tr>
<td style="font-size:14px"><a href="https://x.example/b">Im Browser ansehen</a></td></tr></table></td></tr>
<tr><td class="wide"><h1>Der alte Bahnhof<br>bleibt stehen</h1><p>{LEAD}</p>
<ul><li>Erstens: <b>die</b> Miete</li></ul><blockquote>Wir bleiben.</blockquote></td></tr>
<tr><td><!--[if mso]>nur für Outlook<![endif]--><o:p>Bis morgen!</o:p>
<img src="https://t.example/p.gif" width="1"></td></tr>
<tr><td>Sie wollen diese Mail nicht mehr? <a href="#">Abmelden</a></td></tr></table></body></html>"""


def test_what_is_seen_are_the_lines_and_what_is_hidden_is_none() -> None:
    assert newsletter.lines(MAIL) == [
        Line("Im Browser ansehen"),
        Line("Der alte Bahnhof", "heading"),
        Line("bleibt stehen", "heading"),
        Line(LEAD),
        Line("Erstens: die Miete", "item"),
        Line("Wir bleiben.", "quote"),
        Line("Bis morgen!"),
        Line("Sie wollen diese Mail nicht mehr? Abmelden"),
    ]


def test_a_mails_html_is_preferred_when_it_holds_the_article() -> None:
    (found,) = extract(Document("m", "", html=MAIL, text="Guten Morgen, siehe HTML.", witnesses=(FROM,)))

    assert found.extractor == newsletter.EXTRACTOR
    assert found.lines[3].text == LEAD


def test_a_stub_of_html_gives_way_to_the_plain_part() -> None:
    stub = "<html><body><p>Ihr Programm kann diese Mail nicht anzeigen.</p></body></html>"
    (found,) = extract(Document("m", "", html=stub, text=f"Der Morgen\n\n{LEAD}\n\n{LEAD}", witnesses=(FROM,)))

    assert found.extractor == "text/2"
    assert [line.text for line in found.lines] == ["Der Morgen", LEAD, LEAD]


def test_preformatted_text_keeps_its_paragraphs() -> None:
    assert newsletter.lines("<pre>Erster Absatz.\n\nZweiter Absatz.</pre>") == [
        Line("Erster Absatz."),
        Line("Zweiter Absatz."),
    ]


def test_deep_layout_tables_lose_nothing() -> None:
    deep = "<table><tr><td>" * 150 + "Ganz unten." + "</td></tr></table>" * 150

    assert newsletter.lines(deep) == [Line("Ganz unten.")]


def test_the_one_heading_above_text_is_a_mails_headline_when_the_subject_has_it_too() -> None:
    mail = f"<html><body><h1>Der alte Bahnhof bleibt</h1><p>{LEAD}</p></body></html>"
    more = mail.replace("</body>", f"<h2>Die neue Brücke kommt</h2><p>{LEAD}</p></body>")
    subject = Witness("title", "Der Morgen: Der alte Bahnhof bleibt, zwei Brücken fallen", "header:Subject")

    def titles(source: str) -> list[str]:
        (found,) = extract(Document("m", "", html=source, witnesses=(FROM, subject)))
        return [witness.value for witness in found.said("title") if witness.origin == "mail:heading"]

    assert (titles(mail), titles(more)) == (["Der alte Bahnhof bleibt"], [])
