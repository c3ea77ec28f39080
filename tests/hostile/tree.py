"""All hostile cases, and the tree of folders that they are written into."""

from pathlib import Path

from tests.hostile import containers, exports, files, mails, pages, texts
from tests.hostile.case import SENTENCE, TEXT, Case

CASES: tuple[Case, ...] = (
    *files.CASES,
    *containers.CASES,
    *exports.CASES,
    *mails.CASES,
    *pages.CASES,
    *texts.CASES,
)

WORD = "Zwetschgenmus"  # that the good texts have and no hostile one
GOOD = tuple(f"{letter}-good.txt" for letter in "akz")  # before, among and behind the hostile ones


def write(root: Path, cases: tuple[Case, ...] = CASES) -> None:
    """Each case in a folder of its own, and good texts before, among and behind them."""
    root.mkdir(parents=True)
    for number, name in enumerate(GOOD):
        (root / name).write_text(f"{TEXT}\n\n{SENTENCE * (number + 2)}Danach gab es {WORD}.\n", encoding="utf-8")
    for number, case in enumerate(cases):
        folder = root / f"{'case' if number % 2 else 'last'}-{case.name}"
        folder.mkdir()
        case.make(folder)
