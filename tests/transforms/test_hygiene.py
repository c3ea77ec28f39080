"""What nobody sees goes; everything else stays as it was."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import hygiene


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ein sauberer Satz – „so“ wie er’s schrieb…", "Ein sauberer Satz – „so“ wie er’s schrieb…"),
        ("Pres\u00adse\u00adfrei\u00adheit", "Pressefreiheit"),
        ("\ufeffAn\u200bfang", "Anfang"),
        ("10\u202f000\u00a0Euro", "10 000 Euro"),
        ("u\u0308ber", "über"),
        ("a\x00b\x1bc\u202edcba\u202c", "abcdcba"),
        ("  viel \t\n Luft  ", "viel Luft"),
        ("a\u2028b", "a b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Zu\u200cfall", "Zufall"),
        ("👨\u200d👩\u200d👧 Familie", "👨\u200d👩\u200d👧 Familie"),
    ],
)
def test_the_invisible_goes_and_the_visible_stays(text: str, expected: str) -> None:
    assert expected == hygiene.clean(text)


@given(st.text())
def test_hygiene_twice_is_hygiene_once(text: str) -> None:
    once = hygiene.clean(text)

    assert once == hygiene.clean(once)
    assert once == unicodedata.normalize("NFC", once)
    assert "\n" not in once
    assert "  " not in once
