"""What `backfile show --explain` prints: for each field its value, every statement about it, and the one that won."""

from collections.abc import Iterable, Iterator

from backfile.article import Article
from backfile.cli.output import safe, width
from backfile.cli.styled import styled
from backfile.pipeline.explanation import Field

MOST_STATEMENTS = 12  # of one field that are printed; --json has all
SHORTEST = 20  # columns for a statement on a narrow terminal
LONGEST_READ = 40  # columns for what it means
_INDENT = 4
_BEFORE = 12  # columns of mark, weight and the blanks beside the origin
_LEFT = 12  # columns of a field's name


def readable(article: Article, fields: Iterable[Field]) -> str:
    """The fields for people, each with its statements: the winner's mark, weight, origin, words, what they mean."""
    lines = [styled(safe(article.id), bold=True)]
    for field in fields:
        lines += _lines(field)
        if field.name == "published" and article.date_conflict:
            lines.append(f"{'conflict':{_LEFT}}{safe(', '.join(article.date_conflict))}")
    return "\n".join(lines) + "\n"


def _lines(field: Field) -> Iterator[str]:
    value = (", ".join(field.value) if isinstance(field.value, list) else field.value) or "-"
    origin = f"  ({field.origin})" if field.origin else ""
    yield f"{field.name:{_LEFT}}{styled(safe(value), bold=True)}{safe(origin)}"
    if field.rule:
        yield f"{'':{_INDENT}}taken from the text by {safe(field.rule)}: {_cut(field.statement, width() - 40)}"
    room = max((len(each.witness.origin) for each in field.weighed[:MOST_STATEMENTS]), default=0)
    for each in field.weighed[:MOST_STATEMENTS]:
        mark = "*" if field.wins(each) else " "
        means = (
            f" = {_cut(each.read, LONGEST_READ)}" if each.read not in {"", " ".join(each.witness.value.split())} else ""
        )
        note = f"  [{safe(each.note)}]" if each.note else ""
        said = _cut(each.witness.value, max(SHORTEST, width() - room - _BEFORE - len(means) - len(note)))
        yield f"  {mark} {each.weight:.2f}  {safe(each.witness.origin):{room}}  {said}{means}{note}"
    if len(field.weighed) > MOST_STATEMENTS:
        yield f"{'':{_INDENT}}and {len(field.weighed) - MOST_STATEMENTS} more: --json has them"


def _cut(text: str, room: int) -> str:
    text = safe(" ".join(text.split()))
    return text if len(text) <= room else f"{text[: room - 1]}…"
