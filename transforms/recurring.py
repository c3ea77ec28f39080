"""What recurs over the articles of one site and is its furniture: the key of a line, the decision, the rule.

    Extraction  →  occurrences, sketch  →  counts (Evidence)  →  decide  →  a rule for articles of that site

Counted are the lines as they were extracted, before any rule, so that cleaning does not feed back on itself. Nothing
here knows where the counts are kept: `ingest` keeps them in the store, `clean` in memory.

A site is the host of the article's address; for a mail its list or its sender; else the source, which may be a mixed
pile and gets no decision without a high count.
"""

import re
import unicodedata
from bisect import bisect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Literal
from urllib.parse import urlsplit

from backfile.article import Article, Extraction, Span
from transforms import normalise, shape
from transforms.metadata import urls
from transforms.rule import Rule

VERSION = 2  # raise it when the decision or what is taken comes out otherwise; every site is decided anew
NAME, KIND = "recurring-line", "boilerplate"
ABOUT = "Takes lines that recur over articles of the same site, at head and tail, within only with high counts."

Where = Literal["head", "tail", "edges", "anywhere"]

# A longer line is the article's own. The longest bio of the development data has 71 words, the longest notice 96.
LONGEST_WORDS, LONGEST_CHARACTERS = 120, 900
EDGE_LINES = 12  # the tail reaches so far up, or to the last paragraph of running text, whichever is more
MOST_LINES = 400  # of one extraction that are counted: half from its beginning, half from its end

# Places of a line in an extraction; a line that stands at several counts for the greatest, which is the most careful.
TAIL, HEAD, INNER, ASIDE = range(4)  # ASIDE: a row of a table, or the headline; seen, but no evidence

# What a key says besides which line it is; the decision needs no more of the text.
SENTENCE, PROSE, DIGITS, FULL, CUE = 1, 2, 4, 8, 16  # CUE: `Frau Beispiel:`, `(Applause)`
FULL_WORDS = 4  # "Der Hintergrund" and "Was bisher bekannt ist" are sub-headings, "Frage:" a speaker

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")
_ASCII = bytes(range(0x80))
_LETTERS = bytes(
    each if each >= 0x80 or chr(each).isalpha() else ord("0") if chr(each).isdigit() else ord(" ")
    for each in range(0x100)
).lower()
_ZEROS = re.compile(rb"0+")
# Latin, Greek, Cyrillic and Armenian, with dashes and quotation marks: scripts in which a sign is folded by itself.
_PLAIN_SIGNS = frozenset(map(chr, (*range(0x80, 0x300), *range(0x370, 0x590), *range(0x2010, 0x2060))))
_HASH_BYTES = 8
_SHAPE_BITS = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was counted of one line over the documents of one site."""

    articles: int  # documents that hold it, copies of one article counted once (up to `ENOUGH`, then all)
    documents: int  # documents that hold it
    head: int  # … in their head, and so on; `documents` less these: aside
    tail: int
    inner: int
    total: int  # documents of the site
    elsewhere: bool  # whether articles of other sites have it too
    mixed: bool = False  # whether the "site" is only a source


# --- lines and sites


@lru_cache(maxsize=8192)
def key(text: str) -> int | None:
    """64 bits, signed, that name a line: a hash of its words, and its shape. None for what is not counted.

    Letter case, digits, white space, punctuation and ornaments make no difference.
    """
    if len(text) > LONGEST_CHARACTERS or (size := shape.words(text)) > LONGEST_WORDS:
        return None
    folded = _folded(text)
    if not folded or folded == b"0":
        return None
    bits = SENTENCE * shape.ends_like_a_sentence(text) + PROSE * shape.is_prose(text)
    bits += DIGITS * (b"0" in folded) + FULL * (size >= FULL_WORDS) + CUE * _is_cue(text)
    return _hash(folded) >> _SHAPE_BITS << _SHAPE_BITS | bits


def _is_cue(text: str) -> bool:
    """Whether the line leads to what follows, or is a stage direction, as in interviews and minutes."""
    line = text.strip()
    return line.endswith((":", "：")) or (line[0] in "([（" and line[-1] in ")]）")


def _folded(text: str) -> bytes:
    """The words of a line in NFKC, case-folded, in UTF-8, each number as 0: bytes take a third of the time."""
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) > len(text):
        for each in set(encoded.translate(None, _ASCII).decode("utf-8", "surrogatepass")):
            sign, said = _sign(each)
            if said is None:
                return _folded_slowly(text)
            if said != sign:
                encoded = encoded.replace(sign, said)
    words = b" ".join(encoded.translate(_LETTERS).split())
    return _ZEROS.sub(b"0", words).replace(b"0 0", b"0") if b"0" in words else words


def _folded_slowly(text: str) -> bytes:
    words = " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
    return _DIGITS.sub("0", words).replace("0 0", "0").encode("utf-8", "surrogatepass")


@lru_cache(1024)
def _sign(sign: str) -> tuple[bytes, bytes | None]:
    """A sign in UTF-8, and what it is in a folded line; None where that depends on what stands beside it."""
    small = sign.casefold() if sign.isalnum() else " "
    plain = sign in _PLAIN_SIGNS and unicodedata.normalize("NFKC", sign) == sign and not unicodedata.combining(sign)
    certain = plain and (small == " " or small.isalpha())
    return sign.encode("utf-8", "surrogatepass"), small.encode() if certain else None


def _hash(folded: bytes) -> int:
    return int.from_bytes(blake2b(folded, digest_size=_HASH_BYTES).digest(), signed=True)


def site(extraction: Extraction, source: str, *, url: str | None = None) -> str:
    """Whose furniture an article may have: `taz.de`, `list news.taz.de`, `from post@taz.de`, `source pile`.

    `url` is `normalise.key_url` of the extraction, where the caller has it already.
    """
    said = {witness.field: witness.value for witness in reversed(extraction.witnesses)}
    if listed := said.get("list-id"):
        return f"list {_name(listed.rpartition('<')[2].partition('>')[0] or listed)}"
    if sender := said.get("sender"):
        return f"from {_name(sender)}"
    url = url or normalise.key_url(extraction)
    host = urls.site(urlsplit(url).hostname or "") if url else ""
    return host[:200] or f"source {source}"


def _name(stated: str) -> str:
    return "".join(stated.casefold().replace("\0", "\ufffd").split())[:200]  # no database need take NUL


def is_mixed(site: str) -> bool:
    """Whether the "site" is only a source, where articles of many sites may stand side by side."""
    return site.startswith("source ")


def occurrences(extraction: Extraction) -> dict[int, int]:
    """The keys of an extraction's lines, and where each stands."""
    lines = extraction.lines
    prose = [at for at, line in enumerate(lines) if shape.is_prose(line.text)]
    headlines = {key(witness.value) for witness in extraction.said("title")}
    found: dict[int, int] = {}
    for at in _counted(len(lines)):
        number = key(lines[at].text)
        if number is not None:
            aside = lines[at].role == "table" or number in headlines
            found[number] = max(ASIDE if aside else _place(at, len(lines), prose), found.get(number, TAIL))
    return found


