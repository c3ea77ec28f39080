"""The language of each paragraph: what its words say, smoothed by its neighbours and by the whole text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from transforms.language import function_words, gate

SWITCH = 4.0  # function words that a change of language costs: a quotation or a name of four words is no change
ENDS = 2.0  # function words that it costs the first paragraph not to be in the text's main language
MOST_PARAGRAPHS = 2_000  # further ones are as the text
LONGEST = 4_000  # characters looked at of one
# The second language of a text is named from this on: an English footer of a German article stays below, the halves of
# a bilingual newsletter do not.
SECOND_SHARE = 0.2  # of the letters
SECOND_LETTERS = 200
SECOND_WORDS = 15  # function words that tell it
# What stands at the edges in another language is looked for line by line, as a footer of three lines has no share.
EDGE = 8  # paragraphs at the beginning, and as many at the end
EDGE_LEAD = 3  # function words by which a paragraph speaks another language rather than the main one
EDGE_WORDS = 4  # function words of such paragraphs together


def tell(paragraphs: Sequence[str], main: str) -> list[str]:
    """The language of each paragraph of a text that is mainly in `main`; `main` for those that do not say.

    Only languages of `function_words.DECIDED` are told apart from it, if it has function words itself. A short
    paragraph leans on its neighbours: the row as a whole is the one that the most function words speak for, less what
    each change costs.
    """
    if main not in function_words.WORDS:
        return [main] * len(paragraphs)
    looked = _looked(tuple(paragraphs[:MOST_PARAGRAPHS]))
    tongues = _spoken(looked, main)
    if len(tongues) < 2:
        return [main] * len(paragraphs)
    found = _likeliest(looked, tongues)
    return found + [main] * (len(paragraphs) - len(found))


def shares(paragraphs: Sequence[str], main: str) -> dict[str, float]:
    """The languages of a text with their share of its letters, the most first; a lesser one counts as `main`."""
    if gate.alone(paragraphs) == main:
        return {main: 1.0}
    told = tell(paragraphs, main)
    if told.count(main) == len(told):
        return {main: 1.0}
    letters: Counter[str] = Counter()
    for paragraph, tag in zip(paragraphs, told, strict=True):
        letters[tag] += sum(map(str.isalpha, paragraph[:LONGEST]))
    total = sum(letters.values())
    if not total:
        return {main: 1.0}
    others = {
        tag: count / total
        for tag, count in letters.most_common()
        if tag != main and count >= SECOND_LETTERS and count >= SECOND_SHARE * total
    }
    rest = 1.0 - sum(others.values())
    return dict(sorted({main: rest, **others}.items(), key=lambda each: -each[1]))


def beside(paragraphs: Sequence[str], main: str) -> tuple[str, ...]:
    """The languages beside `main` that a good share of the text, or some paragraphs at its edges, are in; sorted."""
    if main not in function_words.WORDS:
        return ()
    if gate.alone(paragraphs) == main:
        return ()
    looked = _looked(tuple(paragraphs[:MOST_PARAGRAPHS]))
    found = Counter[str]()
    for counts in (*looked[:EDGE], *looked[max(EDGE, len(looked) - EDGE) :]):
        best = _clearest(counts)
        if best in function_words.DECIDED and counts[best] >= counts[main] + EDGE_LEAD:
            found[best] += counts[best]
    edges = {tag for tag, words in found.items() if words >= EDGE_WORDS}
    return tuple(sorted((edges | shares(paragraphs, main).keys()) - {main}))


def _clearest(counts: Mapping[str, int]) -> str | None:
    """The language with more function words than any other; None when two have as many, or none has any."""
    most = max(counts.values(), default=0)
    best = [tag for tag, count in counts.items() if count == most]
    return best[0] if len(best) == 1 else None


@lru_cache(1)
def _looked(paragraphs: tuple[str, ...]) -> list[Counter[str]]:
    """The function words of each paragraph; remembered for the text that is looked at."""
    return [gate.counts(each[:LONGEST]) for each in paragraphs]


def _spoken(looked: list[Counter[str]], main: str) -> list[str]:
    """The main language, and those that some paragraph speaks more clearly than any other, with words enough."""
    clear: Counter[str] = Counter()
    for counts in looked:
        if best := _clearest(counts):
            clear[best] += counts[best]
    return [
        main,
        *(tag for tag in sorted(clear) if tag != main and tag in function_words.DECIDED and clear[tag] >= SECOND_WORDS),
    ]


def _likeliest(looked: list[Counter[str]], tongues: list[str]) -> list[str]:
    """The row of languages with the greatest sum (Viterbi)."""
    best = {tag: looked[0][tag] - ENDS * (tag != tongues[0]) for tag in tongues}
    back: list[dict[str, str]] = []
    for _, counts in pairwise(looked):
        came = {}
        now = {}
        for tag in tongues:
            before = max(tongues, key=lambda other, tag=tag: best[other] - SWITCH * (other != tag))  # type: ignore[misc]
            came[tag] = before
            now[tag] = best[before] - SWITCH * (before != tag) + counts[tag]
        back.append(came)
        best = now
    row = [max(tongues, key=best.__getitem__)]
    for came in reversed(back):
        row.append(came[row[-1]])
    return row[::-1]
