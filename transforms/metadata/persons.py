"""What a person's name looks like, and how it is written: without degrees, with capitals as in running text."""

import re

from transforms.metadata import agencies, byline_words
from transforms.metadata.byline_words import NOISE, PARTICLES

LONGEST_UNCASED = 40  # characters of a name in a script without capitals
LONGEST_HAN = 6  # characters of a name in Han or kana without a blank; 林真理子 has four, 小笠原満男 five
MOST_WORDS = 6  # of a person's name: "Karl-Theodor von und zu Guttenberg" has five

_SIGNS = re.compile(r"[<>{}_@#?!:+=%*\\^~\[\]$€]|\.\.")
_ARTICLES = frozenset(
    {"the", "of", "und", "das", "les", "los", "las", "het", "der", "die", "zur", "zum", "für", "bei"}
)  # no name begins so
_UNCASED = re.compile(
    "[\u0530-\u058f\u0590-\u05ff\u0600-\u06ff\u0900-\u0dff\u0e00-\u0fff\u10a0-\u10ff\u1200-\u137f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ROMAN = re.compile(r"^(?:I{2,3}|IV|VI{0,3}|IX|X)$")
_INITIALS = re.compile(r"^(?:[^\W\d_]\.-?){1,4}[^\W\d_]?\.?$")
_CERTIFIED = re.compile(r"(?<=[a-z]),?\s+(?-i:[B-DF-HJ-NP-TV-XZ]{2,5})$")  # Jane Doe CPP, PSP
_ENDINGS = frozenset(
    ["com", "net", "org", "info", "blog", "news", "online", "site", "shop", "media", "press", "eu"]
)  # of hosts, behind a full stop
_MAC = frozenset(
    {"donald", "leod", "gregor", "arthur", "intyre", "farlane", "dougall", "neil", "lean", "millan", "pherson"}
)


def person(text: str, *, stated: bool = False) -> str | None:
    """The person's name that `text` is, without degrees and with capitals as in running text; None when it is none.

    >>> person("DR. JOHN MCDONALD"), person("Staff Writer")
    ('John McDonald', None)
    """
    name = byline_words.DEGREE.sub("", text.strip(" ,:;-–—'\"*„“”«»·")).strip()
    while (shorter := byline_words.DEGREE_BEHIND.sub("", _CERTIFIED.sub("", name)).strip()) != name:
        if " " not in shorter and "," not in name:
            break  # JANE MA
        name = shorter
    if not byline_words.GENERATION.match(name.rpartition(" ")[2]) and not _INITIALS.match(name.rpartition(" ")[2]):
        name = name.strip(" .")
    name = _undoubled(re.sub(r"\s+", " ", re.sub(r"[\"“”„«»][^\"“”„«»]{1,20}[\"“”„«»]", lambda m: m[0], name)))
    words = name.split()
    if not words or len(words) > MOST_WORDS or _is_noise(name, words, stated=stated):
        return None
    if _UNCASED.search(name):
        return _uncased(name)
    if stated and name.islower():
        words = _raised(words)
        name = " ".join(words)
    if len(words) == 1:
        return _single(name) if stated else None
    plain = words[:-1] if byline_words.GENERATION.match(words[-1]) else words
    if not all(_is_name_word(word, first=number == 0) for number, word in enumerate(plain)):
        return None
    if sum(len(word.strip(".")) > 1 for word in words) == 0:
        return None
    return _recased_name(name, words)


def _single(name: str) -> str | None:
    """A name of one word, which only a field for authors can make a person's; user names are none."""
    if name.isalpha() and name.islower():
        return name if len(name) > 3 else None  # a pen name
    if len(name) > 2 and re.sub(r"['’-]", "", name).isalpha() and name[0].isupper():
        return _recased(name, first=True, behind="") if name.isupper() and len(name) > 4 else name
    return of_user_name(name)


def of_user_name(name: str) -> str | None:
    """`robert.stitz` as a name; None for any other user name."""
    match = re.fullmatch(r"([a-zà-ÿ]{3,15})\.([a-zà-ÿ]{3,20})", name.partition("@")[0])
    if match is None or not NOISE.isdisjoint(match.groups()) or match[2] in _ENDINGS:
        return None
    return f"{match[1].capitalize()} {match[2].capitalize()}"


def _uncased(name: str) -> str | None:
    """A name in a script without capitals: short, and neither an outlet's nor an office."""
    name = byline_words.OFFICE_CJK.sub("", name).strip(" :：")
    if len(name) < 2 or len(name) > LONGEST_UNCASED or byline_words.OUTLET_CJK.search(name):
        return None
    longest = LONGEST_UNCASED if re.search("[・·\u30a0-\u30ff ]", name) else LONGEST_HAN
    return None if _HAN.search(name) and len(name) > longest else name


def _is_noise(name: str, words: list[str], *, stated: bool) -> bool:
    """Whether something in it is in no person's name: figures, signs, words of trades, navigation and organisations."""
    folded = [word.casefold().strip(".,'’()") for word in words]
    if any(character.isdigit() for character in name) or _SIGNS.search(name):
        return True
    surname = stated and len(words) > 1 and folded[-1] in byline_words.ALSO_SURNAMES
    if not NOISE.isdisjoint(folded[:-1] if surname else folded):
        return True
    if any(_is_compound_noise(word) for word in words if "-" in word):
        return True
    if any(len(word) > 4 and byline_words.TRADE.fullmatch(word) for word in (folded[:-1] if surname else folded)):
        return True
    if byline_words.BEFORE_TRADE.issuperset(folded):  # what is left of "our special correspondent"
        return True
    return folded[0] in _ARTICLES or (
        len(words) > 1 and folded[-1] in PARTICLES - {"i", "l", "d", "san", "ben", "do", "le"}
    )


def _is_compound_noise(word: str) -> bool:
    """`Online-Team`, `ARD-Studio`."""
    parts = re.split("[-–]", word)
    return not NOISE.isdisjoint(part.casefold() for part in parts) or any(
        len(part) > 2 and part.isupper() and agencies.is_one(part) for part in parts if not word.isupper()
    )


def _is_name_word(word: str, *, first: bool) -> bool:
    bare = word.strip(".,'’\"“”„«»()")
    if not bare:
        return False
    if word in {"'t", "’t", "‘t"}:
        return True
    if bare.casefold() in PARTICLES and (not first or bare[0].islower()):
        return True
    core = re.sub(
        r"^(?:[dlDLO]['’`]|(?:al|el|an|ar|as|ash|at|az|ben|ibn|bin|abu|van|von|de|de’|dell|dall|nic|mac|ó|o)[-'’])",
        "",
        bare,
    )
    return bool(core) and (core[0].isupper() or core[0] == "ʻ") and all(c.isalpha() or _is_mark(c) for c in core)


def _is_mark(character: str) -> bool:
    """Whether the character may stand within a name's word besides letters."""
    return character in "-'’.`‐‑·ʻʼ‘" or "\u0300" <= character <= "\u036f"


def _undoubled(name: str) -> str:
    """`Jane Doe Jane Doe`, a picture's text and the name below it, as one."""
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half > 1 and len(words) % 2 == 0 and words[:half] == words[half:] else name


def _raised(words: list[str]) -> list[str]:
    """A name in small letters as names are written; what is no word of letters stays."""
    if len(words) < 2 or not all(re.sub(r"[-'’.]", "", word).isalpha() for word in words):
        return words
    return [
        word if word in PARTICLES and at > 0 else _recased(word.upper(), first=at == 0, behind="")
        for at, word in enumerate(words)
    ]


def _recased_name(name: str, words: list[str]) -> str:
    """The name with capitals as in running text, where it has others: DOE, Jane DOE."""
    if name.isupper() and (len(name) > 4 or not all(_INITIALS.match(word) for word in words)):
        return " ".join(
            _recased(word, first=at == 0, behind=words[at - 1] if at else "") for at, word in enumerate(words)
        )
    if not any(len(word) > 2 and word.isupper() for word in words):
        return re.sub(r"\b(Van|Von|Der)\b(?=\s\S)", lambda m: m[0], name)
    return " ".join(
        _recased(word, first=at == 0, behind="") if _is_shouted(word) else word for at, word in enumerate(words)
    )


def _is_shouted(word: str) -> bool:
    """Whether a word among others in small letters stands in capitals: MCCARTHY, DUPONT; but neither JRR nor III."""
    bare = re.sub(r"^Mc(?=[^\W\d_]{3})", "MC", word)
    letters = re.sub(r"[\W\d_]", "", bare)
    return (
        len(letters) > 2
        and letters.isupper()
        and not _ROMAN.match(letters)
        and bool(re.search(r"[AEIOUYÀ-Ýa-я]", letters))
    )


def _recased(word: str, *, first: bool, behind: str) -> str:
    """A word of a name in capitals as in running text: MCDONALD-O'NEIL → McDonald-O'Neil."""
    folded = word.casefold().strip(".,")
    small = PARTICLES - {"la", "le", "los", "las", "les", "el", "di", "della", "dello", "san", "ben", "do"}
    if not first and (folded in small or (folded in {"la", "los", "las"} and behind.casefold() in {"de", "von"})):
        return word.casefold()
    if _ROMAN.match(word) or _INITIALS.match(word):
        return word
    text = re.sub(r"[^\W\d_]+", lambda match: match[0][0] + match[0][1:].lower().replace("i̇", "i"), word)
    text = re.sub(r"\bMc(\w)", lambda match: f"Mc{match[1].upper()}", text)
    text = re.sub(r"\bMac(\w+)", lambda m: f"Mac{m[1].capitalize()}" if m[1] in _MAC else m[0], text)
    text = re.sub(r"^(?:Al|El)-(?=\w)", lambda match: match[0].lower(), text) if not first else text
    return re.sub(r"^D(?=['’])", "d" if not first else "D", text)
