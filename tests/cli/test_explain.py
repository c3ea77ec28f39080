"""`backfile show --explain`: why each field of an article has its value."""

import json
from typing import Any

import pytest

from tests.cli.test_commands import in_archive
from tests.conftest import Workbench, news

PAGE = """<!doctype html><html lang="de"><head><title>Rat berät über Radwege | Blatt</title>
<meta property="article:published_time" content="2023-07-09T08:15:00+02:00"><meta name="date" content="2023-08-01">
<meta property="og:site_name" content="Das \x1b[31mBlatt"></head>
<body><article><h1>Rat berät über Radwege</h1><p class="date">9. Juli 2023</p>{text}</article></body></html>"""
OTHER = "\n".join(
    f"<p>{word} hat der Rat der Stadt am Montag lange beraten und dann doch nichts beschlossen.</p>"
    for word in ("Über Radwege", "Über Brücken", "Über Schulen")
)


@pytest.fixture
def explained(workbench: Workbench) -> Workbench:
    workbench.put("a.html", PAGE.replace("{text}", OTHER))
    workbench.put("b.txt", f"Von Anna Beispiel\n\n{news('Rat berät über Kitas', 'Kindertagesstätten')}")
    workbench.ingest()
    return workbench


def fields(workbench: Workbench, article: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(in_archive(workbench, "show", "--json", "--explain", article).stdout)
    return told


def test_each_statement_is_told_with_its_weight_and_the_winner(explained: Workbench) -> None:
    told = fields(explained, "pile/a.html")
    date = told["fields"]["published"]

    assert (date["value"], date["origin"]) == ("2023-07-09T08:15:00+02:00", "meta:article:published_time")
    assert [each["origin"] for each in date["witnesses"] if each["wins"]] == ["meta:article:published_time"]
    assert {w["origin"]: w["note"] for w in date["witnesses"] if w["note"]} == {"meta:date": "another day"}
    assert ("9. Juli 2023", "2023-07-09") in {(w["statement"], w["read"]) for w in date["witnesses"]}
    assert told["date_conflict"] == ["meta:date: 2023-08-01"]
    assert all(0 <= w["weight"] <= 1 for field in told["fields"].values() for w in field["witnesses"])


def test_what_a_rule_took_from_the_text_is_told_with_the_rule(explained: Workbench) -> None:
    taken = fields(explained, "pile/b.txt")["fields"]["authors"]["taken"]
    printed = in_archive(explained, "show", "--explain", "pile/b.txt").stdout

    assert taken["rule"].startswith("byline/")
    assert taken["text"] == "Von Anna Beispiel"
    assert f"taken from the text by {taken['rule']}: Von Anna Beispiel" in printed


def test_people_read_a_line_for_each_statement_and_nothing_reaches_the_terminal_raw(explained: Workbench) -> None:
    printed = in_archive(explained, "show", "--explain", "pile/a.html").stdout
    lines = [" ".join(line.split()) for line in printed.splitlines()]

    assert "* 0.90 meta:article:published_time 2023-07-09T08:15:00+02:00" in lines
    assert "conflict meta:date: 2023-08-01" in lines
    assert "\x1b" not in printed
    assert "Blatt" in printed


def test_a_statement_that_gave_no_value_does_not_win_beside_one_of_the_same_origin(workbench: Workbench) -> None:
    data = '"author":[{"@type":"Person","name":"Mara Quill"},{"@type":"Organization","name":"PA Media"}]'
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Rat berät",{data}}}</script>'
    workbench.put("a.html", PAGE.replace("</head>", f"{head}</head>").replace("{text}", OTHER))
    workbench.ingest()

    told = fields(workbench, "pile/a.html")["fields"]

    assert [each["statement"] for each in told["authors"]["witnesses"] if each["wins"]] == ["Mara Quill"]
    assert [each["statement"] for each in told["agencies"]["witnesses"] if each["wins"]] == ["PA Media"]


def test_a_publisher_from_the_configured_table_is_not_said_to_be_read_from_the_text(workbench: Workbench) -> None:
    link = '<link rel="canonical" href="https://blatt.example/rat-beraet-ueber-radwege">'
    workbench.put("a.html", PAGE.replace("</head>", f"{link}</head>").replace("{text}", OTHER))
    workbench.ingest()
    with workbench.archive.config_file.open("a") as file:
        file.write('\n[publishers]\n"blatt.example" = "Das Tageblatt"\n')
    workbench.ingest()

    publisher = fields(workbench, "pile/https://blatt.example/rat-beraet-ueber-radwege")["fields"]["publisher"]

    assert (publisher["value"], publisher["origin"]) == ("Das Tageblatt", "config")
    assert [each["note"] for each in publisher["witnesses"] if each["wins"]] == ["by the table of hosts"]
