"""What leaves: on one line, without control characters, and in a table without formulas."""

import io
import logging
import os
import pty
from pathlib import Path

import pytest

from backfile.cli.output import cell, csv_line, json_line, safe, tsv_line
from backfile.log import file_handler
from backfile.printable import UNSAFE, Guarded

HOSTILE = [
    "\x1b[2J", "\x1b]0;t\x07", "\x1b]8;;http://evil.example\x1b\\x", "\x9b31m", "\x9d0;x\x9c", "\x07", "a\rb", "a\x00b",
    "\u202egnp.exe", "\u2066x\u2069", "\u200f", "\u206ax", "\u2028", "\ufeff", "\x7f", "a\nb", "a\tb", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_control_character_is_in_what_is_safe(text: str) -> None:
    for made in (safe(text), json_line({"x": text}), cell(text), tsv_line([text]).replace("\t", ""), csv_line([text])):
        assert not UNSAFE.search(made)
        made.encode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=cmd()", "'=cmd()"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "' =1+1"),
        ("\r=1+1", "' =1+1"),
        ("  =1+1", "'  =1+1"),
        ('"=1+1"', '\'"=1+1"'),
        ("\u200f=1", "'\ufffd=1"),
        ("＝1+1", "'＝1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a; @x", "a;' @x"),
        (["=a", "=b"], "'=a;' =b"),
        (["a", "b"], "a; b"),
        ("a=b - c", "a=b - c"),
        (-3, "-3"),
        (-0.5, "-0.5"),
        (None, ""),
    ],
)
def test_a_cell_is_no_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_a_byte_of_a_file_name_that_is_no_utf_8_stays_readable() -> None:
    assert safe(os.fsdecode(b"caf\xe9.txt")) == r"caf\xe9.txt"


def test_what_forgot_to_be_safe_does_not_leave_through_a_pipe() -> None:
    below = io.BytesIO()
    out = Guarded(io.TextIOWrapper(below))

    print("a\tb\x1b[31mc\rd\x00\u202e", file=out)
    out.close()

    assert below.getvalue().decode() == "a\tb\ufffd[31mc\ufffdd\ufffd\ufffd\n"
    assert not below.closed


def test_on_a_terminal_colours_and_the_progress_bar_alone_leave() -> None:
    reading, writing = pty.openpty()
    with os.fdopen(writing, "w") as terminal:
        out = Guarded(terminal)
        out.write("\x1b[1mbold\x1b[0m\r\x1b[?25l\x1b]0;title\x07\x1b[2J\x1b[6n\x9b5i")
        out.flush()
        seen = os.read(reading, 1_000).decode()
    os.close(reading)

    assert seen == "\x1b[1mbold\x1b[0m\r\x1b[?25l\ufffd]0;title\ufffd\ufffd[2J\ufffd[6n\ufffd5i"


def test_what_was_read_cannot_forge_an_entry_of_the_log(tmp_path: Path) -> None:
    handler = file_handler(tmp_path / "log")
    log = logging.getLogger("tests.forged")
    log.addHandler(handler)
    forged = "2026-01-01 00:00:00,000 ERROR backfile: all is well \x1b[2J"
    error = ValueError(f"x\n{forged}")
    log.error("reading %s", f"a.html\n{forged}", exc_info=error)
    log.removeHandler(handler)
    handler.close()

    first, *others = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert first.endswith(f"ERROR tests.forged: reading a.html {forged[:-4]}\ufffd[2J")
    assert all(line.startswith("    ") and not UNSAFE.search(line) for line in others)
