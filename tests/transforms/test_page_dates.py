"""Which of a page's dates is believed, and that a page that bears none stays undated."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from backfile.article import Article, Document, Witness
from transforms import normalise
from transforms.extract import extract

CASES = tomllib.loads((Path(__file__).parent / "cases" / "page_dates.toml").read_text(encoding="utf-8"))["case"]
HEADLINE = "Der alte Bahnhof bleibt stehen"
PARAGRAPHS = (
    "Der Rat der Stadt hat am Montag beschlossen, den alten Bahnhof nicht abzureißen, sondern zu verpachten.",
    "Die Pächterin will in der Halle ein Gasthaus eröffnen und im Keller die Werkstatt einer Geigenbauerin.",
    "Gegen den Plan stimmten nur zwei Mitglieder, die den Platz lieber für Busse und Fahrräder genutzt gesehen hätten.",
    "Im Frühjahr sollen die Arbeiten beginnen; das Land hat einen Zuschuss in Aussicht gestellt, hieß es.",
)
ENGLISH = (
    "The town council decided on Monday not to tear down the old station but to let it to a woman of the town.",
    "The tenant wants to open an inn in the hall and to have the workshop of a violin maker in the cellar.",
    "Only two members voted against the plan; they would have preferred to see the square used for buses.",
    "The work is to begin in the spring, and the county has held out the prospect of a grant.",
)


def begun(case: dict[str, Any]) -> Article:
    """The article that the page of a case states."""
    body = case["body"].replace("{h1}", f"<h1>{HEADLINE}</h1>")
    text = ENGLISH if case.get("lang", "de").startswith("en") else PARAGRAPHS
    body = body.replace("{text}", "".join(f"<p>{each}</p>" for each in text))
    page = f"""<!doctype html><html lang="{case.get("lang", "de")}"><head><title>{HEADLINE} | Blatt</title>
    <link rel="canonical" href="{case.get("url", "https://blatt.example/bahnhof")}">{case.get("head", "")}</head>
    <body>{body}</body></html>"""
    told = (Witness("fetched", case["fetched"], "saved-from"),) if "fetched" in case else ()
    [extraction] = extract(Document("a.html", "", html=page, witnesses=told))
    return normalise.begin(extraction, id="a/1", source="a", uri="a.html")


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_a_page_is_dated_by_what_it_says_of_itself(case: dict[str, Any]) -> None:
    found = begun(case)

    assert (case.get("published"), case.get("origin")) == (found.published, found.provenance.get("published"))
    assert case.get("updated") == found.updated
    assert tuple(case.get("conflicts", ())) == found.date_conflict


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(CASES) == len({case["what"] for case in CASES}) >= 60


def test_a_page_with_more_dates_than_are_looked_at_is_a_list_and_undated() -> None:
    months = [f"{month:02}.{year}" for year in range(1999, 2019) for month in range(1, 13)]
    days = "".join(f"<p>{day}.{month}</p>" for month in months for day in ("01", "09"))
    case = {"body": f"{{h1}}{{text}}<div>{days}</div>"}

    assert begun(case).published is None


def test_what_a_mail_shows_is_no_date_of_it() -> None:
    sent = Witness("published", "Sun, 9 Jul 2023 08:15:00 +0200", "header:Date")
    told = (sent, Witness("title", "Bahnhof", "header:Subject"))
    shown = "<time datetime='2020-01-01'>1. Januar 2020</time>"
    page = f"<html><body><h1>{HEADLINE}</h1>{shown}<p>{PARAGRAPHS[0]}</p></body></html>"
    [extraction] = extract(Document("a.eml", "", html=page, witnesses=told))
    found = normalise.begin(extraction, id="a/1", source="a", uri="a.eml")

    assert (found.published, found.date_conflict) == ("2023-07-09T08:15:00+02:00", ())
