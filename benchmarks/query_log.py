"""A log of queries of all kinds, made of an archive's own words: the same articles and seed give the same queries.

Each query is written twice, for backfile and for SQLite's FTS5 as a person would write it who knows that; where FTS5
has nothing of the kind (near spellings), it is not asked. Words come from random places of random articles, so common
words are asked for as often as they are written; those that only join others (the, und) are no word to look for alone.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backfile.article import Article
from index.analysis import is_function_word

SEED = 20_261_129
KEPT = 2_000  # articles that words are drawn from
WINDOW = 9  # words of a text that the words of one query stand within
SHORTEST = 4  # letters of a word that is drawn
MARKS = '.,;:!?()[]"„“”»«–…'


@dataclass(frozen=True, slots=True)
class Asked:
    """One query."""

    kind: str
    text: str  # in backfile's language
    match: str | None  # what FTS5 is asked; None where it cannot be
    where: str = ""  # and of its columns
    values: tuple[str, ...] = ()


def log(articles: Iterable[Article], number: int, seed: int = SEED) -> list[Asked]:
    """So many queries, of each kind the same number."""
    known = [article for article, _ in zip(articles, range(KEPT), strict=False)]
    source = _Source(known, random.Random(seed))
    kinds = list(KINDS.values())
    return [kinds[n % len(kinds)](source) for n in range(number)]


class _Source:
    """Words, neighbours and fields of random articles."""

    def __init__(self, articles: Sequence[Article], chance: random.Random) -> None:
        self._articles = articles
        self.chance = chance

    def article(self) -> Article:
        return self.chance.choice(self._articles)

    def words(self, number: int) -> list[str]:
        """Words that stand near each other in one article, in their order."""
        while True:
            article = self.article()
            words = article.text.split()
            at = self.chance.randrange(max(1, len(words) - WINDOW))
            near = [word.strip(MARKS) for word in words[at : at + WINDOW]]
            telling = [word for word in near if _tells(article.language, word)]
            if len(telling) >= number:
                return telling[:number]

    def run(self, number: int) -> list[str]:
        """Words that follow each other in one article, one of them telling at least."""
        while True:
            article = self.article()
            words = article.text.split()
            at = self.chance.randrange(max(1, len(words) - number))
            found = words[at : at + number]
            if (
                len(found) == number
                and all(map(str.isalpha, found))
                and any(_tells(article.language, w) for w in found)
            ):
                return found

    def title(self) -> str:
        while True:
            article = self.article()
            telling = [word.strip(MARKS) for word in (article.title or "").split()]
            telling = [word for word in telling if _tells(article.language, word)]
            if telling:
                return self.chance.choice(telling)

    def day(self) -> date:
        while True:
            if published := self.article().published:
                return date.fromisoformat(published[:10])


def _tells(language: str, word: str) -> bool:
    return word.isalpha() and len(word) >= SHORTEST and not is_function_word(language, word)


def _words(source: _Source, number: int) -> Asked:
    words = source.words(number)
    return Asked(f"{number} words" if number > 1 else "a word", " ".join(words), _all(words))


def _apart(source: _Source) -> Asked:
    words = source.words(1) + source.words(1)
    return Asked("words of two articles", " ".join(words), _all(words))


def _question(source: _Source) -> Asked:
    words = source.run(6)
    return Asked("6 words in a row", " ".join(words), _all(words))


def _phrase(source: _Source) -> Asked:
    words = " ".join(source.run(3))
    return Asked("phrase", f'"{words}"', f'"{words}"')


def _near(source: _Source) -> Asked:
    one, other = source.words(2)
    return Asked("near each other", f'"{one} {other}"~5', f'NEAR("{one}" "{other}", 5)')


def _title(source: _Source) -> Asked:
    word = source.title()
    return Asked("title", f"title:{word}", f'title : "{word}"')


def _author(source: _Source) -> Asked:
    name = next((name for name in iter(lambda: source.article().authors, None) if name), ("Anke",))[0].split()[-1]
    (word,) = source.words(1)
    return Asked("author", f"author:{name} {word}", f'(author : "{name}") AND "{word}"')


def _month(source: _Source) -> Asked:
    month, (word,) = source.day().isoformat()[:7], source.words(1)
    return Asked("month", f"{word} date:{month}", f'"{word}"', "AND date >= ? AND date < ?", (month, f"{month}-99"))


def _since(source: _Source) -> Asked:
    first = source.day()
    last = (first + timedelta(days=200)).isoformat()
    (word,) = source.words(1)
    where = "AND date >= ? AND date <= ?"
    return Asked("days", f"{word} date:{first}..{last}", f'"{word}"', where, (str(first), last))


def _language(source: _Source) -> Asked:
    article, (word,) = source.article(), source.words(1)
    tag = article.language
    return Asked("language", f"lang:{tag} {word}", f'"{word}"', "AND language = ?", (tag,))


def _prefix(source: _Source, letters: int) -> Asked:
    (word,) = source.words(1)
    begin = word[:letters]
    return Asked(f"prefix of {letters}", f"{begin}*", f'"{begin}"*')


def _prefixed(source: _Source) -> Asked:
    one, other = source.words(2)
    return Asked("word and prefix", f"{one} {other[:5]}*", f'"{one}" AND "{other[:5]}"*')


def _fuzzy(source: _Source, distance: int) -> Asked:
    (word,) = source.words(1)
    at = source.chance.randrange(1, len(word))
    return Asked(f"near spelling, {distance}", f"{word[:at]}{word[at + 1 :]}~{distance}", None)


def _exact(source: _Source) -> Asked:
    (word,) = source.words(1)
    return Asked("exact form", f"={word}", f'"{word}"')


def _either(source: _Source) -> Asked:
    a, b, c = source.words(1) + source.words(1) + source.words(1)
    return Asked("or, not", f"({a} OR {b}) -{c}", f'("{a}" OR "{b}") NOT "{c}"')


def _nested(source: _Source) -> Asked:
    a, b = source.words(2)
    c, d = source.words(1) + source.words(1)
    return Asked("brackets", f"({a} OR {c}) ({b} OR {d})", f'("{a}" OR "{c}") AND ("{b}" OR "{d}")')


def _all(words: Iterable[str]) -> str:
    return " AND ".join(f'"{word}"' for word in words)


KINDS: dict[str, Callable[[_Source], Asked]] = {
    "word": lambda source: _words(source, 1),
    "two": lambda source: _words(source, 2),
    "three": lambda source: _words(source, 3),
    "apart": _apart,
    "question": _question,
    "phrase": _phrase,
    "near": _near,
    "title": _title,
    "author": _author,
    "month": _month,
    "days": _since,
    "language": _language,
    "prefix": lambda source: _prefix(source, 5),
    "wildcard": lambda source: _prefix(source, 3),
    "prefixed": _prefixed,
    "fuzzy": lambda source: _fuzzy(source, 1),
    "fuzzier": lambda source: _fuzzy(source, 2),
    "exact": _exact,
    "boolean": _either,
    "brackets": _nested,
}
