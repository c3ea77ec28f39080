"""Articles in the shape of real ones, made of lines."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from backfile.article import Article, Rejection, Span
from transforms import rules
from transforms.rule import clean

PROSE: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "cases" / "prose.toml").read_text("utf-8"))


def article(lines: Sequence[str], language: str = "de", **fields: object) -> Article:
    body = tuple(Span(number, 0, line) for number, line in enumerate(lines) if line.strip())
    return Article(id="test/1", source="test", uri="test.txt", body=body, language=language, **fields)  # type: ignore[arg-type]


def cleaned(lines: Sequence[str], language: str = "de", **fields: object) -> Article:
    result = clean(article(lines, language, **fields), rules())
    assert not isinstance(result, Rejection)
    return result


def rebuilt(lines: Sequence[str], result: Article) -> list[str]:
    """The extracted lines, put together again from what was kept and what was removed."""
    parts = [(span.line, span.start, span.text) for span in result.body]
    parts += [(removal.line, removal.start, removal.text) for removal in result.removed]
    whole = ["" for _ in lines]
    for line, start, text in sorted(parts):
        assert len(whole[line]) == start
        whole[line] += text
    return whole
