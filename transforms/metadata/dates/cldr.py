"""Names of months and days, and "3 days ago", in languages that our own table does not have: CLDR, through Babel."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

# Read together when a statement has words that no table knows and its language is not known: the other languages of
# Europe and those with the most newspapers. Reading one takes 4 ms (2-core machine, November 2026).
OTHERS = (
    "ca", "eu", "gl", "hr", "sr", "bs", "sl", "sk", "bg", "mk", "lt", "lv", "et", "is", "ga", "cy", "sq", "be", "kk",
    "az", "ka", "hy", "he", "fa", "hi", "bn", "ta", "te", "ml", "kn", "mr", "gu", "th", "id", "ms", "sw", "af", "lb",
)  # fmt: skip
MOST_WORDS = 3  # of a name; longer ones are descriptions

_BEFORE_NAME = re.compile(r"^(?:de |d['’]|dhe |a )")
_Unit = Literal["minute", "hour", "day", "week", "month", "year"]
_UNITS: dict[_Unit, int] = {  # seconds
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_629_800,
    "year": 31_557_600,
}


def known(language: str) -> bool:
    """Whether CLDR has the language."""
    from babel.localedata import exists  # noqa: PLC0415  (17 ms; hardly a page needs it)

    return re.fullmatch(r"[a-z]{2,3}", language) is not None and bool(exists(language))


def names(language: str) -> Iterator[tuple[str, str, int]]:
    """The names as `months` or `days`, name, and number from 1 on (Monday is 1)."""
    from babel import Locale  # noqa: PLC0415  (as above)

    locale = Locale.parse(language)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                yield "months", _bare(name), int(number)
            for number, name in locale.days[context][width].items():
                yield "days", _bare(name), int(number) + 1


def _bare(name: str) -> str:
    """The name without article and full stop; empty when it is a figure or a description."""
    bare = _BEFORE_NAME.sub("", name.strip()).strip(" .")
    usable = len(bare) > 1 and len(bare.split()) <= MOST_WORDS and not any(sign.isdecimal() for sign in bare)
    return bare if usable else ""


def ago(language: str) -> Iterator[tuple[_Unit, str]]:
    """Each way to say how long ago something was, as unit and text with `{}` for the number."""
    from babel.dates import format_timedelta  # noqa: PLC0415  (as above)

    for unit, seconds in _UNITS.items():
        for count in (2, 3, 5, 11, 22):  # one of each plural form that has a figure
            distance = timedelta(seconds=-seconds * count)
            said = format_timedelta(distance, unit, threshold=count + 1, add_direction=True, locale=language)
            if str(count) in said:
                yield unit, said.replace(str(count), "{}")
