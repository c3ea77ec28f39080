"""docs/hostile.md says of the hostile cases what becomes of them."""

import re
from pathlib import Path

from tests.hostile import tree
from tests.hostile.run import words

ROW = re.compile(r"\| `([a-z0-9-]+)` \| (.+?) \| ([^|]+) \| \d+ \| [\d.]+ \|")


def test_the_table_says_of_each_case_what_the_test_does() -> None:
    table = (Path(__file__).parents[2] / "docs" / "hostile.md").read_text(encoding="utf-8")
    rows = ROW.findall(table)
    named = {name for name, _, _ in rows}

    assert rows == [(case.name, case.about, words(case.outcome)) for case in tree.CASES if case.name in named]
    assert len(rows) > 120  # a case made since is measured with the next table
