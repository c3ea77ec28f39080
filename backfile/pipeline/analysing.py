"""Articles as they lie in the store, unpacked for the index one by one: in the run's own process or in another."""

from collections.abc import Iterable, Iterator, Mapping

from backfile import records
from backfile.outcome import PackedStored
from index import entry
from index.compounds import Census, Compounds


def entries(stored: Iterable[PackedStored], compounds: Compounds) -> Iterator[entry.Entry]:
    """The entries of articles, each made when it is asked for."""
    for each in stored:
        article, text = records.outline_of(each)
        yield entry.analyse(article, text=text, copy_group=each.copy_group, compounds=compounds, revision=each.revision)


def counted(stored: Iterable[PackedStored]) -> tuple[int, Mapping[str, int]]:
    """How many articles there are, and how often they have which words, of which compounds are learned."""
    census = Census()
    for each in stored:
        article, text = records.outline_of(each)
        census.add(text, article.language)
    return census.articles, census.words
