"""What can be seen of a line without knowing its language: its shape, its place, its neighbours, whose words it has."""

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate

from backfile.article import Article, Removal
from transforms import shape

FURNITURE = frozenset({"boilerplate", "credit"})  # kinds of removals that say: this page has more than its article
# What these rules take stands in the flow of a text: below the word "Anzeige" an article goes on more often than not.
SILENT = frozenset({"advertisement"})
FAR = 40  # lines; how far away running text is when there is none on that side
LONG_WORD = 4  # letters of a word that says what a line is about

_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"https?://|www\.|\w@\w+\.\w", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}\b|\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b")
_ADDRESSED = re.compile(r"\b(?:Sie|Ihre?|Ihnen|uns|[Uu]nsere\w{0,2}|du|dein\w{0,2}|[Yy]our?|[Oo]ur)\b")
_SENTENCE_INSIDE = re.compile(r"[.!?]\s+\S")


class Place(Enum):
    """Where a line stands among the paragraphs of running text."""

    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"
    ALONE = "alone"  # there is no running text


@dataclass(frozen=True, slots=True)
class Look:
    """One line that is still in the article, as the model sees it."""

    line: int  # of the extraction
    text: str
    prose: bool
    place: Place
    furniture_near: bool  # another rule took something of the block of short lines it stands in
    goes_on: bool  # the line above, which is still there, ends with a comma or colon: a list begins, or a letter ends
    at: int  # its place among the view's lines
    view: "View"

    @property
    def vector(self) -> tuple[float, ...]:
        """The figures of `NAMES`, in that order; counted when they are asked for, which is for few lines."""
        return self.view.vector(self.at)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    taken: bool  # by another rule, as furniture
    tells: bool  # … that says something about its neighbours
    prose: bool
    words: tuple[str, ...]
    length: float  # log(1 + words)
    ends: bool
    colon: bool
    capitals: float  # share of its words that begin with a capital
    dated: bool


NAMES = (
    # the line
    "ends", "length", "prose", "capitals", "digits", "colon", "slash", "quote", "commas", "dated", "addressed", "small",
    "symbol", "inside", "bar",
    # its place
    "from_top", "from_bottom", "relative", "paragraphs", "paragraphs_above", "paragraphs_below", "up", "down",
    # its block of short lines
    "block", "block_taken", "block_capitals", "block_length", "block_differs",
    # its neighbours
    "above_ends", "above_length", "above_capitals", "below_ends", "below_length", "below_capitals", "below_dated",
    "above2_length", "above2_capitals", "below2_length", "below2_capitals",
    # whose words it has
    "known", "strange_names", "repeated",
    # the document
    "lines", "short_share", "taken_share", "taken_above", "taken_below",
)  # fmt: skip


def looks(article: Article, *, own: str) -> Iterator[Look]:
    """The lines of an article from which other rules than `own` took furniture; none of an article without any.

    What `own` took counts as still there, so that the rule sees the same document in every pass.
    """
    if not any(_is_evidence(removal, own) for removal in article.removed):
        return
    lines = _lines(article, own)
    if not any(line.taken for line in lines):
        return
    kept = {span.line for span in article.body}
    view = View(lines)
    for at, line in enumerate(lines):
        if line.number in kept:
            yield view.look(at)


def is_reference(text: str) -> bool:
    """Whether the line has a web or mail address in it, as entries of a list of sources have."""
    return _ADDRESS.search(text) is not None


def _is_evidence(removal: Removal, own: str) -> bool:
    """Whether another rule took words; a line of stars or an asterisk stands in articles as well."""
    if removal.kind not in FURNITURE or removal.rule.partition("/")[0] == own:
        return False
    return any(map(str.isalpha, removal.text))


def _lines(article: Article, own: str) -> list[_Line]:
    """The document without title, byline, dates: what stands in the text, and what was taken as furniture."""
    texts: dict[int, list[tuple[int, str]]] = {}
    taken: dict[int, bool] = {}
    for span in article.body:
        texts.setdefault(span.line, []).append((span.start, span.text))
    for removal in article.removed:
        if removal.rule.partition("/")[0] == own:
            texts.setdefault(removal.line, []).append((removal.start, removal.text))
        elif _is_evidence(removal, own) and removal.line not in texts:
            taken[removal.line] = removal.rule.partition("/")[0] not in SILENT
    gone = taken.keys() - texts.keys()
    for removal in article.removed:
        if removal.line in gone:
            texts.setdefault(removal.line, []).append((removal.start, removal.text))
    return [
        _line(
            number,
            " ".join(text for _, text in sorted(parts)).strip(),
            taken=number in taken,
            tells=taken.get(number, False),
        )
        for number, parts in sorted(texts.items())
    ]


def _line(number: int, text: str, *, taken: bool, tells: bool) -> _Line:
    words = text.split()
    capitals = sum(word[:1].isupper() for word in words)
    return _Line(
        number,
        text,
        taken,
        tells,
        prose=not taken and shape.is_prose(text),
        words=tuple(word.casefold() for word in _WORD.findall(text)),
        length=math.log1p(shape.words(text)),
        ends=shape.ends_like_a_sentence(text),
        colon=text.endswith(":"),
        capitals=capitals / max(1, len(words)),
        dated=_DATE.search(text) is not None,
    )


