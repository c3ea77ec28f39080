"""A story as a person reads it: who told it when, who had it from whom, and what each outlet added or cut."""

from dataclasses import dataclass

from backfile.article import Article, Json
from backfile.pipeline import stories
from backfile.store import Store
from transforms.story import timeline, versions
from transforms.story.versions import Comparison

MOST_COMPARED = 100  # articles of a story; the further ones stand in the timeline and are not compared


@dataclass(frozen=True, slots=True)
class Version:
    """One article of a story."""

    article: Article
    group: int  # articles of one number are copies of each other
    is_head: bool  # the one of its group that the others are compared with
    against: str | None = None  # the article that it was compared with; None: it is what others are compared with
    comparison: Comparison | None = None

    def to_json(self) -> dict[str, Json]:
        """The article as `story --json` has it."""
        article = self.article
        said: dict[str, Json] = {
            name: value
            for name, value in article.to_json().items()
            if name in {"id", "title", "url", "publisher", "published", "published_precision", "language"}
        }
        return said | {
            "group": self.group,
            "copy": not self.is_head,
            "against": self.against,
            "comparison": _comparison(self.comparison),
        }


@dataclass(frozen=True, slots=True)
class Storyline:
    """A story."""

    versions: tuple[Version, ...]  # in the order of the timeline: copies behind the one that they are compared with
    first: tuple[str, ...]  # ids, in order, of those that may have been first; one: it was, of those with a date

    @property
    def title(self) -> str | None:
        """The headline of the first article that has one."""
        return next((each.article.title for each in self.versions if each.article.title), None)

    @property
    def texts(self) -> int:
        """How many texts tell it, copies counted once."""
        return len({each.group for each in self.versions})

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is told in."""
        return tuple(sorted({each.article.language for each in self.versions}))

    @property
    def undated(self) -> int:
        """How many articles have no date, so that nobody can say whether one of them was first."""
        return sum(not each.article.published for each in self.versions)

    def to_json(self) -> dict[str, Json]:
        """The story as `story --json` prints it."""
        return {
            "title": self.title,
            "texts": self.texts,
            "languages": list(self.languages),
            "first": self.first[0] if len(self.first) == 1 else None,
            "may_be_first": list(self.first),
            "undated": self.undated,
            "articles": [each.to_json() for each in self.versions],
        }


def storyline(store: Store, article_id: str) -> Storyline | None:
    """The story of an article; None when nobody else tells it."""
    groups = stories.story_of(store, article_id)
    if not groups:
        return None
    told = [sorted((store.article(each).article for each in group), key=_place) for group in groups]
    told.sort(key=lambda group: _place(group[0]))
    first = timeline.first_of({each.id: each.published for group in told for each in group})
    heads = [_head(group) for group in told]
    lines: list[Version] = []
    for number, (group, head) in enumerate(zip(told, heads, strict=True), 1):
        lines.append(_version(head, number, None if number == 1 else heads[0], len(lines), is_head=True))
        for each in group:
            if each.id != head.id:
                lines.append(_version(each, number, head, len(lines), is_head=False))
    return Storyline(tuple(lines), tuple(sorted(first)))


def _place(article: Article) -> tuple[tuple[bool, str], str]:
    return timeline.order(article.published), article.id


def _head(group: list[Article]) -> Article:
    """What copies are compared with: the earliest; where dates do not tell, the longest of those that may be."""
    first = timeline.first_of({each.id: each.published for each in group})
    able = [each for each in group if each.id in first or not each.published]
    return min(able, key=lambda each: (-len(each.text), _place(each)))


def _version(article: Article, group: int, against: Article | None, place: int, *, is_head: bool) -> Version:
    if against is None or place >= MOST_COMPARED:
        return Version(article, group, is_head)
    return Version(article, group, is_head, against.id, versions.compare(against.text, article.text))


def _comparison(said: Comparison | None) -> Json:
    if said is None:
        return None
    return {
        "kept": said.kept,
        "edited": [{"before": before, "after": after} for before, after in said.edited],
        "added": list(said.added),
        "cut": list(said.cut),
        "runs": [{"words": run.words, "text": run.text} for run in said.runs],
        "whole": said.is_whole,
    }
