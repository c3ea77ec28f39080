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
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from index.compounds import LANGUAGE, LEARNING_VERSION, LEAST_COMPOUND, NO_COMPOUNDS, Compounds
from index.folding import APOSTROPHE, INVISIBLE, UMLAUTS, fold_case, transcribed, unmarked
from index.languages import ELISION, FUNCTION_WORDS, UMLAUTS_IN_STEMMER
from index.stemming import stemmer

ANALYSIS_VERSION = 3  # raise it whenever the same text gives other terms: an index made before must be rebuilt

_MAX_WORD = 120  # characters; what is longer (base64, run-together tables) is indexed by its beginning
_MAX_CACHED = 60_000  # different words per language, at some 650 bytes each: 40 MB; the frequent ones come back at once
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
_JOINT = re.compile(rf"[{_HYPHEN}&{_BLANK}]|{_BETWEEN_DIGITS}")
_ELIDED = re.compile(rf"[{_HYPHEN}&{_BLANK}{APOSTROPHE}]|{_BETWEEN_DIGITS}")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:'\d{3})+(?:[.,]\d+)?")
_ABBREVIATED = re.compile(r"(?:[a-z]\.)+")
# The number of a footnote behind a word or figure; behind a unit (m², km³) it is a part of it.
_FOOTNOTE = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[0-9]))[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+$")
# See-, Luft- und Landstreitkräfte: words that leave their ends to the last one.
_JOINING = ("und", "oder", "sowie", "bis", "bzw.")
_ELLIPSIS = re.compile(
    rf"(?:\w{{2,{_MAX_WORD}}}-, ?){{0,5}}\w{{2,{_MAX_WORD}}}- (?:{'|'.join(map(re.escape, _JOINING))}) "
    rf"(?:[a-zäöüß]{{1,20}} ){{0,2}}(\w{{{LEAST_COMPOUND},{_MAX_WORD}}})"
)
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


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field of one entry: term → its positions in ascending order, 0 for the first word."""

    stems: dict[str, list[int]]
    forms: Mapping[str, list[int]]
    parts: Mapping[str, list[int]]  # parts of compounds, as terms of their own kind (`Analyser.part`)
    length: int  # number of places, the field's length for ranking


NO_WORDS = Words(stems={}, forms={}, parts={}, length=0)


class Analyser:
    """Turns texts of one language into terms. One per language and process: `analyser("de", compounds)`."""

    def __init__(self, language: str, compounds: Compounds = NO_COMPOUNDS) -> None:
        self.language = language
        self._compounds = compounds
        self._stem = stemmer(language)
        self._joint = _ELIDED if language in ELISION else _JOINT
        self._transcribe = language not in UMLAUTS_IN_STEMMER
        self._prefix = f"{language}:"
        self._tokens: dict[str, Token] = {}
        self._plain: dict[str, tuple[str, str]] = {}  # the usual token, one place and one stem: its two terms

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
            if len(self._tokens) >= _MAX_CACHED:
                self._forget()
            known = self._tokens[raw] = self._analyse(raw)
            if len(known.places) == 1 and len(known.places[0]) == 1 and known.whole is None and not known.parts:
                self._plain[raw] = (sys.intern(self.term(known.places[0][0])), sys.intern(self.term(known.forms[0])))
        return known

    def _forget(self) -> None:
        """Drops the half of the cache that came last: the words met first are mostly the frequent ones."""
        for raw in list(self._tokens)[_MAX_CACHED // 2 :]:
            del self._tokens[raw]
            self._plain.pop(raw, None)

    def tokens(self, text: str) -> Iterator[tuple[int, int, Token]]:
        """Every token of `text` with its first and its end character."""
        completed = self._completed(text)
        for found in _TOKEN.finditer(text):
            token = self.token(found.group())
            if found.start() in completed:
                token = replace(token, places=((*token.places[0], *completed[found.start()]),))
            if token.places:
                yield found.start(), found.end(), token

    def words(self, text: str) -> Words:
        """The terms of a whole text with their positions."""
        plain, token = self._plain, self.token
        seen: dict[str, list[int]] = defaultdict(list)
        position = 0
        for raw in _TOKEN.findall(text):
            seen[raw].append(position)
            position += 1 if raw in plain else len(token(raw).places)
        words = self._collect(seen, position)
        if completed := self._completed(text):
            self._complete(words.stems, completed, text)
        return words

    def _completed(self, text: str) -> dict[int, tuple[str, ...]]:
        """Where words stand that leave their end to another (`Luft- und Landstreitkräfte`) → the stems of the whole."""
        if not self._compounds or not any(f"- {word} " in text for word in _JOINING):
            return {}
        found: dict[int, tuple[str, ...]] = {}
        for ellipsis in _ELLIPSIS.finditer(text):
            last = fold_case(ellipsis.group(1))
            for short in re.finditer(r"(\w+)-(?=[, ])", ellipsis.group()):
                words = self._compounds.completed(fold_case(short.group(1)), last)
                if words and len(self.token(short.group(1)).places) == 1:
                    found[ellipsis.start() + short.start()] = tuple(self._stems(word)[0] for word in words)
        return found

    def _complete(self, stems: dict[str, list[int]], completed: Mapping[int, tuple[str, ...]], text: str) -> None:
        position = 0
        for found in _TOKEN.finditer(text):
            for stem in completed.get(found.start(), ()):
                term = self.term(stem)
                stems[term] = sorted({*stems.get(term, ()), position})
            position += len(self.token(found.group()).places)

    def _collect(self, seen: Mapping[str, list[int]], length: int) -> Words:
        stems: dict[str, list[int]] = {}
        forms: dict[str, list[int]] = {}
        parts: dict[str, list[int]] = {}
        plain = self._plain
        for raw, positions in seen.items():
            terms = plain.get(raw)
            if terms is None:
                self._collect_places(self.token(raw), positions, stems, forms, parts)
                continue
            stem, form = terms
            stems[stem] = positions if stem not in stems else sorted(stems[stem] + positions)
            forms[form] = positions if form not in forms else sorted(forms[form] + positions)
        return Words(stems=stems, forms=forms, parts=parts, length=length)

    def _collect_places(
        self,
        token: Token,
        positions: list[int],
        stems: dict[str, list[int]],
        forms: dict[str, list[int]],
        parts: dict[str, list[int]],
    ) -> None:
        rows: list[tuple[dict[str, list[int]], str, int]] = []
        for place, (alternatives, form) in enumerate(zip(token.places, token.forms, strict=True)):
            rows.extend((stems, self.term(stem), place) for stem in alternatives)
            rows.append((forms, self.term(form), place))
        if token.whole is not None and token.whole_form is not None:
            rows += [(stems, self.term(token.whole), 0), (forms, self.term(token.whole_form), 0)]
        rows.extend((parts, self.part(stem), place) for place, found in enumerate(token.parts) for stem in found)
        for postings, term, place in rows:
            here = [position + place for position in positions]
            postings[term] = sorted(postings.get(term, []) + here)

    def _analyse(self, raw: str) -> Token:
        word = fold_case(raw[:_MAX_WORD] if raw.isascii() else _FOOTNOTE.sub("", raw[:_MAX_WORD]))
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
        return tuple(dict.fromkeys(self._stems(part)[0] for part in self._compounds.inner(word)))

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


def fold_words(text: str) -> tuple[str, ...]:
    """The words of a name, tag or address: folded, marks of Latin letters gone, not stemmed, without a language."""
    return tuple(unmarked(piece) for found in _TOKEN.findall(text) for piece in _name_pieces(fold_case(found)))


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
