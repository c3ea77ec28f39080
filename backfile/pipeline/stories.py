"""The order of finding stories: describe what is new at the end of a run, look up when somebody asks."""

import calendar
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from hashlib import blake2b
from urllib.parse import urlsplit

from backfile.article import Article
from backfile.store import Store, StoredArticle
from backfile.stories import Subject
from transforms.metadata import urls
from transforms.story import grouping, terms

DESCRIBED = 500  # articles in one transaction
HOUSE = 8  # bytes behind an article's terms that say who brought it
UNKNOWN = bytes(HOUSE)


def describe(store: Store) -> None:
    """Write down what the stored articles are about, as far as it is not known.

    Stopped anywhere, the next call does what is left. What comes out is a function of the stored articles and their
    copy groups.
    """
    store.forget_subjects(terms.VERSION)
    for batch in store.undescribed(DESCRIBED):
        store.describe([subject_of(each) for each in batch], terms.VERSION)
    store.settle()


def subject_of(stored: StoredArticle) -> Subject:
    """What an article is about."""
    article = stored.article
    told = terms.terms(article.title, article.text, article.language, places=article.place, tags=article.tags)
    begins, ends = days_of(article)
    group = stored.copy_group or article.content_hash
    return Subject(article.id, group, article.language, begins, ends, told.packed() + house_of(article), len(told.keys))


def house_of(article: Article) -> bytes:
    """Who brought an article: the registered part of its address's host, else its publisher; 8 bytes, 0 if unknown."""
    try:
        host = urlsplit(article.url).hostname if article.url else None
    except ValueError:
        host = None
    name = urls.domain(host) if host else (article.publisher or "").casefold()
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=HOUSE).digest() if name else UNKNOWN


def days_of(article: Article) -> tuple[int | None, int | None]:
    """The first and the last day that an article may have been published on, as ordinals; None when it is undated."""
    stated = article.published or ""
    try:
        parts = [int(part) for part in stated[:10].split("-")] if stated else []
        match parts:
            case [year]:
                return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            case [year, month]:
                last = calendar.monthrange(year, month)[1]
                return date(year, month, 1).toordinal(), date(year, month, last).toordinal()
            case [year, month, day]:
                return (only := date(year, month, day).toordinal()), only
    except ValueError:
        pass
    return None, None


def story_of(store: Store, article_id: str) -> tuple[tuple[str, ...], ...]:
    """The story that an article is of: a group of ids for each text in it, copies together; () when it is alone."""
    name = store.standing_for(article_id)
    if name is None:
        return ()
    found = grouping.Stories(_Shelf(store)).of(name)
    members = store.stood_for(found)
    story = tuple(tuple(members[each]) for each in found)
    return story if sum(map(len, story)) > 1 else ()


def stories(store: Store) -> Iterator[tuple[tuple[str, ...], ...]]:
    """All stories of an archive that are told in more than one text; each once."""
    shelf = grouping.Stories(_Shelf(store))
    for name in store.standing():
        found = shelf.of(name)
        if len(found) > 1 and found[0] == name:
            members = store.stood_for(found)
            yield tuple(tuple(members[each]) for each in found)


class _Shelf:
    """The store, as stories ask of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.total = store.described_count()

    def counts(self, keys: Collection[int]) -> Mapping[int, int]:
        return self._store.term_counts(keys)

    def sharing(self, keys: Collection[int], begins: int | None, ends: int | None, *, least: int) -> Iterable[str]:
        reach = grouping.DAYS_DEARER[-1][0]
        days = None if begins is None or ends is None else (begins - reach, ends + reach)
        return self._store.sharing(keys, days, least=least, most=grouping.MOST_CANDIDATES)

    def told(self, names: Iterable[str]) -> Iterator[grouping.Told]:
        for each in self._store.subjects(names):
            known = terms.unpacked(each.terms[:-HOUSE], each.language)
            house = each.terms[-HOUSE:]
            yield grouping.Told(each.article_id, known, each.begins, each.ends, b"" if house == UNKNOWN else house)
