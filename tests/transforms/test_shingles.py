"""Near copies by their text alone: what a sample holds, and which pairs are copies. All texts are our own."""

import random
import re
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.copies import Likeness
from transforms import shingles
from transforms.shingles import MOST_NUMBERS, MOST_SHINGLES, likeness, signature

_SYLLABLES = ("ba", "de", "fi", "go", "lu", "mer", "nan", "pol", "quis", "rot", "sab", "tun", "vel", "wir", "xen")


def made(seed: object, words: int) -> str:
    """Running text of invented words: sentences of ten, paragraphs of forty."""
    rng = random.Random(str(seed))
    drawn = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3))) for _ in range(words)]
    sentences = [" ".join(drawn[at : at + 10]).capitalize() + "." for at in range(0, words, 10)]
    return "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))


def compared(one: str, other: str) -> Likeness | None:
    first, second = signature(one), signature(other)
    return likeness(first, second, set(first.keys) & set(second.keys))


def edited(text: str, share: float, seed: object = 1) -> str:
    rng = random.Random(str(seed))
    return re.sub(r"\w+", lambda word: rng.choice(_SYLLABLES) * 2 if rng.random() < share else word.group(), text)


STORY = made("story", 320)


@pytest.mark.parametrize(
    "copy",
    [
        STORY + "\n\n" + made("footer", 60),
        made("masthead", 30) + "\n\n" + STORY,
        "\n\n".join(STORY.split("\n\n")[:5]),
        "\n\n".join(STORY.split("\n\n")[3:]),
        "\n\n".join(STORY.split("\n\n")[1:6]),
        "\n\n".join(STORY.split("\n\n")[::2]),
        edited(STORY, 0.15),
        edited(STORY, 0.1) + "\n\n" + made("footer", 60),
        STORY.upper(),
        STORY.replace(" ", "\n").replace(".", " –"),
    ],
)
def test_a_copy_is_known_whatever_an_editor_did(copy: str) -> None:
    assert compared(STORY, copy) is not None


@pytest.mark.parametrize(
    "other",
    [
        made("other", 320),
        # A quotation of two sentences; the background that two reports share.
        made("other", 280) + "\n\n" + STORY.split("\n\n")[3],
        made("other", 200) + "\n\n" + "\n\n".join(STORY.split("\n\n")[-3:]),
    ],
)
def test_another_report_is_none(other: str) -> None:
    assert compared(STORY, other) is None


def test_how_much_stands_in_the_other_is_told_in_both_directions() -> None:
    found = compared(STORY, STORY + "\n\n" + made("more", 640))

    assert found is not None
    assert found.share > 0.98
    assert 0.2 < found.share_back < 0.45
    assert not found.folded


def test_reports_by_a_template_differ_in_their_figures() -> None:
    template = (
        "The central bank said it had provided the money market with {} million in the morning session. This compares "
        "with its forecast of a shortage in the system of around {} million. It bought bills outright, {} million in "
        "band one at {} per cent and {} million in band two at {} per cent."
    )
    monday, tuesday = template.format(37, 700, 12, "10.75", 25, "10.50"), template.format(53, 300, 46, "9.75", 7, "9.5")

    assert compared(monday, tuesday) is None
    assert compared(monday, monday + " Dealers had expected less, they said.") is not None


def test_of_short_reports_most_numbers_are_the_same() -> None:
    template = (
        "The exchange said a seat was sold for {} dollars, {} dollars more than at the last sale. The current bid is "
        "given as {} dollars and the current offer as {} dollars, a spokesman for the exchange said after the close."
    )
    one = template.format(210, 30, 190, 240)

    assert compared(one, template.format(210, 30, 180, 250)) is None
    assert compared(one, template.format(210, 30, 190, 245)) is not None


def test_a_table_with_the_same_figures_is_a_copy_in_other_words() -> None:
    table = (
        "Shr {} cts vs 58 cts\n\nNet {} vs 901,000\n\nSales {} mln vs 29.1 mln\n\nAvg shrs {} vs 1,480,000\n\n"
        "Nine mths\n\nShr {} dlrs vs 1.70 dlrs\n\nNet {} vs 2,604,000\n\n"
    )
    one = table.format(73, "1,101,000", "33.0", "1,510,000", "2.05", "3,117,000")
    other = table.format(58, "862,000", "27.5", "1,493,000", "1.61", "2,390,000")

    assert compared(one, one.replace("Nine mths", "9 months").replace("dlrs", "dollars")) is not None
    assert compared(one, other) is None


def test_lists_of_the_same_names_are_no_copies() -> None:
    names = ["Dr. " * (n % 3 == 0) + made(n, 1).strip(".") + " " + made(f"{n} b", 1).strip(".") for n in range(200)]
    one, other = "\n\n".join(names), "\n\n".join(name for n, name in enumerate(names) if n % 8)

    assert compared(one, other + "\n\n" + "\n\n".join(made(f"{n} c", 1) for n in range(30))) is None
    assert compared(one, one + "\n\nEnthalten\n\nNein") is not None


