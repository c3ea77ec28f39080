"""A digest goes the whole way: several articles of one mail, each with an id that stays."""

import json
from email.message import EmailMessage

import pytest

from backfile.pipeline import identity
from backfile.store import StoredArticle, open_store
from tests.cli.test_commands import in_archive
from tests.conftest import Workbench
from transforms import rule

HEAD = """From: Der Hafenbote <post@hafenbote.example>
To: leser@post.example
Subject: =?utf-8?q?Guten_Morgen_aus_dem_Hafen?=
Date: Fri, 17 Jan 2025 06:00:26 +0100
Message-ID: <morgen.88@hafenbote.example>
List-Id: Der Hafenbote <morgen.hafenbote.example>
List-Unsubscribe: <https://hafenbote.example/weg>
Content-Type: text/html; charset="utf-8"
MIME-Version: 1.0

"""
STORY = """<tr><td><p>{section}</p><h2><a href="https://hafenbote.example/{slug}?utm_source=morgen">{title}</a></h2>
<p>{text}</p><p><a href="https://hafenbote.example/{slug}?utm_source=morgen">Weiterlesen</a></p></td></tr>"""
KRAN = {
    "section": "Hafen",
    "slug": "kran",
    "title": "Der alte Kran bleibt am Kai",
    "text": "Der Kran von 1911 wird nicht verschrottet. Der Hafenrat stimmte am Donnerstag mit elf zu vier Stimmen für "
    "eine Sanierung, die zwei Jahre dauern soll.",
}
BAD = {
    "section": "Stadt",
    "slug": "bad",
    "title": "Hallenbad öffnet im Mai wieder",
    "text": "Nach drei Jahren Bauzeit soll das Hallenbad am Deich im Mai öffnen. Die Stadtwerke rechnen mit 400 Gästen "
    "am Tag und suchen noch Bademeisterinnen.",
}
BUS = {
    "section": "Verkehr",
    "slug": "bus",
    "title": "Nachtbus fährt bis nach Oberdeich",
    "text": "Von Februar an hält der Nachtbus auch in Oberdeich. Der Landkreis bezahlt die Fahrten zunächst für ein "
    "Jahr, danach wird gezählt, wer mitgefahren ist.",
}


def digest(*stories: dict[str, str], greeting: str = "Moin! Das ist heute wichtig.") -> str:
    rows = "\n".join(STORY.format(**story) for story in stories)
    foot = '<tr><td><p>Sie möchten diesen Newsletter nicht mehr? <a href="https://h.example/weg">Abmelden</a></p></td></tr>'
    return f"{HEAD}<html><body><table><tr><td><p>{greeting}</p></td></tr>\n{rows}\n{foot}</table></body></html>"


def stored(workbench: Workbench) -> dict[str, StoredArticle]:
    store = open_store(workbench.archive.store)
    try:
        return {each.article.title or "": each for each in store.articles()}
    finally:
        store.close()


def test_each_story_is_found_by_its_own_words_and_bears_its_own_address(workbench: Workbench) -> None:
    workbench.put("morgen.eml", digest(KRAN, BAD, BUS))

    report = workbench.ingest()

    found = stored(workbench)
    assert report.tally.states == {"stored": 1}
    assert set(found) == {KRAN["title"], BAD["title"], BUS["title"]}
    assert {each.article.parent for each in found.values()} == {"pile/morgen.88@hafenbote.example"}
    assert found[BAD["title"]].article.url == "https://hafenbote.example/bad"
    assert found[BAD["title"]].article.text == BAD["text"]
    assert found[BAD["title"]].article.published == "2025-01-17T06:00:26+01:00"
    assert workbench.found("Bademeisterinnen") == [found[BAD["title"]].article.id]
    assert workbench.ingest().changed_nothing


