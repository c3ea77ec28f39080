"""Mails, mailboxes and Maildirs."""

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest

from backfile.article import Document, Failure
from backfile.errors import Reason
from backfile.readers import limits, read
from backfile.readers.mail import header_text
from tests.readers.conftest import Reading, outline, stated

HEADERS = "From: Ada <ada@example.org>\nSubject: Lage\nDate: Mon, 25 Nov 2024 10:12:00 +0100\n"


def newsletter() -> EmailMessage:
    """In the shape of what newsletter services send."""
    mail = EmailMessage()
    mail["From"] = '"Müller, Anna (Die Zeitung)" <brief@zeitung.example>'
    mail["Subject"] = "Über Nacht: was geschah – und was nicht, ein langer Betreff über mehrere Zeilen hinweg"
    mail["Date"] = "Mon, 25 Nov 2024 06:00:00 +0100"
    mail["Message-ID"] = "<2024.11.25@zeitung.example>"
    mail["List-Id"] = "Der Morgen <morgen.zeitung.example>"
    mail["List-Unsubscribe"] = "<https://zeitung.example/ab>"
    mail.set_content("Guten Morgen!\nGrüße aus Köln\n")
    mail.add_alternative("<html><body><p>Grüße aus <b>Köln</b></p></body></html>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    mail.add_attachment("Geheim", filename="notiz.txt")
    return mail


def test_a_newsletter_gives_both_texts_and_what_its_headers_say(reading: Reading) -> None:
    (item,) = reading("a.eml", bytes(newsletter()))

    assert isinstance(item, Document)
    assert (item.member, item.key) == ("", "2024.11.25@zeitung.example")
    assert item.html is not None
    assert item.html.strip() == "<html><body><p>Grüße aus <b>Köln</b></p></body></html>"
    assert (item.text or "").split() == ["Guten", "Morgen!", "Grüße", "aus", "Köln"]
    assert stated(item) == [
        (
            "title",
            "Über Nacht: was geschah – und was nicht, ein langer Betreff über mehrere Zeilen hinweg",
            "header:Subject",
        ),
        ("published", "Mon, 25 Nov 2024 06:00:00 +0100", "header:Date"),
        ("author", "Müller, Anna (Die Zeitung)", "header:From"),
        ("sender", "brief@zeitung.example", "header:From"),
        ("list-id", "Der Morgen <morgen.zeitung.example>", "header:List-Id"),
        ("mail-newsletter", "yes", "header:List-Unsubscribe"),
        ("attachment", "a.pdf (application/pdf)", "header:Content-Disposition"),
        ("attachment", "notiz.txt (text/plain)", "header:Content-Disposition"),
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Lage", "Lage"),
        ("=?utf-8?b?w5xiZXI=?= =?utf-8?q?_alles?=", "Über alles"),
        ("=?utf-8?b?R3LDvMM=?=\n =?utf-8?b?n2U=?=", "Grüße"),
        ("=?iso-8859-1?q?Gr=FC=DFe=85?=", "Grüße…"),
        ("=?no-such?q?Gr=FC=DFe?=", "Grüße"),
        ("=?utf-8*de?q?=C3=9Cber?=", "Über"),
        ("=?utf-8?b?!!!?= x", "x"),
        ("Gr\udcc3\udcbc\udcc3\udc9fe", "Grüße"),
        ("a\r\n b\r\n\tc", "a b c"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
    ],
)
def test_a_header_is_decoded(raw: str, expected: str) -> None:
    assert header_text(raw) == expected


@pytest.mark.parametrize(
    "charset", ["utf-8", "us-ascii", "iso-8859-1", "x-unknown", "unknown-8bit", "iso-8859-99", '"']
)
@pytest.mark.parametrize("how", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_body_is_decoded_whatever_is_declared(reading: Reading, charset: str, how: str, encoding: str) -> None:
    body = "Grüße – aus „Köln“".encode(encoding)
    if how == "base64":
        body = base64.encodebytes(body).rstrip(b"=\n")
    elif how == "quoted-printable":
        body = b"".join(b"=%02X" % byte if byte > 126 else bytes([byte]) for byte in body)
    head = f"{HEADERS}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {how}\n\n"

    (item,) = reading("a.eml", head.encode() + body)

    assert isinstance(item, Document)
    assert item.text == "Grüße – aus „Köln“"


def with_attached_mail(note: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Tom Hale <tom@hale.example>"
    mail["Subject"] = "Fwd: Lage"
    mail["Date"] = "Tue, 26 Nov 2024 09:00:00 +0100"
    mail["Message-ID"] = "<outer@hale.example>"
    mail.set_content(note)
    mail.add_attachment(newsletter())
    raw = bytes(mail)
    boundary = (mail.get_boundary() or "").encode()
    end = b"--" + boundary + b"--"
    return raw.replace(end, b"--" + boundary + b"\nContent-Type: text/plain\n\nzwei\n" + end)


def test_the_texts_of_a_letter_are_joined_and_a_mail_attached_to_it_is_named(reading: Reading) -> None:
    (item,) = reading("a.eml", with_attached_mail("eins " * 200))

    assert isinstance(item, Document)
    assert (item.text or "").split() == ["eins"] * 200 + ["zwei"]
    assert item.html is None
    assert ("attachment", "without a name (message/rfc822)", "header:Content-Disposition") in stated(item)


def test_a_mail_attached_to_a_short_note_is_the_document(reading: Reading) -> None:
    (item,) = reading("a.eml", with_attached_mail("schau mal"))

    assert isinstance(item, Document)
    assert item.key == "outer@hale.example"
    assert "Grüße aus" in (item.html or "")
    said = stated(item)
    assert ("sender", "brief@zeitung.example", "forwarded:From") in said
    assert ("list-id", "Der Morgen <morgen.zeitung.example>", "forwarded:List-Id") in said
    assert ("forwarded-by", "tom@hale.example", "header:From") in said
    assert ("fetched", "Tue, 26 Nov 2024 09:00:00 +0100", "header:Date") in said
    assert ("note", "schau mal zwei", "mail") in said
    assert ("attachment", "a.pdf (application/pdf)", "header:Content-Disposition") in said


def test_of_many_attachments_some_are_named_and_the_rest_is_counted(reading: Reading) -> None:
    mail = EmailMessage()
    mail.set_content("Anbei die Akten.")
    for number in range(limits.MAX_ATTACHMENTS + 3):
        mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=f"{number}.pdf")

    (item,) = reading("a.eml", bytes(mail))

    named = [value for field, value, _ in stated(item) if field == "attachment"]
    assert (named[0], named[-1], len(named)) == ("0.pdf (application/pdf)", "3 more", limits.MAX_ATTACHMENTS + 1)


def test_flowing_lines_are_stated(reading: Reading) -> None:
    head = 'Content-Type: text/plain; charset=utf-8; format="flowed"; delsp=yes\n\n'

    (item,) = reading("a.eml", (HEADERS + head + "Ein Satz, der \nweitergeht.\n").encode())

    said = [each for each in stated(item) if each[0] == "wrapping"]
    assert said == [("wrapping", 'text/plain; charset=utf-8; format="flowed"; delsp=yes', "header:Content-Type")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (HEADERS + "Content-Type: application/pdf\n\n%PDF", Reason.EMPTY),
        (HEADERS + "\n", Reason.EMPTY),
        (HEADERS, Reason.EMPTY),
        (HEADERS + "Content-Type: multipart/encrypted; boundary=x\n\n--x\n\n--x--", Reason.ENCRYPTED),
        (HEADERS + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", Reason.ENCRYPTED),
    ],
)
def test_a_mail_without_text_says_why(reading: Reading, raw: str, reason: Reason) -> None:
    (item,) = reading("a.eml", raw)

    assert isinstance(item, Failure)
    assert item.reason is reason


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: multipart/mixed\n",
        "Content-Type: multipart/alternative; boundary=\n",
        "Content-Type: ;;;=\n",
        "Content-Type: text/plain; charset*=utf-8''%ff; charset*0*=x\n",
        "Content-Type: multipart/mixed; boundary*=x'y'z\n",
        "Content-Transfer-Encoding: x-uuencode\n",
        "To: " + "(" * 500 + "\n",
    ],
)
def test_odd_headers_do_not_hide_the_text(reading: Reading, head: str) -> None:
    (item,) = reading("a.eml", f"{HEADERS}{head}\nHallo Welt\n")

    assert isinstance(item, Document)
    assert (item.text or "").strip() == "Hallo Welt"


