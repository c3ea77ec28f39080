"""The mechanism of rules: a rule shortens an article, the caller writes down what it took out.

A rule is a pure function from an article to an article whose body is shorter, or to a `Rejection`. It never says what
it removed; `clean` compares the body before with the body after and records one `Removal` a span, so no rule can
remove anything unseen, nor put in a word that was not there.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from backfile.article import Article, Rejection, Removal, Span

# A rule may uncover work for one that ran before it (a headline below a removed image note). Two passes settled every
# document of the development data; each further one must take something out, and the property test holds that a further
# pass changes nothing. The bound is for rules of users that undo each other.
MAX_PASSES = 50


class RuleFault(Exception):
    """A rule did what no rule may: it changed or added text, or the record. A fault of the rule, never of the data."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named, versioned, pure function on an article."""

    name: str
    version: int
    kind: str  # of what it removes: boilerplate, credit, title, byline, dateline, date, tags, …
    languages: frozenset[str] | None  # of the articles it is for; None: all
    about: str  # one sentence: what it removes, what it leaves alone
    apply: Callable[[Article], Article | Rejection]
    digest: str = ""  # of the data it was made from; "" when name and version say it all

    @property
    def id(self) -> str:
        """What stands at each removal: `newsletter-footer/2`."""
        return f"{self.name}/{self.version}"

    def concerns(self, *languages: str) -> bool:
        """Whether the rule runs on articles in any of the languages; every rule does where one is unknown."""
        return self.languages is None or "und" in languages or not self.languages.isdisjoint(languages)


def rule(
    name: str, *, version: int, kind: str, languages: Iterable[str] | None = None
) -> Callable[[Callable[[Article], Article | Rejection]], Rule]:
    """Make a rule of a function; the first line of its docstring becomes what the rule says about itself."""

    def make(function: Callable[[Article], Article | Rejection]) -> Rule:
        about = (function.__doc__ or "").strip().partition("\n")[0]
        return Rule(name, version, kind, None if languages is None else frozenset(languages), about, function)

    return make


def clean(article: Article, rules: Iterable[Rule]) -> Article | Rejection:
    """The article without what the rules take out, each removal recorded; or the verdict that it is none.

    The rules that concern the languages of the article run in order, and again until nothing changes (at most
    `MAX_PASSES` times).

    Raises:
        RuleFault: a rule changed or added text, or wrote the record itself.
    """
    rules = _chosen.of(tuple(rules), (article.language, *article.spoken))
    settled = -1  # the rules from this one on have seen the article as it is, and a rule says the same of it again
    for _ in range(MAX_PASSES):
        before, last = article, 0
        for number, each in enumerate(rules):
            if number == settled and article is before:
                break
            result = each.apply(article)
            if result is article:
                continue
            if isinstance(result, Rejection):
                return replace(result, rule=each.id)
            if result.removed is not article.removed:
                raise RuleFault(f"{each.id} wrote a removal; that is for the caller")
            if result.body is not article.body and result.body != article.body:
                result = _recorded(article, result, each)
            article, last = result, number
        after, article = article, _in_order(article)  # as a rule will see it when it is cleaned again
        if article is before or article == before:
            break
        settled = last + 1 if article is after else -1
    return article


def _in_order(article: Article) -> Article:
    """The article with its removals in the order of the text."""
    removed = tuple(sorted(article.removed, key=lambda removal: (removal.line, removal.start)))
    return article if removed == article.removed else replace(article, removed=removed)


class _Chosen:
    """The rules that concern articles in some languages, remembered for the list that was asked about last."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Rule, ...], dict[tuple[str, ...], tuple[Rule, ...]]] = ((), {})

    def of(self, rules: tuple[Rule, ...], languages: tuple[str, ...]) -> tuple[Rule, ...]:
        last = self._last
        if last[0] is not rules:
            last = self._last = (rules, {})
        if languages not in last[1]:
            last[1][languages] = tuple(each for each in rules if each.concerns(*languages))
        return last[1][languages]


_chosen = _Chosen()


def fingerprint(rules: Iterable[Rule]) -> str:
    """16 hex digits that change when a rule, a version, the order, or the data behind a rule does."""
    stated = "\n".join(f"{each.id} {each.digest}" for each in rules)
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def _recorded(before: Article, after: Article, by: Rule) -> Article:
    """`after` with its body tidied at the cuts, and with a removal for each span that `before` has and it has not."""
    kept = {number: tuple(spans) for number, spans in groupby(after.body, key=lambda span: span.line)}
    lines = [span.line for span in after.body]
    if lines != sorted(lines) or not kept.keys() <= {span.line for span in before.body}:
        raise RuleFault(f"{by.id} reordered or added lines")
    body: list[Span] = []
    removed: list[Removal] = []
    for number, group in groupby(before.body, key=lambda span: span.line):
        old = tuple(group)
        new = kept.get(number, ())
        if new != old:
            new = _tidied(old, new)
            removed.extend(_taken(old, new, by))
        body.extend(new)
    return replace(after, body=tuple(body), removed=before.removed + tuple(removed))


def _tidied(old: tuple[Span, ...], new: tuple[Span, ...]) -> tuple[Span, ...]:
    """The kept spans of one line without the white space that a cut leaves at its edges; it goes with the cut."""
    tidy: list[Span] = []
    for span in new:
        text = span.text
        if not tidy or tidy[-1].text[-1:].isspace():
            text = text.lstrip()
        if text:
            tidy.append(Span(span.line, span.end - len(text), text, span.role))
    while tidy and tidy[-1].end < old[-1].end:
        last = tidy.pop()
        if text := last.text.rstrip():
            tidy.append(replace(last, text=text))
            break
    return tuple(tidy)


def _taken(old: tuple[Span, ...], new: tuple[Span, ...], by: Rule) -> Iterator[Removal]:
    """One removal for each stretch of `old` that no span of `new` covers."""
    rest = list(new)
    for span in old:
        at = span.start
        while rest and rest[0].start < span.end:
            part = rest.pop(0)
            offset = part.start - span.start
            if part.start < at or part.end > span.end or span.text[offset : offset + len(part.text)] != part.text:
                raise RuleFault(f"{by.id} changed the text of line {span.line}")
            if part.start > at:
                yield _removal(span, at, part.start, by)
            at = part.end
        if at < span.end:
            yield _removal(span, at, span.end, by)
    if rest:
        raise RuleFault(f"{by.id} added text to line {old[0].line}")


def _removal(span: Span, start: int, end: int, by: Rule) -> Removal:
    return Removal(span.line, start, end, span.text[start - span.start : end - span.start], by.kind, by.id)
