"""Which language a text is in: the same answer always, in every thread."""

import gc
import re
import threading
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from transforms import function_words

UNKNOWN = "und"
SAMPLE = 1_000  # characters; langdetect knows no more from the whole text (articles: 1.0, Nov 2026)
FEW_LETTERS = 12  # fewer say nothing: "OK", "Berlin"
SHORT = 60  # letters; below, a plausible hint is believed before a guess
SURE = 0.9  # probability from which the guess on a short text is kept against the hint
SEED = 0
# langdetect averages seven random walks over a text's n-grams. From some 300 characters on one is as right as seven
# (paragraphs and articles: 1.0 with 1, 2, 3 and 7; sentences .973 and .975); two take .4 of the time (Nov 2026).
LONG = 300  # characters
WALKS = 2
# Function words decide 9 of 10 articles at a fiftieth of the time. Of 2,426 labelled texts in 18 languages they decided
# 298, all rightly, as down to 15 words; with 12 one was wrong. Of 10,000 German and English ones 9,547, none otherwise
# than langdetect (Nov 2026).
MANY_WORDS = 25  # of a text that is decided by them
FUNCTION_SHARE = 0.2  # of its words
FUNCTION_LEAD = 1.4  # times as many as of any other language

_LOCK = threading.Lock()
_CACHE: dict[str, Any] = {}
_TAG = re.compile(r"[a-z]{2,3}")
_WORD = re.compile(r"[^\W\d_]+")
_ALIASES = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "zh-cn": "zh",
    "zh-tw": "zh",
    "cn": "zh",
    "gr": "el",
    "ua": "uk",
}
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")
# Scripts that one language of those that langdetect knows writes, told before it is asked.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("th", re.compile(r"[\u0e01-\u0e5b]")),
    ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("my", re.compile(r"[\u1000-\u109f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
)  # fmt: skip
_OTHER = re.compile(f"[{''.join(pattern.pattern[1:-1] for _, pattern in _SCRIPTS)}]")  # any of them


def detect(text: str | Iterable[str], hint: str | None = None) -> str:
    """The BCP 47 primary tag of the main language of `text` (or its paragraphs); `und` when it cannot be told.

    Looked at are the first `SAMPLE` characters of the longest paragraphs, so that a footer in English does not make an
    article English. `hint` is what page or configuration say: it decides for text that is too short to tell.
    """
    return identify(text, hint)[0]


def identify(text: str | Iterable[str], hint: str | None = None) -> tuple[str, str]:
    """As `detect`, with what told it: `script`, `function words`, `langdetect`, `stated` (the hint), `nothing`."""
    paragraphs = text.splitlines() if isinstance(text, str) else list(text)
    sample = _sample(paragraphs)
    letters = sum(map(str.isalpha, sample))
    if letters == 0:
        return UNKNOWN, "nothing"
    if (tag := _by_script(sample, letters)) is not None:
        return tag, "script"
    if (tag := _by_function_words(sample)) is not None:
        return tag, "function words"
    expected = primary(hint)
    stated = (expected, "stated") if expected else (UNKNOWN, "nothing")
    # Icelandic or Xhosa: langdetect would name the nearest language that it has a profile of.
    if letters < FEW_LETTERS or (expected and not _speaks(expected)):
        return stated
    guesses = _guesses(sample)
    if not guesses:
        return stated
    best, probability = guesses[0]
    unsure = letters < SHORT and (probability < SURE or expected in dict(guesses))
    return stated if expected and best != expected and unsure else (best, "langdetect")


def primary(tag: str | None) -> str | None:
    """The primary tag of what a page calls its language: `de` for `de-AT`, `zh` for `zh_CN`; None for no tag."""
    folded = (tag or "").strip().casefold().replace("_", "-")
    if not folded:
        return None
    first = folded.partition("-")[0]
    first = _ALIASES.get(folded) or _ALIASES.get(first) or first
    return first if _TAG.fullmatch(first) and first not in {"und", "mul", "zxx"} else None


def _sample(paragraphs: list[str]) -> str:
    """The longest paragraphs up to `SAMPLE` characters, in the order of their length (ties: of their place)."""
    taken: list[str] = []
    size = 0
    for paragraph in sorted((_without_addresses(p[:4_000]).strip() for p in paragraphs[:2_000]), key=len, reverse=True):
        if size >= SAMPLE or not paragraph:
            break
        taken.append(paragraph[: SAMPLE - size])
        size += len(taken[-1])
    sample = "\n".join(taken)
    # langdetect knows letters by the profiles' lower case: a headline in capitals looks like no language at all.
    return sample.lower() if sample.isupper() else sample


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", text) if "/" in text or "@" in text or "#" in text or "www." in text else text


def _by_script(sample: str, letters: int) -> str | None:
    """The language of a script that only one has; Japanese as soon as a tenth is kana, else most letters."""
    if not _OTHER.search(sample):
        return None
    for tag, pattern in _SCRIPTS:
        share = len(pattern.findall(sample)) / letters
        if share > (0.1 if tag == "ja" else 0.5):
            return tag
    return None


def _by_function_words(sample: str) -> str | None:
    """The language whose function words a long text is full of, if no other comes near; else None."""
    words = _WORD.findall(sample.casefold())
    total = len(words)
    if total < MANY_WORDS:
        return None
    tongues = _tongues()
    found: Counter[str] = Counter()
    for word, count in Counter(filter(tongues.__contains__, words)).items():
        for tongue in tongues[word]:
            found[tongue] += count
    (best, most), (_, next_most) = [*found.most_common(2), ("", 0), ("", 0)][:2]
    sure = best in function_words.DECIDED and most >= FUNCTION_SHARE * total and most >= FUNCTION_LEAD * next_most
    return best if sure else None


@cache
def _tongues() -> dict[str, tuple[str, ...]]:
    """The languages that each function word belongs to."""
    found: dict[str, tuple[str, ...]] = {}
    for tongue, words in function_words.WORDS.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), tongue)
    return found


def _guesses(sample: str) -> list[tuple[str, float]]:
    """Langdetect's guesses with their probabilities, the best first; the dialects of Chinese as one."""
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    from transforms.ngrams import Walker  # noqa: PLC0415 - langdetect is slow to load

    detector = Walker(_factory())
    detector.seed = SEED
    if len(sample) >= LONG:
        detector.n_trial = WALKS
    detector.append(sample)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return []
    return [(_ALIASES.get(each.lang, each.lang), float(each.prob)) for each in found]


def _speaks(tag: str) -> bool:
    """Whether langdetect has a profile of the language."""
    return any(_ALIASES.get(known, known) == tag for known in _factory().langlist)


def _factory() -> Any:
    """The one factory with all profiles; nobody sees it before it is complete."""
    factory = _CACHE.get("factory")
    if factory is None:
        with _LOCK:
            factory = _CACHE.get("factory")
            if factory is None:
                from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory  # noqa: PLC0415

                factory = DetectorFactory()
                factory.load_profile(PROFILES_DIRECTORY)
                factory.set_seed(SEED)
                # The profiles stay for ever. Without this the garbage collector walks their n-grams again and again:
                # cleaning plain text then takes a quarter longer (measured in November 2026).
                gc.freeze()
                _CACHE["factory"] = factory
    return factory
