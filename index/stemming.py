"""One stem for the forms of a word: Snowball, tables where it errs on words of the news, Ukrainian by ourselves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from index.folding import fold_case, transcribed, unmarked
from index.irregular import (
    APART,
    APART_BY_UMLAUT,
    INSEPARABLE,
    NO_VERBS,
    SEPARABLE,
    STRONG_VERBS,
    TOGETHER,
)
from index.languages import SNOWBALL

Stem = Callable[[str], str]  # a folded word → its stem, without the marks of Latin letters


def stemmer(language: str) -> Stem:
    """The stemmer of a language; one that only takes marks off where none is known."""
    plain = regular(language)
    known = _exceptions(language, plain)
    other = _GermanVerbs(plain).stem if language == "de" else plain

    def stem(word: str) -> str:
        found = known.get(word)
        return other(word) if found is None else found

    return stem


def regular(language: str) -> Stem:
    """What stems the words of a language that no table names: Snowball, or rules of our own."""
    snowball = _snowball(SNOWBALL.get(language))
    if language == "en":
        return lambda word: snowball(unmarked(word))  # marks are foreign to it: résumé and resume
    if language == "uk":
        return _ukrainian
    return lambda word: unmarked(snowball(word))


def _snowball(name: str | None) -> Stem:
    if name is None:
        return _same
    import Stemmer  # noqa: PLC0415  (compiled; only when a language needs it)

    try:
        stem: Stem = Stemmer.Stemmer(name, 0).stemWord
    except KeyError:
        return _same
    return stem


def _same(word: str) -> str:
    return word


def _exceptions(language: str, stem: Stem) -> Mapping[str, str]:
    """Folded word → stem, for what the tables name."""
    known: dict[str, str] = {}
    for first, *others in TOGETHER.get(language, ()):
        known.update(dict.fromkeys((first, *others), stem(first)))
    for line in APART.get(language, ()):
        known.update(
            (spelling, unmarked(line[0])) for word in line for spelling in (word, transcribed(word), unmarked(word))
        )
    for line in APART_BY_UMLAUT.get(language, ()):
        known.update((spelling, transcribed(line[0])) for word in line for spelling in (word, transcribed(word)))
    return known


def irregular_forms(language: str) -> Iterator[tuple[str, str]]:
    """What tables name of a language, folded: a word, and another one or itself written otherwise that has its stem."""
    lines = [*TOGETHER.get(language, ()), *APART.get(language, ()), *APART_BY_UMLAUT.get(language, ())]
    if language == "de":
        lines += STRONG_VERBS
    for first, *others in lines:
        for word in map(fold_case, (first, *others)):
            yield from (
                (fold_case(first), spelling) for spelling in {word.lstrip(_SIGNS), transcribed(word.lstrip(_SIGNS))}
            )


_SIGNS = "=+-"  # what marks a form in the table of strong verbs


class _GermanVerbs:
    """The stem of the infinitive for the forms of strong verbs, with prefixes."""

    def __init__(self, stem: Stem) -> None:
        self._stem = stem
        self._words: dict[str, str] = {}  # form as it stands, without prefix → infinitive
        self._any_words: dict[str, str] = {}  # form as it stands, with prefixes or without
        self._stems: dict[str, str] = {}  # stem of a form
        self._behind: dict[str, str] = {}  # stem of a form that needs a prefix
        self._infinitives: set[str] = set()
        for infinitive, *forms in STRONG_VERBS:
            self._put(infinitive, forms)
        self._none = frozenset(map(stem, NO_VERBS))

    def _put(self, infinitive: str, forms: Iterable[str]) -> None:
        infinitive = fold_case(infinitive)
        self._infinitives.add(infinitive)
        for form in map(fold_case, forms):
            if form[0] == "-":
                self._behind[self._stem(form[1:])] = infinitive
            elif form[0] in "=+":
                table = self._words if form[0] == "=" else self._any_words
                table.update(dict.fromkeys((form[1:], transcribed(form[1:])), infinitive))
            else:
                self._stems.setdefault(self._stem(form), infinitive)

    def stem(self, word: str) -> str:
        """The stem of the verb that a folded word is a form of; its own when it is none that is known."""
        stem = self._stem(word)
        if stem in self._none or word.endswith(_QUALITIES):
            return stem
        infinitive = self._words.get(word) or self._any_words.get(word) or self._stems.get(stem)
        if infinitive is not None:
            return self._stem(infinitive)
        for prefix in _PREFIXES.get(word[:2], ()):
            if word.startswith(prefix) and (infinitive := self._prefixed(prefix, word[len(prefix) :])) is not None:
                return self._stem(prefix + infinitive)
        return stem

    def _prefixed(self, prefix: str, rest: str) -> str | None:
        if len(rest) < _LEAST_FORM:
            return None
        if rest.startswith("zu") and rest[2:] in self._infinitives and prefix in SEPARABLE:
            return rest[2:]  # zurückzutreten
        stem = self._stem(rest)
        return self._any_words.get(rest) or self._behind.get(stem) or self._stems.get(stem)


_PREFIXES: Mapping[str, tuple[str, ...]] = {  # by their first two letters, the longest first
    beginning: tuple(sorted(group, key=len, reverse=True))
    for beginning, group in groupby(sorted((*SEPARABLE, *INSEPARABLE)), key=lambda prefix: prefix[:2])
}
_QUALITIES = ("heit", "heiten")  # Gelegenheit is no form of liegen
_LEAST_FORM = 3  # letters of a form behind a prefix: sah, las


# --- Ukrainian, which Snowball lacks: endings of nouns, adjectives and verbs, the longest first


def _endings(text: str) -> tuple[str, ...]:
    return tuple(sorted(text.split(), key=len, reverse=True))


# Written for this project; tests/index/cases/inflections.txt has what it is measured by.
_VERB = _endings("вати вав вала вало вали ватися вався валася валося валися ть ться ють ємо єте єш є")  # behind у, ю
_INFLECTED = _endings(
    "ові еві єві ами ями ах ях ам ям ом ем єм ів ою ею єю ей а я о е є у ю и і ї ь й "
    "ий ого ому им их ими ої ього ьому "
    "ати ити іти яти ав ив яв ала ила іла яла али или іли яли ало ило іло яло ать ять ить уть ють "
    "атися итися ався ився алася илася алися илися ається яється ться"
)
_SOFT = _endings("ія ії ію ією ій іям іях іями ієм")  # партія, українській
_LEAST_UKRAINIAN = 3  # letters of a stem
_LEAST_BEFORE_SOFT = 4  # … before what begins with і, which belongs to short stems: водій, вода


def _ukrainian(word: str) -> str:
    word = word.replace("'", "").replace("ґ", "г")
    for ending in _VERB:
        if word.endswith(("у" + ending, "ю" + ending)) and len(word) - len(ending) > _LEAST_UKRAINIAN:
            return word[: -len(ending)]
    for ending in _SOFT:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_UKRAINIAN:
            left = len(word) - len(ending)
            return word[:left] if left >= _LEAST_BEFORE_SOFT else word[: left + 1]
    for ending in _INFLECTED:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_UKRAINIAN:
            return word[: -len(ending)]
    return word
