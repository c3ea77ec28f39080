"""Pages and mails that are no articles by what they say: error, log-in, consent and pay walls, stubs, confirmations.

Such a page speaks of itself to its reader, and says little else. `transforms/rules/notices.toml` has for each kind of
page what its title says, what its sentences say, and what stands beside them. A page is of a kind when it says so and
what is left of its text is too little for an article. What is left is what no other rule took: a lead above a pay wall
is, so that page stays.
"""

import re
import threading
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.resources import files
from itertools import islice
from typing import Any

from backfile.article import Article, Rejection
from backfile.errors import Reason
from transforms import shape
from transforms.pattern import plain, together
from transforms.rule import Rule, rule

FEWEST_WORDS = 5  # left of a text from which boilerplate was taken; a shorter one says nothing without a title
# Of running text in what a digest holds beside its stories, or in a story: a greeting has fewer, an editorial more.
DIGEST_REST_WORDS = 30

# What may be left of a page that says what it is, in words. Set on the cases of our own (cases/no-articles.jsonl and
# articles-all-the-same.jsonl, 157 and 134 of them) and checked on real articles, of which none was rejected: 401 pages,
# 1,099 labelled texts, 10,000 texts (2026-11-24).
MOST_RUNNING = 40  # words of running text, whatever the page says
MOST_LABELS = 120  # words of lines that are no sentences: menus, headlines of other stories
LABELS_OF_TITLED = 600  # the same, where the title says what the page is and a sentence may do so too
LABELS_BELOW_TITLE = 30  # words of such lines, where nothing but the title says what the page is; a poem has more
RUNNING_WITHOUT_SAYING = 80  # words of running text, all of it about such a page, that is still no article
LEFT_OF_CERTAIN = 40  # words of running text, where the title and a sentence both say what the page is
LEAST_LEFT = 8  # words of running text that are always too few: a claim, a greeting
LEFT_OF_ARTICLE = 4  # the same, of a page that states an article
MOST_CHARACTERS = 4_000  # of a text; a longer one is not examined
MOST_LINES = 200  # lines that are looked at
LONGEST = 420  # characters of a sentence that are compared
TITLE_WORDS = 12  # of a line that may be a title
OWN_SHARE = 0.5  # of a page's own words that may be left besides; pages that come with news are allowed less
_COMPILING = threading.Lock()
_FURNITURE = frozenset({"boilerplate", "credit"})
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»“”)\]]*\s+")
_EDGES = " \t*•·»«>→►▶▸|#=_~+✔✅📧📩👉⬇–—-[]().:;,!?…\"'¿¡"
_SITE = re.compile(r"\s+[|–—·:»•-]\s+")
STATES_ARTICLE = re.compile(r"\w*article|\w*blogposting|review|recipe|claimreview")


@dataclass(frozen=True, slots=True)
class Kind:
    """One table of notices.toml."""

    rule: str
    version: int
    kind: str
    about: str
    title: tuple[str, ...]
    says: tuple[str, ...]
    beside: tuple[str, ...]
    about_what: str
    happens: str = ""  # "": nothing particular
    share: float = OWN_SHARE  # of the words that are such a page's own, that may be left as running text
    matches: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()


def confidence(signs: int) -> float:
    """How sure a verdict is, 0 to 1, by the number of independent signs that agree: each one halves the doubt.

    A stated rule and no measured share: on the development data no verdict was wrong at any number of signs.

    >>> [confidence(signs) for signs in (1, 2, 3, 4, 9)]
    [0.75, 0.875, 0.9375, 0.96875, 0.99]
    """
    return min(0.99, 1 - 0.5 ** (signs + 1))


def states_article(article: Article) -> bool:
    """Whether the page's JSON-LD says that it is an article."""
    return any(each.origin == "json-ld" and STATES_ARTICLE.fullmatch(each.value) for each in article.signs)


def count(article: Article, origin: str) -> int:
    """The number that the page's tree was counted to have; 0 when nothing was counted."""
    return next((int(each.value) for each in article.signs if each.origin == origin and each.value.isdecimal()), 0)


def shown(article: Article) -> list[str]:
    """The blocks that a page with little text shows; empty for other pages, mails and texts."""
    return [each.value for each in article.signs if each.origin == "tree:text"]


@cache
def kinds() -> tuple[Kind, ...]:
    """The tables of notices.toml, in order."""
    tables = tomllib.loads(files("transforms").joinpath("rules", "notices.toml").read_text(encoding="utf-8"))
    return tuple(map(_kind, tables["notice"]))


@cache
def _address() -> Any:
    tables = tomllib.loads(files("transforms").joinpath("rules", "notices.toml").read_text(encoding="utf-8"))
    return together([(0, each) for each in tables["address"]], anywhere=True)


