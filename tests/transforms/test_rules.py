"""The rules as a whole: their order, their examples, what they take around an article and what they never take."""

import tomllib
from pathlib import Path

import pytest

import transforms
from backfile.article import Article, Rejection
from backfile.errors import Reason
from tests.transforms.shaped import PROSE, article, cleaned
from transforms import LANGUAGES, RULES, pattern, rules, shape
from transforms.rule import clean, fingerprint

CASES = Path(__file__).parent / "cases"
SHEET = pattern.Sheet([each for language in LANGUAGES for each in pattern.load(language)], loose=True)
# For each language: a headline, and furniture that stands around the sentences that must survive.
AROUND = {
    "de": ("Die alte Brücke in Musterburg wird gesperrt", ("Newsletter abonnieren", "Anzeige", "12 Kommentare")),
    "en": ("Old bridge in Sampleton to be closed", ("Subscribe to our newsletter", "Advertisement", "12 comments")),
    "es": ("El viejo puente de Villaejemplo se cierra", ("Suscríbete a nuestra newsletter", "Publicidad", "Compartir")),
    "fr": ("Le vieux pont d'Exempleville va fermer", ("Abonnez-vous à notre newsletter", "Publicité", "Partager")),
    "it": ("Il vecchio ponte di Borgo Esempio chiude", ("Iscriviti alla newsletter", "Pubblicità", "Condividi")),
    "nl": ("Oude brug in Voorbeeldstad gaat dicht", ("Schrijf je in voor onze nieuwsbrief", "Advertentie", "Deel")),
    "pl": ("Stary most w Przykładowie do zamknięcia", ("Zapisz się na newsletter", "Reklama", "Udostępnij")),
    "pt": ("A velha ponte de Vila Exemplo vai fechar", ("Subscreva a nossa newsletter", "Publicidade", "Partilhar")),
}
SPARED_AT_LEAST = {"de": 150, "en": 150, "es": 40, "fr": 40, "it": 40, "nl": 40, "pl": 40, "pt": 40}


