"""German compounds: the parts a noun is made of, learned from the nouns of the archive itself.

A noun is cut where its end is a noun that occurs on its own, and its beginning another one, with or without a linking
element, or something that several nouns begin with (Bundes-, Hoch-). Of several ways to cut it the one whose parts are
commonest counts, by the geometric mean (Koehn and Knight, Empirical Methods for Compound Splitting, 2003; the linking
elements are those of their table). What an archive does not talk about is not cut; a small one gets common nouns.

A `Census` counts words, `learn` makes `Compounds` of it. These are kept with the index and stay as they are until it is
made anew, so that articles and queries are cut alike.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path
from types import MappingProxyType

from index.folding import fold_case

LEARNING_VERSION = 2  # raise it when the same texts teach something else
LANGUAGE = "de"  # whose nouns are joined without a blank and begin with a capital

# How the numbers were found: benchmarks/compounds.py, 5,028 German articles, 2026-11-29: of 429 compounds .987 of the
# cuts are right and .88 of the borders found, of 330 simple words .015 are cut.
LEAST_OCCURRENCES = 3  # of a noun that is to be a part; names and typing errors occur once or twice
NOUN_SHARE = 0.6  # of a noun's occurrences within sentences begin with a capital
LEAST_LETTERS = 4  # of the noun at the end
LEAST_FAMILY_OF_SHORT = 8  # … or three, when so many compounds end with it: -rat, -amt, -tag
LEAST_FIRST = 3  # letters of the beginning
LEAST_FAMILY = 4  # nouns that begin with something that is no noun itself
LEAST_FAMILY_OF_WORD = 2  # … but a word in small letters: hoch, schwer
# Of an archive that has fewer nouns of its own common ones are added: of 240 texts nDCG@10 rises from .942 to .946
# (xquad-de), of 1,028 from .933 to .934 (gnad-headline). 10,000 articles have 16,000; with more, simple words are cut.
FEW_NOUNS = 10_000
LEAST_COMPOUND = 6  # letters of a word that is to be cut
MAX_WORD = 60  # characters; what is longer is no word
MAX_NOUNS = 60_000  # the commonest of a large archive, and as many beginnings: 2 MB, read in 30 ms


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LINKS_OF_COMPOUNDS = ("", "s", "es", "n", "en")  # behind what is made of parts itself: Wirtschaftsministertreffens-
LINKS = (*LINKS_OF_COMPOUNDS, "er", "e", "ens", "ns")
_LINKS_BY_END = {end: tuple(link for link in LINKS if link[-1:] == end) for end in "srne"}
LOST = ("e", "en")  # letters that a noun loses at the joint: Schule → Schul-, Grenze → Grenz-

# Prefixes of verbs and prepositions, and what looks like a noun but begins simple words and names of countries.
_NO_FIRST = _words(
    "ab an auf aus be bei durch ein ent er fort für ge gegen her hin hinter los miss mit nach neben nieder ober "
    "über um un unten unter ur ver vor weg wider wieder zer zu zurück zusammen zwischen alle als also auch das "
    "dass dem den der die ein eine ich nicht noch nur sich sie war was wer wie wir wird deutsch eigen frank ger "
    "griechen inter karls kont mann red russ salz verb wissen"
)
# Endings that make nouns of other words, where an archive happens to have them as words; and ends of place names.
_NO_LAST = _words(
    "burg chen eien ende enz erin hang heit heiten innen ion ionen isch ismus isten keit keiten lein lich ling "
    "linge lung ment nisse ruhe reich rung schaft schaften sung tion tum tung tümer ungen ität"
)

# A capital counts behind a word or a comma only: at the beginning of a sentence every word has one. What stands before
# is looked at behind the first letter: so the letter decides what is looked at, in three quarters of the time.
_WORD = re.compile(
    r"[A-ZÄÖÜ](?:(?<=[a-zäöüß,;] .)|(?<=[a-zäöüß]{2}-.))[a-zäöüß]+(?![\w-])"
    r"|[a-zäöüß](?<![\w-].)[a-zäöüß]{2,}(?![\w-])"
)


class Census:
    """How often the German words of an archive occur: in small letters, and with a capital where no sentence begins."""

    def __init__(self) -> None:
        self.articles = 0  # in all languages
        self.words: Counter[str] = Counter()

    def add(self, text: str, language: str) -> None:
        """Counts an article, and its words if it is German."""
        self.articles += 1
        if language == LANGUAGE:
            self.words.update(_WORD.findall(text))
            self._forget_rare()

    def include(self, articles: int, words: Mapping[str, int]) -> None:
        """Counts what another census has counted."""
        self.articles += articles
        self.words.update(words)
        self._forget_rare()

    def _forget_rare(self) -> None:
        if len(self.words) > _MAX_COUNTED:
            self.words = Counter({word: number for word, number in self.words.items() if number > 1})


# One way to cut a word: how common its parts are, logarithms of occurrences, and where they begin, but the first.
_Way = tuple[tuple[float, ...], tuple[int, ...]]
_WHOLE: _Way = ((), ())  # the only way to cut a simple word


class Compounds:
    """Cuts nouns at the borders of nouns it knows."""

    def __init__(
        self,
        nouns: Mapping[str, int],
        short: Iterable[str] = (),
        firsts: Mapping[str, int] = MappingProxyType({}),
        articles: int = 0,
        simple: Iterable[str] = (),
    ) -> None:
        self.articles = articles  # that the archive had when this was learned
        self._nouns = nouns  # folded noun → occurrences
        self._short = frozenset(short)  # nouns of three letters that compounds end with
        self._firsts = firsts  # what nouns begin with and is none itself → how many do
        self._simple = frozenset(simple)  # nouns that only look like two
        self._ways: dict[str, _Way] = {}  # of words and what they begin and end with; `simple` counts for none
        self._begins: dict[str, list[_Way]] = {}

    def __bool__(self) -> bool:
        return bool(self._nouns)

    def cuts(self, word: str) -> tuple[int, ...]:
        """Where the parts of a folded noun begin, but the first; empty for a simple word.

        Linking elements belong to the part that they follow.

        >>> Compounds({"politik": 9, "sicherheit": 5}).cuts("sicherheitspolitik")
        (11,)
        """
        if not LEAST_COMPOUND <= len(word) <= MAX_WORD or word in self._simple:
            return ()
        return self._cut(word)[1]

    def parts(self, word: str) -> tuple[str, ...]:
        """The parts of a folded noun, linking elements included; empty for a simple word."""
        cuts = self.cuts(word)
        return tuple(word[a:b] for a, b in zip((0, *cuts), (*cuts, len(word)), strict=True)) if cuts else ()

    def inner(self, word: str) -> tuple[str, ...]:
        """The parts of a folded noun, and what neighbouring parts make together, but the whole.

        >>> Compounds({"gericht": 9, "land": 7, "haupt": 5}).inner("hauptlandesgericht")
        ('haupt', 'hauptlandes', 'landes', 'landesgericht', 'gericht')
        """
        cuts = self.cuts(word)
        if not cuts:
            return ()
        borders = (0, *cuts, len(word))
        spans = ((a, b) for i, a in enumerate(borders) for b in borders[i + 1 :] if b - a < len(word))
        return tuple(word[a:b] for a, b in spans)

    def completed(self, first: str, last: str) -> tuple[str, ...]:
        """What a beginning is short for beside a whole compound, both folded; empty when `last` has no such end.

        >>> Compounds({"streit": 9, "kräfte": 9, "land": 7}).completed("luft", "landstreitkräfte")
        ('luftstreitkräfte', 'luftkräfte')
        >>> Compounds({"ausfuhr": 9, "einfuhr": 9}).completed("ein", "ausfuhr")
        ('einfuhr',)
        """
        known = (at for at in range(LEAST_FIRST, len(last) - _LEAST_LAST + 1) if first + last[at:] in self._nouns)
        return tuple(first + last[at:] for at in dict.fromkeys((*self.cuts(last), *known)))

    def _cut(self, word: str) -> _Way:
        """The best way to cut a word, by the geometric mean of how common its parts are; of equals the first."""
        known = self._ways.get(word)
        if known is not None:
            return known
        best, most = _WHOLE, -1.0
        for at, last in self._lasts(word):
            begins = self._beginnings(word[:at])
            if not begins:
                continue
            end, deeper = self._cut(word[at:]) if len(word) - at >= LEAST_COMPOUND else _WHOLE
            end = end or (log(1 + last),)
            for begin, cuts in begins:
                common = begin + end
                worth = sum(common) / len(common)
                if worth > most:
                    best, most = (common, (*cuts, at, *(at + cut for cut in deeper))), worth
        if len(self._ways) >= _MAX_KNOWN:
            self._ways.clear()
            self._begins.clear()
        self._ways[word] = best
        return best

    def _lasts(self, word: str) -> list[tuple[int, int]]:
        """Where nouns begin that may end a compound, and how often each occurs."""
        occurrences = self._nouns.get
        size = len(word)
        return [
            (at, last)
            for at in range(LEAST_FIRST, size - _LEAST_LAST + 1)
            if (last := occurrences(word[at:]))
            and (word[at:] not in _NO_LAST if size - at >= LEAST_LETTERS else word[at:] in self._short)
        ]

    def _beginnings(self, left: str) -> list[_Way]:
        """The ways to cut what begins a compound, its link set aside; none for what begins none."""
        known = self._begins.get(left)
        if known is not None:
            return known
        first = self._first(left)
        ways: list[_Way] = [((log(1 + first),), ())] if first else []
        for link in LINKS_OF_COMPOUNDS:
            if len(left) - len(link) >= LEAST_COMPOUND and left.endswith(link):
                way = self._cut(left.removesuffix(link))
                if way[1]:
                    ways.append(way)
        self._begins[left] = ways
        return ways

    def _first(self, left: str) -> int:
        """How common what begins a compound is as a word of its own, without its link; 0 for what begins none."""
        if left in _NO_FIRST:
            return 0
        occurrences = self._nouns.get
        common = max([occurrences(base, 0) for base in _bases(left) if base not in _NO_FIRST])
        return common or self._firsts.get(left, 0)

    def to_json(self) -> str:
        """What `from_json` makes the same of."""
        learned = {
            "version": LEARNING_VERSION,
            "articles": self.articles,
            "nouns": dict(self._nouns),
            "short": sorted(self._short),
            "firsts": dict(self._firsts),
            "simple": sorted(self._simple),
        }
        return json.dumps(learned, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Compounds":
        """What was learned; raises `ValueError` for what `to_json` has not written in this version."""
        try:
            raw = json.loads(text)
            if raw["version"] != LEARNING_VERSION:
                raise ValueError(f"learned by version {raw['version']!r}, this one is {LEARNING_VERSION}")
            return cls(raw["nouns"], raw["short"], raw["firsts"], raw["articles"], raw["simple"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"no compounds: {error}") from error


NO_COMPOUNDS = Compounds({})  # what an index knows that was made when there were no articles
_LEAST_LAST = 3
_MAX_KNOWN = 50_000  # words whose cuts are remembered, with what they begin with 6 MB
_MAX_COUNTED = 500_000  # different words; beyond, those that occurred once are forgotten


def learn(census: Census) -> Compounds:
    """What the words of an archive teach."""
    words = _folded(census.words)
    nouns = _nouns(words)
    common = _common_nouns() if nouns else []
    if len(nouns) < FEW_NOUNS:
        told = (word for word in common if words.small.get(word, 0) <= words.capital.get(word, 0))
        nouns = dict.fromkeys(told, LEAST_OCCURRENCES) | nouns
    nouns = _commonest(nouns)
    short = _short_lasts(nouns)
    firsts = _commonest(_firsts(words, nouns, short))
    simple = filter(Compounds(nouns, short, firsts).cuts, common)
    return Compounds(nouns, short, firsts, census.articles, simple)


@dataclass(frozen=True, slots=True)
class _Words:
    """Folded words → occurrences."""

    capital: Mapping[str, int]
    small: Mapping[str, int]


def _folded(words: Mapping[str, int]) -> _Words:
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for word, number in words.items():
        (capital if word[0].isupper() else small)[fold_case(word)] += number
    return _Words(capital, small)


def _common_nouns() -> list[str]:
    """Common simple nouns of German with their plurals, folded; written for this project."""
    text = Path(__file__).with_name("nouns-de.txt").read_text(encoding="utf-8")  # an archive has a folder of our name
    return [fold_case(word) for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def _nouns(words: _Words) -> dict[str, int]:
    """Words that are mostly written with a capital → occurrences."""
    return {
        word: number
        for word, number in words.capital.items()
        if number >= LEAST_OCCURRENCES
        and len(word) >= LEAST_FIRST
        and number >= NOUN_SHARE * (number + words.small.get(word, 0))
    }


def _short_lasts(nouns: Mapping[str, int]) -> frozenset[str]:
    families = Counter(
        word[-_LEAST_LAST:]
        for word in nouns
        if len(word) >= LEAST_COMPOUND and any(base in nouns for base in _bases(word[:-_LEAST_LAST]))
    )
    return frozenset(end for end, number in families.items() if end in nouns and number >= LEAST_FAMILY_OF_SHORT)


def _firsts(words: _Words, nouns: Mapping[str, int], short: frozenset[str]) -> dict[str, int]:
    """What several nouns begin with and is no noun itself → how many do."""
    families = Counter(
        word[:at]
        for word in words.capital
        for at in range(LEAST_LETTERS, len(word) - _LEAST_LAST + 1)
        if word[at:] in nouns and word[at:] not in _NO_LAST and (len(word) - at >= LEAST_LETTERS or word[at:] in short)
    )
    return {
        left: family
        for left, family in families.items()
        if family >= (LEAST_FAMILY_OF_WORD if words.small.get(left, 0) >= LEAST_OCCURRENCES else LEAST_FAMILY)
        and not any(base in nouns for base in _bases(left))
    }


def _bases(left: str) -> list[str]:
    """What a beginning may be as a word of its own."""
    longest = len(left) - LEAST_FIRST  # of the links that leave enough
    links = _LINKS_BY_END.get(left[-1:], ())
    bases = [left[: -len(link)] for link in links if len(link) <= longest and left.endswith(link)]
    return [left, *bases, *(left + lost for lost in LOST)]


def _commonest(words: Mapping[str, int]) -> dict[str, int]:
    if len(words) <= MAX_NOUNS:
        return dict(words)
    return dict(sorted(words.items(), key=lambda item: (-item[1], item[0]))[:MAX_NOUNS])