def _kind(table: dict[str, Any]) -> Kind:
    stated: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Kind(**stated)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a page says of itself."""

    titles: frozenset[int]  # kinds that its title names
    said: dict[int, int]  # kind → how many of its sentences say so
    hinted: dict[int, int]  # kind → how many more speak to the reader about what such a page is about
    furnished: frozenset[int]  # kinds whose furniture stands beside: a button's label, "or", a price
    words: dict[int, int]  # kind → words of its sentences that such a page has
    left: dict[int, int]  # kind → words of running text that are left when the page is of that kind
    labels: int  # words of lines that are no sentences and that no kind of page has
    running: int  # words of running text, explained or not

    def signs(self, kind: int) -> int:
        """How much of what it says makes it a page of the kind: two for its title, two to three for its sentences.

        Two hints beside its furniture are one sentence that says so; a single one counts below such a title.
        """
        said = self.said.get(kind, 0)
        hints = self.hinted.get(kind, 0)
        sentences = min(3, said + 1) if said else 2 * (hints > 1 and kind in self.furnished | self.titles)
        return 2 * (kind in self.titles) + sentences + (0 < hints < 2 and not said and kind in self.titles)


class Notices:
    """The rules of notices.toml, which look at an article together."""

    def __init__(self) -> None:
        self._last: tuple[Article, tuple[Heard, ...]] | None = None

    def rules(self) -> tuple[Rule, ...]:
        """A rule for each kind of page."""
        return tuple(
            Rule(each.rule, each.version, "boilerplate", None, each.about, partial(self._judged, number), _digest(each))
            for number, each in enumerate(kinds())
        )

    def _judged(self, number: int, article: Article) -> Article | Rejection:
        for heard in self._heard(article):
            verdict = _verdict(number, heard, article)
            if verdict is not None:
                return verdict
        return article

    def _heard(self, article: Article) -> tuple[Heard, ...]:
        """What its lines say, and what its page's blocks say; remembered for the rules that follow."""
        last = self._last
        if last is None or last[0] is not article:
            if article.parent is not None or sum(len(span.text) for span in article.body) > MOST_CHARACTERS:
                self._last = (article, ())
                return ()
            if _goes_on(article):
                self._last = (article, ())
                return ()
            taken = [each.text for each in article.removed[:MOST_LINES] if each.kind in _FURNITURE | {"title"}]
            titles = frozenset(kind for text in _titles(article) for kind in _titled(text))
            heard = [_listened((span.text for span in article.body), taken, titles)]
            if blocks := shown(article):
                heard.append(_listened(blocks, [], titles))
            last = self._last = (article, tuple(each for each in heard if each is not None))
        return last[1]


def _verdict(number: int, heard: Heard, article: Article) -> Rejection | None:
    kind = kinds()[number]
    signs = heard.signs(number)
    if not signs or signs < max(map(heard.signs, range(len(kinds())))):
        return None
    if number not in heard.said and (heard.labels > LABELS_BELOW_TITLE or heard.running > RUNNING_WITHOUT_SAYING):
        return None
    left = heard.left[number]
    if left > _allowed(number, heard, article):
        return None
    signs += (left == 0) + _supported(kind.kind, article) - 1
    return Rejection(Reason.NOT_ARTICLE, confidence(signs), what=kind.kind)


def _allowed(number: int, heard: Heard, article: Article) -> float:
    """How many words of running text a page of the kind may have besides its own."""
    share = kinds()[number].share
    if states_article(article):
        return max(LEFT_OF_ARTICLE, share * heard.words.get(number, 0))
    if share >= OWN_SHARE and number in heard.titles and number in heard.said:
        return LEFT_OF_CERTAIN
    return max(LEAST_LEFT, min(MOST_RUNNING, share * heard.words.get(number, 0)))


def _goes_on(article: Article) -> bool:
    """Whether its longest line alone has more running text than a page of any kind: then nothing else is looked at."""
    if shown(article):
        return False
    longest = max((span.text for span in article.body[:MOST_LINES]), key=len, default="")
    running = 0
    for sentence in sorted(_sentences(longest), key=len, reverse=True):
        size = shape.words(sentence)
        if _is_running(sentence, size) and not any(_compared(sentence)[:2]):
            running += size
        if running > MOST_RUNNING:
            return True
    return False


def _is_running(sentence: str, size: int) -> bool:
    return size > 4 and (shape.ends_like_a_sentence(sentence) or size >= shape.PROSE_WORDS)


def _listened(lines: Iterable[str], taken: Iterable[str], titles: frozenset[int]) -> Heard | None:
    """What the lines say, and what those say that rules have taken; None when nothing, or when they say much else."""
    said: dict[int, set[str]] = {}
    hinted: dict[int, int] = {}
    furnished: set[int] = set()
    words: dict[int, int] = {}
    left: list[tuple[frozenset[int], int]] = []  # running text: the kinds that it is explained by, its words
    running = labels = 0
    for sentence in (each for text in islice(lines, MOST_LINES) for each in _sentences(text)):
        says, beside, hints = _compared(sentence)
        size = shape.words(sentence)
        for kind in hints - says:
            hinted[kind] = hinted.get(kind, 0) + 1
        furnished |= beside - hints
        for kind in says:
            said.setdefault(kind, set()).add(sentence)
        for kind in says | beside:
            words[kind] = words.get(kind, 0) + size
        if _is_running(sentence, size):
            left.append((says | beside, size))
            running += 0 if says | beside else size
        elif not says | beside:
            labels += size
        if running > MOST_RUNNING or labels > (LABELS_OF_TITLED if titles else MOST_LABELS):
            return None
    for kind, sentence in _said_by(taken):
        said.setdefault(kind, set()).add(sentence)
    found = titles | said.keys() | {kind for kind, number in hinted.items() if number > 1}
    if not found:
        return None
    return Heard(
        titles,
        {kind: len(sentences) for kind, sentences in said.items()},
        hinted,
        frozenset(furnished),
        words,
        {kind: sum(size for explained, size in left if kind not in explained) for kind in found},
        labels,
        sum(size for _, size in left),
    )


