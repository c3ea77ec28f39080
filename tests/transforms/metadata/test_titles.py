"""Headlines without what is not theirs."""

import pytest

from transforms.metadata import titles


@pytest.mark.parametrize(
    ("title", "sites", "expected"),
    [
        ("Regen im Norden | Neues Blatt", ["Neues Blatt"], "Regen im Norden"),
        ("Regen im Norden - neuesblatt.de", ["Neues Blatt"], "Regen im Norden"),
        ("Regen im Norden – Wetter – Neues Blatt", ["Neues Blatt"], "Regen im Norden – Wetter"),
        ("Neues Blatt: Regen", ["Neues Blatt"], "Neues Blatt: Regen"),
        ("Rain - again and again", ["The Paper"], "Rain - again and again"),
        ("Rain &amp;amp; wind | The Paper", ["www.thepaper.com"], "Rain & wind"),
        ("+++ Regen im Norden +++", [], "Regen im Norden"),
        ("Regen im Norden | NB | 03.04.2023", ["NB"], "Regen im Norden"),
        ("  ", ["NB"], None),
    ],
)
def test_a_headline_loses_the_name_of_its_site(title: str, sites: list[str], expected: str | None) -> None:
    assert expected == titles.tidy(title, sites=sites)


@pytest.mark.parametrize("title", ["artikel-12.html", "C:\\News\\a.txt", "mail.eml", "/tmp/x y.htm"])
def test_a_file_name_is_known_as_one(title: str) -> None:
    assert titles.is_file_name(title)


@pytest.mark.parametrize("title", ["Was kommt nach HTML?", "Das Ende von index.html ist nah", "Node.js in Zahlen"])
def test_a_headline_that_speaks_of_files_is_none(title: str) -> None:
    assert not titles.is_file_name(title)


def test_a_kicker_is_known_by_the_headline_behind_it() -> None:
    assert titles.is_kicker_before("Wetter: Regen im Norden", "Regen im Norden")
    assert not titles.is_kicker_before("Regen im Norden", "Regen im Norden")