def _place(at: int, size: int, prose: Sequence[int]) -> int:
    """Where the line at `at` stands in an extraction of `size` lines, of which those at `prose` are running text."""
    if not prose:
        return INNER
    if at < prose[0]:
        return HEAD if at < EDGE_LINES else INNER
    if at == prose[0] or (at < prose[-1] and at < size - EDGE_LINES):
        return INNER
    # A sub-heading has a paragraph below it; the heading of a bio or notice has one, too, at the very end.
    behind = bisect(prose, at)
    heads = at + 1 < size - 1 and prose[behind : behind + 1] == [at + 1] and prose[behind - 1] != at
    return INNER if heads else TAIL


def _counted(size: int) -> Iterable[int]:
    half = MOST_LINES // 2
    return range(size) if size <= MOST_LINES else (*range(half), *range(size - half, size))


# --- copies of one article

SKETCHED = 12  # paragraphs that a sketch names
_OPENING = 200  # characters by which a paragraph is known that is too long for a key
ENOUGH = 40  # sketches that are compared; more differ than any count that is asked for


def sketch(extraction: Extraction, *, url: str | None = None) -> bytes:
    """By what a copy, an update or a syndicated form of an article is known: its address and longest paragraphs.

    `url` as for `site`.
    """
    url = url or normalise.key_url(extraction)
    texts = [line.text for line in extraction.lines]
    long = [text for text in texts if shape.is_prose(text)] or texts
    longest = sorted(set(long), key=lambda text: (-len(text), text))[:SKETCHED]
    named = sorted({(key(text) or _hash(_folded(text[:_OPENING]))) >> _SHAPE_BITS for text in longest})
    return b"".join(
        each.to_bytes(_HASH_BYTES, signed=True)
        for each in [_hash(url.encode("utf-8", "surrogatepass")) if url else 0, *named]
    )