def spared() -> list[tuple[str, str]]:
    return [
        (language, line)
        for language in AROUND
        for line in (CASES / f"spared-{language}.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def kept(result: Article) -> str:
    """The text, and the title: a short line above an article becomes that."""
    return f"{result.title}\n{result.text}"


def zoo() -> list[tuple[str, dict[str, list[str]]]]:
    found = []
    for path in sorted(CASES.glob("zoo-*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [(tables["language"], case) for case in tables["case"]]
    return found


def examples(which: str) -> list[tuple[int, str]]:
    return [(number, line) for number, each in enumerate(SHEET.patterns) for line in getattr(each, which)]


def named(example: tuple[int, str]) -> str:
    return f"{SHEET.patterns[example[0]].name}: {example[1][:40]}"


def test_the_rules_run_in_the_order_that_is_written_down() -> None:
    assert tuple(each.name for each in rules()) == RULES


def test_every_rule_as_data_has_its_place_in_the_order() -> None:
    assert {each.name for each in SHEET.patterns} <= set(RULES)


def test_every_rule_says_in_a_sentence_what_it_does() -> None:
    assert [each.id for each in rules() if not (20 < len(each.about) < 180 and each.about.endswith("."))] == []


def test_every_rule_as_data_has_examples_of_both_kinds() -> None:
    assert [each.name for each in SHEET.patterns if len(each.matches) < 2 or len(each.spares) < 2] == []


@pytest.mark.parametrize("example", examples("matches"), ids=named)
def test_a_rule_takes_its_examples(example: tuple[int, str]) -> None:
    number, line = example

    assert SHEET.takes(number, line)


@pytest.mark.parametrize("example", examples("spares"), ids=named)
def test_a_rule_spares_what_it_must(example: tuple[int, str]) -> None:
    number, line = example

    assert not SHEET.takes(number, line)


@pytest.mark.parametrize("language", AROUND)
def test_there_are_enough_different_sentences_about_boilerplate(language: str) -> None:
    assert len({line for each, line in spared() if each == language}) >= SPARED_AT_LEAST[language]


# A headline that nothing but furniture touches on both sides, or on its way to the end, is another article's. No reader
# could tell it from a sub-heading there; a sentence stays even so.
WHERE_TEASERS_STAND = (
    "between furniture at the head",
    "between furniture in the middle",
    "below furniture at the tail",
)


@pytest.mark.parametrize("language_and_line", spared(), ids=lambda each: each[1][:50])
def test_a_sentence_about_boilerplate_is_never_taken(language_and_line: tuple[str, str]) -> None:
    language, line = language_and_line
    prose = PROSE[language]
    headline, (call, mark, button) = AROUND[language]
    places = {
        "head": [line, *prose],
        "below the headline": [headline, line, *prose],
        "middle": [*prose[:2], line, *prose[2:]],
        "tail": [*prose, line],
        "between furniture at the head": [headline, button, line, call, *prose],
        "between furniture in the middle": [*prose[:2], call, line, mark, *prose[2:]],
        "above furniture at the tail": [*prose, line, call, button],
        "below furniture at the tail": [*prose, button, mark, line],
    }

    if not shape.ends_like_a_sentence(line):
        for place in WHERE_TEASERS_STAND:
            del places[place]

    taken = {
        (place, spoken)
        for place, lines in places.items()
        for spoken in (language, "und")
        if line not in kept(cleaned(lines, spoken))
    }

    assert set() == taken


@pytest.mark.parametrize("language_and_case", zoo(), ids=lambda each: f"{each[0]}: {each[1]['what']}")
def test_furniture_around_an_article_goes_and_the_article_stays(
    language_and_case: tuple[str, dict[str, list[str]]],
) -> None:
    language, case = language_and_case
    prose = PROSE[language]
    lines = [*case.get("above", []), *prose[:2], *case.get("within", []), *prose[2:], *case.get("below", [])]

    assert "\n\n".join(prose) == cleaned(lines, language).text


def test_german_rules_leave_an_english_article_alone() -> None:
    lines = [*PROSE["en"], "Newsletter abonnieren"]

    assert cleaned(lines, "en").text.endswith("Newsletter abonnieren")


def test_english_furniture_goes_from_a_german_article() -> None:
    assert "\n\n".join(PROSE["de"]) == cleaned([*PROSE["de"], "Subscribe to our newsletter"], "de").text


def test_the_fingerprint_covers_the_data_behind_the_rules() -> None:
    one = pattern.declared([{"name": "quiz", "pattern": "Zum Quiz"}], where="test")
    other = pattern.declared([{"name": "quiz", "pattern": "Zum Rätsel"}], where="test")

    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(pattern.declared([{"name": "quiz", "pattern": "Zum Quiz"}], where="test"))


def test_a_sentence_about_a_rule_does_not_change_its_fingerprint() -> None:
    plain = pattern.declared([{"name": "quiz", "pattern": "Zum Quiz"}], where="test")
    told = pattern.declared([{"name": "quiz", "pattern": "Zum Quiz", "about": "Takes the quiz."}], where="test")

    assert fingerprint(plain) == fingerprint(told)


@pytest.mark.parametrize(
    "line", ["404 Not Found", "Seite nicht gefunden", "Access denied", "Error 503 Service Unavailable"]
)
def test_an_error_page_is_no_article(line: str) -> None:
    result = clean(article([line, "nginx"], "en"), rules())

    assert isinstance(result, Rejection)
    assert (result.reason, result.rule) == (Reason.NOT_ARTICLE, "error-page/3")


def test_a_stub_of_which_nothing_is_left_is_no_article() -> None:
    result = clean(article(["This image is not available in your country."], "en"), rules())

    assert isinstance(result, Rejection)
    assert result.rule == "nothing-left/1"


def test_a_short_text_that_lost_nothing_is_an_article() -> None:
    assert cleaned(["Kurz notiert."]).text == "Kurz notiert."


def test_a_report_about_error_404_is_an_article() -> None:
    assert cleaned(["404 Not Found", *PROSE["en"]], "en").text.endswith(PROSE["en"][-1])


def test_the_package_names_what_others_may_use() -> None:
    assert callable(transforms.rules)


@pytest.mark.parametrize("spoken", [*AROUND, "und", ""])
def test_the_sets_of_every_language_fit_into_half_the_memory(spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern, "RE2_MEMORY", pattern.RE2_MEMORY // 2)
    sets = pattern.Sheet(SHEET.patterns, loose=True)._rules_for(spoken)

    assert all(each.owners for each in (*sets.whole, *sets.long))
    assert (sets.prefixes.owners, bool(sets.suffixes.owners)) == ((), True)
