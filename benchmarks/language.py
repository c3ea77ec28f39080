"""Articles per CPU second whose language is told, beside langdetect as it comes, on the same texts in the same run.

    python benchmarks/language.py articles.jsonl[.gz] [--most 500] [--rounds 3]

Lines of JSON with `text`. langdetect reads the whole text with its own factory and a seed; ours gets the same text.
The two take turns and who begins changes from round to round, so that a busy machine slows both; the best round of
each counts. `differ` is the share of texts that the two name differently.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from langdetect import DetectorFactory, detect
from langdetect.lang_detect_exception import LangDetectException

from transforms import language

WARM = 20  # texts before the clock starts: profiles, weights


def texts(path: Path, most: int) -> list[str]:
    """Up to `most` texts of the file, evenly from all of it."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = [json.loads(line)["text"] for line in content.splitlines() if line.strip()]
    return found[:: max(1, len(found) // most)][:most]


def peer(text: str) -> str:
    """What langdetect says; `und` where it gives up."""
    try:
        return str(detect(text))
    except LangDetectException:
        return language.UNKNOWN


def timed(tell: Callable[[str], str], given: list[str]) -> tuple[float, list[str]]:
    """CPU seconds for all texts, and what was told of each."""
    start = time.process_time()
    told = [tell(text) for text in given]
    return time.process_time() - start, told


def main() -> None:
    """Print the rate of both, their ratio, and how often they differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--most", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    given = texts(args.articles, args.most)
    DetectorFactory.seed = 0
    tellers: dict[str, Callable[[str], str]] = {"backfile": language.detect, "langdetect": peer}
    for tell in tellers.values():
        timed(tell, given[:WARM])
    best: dict[str, float] = {}
    told: dict[str, list[str]] = {}
    for number in range(args.rounds):
        for name in sorted(tellers, reverse=number % 2 == 1):
            seconds, told[name] = timed(tellers[name], given)
            best[name] = min(seconds, best.get(name, seconds))
    for name, seconds in best.items():
        print(f"{name:<11} {len(given) / seconds:9,.0f} texts per CPU second")
    print(f"ratio       {best['langdetect'] / best['backfile']:9.1f}")
    differ = sum(ours != theirs for ours, theirs in zip(told["backfile"], told["langdetect"], strict=True))
    print(f"differ      {differ / len(given):9.4f}")


if __name__ == "__main__":
    main()
