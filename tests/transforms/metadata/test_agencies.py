"""Agencies: their forms, and the one name under which each is filed."""

import pytest

from transforms.metadata import agencies


@pytest.mark.parametrize(
    ("stated", "filed"),
    [
        ("DPA", "dpa"),
        ("Deutsche Presse-Agentur", "dpa"),
        ("The Associated Press", "AP"),
        ("Agence France-Presse", "AFP"),
        ("REUTERS", "Reuters"),
        ("Keystone-ATS", "Keystone-SDA"),
        ("Agencia EFE", "EFE"),
        ("Anadolu Ajansı", "Anadolu"),
        ("新华社", "Xinhua"),
        ("연합뉴스", "Yonhap"),
        ("Press Trust of India", "PTI"),
        ("spot on news", "spot on news"),
        ("BBC News", "BBC"),
        ("Muster-Dienst", "Muster-Dienst"),
    ],
)
def test_an_agency_is_filed_under_one_name(stated: str, filed: str) -> None:
    assert filed == agencies.filed(stated)


@pytest.mark.parametrize("name", ["dpa", "DPA", "AFP", "sid", "SID", "Xinhua", "Le Monde", "ANI", "(dpa)".strip("()")])
def test_an_agency_is_known_by_its_name(name: str) -> None:
    assert agencies.is_one(name)


@pytest.mark.parametrize("name", ["Sid", "Ani", "pa", "Stern", "Time", "Anna Beispiel", "", "press", "Focus"])
def test_a_given_name_or_a_word_is_no_agency(name: str) -> None:
    assert not agencies.is_one(name)


def test_the_longest_name_within_words_counts() -> None:
    assert agencies.within("The New York Times Editorial Board") == ("The New York Times",)
    assert agencies.within("mit Material von dpa und AFP") == ("dpa", "AFP")
