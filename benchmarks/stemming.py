"""How well stemmers bring forms of one word together and keep other words apart, and what they cost.

    python benchmarks/stemming.py [--cases tests/index/cases/inflections.txt] [--wrong]

under: of the pairs of forms of one word, the share that does not meet; over: of the pairs of different words, those
that do. Compared are what the index does, the same without the tables, and lemmas where simplemma is installed (no
dependency of ours; it keeps what it was asked, so that its speed is that of words seen before).
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.folding import fold_case, unmarked
from index.stemming import regular, stemmer

CASES = Path(__file__).parents[1] / "tests" / "index" / "cases" / "inflections.txt"


@dataclass(slots=True)
class Cases:
    """The cases of one language."""

    groups: list[list[str]] = field(default_factory=list)  # forms of one word
    strangers: list[tuple[str, str]] = field(default_factory=list)  # words that must not meet

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [pair for group in self.groups for pair in combinations(group, 2)]

    @property
    def words(self) -> list[str]:
        return [word for group in [*self.groups, *self.strangers] for word in group]


def cases(file: Path = CASES) -> Mapping[str, Cases]:
    """The cases of a file by language."""
    found: dict[str, Cases] = {}
    here = Cases()
    for line in file.read_text(encoding="utf-8").splitlines():
        match line.split():
            case [tag] if tag.startswith("["):
                here = found[tag.strip("[]")] = Cases()
            case ["=", *forms]:
                here.groups.append(forms)
            case ["/", one, other]:
                here.strangers.append((one, other))
    return found


Stem = Callable[[str], str]


def folded(stem: Stem) -> Stem:
    """A stemmer of folded words for words as written."""
    return lambda word: stem(fold_case(word).replace("'", ""))


def lemmatiser(language: str) -> Stem | None:
    """Lemmas by simplemma; None where it is not installed or does not know the language."""
    try:
        import simplemma  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

        simplemma.lemmatize("a", lang=language)
    except (ImportError, ValueError):
        return None
    return lambda word: unmarked(fold_case(simplemma.lemmatize(word, lang=language)))


def apart(stem: Stem, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs that do not meet."""
    return [(one, other) for one, other in pairs if stem(one) != stem(other)]


def speed(stem: Stem, words: list[str]) -> float:
    """Microseconds of CPU a word."""
    begin = time.process_time()
    for _ in range(_ROUNDS):
        for word in words:
            stem(word)
    return (time.process_time() - begin) / _ROUNDS / len(words) * 1e6


_ROUNDS = 50


def main() -> None:
    """Print a line for each language and stemmer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--wrong", action="store_true", help="print the pairs that the index gets wrong")
    args = parser.parse_args()
    print("language  stemmer   groups  under  over      µs a word")
    for language, known in cases(args.cases).items():
        stems = {
            "index": folded(stemmer(language)),
            "regular": folded(regular(language)),
            "lemma": lemmatiser(language),
        }
        for name, stem in stems.items():
            if stem is None:
                continue
            missed = apart(stem, known.pairs)
            over = len(known.strangers) - len(apart(stem, known.strangers))
            share = len(missed) / len(known.pairs)
            met = f"{over}/{len(known.strangers)}"
            print(f"{language:9} {name:9} {len(known.groups):6}  {share:.2f}  {met:6} {speed(stem, known.words):9.2f}")
            if args.wrong and name == "index":
                print(" ".join(f"{one}≠{other}" for one, other in missed))


if __name__ == "__main__":
    main()
