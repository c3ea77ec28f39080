"""Tables that hold a page's text are opened; tables of data are left alone."""

import time

from transforms.extract import furniture, guard, page

TEXT = "Push a thin knife into the seam: if it goes in further than the tip, the boat has been leaking for years. " * 3
DATA = "<table><tr><th>Boat</th><th>Year</th></tr><tr><td>Enterprise</td><td>1956</td></tr></table>"
LAID_OUT = f"""<html><body><table><tr><td>Home | Links</td></tr>
<tr><td><h1>Seven things to check</h1><p>{TEXT}</p>{DATA}<p>{TEXT}</p></td>
<td><p>Elsewhere</p></td></tr></table></body>"""


def test_the_table_around_the_text_is_opened_and_the_one_within_stays() -> None:
    tree = guard.parse(LAID_OUT)

    furniture.prune(tree)

    assert len(tree.findall(".//table")) == 1
    assert sum(line.text == TEXT.strip() for line in page.lines(tree)[0]) >= 1


def test_a_page_with_a_table_of_data_is_left_alone() -> None:
    tree = guard.parse(f"<html><body><p>{TEXT}</p>{DATA}<p>{TEXT}</p></body></html>")

    furniture.prune(tree)

    assert len(tree.findall(".//table")) == 1


def test_tables_within_tables_take_no_long_time() -> None:
    tree = guard.parse("<table><tr><td><p>a<p>b<p>c" * 200)
    begun = time.process_time()

    furniture.prune(tree)

    assert time.process_time() - begun < 1
