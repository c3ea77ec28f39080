"""Which language a text is in."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.transforms.shaped import PROSE
from transforms import language

GERMAN = "Der Rat der Stadt hat am Montag beschlossen, den alten Bahnhof nicht abzureißen, sondern zu verpachten."
ENGLISH = "Subscribe to our newsletter and read all about what is going on in the world every morning."
TEXTS = {
    "de": GERMAN,
    "en": "The council decided on Monday not to tear down the old station but to lease it for twenty years.",
    "fr": "Le conseil municipal a décidé lundi de ne pas démolir l'ancienne gare, mais de la louer pour vingt ans.",
    "es": "El ayuntamiento decidió el lunes no derribar la vieja estación, sino alquilarla durante veinte años.",
    "pl": "Rada miasta zdecydowała w poniedziałek, że nie zburzy starego dworca, lecz wydzierżawi go na lata.",
    "ru": "Городской совет решил в понедельник не сносить старый вокзал, а сдать его в аренду на двадцать лет.",
    "uk": "Міська рада вирішила в понеділок не зносити старий вокзал, а здати його в оренду на двадцять років.",
    "ar": "قرر مجلس المدينة يوم الاثنين عدم هدم المحطة القديمة بل تأجيرها لمدة عشرين عاما",
    "zh": "市议会周一决定不拆除旧火车站，而是将其出租二十年。",
    "ja": "市議会は月曜日、古い駅舎を取り壊さず、二十年間貸し出すことを決めた。",
    "ko": "시의회는 월요일에 오래된 역을 철거하지 않고 이십 년 동안 임대하기로 결정했다.",
    "el": "Το δημοτικό συμβούλιο αποφάσισε τη Δευτέρα να μην κατεδαφίσει τον παλιό σταθμό.",
}


@pytest.mark.parametrize("tag", TEXTS)
def test_a_sentence_tells_its_language(tag: str) -> None:
    assert tag == language.detect(TEXTS[tag])


def test_a_text_in_two_languages_is_labelled_by_its_main_one() -> None:
    assert language.detect([GERMAN * 3, ENGLISH, "Read more", "Follow us"]) == "de"


@pytest.mark.parametrize("text", ["", "12 345 – 2024!", "***"])
def test_a_text_without_letters_is_undetermined_whatever_the_hint(text: str) -> None:
    assert language.detect(text, "de") == "und"


@pytest.mark.parametrize(("text", "hint", "expected"), [("Regen", "de-AT", "de"), ("OK", None, "und")])
def test_too_little_text_goes_with_the_hint(text: str, hint: str | None, expected: str) -> None:
    assert expected == language.detect(text, hint)


def test_a_hint_does_not_overrule_a_text_that_tells() -> None:
    assert language.detect(GERMAN, "en") == "de"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("de-AT", "de"), ("EN_us", "en"), ("zh-TW", "zh"), ("nb", "no"), ("", None), ("und", None), ("deutsch", None)],
)
def test_a_tag_is_cut_to_its_primary_part(stated: str, expected: str | None) -> None:
    assert expected == language.primary(stated)


def test_the_answer_is_the_same_in_every_thread_and_every_time() -> None:
    short = ["Truppen im Gespräch", "Will he stay", "Le chat dort"] * 8
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(language.detect, short))

    assert [language.detect(text) for text in short] == found


def test_the_pages_word_counts_for_a_language_that_the_detector_does_not_know() -> None:
    text = "Veðurstofan spáir hvassviðri á morgun og biður fólk að fara varlega á vegum landsins. " * 3

    assert language.detect(text, hint="is") == "is"


def test_german_and_english_articles_are_told_by_their_commonest_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(sample: str) -> list[tuple[str, float]]:
        asked.append(sample)
        return []

    monkeypatch.setattr(language, "_guesses", ask)

    told = {tag: language.detect(paragraphs) for tag, paragraphs in PROSE.items()}

    assert told == {tag: tag if tag in {"de", "en"} else "und" for tag in PROSE}
    assert len(asked) == len(PROSE) - 2


def test_a_text_in_two_languages_is_not_told_by_its_commonest_words() -> None:
    assert language._by_words("\n".join((*PROSE["de"], *PROSE["en"]))) is None
