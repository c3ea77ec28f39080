"""Pages per CPU second, ours beside trafilatura's, in one run on one folder.

    python benchmarks/pages.py FOLDER [--rounds 3] [--most 200] [--warm OTHER]

Ours: lines, statements, language, metadata and rules: an article as `backfile clean` gives it.
Trafilatura with metadata: what its user calls for the same; without: the text alone. The rounds take turns, so that a
busy machine slows all; the best round of each counts. Documents are read before the clock starts, by both from text.

What both remember of a page makes later rounds faster, ours more than trafilatura's. "At first sight" is the first
round alone, when all have read the pages of another folder, so that languages, patterns and rules are loaded.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from backfile import readers
from backfile.article import Document
from backfile.config import Source
from backfile.errors import UnreadableInput
from backfile.pipeline import cleaner


def documents(folder: Path, most: int) -> list[Document]:
    """The first pages of the folder that can be read."""
    found: list[Document] = []
    for path in readers.inputs(folder):
        found += [item for item in readers.read(path) if isinstance(item, Document) and item.html]
        if len(found) >= most:
            break
    return found[:most]


def ours(pages: list[Document]) -> None:
    """An article, or why there is none, of each page."""
    cleaning = cleaner.cleaner_for(Source("pages", "."), where="")
    for page in pages:
        try:
            list(cleaner.articles_of(page, cleaning, page.uri))
        except UnreadableInput:
            continue


def trafilatura(*, with_metadata: bool) -> Callable[[list[Document]], None]:
    """The extraction as a user calls it."""
    from trafilatura import bare_extraction  # noqa: PLC0415

    def extract(pages: list[Document]) -> None:
        for page in pages:
            bare_extraction(page.html, include_comments=False, with_metadata=with_metadata)

    return extract


def main() -> None:
    """Print a row for each, and the ratio to trafilatura."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=200, help="pages")
    parser.add_argument("--warm", type=Path, help="a folder of other pages that all read before the clock starts")
    args = parser.parse_args()
    pages = documents(args.folder, args.most)
    if not pages:
        sys.exit(f"{args.folder}: no page in it")
    runs = {
        "backfile": ours,
        "trafilatura with metadata": trafilatura(with_metadata=True),
        "trafilatura without": trafilatura(with_metadata=False),
    }
    best, first = dict.fromkeys(runs, 0.0), dict.fromkeys(runs, 0.0)
    for run in runs.values():
        run(documents(args.warm, args.most) if args.warm else pages[:3])  # imports, patterns, profiles
    for _ in range(args.rounds):
        for name, run in runs.items():
            begun = time.process_time()
            run(pages)
            speed = len(pages) / (time.process_time() - begun)
            best[name], first[name] = max(best[name], speed), first[name] or speed
    for speeds, how in ((best, f"best of {args.rounds}"), (first, "at first sight")):
        print(f"{len(pages)} pages, {how}\n{'':28}pages / CPU s   ours to it")
        for name, speed in speeds.items():
            print(f"{name:28}{speed:13.1f}{speeds['backfile'] / speed:13.2f}")


if __name__ == "__main__":
    main()
