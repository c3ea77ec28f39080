"""JSON Lines, JSON, CSV and TSV."""

import json

import pytest

from backfile.article import Document, Failure
from backfile.errors import Reason, WrongUse
from backfile.readers.records import COLUMNS, folded
from tests.readers.conftest import Reading, outline, stated


def test_no_column_name_stands_for_two_fields() -> None:
    names = [folded(name) for names in COLUMNS.values() for name in names]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("HEADLINE", "title"),
        ("Überschrift", "title"),
        ("U\u0308berschrift", "title"),
        ("título", "title"),
        ("Autor", "author"),
        ("publishedAt", "published"),
        ("Published_At", "published"),
        ("date-published", "published"),
        ("Datum", "published"),
        ("fecha", "published"),
        ("Quelle", "publisher"),
        ("idioma", "language"),
        ("Link", "url"),
        ("last modified", "updated"),
        ("abgerufen am", "fetched"),
        ("Ressort", "tag"),
    ],
)
def test_a_column_is_known_by_its_name_and_named_as_origin(reading: Reading, header: str, field: str) -> None:
    (item,) = reading("a.jsonl", json.dumps({header: "Wert", "Inhalt": "Text"}))

    assert stated(item) == [(field, "Wert", f"column:{header}")]


@pytest.mark.parametrize(
    "column", ["text", "BODY", "articleBody", "full_text", "Inhalt", "cuerpo", "contenu", "Volltext"]
)
def test_a_text_is_known_in_four_languages(reading: Reading, column: str) -> None:
    assert outline(reading("a.jsonl", json.dumps({column: "Ein Text."}))) == [("1", "Ein Text.")]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"text": "T", "authors": ["Ada", {"name": "Bob"}, None]}, [("author", "Ada"), ("author", "Bob")]),
        ({"text": "T", "author": {"name": "Ada", "url": "u"}}, [("author", "Ada")]),
        ({"text": "T", "author": "Ada, Bob und Cleo"}, [("author", "Ada, Bob und Cleo")]),
        ({"text": "T", "tags": "a; b,c"}, [("tag", "a"), ("tag", "b"), ("tag", "c")]),
        ({"text": "T", "keywords": ["a, b", "c"]}, [("tag", "a, b"), ("tag", "c")]),
        ({"text": "T", "source": {"id": None, "name": "taz"}}, [("publisher", "taz")]),
        ({"text": "T", "title": {"rendered": "Titel"}}, [("title", "Titel")]),
        ({"text": "T", "timestamp": 1732525920}, [("published", "1732525920")]),
        ({"text": "T", "title": "", "headline": "H"}, [("title", "H")]),
        ({"text": "T", "title": "A", "headline": "H"}, [("title", "A")]),
        ({"text": "T", "title": True, "date": None, "url": [], "lang": {}}, []),
        ({"article": {"headline": "H", "text": "T"}, "url": "u"}, [("title", "H"), ("url", "u")]),
        ({"text": "T", "title": "\ud83d\ude00\ud800"}, [("title", "😀\ufffd")]),
    ],
)
def test_values_of_all_shapes_become_statements(
    reading: Reading, record: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    (item,) = reading("a.jsonl", json.dumps(record))

    assert [(field, value) for field, value, _ in stated(item)] == expected
    assert isinstance(item, Document)
    assert item.text == "T"


@pytest.mark.parametrize(
    ("record", "text", "html"),
    [
        ({"text": "Eins. Zwei.", "teaser": "Vorspann."}, "Vorspann.\n\nEins. Zwei.", None),
        ({"text": "Eins. Zwei.", "teaser": "Eins."}, "Eins. Zwei.", None),
        ({"text": "Eins \n zwei drei.", "description": "Eins zwei …"}, "Eins \n zwei drei.", None),
        ({"teaser": "Nur das."}, "Nur das.", None),
        ({"body": "<p>Eins</p><p>Zwei</p>"}, None, "<p>Eins</p><p>Zwei</p>"),
        ({"body": "<p>Eins &amp; zwei</p>", "lead": "A < B"}, None, "<p>A &lt; B</p>\n<p>Eins &amp; zwei</p>"),
        ({"body": "<p>Eins &amp; zwei</p>", "lead": "Eins & zwei"}, None, "<p>Eins &amp; zwei</p>"),
        ({"text": "Phillips <P> stieg, Standard Oil <SRD> auch"}, "Phillips <P> stieg, Standard Oil <SRD> auch", None),
        ({"html": "<p>x</p>", "text": "x"}, "x", "<p>x</p>"),
        ({"text": ["Eins.", "Zwei."]}, "Eins.\n\nZwei.", None),
    ],
)
def test_text_html_and_teaser_find_their_places(
    reading: Reading, record: dict[str, object], text: str | None, html: str | None
) -> None:
    (item,) = reading("a.jsonl", json.dumps(record))

    assert isinstance(item, Document)
    assert (item.text, item.html) == (text, html)


def test_a_mapping_goes_before_every_guess(reading: Reading) -> None:
    record = {"text": "falsch", "Feld 3": "richtig", "title": "falsch", "kopf": "Kopf", "nr": 7, "id": 1}
    mapping = {"text": "Feld 3", "title": "kopf", "id": "nr"}

    (item,) = reading("a.jsonl", json.dumps(record), mapping=mapping)

    assert isinstance(item, Document)
    assert (item.text, item.key, stated(item)) == ("richtig", "7", [("title", "Kopf", "column:kopf")])


@pytest.mark.parametrize(("keywords"), [{"mapping": {"txet": "a"}}, {"reader": "docx"}])
def test_wrong_use_is_said_at_once(reading: Reading, keywords: dict[str, object]) -> None:
    with pytest.raises(WrongUse, match="there are: "):
        reading("a.jsonl", "{}", **keywords)


def test_a_broken_line_leaves_its_neighbours_and_names_its_place(reading: Reading) -> None:
    lines = [
        b'{"id": 1, "text": "a"}',
        b"{broken",
        b"",
        b"[]",
        b'{"x": 1}',
        b'{"text": " "}',
        b'{"id": 7, "text": "b"}',
    ]
    items = reading("a.jsonl", b"\r\n".join(lines))

    assert outline(items) == [
        ("1", "a"),
        ("2", "bad-record"),
        ("4", "bad-record"),
        ("5", "bad-record"),
        ("6", "empty"),
        ("7", "b"),
    ]
    assert items[1].uri.endswith("a.jsonl#line=2")
    assert isinstance(items[3], Failure)
    assert items[3].detail == "no column with a text among: x"
    assert [item.key for item in items if isinstance(item, Document)] == ["1", "7"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[{"text": "a"}, {"text": "b"}]', [("1", "a"), ("2", "b")]),
        ('[{"text": "a"}, {"text": oops}, {"text": "c"}]', [("1", "a"), ("2", "bad-record"), ("3", "c")]),
        ('[{"text": "a"}, {"text": "b}, {"text": "c"}]', [("1", "a"), ("2", "bad-record"), ("3", "c")]),
        (
            '[{"text": "a"}, {"text": "b}, {"text": "c"}, {"text": "d"}, {"text": "e}, {"text": "f"}]',
            [("1", "a"), ("2", "bad-record"), ("3", "c"), ("4", "d"), ("5", "bad-record"), ("6", "f")],
        ),
        ('[{"text": "a", "n": [{"x": 1}, {"y": 2}], oops}, {"text": "b"}]', [("1", "bad-record"), ("2", "b")]),
        ('[{"text": "a"}, 1, "x", null, {"text": "c"}]', [("1", "a"), *((n, "bad-record") for n in "234"), ("5", "c")]),
        ('[{"text": "a"}, {"text": "b"', [("1", "a"), ("2", "damaged")]),
        ('[{"text": "a"}', [("1", "a"), ("2", "damaged")]),
        ('{"text": "a"}\n', [("", "a")]),
        ('{"text": "a", "comments": [{"text": "c"}], "authors": [{"name": "x"}]}', [("", "a")]),
        ('{"comments": [{"text": "c"}], "text": "a"}', [("", "a")]),
        ('{"n": [1, {"x": []}], "s": "}{][", "articles": [{"text": "a"}, {"text": "b"}]}', [("1", "a"), ("2", "b")]),
        ('{"items": [{"text": "a"}], "more": [{"text": "b"}]}', [("1", "a")]),
        ('{"beliebig": [{"text": "a"}]}', [("1", "a")]),
        ('{"response": {"n": 1, "hits": {"hits": [{"_source": {"text": "a"}}]}}}', [("1", "a")]),
        ('{\n"text": "a"\n}\n{\n"text": "b"\n}', [("1", "a"), ("2", "b")]),
        ('{"a": {"b": {"c": {"d": 1}}}}', [("", "bad-record")]),
        ("[]", [("", "empty")]),
        ('[{"text": "a\\"}] \\\\"}]', [("1", 'a"}] \\')]),
        ('[{"text": "a\nb"}]', [("1", "a\nb")]),
        ('[{"text": "\\ud800x"}]', [("1", "\ufffdx")]),
        ('[{"text": 1e400}, {"text": "b"}]', [("1", "inf"), ("2", "b")]),
        ('[{"text": ' + "9" * 5000 + '}, {"text": "b"}]', [("1", "bad-record"), ("2", "b")]),
    ],
)
def test_json_in_all_shapes(reading: Reading, content: str, expected: list[tuple[str, str]]) -> None:
    assert outline(reading("a.json", content)) == expected


