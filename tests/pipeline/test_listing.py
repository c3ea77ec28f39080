"""How a source is held against what is known of it: nothing depends on the order in which a disk names things."""

import os
from pathlib import Path

import pytest

from tests.conftest import Workbench, news
from tests.pipeline.made import aged, counted, message

# Names whose order as paths is another than that in their folders, by bytes, or as they are stored.
AWKWARD = {
    "a folder before its longer name": ["a/x.txt", "a-b.txt", "a.txt", "a!.txt", "a0/y.txt", "a/b/z.txt", "a/b-c.txt"],
    "capitals and umlauts": ["Z.txt", "a.txt", "ä.txt", "z.txt", "Ä/u.txt", "日本/n.txt", "日本.txt", "😀.txt"],
    "no UTF-8": [os.fsdecode(b"\xfc.txt"), os.fsdecode(b"\xfc/a.txt"), "\\xfc-a.txt", "\\.txt", "~a.txt", "ü.txt", "]"],
    "line ends": ["a\nb.txt", "a.txt", "a b.txt", "a\tb.txt"],
}


@pytest.mark.parametrize("names", AWKWARD.values(), ids=AWKWARD)
def test_what_was_read_is_known_again_whatever_its_name(workbench: Workbench, names: list[str]) -> None:
    for number, name in enumerate(names):
        file = workbench.pile / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(news("Rat berät", f"Radweg{number}"), encoding="utf-8")
        aged(file)
    workbench.ingest()

    assert counted(workbench.ingest()) == {"unchanged": len(names)}


def test_a_maildir_is_known_again_wherever_it_comes_in_the_order(workbench: Workbench) -> None:
    for name in ("a", "a/.Sent", "a-b"):
        _maildir(workbench.pile / name)
    aged(workbench.put("a.txt", news("Rat berät", "Radweg")), workbench.put("a!.txt", news("Rat", "Turnhalle")))
    workbench.ingest()

    assert counted(workbench.ingest()) == {"unchanged": 5}


def _maildir(folder: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    file = folder / "new" / "1.mail"
    file.write_bytes(message(f"Wort{folder.name.strip('.')}").partition(b"\n")[2])
    aged(file)


def test_what_is_new_changed_and_gone_is_told_from_what_lies_around_it(workbench: Workbench) -> None:
    files = [workbench.put(f"{n:02}.txt", news("Rat berät", f"Radweg{n}")) for n in range(0, 40, 2)]
    aged(*files)
    workbench.ingest()
    files[0].unlink()
    files[7].unlink()
    files[-1].unlink()
    files[3].write_text(news("Rat berät", "Turnhalle"), encoding="utf-8")
    workbench.put("00a.txt", news("Rat berät", "Schule"))
    workbench.put("99.txt", news("Rat berät", "Hafen"))
    (workbench.pile / "08.txt").rename(workbench.pile / "50.txt")

    report = workbench.ingest()

    assert counted(report) == {"new": 2, "changed": 1, "gone": 3, "moved": 1, "unchanged": 15}
