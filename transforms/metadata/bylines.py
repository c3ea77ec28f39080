"""Who wrote it: persons apart from agencies, and neither from the noise around them."""

import html
import re
from collections.abc import Iterable, Iterator

LONGEST_BYLINE = 400  # characters that are looked at; longer ones are biographies
LONGEST_UNCASED = 40  # characters of a name in a script without capitals
MOST_WORDS = 6  # of a person's name: "Karl-Theodor von und zu Guttenberg" has five

_AGENCIES_TEXT = """
dpa afp ap reuters apa sda ats keystone-sda epd kna sid dapd ddp dts dts-nachrichtenagentur ansa efe tass itar-tass
interfax xinhua kyodo bloomberg upi pa belga anp ritzau ntb tt stt lusa pap ctk čtk mti ukrinform unian anadolu aa
ptc pti ani ians aap bernama yonhap jiji cnn bbc dw srf zdf ard ndr wdr br swr mdr rbb orf npr pbs abc nbc cbs rnd
adnkronos agi agerpres bta hina tanjug anf rtr spa
"""
_AGENCIES = frozenset(_AGENCIES_TEXT.split())
_AGENCY_NAMES = frozenset(
    (
        "associated press", "the associated press", "agence france-presse", "agence france presse",
        "deutsche presse-agentur",
        "austria presse agentur", "press association", "pa media", "canadian press", "the canadian press",
        "europa press", "europe press", "thomson reuters", "dow jones", "dow jones newswires", "deutsche welle",
        "associated press/ap", "keystone-sda", "press trust of india", "australian associated press", "tt nyhetsbyrån",
        "redaktionsnetzwerk deutschland", "russian news agency tass", "rio novosti", "ria novosti",
        "bloomberg news", "reuters staff", "ap news", "ritzau bureau", "la presse canadienne", "ukrinform",
    )
)  # fmt: skip
_NOISE_WORDS_TEXT = """
redaktion redaktionell onlineredaktion online-redaktion redazione redacción redaccion rédaction redactie redakcja
редакція редакция staff editorial board desk newsroom team news press presse nachrichten agentur agency agencies
agenturen agencias agences wire service services correspondent correspondents reporter reporters writer writers
editor editors contributor contributors admin administrator author authors autor autoren autorin unknown anonymous
guest gast gastautor gastbeitrag newsdesk media medien magazine magazin zeitung newspaper online web website digital
network redakteur redakteurin korrespondent korrespondentin reporterin journalist journalistin kommentar leserbrief
webdesk bureau chief presenter columnist producer photographer photo photos foto fotos bild bilder video audio
illustration pressemitteilung leitung ressort ressortleiter ressortleiterin chefredakteur chefredakteurin volontär
volontärin politics sport sports business culture science technology international national local world today times
post university institute institut foundation stiftung gmbh inc ltd llc company group verlag store shop newsletter
login member profile profil posts post articles artikel artikelübersicht alle alles all more mehr show view zur zum
weitere inhalte posted home center centre clinic department departement ministerium ministry forschung abteilung
feuerwehr verein verband amt behörde club community customer success quelle source contact kontakt impressum
gesponserte sponsored anzeige copyright lexikon blog webseite site startseite archiv archive facebook twitter
instagram linkedin youtube follow minutes minuten read lesezeit updated aktualisiert published
"""
_NOISE_WORDS = frozenset(_NOISE_WORDS_TEXT.split())
_PARTICLES_TEXT = """
von van vom zu zum zur und de del della dello di da dal das do dos du la le les los el al af av den der dem ter ten
te ibn bin bint abu 't op y i e of the
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_DEGREES = re.compile(
    r"^(?:(?:dr|prof|mr|mrs|ms|miss|sir|ing|dipl|mag|univ|med|phil|habil|rer|nat|jur|herr|frau|h\.c|pd)\.?[\s-]+)+",
    re.IGNORECASE,
)
_DEGREE_BEHIND = re.compile(r",?\s+(?:ph\.?d|m\.?d|m\.?a|b\.?a|mba|esq|llm|msc|bsc)\.?$", re.IGNORECASE)
_GENERATION = re.compile(r"^(?:jr|sr|jun|sen|i{2,3}|iv)\.?$", re.IGNORECASE)
_LEAD = re.compile(
    r"""^(?:
        (?:ein(?:e)?\s+)?(?:gastbeitrag|kommentar|interview|essay|analyse|reportage|bericht|kolumne|gespräch)\s+von
      | (?:das\s+)?(?:interview|gespräch)\s+führten?
      | (?:aufgezeichnet|geschrieben|verfasst|erstellt|protokoll|fotos?\s+und\s+text|text\s+und\s+fotos?)\s*(?:von|:)
      | propos\s+recueillis\s+par | entretien\s+avec | écrit\s+par | publié\s+par
      | (?:written|reported|posted|published|story|words|analysis|opinion|review|text|interview|report)\s+by
      | (?:text|interview|autor(?:in|en)?|authors?|autore|autorzy|auteurs?|redaktion|words|story|report|bericht|tekst|
          texte|texto|testo|protokoll|автор)\s*:
      | von | by | par | por | di | door | av | af | od
    )(?:\s+|(?<=:))""",
    re.IGNORECASE | re.VERBOSE,
)
_OTHER_WORK = re.compile(
    r"(?<!\w)(?:fotos?|photos?|bild(?:er)?|illustration(?:en)?|grafik(?:en)?|video|kamera|montage|photograph(?:s|y)?|zdjęcia|"
    r"images?|infografik|redaktion|editing)(?:\s+by\b|\s+von\b|\s*:)",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|/•·&\n]|,|\s-\s|\s[–—]\s|\s(?:and|und(?!\szu\s)|sowie|et|och|og|mit|with|avec|con|für|for|i|and/or)\s|(?<=\w\w)\s(?:y|e)\s(?=\w\w))\s*"
)
_JOB = re.compile(
    r"^(?:(?:unser\w*|our|notre|nuestr\w*)\s+)?(?:[\w-]+\s+){0,2}?[\w-]*"
    r"(?:korrespondent|korrespondentin|correspondent|redakteur|redakteurin|reporter|reporterin|editor|"
    r"mitarbeiter|mitarbeiterin|journalist|journalistin|writer|corresponsal|enviado|volontär|volontärin)(?:en|in|s)?\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_DATE_BEHIND = re.compile(
    r"[\s,|·•–-]+(?:(?:am|on|le|el|il|den|vom|veröffentlicht|published|updated|posted|aktualisiert)\s+)*"
    r"(?:\w{2,10},?\s+)?\d{1,2}\.?[\s./].*$",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(
    r"\S+@\S+\.\S+|https?://\S+|www\.\S+|\S+\.(?:com|de|net|org|at|ch|co\.uk|fr|es|it|info)\b\S*|(?<!\w)@\w+",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"[(\[]([^()\[\]]{0,80})[)\]]")
_SIGNS = re.compile(r"[<>{}_@#?!:+=%*]|\.\.")
_NO_BEGINNING = frozenset({"the", "of", "und", "der", "das"})
_UNCASED = re.compile(r"[\u0600-\u06ff\u0590-\u05ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def split(byline: str, *, stated: bool = False, outlets: Iterable[str] = ()) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The persons and the agencies (or outlets) that a byline names, each in order and once.

    `stated` says that the byline comes from a field for authors (JSON-LD, a column), so that a single word may be a
    person. `outlets` are names that are known to be no person's: the publisher's, the site's; they are left out, too.
    What is neither, such as job titles, places, "Redaktion", photographers, addresses, is left out.

    >>> split("Von Max Mustermann und Erika Musterfrau (dpa)")
    (('Max Mustermann', 'Erika Musterfrau'), ('dpa',))
    """
    text = _tidy(byline)
    persons: list[str] = []
    agencies: list[str] = []
    aside = [part.strip() for part in _PARENTHESIS.findall(text)]
    text = _PARENTHESIS.sub(" ", text)
    bare = _ADDRESS.sub(" ", text).strip()
    if not bare and aside:  # jane.doe@example.com (Jane Doe), the form of an author in RSS
        bare, aside = ", ".join(aside), []
    known = {outlet.casefold() for outlet in outlets}
    for part in _parts(_own_work(bare)):
        if part.casefold() in known:
            continue
        if _is_agency(part):
            agencies.append(_agency(part))
        elif (name := person(part, stated=stated)) is not None:
            persons.append(name)
        else:
            agencies.extend(_agencies_within(part))
    for part in aside:
        agencies.extend(_agency(each) for each in re.split(r"\s*[,/;&]\s*", part) if _is_agency(each))
    return _once(persons), _once(agencies)


