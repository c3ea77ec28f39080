"""What a file is, its content says; the suffix only breaks ties."""

import pytest

from backfile.article import Failure
from backfile.errors import Reason
from backfile.readers import FORMATS
from backfile.readers.detection import detect
from tests.readers.conftest import Reading

MAIL = "From: Ada <ada@example.org>\nSubject: Lage\nDate: Mon, 25 Nov 2024 10:12:00 +0100\n\nHallo\n"
MANY_TAGS = "Zuerst ein Satz.\n" + "<p>Ein Absatz.</p><br>\n" * 5

CASES = [
    ("html", "a.txt", "<!DOCTYPE html><html><body>x</body></html>"),
    ("html", "a", "\n\n<!-- saved from url=(0014)https://e.org/ -->\n<html>"),
    ("html", "a.json", "<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'><p>x"),
    ("html", "a.txt", MANY_TAGS),
    ("html", "a.html", "Nur <b>ein</b> Tag<br>"),
    ("text", "a.txt", "Das Element <html> umschließt alles, <p> einen Absatz. " + "Ein Satz. " * 30),
    ("mail", "a.txt", MAIL),
    ("mail", "a", "Received: from x\n by y\nReturn-Path: <a@b>\n\nx"),
    ("mail", "a.eml", "Subject: nur das\n\nx"),
    (
        "mhtml",
        "a",
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://e.org/\nContent-Type: multipart/related\n\n",
    ),
    ("mhtml", "a", 'From: "Saved by Internet Explorer 11"\nSubject: x\nDate: x\nMIME-Version: 1.0\n\nx'),
    ("mhtml", "a.mht", "MIME-Version: 1.0\nContent-Type: text/html\n\n<p>x"),
    ("mhtml", "a", 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'),
    ("mail", "a", MAIL.replace("\n\n", "\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n")),
    ("mail", "a.eml", MAIL + "\n> From: <Saved by Blink>\n> Snapshot-Content-Location: https://e.org/\n"),
    ("html", "a", "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\n\r\n<!doctype html><p>x"),
    ("text", "a", "HTTP/1.1 200 OK is what a server says.\n\n<html> is what a page begins with."),
    ("mbox", "a.txt", "From a@b Mon Nov 25 10:12:00 2024\n" + MAIL),
    ("mbox", "a", "From - Mon, 25 Nov 2024 10:12:00 +0100\n" + MAIL),
    ("mbox", "Takeout", "From 1785@xxx Mon Nov 25 10:12:00 +0000 2024\n" + MAIL),
    ("text", "a.mbox", "From the very beginning it was clear.\n\nOn Mon Nov 25 10:12 he left.\n"),
    ("text", "a.txt", "Der Kanzler sagte:\nFrom: Ada\nSubject: Lage\nDate: heute\n\nund ging."),
    ("text", "a.txt", "Titel: Die Lage\nDatum: 25.11.2024\nDate: 2024\n\nEin Text."),
    ("text", "a.txt", "{Ein Text}, der mit einer Klammer beginnt."),
    ("text", "a.txt", "[Anm. d. Red.: Wir haben dies ergänzt.]\n\nEin Text."),
    ("text", "a.txt", "[1] Eine Fußnote."),
    ("jsonl", "a.txt", '{"text": "x"}\n{"text": "y"}\n'),
    ("jsonl", "a", '{"text": "x"}'),
    ("jsonl", "a.jsonl", '{"text": broken\n{"text": "y"}\n'),
    ("jsonl", "a", '{"text": "x"}\n{broken\n{"text": "y"}\n'),
    ("json", "a.json", '{"text": "x"}'),
    ("json", "a.txt", '{\n  "text": "x"\n}'),
    ("json", "a.txt", '{"articles": [{"text": "x"}]}'),
    ("json", "a.txt", '[{"text": "<html><p>x</p><p>y</p>"}]'),
    ("csv", "a.txt", "id;Titel;Text\n1;a;b\n"),
    ("csv", "a", 'id,title,text\n1,a,"<html><p>b</p></html>"\n'),
    ("csv", "a", "Titel|Inhalt\na|b\n"),
    ("csv", "a.csv", "text\nnur eine Spalte\n"),
    ("tsv", "a.csv", "title\ttext\na\tb\n"),
    ("text", "a.txt", "Title, text and date are what an archive needs.\nNothing, more, here.\n"),
    ("text", "a.txt", "Titel, Text, Datum\n"),
    ("text", "a.dat", "Über allen Gipfeln ist Ruh."),
]


@pytest.mark.parametrize(("expected", "name", "content"), CASES)
def test_the_content_tells_the_format(expected: str, name: str, content: str) -> None:
    assert detect(content.encode(), name=name, whole=True, columns={}) == expected


@pytest.mark.parametrize(("expected", "name", "content"), CASES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_it_does_so_in_other_encodings(expected: str, name: str, content: str, encoding: str) -> None:
    assert detect(content.encode(encoding), name=name, whole=True, columns={}) == expected


def test_columns_that_the_user_names_make_a_table() -> None:
    head = b"foo,bar\n1,2\n"

    assert detect(head, name="a.txt", whole=True, columns={"text": "bar"}) == "csv"
    assert detect(head, name="a.txt", whole=True, columns={}) == "text"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"\n\n%PDF-1.4", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "an old Office document or Outlook message"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (b"MZ\x90\0\x03", "a Windows program"),
        (b"WARC/1.1\r\nWARC-Type: warcinfo\r\n", "a web archive (WARC)"),
        (bytes(range(256)) * 20, "binary data"),
        (b"text" + bytes(200), "binary data"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel>", "a feed (RSS or Atom)"),
        (b"<?xml version='1.0'?><NewsML>", "an XML file"),
    ],
)
def test_what_no_reader_knows_is_named(reading: Reading, content: bytes, detail: str) -> None:
    (item,) = reading("a.txt", content)

    assert isinstance(item, Failure)
    assert item.reason is Reason.UNSUPPORTED
    assert item.detail.startswith(detail)


@pytest.mark.parametrize("name", ["style.css", "app.js"])
def test_what_a_browser_saves_beside_a_page_is_no_text(reading: Reading, name: str) -> None:
    (item,) = reading(name, "body { color: red }")

    assert isinstance(item, Failure)
    assert item.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("content", ["", " \n\t\r\n", "\ufeff", "\ufeff\n"])
@pytest.mark.parametrize("reader", [None, "text", "html", "mail", "jsonl", "csv"])
def test_an_empty_file_is_a_failure_whatever_the_reader(reading: Reading, content: str, reader: str | None) -> None:
    items = reading("a.txt", content, reader=reader)

    assert not [item for item in items if not isinstance(item, Failure)]


def test_every_format_has_a_module_of_its_own_or_shares_one() -> None:
    assert set(FORMATS) == {"maildir", "mbox", "mail", "jsonl", "json", "html", "mhtml", "csv", "tsv", "text"}
