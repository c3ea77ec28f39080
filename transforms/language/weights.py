"""How much each short run of letters, and each frequent word, speaks for each language: one sum instead of a walk.

Made when first needed from what is installed anyway: langdetect's profiles (1 to 3 letters, Apache-2.0), jusText's
lists of frequent words in the order of their frequency (BSD-2-Clause), which also make up for languages that
langdetect has no profile of; from `runs.xz`, runs of four letters that lingua counted in news (Apache-2.0, see
`benchmarks/make_runs.py`); and from our own `telling.toml`. Everything is lower case, so that capitals change nothing.

What a run or a word says is one whole number with a lane of `LANE` bits for each language, so that a sum of these
numbers sums all languages at once: a tenth of the time of a loop over them.
"""

import json
import lzma
import math
import pkgutil
import re
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transforms.language import letters

# Chosen on labelled headlines and sentences in 18 languages, all languages allowed, in November 2026. None is sharp:
# varied one at a time (words read 400 to 700, the share of a list 1 to 2 …) they move at most two headlines of 490.
FLOOR = 1e-4  # the probability of a run of letters that a profile lacks
BY_LENGTH = (0.3, 0.8, 1.0, 0.3, 0.3)  # neighbouring runs overlap; a longer one says what its parts said already
UNLISTED = 3e-5  # the probability of a word that a list lacks
LISTED = 1.5  # what the rank of a word counts, times its logarithm
TELLS = 3.5  # nats for a telling word, as much as one in the midst of a list
TELLS_ALONE = 6.0  # the same where no kindred language has the word
FROM_LISTS = 0.85  # runs of letters of a language without profile: its list has the frequent words only
FOURS = 0.5  # what is counted of runs of four letters within words
FROM_KIN = 0.9  # of what they say of a language, for one that they were not counted of and that is written much alike
HALF = 0.5  # nats: their steps in `runs.xz`
WORDS_READ = 400  # of a list: a thousand cost half as much memory again, and tell no more
CAPITAL = 0.5  # of a word with a capital letter within a text: often a name, which is at home in any language
STEP = 0.1  # nats: weights are rounded to it
LANE = 16  # bits: no 300 letters reach 6,553 nats
# How seldom an archive of news has a language, in nats: without, two headlines of 490 fewer are right.
SELDOM, RARE = -0.5, -5.0
DECOY = -8.0  # languages without profile
COMMON = 100  # words of a list; behind them there are names

_LOCK = threading.Lock()
_WORD = re.compile(r"[^\W\d_]+")
_LISTS = {
    "af": "Afrikaans", "ar": "Arabic", "ast": "Asturian", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
    "de": "German", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "fy": "West_Frisian", "ga": "Irish", "gl": "Galician",
    "gu": "Gujarati", "hi": "Hindi", "hr": "Croatian", "ht": "Haitian", "hu": "Hungarian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "kk": "Kazakh", "kn": "Kannada", "ku": "Kurdish", "ky": "Kyrgyz",
    "la": "Latin", "lb": "Luxembourgish", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam",
    "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "nds": "Low_Saxon", "ne": "Nepali", "nl": "Dutch",
    "nn": "Norwegian_Nynorsk", "no": "Norwegian_Bokmal", "oc": "Occitan", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese",
}  # fmt: skip
_KIN = tuple(
    frozenset(each.split())
    for each in (
        "no nn da sv", "nl af nds de lb gsw fy", "es pt gl ca it ast oc", "ru uk be bg mk sr", "cs sk", "sl hr bs sr",
        "id ms", "tr az", "en sco",
    )
)  # fmt: skip
_LIKE = {"gl": "pt", "ast": "es", "oc": "ca", "lb": "de", "gsw": "de", "nds": "de", "fy": "nl", "sco": "en"}
_FREQUENT = frozenset({"de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru"})
_USUAL = frozenset(
    {"ar", "cs", "da", "el", "fa", "fi", "he", "hu", "id", "ja", "ko", "no", "ro", "sv", "tr", "uk", "vi", "zh"}
)
_FOLDED = {"zh-cn": "zh", "zh-tw": "zh"}


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the sums over a text say."""

    nats: tuple[tuple[float, str], ...]  # with the language they speak for, the most first
    known: int  # different words that are in any list
    common: int  # of these the ones at the head of a list: what no name is
    letters: int  # of different words

    @property
    def lead(self) -> float:
        """Nats between the first language and the second."""
        return self.nats[0][0] - self.nats[1][0]

    @property
    def density(self) -> float:
        """Nats a letter for the first language: noise and codes have few."""
        return self.nats[0][0] / max(1, self.letters)


@dataclass(frozen=True, slots=True)
class _Profile:
    """How often langdetect counted each run of one, two or three letters, and all runs of each length."""

    counts: dict[str, float]
    totals: list[int]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each word and each run of one to five letters speaks for: `STEP`s in the lane of each language."""

    tags: tuple[str, ...]  # the languages, by lane
    prior: tuple[float, ...]  # nats, by lane
    runs: dict[str, int]
    words: dict[str, int]
    common: frozenset[str]  # words at the head of a list

    def weigh(self, text: str) -> Weighed:
        """The nats that the words and runs of letters of a text have for each language."""
        whole = part = 0
        known = size = 0
        words: dict[str, bool] = {}  # whether it is ever written small; said again, a word says nothing more
        for number, word in enumerate(_WORD.findall(text)):
            words[word.lower()] = words.get(word.lower(), False) or not number or not word[0].isupper()
        for lower, small in words.items():
            size += len(lower)
            said = self.words.get(lower, 0)
            known += bool(said)
            said += sum(filter(None, map(self.runs.get, _runs(lower))))
            if small:
                whole += said
            else:
                part += said
        lacking = letters.against(words, text)
        nats = (
            prior + STEP * (a + CAPITAL * b) - lacking.get(tag, 0.0)
            for tag, prior, a, b in zip(self.tags, self.prior, self._lanes(whole), self._lanes(part), strict=True)
        )
        ranked = tuple(sorted(zip(nats, self.tags, strict=True), reverse=True))
        return Weighed(ranked, known, len(self.common & words.keys()), size)

    def _lanes(self, total: int) -> memoryview:
        size = len(self.tags) * LANE // 8
        return memoryview(total.to_bytes(size, sys.byteorder)).cast("H")[:: 1 if sys.byteorder == "little" else -1]


