"""Make `weights.bin`: what each short run of letters, and each frequent word, says for each language.

    python -m transforms.language.make_weights

It is counted from what is installed anyway: langdetect's profiles (1 to 3 letters, Apache-2.0), jusText's lists of
frequent words in the order of their frequency (BSD-2-Clause), which also make up for languages that langdetect has no
profile of; from `runs.xz`, runs of four letters that lingua counted in news (Apache-2.0, `benchmarks/make_runs.py`);
and from our own `telling.toml`. After a change of one of these, or of a constant here, it is to be made anew; a test
compares.
"""

import json
import lzma
import math
import pkgutil
import sys
import tomllib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from transforms.language.weights import ABOVE, BEGIN, COMMON, DRAWERS, FILE, LANE, RUN, STEP, WORD, drawer_of

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
# How seldom an archive of news has a language, in nats: without, two headlines of 490 fewer are right.
SELDOM, RARE = -0.5, -5.0
DECOY = -8.0  # languages without profile
HEAD = 100  # words of a list; behind them there are names

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
class _Profile:
    """How often langdetect counted each run of one, two or three letters, and all runs of each length."""

    counts: dict[str, float]
    totals: list[int]


@dataclass(frozen=True, slots=True)
class Counted:
    """What each word and each run of one to five letters speaks for: `STEP`s in the lane of each language."""

    tags: tuple[str, ...]  # the languages, by lane
    prior: tuple[float, ...]  # nats, by lane
    runs: dict[str, int]
    words: dict[str, int]
    common: frozenset[str]  # words at the head of a list


def main() -> None:
    """Write the file anew."""
    FILE.write_bytes(packed(made()))


def packed(counted: Counted) -> bytes:
    """What was counted as bytes, equal things as equal bytes.

    A line of JSON; where each drawer begins, in four bytes, the low one first; and the entries, drawer by drawer. An
    entry is a run or a word, and for each language that it speaks for its lane and the steps, a byte each.
    """
    drawers: list[list[bytes]] = [[] for _ in range(DRAWERS)]
    for name, kind, said in _entries(counted):
        key = BEGIN + name.encode() + kind
        drawers[drawer_of(key)].append(key + _pairs(said, len(counted.tags)))
    held = [b"".join(sorted(each)) for each in drawers]
    starts = array("I", [0, *accumulate(map(len, held))])
    if sys.byteorder == "big":
        starts.byteswap()
    about = {"tags": counted.tags, "prior": counted.prior}
    return json.dumps(about).encode() + b"\n" + starts.tobytes() + b"".join(held) + BEGIN


def _entries(counted: Counted) -> Iterator[tuple[str, bytes, int]]:
    for run, said in counted.runs.items():
        yield run, RUN, said
    for word, said in counted.words.items():
        yield word, COMMON if word in counted.common else WORD, said


def _pairs(said: int, lanes: int) -> bytes:
    """The lanes that are not empty, and what stands in them."""
    steps = ((lane, said >> LANE * lane & (1 << LANE) - 1) for lane in range(lanes))
    return bytes(ABOVE + each for pair in steps if pair[1] for each in pair)


def made() -> Counted:
    """The weights, counted."""
    lists = {tag: _listed(name) for tag, name in _LISTS.items()}
    told = {tag: tuple(dict.fromkeys(words.split())) for tag, words in _told().items()}
    profiles = _profiles()
    tags = tuple(sorted({*lists, *told, *profiles}))
    counted = {*profiles, *(tag for tag, _, _ in _fours())}
    prior = tuple(_prior(tag, profiled=tag in counted) for tag in tags)
    common = {word for ranks in lists.values() for word, rank in ranks.items() if rank < HEAD and len(word) > 1}
    return Counted(tags, prior, _by_run(tags, profiles, lists, told), _by_word(tags, lists, told), frozenset(common))


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


if __name__ == "__main__":
    main()
