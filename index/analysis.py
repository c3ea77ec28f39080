"""From text to terms: one tokeniser for all scripts, one stemmer per language, and terms that carry their language.

A term is `"<language>:<word>"`, so `en:will` and `de:will` never meet, whatever else an engine does. One field with
such terms was preferred to a field per language: it needs no schema change for a new language (Tantivy's schema is
fixed when an index is made, OpenSearch's mapping is strict), and title and text stay two fields for BM25F instead of
two per language. What ranking wants to know per language, the number of its articles, comes with the term.

Word by word: invisible characters gone, typographic apostrophes plain, NFKC, case folded (ß → ss).
Stems also lose the marks of Latin letters (ä → a); exact forms keep them. Analysis is cached by word: an archive has
far fewer different words than words.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, takewhile

from index.compounds import LANGUAGE, LEARNING_VERSION, NO_COMPOUNDS, Compounds
from index.ellipsis import short_words
from index.folding import APOSTROPHE, INVISIBLE, UMLAUTS, fold_case, transcribed, unmarked
from index.languages import ELISION, FUNCTION_WORDS, UMLAUTS_IN_STEMMER
from index.stemming import stemmer
from index.words import MAX_WORD, NUMBER, Vocabulary, Words, packed_number

ANALYSIS_VERSION = 3  # raise it whenever the same text gives other terms: an index made before must be rebuilt

# Different runs of a language that are known at a time, before they are learned anew; at some 315 bytes each 79 MB.
# 10,000 articles have 218,000 (German) and 104,000 (English, 2026-11-29). One text may go beyond.
_MAX_RUNS = 250_000
_MAX_TOKENS = 20_000  # the same for queries and snippets; a page of hits has some thousand
_MAX_PARTS = 12  # parts of one hyphenated word that are indexed on their own

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
)
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # letters and vowel signs; \w alone would cut at the signs
_LETTER = rf"[\w{_MARKS}{_INDIC}{INVISIBLE}]"
_HYPHEN = "\\-\u2010\u2011"
_BLANK = " \u00a0\u2009\u202f"
_BETWEEN_DIGITS = r"(?<=\d)[.,:/](?=\d)"
# A token: letters, joined by hyphen, ampersand or apostrophe; digits also by point, comma, colon and slash, and in
# threes by a blank (10 000). "§" is a word in law, "C#" and "C++" keep their tail, "U.S." is one word. Every character
# is looked at once, but for the bounded beginnings.
_TOKEN = re.compile(
    rf"(?:[A-Za-z](?:(?:\+\+|#)(?!\w)|(?<!\w.)\.(?:[A-Za-z]\.){{1,5}}(?!\w))"
    rf"|\d{{1,3}}(?:[{_BLANK}]\d{{3}}){{1,3}}(?![\w.])"
    rf"|{_LETTER}+(?:(?:[{_HYPHEN}&{APOSTROPHE}]|{_BETWEEN_DIGITS}){_LETTER}+)*|§+)"
)
# What makes a token of several runs: 10 000.
_BLANK_IN_NUMBER = re.compile(rf"\d[{_BLANK}]\d{{3}}(?![\w.])")
_EDGES = '.,;:!?()[]…"“”„‚‘»«›‹'  # signs around words that are in no token with letters only
_JOINT = re.compile(rf"[{_HYPHEN}&{_BLANK}]|{_BETWEEN_DIGITS}")
_ELIDED = re.compile(rf"[{_HYPHEN}&{_BLANK}{APOSTROPHE}]|{_BETWEEN_DIGITS}")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:'\d{3})+(?:[.,]\d+)?")
_ABBREVIATED = re.compile(r"(?:[a-z]\.)+")
# The number of a footnote behind a word or figure; behind a unit (m², km³) it is a part of it.
_FOOTNOTE = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[0-9]))[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+$")
# Scripts without blanks between words, and Korean, whose words end in particles: pairs of neighbouring characters
# stand for words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)


@dataclass(frozen=True, slots=True)
class Token:
    """What one run of letters means in one language: the terms at each of its places, without the language."""

    places: tuple[tuple[str, ...], ...]  # stems; several at one place are alternatives, the usual one first
    forms: tuple[str, ...]  # exact forms at their places: case-folded, marks kept
    whole: str | None = None  # a hyphenated word as one stem, at the first place: "us-präsident" → "usprasident"
    whole_form: str | None = None  # the same as exact form
    elided: bool = False  # l'état: the first place is an article or preposition that lost its vowel
    parts: tuple[tuple[str, ...], ...] = ()  # for each place the stems of its compound's parts; empty where none has


class _Numbers(dict[str, bytes]):
    """A run of text without blanks in it → the numbers of its places as machine integers, made when first met.

    Most are a word, bare or with a comma or point behind it: to look them up is to split the text, in a quarter of the
    time that a regular expression takes to find the words in it.
    """

    def __init__(self, analyser: "Analyser") -> None:
        super().__init__()
        self.vocabulary = Vocabulary()
        self._analyser = analyser

    def __missing__(self, run: str) -> bytes:
        bare = run.strip(_EDGES)
        if bare.isalpha() and len(bare) <= MAX_WORD and (word := _folded_letters(bare)):
            made = self.get(word) or self._enter_letters(word)
        elif (tokens := _TOKEN.findall(run)) == [run]:
            made = self._analyser.enter(run, self.vocabulary)
        else:
            made = b"".join(map(self.__getitem__, tokens))
            if len(run) > MAX_WORD:
                return made  # much without a blank: nobody writes that again
        self[run] = made
        return made

    def _enter_letters(self, word: str) -> bytes:
        made = self._analyser.enter_letters(word, self.vocabulary)
        if word.isascii() or fold_case(word) == word:
            self[word] = made  # Der, DER and der are one place
        return made


def _folded_letters(word: str) -> str:
    """A word of letters, folded; empty when it is not one, or not of letters only, once it is folded."""
    if word.isascii():
        return word.lower()
    folded = fold_case(word)
    return folded if folded.isalpha() and not _UNSPACED.search(folded) else ""


class Analyser:
    """Turns texts of one language into terms. One per language and process: `analyser("de", compounds)`."""

    def __init__(self, language: str, compounds: Compounds = NO_COMPOUNDS) -> None:
        self.language = language
        self._compounds = compounds
        self._stem = stemmer(language)
        self._joint = _ELIDED if language in ELISION else _JOINT
        self._transcribe = language not in UMLAUTS_IN_STEMMER
        self._prefix = f"{language}:"
        self._tokens: dict[str, Token] = {}  # of queries, and of texts that snippets are made of
        self._numbers = _Numbers(self)  # of texts that are indexed
        self._part_stems: dict[str, str] = {}

    def term(self, word: str) -> str:
        """`word`, a stem or form, with its language: the key that engines know."""
        return self._prefix + word

    def part(self, stem: str) -> str:
        """A stem that is a part of a compound: `de:+trupp`, the key of the articles that have Bodentruppen."""
        return f"{self._prefix}+{stem}"

    def token(self, raw: str) -> Token:
        """The meaning of one run of letters as the tokeniser found it; cached."""
        known = self._tokens.get(raw)
        if known is None:
            if len(self._tokens) >= _MAX_TOKENS:
                self._tokens.clear()
            known = self._tokens[raw] = self._analyse(raw)
        return known

    def enter(self, raw: str, vocabulary: Vocabulary) -> bytes:
        """Enters what a run of letters means into a vocabulary; the numbers of its places as machine integers."""
        token = self._analyse(raw)
        numbers = array(NUMBER)
        for place, (alternatives, form) in enumerate(zip(token.places, token.forms, strict=True)):
            stems = tuple(map(self.term, alternatives))
            forms: tuple[str, ...] = (self.term(form),)
            if not place and token.whole is not None and token.whole_form is not None:
                stems, forms = (*stems, self.term(token.whole)), (*forms, self.term(token.whole_form))
            parts = tuple(map(self.part, token.parts[place])) if token.parts else ()
            numbers.append(vocabulary.put(stems, forms, parts))
        return numbers.tobytes()

    def enter_letters(self, word: str, vocabulary: Vocabulary) -> bytes:
        """The same for a folded word that consists of letters only, as most do."""
        prefix = self._prefix
        # Nothing is to be taken off that is no letter; see `_stems`.
        ascii_stem = self._stem(word) if word.isascii() else ""
        terms = (prefix + ascii_stem,) if ascii_stem else tuple(map(self.term, self._stems(word)))
        parts = self._parts(word)
        return packed_number(vocabulary.put(terms, (prefix + word,), tuple(map(self.part, parts)) if parts else ()))

    def tokens(self, text: str) -> Iterator[tuple[int, int, Token]]:
        """Every token of `text` with its first and its end character."""
        completed = self.completed(text)
        for found in _TOKEN.finditer(text):
            token = self.token(found.group())
            if found.start() in completed:
                token = with_stems(token, completed[found.start()])
            if token.places:
                yield found.start(), found.end(), token

    def words(self, text: str) -> Words:
        """The words of a whole text."""
        if len(self._numbers) > _MAX_RUNS:
            self._numbers = _Numbers(self)
        return Words(self._numbers.vocabulary, self._places(text), self._beside(text))

    def _places(self, text: str) -> "array[int]":
        """The numbers of what stands at each place of a text."""
        runs = _TOKEN.findall(text) if _BLANK_IN_NUMBER.search(text) else text.split()
        return array(NUMBER, b"".join(map(self._numbers.__getitem__, runs)))

    def completed(self, text: str) -> dict[int, tuple[str, ...]]:
        """Where words stand that leave their end to another (`Luft- und Landstreitkräfte`) → the stems of the whole."""
        found: dict[int, tuple[str, ...]] = {}
        for start, short, whole in short_words(text) if self._compounds else ():
            words = self._compounds.completed(fold_case(short), fold_case(whole))
            if words and len(self.token(short).places) == 1:
                found[start] = tuple(self._stems(word)[0] for word in words)
        return found

    def _beside(self, text: str) -> tuple[tuple[int, str], ...]:
        """Where a text leaves the end of a word to another one: the position and the stems of the whole."""
        found: dict[tuple[int, str], None] = {}
        done = position = 0
        for start, stems in self.completed(text).items():
            begin = run_begin(text, done, start)
            position += len(self._places(text[done:begin]))
            done, at = begin, position
            for token in takewhile(lambda token: token.start() <= start, _TOKEN.finditer(text, begin)):  # noqa: B023
                numbers = array(NUMBER, self._numbers[token.group()])
                if token.start() == start:
                    known = self._numbers.vocabulary.stems[numbers[0]]
                    found |= {(at, self.term(stem)): None for stem in stems if self.term(stem) not in known}
                at += len(numbers)
        return tuple(found)

    def _analyse(self, raw: str) -> Token:  # noqa: PLR0911  (one return per kind of run)
        word = fold_case(raw[:MAX_WORD] if raw.isascii() else _FOOTNOTE.sub("", raw[:MAX_WORD]))
        if word.isalpha():  # most are, and nothing of what follows concerns them
            return self._spaced(word)
        if word.startswith("§"):
            return Token(places=(("§",),), forms=("§",))
        if word[:1].isdigit() and _GROUPED.fullmatch(word):
            return self._single(_number(word))
        if _ABBREVIATED.fullmatch(word):
            return self._hyphenated(word.replace(".", ""), word.removesuffix(".").split("."))
        pieces = [piece for piece in self._joint.split(word) if piece.strip("_'")]
        if not pieces:
            return Token(places=(), forms=())
        if len(pieces) == 1:
            return self._spaced(pieces[0])
        return self._hyphenated(word, pieces[:_MAX_PARTS])

    def _spaced(self, word: str) -> Token:
        if not word.isascii() and (run := _UNSPACED.search(word)):
            return self._unspaced(word, run.start())
        return self._single(word)

    def _single(self, word: str) -> Token:
        parts = self._parts(word)
        return Token(places=(self._stems(word),), forms=(word.strip("_'"),), parts=(parts,) if parts else ())

    def _hyphenated(self, word: str, pieces: list[str]) -> Token:
        tokens = [self._spaced(piece) for piece in pieces]
        places = tuple(place for token in tokens for place in token.places)
        forms = tuple(form for token in tokens for form in token.forms)
        if self._joint is _ELIDED and "'" in word:
            return Token(places=places, forms=forms, elided=True)
        joined = self._joined(word, pieces)
        parts = tuple(part for token in tokens for part in (token.parts or ((),) * len(token.places)))
        whole = self._stems(joined)[0]
        whole_form = joined if " " in word else word.strip("_'")
        return Token(places, forms, whole, whole_form, parts=parts if any(parts) else ())

    def _joined(self, word: str, pieces: list[str]) -> str:
        """`us-präsident` → `uspräsident`, `10:30` and `10.30` → `10.30`, `9/11` as it is, `10 000` → `10000`."""
        if " " in word or not all(piece.isdigit() for piece in pieces):
            return self._joint.sub("", word)
        return word if "/" in word else self._joint.sub(".", word)

    def _unspaced(self, word: str, start: int) -> Token:
        grams: list[str] = []
        while run := _UNSPACED.search(word, start if not grams else 0):
            if run.start():
                grams.append(word[: run.start()])
            chunk = run.group()
            grams.extend(chunk[i : i + 2] for i in range(max(1, len(chunk) - 1)))
            word = word[run.end() :]
        if word:
            grams.append(word)
        return Token(places=tuple((gram,) for gram in grams), forms=tuple(grams))

    def _parts(self, word: str) -> tuple[str, ...]:
        if not self._compounds:
            return ()
        return tuple(dict.fromkeys(map(self._part_stem, self._compounds.inner(word))))

    def _part_stem(self, part: str) -> str:
        known = self._part_stems.get(part)
        if known is None:
            if len(self._part_stems) >= _MAX_TOKENS:
                self._part_stems.clear()
            known = self._part_stems[part] = self._stems(part)[0]
        return known

    def _stems(self, word: str) -> tuple[str, ...]:
        plain = word.strip("_'")
        if self.language != "en":  # whose stemmer knows it
            plain = plain.removesuffix("'s")
        plain = plain.replace("œ", "oe")
        stem = self._stem(plain).replace("'", "") or plain
        if self._transcribe and not plain.isascii() and any(letter in plain for letter in UMLAUTS):
            return (stem, self._stem(transcribed(plain)))
        return (stem,)


def analyser(language: str, compounds: Compounds = NO_COMPOUNDS) -> Analyser:
    """The one analyser of a language in this process; its cache is shared by all who ask. Not for several threads.

    `compounds` is what the index has learned of German; other languages do without.
    """
    return _analyser(language, compounds if language == LANGUAGE else NO_COMPOUNDS)


@lru_cache(maxsize=64)  # one per language, and one more for each index that is open
def _analyser(language: str, compounds: Compounds) -> Analyser:
    return Analyser(language, compounds)


def run_begin(text: str, done: int, at: int) -> int:
    """Where the run begins that a character belongs to; where no token goes on behind a blank."""
    begin = text.rfind(" ", done, at) + 1 or done
    while begin > done and _BLANK_IN_NUMBER.match(text, begin - 2):
        begin = text.rfind(" ", done, begin - 1) + 1 or done
    return begin


def with_stems(token: Token, more: tuple[str, ...]) -> Token:
    """A token of one place with more stems there."""
    return replace(token, places=((*token.places[0], *more),))


def spans_of(text: str, begin: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """First and end character of each run of letters that the tokeniser finds, whatever it means.

    Part of a text is to be taken from where no token goes on (`run_begin`), up to a blank.
    """
    return [found.span() for found in _TOKEN.finditer(text, begin, len(text) if end is None else end)]


def fold_words(text: str) -> tuple[str, ...]:
    """The words of a name, tag or address: folded, marks of Latin letters gone, not stemmed, without a language."""
    return tuple(chain.from_iterable(map(_name_words, _TOKEN.findall(text))))


@lru_cache(maxsize=4096)  # the words of the addresses, publishers and tags of one source are mostly the same
def _name_words(raw: str) -> tuple[str, ...]:
    return tuple(map(unmarked, _name_pieces(fold_case(raw))))


def spellings(word: str) -> tuple[str, ...]:
    """Folded `word` and what a German keyboardist may have meant by it: `praes` → `praes`, `präs`; `pras` → `präs`.

    For what compares exact forms, where no stemmer levels umlauts. At most 16 spellings.
    """
    found = [word]
    for plain, umlaut in (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("a", "ä"), ("o", "ö"), ("u", "ü")):
        for known in tuple(found):
            found.extend(
                known[:at] + umlaut + known[at + len(plain) :]
                for at in range(len(known))
                if known.startswith(plain, at)
            )
        if len(found) >= _MAX_SPELLINGS:
            break
    for umlaut, plain in UMLAUTS.items():
        if umlaut in word:
            found.append(word.replace(umlaut, plain))
    return tuple(dict.fromkeys(found))[:_MAX_SPELLINGS]


_MAX_SPELLINGS = 16


@lru_cache(maxsize=1024)
def is_function_word(language: str, raw: str) -> bool:
    """Whether a word of a query says nothing about its subject (der, what, combien)."""
    return fold_case(raw) in FUNCTION_WORDS.get(language, ())


def fingerprint() -> str:
    """What decides which terms a text gives: our version, the stemmer's, Unicode's. Recorded in the index."""
    import Stemmer  # noqa: PLC0415  (compiled; nothing else in this module needs it before a text is analysed)

    learning = f"compounds/{LEARNING_VERSION}"
    return f"analysis/{ANALYSIS_VERSION} {learning} pystemmer/{Stemmer.version()} unicode/{unicodedata.unidata_version}"


def _name_pieces(word: str) -> list[str]:
    pieces = word.split(".") if _ABBREVIATED.fullmatch(word) else _ELIDED.split(word)
    return [piece for piece in pieces if piece.strip("_")]


def _number(word: str) -> str:
    """`10.000`, `10,000` and `10'000` → `10000`; `1.234,5` and `1,234.5` → `1234.5`."""
    grouping = word.lstrip("0123456789")[0]
    return word.replace(grouping, "").replace(",", ".")