def _runs(word: str) -> list[str]:
    """The runs of one to five characters of a word between blanks, but for the blank alone."""
    held = f" {word[:40]} "
    size = len(held)
    return [*held[1:-1], *(held[at : at + length] for length in (2, 3, 4, 5) for at in range(size - length + 1))]


def load() -> Weights:
    """The weights, made once for all threads: about 0.6 seconds, 100 MB."""
    with _LOCK:
        return _made()


@cache
def _made() -> Weights:
    lists = {tag: _listed(name) for tag, name in _LISTS.items()}
    told = {tag: tuple(dict.fromkeys(words.split())) for tag, words in _told().items()}
    profiles = _profiles()
    tags = tuple(sorted({*lists, *told, *profiles}))
    counted = {*profiles, *(tag for tag, _, _ in _fours())}
    prior = tuple(_prior(tag, profiled=tag in counted) for tag in tags)
    common = {word for ranks in lists.values() for word, rank in ranks.items() if rank < COMMON and len(word) > 1}
    return Weights(tags, prior, _by_run(tags, profiles, lists, told), _by_word(tags, lists, told), frozenset(common))


def _prior(tag: str, *, profiled: bool) -> float:
    if not profiled:
        return DECOY
    return 0.0 if tag in _FREQUENT else SELDOM if tag in _USUAL else RARE


def _told() -> dict[str, str]:
    text = Path(__file__).with_name("telling.toml").read_text(encoding="utf-8")
    return {tag: str(words) for tag, words in tomllib.loads(text).items()}


def _listed(name: str) -> dict[str, int]:
    """The words of one of jusText's lists with their rank from 0."""
    text = (pkgutil.get_data("justext", f"stoplists/{name}.txt") or b"").decode("utf-8").lower()
    words = list(dict.fromkeys(word for line in text.splitlines() if (word := line.strip())))[:WORDS_READ]
    return {word: rank for rank, word in enumerate(words)}


def _profiles() -> dict[str, _Profile]:
    """What langdetect has profiles of, in lower case: language → its profile."""
    from langdetect.detector_factory import PROFILES_DIRECTORY  # noqa: PLC0415 - slow to load

    found: dict[str, _Profile] = {}
    for file in sorted(Path(PROFILES_DIRECTORY).iterdir()):
        stated = json.loads(file.read_text(encoding="utf-8"))
        profile = found.setdefault(_FOLDED.get(stated["name"], stated["name"]), _Profile({}, [0, 0, 0]))
        counts = profile.counts
        for run, count in zip(map(str.lower, stated["freq"]), stated["freq"].values(), strict=True):
            counts[run] = counts[run] + count if run in counts else count
        profile.totals[:] = [sum(both) for both in zip(profile.totals, stated["n_words"], strict=True)]
    return found


