"""Each limit of extraction: what is just within it is read, and one more is refused with its reason, or not taken."""

import json
from collections.abc import Callable

import pytest

from backfile.errors import Reason, UnreadableInput
from transforms.extract import guard, jsonld, markup, plaintext


def reason_of(read: Callable[[], object]) -> Reason | None:
    try:
        read()
    except UnreadableInput as error:
        return error.reason
    return None


def padded(begin: str, size: int) -> str:
    return begin + "x" * (size - len(begin))


@pytest.mark.parametrize(
    ("limit", "value", "made", "reason"),
    [
        ("MAX_HTML", 1_000, lambda n: padded("<p>", n), Reason.TOO_LARGE),
        ("MAX_TAGS", 100, lambda n: "<b>" + "<" * (n - 1), Reason.TOO_LARGE),
        ("MAX_ATTRIBUTES", None, lambda n: f"<p {' '.join(f'a{k}=1' for k in range(n))}>x</p>", Reason.TOO_LARGE),
        ("MAX_PAGE_ATTRIBUTES", 50, lambda n: f"<i a b>{'<b c>' * (n - 2)}x{' ' * 60}", Reason.TOO_LARGE),
        ("MAX_DEPTH", None, lambda n: "<html><body>" + "<div>" * (n - 2) + "x", Reason.TOO_DEEP),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_page_within_a_limit_is_parsed_and_one_over_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int | None, made: Callable[[int], str], reason: Reason
) -> None:
    if value is not None:
        monkeypatch.setattr(guard, limit, value)
    size = getattr(guard, limit)

    assert [reason_of(lambda each=each: guard.parse(made(each))) for each in (size, size + 1)] == [None, reason]  # type: ignore[misc]


@pytest.mark.parametrize("mark", ['a{0}="1"', "a{0}='>'", 'a{0}="<"', " a{0}"])
def test_attributes_are_counted_whatever_stands_between_them(mark: str) -> None:
    page = f"<p {''.join(mark.format(number) for number in range(50_000))}>x</p>"

    assert reason_of(lambda: guard.parse(page)) is Reason.TOO_LARGE


def test_a_text_within_the_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaintext, "MAX_TEXT", 100)

    assert reason_of(lambda: list(plaintext.lines("x" * 100))) is None
    assert reason_of(lambda: list(plaintext.lines("x" * 101))) is Reason.TOO_LARGE


def test_a_text_of_so_many_lines_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaintext, "MAX_LINES", 10)

    assert reason_of(lambda: list(plaintext.lines("x\n" * 9 + "x"))) is None
    assert reason_of(lambda: list(plaintext.lines("x\n" * 10 + "x"))) is Reason.TOO_LARGE


def page(head: str) -> str:
    return f"<html><head>{head}</head><body><p>Text</p></body></html>"


def script(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def titles(head: str) -> list[str]:
    return [each.value for each in markup.witnesses(guard.parse(page(head))) if each.field == "title"]


def test_a_script_of_json_ld_within_the_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    article = {"@type": "NewsArticle", "headline": "Regen"}
    monkeypatch.setattr(jsonld, "MAX_JSON", len(json.dumps(article)))

    assert titles(script(article)) == ["Regen"]
    assert titles(script(article | {"x": 1})) == []


@pytest.mark.parametrize("scripts", [False, True])
def test_so_many_objects_of_a_page_are_looked_at(monkeypatch: pytest.MonkeyPatch, *, scripts: bool) -> None:
    monkeypatch.setattr(jsonld, "MAX_NODES", 4)
    things = [{"@type": "NewsArticle", "headline": f"Regen {number}"} for number in range(10)]
    head = "".join(script(thing) for thing in things) if scripts else script(things)

    assert len(list(jsonld.nodes(guard.parse(page(head))))) == (4 if scripts else 3)  # the list counts as well


def test_so_many_statements_of_a_page_are_taken_and_none_that_is_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_WITNESSES", 3)
    monkeypatch.setattr(markup, "MAX_VALUE", 10)
    metas = [f'<meta property="article:tag" content="{"x" * size}">' for size in (9, 10, 11, 5, 6)]
    found = markup.witnesses(guard.parse(page("".join(metas))))

    assert [len(each.value) for each in found] == [9, 10, 5]
