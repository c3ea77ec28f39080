"""What others wrote goes into either database alike, whatever characters are in it."""

import json
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from backfile import config
from tests.conftest import Workbench, configured, news
from tests.pipeline.made import rows
from tests.postgresql.server import Server

pytestmark = pytest.mark.server

ODD = ("a\0b", "\0", "\ud800x", "\U0001f600", "a\u0000\\u0000", "ä" * 2_000, "%s %(x)s $1 ' \" \\ \t", "\ufffe\uffff")


def pile(workbench: Workbench) -> None:
    lines = [
        {"id": f"{number}-{name}", "text": news(f"Rat berät {number}", f"{name}{number}"), name: word}
        for number, word in enumerate(ODD)
        for name in ("id", "url", "title", "author", "language", "date", "publisher", "tags")
    ]
    workbench.put("e.jsonl", "".join(f"{json.dumps(each)}\n" for each in lines))
    for number, word in enumerate(ODD):
        mail = EmailMessage()
        mail["Subject"] = "Rat"
        mail.set_content(news("Rat berät", f"mail{number}"))
        told = word.encode("utf-8", "surrogatepass").replace(b"\n", b" ")
        for name in ("List-Id", "From", "Message-ID"):
            workbench.put(f"{number}-{name}.eml", name.encode() + b": <" + told + b"@niederau.example>\n" + bytes(mail))


def test_odd_characters_make_the_same_rows_in_either(
    make_workbench: Callable[[str], Workbench], postgresql: Server
) -> None:
    made, other = make_workbench("file"), make_workbench("database")
    other.archive.config_file.write_text(configured(postgresql.database()), encoding="utf-8")
    config.add_source(other.archive, "pile", str(made.pile))
    pile(made)
    for each in (made, other):
        each.ingest()
        assert each.ingest().changed_nothing

    found = rows(made.archive)
    texts = [value for table in found.values() for row in table for value in row if isinstance(value, str)]
    assert len(found["documents"]) > 8 * len(ODD)
    assert [each for each in texts if "\0" in each] == []
    assert rows(other.archive) | {"settled": []} == found | {"settled": []}  # that is of a directory