def test_a_sender_that_cannot_be_parsed_is_left_out(reading: Reading) -> None:
    (item,) = reading("a.eml", "From: " + "(" * 5000 + "\nSubject: Lage\nDate: heute\n\nHallo\n")

    assert [field for field, _, _ in stated(item)] == ["title", "published"]


def test_a_part_without_an_end_is_read(reading: Reading) -> None:
    raw = HEADERS + "Content-Type: multipart/mixed; boundary=x\n\nprä\n--x\nContent-Type: text/html\n\n<p>da"

    assert outline(reading("a.eml", raw)) == [("", "<p>da")]


def mbox(*messages: str) -> str:
    return "\n".join(f"From ada@example.org Mon Nov 25 10:12:00 2024\n{message}" for message in messages)


def test_a_mailbox_is_cut_at_its_from_lines(reading: Reading) -> None:
    first = HEADERS + "Message-ID: <1@x>\n\neins\n\n>From hier\n>>From dort\n\nFrom the start, on Monday at 10:12\n"
    items = reading("Inbox", mbox(first, HEADERS + "\nzwei\nFrom ada@example.org Mon Nov 25 10:12:00 2024\n"))

    assert outline(items) == [
        ("1", "eins\n\nFrom hier\n>From dort\n\nFrom the start, on Monday at 10:12"),
        ("2", "zwei\nFrom ada@example.org Mon Nov 25 10:12:00 2024"),
    ]
    assert [item.uri.rpartition("#")[2] for item in items] == ["<1@x>", "message=2"]


def test_a_broken_message_leaves_its_neighbours(reading: Reading) -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1500))
    items = reading(
        "Inbox", mbox(HEADERS + "\neins\n", HEADERS + nested, "\0\0\n", HEADERS + "\nvier\n").replace("\n", "\r\n")
    )

    assert outline(items) == [("1", "eins"), ("2", "too-deep"), ("3", "empty"), ("4", "vier")]


def test_a_maildir_is_one_input_with_stable_members(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "cur" / "2.host:2,S").write_text(HEADERS + "Message-ID: <b>\n\nzwei\n")
    (tmp_path / "new" / "1.host").write_text(HEADERS + "\neins\n")
    (tmp_path / "cur" / "3.host:2,").write_bytes(b"")
    (tmp_path / "cur" / "4.host:2,").mkdir()
    (tmp_path / "tmp" / "5.host").write_text("halb geschrieben")

    items = list(read(tmp_path))

    assert outline(items) == [("1.host", "eins"), ("2.host", "zwei"), ("3.host", "empty"), ("4.host", "not-regular")]
    assert [item.uri.rpartition("#")[2] for item in items[:2]] == ["message=1.host", "<b>"]
