"""Make `transforms/language/runs.xz` from the models of lingua 1.3.5 (Apache-2.0), the release that has them as files.

    pip download --no-deps lingua-language-detector==1.3.5 && pip install brotli
    python benchmarks/make_runs.py lingua_language_detector-1.3.5-py3-none-any.whl

Of each language the most frequent runs of four letters are kept, in half nats above `FLOOR`; a line holds a language,
the half nats, and the runs that have them, one behind the other, sorted.
"""

import argparse
import json
import lzma
import math
import sys
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).parents[1]))

TO = Path(__file__).parents[1] / "transforms" / "language" / "runs.xz"
FLOOR = 1e-6  # the probability of a run that a language lacks
STEP = 0.5  # nats
# Of 4,700 headlines, sentences, words and pairs of words half as many runs get one in 400 fewer right, twice as many
# one in 1,000 more, at twice the size (Nov 2026).
MOST, FEWER = 6_000, 2_000  # runs of a language; of one that is here so that another's text is not taken for its own
MAIN = "af ar be bg ca cs da de en es fi fr hr hu it mk nl nn no pl pt ro ru sk sl sv tr uk"
BESIDE = "az bs cy eo et eu fa ga id is kk la lt lv ms so sq sr sw tl ur vi"
ABOUT = (
    "# From the models of lingua-py 1.3.5, github.com/pemistahl/lingua-py, © 2022-present Peter M. Stahl, "
    "Apache-2.0 (apache.org/licenses/LICENSE-2.0), cut and rounded by benchmarks/make_runs.py"
)
_NAMES = ("unigrams", "bigrams", "trigrams", "quadrigrams")
_FOLDER = {"no": "nb"}


def chances(wheel: zipfile.ZipFile, tag: str) -> dict[str, float]:
    """The probability of each run of four letters, from those of each letter behind the ones before it."""
    import brotli  # type: ignore[import-not-found]  # noqa: PLC0415 - needed for this alone

    before: dict[str, float] = {}
    for name in _NAMES:
        packed = wheel.read(f"lingua/language-models/{_FOLDER.get(tag, tag)}/{name}.json.br")
        shares = cast("dict[str, str]", json.loads(brotli.decompress(packed))["ngrams"])
        found: dict[str, float] = {}
        for share, runs in shares.items():
            part, _, whole = share.partition("/")
            for run in runs.split(" "):
                found[run] = int(part) / int(whole) * before.get(run[:-1], 1.0)
        before = found
    return before


def lines(wheel: zipfile.ZipFile) -> list[str]:
    """The lines of the file."""
    found: list[str] = []
    for tag in sorted([*MAIN.split(), *BESIDE.split()]):
        chance = chances(wheel, tag)
        most = MOST if tag in MAIN.split() else FEWER
        by_half: dict[int, list[str]] = defaultdict(list)
        for run in sorted(chance, key=lambda run: (-chance[run], run))[:most]:
            by_half[round(math.log(chance[run] / FLOOR + 1) / STEP)].append(run)
        found += [f"{tag} {half} {''.join(sorted(by_half[half]))}" for half in sorted(by_half)]
    return found


def main() -> None:
    """Write the file anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    args = parser.parse_args()
    with zipfile.ZipFile(args.wheel) as wheel:
        text = "\n".join([ABOUT, *lines(wheel)])
    TO.write_bytes(lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    print(f"{TO}: {text.count(chr(10)) + 1} lines, {TO.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