class View:
    """A document's lines with what is counted over all of them once."""

    def __init__(self, lines: Sequence[_Line]) -> None:
        self.lines = lines
        self.paragraphs = [at for at, line in enumerate(lines) if line.prose]
        self.taken = [0, *accumulate(line.taken for line in lines)]  # how many before each place
        self.tells = [0, *accumulate(line.tells for line in lines)]
        self.said = Counter(word for line in lines if line.prose for word in set(line.words))
        self.repeats = Counter(line.words for line in lines)
        there = [line for line in lines if not line.taken]
        self.short_share = sum(not line.prose for line in there) / max(1, len(there))

    def look(self, at: int) -> Look:
        """The line at this place, and what decides whether the model is asked about it."""
        line = self.lines[at]
        above, below = self._sides(at)
        first, last = self._block(above, below)
        furniture_near = self.tells[last + 1] > self.tells[first]
        before = self._line(at - 1)
        goes_on = not before.taken and before.text.endswith((",", ":"))
        place = self._where(above, below)
        return Look(line.number, line.text, line.prose, place, furniture_near, goes_on, at, self)

    def vector(self, at: int) -> tuple[float, ...]:
        """What the model sees of the line at this place: the figures of `NAMES`."""
        line = self.lines[at]
        above, below = self._sides(at)
        first, last = self._block(above, below)
        block = [self.lines[n] for n in range(first, last + 1) if n != at]
        block_taken = self.taken[last + 1] - self.taken[first]
        return (
            *_shape(line),
            *self._place(at, above, below),
            *_block(line, block, block_taken),
            *self._neighbours(at),
            *self._vocabulary(line),
            math.log1p(len(self.lines)),
            self.short_share,
            self.taken[-1] / len(self.lines),
            math.log1p(self.taken[at]),
            math.log1p(self.taken[-1] - self.taken[at + 1]),
        )

    def _where(self, above: int, below: int) -> Place:
        under = len(self.paragraphs) - below
        if above and under:
            return Place.WITHIN
        return Place.BELOW if above else Place.ABOVE if under else Place.ALONE

    def _sides(self, at: int) -> tuple[int, int]:
        """How many paragraphs stand above the place, and the number of the first one below it."""
        return bisect_left(self.paragraphs, at), bisect_right(self.paragraphs, at)

    def _block(self, above: int, below: int) -> tuple[int, int]:
        """The first and last of the lines that no paragraph parts from a place with these sides."""
        first = self.paragraphs[above - 1] + 1 if above else 0
        last = self.paragraphs[below] - 1 if below < len(self.paragraphs) else len(self.lines) - 1
        return first, last

    def _place(self, at: int, above: int, below: int) -> tuple[float, ...]:
        count, total = len(self.lines), len(self.paragraphs)
        up = at - self.paragraphs[above - 1] if above else FAR
        down = self.paragraphs[below] - at if below < total else FAR
        distances = (at, count - 1 - at)
        sides = (total, above, total - below, up, down)
        return (*map(math.log1p, distances), at / max(1, count - 1), *map(math.log1p, sides))

    def _neighbours(self, at: int) -> tuple[float, ...]:
        above, below, above2, below2 = (self._line(at + step) for step in (-1, 1, -2, 2))
        return (
            *(float(above.ends), above.length, above.capitals),
            *(float(below.ends), below.length, below.capitals, float(below.dated)),
            *(above2.length, above2.capitals, below2.length, below2.capitals),
        )

    def _line(self, at: int) -> _Line:
        return self.lines[at] if 0 <= at < len(self.lines) else _NOTHING

    def _vocabulary(self, line: _Line) -> tuple[float, float, float]:
        """Share of its long words that running text has too; share of its names that it has not; whether it recurs."""
        others = 1 if line.prose else 0
        telling = [word for word in line.words if len(word) >= LONG_WORD]
        known = sum(self.said[word] > others for word in telling) / max(1, len(telling))
        said = line.text.split()
        strange = sum(
            word[:1].isupper() and self.said[word.strip(".,:;!?\"„“”'()").casefold()] == 0 for word in said[1:]
        )
        return known, strange / max(1, len(said)), float(self.repeats[line.words] > 1)


_NOTHING = _Line(-1, "", False, False, False, (), 0.0, False, False, 0.0, False)  # noqa: FBT003 - beyond either end


def _shape(line: _Line) -> tuple[float, ...]:
    text = line.text
    count = max(1, len(text.split()))
    return (
        float(line.ends),
        line.length,
        float(line.prose),
        line.capitals,
        sum(sign.isdigit() for sign in text) / max(1, len(text)),
        float(line.colon),
        float("/" in text),
        float(any(sign in text for sign in '"„“«»')),
        min(5, text.count(",")) / math.sqrt(count),
        float(line.dated),
        float(_ADDRESSED.search(text) is not None),
        sum(len(word) < LONG_WORD and word.isalpha() for word in line.words) / max(1, len(line.words)),
        float(not text[:1].isalnum() and text[:1] not in "\"„“«»'‘’(["),
        float(_SENTENCE_INSIDE.search(text) is not None or _ADDRESS.search(text) is not None),
        float(any(sign in text for sign in "|·•»›→©")),
    )


def _block(line: _Line, block: Sequence[_Line], taken: int) -> tuple[float, ...]:
    count = max(1, len(block))
    return (
        math.log1p(len(block) + 1),
        taken / count,
        sum(other.capitals for other in block) / count,
        sum(other.length for other in block) / count,
        sum(abs(other.length - line.length) for other in block) / count,
    )