def _said_by(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for sentence in (each for text in lines for each in _sentences(text)):
        for kind in _compared(sentence)[0]:
            yield kind, sentence


def _titles(article: Article) -> Iterator[str]:
    """What stands as a title: the stated ones, with and without the site's name behind them, and the first line."""
    stated = [each.value for each in article.signs if each.field == "title"][:6]
    first = [span.text for span in article.body[:1]]
    first += [removal.text for removal in article.removed[:6] if removal.line == 0 or removal.kind == "title"]
    for text in (article.title or "", *stated, *first):
        if 0 < len(text) <= LONGEST and shape.words(text) <= TITLE_WORDS:
            yield text
            parts = _SITE.split(text)
            yield parts[0]
            yield text.removesuffix(parts[-1])


def _sentences(text: str) -> list[str]:
    return [each for each in _SENTENCE_END.split(text) if any(map(str.isalnum, each[:LONGEST]))]


def _bare(text: str) -> str:
    return " ".join(plain(text[:LONGEST]).strip(_EDGES).split())


@lru_cache(2_048)
def _compared(sentence: str) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """The kinds of page that say this; those that have it; and, of these, those that it speaks to the reader about."""
    line = _bare(sentence)
    says = frozenset(_set("says").matching(line))
    beside = frozenset(_set("beside").matching(line))
    if len(line) < len(" ".join(sentence.split())) - 40 or not _address().matching(line):
        return says, beside, frozenset()
    hints = set(_topics("about_what").matching(line))
    hints -= {number for number, each in enumerate(kinds()) if each.happens} - set(_topics("happens").matching(line))
    return says, beside | hints, frozenset(hints)


@lru_cache(2_048)
def _titled(text: str) -> frozenset[int]:
    return frozenset(_set("title").matching(_bare(text)))


def prepare() -> None:
    """Compile what the first article asks for, if nobody does; whoever asks meanwhile waits for it."""
    for which in ("says", "beside"):
        _set(which)


def _set(which: str) -> Any:
    with _COMPILING:
        return _compiled(which)


@cache
def _compiled(which: str) -> Any:
    return together([(number, each) for number, kind in enumerate(kinds()) for each in getattr(kind, which)])


@cache
def _topics(which: str) -> Any:
    stated = [(number, getattr(kind, which)) for number, kind in enumerate(kinds()) if getattr(kind, which)]
    return together(stated, anywhere=True)


def _digest(kind: Kind) -> str:
    """Of all that decides what the rule rejects."""
    import hashlib  # noqa: PLC0415

    stated = repr((kind.kind, kind.title, kind.says, kind.beside, kind.share, kind.about_what, kind.happens))
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def _supported(kind: str, article: Article) -> int:
    """How many signs of the markup say the same: a field for a password, `noindex`, a player."""
    origins = {each.origin for each in article.signs}
    return (
        (kind == "login" and "tree:password" in origins)
        + (kind == "video" and "tree:player" in origins)
        + ("meta:robots" in origins)
    )


@rule("nothing-left", version=1, kind="boilerplate")
def reject_stub(article: Article) -> Article | Rejection:
    """Rejects a text without title of which only boilerplate was made; a short text that lost nothing stays."""
    if article.title is not None or not any(removal.kind in _FURNITURE for removal in article.removed):
        return article
    if sum(shape.words(span.text) for span in article.body) >= FEWEST_WORDS:
        return article
    return Rejection(Reason.NOT_ARTICLE, 0.9, what="furniture")


@rule("digest-rest", version=2, kind="boilerplate")
def reject_digest_rest(article: Article) -> Article | Rejection:
    """Rejects what a digest holds beside its stories when that is a greeting at most; an editorial stays.

    It runs on the parts of a digest alone. Of a story it asks only that something is left.
    """
    if article.parent is not None:
        return article if article.body else Rejection(Reason.NOT_ARTICLE, 0.9, what="digest")
    left = sum(shape.words(span.text) for span in article.body if shape.is_prose(span.text))
    return article if left >= DIGEST_REST_WORDS else Rejection(Reason.NOT_ARTICLE, 0.9, what="digest")


@rule("no-text", version=1, kind="boilerplate")
def reject_bare_page(article: Article) -> Article | Rejection:
    """Rejects a page that has no text but a title and labels, and does not say what it is."""
    bare = any(each.origin == "tree:bare" for each in article.signs)
    return Rejection(Reason.NO_TEXT, 1.0) if bare else article
