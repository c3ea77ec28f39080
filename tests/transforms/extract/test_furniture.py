"""Names are first looked through as one text, then one by one: the first look must find whatever the second would."""

import pytest

from transforms.extract import furniture, visible
from transforms.extract.dated import _DATE_WORDS, _is_date_class
from transforms.pattern import linear

NAMES = (
    "promo article-promo fbPost fb-post MehrZumThema mehr-zum-thema addToAny authorBio wm-ipp-base srOnly cookieConsent"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_a_name_of_furniture_is_found_among_others_however_its_words_are_parted(name: str) -> None:
    assert furniture._names_furniture(name)

    assert furniture._furniture_among(["story", name, "headline"]) == {name}


@pytest.mark.parametrize("name", ["pubDate", "post-date", "entryDate", "dt-updated", "Zeit", "datum", "lastModified"])
def test_a_class_that_is_called_a_date_has_one_of_the_words(name: str) -> None:
    assert _is_date_class(name)

    assert linear(f"(?i){_DATE_WORDS}").search(name)


@pytest.mark.parametrize(
    "name", ["tags", "tag-list", "Keywords", "schlagwörter", "stichwörter", "topics", "themen", "etiqueta", "mots-cles"]
)
def test_a_class_that_is_called_tags_has_one_of_the_words(name: str) -> None:
    assert visible._is_tags_class(name)

    assert linear(f"(?i){visible._TAGS_WORDS}").search(name)