def test_a_list_is_found_by_the_columns_that_the_user_names(reading: Reading) -> None:
    content = '{"n": 2, "liste": [{"Feld 3": "a"}, {"Feld 3": "b"}]}'

    assert outline(reading("a.json", content, mapping={"text": "Feld 3"})) == [("1", "a"), ("2", "b")]
    assert outline(reading("a.json", content)) == [("", "bad-record")]


@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
def test_json_is_cut_alike_wherever_the_chunks_end(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    texts = ['a\\"b', "}{", "Größe \\u00fc", "\\\\", "x" * 100]
    content = (
        '{"k": "\\\\", "articles": [' + ",\n ".join(f'{{"text": "{text}", "n": [1, {{}}]}}' for text in texts) + "]}"
    )
    whole = outline(reading("a.json", content))
    monkeypatch.setattr("backfile.readers.json._CHUNK_BYTES", chunk)

    assert outline(reading("a.json", content)) == whole
    assert len(whole) == 5


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,title,text\n1,A,a\n2,B,b\n", [("2", "a"), ("3", "b")]),
        ('id;title;text\r\n1;A;"a;\r\n""x"""\r\n2;B;b', [("2", 'a;\r\n"x"'), ("3", "b")]),
        ("sep=|\ntitle|text\nA|a\n", [("2", "a")]),
        ('title,text\nA,"a\nB,b\nC,c\n', [("2", "bad-record"), ("3", "b"), ("4", "c")]),
        ('title,text\nA,"a\nB,"b\nC,c\n', [("2", "bad-record"), ("3", "bad-record"), ("4", "c")]),
        ('title,text\nA,"a" b\nC,c\n', [("2", "a b"), ("3", "c")]),
        ('title,text\nA,5" lang\nC,c\n', [("2", '5" lang'), ("3", "c")]),
        ("title,text\nA,a,b,c\nC,c\n", [("2", "bad-record"), ("3", "c")]),
        ("title,text\nA,a,,\n,,\nC\nD,d\n", [("2", "a"), ("4", "bad-record"), ("5", "d")]),
        ("title,text\nA,\nD,d\n", [("2", "empty"), ("3", "d")]),
        ('title\ttext\n"A" x\t"a" sagte er\nB\t"b\n', [("2", '"a" sagte er'), ("3", '"b')]),
        ('title\ttext\nA\t"a\tb"\nB\tb\n', [("2", "a\tb"), ("3", "b")]),
        ("text,text,title\na,b,A\n", [("2", "a")]),
        ("title,text\n" + "A,a\n" * 20 + "A,a\0b\n", [*((str(n), "a") for n in range(2, 22)), ("22", "ab")]),
        ("title,text\n", [("", "empty")]),
        ("a,b\n1,2\n", [("", "unsupported")]),
        ("text\nNur ein Satz\nNoch einer\n", [("2", "Nur ein Satz"), ("3", "Noch einer")]),
    ],
)
def test_tables_in_all_shapes(reading: Reading, content: str, expected: list[tuple[str, str]]) -> None:
    assert outline(reading("a.csv", content)) == expected


def test_a_row_knows_its_place_and_a_long_cell_is_read(reading: Reading) -> None:
    (item,) = reading("a.csv", "id,text\nx7," + "lang " * 100_000 + "\n")

    assert isinstance(item, Document)
    assert item.uri.endswith("a.csv#row=2")
    assert (item.key, len(item.text or "")) == ("x7", 500_000)


def test_a_mapped_column_that_is_missing_is_named(reading: Reading) -> None:
    (item,) = reading("a.csv", "title,text\nA,a\n", mapping={"text": "Haupttext"})

    assert isinstance(item, Failure)
    assert (item.reason, item.detail) == (Reason.BAD_RECORD, 'no column "Haupttext"; there are: title, text')
