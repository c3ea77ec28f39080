"""The comparison with other tools runs, and draws what it measured."""

import gzip
import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import large
from benchmarks.whole import piles, plot
from benchmarks.whole.__main__ import laid_out, measured
from benchmarks.whole.contestants import CONTESTANTS

OBJECTS = ("Laternen", "Radwege", "Schulhof", "Wasserwerk", "Rathaus", "Sportplatz", "Feuerwehr", "Haltestelle")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Articles enough to draw paragraphs from, with words that some of them share."""
    file = tmp_path / "corpus.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        for n in range(60):
            paragraphs = [
                f"{OBJECTS[(n + m) % 8]} mit {OBJECTS[n % 8]}{chr(97 + m)}{chr(97 + n % 26)} und "
                f"{OBJECTS[m % 8]}{chr(97 + n % 26)} fand der Rat in Aue am {m}. Tag gut, und das ist so."
                for m in range(8)
            ]
            row = {"lang": "de", "title": f"Rat berät über {OBJECTS[n % 8]}", "text": "\n\n".join(paragraphs)}
            out.write(json.dumps(row) + "\n")
    return file


def test_the_same_corpus_and_number_make_the_same_articles(corpus: Path) -> None:
    first, second = list(piles.recombined(corpus, 20)), list(piles.recombined(corpus, 20))

    assert first == second
    assert len({each.title for each in first}) == 20


def test_mails_of_a_pile_are_mails(corpus: Path, tmp_path: Path) -> None:
    piles.as_mails(piles.recombined(corpus, 3), tmp_path / "mails")

    read = [message_from_bytes(file.read_bytes()) for file in sorted((tmp_path / "mails" / "cur").iterdir())]

    assert [each["Message-ID"] for each in read] == [f"<{n}@rundblick.example>" for n in range(3)]


def test_articles_that_are_to_be_apart_share_no_passage(corpus: Path) -> None:
    drawn, changed = (list(each) for each in (piles.recombined(corpus, 20), apart(corpus, 20)))
    runs = [Counter(run for each in some for run in _runs(each)) for some in (drawn, changed)]

    assert [len(each.paragraphs) for each in changed] == [len(each.paragraphs) for each in drawn]
    assert runs[0].most_common(1)[0][1] > 1
    assert runs[1].most_common(1)[0][1] == 1


def apart(corpus: Path, number: int) -> Iterator[piles.Told]:
    return piles.apart(piles.recombined(corpus, number), corpus)


def _runs(told: piles.Told) -> set[tuple[str, ...]]:
    """Twelve words in a row."""
    return {tuple(words[at : at + 12]) for words in map(str.split, told.paragraphs) for at in range(len(words) - 11)}


def test_an_archive_grows_and_tells_what_that_cost(corpus: Path, tmp_path: Path) -> None:
    articles = piles.recombined(corpus, 40 + large.MORE)
    one = large.grown(articles, 40, "whoosh", "Laternen", tmp_path / "40")

    assert b"40 new" in one.made.output
    assert b"100 new" in one.added.output
    assert b"nothing to do" in one.nothing.output
    assert one.found.output.startswith(b"pile/")
    assert one.disk > 0


def test_those_that_pip_installs_make_an_index_and_find(corpus: Path, tmp_path: Path) -> None:
    laid = laid_out(corpus, "pages", 40, tmp_path)

    rows = measured(laid, [each for each in CONTESTANTS if each.name in {"backfile", "SQLite FTS5, trafilatura"}], 1)

    assert len(laid.queries) > 3
    assert [(row.name, row.hits > 0, row.disk > 0, row.cpu[0] > 0, len(row.warm) == 1) for row in rows] == [
        ("backfile", True, True, True, True),
        ("SQLite FTS5, trafilatura", True, True, True, True),
    ]


def test_a_plot_names_every_line() -> None:
    lines = {"a <b>": [(100, 0.3), (1000, 2.5)], "c": [(100, 4.0), (1000, 41.0)]}

    drawn = plot.svg(lines, title="t", across="x", up="y")

    texts = [each.text for each in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert {"a <b>", "c", "100", "1,000", "0.1"} <= set(texts)


def test_names_of_lines_that_end_together_do_not_stand_on_each_other() -> None:
    lines = {name: [(100, 1.0), (1000, last)] for name, last in (("a", 10.0), ("b", 10.1), ("c", 9.9), ("d", 500.0))}

    drawn = plot.svg(lines, title="t", across="x", up="y")

    texts = [each for each in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text") if each.text in lines]
    heights = sorted(float(each.attrib["y"]) for each in texts)
    assert min(above - below for below, above in pairwise(heights)) > plot.LABEL - 0.2
