"""Which language a text is in: the same answer always, in every thread."""

import re
import threading
from collections.abc import Iterable
from typing import Any

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
# In German and English every third word is one of these. Where so many are of the one and hardly any of the other,
# langdetect is not asked: it takes several times as long as all the rest of cleaning. Of 2,426 texts in 18 languages
# 109 were told so, of 5,000 articles in German and English 94 %, none wrongly; in no third language did more than
# .18 of a page's words stand in a list (Nov 2026).
MANY = 0.22  # share of a sample's words
FEW = 0.05
FEWEST = 6  # of such words
_GERMAN = (
    "und der die das nicht mit ist ein eine auf für von dem den sich des im auch als wird sind bei werden nach "
    "hat aus zu es wie war dass einen einer zum zur über wir sie er ich noch oder wenn aber hier kann haben uns "
    "dieser diese durch nur um vor ihre vom wurde wurden sein soll"
)
_ENGLISH = (
    "the of and to is that for with on as it by are from at this be have has not his but they were which an had "
    "who their or he she you we said will would been its can more also about after into what when there our my if "
    "than which while could"
)
_COMMON = {"de": frozenset(_GERMAN.split()), "en": frozenset(_ENGLISH.split())}

_LOCK = threading.Lock()
_CACHE: dict[str, Any] = {}
_TAG = re.compile(r"[a-z]{2,3}")
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
FIRST_OTHER = "\u0370"  # no sign before it is of one of these scripts
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


def detect(text: str | Iterable[str], hint: str | None = None) -> str:
    """The BCP 47 primary tag of the main language of `text` (or its paragraphs); `und` when it cannot be told.

    Looked at are the first `SAMPLE` characters of the longest paragraphs, so that a footer in English does not make an
    article English. `hint` is what page or configuration say: it decides for text that is too short to tell.
    """
    paragraphs = text.splitlines() if isinstance(text, str) else list(text)
    sample = _sample(paragraphs)
    letters = sum(map(str.isalpha, sample))
    expected = primary(hint)
    if letters == 0:
        return UNKNOWN
    script = _by_script(sample, letters)
    if script is not None:
        return script
    # Icelandic or Xhosa: langdetect would name the nearest language that it has a profile of.
    if letters < FEW_LETTERS or (expected and not _speaks(expected)):
        return expected or UNKNOWN
    told = _by_words(sample)
    guesses = [(told, 1.0)] if told else _guesses(sample)
    if not guesses:
        return expected or UNKNOWN
    best, probability = guesses[0]
    if expected and best != expected and letters < SHORT and (probability < SURE or expected in dict(guesses)):
        return expected
    return best


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
    if max(sample) < FIRST_OTHER:
        return None
    for tag, pattern in _SCRIPTS:
        share = len(pattern.findall(sample)) / letters
        if share > (0.1 if tag == "ja" else 0.5):
            return tag
    return None


def _by_words(sample: str) -> str | None:
    """German or English where the commonest words leave no doubt; else None."""
    words = sample.lower().split()
    counts = sorted((sum(word in common for word in words), tag) for tag, common in _COMMON.items())
    (other, _), (most, best) = counts
    certain = most >= max(FEWEST, MANY * len(words)) and other <= FEW * len(words)
    return best if certain else None


def _guesses(sample: str) -> list[tuple[str, float]]:
    """Langdetect's guesses with their probabilities, the best first; the dialects of Chinese as one."""
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    detector = _factory().create()
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
                _CACHE["factory"] = factory
    return factory
