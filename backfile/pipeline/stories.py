"""The order of finding stories: describe what is new at the end of a run, look up when somebody asks."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from backfile.pipeline import subjects
from backfile.store import Store
from backfile.stories import HOUSE
from transforms.story import grouping, terms

DESCRIBED = 500  # articles in one transaction


def describe(store: Store) -> None:
    """Settle which articles stand for their copy groups, and write down what is not known of what they are about.

    It came with the articles that a run read; made here is that of articles that were cleaned again from the store,
    and what another version of the terms had told. Stopped anywhere, the next call does what is left. What comes out is
    a function of the stored articles and their copy groups.
    """
    store.forget_subjects(terms.VERSION)
    for batch in store.undescribed(DESCRIBED):
        store.describe([(each, subjects.about(each.article)) for each in batch])
    store.settle()


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
            yield grouping.Told(
                each.article_id, known, each.begins, each.ends, b"" if house == subjects.UNKNOWN else house
            )
