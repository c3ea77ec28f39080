"""How well compounds are cut that were learned from some articles, against a list cut by hand.

    python benchmarks/compounds.py ARTICLES.jsonl[.gz] [--cases tests/index/cases/compounds-de.txt] [--wrong]

ARTICLES has one JSON object with `text` and `lang` a line. A case is a word with "|" at each border of its parts, or a
simple word without. precision: of the borders found, those that are right; recall: of the borders, those found; simple:
share of the simple words that were cut.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.compounds import Census, Compounds, learn
from index.folding import fold_case

CASES = Path(__file__).parents[1] / "tests" / "index" / "cases" / "compounds-de.txt"


@dataclass(slots=True)
class Score:
    """What came of the cases."""

    right: int = 0
    found: int = 0
    borders: int = 0
    simple: int = 0
    simple_cut: int = 0
    wrong: list[str] = field(default_factory=list)  # as they were cut

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.borders if self.borders else 1.0

    @property
    def cut_share(self) -> float:
        return self.simple_cut / self.simple if self.simple else 0.0


def learned(articles: Path) -> Compounds:
    """What the articles of a file teach."""
    census = Census()
    opened = gzip.open if articles.suffix == ".gz" else open
    with opened(articles, "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            census.add(article["text"], article["lang"])
    return learn(census)


def cases(file: Path = CASES) -> list[str]:
    """The words of a file of cases, borders marked."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def score(compounds: Compounds, words: Iterable[str]) -> Score:
    """How the words are cut."""
    total = Score()
    for word in words:
        *firsts, _ = fold_case(word).split("|")
        wanted = set(accumulate(map(len, firsts)))
        plain = fold_case(word).replace("|", "")
        found = set(compounds.cuts(plain))
        total.right += len(found & wanted)
        total.found += len(found) if wanted else 0
        total.borders += len(wanted)
        total.simple += not wanted
        total.simple_cut += bool(found) and not wanted
        if found != wanted:
            total.wrong.append("|".join(compounds.parts(plain)) or plain)
    return total


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--wrong", action="store_true", help="print the words that are cut otherwise than by hand")
    args = parser.parse_args()
    made = score(learned(args.articles), cases(args.cases))
    print(f"borders {made.borders}  precision {made.precision:.3f}  recall {made.recall:.3f}")
    print(f"simple words {made.simple}  cut {made.cut_share:.3f}")
    if args.wrong:
        print("\n".join(made.wrong))


if __name__ == "__main__":
    main()
