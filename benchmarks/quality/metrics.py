"""What is measured of one document, and how documents add up to a score.

Every score is made of sums over documents: `of_body`, `of_phrases` and `of_lines` give the addends of one document,
`scores` what the sums say. So a resampled set costs no more than adding up again.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain

from benchmarks.quality.labelled import Row

Addends = dict[str, float]

SHINGLE = 4  # tokens
GOOD_PAGE = 0.95  # F1 from which on a page counts as right
PARAGRAPH_FOUND = 0.8  # share of a required paragraph's shingles
LINE_GONE = 0.5  # a line of which less than this share of words survives is removed
UNSPACED = frozenset({"ja", "zh", "th", "my"})  # languages whose characters are counted as words in pages

_WORD = re.compile(r"\w+")
_PAGE_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f\u1000-\u109f]")
_LINE_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def shingles(text: str, *, size: int = SHINGLE, unspaced: bool = False) -> Counter[Hashable]:
    """The overlapping runs of `size` words of a text, counted; a shorter text is one run, an empty one none.

    >>> sorted(shingles("a b c d e", size=4))
    [('a', 'b', 'c', 'd'), ('b', 'c', 'd', 'e')]
    """
    words = _words(text, unspaced=unspaced)
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1)) if words)


def of_body(row: Row, text: str) -> Addends:
    """A page whose whole body is known: shingles that are right, too many, missing; words; required paragraphs."""
    unspaced = row.get("lang") in UNSPACED
    true, given = shingles(row["text"], unspaced=unspaced), shingles(text, unspaced=unspaced)
    right = _common(true, given)
    wrong, missing = given.total() - right, true.total() - right
    same = wrong == missing == 0  # also an empty page that stayed empty
    precision = 1.0 if same else _share(right, right + wrong)
    recall = 1.0 if same else _share(right, right + missing)
    whole = _f1(precision, recall)
    addends: Addends = {
        "documents": 1,
        "empty": not text,
        "precision": precision if given else 0.0,
        "with_text": bool(given),
        "recall": recall if true else 0.0,
        "with_gold": bool(true),
        "page_f1": whole,
        "good": whole >= GOOD_PAGE,
        "exact": _words(row["text"], unspaced=False) == _words(text, unspaced=False),
        "word_f1": _word_f1(row["text"], text),
    }
    if row.get("required"):
        addends |= _paragraphs(row, text, given, unspaced=unspaced)
    return addends


def of_phrases(row: Row, text: str) -> Addends:
    """A page of which some phrases are known: how many of `with` are in the text, and of `without`."""
    flat = _flat(text)
    there = sum(_flat(each) in flat for each in row["with"])
    wrong = sum(_flat(each) in flat for each in row["without"])
    return {
        "documents": 1,
        "empty": not text,
        "there": there,
        "wrong": wrong,
        "missing": len(row["with"]) - there,
        "gone": len(row["without"]) - wrong,
    }


def of_lines(row: Row, text: str) -> Addends:
    """A text whose lines are labelled: words and lines kept and removed of each label; a -1 never counts."""
    surviving, invented, out = survivors(row["lines"], text)
    total: Counter[str] = Counter(documents=1, empty=not text, invented=invented, out=out)
    lost = differing = 0
    for (left, words), label in zip(surviving, row["labels"], strict=True):
        if label == -1 or not words:
            continue
        own, gone = label == 1, left < LINE_GONE * words
        total["own_left" if own else "foreign_left"] += left
        total["own" if own else "foreign"] += words
        total["lines_right"] += gone and not own
        total["lines_wrong"] += gone and own
        total["lines_missed"] += not gone and not own
        lost += gone and own
        differing += gone == own
    total["safe"] = lost == 0
    total["intact"] = differing == 0
    return {name: float(value) for name, value in total.items()}


def survivors(lines: Sequence[str], text: str) -> tuple[list[tuple[int, int]], int, int]:
    """For each line how many of its words are in the cleaned text, of how many; then words invented, words surviving.

    Lines are matched whole first, words in the gaps between them after that, both in order, so that a cleaner may cut
    within a line. Words are compared in NFKC and case-folded; characters of scripts without blanks are words.
    """
    before = [_folded(line) for line in lines]
    after = [words for line in text.split("\n") if (words := _folded(line))]
    left = [0] * len(lines)
    spoken = [n for n, words in enumerate(before) if words]
    invented = 0
    matcher = SequenceMatcher(None, [" ".join(before[n]) for n in spoken], [" ".join(w) for w in after], autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            for n in spoken[a:b]:
                left[n] = len(before[n])
        elif c < d:
            here = [(word, n) for n in spoken[a:b] for word in before[n]]
            there = list(chain.from_iterable(after[c:d]))
            matched = 0
            for block in SequenceMatcher(None, [word for word, _ in here], there, autojunk=False).get_matching_blocks():
                for _, n in here[block.a : block.a + block.size]:
                    left[n] += 1
                matched += block.size
            invented += len(there) - matched
    return list(zip(left, map(len, before), strict=True)), invented, sum(left)


def body_scores(total: Mapping[str, float]) -> dict[str, float]:
    """F1 of mean precision and mean recall over pages, in shingles; further measures of the same pages.

    Precision is the mean over pages that gave a text, recall over pages that have a gold text, so a page without output
    costs recall alone. `pages_95`: share of pages with an F1 of .95 or more. `page_f1`: mean F1 of a page. `word_f1`:
    the same in single words, letter case aside. `exact`: share of pages with all words right. `paragraphs`: share of
    required paragraphs of which four fifths of the shingles are there. `extra`: mean share of shingles that are neither
    body nor title (of pages with required paragraphs).
    """
    precision = _share(total["precision"], total["with_text"])
    recall = _share(total["recall"], total["with_gold"])
    pages = total["documents"]
    scores = {
        "f1": _f1(precision, recall),
        "precision": precision,
        "recall": recall,
        "pages_95": _share(total["good"], pages),
        "page_f1": _share(total["page_f1"], pages),
        "word_f1": _share(total["word_f1"], pages),
        "exact": _share(total["exact"], pages),
    }
    if total.get("required"):
        scores["paragraphs"] = _share(total["paragraphs"], total["required"])
        scores["extra"] = _share(total["extra"], total["with_required"])
    return scores


def phrase_scores(total: Mapping[str, float]) -> dict[str, float]:
    """Micro F1, precision and recall over phrases, white space folded; `accuracy` counts the absent ones as well."""
    there, wrong, missing, gone = (total[name] for name in ("there", "wrong", "missing", "gone"))
    return {
        "f1": _share(2 * there, 2 * there + wrong + missing),
        "precision": _share(there, there + wrong),
        "recall": _share(there, there + missing),
        "accuracy": _share(there + gone, there + gone + wrong + missing),
    }


def line_scores(total: Mapping[str, float]) -> dict[str, float]:
    """Micro over labelled words: what is kept and what is removed.

    kR: share of article words that survive. dR: share of boilerplate words removed. dP: share of boilerplate in what is
    removed. kP: share of article words in what survives. line_f1: F1 of removed boilerplate in lines (removed: less
    than half of its words survive). safe: share of documents that lost no line of the article. intact: share of
    documents with exactly the right lines. invented: words that the text had not, in 1000. What has no denominator (no
    boilerplate in the set) is left out.
    """
    own_gone, foreign_gone = total["own"] - total["own_left"], total["foreign"] - total["foreign_left"]
    right, wrong, missed = total["lines_right"], total["lines_wrong"], total["lines_missed"]
    shares = {
        "kR": (total["own_left"], total["own"]),
        "dR": (foreign_gone, total["foreign"]),
        "dP": (foreign_gone, own_gone + foreign_gone),
        "kP": (total["own_left"], total["own_left"] + total["foreign_left"]),
        "line_f1": (2 * right, 2 * right + wrong + missed),
        "safe": (total["safe"], total["documents"]),
        "intact": (total["intact"], total["documents"]),
        "invented": (1000 * total["invented"], total["out"]),
    }
    if not total["foreign"]:
        shares = {name: shares[name] for name in ("kR", "safe", "intact", "invented")}
    return {name: _share(*pair) for name, pair in shares.items() if pair[1]}


OF: dict[str, Callable[[Row, str], Addends]] = {"body": of_body, "phrases": of_phrases, "lines": of_lines}
SCORES: dict[str, Callable[[Mapping[str, float]], dict[str, float]]] = {
    "body": body_scores,
    "phrases": phrase_scores,
    "lines": line_scores,
}
# Shown with their intervals; the first one is what peers are ranked by.
HEADLINES = {
    "body": ("f1", "pages_95", "precision", "recall"),
    "phrases": ("f1", "precision", "recall"),
    "lines": ("dR", "kR", "dP", "safe", "intact"),
}
# What has a floor. Of pages F1 alone: a little precision may be given for more recall, and the other way round.
FLOORED = {
    "body": ("f1", "pages_95"),
    "phrases": ("f1",),
    "lines": ("dR", "kR", "dP", "safe", "intact"),
}


def summed(addends: Iterable[Addends], weights: Iterable[int] | None = None) -> Mapping[str, float]:
    """The sums over documents; with weights, each as often as its weight says."""
    total: Counter[str] = Counter()
    documents = list(addends)
    for each, weight in zip(documents, weights or [1] * len(documents), strict=True):
        if weight:
            for name, value in each.items():
                total[name] += value * weight  # type: ignore[assignment]  # a Counter of floats
    return total


def _paragraphs(row: Row, text: str, given: Counter[Hashable], *, unspaced: bool) -> Addends:
    found = 0
    for paragraph in row["required"]:
        size = min(SHINGLE, len(_words(paragraph, unspaced=unspaced)))
        wanted = shingles(paragraph, size=size, unspaced=unspaced)
        there = given if size == SHINGLE else shingles(text, size=size, unspaced=unspaced)
        found += not wanted or _common(wanted, there) / wanted.total() >= PARAGRAPH_FOUND
    allowed = shingles(f"{row['text'] or ''}\n{row.get('title') or ''}", unspaced=unspaced)
    extra = 1 - _common(given, allowed) / given.total() if given else 0.0
    return {"required": len(row["required"]), "paragraphs": found, "extra": extra, "with_required": 1}


def _word_f1(true: str, given: str) -> float:
    a, b = (Counter(word.lower() for word in _WORD.findall(text or "")) for text in (true, given))
    if not a or not b:
        return float(not a and not b)
    both = (a & b).total()
    return _f1(both / b.total(), both / a.total())


def _common(a: Counter[Hashable], b: Counter[Hashable]) -> int:
    return sum(min(number, b[each]) for each, number in a.items() if each in b)


def _words(text: str | None, *, unspaced: bool) -> list[str]:
    text = text or ""
    return _WORD.findall(_PAGE_UNSPACED.sub(r" \g<0> ", text) if unspaced else text)


def _folded(line: str) -> list[str]:
    return _WORD.findall(_LINE_UNSPACED.sub(r" \g<0> ", unicodedata.normalize("NFKC", line).casefold()))


def _flat(text: str) -> str:
    return " ".join((text or "").split())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return _share(2 * precision * recall, precision + recall)
