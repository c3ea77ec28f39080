"""The rules of every language that an article is in, and not of its main one alone."""

from dataclasses import replace

import pytest

from backfile.article import Article, Extraction, Line
from transforms import normalise, rule, rules

GERMAN = [
    "Der Rat der Stadt hat am Montag beschlossen, dass der alte Bahnhof nicht verkauft wird, da man ihn noch braucht.",
    "Die Bürgermeisterin sagte, man habe sich die Entscheidung nicht leicht gemacht und werde das Haus nun sanieren.",
    "Nach dem Umbau sollen dort eine Bücherei und ein Café einziehen, wie es aus dem Rathaus heißt.",
]
ENGLISH = [
    "The council decided on Monday that the old station would not be sold, because it is still of use to the town.",
    "The mayor said that it had not been an easy decision and that the house would be repaired over the next years.",
    "After that a library and a café are to move in, according to those who have seen the plans.",
]
ENGLISH_FOOTER = [
    "You are receiving this email because you signed up for our newsletter.",
    "Unsubscribe from this list",
]
GERMAN_FOOTER = [
    "Sie erhalten diese E-Mail, weil Sie sich für unseren Newsletter angemeldet haben.",
    "Newsletter abbestellen",
]


def begun(*lines: str) -> Article:
    return normalise.begin(Extraction(tuple(Line(each) for each in lines)), id="a/1", source="a", uri="a")


def cleaned(article: Article) -> list[str]:
    result = rule.clean(article, rules())
    assert isinstance(result, Article)
    return list(result.paragraphs)


@pytest.mark.parametrize(
    ("text", "footer", "main", "beside"),
    [(GERMAN, ENGLISH_FOOTER, "de", "en"), (ENGLISH, GERMAN_FOOTER, "en", "de")],
)
def test_a_footer_in_another_language_is_taken_and_the_article_is_not(
    text: list[str], footer: list[str], main: str, beside: str
) -> None:
    article = begun(*text, *footer)

    assert (article.language, article.spoken) == (main, (beside,))
    assert cleaned(article) == text


def test_both_halves_of_a_newsletter_in_two_languages_lose_their_furniture() -> None:
    article = begun(*GERMAN, *ENGLISH, *GERMAN_FOOTER, *ENGLISH_FOOTER)

    assert {article.language, *article.spoken} == {"de", "en"}
    assert cleaned(article) == GERMAN + ENGLISH


@pytest.mark.parametrize("text", [GERMAN, ENGLISH])
def test_an_article_in_one_language_has_no_other_beside_it(text: list[str]) -> None:
    assert begun(*text).spoken == ()


def test_what_stands_in_links_is_no_language() -> None:
    links = ["Unsubscribe (https://post.example.org/r/aW4/l-a_w1d2z3u4c-en_le1la2les3des)"] * 3

    assert begun(*ENGLISH, *links).spoken == ()


def test_the_languages_beside_the_main_one_are_no_part_of_what_an_article_is() -> None:
    article = begun(*GERMAN, *ENGLISH_FOOTER)

    assert article.spoken
    assert article == replace(article, spoken=())
    assert "spoken" not in article.to_json()