def _by_run(
    tags: tuple[str, ...],
    profiles: dict[str, _Profile],
    lists: dict[str, dict[str, int]],
    told: dict[str, tuple[str, ...]],
) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, tag in enumerate(tags):
        profile = profiles.get(tag)
        counted = _counted(
            {**dict.fromkeys(told.get(tag, ()), WORDS_READ), **lists.get(tag, {})}, above=3 * bool(profile)
        )
        if profile is not None:
            _add_profile(found, profile, LANE * number)
        for length, counts in counted.items():
            floor, share = UNLISTED, BY_LENGTH[length - 1]
            if length <= 3:
                floor, share = FLOOR, share * FROM_LISTS
            total = sum(counts.values())
            _add(found, counts, _said_by(counts, total, share, floor, LANE * number))
    numbers = {tag: number for number, tag in enumerate(tags)}
    for tag, halves, runs in _fours():
        said = _steps(FOURS * HALF * halves) << LANE * numbers[tag]
        for alike in (each for each, kin in _LIKE.items() if kin == tag):
            said += _steps(FROM_KIN * FOURS * HALF * halves) << LANE * numbers[alike]
        for run in map("".join, zip(*[iter(runs)] * 4, strict=True)):
            found[run] = found[run] + said if run in found else said
    return found


def _add_profile(found: dict[str, int], profile: _Profile, lane: int) -> None:
    """Add what a profile says of runs of one, two and three letters."""
    for length, total in enumerate(profile.totals, start=1):
        counts = {run: count for run, count in profile.counts.items() if len(run) == length}
        _add(found, counts, _said_by(counts, total, BY_LENGTH[length - 1], FLOOR, lane))


def _said_by(counts: Mapping[str, float], total: float, share: float, floor: float, lane: int) -> dict[float, int]:
    """What each count says; many runs have the same one."""
    return {count: _steps(share * math.log(count / total / floor + 1)) << lane for count in set(counts.values())}


def _add(found: dict[str, int], counts: Mapping[str, float], said: Mapping[float, int]) -> None:
    """Add what each run says by its count."""
    for run, count in counts.items():
        if weight := said[count]:
            found[run] = found[run] + weight if run in found else weight


def _fours() -> Iterator[tuple[str, int, str]]:
    """The lines of `runs.xz`: language, half nats, runs of four letters one behind the other."""
    text = lzma.decompress(Path(__file__).with_name("runs.xz").read_bytes()).decode("utf-8")
    for line in text.split("\n"):
        if not line.startswith("#"):
            tag, halves, runs = line.split(" ")
            yield tag, int(halves), runs


def _counted(ranks: dict[str, int], *, above: int) -> dict[int, dict[str, float]]:
    """Runs of more characters than `above`, up to five, of listed words, counted by what their rank lets expect."""
    counted: dict[int, dict[str, float]] = {length: {} for length in range(above + 1, 6)}
    for word, rank in ranks.items():
        short, long = (rank + 3) ** -0.7, (rank + 20) ** -0.7
        held = f" {word[:40]} "
        for length, counts in counted.items():
            count = short if length <= 3 else long
            for run in held[1:-1] if length == 1 else [held[at : at + length] for at in range(len(held) - length + 1)]:
                counts[run] = counts[run] + count if run in counts else count
    return counted


def _by_word(
    tags: tuple[str, ...], lists: dict[str, dict[str, int]], told: dict[str, tuple[str, ...]]
) -> dict[str, int]:
    nats: dict[str, dict[str, float]] = {}
    for tag, ranks in lists.items():
        for word, rank in ranks.items():
            nats.setdefault(word, {})[tag] = LISTED * math.log(0.1 / (rank + 3) / UNLISTED + 1)
    for tag, words in told.items():
        for word in words:
            nats.setdefault(word, {})[tag] = max(TELLS, nats.get(word, {}).get(tag, 0.0))
    for tag, words in told.items():
        kin = frozenset[str]().union(*(each for each in _KIN if tag in each)) - {tag}
        for word in words:
            if kin and not kin & nats[word].keys():
                nats[word][tag] = max(TELLS_ALONE, nats[word][tag])
    numbers = {tag: number for number, tag in enumerate(tags)}
    return {
        word: sum(_steps(value) << LANE * numbers[tag] for tag, value in found.items()) for word, found in nats.items()
    }


def _steps(nats: float) -> int:
    return round(nats / STEP)
