"""Bytes become the characters that were meant."""

import pytest

from backfile.article import Document
from backfile.errors import Reason, UnreadableInput
from backfile.readers.encoding import decode, known
from tests.readers.conftest import Reading

GERMAN = "Müller sagte: „Nein“ – so geht’s nicht. Straße, Größe, Übermut …"
SHORT = [
    "Ü",
    "Für",
    "„Ja“",
    "Größe",
    "Köln – Bonn",
    "L’été",
    "mañana",
    "¿Qué?",
    "10 € im Café",
    "«Oui»",
    "Übrigens",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_german_text_comes_out_right(reading: Reading, encoding: str) -> None:
    (item,) = reading("a.txt", GERMAN.encode(encoding))

    assert isinstance(item, Document)
    assert item.text == GERMAN


@pytest.mark.parametrize("text", SHORT)
def test_short_western_texts_in_windows_1252_come_out_right(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zażółć gęślą jaźń. W Warszawie odbyło się dziś posiedzenie sejmu, na którym głosowano.", "cp1250"),
        ("Сегодня в Москве прошло заседание, на котором обсуждали новый бюджет.", "cp1251"),
        ("Сегодня в Москве прошло заседание, на котором обсуждали новый бюджет.", "koi8_r"),
        ("東京で今日、新しい予算案が発表された。会議は長く続いた。", "cp932"),
        ("Größe und Straße, Übermut in Köln für alle Männer", "mac_roman"),
    ],
)
def test_other_encodings_are_detected_and_believed_when_declared(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text
    assert decode(text.encode(encoding), encoding) == text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (GERMAN.encode()[:-1], GERMAN[:-1] + "\ufffd"),
        ("Müller und Österreich".encode() + b"\xff" + " für Köln".encode(), "Müller und Österreich\ufffd für Köln"),
        (b"Aber" + "ö".encode() * 2 + "ä".encode()[:1], "Aberöö\ufffd"),
    ],
)
def test_damaged_utf_8_is_still_utf_8(data: bytes, expected: str) -> None:
    assert decode(data) == expected


@pytest.mark.parametrize(
    "label", ["us-ascii", "iso-8859-1", "windows-1252", "unknown-8bit", "x-user-defined", "ISO_8859_1"]
)
def test_utf_8_is_known_whatever_was_declared(label: str) -> None:
    assert decode(GERMAN.encode(), label) == GERMAN


@pytest.mark.parametrize(
    "label", ["iso-8859-1", "ascii", "latin1", "utf-8", "UTF-8", "no-such", "base64", "rot13", "\0", "", None]
)
def test_windows_1252_is_read_whatever_was_declared(label: str | None) -> None:
    assert decode("Größe „so“ – ja".encode("cp1252"), label) == "Größe „so“ – ja"


def test_a_declared_encoding_made_of_ascii_is_believed() -> None:
    assert decode("日本の新聞".encode("iso2022_jp"), "ISO-2022-JP") == "日本の新聞"


@pytest.mark.parametrize("label", ["base64", "hex", "idna", "zlib", "no-such", "\0"])
def test_a_label_that_names_no_text_encoding_is_none(label: str) -> None:
    assert known(label) is None


def test_bytes_that_are_no_text_say_so() -> None:
    with pytest.raises(UnreadableInput) as caught:
        decode(b"\x81\x8d\x9d\x8f\xff\xfe\xfd" * 40)

    assert caught.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        ('<html><head><meta charset="iso-8859-1"><body>Größe – „ja“', "cp1252"),
        ("<html><head><meta http-equiv=Content-Type content='text/html; charset=windows-1251'><body>Да", "cp1251"),
        ('<?xml version="1.0" encoding="iso-8859-2"?><html><body>łódź', "iso8859_2"),
        ('<html><head><meta charset="iso-8859-1"><body>Größe', "utf-8"),
        ('<html><head><meta charset="utf-16"><body>Größe', "utf-8"),
        ('<html><head><meta charset="utf-8"><body>Größe', "cp1252"),
        ('<html><head><meta charset="windows-1252"><body>Größe', "utf-16"),
        ("<html><body>Größe", "utf-8-sig"),
    ],
)
def test_a_page_is_decoded_by_mark_then_by_what_it_says(reading: Reading, page: str, encoding: str) -> None:
    (item,) = reading("a.html", page.encode(encoding))

    assert isinstance(item, Document)
    assert item.html == page


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "cp1251"])
def test_a_table_and_json_lines_in_other_encodings(reading: Reading, encoding: str) -> None:
    word = "Москва и Петербург сегодня" if encoding == "cp1251" else "Größe"
    table = reading("a.csv", f"title;text\nx;{word}\ny;{word}\n".encode(encoding))

    assert [item.text for item in table if isinstance(item, Document)] == [word, word]
