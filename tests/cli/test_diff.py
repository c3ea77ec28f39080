"""`diff`, `show` and `clean --diff` show all of an article, whoever wrote it, and find it by any of its names."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backfile import records
from backfile.article import Article, Extraction, Line, Removal, Span
from backfile.cli.columns import cells, rows
from backfile.cli.diff_page import page_of
from backfile.cli.named import article_named
from backfile.cli.output import safe
from backfile.cli.side_by_side import side_by_side
from backfile.errors import WrongUse
from backfile.store import Begun, Outcome, Portion, StoredArticle, open_store
from tests.cli.test_commands import in_archive, ingested, run  # noqa: F401  # a fixture
from tests.conftest import Workbench, news

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style></del></ol>", "javascript:alert(1)",
    "\x1b[2J\u202eevil\u2066", "&lt;b&gt;", "' onmouseover='x", "a\ud800b", "<!--", "]]>", "\x00",
]  # fmt: skip
EMPTY = {"area", "base", "br", "hr", "img", "input", "link", "meta"}


def stored(*texts: str, gone: dict[int, tuple[int, int]] | None = None, **fields: object) -> StoredArticle:
    """An article of these lines; of those in `gone` the characters from … to were removed."""
    gone = gone or {}
    lines = tuple(Line(text) for text in texts)
    removed = tuple(
        Removal(n, start, end, texts[n][start:end], "boilerplate", "quiz/1") for n, (start, end) in sorted(gone.items())
    )
    body = [Span(n, 0, text[: gone[n][0]] if n in gone else text) for n, text in enumerate(texts)]
    body += [Span(n, end, texts[n][end:]) for n, (_, end) in gone.items()]
    kept = tuple(sorted((each for each in body if each.text), key=lambda each: (each.line, each.start)))
    article = Article(id="t/1", source="t", uri="t.txt", body=kept, removed=removed, **fields)  # type: ignore[arg-type]
    return StoredArticle(article, lines, "stored", 1)


class Seen(HTMLParser):
    """The elements, attributes and visible text of a page; raises when it is not well nested."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.text += data


def test_an_article_is_found_by_its_path(ingested: Workbench) -> None:  # noqa: F811
    by_id = in_archive(ingested, "diff", "pile/a.txt")
    by_path = in_archive(ingested, "diff", str(ingested.pile / "a.txt"))
    relative = run("diff", "a.txt", cwd=ingested.pile, BACKFILE_ARCHIVE=str(ingested.archive.directory))
    shown = in_archive(ingested, "show", str(ingested.pile / "b.txt"))

    assert by_id.stdout == by_path.stdout == relative.stdout
    assert shown.stdout.startswith("Rat berät über Kitas")


def test_a_record_of_an_export_is_found_by_its_address(workbench: Workbench) -> None:
    records = "\n".join(f'{{"id": "{n}", "title": "Rat {n}", "text": "{"Der Rat tagt wieder. " * 9}"}}' for n in "12")
    export = workbench.put("export.jsonl", records)
    workbench.ingest()

    whole = in_archive(workbench, "diff", str(export))
    one = in_archive(workbench, "show", f"{export}#line=2")

    assert (whole.returncode, "`backfile clean --diff" in whole.stderr) == (2, True)
    assert one.stdout.startswith("Rat 2\n")


