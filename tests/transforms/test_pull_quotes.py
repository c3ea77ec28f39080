"""A pull quote goes once: where it is set apart, and only when the text says it as well."""

from dataclasses import replace

from backfile.article import Article
from tests.transforms.shaped import article
from transforms.pullquote import drop_pull_quote

SAID = "Wir haben drei Jahre lang darüber gestritten, und jetzt ist es gut"
LINES = [
    f"„{SAID}“, sagte die Bürgermeisterin am Montag vor dem alten Bahnhof.",
    f"»{SAID}!«",
    "Die Opposition schwieg.",
]


def made(lines: list[str], *quotes: int) -> Article:
    whole = article(lines)
    body = (replace(span, role="quote") if at in quotes else span for at, span in enumerate(whole.body))
    return replace(whole, body=tuple(body))


def texts(lines: list[str], *quotes: int) -> list[str]:
    result = drop_pull_quote.apply(made(lines, *quotes))
    assert isinstance(result, Article)
    return [span.text for span in result.body]


def test_a_quote_that_a_paragraph_says_goes() -> None:
    assert texts(LINES, 1) == [LINES[0], LINES[2]]


def test_a_quote_that_is_said_nowhere_else_stays() -> None:
    assert texts(LINES[1:], 0) == LINES[1:]


def test_a_line_that_is_no_quote_stays_though_it_is_said_twice() -> None:
    assert texts(LINES) == LINES


def test_two_quotes_do_not_take_each_other() -> None:
    assert texts([LINES[1], LINES[1], LINES[2]], 0, 1) == [LINES[1], LINES[1], LINES[2]]


def test_a_short_quote_stays() -> None:
    lines = ["„Nie wieder!“, rief sie.", "Nie wieder!", LINES[2]]

    assert texts(lines, 1) == lines