def test_a_footer_that_everybody_has_is_no_evidence() -> None:
    footer = made("footer", 700)
    one, other = signature(made("one", 200) + "\n\n" + footer), signature(made("other", 200) + "\n\n" + footer)

    assert likeness(one, other, set(one.keys) & set(other.keys)) is not None
    assert likeness(one, other, (set(one.keys) & set(other.keys)) - set(signature(footer).shingles)) is None


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (
            "政府は昨日、新しい港の建設計画を発表した。費用は三百億円と見込まれ、工事は来年の春に始まる予定だ。",
            "続報。",
        ),
        ("市议会昨天通过了新的公共交通计划。第一条线路将于明年春天开通，费用由省政府承担一半。", "编辑部。"),
        ("มีการประกาศแผนก่อสร้างท่าเรือใหม่เมื่อวานนี้ คาดว่าจะใช้งบประมาณสูง และเริ่มงานในปีหน้า", "ข่าวต่อ"),
        ("नगर परिषद ने कल नई बस योजना को मंजूरी दी। पहली लाइन अगले साल वसंत में शुरू होगी और खर्च आधा राज्य देगा।", "अधिक समाचार"),
        (
            "أعلنت الحكومة أمس خطة لبناء ميناء جديد. ومن المتوقع أن تبدأ الأعمال في ربيع العام المقبل بتكلفة كبيرة.",
            "المزيد",
        ),
        (
            "Правительство вчера объявило о плане строительства нового порта. Работы начнутся весной следующего года.",
            "Ещё",
        ),
    ],
)
def test_every_script_has_shingles(text: str, copy: str) -> None:
    assert compared(text, f"{copy} {text}") is not None
    assert compared(text, "".join(reversed(text))) is None


@given(st.text(max_size=300), st.text(max_size=300))
def test_what_is_said_of_two_texts_is_said_of_them_in_the_other_order(one: str, other: str) -> None:
    first, second = signature(one + STORY), signature(other + STORY[300:])
    keys = set(first.keys) & set(second.keys)
    found, back = likeness(first, second, keys), likeness(second, first, keys)

    assert (found and found.reversed) == back


@given(st.text(max_size=400))
def test_case_white_space_and_punctuation_change_nothing(text: str) -> None:
    spaced = "\n".join(f" {word} " for word in text.split(" "))

    assert signature(text).shingles == signature(spaced).shingles


@given(st.integers(1, 3_000), st.integers(0, 3_000))
def test_a_passage_has_the_same_sample_wherever_it_stands(words: int, before: int) -> None:
    passage = made("passage", words)
    alone, within = signature(passage), signature(f"{made('before', before)}\n\n{passage}\n\n{made('after', 50)}")
    level = max(alone.level, within.level)

    assert {each for each in alone.shingles if not each % (1 << level)} <= set(within.shingles)


@pytest.mark.parametrize("words", [0, 3, 47, 50, 1_000, 10_000, 100_000])
def test_samples_have_a_bounded_size(words: int) -> None:
    found = signature(" ".join(f"w{n} {n}" for n in range(words)))

    assert len(found.shingles) <= MOST_SHINGLES * 1.5
    assert len(found.numbers) <= MOST_NUMBERS
    assert len(found.keys) <= len(found.shingles)
    assert all(0 <= each < 1 << 63 for each in found.shingles)


@pytest.mark.parametrize("text", ["", " ", "a", "zwei Wörter", "\ud800 \ud800 \ud800 x", "\0" * 50, "1" * 10_000])
def test_no_text_is_too_odd(text: str) -> None:
    assert compared(text, text) is None or len(signature(text).shingles) >= shingles.LEAST_SHARED


@given(
    st.text(
        st.sampled_from("aZ_ 9.,:-/\n–“”…ßÄİẞŉKΣж٣५日本ーไทยक़é\ud800\u0307\u02c2ªµº×") | st.characters(), max_size=60
    )
)
def test_quick_ways_find_the_words_and_numbers_that_the_patterns_find(text: str) -> None:
    encoded = text.encode("utf-8", "replace")
    beyond = "".join(each for each in encoded.decode() if not each.isascii())
    folded = text.casefold()

    words = shingles._words(text, encoded, beyond)
    numbers = shingles._numbers(text, encoded, beyond)

    if not shingles._OTHER.search(folded):
        plain = shingles._SIGNS.sub(" ", folded).encode("utf-8", "replace")
        assert words == re.findall(rb"[0-9a-z_\x80-\xff]+", plain)
    assert numbers == {each.encode() for each in re.findall(r"\d(?:[\d.,:/-]*\d)?", text)}


@given(st.lists(st.binary(max_size=3), max_size=400), st.integers(0, 12))
def test_what_is_drawn_is_what_its_hash_says(words: list[bytes], level: int) -> None:
    mixed = [crc32(a) ^ crc32(b) ^ crc32(c) for a, b, c in zip(words, words[1:], words[2:], strict=False)]

    drawn = shingles._shingles(words, level)

    assert {each % 2**16 for each in drawn} == {each % 2**16 for each in mixed if not each % 2**level}
