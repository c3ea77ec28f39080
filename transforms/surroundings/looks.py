"""What can be seen of a line without knowing its language: its shape, its place, its neighbours, whose words it has."""

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import accumulate, pairwise

from backfile.article import Article, Removal
from transforms import shape

FURNITURE = frozenset({"boilerplate", "credit"})  # kinds of removals that say: this page has more than its article
# What these rules take stands in the flow of a text: below the word "Anzeige" an article goes on more often than not.
SILENT = frozenset({"advertisement"})
SIGNED = frozenset({"byline", "date"})  # kinds of removals that say: here an article begins or ends
LEADS = ("related-", "also-read")  # rules that take what leads to other articles
FAR = 40  # lines; how far away running text is when there is none on that side
HEADING_WORDS = 3  # of a line that is a sub-heading when it stands elsewhere in the text
LONG_WORD = 4  # letters of a word that says what a line is about
REMEMBERED = 2_048  # lines: those of one document, in all its passes
LONGEST = 1_000  # characters of such a line

FEWEST_PARTS = 2  # one comma makes no list

_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"https?://|www\.|\w@\w+\.\w", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}\b|\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b")
_ADDRESSED = re.compile(r"\b(?:Sie|Ihre?|Ihnen|uns|[Uu]nsere\w{0,2}|du|dein\w{0,2}|[Yy]our?|[Oo]ur)\b")
_SENTENCE_INSIDE = re.compile(r"[.!?]\s+\S")
_PART = re.compile(r"[,|·•/;]\s")
_TIMED = re.compile(
    r"\b\d{1,2}:\d\d\b|\b\d{1,3}\s?(?:min|std|h\b|hours?\b|days?\b|stunden?|tagen?|minut)", re.IGNORECASE
)


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
    heads: bool  # the same line stands between paragraphs as well: a table of contents names what heads a part
    above_text: bool  # running text follows below it, as below a sub-heading, but for one line taken
    goes_on: bool  # the line above, which is still there, ends with a comma or colon, or the one above it with a colon
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
    leads: bool  # … to other articles
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
    "symbol", "inside", "bar", "shouted", "low", "bracketed", "asks", "listed", "timed",
    # its place
    "from_top", "from_bottom", "relative", "paragraphs", "paragraphs_above", "paragraphs_below", "up", "down",
    # its block of short lines
    "block", "block_taken", "block_capitals", "block_length", "block_differs",
    # its neighbours
    "above_ends", "above_length", "above_capitals", "below_ends", "below_length", "below_capitals", "below_dated",
    "above2_length", "above2_capitals", "below2_length", "below2_capitals",
    # whose words it has
    "known", "strange_names", "repeated", "named", "known_above", "known_below", "opens_alike", "closes_alike",
    # the document
    "lines", "short_share", "taken_share", "taken_above", "taken_below", "singles", "told_above",
    # what other rules took, nearest to it
    "up_taken", "down_taken", "up_tells", "down_tells", "up_leads", "up_signed", "down_signed",
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
    signed = sorted({removal.line for removal in article.removed if removal.kind in SIGNED})
    view = View(lines, authors=article.authors, signed=signed)
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
    leading: set[int] = set()
    for span in article.body:
        texts.setdefault(span.line, []).append((span.start, span.text))
    for removal in article.removed:
        if removal.rule.partition("/")[0] == own:
            texts.setdefault(removal.line, []).append((removal.start, removal.text))
        elif _is_evidence(removal, own) and removal.line not in texts:
            taken[removal.line] = removal.rule.partition("/")[0] not in SILENT
            if removal.rule.startswith(LEADS):
                leading.add(removal.line)
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
            leads=number in leading,
        )
        for number, parts in sorted(texts.items())
    ]


