"""What a hunt begins with: the samples and mails of this repository, whole and packed, and marks that formats know."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import zstandard

ROOT = Path(__file__).parents[2]
LARGEST = 64 * 1024  # bytes of a seed

QUERIES = (
    "Brücke", "die alte Brücke", "alt OR neu", "-Brücke", "NOT (a OR b)", '"alte Brücke"', '"alte Brücke"~5',
    "Brü*", "*ücke", "=Brücke", "title:Brücke author:x", "date:2024-11..2025-02", "date:>=2024-11-20", "date:2w..",
    "Brücke~1", "lang:de source:taz id:taz/a", "(((", "a:b:c", "„alte Brücke“", "NOT NOT a", "[a TO z]", "a~2 b~9",
    "**", "\\",
)  # fmt: skip

MAIL = (
    b"From: =?utf-8?q?Ada_M=C3=BCller?= <ada@example.org>\nTo: list@example.org\nSubject: =?iso-8859-1?b?QnL8Y2tl?=\n"
    b"Date: Mon, 25 Nov 2024 10:12:00 +0100\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n'
    b"Content-Transfer-Encoding: quoted-printable\n\nDie alte Br=C3=BCcke wird gesperrt.\n--b\n"
    b"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n"
    b"PGh0bWw+PHA+RGllIGFsdGUgQnL8Y2tlPC9wPjwvaHRtbD4=\n--b--\n"
)
MHTML = (
    b"From: <Saved by a browser>\nSnapshot-Content-Location: https://example.org/a\nSubject: A\n"
    b'MIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\n'
    b"Content-Type: text/html\nContent-Location: https://example.org/a\nContent-Transfer-Encoding: quoted-printable\n\n"
    b"<html><head><title>A</title></head><body><p>Die alte Br=C3=BCcke</p></body></html>\n--b--\n"
)
PAGE = (
    '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Brücke gesperrt - Musterblatt</title>'
    '<meta property="article:published_time" content="2024-11-25T10:12:00+01:00">'
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Brücke","author":{"name":"Ada M"}}</script>'
    "</head><body><nav>Start</nav><article><h1>Brücke gesperrt</h1><p>Von Ada Müller</p><p>Die alte Brücke in "
    "Musterburg wird gesperrt. Das teilte die Stadt am Montag mit.</p></article><footer>Impressum</footer>"
    "</body></html>"
).encode()
ROWS = 'id;title;text;date\n1;"Brücke; gesperrt";"Die alte ""Brücke""\nwird gesperrt.";2024-11-25\n'.encode()
LINES = b'{"id": 1, "title": "A", "text": "Die alte Br\\u00fccke."}\n{"id": 2, "html": "<p>B</p>", "tags": ["x"]}\n'


def seeds(target: str) -> Iterator[bytes]:
    """The inputs that a hunt for a target begins with, none too large."""
    yield from (each for each in _seeds(target) if len(each) <= LARGEST)


def _seeds(target: str) -> Iterable[bytes]:
    mails = [MAIL, *_files("tests/mails/*.eml"), *_files("samples/mail/**/*")]
    pages = [PAGE, *_files("samples/pages/**/*")]
    begun = [b"From a@b Mon Nov 25 10:12:00 2024\n" + each + b"\n" for each in mails[:2]]
    known: dict[str, Iterable[bytes]] = {
        "mail": mails,
        "clean-mail": mails,
        "mbox": [b"".join(begun), *_files("samples/mail/*.mbox")],
        "maildir": [b"\0\0\0\0".join(mails[:3])],
        "mhtml": [MHTML],
        "html": pages,
        "clean-page": pages,
        "json": [b'{"articles": [' + LINES.replace(b"}\n{", b"}, {").strip() + b"]}"],
        "jsonl": [LINES, *_files("samples/exports/*.jsonl")],
        "csv": [ROWS, ROWS.replace(b";", b"\t"), *_files("samples/exports/*sv")],
        "query": [each.encode() for each in QUERIES],
        "file": _packed(pages[:2] + mails[:2]),
    }
    return known.get(target) or _files("samples/text*/**/*")


def _packed(whole: list[bytes]) -> Iterator[bytes]:
    """As the target `file` takes them: a byte that chooses the name, then the bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for number, each in enumerate(whole):
            out.writestr(f"{number}.html", each)
    yield b"\1" + made.getvalue()
    bundle = io.BytesIO()
    with tarfile.open(fileobj=bundle, mode="w") as tar:
        for number, each in enumerate(whole):
            info = tarfile.TarInfo(f"{number}.html")
            info.size = len(each)
            tar.addfile(info, io.BytesIO(each))
    yield b"\2" + gzip.compress(bundle.getvalue())
    yield b"\0" + bundle.getvalue()
    for packed in (gzip.compress, bz2.compress, lzma.compress, zstandard.compress):
        yield b"\3" + packed(whole[0])
    yield b"\3" + gzip.compress(b"\1" + gzip.compress(whole[0]))
    yield from (bytes([number + 3]) + each for number, each in enumerate(whole[:4]))


def _files(pattern: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted(ROOT.glob(pattern)) if file.is_file()]
