"""Which language a text is in: the same answer always, in every thread."""

import gc
import re
import threading
import unicodedata
from collections.abc import Iterable
from typing import Any

from transforms.language import gate, weights

UNKNOWN = "und"
SAMPLE = 1_000  # characters; langdetect knows no more from the whole text (articles: 1.0, Nov 2026)
SHORT = 60  # letters; below, a plausible hint is believed before a guess
HINT = 10.0  # nats by which the guess on a short text must lead the hinted language to be kept against it
FEW_LETTERS = 4  # fewer say nothing: "OK"
# What is no text at all has few nats a letter, and a word of several languages leads by little. Of 5,670 words, single
# and in pairs, of 17 languages these give .67 and .86 their own language, .21 and .11 another; of 2,000 strings of
# random letters 3 % get one. Half of LEAD gives .69 and .87, but of what is won 6 in 10 are wrong (Nov 2026).
LEAD = 1.0  # nats, where no word is known
DENSITY = 5.6  # nats a letter, where no word is known
# Words that are all written with capitals: names, or a headline in title case. Of 1,780 headlines written so .95 get
# their own language; of 700 names of persons from many countries 23 % get one, which were 54 % (Nov 2026).
CLEAR_LEAD = 12.0  # nats, where no common word is among them; of any text
CLEAR_DENSITY = 4.2  # nats a letter, likewise
THIN = 3.5  # nats a letter, of any text
# Letters struck at random are vowels in 6 of 26 cases; of 9,200 runs of six words in Latin letters 4 were below this
# share. Of 1,000 random strings 93 get a language instead of 146, and no labelled text another one (Nov 2026).
VOWELS = 0.26
VOWELS_FROM = 12  # letters; a word may have few
LEAD_OF_UNSPEAKABLE = 10.0  # nats
SEED = 0
# langdetect averages seven random walks over a text's n-grams. From some 300 characters on one is as right as seven
# (paragraphs and articles: 1.0 with 1, 2, 3 and 7; sentences .973 and .975); two take .4 of the time (Nov 2026).
# Below, sums of weights are right where the walk is not: headlines .984 instead of .947, sentences .991 and .978. A
# vote of both takes .010 from headlines. Lingua and py3langid are at .976 and .957, told of the 18 languages at .982.
LONG = 300  # characters
WALKS = 2
# Nats between the first two sums, from which langdetect is not asked. Of 10,000 articles one is left to it, which were
# 137; none of the others is told another language than by it but a table that it called Swedish (Nov 2026).
SURE = 40.0

_LOCK = threading.Lock()
_CACHE: dict[str, Any] = {}
_TAG = re.compile(r"[a-z]{2,3}")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]")
_VOWEL = re.compile(r"[aeiouyæœøıə]")
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
# What mixes digits and letters, or small and capital letters: base64, names of files.
_MIXED = re.compile(r"[^\s\d]*(?:[^\W\d_]\d|\d[^\W\d_]{3}|[a-z][A-Z]{2}|[a-z][A-Z]\w*[a-z][A-Z])[^\s]*")
_CODE = re.compile(r"[{}<>=;_|\\$]|\w\(")
CODE_SHARE = 0.08  # of the characters
# Tables of earnings ("Shr 27 cts vs 39 cts") were called Swedish.
FIGURES = 0.3  # digits a letter, from which a text is a table
LEAD_OF_TABLE = 20.0  # nats
SINGLE = 12  # letters; a shorter single word says little
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
    """As `detect`, with what told it: `script`, `function words`, `langdetect`, `weights`, `stated`, `nothing`.

    `stated` is the hint; `und` comes with `nothing`: names, numbers, codes.
    """
    paragraphs = text.splitlines() if isinstance(text, str) else list(text)
    if (tag := gate.alone(paragraphs)) is not None:
        return tag, "function words"
    sample = _sample(paragraphs)
    letters = sum(map(str.isalpha, sample))
    if letters == 0:
        return UNKNOWN, "nothing"
    if (tag := _by_script(sample, letters)) is not None:
        return tag, "script"
    if (tag := gate.decide(sample)) is not None:
        return tag, "function words"
    return _by_letters(sample, letters, primary(hint))


def _by_letters(sample: str, letters: int, expected: str | None) -> tuple[str, str]:
    """What runs of letters say of a text that neither script nor function words decide, beside what is expected."""
    stated = (expected, "stated") if expected else (UNKNOWN, "nothing")
    if letters < FEW_LETTERS:
        return stated
    found = weights.load().weigh(_MIXED.sub(" ", sample)[:LONG])
    # Xhosa: the nearest language that there are weights of would be named.
    if not _is_text(sample, found) or (expected and expected not in {tag for _, tag in found.nats}):
        return stated
    if letters >= LONG and found.lead < SURE and (tag := _by_walk(sample, found)) is not None:
        return tag, "langdetect"
    best = found.nats[0][1]
    if expected and letters < SHORT and best != expected and _lead(found, over=expected) < HINT:
        return stated
    return _ALIASES.get(best, best), "weights"


def _is_text(sample: str, found: weights.Weighed) -> bool:
    """Whether the sums speak of words of a language, and not of names, tables, codes and keys struck at random."""
    words = _WORD.findall(sample)
    if not found.letters or found.density < THIN or len(_CODE.findall(sample)) > CODE_SHARE * len(sample):
        return False
    if found.lead < LEAD_OF_UNSPEAKABLE and not _can_be_spoken(sample[:LONG]):
        return False
    letters = sum(map(str.isalpha, sample[:LONG]))
    if sum(map(str.isdigit, sample[:LONG])) > FIGURES * letters and found.lead < LEAD_OF_TABLE:
        return False
    named = all(word[0].isupper() for word in words)
    likely = found.lead >= LEAD and found.density >= DENSITY
    if len(words) == 1 and found.letters < SINGLE:
        return not named and likely
    if found.lead >= CLEAR_LEAD and found.density >= CLEAR_DENSITY:
        return True
    return found.common > 0 and found.lead >= LEAD if named else found.known > 0 or likely


def _can_be_spoken(sample: str) -> bool:
    """Whether a text in Latin letters has as many vowels as a language; true of a shorter one, and of other scripts."""
    bare = unicodedata.normalize("NFD", sample.lower())
    vowels, letters = len(_VOWEL.findall(bare)), len(_LATIN.findall(bare))
    return letters < VOWELS_FROM or vowels >= VOWELS * letters


def _lead(found: weights.Weighed, *, over: str) -> float:
    """Nats by which the first language leads the other."""
    return found.nats[0][0] - next(nats for nats, tag in found.nats if tag == over)


def _by_walk(sample: str, found: weights.Weighed) -> str | None:
    """What langdetect says of a long text; None for one in a language that it has no profile of."""
    if not _speaks(found.nats[0][1]):
        return None
    guesses = _guesses(sample)
    return guesses[0][0] if guesses else None


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
        found = len(pattern.findall(sample))
        # A Chinese sign says as much as three letters: names in Latin ones between them make no other language.
        share = 3 * found / (letters + 2 * found) if tag == "zh" else found / letters
        if share > (0.1 if tag == "ja" else 0.5):
            return tag
    return None


def _guesses(sample: str) -> list[tuple[str, float]]:
    """Langdetect's guesses with their probabilities, the best first; the dialects of Chinese as one."""
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    from transforms.language.ngrams import Walker  # noqa: PLC0415 - langdetect is slow to load

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
