"""Words to terms: the hard cases, per language and for every script."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import ellipsis
from index.analysis import Analyser, Token, analyser, fold_words, spellings
from index.compounds import Compounds


def stems(text: str, language: str = "de") -> set[str]:
    return {term.removeprefix(f"{language}:") for term in analyser(language).words(text).stems}


def forms(text: str, language: str = "de") -> set[str]:
    return {term.removeprefix(f"{language}:") for term in analyser(language).words(text).forms}


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Truppen", "TRUPPE"),
        ("de", "Präsident", "Praesident"),
        ("de", "Präsident", "Prasident"),
        ("de", "Größe", "GRÖSSE"),
        ("de", "Straße", "Strasse"),
        ("de", "Häuser", "Haus"),
        ("de", "Merkel's", "Merkel"),
        ("de", "Prä\u00adsi\u00addent", "Präsident"),
        ("de", "zero\u200bwidth", "zerowidth"),
        ("de", unicodedata.normalize("NFD", "Präsident"), "Präsident"),
        ("de", "ﬁnanziell", "finanziell"),
        ("de", "Ku’damm", "Ku'damm"),
        ("de", "10.000", "10000"),
        ("en", "10,000", "10000"),
        ("en", "troops", "troop"),
        ("en", "Trump’s", "Trump"),
        ("en", "don’t", "don't"),
        ("en", "résumé", "resume"),
        ("en", "Präsident", "Prasident"),
        ("fr", "élèves", "eleve"),
        ("it", "città", "citta"),
        ("es", "corazón", "corazon"),
        ("ru", "Москвы", "москва"),
        ("ru", "войны", "война"),
        ("xx", "Wörter", "WÖRTER"),
        ("de", "Merkel´s", "Merkel"),
        ("de", "§§", "§"),
        ("de", "10'000", "10000"),
        ("de", "10’000", "10000"),
        ("de", "Sache\u00b2", "Sache"),
        ("de", "km²", "km2"),
        ("de", "CO₂", "CO2"),
        ("de", "Œuvre", "Oeuvre"),
        ("de", "pre\u200efix", "prefix"),
        ("nl", "ĳzer", "ijzer"),
        ("ja", "ＡＢＣ", "abc"),
        ("ja", "１２３", "123"),
        ("ja", "ｶﾀ", "カタ"),
        ("tr", "İstanbul", "ISTANBUL"),
        ("tr", "ıstanbul", "istanbul"),
        ("pl", "Łódź", "Lodz"),
        ("cs", "Dvořák", "Dvorak"),
        ("ru", "ёлка", "елка"),
        ("uk", "п'ять", "п’ять"),
        ("uk", "п＇ять", "пʼять"),
        ("uk", "п`ять", "пять"),
        ("el", "ΛΌΓΟΣ", "λογος"),
        ("he", "שָׁלוֹם", "שלום"),
        ("ar", "مُحَمَّد", "محمد"),
    ],
)
def test_words_that_mean_the_same_share_their_first_stem(language: str, one: str, other: str) -> None:
    first = [token.places[0][0] for *_, token in analyser(language).tokens(one)]

    assert first == [token.places[0][0] for *_, token in analyser(language).tokens(other)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("en", "willing", "will"), ("de", "willig", "will"), ("de", "schon", "schreien")],
)
def test_words_that_do_not_mean_the_same_are_kept_apart(language: str, one: str, other: str) -> None:
    assert stems(one, language) != stems(other, language)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "US-Präsident", {"us", "prasident", "usprasident"}),
        ("de", "E-Mail", {"e", "mail", "email"}),
        ("de", "AT&T", {"at", "t", "att"}),
        ("de", "G7", {"g7"}),
        ("de", "§ 218", {"§", "218"}),
        ("de", "25.11.2024", {"25", "11", "2024", "25.11.2024"}),
        ("de", "C++ und C#", {"c++", "und", "c#"}),
        ("de", "CDU/CSU", {"cdu", "csu"}),
        ("de", "40-jährige", {"40", "jahrig", "40jahrig"}),
        ("fr", "l’état d'urgence", {"l", "etat", "d", "urgenc"}),
        ("en", "Müller", {"muller", "mueller"}),
        ("de", "französisch-britisch", {"franzos", "britisch", "franzosischbrit"}),
        ("de", "G-7", {"g", "7", "g7"}),
        ("de", "Covid-19", {"covid", "19", "covid19"}),
        ("de", "10:30", {"10", "30", "10.30"}),
        ("de", "10 000 Euro", {"10", "000", "10000", "euro"}),
        ("de", "10\u00a0000", {"10", "000", "10000"}),
        ("de", "10\u202f000", {"10", "000", "10000"}),
        ("de", "im Jahr 2024 100 Mal", {"im", "jahr", "2024", "100", "mal"}),
        ("de", "z.B. U.S.A.", {"z", "b", "zb", "u", "s", "a", "usa"}),
        ("en", "9/11", {"9", "11", "9/11"}),
        ("en", "O’Neill", {"oneil"}),
        ("en", "@handle #MeToo .NET", {"handl", "metoo", "net"}),
        ("it", "dell’arte", {"dell", "arte"}),
        ("ko", "대한민국", {"대한", "한민", "민국"}),
        ("ja", "東京の天気", {"東京", "京の", "の天", "天気"}),
        ("zh", "京", {"京"}),
        ("hi", "हिन्दी", {"हिन्द"}),
        ("und", "... --- !!!", set()),
        ("und", "___ ' - &", set()),
    ],
)
def test_what_a_text_is_found_by(language: str, text: str, expected: set[str]) -> None:
    assert stems(text, language) == expected


@pytest.mark.parametrize(("language", "text"), [("en", "1,234.5"), ("de", "1.234,5"), ("de", "1234,5")])
def test_numbers_are_found_however_they_are_grouped(language: str, text: str) -> None:
    assert "1234.5" in stems(text, language) & stems("1234.5", language)


def test_exact_forms_keep_their_marks_and_lose_their_case() -> None:
    assert forms("Präsidenten und Präsident") == {"präsidenten", "präsident", "und"}


def test_terms_carry_their_language() -> None:
    assert set(analyser("en").words("will").stems) == {"en:will"}
    assert set(analyser("de").words("will").stems) == {"de:will"}


@given(
    st.text(alphabet="abdeghilnorstuwäöüßéñłжиїяπש中한", min_size=1, max_size=12),
    st.lists(
        st.sampled_from(["de", "en", "fr", "ru", "uk", "pl", "hr", "ja", "und"]), min_size=2, max_size=2, unique=True
    ),
)
@settings(max_examples=300, deadline=None)
def test_words_of_one_language_never_meet_stems_of_another(word: str, languages: list[str]) -> None:
    one, other = (analyser(language).words(word) for language in languages)

    assert not set(one.stems) & set(other.stems)
    assert not set(one.forms) & set(other.forms)
    assert not set(one.parts) & set(other.parts)


def test_positions_count_places_and_parts_follow_each_other() -> None:
    words = analyser("de").words("Der US-Präsident Obama, der US-Präsident")

    assert words.stems["de:der"] == [0, 4]
    assert words.stems["de:us"] == [1, 5]
    assert words.stems["de:prasident"] == [2, 6]
    assert words.stems["de:usprasident"] == [1, 5]
    assert words.stems["de:obama"] == [3]
    assert words.length == 7


def test_one_stem_of_several_forms_has_all_positions_in_order() -> None:
    words = analyser("de").words("Truppen Truppe Truppen truppen")

    assert words.stems == {"de:trupp": [0, 1, 2, 3]}
    assert words.forms == {"de:truppen": [0, 2, 3], "de:truppe": [1]}


def test_tokens_know_their_characters() -> None:
    text = "„Grüße“, sagte\nder US-Präsident."

    assert [text[start:end] for start, end, _ in analyser("de").tokens(text)] == [
        "Grüße",
        "sagte",
        "der",
        "US-Präsident",
    ]


def test_names_are_folded_and_not_stemmed() -> None:
    assert fold_words("Jörg O’Neill-Müller") == ("jorg", "o", "neill", "muller")
    assert fold_words("J.K. Rowling") == ("j", "k", "rowling")


@pytest.mark.parametrize(
    ("word", "among"), [("praes", "präs"), ("pras", "präs"), ("präs", "praes"), ("uber", "über"), ("foerd", "förd")]
)
def test_exact_forms_are_sought_in_the_spellings_a_keyboard_may_mean(word: str, among: str) -> None:
    assert among in spellings(word)
    assert spellings(word)[0] == word
    assert len(spellings("aouaouaouaou")) <= 16


def test_what_is_known_of_words_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.analysis._MAX_RUNS", 10)
    own = Analyser("de")
    texts = [own.words(" ".join(f"wort{i}" for i in range(n, n + 7))) for n in range(0, 35, 7)]

    assert [len(words.stems) for words in texts] == [7] * 5
    assert len({words.vocabulary for words in texts}) == 3
    assert len(texts[-1].vocabulary.stems) <= 14


def test_tokens_that_are_remembered_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.analysis._MAX_TOKENS", 10)
    own = Analyser("de")

    assert len(list(own.tokens(" ".join(f"wort{i}" for i in range(35))))) == 35
    assert len(own._tokens) <= 10


@given(st.text(), st.sampled_from(["de", "en", "fr", "und"]))
def test_words_and_tokens_of_a_text_are_the_same(text: str, language: str) -> None:
    own = Analyser(language)
    words = own.words(text)
    tokens = [token for _, _, token in own.tokens(text)]

    assert words.length == sum(len(token.places) for token in tokens)
    assert set(words.stems) == {own.term(stem) for token in tokens for stem in _stems_of(token)}
    assert set(words.forms) == {
        own.term(form) for token in tokens for form in (*token.forms, *_whole(token.whole_form))
    }


# What words and numbers are made of, and what may stand between them.
SIGNS = st.text("abZÄß019'’-&.,:/+#§ \u00a0\u202f\n()„“_\u00ad\u0301漢語", max_size=60)


@given(SIGNS, st.sampled_from(["de", "en", "fr"]))
@example("5 200 000 Mann, 10 000.5, 1 000-Mann, 10\u202f000", "de")
@example("C# und C#-Code, U.S.-Army, U.S., A.B.C, (U.S.)", "en")
@settings(max_examples=500, deadline=None)
def test_each_place_of_a_text_has_what_the_token_there_means(text: str, language: str) -> None:
    own = Analyser(language)
    words = own.words(text)
    tokens = [token for _, _, token in own.tokens(text)]
    meant = [
        [own.term(form) for form in _forms_at(token, place)] for token in tokens for place in range(len(token.places))
    ]

    assert meant == [list(words.vocabulary.forms[number]) for number in words.places]


def _forms_at(token: Token, place: int) -> tuple[str, ...]:
    return (token.forms[place], *(() if place else _whole(token.whole_form)))


PIECES = "Luft-|Heer-,|See-,|und | und | oder | |ganz |10 000|-Mann- und |(|\n|Landstreitkräfte|Boden|A.B."


@given(st.lists(st.sampled_from([*PIECES.split("|"), "b" * 130]), max_size=14).map("".join))
@example("Das sind 5 200-Mann- und Landstreitkräfte, Luft- und Landstreitkräfte.\nSee-, Luft- und Landstreitkräfte")
@settings(max_examples=500, deadline=None)
def test_words_that_leave_their_end_to_another_are_found_where_they_stand(text: str) -> None:
    own = Analyser("de", Compounds({"streit": 9, "kräfte": 9, "land": 7}))
    positions = dict.fromkeys(position for position, _ in own.words(text).beside)
    begins = [start for start, _, token in own.tokens(text) for _ in token.places]
    by_pattern = [
        found.start() + short.start()
        for found in ellipsis._ELLIPSIS.finditer(text)
        for short in ellipsis._SHORT.finditer(found.group())
    ]

    assert by_pattern == [start for start, _, _ in ellipsis.short_words(text)]
    assert {begins[position] for position in positions} <= set(by_pattern)


def _stems_of(token: Token) -> tuple[str, ...]:
    return (*(stem for place in token.places for stem in place), *_whole(token.whole))


def _whole(word: str | None) -> tuple[str, ...]:
    return (word,) if word is not None else ()


def test_a_word_without_end_is_cut() -> None:
    (form,) = forms("a" * 100_000)

    assert len(form) == 120


@given(st.text(max_size=200), st.sampled_from(["de", "en", "fr", "ru", "ja", "ar", "und"]))
@settings(max_examples=500, deadline=None)
def test_no_text_raises_and_every_position_is_inside(text: str, language: str) -> None:
    words = analyser(language).words(text)

    for positions in [*words.stems.values(), *words.forms.values()]:
        assert positions == sorted(positions)
        assert 0 <= positions[0] <= positions[-1] < words.length
    for start, end, _ in analyser(language).tokens(text):
        assert 0 <= start < end <= len(text)
