"""What analysis costs, in articles per CPU second, beside Whoosh's own analysers on the same articles in the same run.

    python benchmarks/analysis.py ARTICLES.jsonl[.gz]

ARTICLES has one JSON object with `text` and `lang` a line; German and English ones count. German compounds are learned
from the file first, which is not counted.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.analysis import Analyser
from index.compounds import NO_COMPOUNDS, Census, learn

LANGUAGES = ("de", "en")


def rate(take: Callable[[str], object], texts: Collection[str]) -> float:
    """Texts per CPU second."""
    begin = time.process_time()
    for text in texts:
        take(text)
    return len(texts) / (time.process_time() - begin)


def drained(analyser: Callable[..., Iterable[object]]) -> Callable[[str], object]:
    """A Whoosh analyser that runs to its end, with positions as an index would ask for."""
    return lambda text: sum(1 for _ in analyser(text, positions=True, mode="index"))


def main() -> None:
    """Print a line for each language and analyser."""
    from whoosh.analysis import StandardAnalyzer, StemmingAnalyzer  # noqa: PLC0415  (only to be compared with)

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    path = parser.parse_args().articles
    opened = gzip.open if path.suffix == ".gz" else open
    texts: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    census = Census()
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            if article["lang"] in texts:
                texts[article["lang"]].append(article["text"])
                census.add(article["text"], article["lang"])
    compounds = learn(census)
    for language in LANGUAGES:
        own = {
            "here, with parts of compounds" if language == "de" else "here": compounds,
            **({"here, without parts": NO_COMPOUNDS} if language == "de" else {}),
        }
        for name, learned in own.items():
            print(f"{language}  {name:32} {rate(Analyser(language, learned).words, texts[language]):7.0f}")
        for name, whoosh in (("StandardAnalyzer", StandardAnalyzer()), ("StemmingAnalyzer", StemmingAnalyzer())):
            print(f"{language}  Whoosh's {name:23} {rate(drained(whoosh), texts[language]):7.0f}")


if __name__ == "__main__":
    main()