def _line(number: int, text: str, *, taken: bool, tells: bool, leads: bool) -> _Line:
    words, length, ends, capitals, dated, prose = _seen(text) if len(text) <= LONGEST else _look_at(text)
    return _Line(
        number, text, taken, tells, leads, prose and not taken, words, length, ends, text.endswith(":"), capitals, dated
    )


def _look_at(text: str) -> tuple[tuple[str, ...], float, bool, float, bool, bool]:
    """What a line tells alone: its words, their number as the model counts it, whether it ends like a sentence …"""
    words = text.split()
    return (
        tuple(map(str.casefold, _WORD.findall(text))),
        math.log1p(shape.words(text)),
        shape.ends_like_a_sentence(text),
        sum(word[:1].isupper() for word in words) / max(1, len(words)),
        _DATE.search(text) is not None,
        shape.is_prose(text),
    )


_seen = lru_cache(REMEMBERED)(_look_at)


class View:
    """A document's lines with what is counted over all of them once."""

    def __init__(self, lines: Sequence[_Line], *, authors: Sequence[str], signed: Sequence[int]) -> None:
        self.lines = lines
        self.authors = frozenset(word.casefold() for author in authors for word in _WORD.findall(author))
        self.signed = signed
        self.lengths = [line.length for line in lines]
        self.capitals = [line.capitals for line in lines]
        self.differing: dict[tuple[int, float], float] = {}  # block, length → how far its lines are from that length
        self.furniture = [at for at, line in enumerate(lines) if line.taken]
        self.telling = [at for at, line in enumerate(lines) if line.tells]
        self.leading = [at for at, line in enumerate(lines) if line.leads]
        self.opens = Counter(line.words[:2] for line in lines)
        self.closes = Counter(line.words[-1:] for line in lines if not line.prose)
        self.paragraphs = [at for at, line in enumerate(lines) if line.prose]
        inside = range(self.paragraphs[0], self.paragraphs[-1]) if self.paragraphs else ()
        self.between = {lines[at].words for at in inside if not lines[at].taken}
        self.taken = [0, *accumulate(line.taken for line in lines)]  # how many before each place
        self.tells = [0, *accumulate(line.tells for line in lines)]
        self.said = Counter(word for line in lines if line.prose for word in set(line.words))
        self.repeats = Counter(line.words for line in lines)
        there = [line for line in lines if not line.taken]
        self.short_share = sum(not line.prose for line in there) / max(1, len(there))
        self.singles = sum(
            after - before == 2 and not lines[before + 1].taken for before, after in pairwise(self.paragraphs)
        )
        self.told = [0, *accumulate(len(line.words) for line in lines if line.prose)]

    def look(self, at: int) -> Look:
        """The line at this place, and what decides whether the model is asked about it."""
        line = self.lines[at]
        above, below = self._sides(at)
        first, last = self._block(above, below)
        furniture_near = self.tells[last + 1] > self.tells[first]
        before, earlier = self._line(at - 1), self._line(at - 2)
        goes_on = not before.taken and (before.text.endswith((",", ":")) or _announces(earlier))
        place = self._where(above, below)
        heads = place is not Place.WITHIN and len(line.words) >= HEADING_WORDS and line.words in self.between
        below_it = next((line for line in self.lines[at + 1 : at + 3] if not line.taken), None)
        above_text = below_it is not None and below_it.prose
        return Look(line.number, line.text, line.prose, place, furniture_near, heads, above_text, goes_on, at, self)

    def vector(self, at: int) -> tuple[float, ...]:
        """What the model sees of the line at this place: the figures of `NAMES`."""
        line = self.lines[at]
        above, below = self._sides(at)
        first, last = self._block(above, below)
        return (
            *_shape(line),
            *self._place(at, above, below),
            *self._among(at, first, last),
            *self._neighbours(at),
            *self._vocabulary(line, above, below),
            math.log1p(len(self.lines)),
            self.short_share,
            self.taken[-1] / len(self.lines),
            math.log1p(self.taken[at]),
            math.log1p(self.taken[-1] - self.taken[at + 1]),
            math.log1p(self.singles),
            self.told[above] / max(1, self.told[-1]),
            *_nearest(self.furniture, at),
            *_nearest(self.telling, at),
            _nearest(self.leading, at)[0],
            *_nearest(self.signed, line.number),
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

    def _among(self, at: int, first: int, last: int) -> tuple[float, ...]:
        """How the line differs from the others of its block, which goes from the first to the last one."""
        others = last - first
        count = max(1, others)
        length = self.lengths[at]
        if (first, length) not in self.differing:  # by itself a line differs by nought
            self.differing[first, length] = sum([abs(other - length) for other in self.lengths[first : last + 1]])
        return (
            math.log1p(others + 1),
            (self.taken[last + 1] - self.taken[first]) / count,
            _but(self.capitals, at, first, last) / count,
            _but(self.lengths, at, first, last) / count,
            self.differing[first, length] / count,
        )

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

    def _vocabulary(self, line: _Line, above: int, below: int) -> tuple[float, ...]:
        """Whose words it has: of running text, of authors, of the paragraphs beside it; and what lines are alike."""
        others = 1 if line.prose else 0
        telling = [word for word in line.words if len(word) >= LONG_WORD]
        count = max(1, len(telling))
        known = sum(self.said[word] > others for word in telling) / count
        said = line.text.split()
        strange = sum(
            word[:1].isupper() and self.said[word.strip(".,:;!?\"„“”'()").casefold()] == 0 for word in said[1:]
        )
        return (
            known,
            strange / max(1, len(said)),
            float(self.repeats[line.words] > 1),
            sum(word in self.authors for word in line.words) / max(1, len(line.words)),
            self._shared(telling, above - 1) / count,
            self._shared(telling, below) / count,
            math.log1p(self.opens[line.words[:2]]),
            math.log1p(self.closes[line.words[-1:]]),
        )

    def _shared(self, telling: Sequence[str], paragraph: int) -> int:
        """How many of the words the paragraph of that number has."""
        if not 0 <= paragraph < len(self.paragraphs):
            return 0
        words = self.lines[self.paragraphs[paragraph]].words
        return sum(word in words for word in telling)


def _but(figures: Sequence[float], at: int, first: int, last: int) -> float:
    """The sum from the first to the last, but for the one at the place."""
    return sum(figures[at + 1 : last + 1], sum(figures[first:at]))


def _announces(line: _Line) -> bool:
    """Whether a colon that is still there announces two lines: a name, and where its bearer works."""
    return not line.taken and line.colon


def _nearest(places: Sequence[int], at: int) -> tuple[float, float]:
    """How far it is to the nearest of the places above, and below."""
    before, behind = bisect_left(places, at), bisect_right(places, at)
    up = at - places[before - 1] if before else FAR
    down = places[behind] - at if behind < len(places) else FAR
    return math.log1p(min(up, FAR)), math.log1p(min(down, FAR))


_NOTHING = _Line(-1, "", False, False, False, False, (), 0.0, False, False, 0.0, False)  # noqa: FBT003 - beyond either end


def _shape(line: _Line) -> tuple[float, ...]:
    text = line.text
    count = max(1, len(text.split()))
    return (
        float(line.ends),
        line.length,
        float(line.prose),
        line.capitals,
        sum(map(str.isdigit, text)) / max(1, len(text)),
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
        sum(map(str.isupper, text)) / max(1, sum(map(str.isalpha, text))),
        float(text[:1].islower()),
        float(text.endswith((")", "]"))),
        float(text.endswith(("?", "?“", '?"', "?”"))),
        _listed(text),
        float(_TIMED.search(text) is not None),
    )


def _listed(text: str) -> float:
    """Words between two commas or bars, on the average: few in tags and in names; 0 where there are none."""
    parts = _PART.split(text)
    return len(text.split()) / len(parts) if len(parts) > FEWEST_PARTS else 0.0
