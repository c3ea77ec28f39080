"""Text as the tables of dates see it: lower case, no accents, plain digits; sign for sign, so that places stay."""

import unicodedata

_SAME = {"ı": "i", "ς": "σ", "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "−": "-"}


class _Folds(dict[int, str]):
    """What each sign is folded to, filled as signs are met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if sign.isdecimal():
            folded = str(unicodedata.decimal(sign))
        elif sign in _SAME:
            folded = _SAME[sign]
        else:
            apart = unicodedata.normalize("NFD", sign.lower())
            base = "".join(each for each in apart if not 0x300 <= ord(each) <= 0x36F)
            folded = unicodedata.normalize("NFC", base)[:1] or " "
        self[code] = folded  # at most one entry for each sign of Unicode
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The text folded, as long as before."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)