def test_a_story_that_leaves_is_forgotten_and_its_neighbours_keep_their_ids(workbench: Workbench) -> None:
    workbench.put("morgen.eml", digest(KRAN, BAD, BUS))
    workbench.ingest()
    before = {title: each.article.id for title, each in stored(workbench).items()}
    workbench.put("morgen.eml", digest(KRAN, BUS))

    workbench.ingest()

    after = {title: each.article.id for title, each in stored(workbench).items()}
    assert after == {title: before[title] for title in (KRAN["title"], BUS["title"])}
    assert workbench.found("Bademeisterinnen") == []
    assert workbench.found("Nachtbus") == [before[BUS["title"]]]


def test_a_story_put_above_the_others_leaves_their_ids_alone(workbench: Workbench) -> None:
    workbench.put("morgen.eml", digest(KRAN, BAD))
    workbench.ingest()
    before = {title: each.article.id for title, each in stored(workbench).items()}
    workbench.put("morgen.eml", digest(BUS, KRAN, BAD))

    workbench.ingest()

    after = {title: each.article.id for title, each in stored(workbench).items()}
    assert {title: after[title] for title in before} == before
    assert len(after) == 3


def test_an_editorial_above_the_stories_is_the_article_that_they_are_part_of(workbench: Workbench) -> None:
    editorial = (
        "als ich am Montag über die Deichbrücke ging, standen dort drei Männer und zählten Autos. Sie zählten schon "
        "den dritten Winter, und keiner von ihnen konnte mir sagen, für wen. So ist es mit vielem in dieser Stadt: Es "
        "wird gezählt, gemessen und notiert, und dann liegt der Ordner in einem Keller, der bei Sturmflut vollläuft."
    )
    workbench.put("morgen.eml", digest(KRAN, BAD, greeting=editorial))

    workbench.ingest()

    parent = stored(workbench)["Guten Morgen aus dem Hafen"].article
    assert (parent.id, parent.parent, parent.text) == ("pile/morgen.88@hafenbote.example", None, editorial)
    assert len(stored(workbench)) == 3


def test_stories_cleaned_again_keep_their_ids(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    workbench.put("morgen.eml", digest(KRAN, BAD))
    workbench.ingest()
    before = {title: each.article for title, each in stored(workbench).items()}
    with monkeypatch.context() as patch:
        patch.setattr(rule, "fingerprint", lambda _: "another rule set")
        report = workbench.ingest()

    assert report.recleaned == 0
    assert {title: each.article for title, each in stored(workbench).items()} == before


def test_a_digest_is_exported_and_cleaned_story_by_story(workbench: Workbench) -> None:
    file = workbench.put("morgen.eml", digest(KRAN, BAD))
    workbench.ingest()
    exported = [json.loads(line) for line in in_archive(workbench, "export").stdout.splitlines()]
    cleaned = in_archive(workbench, "clean", str(file), "--json")
    shown = in_archive(workbench, "show", exported[0]["id"]).stdout

    assert {each["title"] for each in exported} == {KRAN["title"], BAD["title"]}
    assert {json.loads(line)["text"] for line in cleaned.stdout.splitlines()} == {KRAN["text"], BAD["text"]}
    assert cleaned.stderr == ""
    assert "parent     pile/morgen.88@hafenbote.example" in shown


def test_no_document_can_claim_the_id_of_a_story(workbench: Workbench) -> None:
    workbench.put("morgen.eml", digest(KRAN, BAD))
    workbench.ingest()
    taken = stored(workbench)[KRAN["title"]].article.id.removeprefix("pile/")
    workbench.put("andere.eml", digest(BUS).replace("morgen.88@hafenbote.example", taken))

    workbench.ingest()

    assert workbench.found("Nachtbus") == [f"pile/{taken}~{identity.short(taken)}"]


def test_what_of_a_mail_was_not_read_is_told(workbench: Workbench) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Der Hafenbote <post@hafenbote.example>", KRAN["title"]
    mail["Message-ID"] = "<89@hafenbote.example>"
    mail.set_content(KRAN["text"])
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="beschluss.pdf")
    workbench.put("kran.eml", bytes(mail))
    report = workbench.ingest()

    told = in_archive(workbench, "status", "--problems").stdout

    assert report.tally.states == {"stored": 1}
    assert "attachments not read: beschluss.pdf (application/pdf)" in told