def independent(sketches: Iterable[bytes], line: int) -> int:
    """How many articles the sketches are of; those that share their address or most paragraphs but `line` are one."""
    taken = [_unfolded(each, line >> _SHAPE_BITS) for each in sorted(set(sketches))[:ENOUGH]]
    groups: list[list[tuple[int, frozenset[int]]]] = []
    for each in taken:
        near = [group for group in groups if any(_is_copy(each, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([each, *(other for group in near for other in group)])
    return len(groups)


def _unfolded(sketch: bytes, line: int) -> tuple[int, frozenset[int]]:
    numbers = [int.from_bytes(sketch[at : at + _HASH_BYTES], signed=True) for at in range(0, len(sketch), _HASH_BYTES)]
    return numbers[0] if numbers else 0, frozenset(numbers[1:]) - {line}


def _is_copy(one: tuple[int, frozenset[int]], other: tuple[int, frozenset[int]]) -> bool:
    if one[0] and one[0] == other[0]:
        return True
    size = min(len(one[1]), len(other[1]))
    return len(one[1] & other[1]) * 2 > size or not size


# --- the decision

LEAST = 2  # articles of a site with fewer than ten; one more for each power of ten
LEAST_LIKELY = 3  # for what may be the article's own: sentences, and lines that only differ in figures
LEAST_MIXED, LEAST_SHORT = 3, 6  # where nobody can say that they are of one site; of short lines
LEAST_SHARE = 0.01  # of the site's documents
LIKELY_SHARE = 0.2
LEAST_HEAD, HEAD_SHARE = 3, 0.3
LEAST_INNER, INNER_SHARE = 4, 0.4
# What stands within some articles, too, is theirs: in 4,000 parliament speeches (2026-11-24) 30 lines of applause and
# of speakers stood mostly at the end, and within 8 to 60 % of those that had them; footers stand within 0 to 4 %.
MOST_INNER = 0.05


def decide(line: int, seen: Evidence) -> Where | None:
    """Where a line can be taken beyond doubt; None when it must be asked for."""
    least = _least(line, seen)
    share = seen.documents / seen.total
    if line & CUE or seen.articles < least or (share < LEAST_SHARE and not seen.mixed):
        return None
    outer = max(seen.head, seen.tail)
    if line & FULL and share >= INNER_SHARE and seen.articles >= max(LEAST_INNER, least) and seen.inner > outer:
        return "anywhere"
    if seen.inner > MOST_INNER * seen.documents or (seen.elsewhere and line & PROSE):
        return None
    if line & (SENTENCE | DIGITS) and (share < LIKELY_SHARE or (line & PROSE and seen.inner)):
        return None
    head = seen.head >= LEAST_HEAD and seen.head >= HEAD_SHARE * seen.total
    tail = seen.tail >= least
    return "edges" if head and tail else "head" if head else "tail" if tail else None


def _least(line: int, seen: Evidence) -> int:
    least = LEAST_LIKELY if line & (SENTENCE | DIGITS) else LEAST
    if seen.mixed:
        least = LEAST_MIXED if line & FULL else LEAST_SHORT
    return least + len(str(seen.total)) - 1


def is_candidate(seen: Evidence) -> bool:
    """Whether a line that is not taken is worth a person's look."""
    return seen.articles >= (LEAST_MIXED if seen.mixed else LEAST)


# --- counts without a store


class Counts:
    """The counts of one call, in memory that grows with what recurs and not with what there is.

    Everything is noted first (`note`), which finds out what recurs at all, and then counted (`add`).
    """

    def __init__(self) -> None:
        self._once = bytearray(_SLOTS // 8)  # a bit for each key that was noted; two keys may share one
        self._again: set[int] = set()
        self._totals: dict[str, int] = {}
        self._tallies: dict[int, dict[str, _Tally]] = {}

    def note(self, places: Mapping[int, int]) -> None:
        """Note that a document holds these keys."""
        for number in places:
            at, bit = divmod((number >> _SHAPE_BITS) % _SLOTS, 8)
            if self._once[at] >> bit & 1:
                self._again.add(number)
            self._once[at] |= 1 << bit

    def add(self, site: str, places: Mapping[int, int], sketch: bytes) -> None:
        """Count a document of a site; all documents were noted before."""
        self._totals[site] = self._totals.get(site, 0) + 1
        for number, place in places.items():
            if number in self._again:
                self._tallies.setdefault(number, {}).setdefault(site, _Tally()).add(place, sketch)

    def learned(self) -> dict[str, dict[int, Where]]:
        """What is taken beyond doubt: site → key → where."""
        found: dict[str, dict[int, Where]] = {}
        for number, tallies in self._tallies.items():
            for site, tally in tallies.items():
                seen = tally.evidence(number, self._totals[site], elsewhere=len(tallies) > 1, mixed=is_mixed(site))
                if seen is not None and (where := decide(number, seen)):
                    found.setdefault(site, {})[number] = where
        return found


_SLOTS = 1 << 26  # bits: 8 MB; at ten million different lines one in seven shares its bit and is counted for nothing


class _Tally:
    """The documents of one site that hold one line."""

    __slots__ = ("places", "sketches")

    def __init__(self) -> None:
        self.places = [0] * (ASIDE + 1)
        self.sketches: set[bytes] = set()

    def add(self, place: int, sketch: bytes) -> None:
        self.places[place] += 1
        self.sketches.add(sketch)
        if len(self.sketches) > 4 * ENOUGH:
            self.sketches = set(sorted(self.sketches)[:ENOUGH])

    def evidence(self, line: int, total: int, *, elsewhere: bool, mixed: bool) -> Evidence | None:
        """The evidence; None where only one document holds the line."""
        if sum(self.places) < LEAST:
            return None
        tail, head, inner, _ = self.places
        articles = independent(self.sketches, line)
        return Evidence(articles, sum(self.places), head, tail, inner, total, elsewhere, mixed)


# --- the rule


def rule(learned: Mapping[int, Where], seen: set[int] | None = None) -> Rule:
    """The rule that takes the learned lines of one site, key → where; it adds to `seen` what it looked for.

    What is not in `seen` when an article has come out cannot change it: of an article the rule asks which key each
    span has, and of each key where it goes. Let two sets of learned lines differ in keys only that are not in `seen`.
    When the rule runs first, the article is the same under both, as no other rule knows what is learned; the keys it
    asks for are in `seen`, so it hears the same and takes the same; hence the article is the same when it runs next,
    and so to the end, whatever the other rules are. So an extraction is cleaned again for a decision only when it has
    seen its key (`backfile/store/recurrence.py`); a line that another rule takes first is never seen.

    Only whole lines are looked for, as only these are counted: what another rule left of a longer line is not the line
    of which it has the words, and no count would say that the article has it.
    """
    return Rule(NAME, VERSION, KIND, None, ABOUT, lambda article: _without(article, learned, seen))


def _without(article: Article, learned: Mapping[int, Where], seen: set[int] | None) -> Article:
    if seen is None and not learned:
        return article
    body = article.body
    size = 1 + max([0, *(span.line for span in body[-1:]), *(removal.line for removal in article.removed)])
    uncounted = range(MOST_LINES // 2, size - MOST_LINES // 2)  # empty for all but very long ones
    cut = {removal.line for removal in article.removed}
    keys = [None if span.start or span.line in cut or span.line in uncounted else key(span.text) for span in body]
    if seen is not None:
        seen.update(number for number in keys if number is not None)
    if not learned:
        return article

    def found(at: int) -> Where | None:
        number = keys[at]
        return None if number is None else learned.get(number)

    taken = {at for at in _inside(body, learned) if found(at) == "anywhere"}
    taken |= _run(body, range(len(body)), found, "head")
    taken |= _run(body, range(len(body) - 1, -1, -1), found, "tail")
    if not taken:
        return article
    return replace(article, body=tuple(span for at, span in enumerate(body) if at not in taken))


def _inside(body: Sequence[Span], learned: Mapping[int, Where]) -> Iterable[int]:
    return range(len(body)) if "anywhere" in learned.values() else ()


def _run(body: Sequence[Span], order: Sequence[int], found: Callable[[int], Where | None], edge: Where) -> set[int]:
    """Learned lines from one edge on, up to the first paragraph of running text that is not one.

    Where there is no such paragraph (verses, results), up to the first line that is not one.
    """
    unbroken: set[int] = set()
    taken: set[int] = set()
    for passed, at in enumerate(order):
        if found(at) in {edge, "edges", "anywhere"}:
            taken.add(at)
            if len(taken) == passed + 1:
                unbroken.add(at)
        elif shape.is_prose(body[at].text):
            return taken
    return unbroken
