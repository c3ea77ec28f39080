"""Mails and mailboxes made to do harm."""

import base64

from tests.hostile.case import SENTENCE, TEXT, case, file, joined, mail, repeated

MEGABYTES = 1_000_000
FROM = "From a@b Mon Nov 25 10:12:00 2024\n"


def _nested(depth: int) -> str:
    parts = (f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n" for number in range(depth))
    return mail("MIME-Version: 1.0\n" + "".join(parts))


def _parts(number: int) -> str:
    return mail("Content-Type: multipart/mixed; boundary=b\n", f"--b\n\n{TEXT}\n" + "--b\n\nx\n" * number + "--b--\n")


def _forwarded(depth: int) -> str:
    return mail() if not depth else "".join(mail("Content-Type: message/rfc822\n", "") for _ in range(depth)) + mail()


def _attachment() -> bytes:
    head = mail("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n", f"--b\n\n{TEXT}\n--b\n")
    head += "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
    head += "Content-Disposition: attachment; filename=a.pdf\n\n"
    return head.encode() + base64.encodebytes(b"\0" * 20 * MEGABYTES) + b"--b--\n"


def _continued() -> str:
    """A file name in 20,000 pieces (RFC 2231), and a charset in as many."""
    names = "".join(f";\n filename*{number}*=x" for number in range(20_000))
    charsets = "".join(f";\n charset*{number}=utf" for number in range(10_000))
    return mail(f"Content-Disposition: inline{names}\nContent-Type: text/plain{charsets}\n")


def _quoted_parameters() -> str:
    """A parameter in quotes that holds 100,000 semicolons: the standard library counts quotes again at each."""
    return mail(f'MIME-Version: 1.0\nContent-Type: text/plain; charset="{";" * 200_000}\n')


def _box() -> str:
    good = f"{FROM}{mail('Message-ID: <hostile-1@example.org>' + chr(10))}\n"
    bad = f"{FROM}{mail('', '')}X\n\n" + f"{FROM}\n" * 3
    last = f"{FROM}{mail('Message-ID: <hostile-2@example.org>' + chr(10), TEXT + SENTENCE)}\n"
    return good + bad + last


def _liar(charset: str) -> bytes:
    return (
        mail(f"MIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\n").encode() + charset.encode() + b".\n"
    )


LIARS = (
    "utf-16",
    "utf-32-be",
    "utf-7",
    "idna",
    "zlib",
    "rot13",
    "unicode_escape",
    "punycode",
    "x" * 5000,
    "iso-2022-jp",
)


def _calendar() -> str:
    return mail(
        "Content-Type: text/html\nX-Mailer: x\nList-Id: <x>\n", "<table><tr><td>" * 300 + f"<p>{SENTENCE * 4}</p>"
    )


CASES = [
    case("mail-nested", "1,500 multiparts, one within the other", file("a.eml", lambda: _nested(1500)), too_deep=1),
    case("mail-parts", "a mail of 100,000 parts", file("a.eml", lambda: _parts(100_000)), too_many=1),
    case("mail-forwarded", "a mail attached to a mail, 1,000 times", file("a.eml", lambda: _forwarded(1000)), empty=1),
    case(
        "mail-headers",
        "a header block of 50 MB",
        file("a.eml", lambda: mail("X-Weg: über den Fluss\n" * (2 * MEGABYTES))),
        too_large=1,
    ),
    case("mail-header-lines", "100,000 header lines", file("a.eml", lambda: mail("X: y\n" * 100_000)), article=1),
    case(
        "mail-subject",
        "a subject of 5 MB in one line",
        file("a.eml", lambda: mail("Subject: " + "ä" * 2 * MEGABYTES + "\n")),
        article=1,
    ),
    case(
        "mail-comments",
        "a sender of 100,000 brackets",
        file("a.eml", lambda: "From: " + "(" * 100_000 + "\nSubject: Radwege\nDate: heute\n\n" + TEXT),
        article=1,
    ),
    case(
        "mail-words",
        "50,000 encoded words, all cut off",
        file("a.eml", lambda: "From: a@b.example\nSubject: " + "=?utf-8?b?4pyT" * 50_000 + "\nDate: heute\n\n" + TEXT),
        article=1,
    ),
    case("mail-continued", "a file name in 20,000 pieces (RFC 2231)", file("a.eml", _continued), article=1),
    case("mail-parameters", "200,000 semicolons in a parameter", file("a.eml", _quoted_parameters), article=1),
    case(
        "mail-boundary",
        "a boundary that is on every line",
        file("a.eml", lambda: mail('Content-Type: multipart/mixed; boundary="-"\n', "---\n" * MEGABYTES)),
        too_many=1,
    ),
    case("mail-attachment", "an attachment of 20 MB", file("a.eml", _attachment), article=1),
    case(
        "mail-base64",
        "10 MB of base64 that is none",
        file("a.eml", lambda: mail("Content-Transfer-Encoding: base64\n", "=?*\n" * 2 * MEGABYTES + "A" * MEGABYTES)),
        no_text=1,
    ),
    case(
        "mail-printable",
        "5 MB of soft line breaks",
        file(
            "a.eml",
            lambda: mail(
                "Content-Transfer-Encoding: quoted-printable\n", TEXT + "=\n" * 2 * MEGABYTES + "=" * MEGABYTES
            ),
        ),
        article=1,
    ),
    case(
        "mail-charsets",
        f"{len(LIARS)} charsets that lie",
        joined(*(file(f"{number}.eml", _liar(each)) for number, each in enumerate(LIARS))),
        article=len(LIARS),
    ),
    case("mail-tables", "a newsletter of 300 tables, one within the other", file("a.eml", _calendar), article=1),
    case("mbox-among", "empty messages between good ones", file("a.mbox", _box), article=3, empty=3),
    case(
        "mbox-empty",
        "a mailbox of 300,000 empty messages",
        file("a.mbox", lambda: FROM + mail("Message-ID: <hostile-3@b>\n") + "\n" + f"{FROM}\n" * 300_000),
        article=1,
        empty=100_000,
        too_many=1,
    ),
    case(
        "mbox-long",
        "a message of 50 MB between good ones",
        file(
            "a.mbox",
            lambda: "\n\n".join(
                f"{FROM}{each}"
                for each in (
                    mail("Message-ID: <hostile-4@b>\n"),
                    mail(body=repeated("Zeile\n", 50 * MEGABYTES)),
                    mail("Message-ID: <hostile-5@b>\n", TEXT * 2 + "\n"),
                )
            ),
        ),
        article=2,
        too_large=1,
    ),
    case("mbox-none", "a mailbox that is one mail", file("a.mbox", mail), article=1),
    case(
        "mail-unclosed",
        "a boundary that never comes",
        file("a.eml", lambda: mail("Content-Type: multipart/mixed; boundary=never\n")),
        article=1,
    ),
    case(
        "mhtml-deep",
        "a saved page in 1,000 layers",
        file("a.mhtml", lambda: _nested(1000).replace("From: Ada <ada@example.org>", "From: <Saved by Blink>")),
        too_deep=1,
    ),
]
