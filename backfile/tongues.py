"""The tags of languages that a user may state."""

from backfile.errors import WrongUse

_CODES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv
    ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne
    ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st
    su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    ast ceb fil gsw hsb dsb ckb nds sco und
    """.split()  # noqa: SIM905 - a list of 190 strings is no easier to read
)  # ISO 639-1, and what has news without a code of two letters
_NAMES = {
    "deutsch": "de", "german": "de", "englisch": "en", "english": "en", "français": "fr", "francais": "fr",
    "french": "fr", "französisch": "fr", "español": "es", "spanish": "es", "spanisch": "es", "italiano": "it",
    "italian": "it", "italienisch": "it", "nederlands": "nl", "dutch": "nl", "polski": "pl", "polish": "pl",
    "português": "pt", "portuguese": "pt", "ger": "de", "deu": "de", "eng": "en", "fra": "fr", "spa": "es", "ita": "it",
}  # fmt: skip
_LONGEST = 35  # characters of a tag; RFC 5646 asks programs for no more


def checked(stated: str) -> str:
    """The tag as it was stated, if its primary part is a known one (`de`, `de-AT`, `zh_CN`).

    Raises:
        WrongUse: it is none; names what is allowed, and the tag if a language's name was given.
    """
    primary = stated.strip().casefold().replace("_", "-").partition("-")[0]
    if primary in _CODES and len(stated) <= _LONGEST:
        return stated
    meant = _NAMES.get(primary)
    hint = f"; for {stated[:_LONGEST]} it is {meant}" if meant else ""
    raise WrongUse(
        f"{stated[:_LONGEST]!r} is no tag of a language: allowed is ISO 639, such as de, en, fr or de-AT{hint}"
    )
