"""Rules that are tried before they are used: what their examples say, and what they would take from articles."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from backfile import readers
from backfile.article import Article, Failure, Rejection, Removal, Span
from backfile.config import Source, plain
from backfile.errors import UnreadableInput
from backfile.pipeline import cleaner, places
from transforms import shape
from transforms.pattern import Pattern, Sheet
from transforms.rule import Rule, clean

MAX_EXAMPLES = 50  # lines kept of what a rule takes


@dataclass(slots=True)
class Trial:
    """What one rule took. Filled in place, article by article."""

    rule: Rule
    missed: tuple[str, ...]  # lines among its own `matches` that it does not take
    harmed: tuple[str, ...]  # lines among its own `spares` that it takes
    examples: int  # how many it has of both kinds
    articles: int = 0
    spans: int = 0
    words: int = 0
    running: int = 0  # spans that look like running text of an article
    taken: list[tuple[str, str]] = field(default_factory=list)  # (id of the article, text), running text first

    @property
    def holds(self) -> bool:
        """Whether the rule takes all that it must and nothing that it must spare, by its own examples."""
        return not (self.missed or self.harmed)

    def count(self, article_id: str, removed: Sequence[Removal]) -> None:
        """Add what the rule took from one article."""
        self.articles += 1
        for each in removed:
            running = shape.is_prose(each.text)
            self.spans += 1
            self.words += shape.words(each.text)
            self.running += running
            if running:
                self.taken.insert(0, (article_id, each.text))
            else:
                self.taken.append((article_id, each.text))
        del self.taken[MAX_EXAMPLES:]


class Trials:
    """Rules as data, tried together as they would run: after all others, in their own order."""

    def __init__(self, patterns: Sequence[Pattern], *, loose: bool) -> None:
        sheet = Sheet(patterns, loose=loose)
        self.rules = sheet.rules()
        self.articles = 0  # looked at
        self.each = [
            Trial(
                rule,
                tuple(line for line in pattern.matches if not sheet.takes(number, line)),
                tuple(line for line in pattern.spares if sheet.takes(number, line)),
                len(pattern.matches) + len(pattern.spares),
            )
            for number, (pattern, rule) in enumerate(zip(patterns, self.rules, strict=True))
        ]
        self._names = {rule.name for rule in self.rules}

    def on(self, article: Article) -> None:
        """Count what the rules would take from an article; what rules of their names took from it is put back first."""
        self.articles += 1
        before = restored(article, self._names)
        after = clean(before, self.rules)
        if isinstance(after, Rejection):  # rules as data never reject
            return
        had = set(before.removed)
        new = [each for each in after.removed if each not in had]
        for trial in self.each:
            if mine := [each for each in new if each.rule == trial.rule.id]:
                trial.count(article.id, mine)


def restored(article: Article, names: Iterable[str]) -> Article:
    """The article with the removals by rules of these names, whatever their version, put back into its body."""
    wanted = set(names)
    back = [each for each in article.removed if each.rule.partition("/")[0] in wanted]
    if not back:
        return article
    roles = {span.line: span.role for span in article.body}
    spans = [*article.body, *(Span(each.line, each.start, each.text, roles.get(each.line, "text")) for each in back)]
    spans.sort(key=lambda span: (span.line, span.start))
    body: list[Span] = []
    for span in spans:
        if body and body[-1].line == span.line and body[-1].end == span.start:
            body[-1] = replace(body[-1], text=body[-1].text + span.text)
        else:
            body.append(span)
    return replace(article, body=tuple(body), removed=tuple(each for each in article.removed if each not in back))


def articles_of(path: Path) -> Iterator[Article]:
    """The articles of a file or folder, cleaned without an archive; what gives none is passed over."""
    source = Source("clean", str(plain(path)))
    cleaning = cleaner.cleaner_for(source, where="")
    for each in readers.inputs(path):
        for item in readers.read(each):
            if isinstance(item, Failure):
                continue
            try:
                found = list(cleaner.articles_of(item, cleaning, places.key_of(plain(each), source)))
            except UnreadableInput:
                continue
            yield from (verdict for verdict in found if isinstance(verdict, Article))