def test_an_address_of_several_articles_names_their_ids(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.sqlite", create=True)
    for n in range(5):
        article = replace(stored("One two three.").article, id=f"t/{n}", uri="/t/digest.eml")
        result = records.result(Extraction((Line("One two three."),)), article)
        begun = Begun("t", f"/t/{n}", size=1, modified=1, settings="s")
        outcome = Outcome("", article.uri, "d", None, article.id, (result,))
        store.write([Portion(None, 1, [outcome], begun=begun)], run=1, rules="r")

    with pytest.raises(WrongUse, match=r"t/0, t/1, t/2 …; name one by its id"):
        article_named(store, "/t/digest.eml")
    assert article_named(store, "t/3").article.id == "t/3"
    store.close()


def test_the_columns_hold_the_extracted_and_the_clean_text(ingested: Workbench) -> None:  # noqa: F811
    done = run("diff", "-y", "pile/a.txt", cwd=ingested.archive.directory, COLUMNS="60")

    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert max(map(cells, lines)) <= 60
    [credit] = [line for line in lines if "Foto: dpa" in line]
    assert re.fullmatch(r" +\d+ \[-Foto: dpa-] +│ \[image-credit/\d+\]", credit)


def test_wide_characters_keep_the_columns_straight() -> None:
    texts = ["日本の新聞は今日も朝から元気です。" * 3, "e\u0301" * 40, "ascii only " * 8]

    shown = list(side_by_side(stored(*texts).article, room=60))

    assert {cells(row.partition("│")[0]) for row in shown} == {cells(shown[0].partition("│")[0])}
    assert max(map(cells, shown)) <= 60


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.just("kept"))), st.integers(2, 30)
)
def test_broken_rows_fit_and_lose_nothing_but_blanks(pieces: list[tuple[str, str]], room: int) -> None:
    broken = rows(pieces, room)

    assert all(sum(cells(text) for text, _ in row) <= room for row in broken)
    before, after = (
        "".join(text for text, _ in each).replace(" ", "") for each in (pieces, [p for r in broken for p in r])
    )
    assert before == after


def test_the_page_marks_each_removal_and_says_where_values_are_from(ingested: Workbench) -> None:  # noqa: F811
    file = ingested.pile.parent / "a.html"

    done = in_archive(ingested, "diff", "--html", str(file), "pile/a.txt")
    page = file.read_text(encoding="utf-8")

    assert (done.returncode, done.stdout) == (1, "")
    assert 'title="image-credit/1, credit">Foto: dpa<small>image-credit/1</small></del>' in page
    assert "text:line 1" in Seen(page).text


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = page_of(stored("One two three.", "Zum Quiz", gone={1: (0, 8)}, url="https://a.example/x?a=1&b=2"))

    seen = Seen(page)
    assert not seen.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "src"]
    assert [value for name, value in seen.attributes if name == "href"] == ["https://a.example/x?a=1&b=2"]
    assert not re.search(r"url\(|@import", page)
    assert "default-src 'none'" in dict(seen.attributes)["content"] or "default-src" in page


@pytest.mark.parametrize("evil", HOSTILE, ids=ascii)
def test_hostile_text_is_shown_and_does_nothing(evil: str) -> None:
    harmless = Seen(page_of(stored("x y", "x", gone={0: (0, 2)}, title="x", url="x", provenance={"title": "x"})))
    line = f"{evil} y"

    page = page_of(stored(line, evil, gone={0: (0, len(evil))}, title=evil, url=evil, provenance={"title": evil}))

    seen = Seen(page)
    names = [name for name, _ in seen.attributes]
    assert (seen.tags, names) == (harmless.tags, [name for name, _ in harmless.attributes])
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    page.encode()


@settings(deadline=None)  # a machine may be busy
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4), st.text(max_size=20))
def test_whatever_an_article_says_is_on_the_page_and_nests_well(texts: list[str], title: str) -> None:
    gone = {0: (0, (len(texts[0]) + 1) // 2)}

    shown = Seen(page_of(stored(*texts, gone=gone, title=title, tags=(title,)))).text

    start, end = texts[0][: gone[0][1]], texts[0][gone[0][1] :]
    assert f"1{safe(start)}quiz/1{safe(end)}" in shown
    assert all(safe(each) in shown for each in [*texts[1:], title])


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "https://a.example/ x", "file:///etc/x"]
)
def test_only_an_address_of_the_web_is_a_link(address: str) -> None:
    assert 'href="' not in page_of(stored("x", url=address))


def test_a_page_that_cannot_be_written_is_told_of(ingested: Workbench) -> None:  # noqa: F811
    done = in_archive(ingested, "diff", "--html", "none/a.html", "pile/a.txt")

    assert (done.returncode, "cannot be written" in done.stderr, "fault" in done.stderr) == (2, True, False)


def test_a_file_without_an_archive_shows_what_goes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(news("Rat berät über Radwege", "Radwege") + "\nFoto: dpa\n", encoding="utf-8")

    done = run("clean", "--diff", "a.txt", cwd=tmp_path)

    assert done.returncode == 0
    assert any(
        re.fullmatch(r" +\d+ - Foto: dpa  \[image-credit/\d+, credit\]", line) for line in done.stdout.splitlines()
    )
