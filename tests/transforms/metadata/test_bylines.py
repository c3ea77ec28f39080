"""Bylines as they stand above articles, and who of them is a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.metadata.bylines import split
from transforms.metadata.persons import person


@pytest.mark.parametrize(
    ("byline", "persons", "agencies"),
    [
        ("Von Anna Beispiel", ["Anna Beispiel"], []),
        ("Von Anna Beispiel und Bernd Muster, dpa", ["Anna Beispiel", "Bernd Muster"], ["dpa"]),
        ("Anna Beispiel (Reuters)", ["Anna Beispiel"], ["Reuters"]),
        ("(AFP, dpa)", [], ["AFP", "dpa"]),
        ("Text: Anna Beispiel, Fotos: Bernd Muster", ["Anna Beispiel"], []),
        ("Ein Gastbeitrag von Prof. Dr. Anna Beispiel", ["Anna Beispiel"], []),
        ("VON ANNA BEISPIEL", ["Anna Beispiel"], []),
        ("Von ANNA-LENA VON BEISPIEL am 3. März 2021", ["Anna-Lena von Beispiel"], []),
        ("Von unserer Korrespondentin Anna Beispiel, Rom", ["Anna Beispiel"], []),
        ("By Ann Example, John O'Neil and Zoë d'Arc", ["Ann Example", "John O'Neil", "Zoë d'Arc"], []),
        ("Ann Example | Political Editor", ["Ann Example"], []),
        ("By Staff Reporter", [], []),
        ("Redaktion", [], []),
        ("@annexample", [], []),
        ("ann@example.org (Ann Example)", ["Ann Example"], []),
        ("https://example.org/ann", [], []),
        ("Sammy Davis Jr.", ["Sammy Davis Jr."], []),
        ("Par Anne Exemple et Jean d'Exemple", ["Anne Exemple", "Jean d'Exemple"], []),
        ("Por Ana Ejemplo y Luis de la Muestra", ["Ana Ejemplo", "Luis de la Muestra"], []),
        ("Associated Press", [], ["Associated Press"]),
        ("Mehr anzeigen", [], []),
        ("", [], []),
    ],
)
def test_a_byline_names_persons_and_agencies_apart(byline: str, persons: list[str], agencies: list[str]) -> None:
    assert (tuple(persons), tuple(agencies)) == split(byline)


def test_a_single_name_is_a_person_only_where_authors_are_stated() -> None:
    assert split("Kurt") == ((), ())
    assert split("Kurt", stated=True) == (("Kurt",), ())


def test_the_outlet_is_not_its_author() -> None:
    assert split("Neues Blatt", outlets=["Neues Blatt"]) == ((), ())


def test_a_name_in_a_script_without_capitals_is_a_name() -> None:
    assert person("山田太郎") == "山田太郎"


@given(st.text(max_size=120))
def test_no_byline_raises_and_no_person_is_empty(byline: str) -> None:
    persons, agencies = split(byline)

    assert all(name.strip() == name != "" for name in (*persons, *agencies))
