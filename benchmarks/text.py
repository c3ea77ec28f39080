"""Articles of plain text per CPU second, and where the time goes, beside peers on the same lines in the same run.

    python benchmarks/text.py articles.jsonl [--rounds 3] [--most 2000]

Ours: lines, statements and language, rules: an article as `backfile clean` gives it; then each step for itself.
jusText sorts paragraphs into text and boilerplate as well: what it does behind the parsing, its words of the right
language given. The pattern: one `re` alternation of 15 common phrases over each line, which is what a simple script
does. The rounds take turns, so that a busy machine slows all; the best round of each counts. Documents are read before
the clock starts, and of a long input every n-th is taken.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from justext import get_stoplist
from justext.core import (
    LENGTH_HIGH_DEFAULT,
    LENGTH_LOW_DEFAULT,
    MAX_HEADING_DISTANCE_DEFAULT,
    MAX_LINK_DENSITY_DEFAULT,
    STOPWORDS_HIGH_DEFAULT,
    STOPWORDS_LOW_DEFAULT,
    PathInfo,
    classify_paragraphs,
    revise_paragraph_classification,
)
from justext.paragraph import Paragraph

from backfile import readers
from backfile.article import Article, Document, Extraction
from backfile.config import Source
from backfile.pipeline import cleaner
from transforms import extract, normalise, rule, rules

WARM = 50  # documents before the clock starts: imports, patterns, profiles
STOPLISTS = {"de": "German", "en": "English"}
PHRASES = re.compile(
    r"newsletter|subscribe|sign up|read more|follow us|share this|all rights reserved|cookies?|advertisement|"
    r"abonnieren|weiterlesen|lesen sie auch|mehr zum thema|alle rechte vorbehalten|anzeige",
    re.IGNORECASE,
)


def documents(path: Path, most: int) -> list[Document]:
    """Up to `most` texts of the input, evenly from all of it."""
    found = [item for item in readers.read(path) if isinstance(item, Document) and item.text]
    return found[:: max(1, len(found) // most)][:most]


def extracted(texts: list[Document]) -> list[Extraction]:
    """The lines of each text."""
    return [each for text in texts for each in extract.extract(text)]


def begun(extractions: list[Extraction]) -> list[Article]:
    """The articles before any rule: statements and language."""
    return [normalise.begin(each, id="b/1", source="b", uri="b") for each in extractions]


def whole(texts: list[Document]) -> None:
    """The whole chain, as `backfile clean` runs it."""
    cleaning = cleaner.cleaner_for(Source("texts", "."), where="")
    for text in texts:
        list(cleaner.articles_of(text, cleaning, text.uri))


def cleaned(articles: list[Article]) -> None:
    """The rules alone."""
    for each in articles:
        rule.clean(each, rules())


def justext(articles: list[Article]) -> None:
    """What jusText does with paragraphs once it has them."""
    stoplists = {tongue: get_stoplist(name) for tongue, name in STOPLISTS.items()}
    for article in articles:
        paragraphs = []
        for span in article.body:
            paragraph = Paragraph(PathInfo().append("body").append("p"))
            paragraph.append_text(span.text)
            paragraphs.append(paragraph)
        words = stoplists.get(article.language, stoplists["en"])
        classify_paragraphs(
            paragraphs,
            words,
            LENGTH_LOW_DEFAULT,
            LENGTH_HIGH_DEFAULT,
            STOPWORDS_LOW_DEFAULT,
            STOPWORDS_HIGH_DEFAULT,
            MAX_LINK_DENSITY_DEFAULT,
        )
        revise_paragraph_classification(paragraphs, MAX_HEADING_DISTANCE_DEFAULT)


def searched(articles: list[Article]) -> None:
    """One pattern over each line."""
    for article in articles:
        for span in article.body:
            PHRASES.search(span.text)


def main() -> None:
    """Print a row for each, and the ratio of the whole chain to it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=Path, help="an export with a text in each record, or a folder of texts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=2_000, help="texts")
    args = parser.parse_args()
    paths = readers.inputs(args.input) if args.input.is_dir() else [args.input]
    texts = [each for path in islice(paths, args.most) for each in documents(path, args.most)][: args.most]
    if not texts:
        sys.exit(f"{args.input}: no text in it")
    whole(texts[:WARM])
    lines = extracted(texts)
    articles = begun(lines)
    runs: dict[str, Callable[[], object]] = {
        "backfile": lambda: whole(texts),
        "  lines": lambda: extracted(texts),
        "  statements, language": lambda: begun(lines),
        "  rules": lambda: cleaned(articles),
        "jusText on the same lines": lambda: justext(articles),
        "one pattern": lambda: searched(articles),
    }
    best = dict.fromkeys(runs, 0.0)
    for _ in range(args.rounds):
        for name, run in runs.items():
            started = time.process_time()
            run()
            best[name] = max(best[name], len(texts) / (time.process_time() - started))
    print(f"{len(texts)} texts, best of {args.rounds}\n{'':28}articles / CPU s   ours to it")
    for name, speed in best.items():
        print(f"{name:28}{speed:16.0f}{best['backfile'] / speed:13.2f}")


if __name__ == "__main__":
    main()
