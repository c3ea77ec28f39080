"""An entry: one article as engines take it in, all analysis done.

The fields an engine has to keep, by name:

* words with positions: `title`, `text` (stems, and parts of compounds as terms of their own), `title_forms`,
  `text_forms` (exact forms), `removed` (stems of what the rules took out; searched on demand only), and the words of
  names: `author`, `publisher`, `tag`, `place`, `url`;
* keys, found by their whole value only: `id`, `source`, `lang`, `parent`, `copy`;
* the days of publication, and what is displayed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from backfile.article import Article, content_hash
from index.analysis import analyser, fold_words
from index.compounds import NO_COMPOUNDS, Compounds
from index.dates import span_of
from index.folding import fold_key
from index.words import NO_WORDS, Words

TITLE = "title"
TEXT = "text"
REMOVED = "removed"
TITLE_FORMS = "title_forms"
TEXT_FORMS = "text_forms"
NAMES = ("author", "publisher", "tag", "place", "url")
KEYS = ("id", "source", "lang", "parent", "copy")
WORD_FIELDS = (TITLE, TEXT, REMOVED, TITLE_FORMS, TEXT_FORMS, *NAMES)

# Values of one field stand this many places apart, so that no phrase reaches from one author into the next.
_VALUE_GAP = 100

# Removals of these kinds are found in a field of their own.
_KEPT_ELSEWHERE = frozenset({"title"})


@dataclass(frozen=True, slots=True)
class Display:
    """What a result shows of an entry; an index is complete without the store."""

    id: str
    source: str
    title: str | None
    url: str | None
    published: str | None  # ISO 8601, cut at its precision
    published_precision: str | None
    language: str
    publisher: str | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    copy_group: str
    text: str  # for snippets


@dataclass(frozen=True, slots=True)
class Entry:
    """One article, analysed."""

    display: Display
    title: Words
    text: Words
    removed: Words  # stems without the article's own words around them
    names: Mapping[str, Mapping[str, list[int]]]  # field of NAMES → folded word → positions
    keys: Mapping[str, tuple[str, ...]]  # field of KEYS → folded values
    first_day: int | None  # ordinal of the first and the last day of `published` at its precision
    last_day: int | None
    revision: int = 0  # rises with every change of the article; 0: not known, whatever comes later is newer

    @property
    def id(self) -> str:
        """The article's id; unique in an index."""
        return self.display.id

    @property
    def language(self) -> str:
        """The language it was analysed in."""
        return self.display.language

    def words(self) -> Iterator[tuple[str, Words]]:
        """The fields of an article's own words, as numbers; exact forms and parts of `removed` are not wanted."""
        yield TITLE, self.title
        yield TEXT, self.text
        yield REMOVED, self.removed

    def word_fields(self) -> Iterator[tuple[str, Mapping[str, list[int]]]]:
        """Every field of words with its postings: term → positions. A field may come twice, with other terms."""
        yield TITLE, self.title.stems
        yield TITLE, self.title.parts
        yield TEXT, self.text.stems
        yield TEXT, self.text.parts
        yield REMOVED, self.removed.stems
        yield TITLE_FORMS, self.title.forms
        yield TEXT_FORMS, self.text.forms
        yield from self.names.items()

    def lengths(self) -> dict[str, int]:
        """The places of the fields that are ranked by length."""
        return {TITLE: self.title.length, TEXT: self.text.length, REMOVED: self.removed.length}


def analyse(
    article: Article,
    *,
    text: str | None = None,
    copy_group: str | None = None,
    compounds: Compounds = NO_COMPOUNDS,
    revision: int = 0,
) -> Entry:
    """The entry of an article, its words analysed in the article's language.

    `text` is `article.text` where the caller has it already; the article may do without a body then.
    `copy_group` is what it has in common with its near copies; without one it has a group with identical texts only.
    `compounds` are those of the index that it is for, `revision` is the store's.
    """
    words = analyser(article.language, compounds)
    display = display_of(article, text=text, copy_group=copy_group)
    removed = "\n".join(span.text for span in article.removed if span.kind not in _KEPT_ELSEWHERE)
    first, last = span_of(article.published)
    return Entry(
        display=display,
        title=words.words(article.title) if article.title else NO_WORDS,
        text=words.words(display.text),
        removed=words.words(removed) if removed else NO_WORDS,
        names=_names(article),
        keys=_keys(article, display.copy_group),
        first_day=first,
        last_day=last,
        revision=revision,
    )


def display_of(article: Article, *, text: str | None = None, copy_group: str | None = None) -> Display:
    """What is displayed of an article; `text` and `copy_group` as for `analyse`."""
    text = article.text if text is None else text
    return Display(
        id=article.id,
        source=article.source,
        title=article.title,
        url=article.url,
        published=article.published,
        published_precision=article.published_precision,
        language=article.language,
        publisher=article.publisher,
        authors=article.authors,
        tags=article.tags,
        copy_group=(copy_group or content_hash(text)) if text else f"empty {article.id}",
        text=text,
    )


def _names(article: Article) -> dict[str, dict[str, list[int]]]:
    values: dict[str, Iterable[str]] = {
        "author": article.authors,
        "publisher": (article.publisher,) if article.publisher else (),
        "tag": article.tags,
        "place": article.place,
        "url": (article.url,) if article.url else (),
    }
    return {field: postings for field, names in values.items() if (postings := _postings(names))}


def _postings(names: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    position = 0
    for name in names:
        for word in fold_words(name):
            found.setdefault(word, []).append(position)
            position += 1
        position += _VALUE_GAP
    return found


def _keys(article: Article, group: str) -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {
        "id": (article.id,),
        "source": (fold_key(article.source),),
        "lang": (fold_key(article.language),),
        "copy": (group,),
    }
    if article.parent:
        keys["parent"] = (article.parent,)
    return keys