def split_all(
    bylines: Iterable[str], *, stated: bool = False, outlets: Iterable[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """As `split`, for several bylines of one article."""
    outlets = tuple(outlets)
    found = [split(byline, stated=stated, outlets=outlets) for byline in bylines]
    return _once(name for persons, _ in found for name in persons), _once(name for _, names in found for name in names)


def person(text: str, *, stated: bool = False) -> str | None:
    """The person's name that `text` is, without degrees and with capitals as in running text; None when it is none."""
    name = _DEGREE_BEHIND.sub("", _DEGREES.sub("", text.strip(" ,:;-–—'\"*"))).strip()
    if not _GENERATION.match(name.rpartition(" ")[2]):
        name = name.strip(" .")
    words = name.split()
    if not words or len(words) > MOST_WORDS or _is_noise(name, words):
        return None
    if _UNCASED.search(name):
        return name if len(name) <= LONGEST_UNCASED else None
    if len(words) == 1:
        return name if stated and len(name) > 2 and name.replace("-", "").isalpha() else None
    if not all(_is_name_word(word, first=number == 0) for number, word in enumerate(words)):
        return None
    if name.isupper() and len(name) > 4:
        return " ".join(_recased(word, first=number == 0) for number, word in enumerate(words))
    return name


def _is_noise(name: str, words: list[str]) -> bool:
    """Whether something in it is in no person's name: figures, signs, words of trades, navigation and organisations."""
    folded = [word.casefold().strip(".,'’") for word in words]
    if any(character.isdigit() for character in name) or not _NOISE_WORDS.isdisjoint(folded) or _SIGNS.search(name):
        return True
    return folded[0] in _NO_BEGINNING or (len(words) > 1 and folded[-1] in _PARTICLES - {"i"})


def _tidy(byline: str) -> str:
    text = html.unescape(byline[:LONGEST_BYLINE])
    text = _DATE_BEHIND.sub("", text)
    return re.sub(r"[^\S\n]+", " ", re.sub(r"<[^<>]{0,200}>", " ", text)).strip()


def _own_work(text: str) -> str:
    """The byline without who made the photographs, and without the words that lead in."""
    match = _OTHER_WORK.search(text)
    if match and match.start() > 0:
        text = text[: match.start()].rstrip(" ,;|/")
    while (shorter := _LEAD.sub("", text, count=1).strip()) != text and shorter:
        text = shorter
    return text


def _parts(text: str) -> Iterator[str]:
    """The names as they stand apart; "King Jr." and "Jr." stay with the name before them."""
    held = ""
    for piece in _SPLIT.split(text):
        part = _LEAD.sub("", piece.strip(), count=1).strip() or piece.strip()
        if not part:
            continue
        if held and _GENERATION.match(part):
            held = f"{held} {part}"
            continue
        if held:
            yield held
        held = _JOB.sub("", part, count=1)
    if held:
        yield held


def _is_agency(text: str) -> bool:
    folded = text.strip(" .").casefold()
    return folded in _AGENCY_NAMES or (folded in _AGENCIES and (len(folded) > 3 or text.isupper() or text.islower()))


def _agency(text: str) -> str:
    return text.strip(" .")


def _agencies_within(text: str) -> Iterator[str]:
    """Agencies within a part that is no person: "AP Staff", "mit Material von dpa", "Reuters News Agency"."""
    for word in text.split():
        if _is_agency(word) and (
            word.isupper() or word.islower() or word.casefold() in {"reuters", "bloomberg", "tass"}
        ):
            yield _agency(word)


def _is_name_word(word: str, *, first: bool) -> bool:
    bare = word.strip(".,'’\"“”„")
    if not bare:
        return False
    if bare.casefold() in _PARTICLES and not first:
        return True
    if first and bare.casefold() in _PARTICLES and bare[0].islower():
        return True
    core = re.sub(r"^(?:[dlDLO]['’`]|al-|el-)", "", bare)
    return bool(core) and core[0].isupper() and all(c.isalpha() or _is_mark(c) for c in core)


def _is_mark(character: str) -> bool:
    """Whether the character may stand within a name's word besides letters."""
    return character in "-'’.`‐‑·" or "\u0300" <= character <= "\u036f"


def _recased(word: str, *, first: bool) -> str:
    """A word of a name in capitals as in running text: MCDONALD-O'NEIL → McDonald-O'Neil."""
    if not first and word.casefold() in _PARTICLES:
        return word.casefold()
    if len(word) <= 2 and word.endswith("."):
        return word
    text = re.sub(r"[^\W\d_]+", lambda match: match[0][0] + match[0][1:].lower(), word)
    return re.sub(r"\bMc([a-z])", lambda match: f"Mc{match[1].upper()}", text)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, letter case aside."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())
