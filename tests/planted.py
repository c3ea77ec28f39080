"""A pile and an archive whose every field tries to get out: to the terminal, into a line or cell, onto a page."""

import io
import json
import os
import sqlite3
import zipfile
import zlib
from contextlib import closing
from email.header import Header
from html import escape
from pathlib import Path

from backfile.config import Archive
from backfile.printable import UNSAFE

# Colour with blinking (which we never use), a title, a link, an erased screen, the terminal's own printer, a C1
# sequence, a return over what stood there, an override of direction, an isolate, a bell, and a line end with
# what would follow.
WORDS = (
    "P\x1b[31;5mX\x1b]0;pwned\x07\x1b]8;;http://evil.example/\x1b\\L\x1b[2J\x9b5i\x90q\x9c\rOVER"
    "\u202etxt\u2066\u200f\ufeff\n"
    "INJECTED 2026-01-01 00:00:00,000 ERROR forged\n"
    "=cmd()|' /C calc'!A0 | <img src=http://evil.example/p.png onerror=x> ![i](http://evil.example/q.png) `x` | y |"
)
PAYLOAD = WORDS + "\x00"
FORMULAS = ("=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a; =1"', '"=1')
FILE = os.fsdecode(b"caf\xe9 \x1b]0;pwned\x07\nINJECTED =cmd() \xe2\x80\xae.txt")
TEXT = (
    "Die alte Brücke in Musterburg wird ab Montag gesperrt. Das teilte die Stadt am {number}. November mit. {words}\n\n"
    "Bürgermeisterin Anke Sell sprach von {number} Tagen für die Arbeiten. Die Opposition will den Beschluss prüfen."
)
LINE = "Mehr dazu lesen Sie morgen in unserer Beilage {payload} für alle Leserinnen."


def pile(folder: Path) -> Path:
    """The files: an export, a page, a mail, a ZIP, a name that is no UTF-8, what cannot be read."""
    folder.mkdir()
    records = [_record(number) for number in range(30)]
    (folder / "export.jsonl").write_text("\n".join(json.dumps(each) for each in records), encoding="utf-8")
    (folder / "page.html").write_text(_page(), encoding="utf-8")
    (folder / "mail.eml").write_bytes(_mail())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("in\x1b[2J\nINJECTED.html", _page())
        out.writestr("broken\x1b[2J\nINJECTED.jsonl", '{"id": 1, "text": "a"}\n{"id": \x1b[2J')
    (folder / "a.zip").write_bytes(made.getvalue())
    (folder / FILE).write_text(TEXT.format(number=3, words=PAYLOAD), encoding="utf-8")
    (folder / "broken\x1b[2J.jsonl").write_text(
        '{"id": 1, "title": "x", "text": "y"}\n{"id": "\x1b[2J', encoding="utf-8"
    )
    return folder


def _record(number: int) -> dict[str, object]:
    words = f"{PAYLOAD} {number}"
    return {
        "id": f"a{number}",
        "title": FORMULAS[number % len(FORMULAS)] if number % 2 else f"Brücke {words}",
        "text": "\n\n".join([TEXT.format(number=number // 3, words=words), LINE.format(payload=PAYLOAD)]),
        "author": [f"Ada {words}", "=cmd()"],
        "publisher": words,
        "tags": [words, "=cmd()", "+1"],
        "url": f"https://musterblatt.example/{number}/\x1b]0;x\x07\u202e",
        "date": "2024-11-25",
        "lang": "de",
    }


def _page() -> str:
    stated = {"@type": "NewsArticle", "headline": PAYLOAD, "author": {"name": PAYLOAD}, "keywords": [PAYLOAD]}
    body = escape(TEXT.format(number=7, words=WORDS)).replace("\n\n", "</p><p>")
    return (
        f"<html><head><title>{escape(WORDS)}</title><meta name=author content='{escape(WORDS)}'>"
        f'<script type="application/ld+json">{json.dumps(stated)}</script>'
        f"</head><body><article><p>{body}</p></article></body>"
    )


def _mail() -> bytes:
    said = Header(PAYLOAD, "utf-8").encode(linesep="\n")
    head = "".join(f"{name}: {said}\n" for name in ("Subject", "From", "List-Id"))
    return f"{head}Date: Mon, 25 Nov 2024 10:12:00 +0100\n\n{TEXT.format(number=9, words=PAYLOAD)}\n".encode()


def configuration(folder: Path) -> str:
    """`backfile.toml`, with control characters as TOML spells them, in each value that may hold any."""
    said = json.dumps(PAYLOAD).replace("\\u0000", "")
    return f"""[archive]
learn = "certain"
[[source]]
name = "made"
path = {json.dumps(str(folder))}
publisher = {said}
[[source.rule]]
name = "mine"
about = {said}
pattern = "Mehr dazu lesen Sie morgen.*"
matches = [{said}]
spares = ["Mehr dazu lesen Sie morgen"]
"""


def plant(archive: Archive) -> None:
    """Write the payload past hygiene and rules into what the store keeps for people."""
    with closing(sqlite3.connect(archive.store_file)) as store, store:
        for name, record in store.execute("SELECT id, record FROM articles").fetchall():
            told = json.loads(zlib.decompress(record))
            number = int("".join(filter(str.isdigit, name)) or 0)
            told |= {key: [PAYLOAD, "=cmd()"] for key in ("authors", "agencies", "tags", "place", "date_conflict")}
            told |= {"title": FORMULAS[number % len(FORMULAS)] if number % 2 else PAYLOAD, "publisher": PAYLOAD}
            told |= {"url": f"https://musterblatt.example/{number}{PAYLOAD}", "uri": f"/{PAYLOAD}", "fetched": PAYLOAD}
            told["provenance"] = dict.fromkeys(told["provenance"], PAYLOAD) | {"not_article": PAYLOAD}
            store.execute(
                "UPDATE articles SET record = ? WHERE id = ?", [zlib.compress(json.dumps(told).encode()), name]
            )
        store.execute("UPDATE documents SET uri = ? || id, detail = ?", [f"/{PAYLOAD}", PAYLOAD])
        store.execute("UPDATE documents SET state = 'stored' WHERE state = 'indexed'")
        store.execute("UPDATE inputs SET path = ? || id", [f"/{PAYLOAD}"])
        store.execute("UPDATE sites SET name = ? || id", [WORDS[:150]])


def got_out(text: str, *, has_text: bool = False) -> list[str]:
    """What left that may not have: control characters, and what would be a line of its own, unless text is shown."""
    found = [ascii(each) for each in UNSAFE.findall(text) if each not in "\n\t"]
    if has_text:
        return found
    found += [line for line in text.splitlines() if line.lstrip(" \t│┃>|").startswith(("INJECTED", "OVER"))]
    return found
