"""Pages that are no articles by what their markup, their address and their tree say: indexes, players, legal pages.

Nothing here reads what a page says in sentences; that is `transforms.notice`. A page whose JSON-LD states an article,
or that states when it was published, is taken at its word.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, unquote

from backfile.article import Article, Rejection
from backfile.errors import Reason
from transforms import shape
from transforms.metadata import urls
from transforms.notice import confidence, count, shown, states_article
from transforms.pattern import linear, plain
from transforms.rule import rule

# Of 401 real articles (2026-11-24) 172 name no article in JSON-LD, and 74 of these have ten headline links or more. The
# longest stretch of running text between two such links is below 100 words on six of them (55, 57, 64, 71, 96, 98).
FEWEST_TEASERS = 10  # headline links of an index
FEWEST_STATED = 6  # the same, where the address or the title says that it is an author's page, a topic's, or a search
MANY_TEASERS = 20
MOST_TEASERS = 40
SHORT_STRETCH = 30  # words of running text without a headline link: a teaser's lead. No real article has so few
LONE_STRETCH = 12  # words of the only one: a site's line about itself; more may be all that a short report has
# Words that an index of the kind may have at most in one stretch: a site's or author's description, a topic's.
LONGEST_STRETCH = {"front-page": 100, "author-page": 120, "tag-page": 70, "search-page": 70, "section-page": 50}
INDEX_SIGNS = 4  # that must agree

MOST_DESCRIPTION = 15  # words of running text beside a player, one sentence; more is a text with a video
MOST_CAPTION = 15  # words of running text beside pictures; captions that are sentences are text
MOST_RUNNING = 4_000  # words of a page that is called an imprint or a privacy policy
LEGAL_SIGNS = 3

_STATED_KINDS = frozenset({"author-page", "tag-page", "search-page"})
_SEARCH_TITLE = (
    r"(?i)(?:such(?:e nach|ergebnisse?(?: für)?)|search(?: results)?(?: for)?|results for|"
    r"résultats (?:pour|de (?:la )?recherche)|resultados (?:de|para)|risultati (?:per|della ricerca)|"
    r"zoekresultaten(?: voor)?|wyniki wyszukiwania)(?::? ?[\"'»«].{1,80}|:.{1,80}|)"
)
_SITE_BEHIND = re.compile(r"\s+[|–—·•-]\s+[^|]{2,60}$")
_LISTING = re.compile(r"collectionpage|searchresultspage|profilepage|itemlist")
_ROOT = re.compile(r"/?(?:(?:index|home|start|startseite|default|homepage)(?:\.\w{2,5})?|[a-z]{2}(?:[-_][a-z]{2})?)?/?")
_KINDS = {
    "search-page": re.compile(
        r"/(?:suche?|search|recherche|buscar|busca|cerca|ricerca|zoeken|szukaj|pesquisa)(?:[/.]|$)"
    ),
    "author-page": re.compile(
        r"/(?:authors?|autor(?:en|in|es|i|zy)?|auteurs?|redakteure?|redaktion|profil[es]?|people|contributors?|by)/[^/]+"
        r"(?:/page/\d+)?/?$"
    ),
    "tag-page": re.compile(
        r"/(?:tags?|thema|themen|topics?|schlagwort(?:e|er)?|stichwort|sujets?|temas?|argomenti|tematy?|onderwerp(?:en)?|"
        r"categor(?:y|ies|ia|ie)|kategorien?|cat[ée]gories?|dossiers?|archive?s?|archiv|archivo|rubriken?)/[^/]+"
        r"(?:/[^/]+)?(?:/page/\d+)?/?$|/(?:archive?s?|archiv)/?$|/(?:19|20)\d\d(?:/\d\d){0,2}/?$|/page/\d+/?$"
    ),
}
_SEARCHED = frozenset({"s", "q", "query", "search", "suche", "suchbegriff", "keyword", "keywords", "k", "searchterm"})
_WORDY = re.compile(r"(?:[^-_]+[-_]){3,}|\d{4,}")  # of a path's last part: an article's headline or number
_PLAYING = re.compile(
    r"/(?:videos?|mediathek|live|livestream|live-tv|tv|watch|podcasts?|audios?|radio|player|vid[ée]os?|clips?)(?:[/.]|$)"
)
_PICTURES = re.compile(
    r"/(?:bildergalerien?|bildergallerie|fotostrecken?|galerien?|galler(?:y|ies)|fotos|photos?|pictures|bilder|"
    r"diaporamas?|fotogaler[ií]as?|fotogaller[yi]a?|galeria)(?:[/.-]|$)"
)
_LEGAL = (
    r"(?i)(?:impressum|imprint|legal notice|datenschutz(?:erklärung|hinweise|bestimmungen|information)?|"
    r"privacy (?:policy|notice|statement)|cookie (?:policy|notice)|cookie-richtlinie|"
    r"(?:allgemeine )?(?:geschäfts|nutzungs)bedingungen|agb|terms (?:of (?:use|service)|and conditions|& conditions)|"
    r"mentions légales|politique de confidentialité|conditions générales(?: d'utilisation)?|aviso legal|"
    r"política de (?:privacidad|privacidade|cookies)|note legali|informativa sulla privacy|privacybeleid|"
    r"privacyverklaring|algemene voorwaarden|polityka prywatności|regulamin|termos (?:de uso|e condições)|"
    r"(?:kontakt|contact|über uns|about us|contact us)(?: und impressum| & impressum)?)"
)
_LEGAL_PATH = re.compile(
    r"/(?:impressum|imprint|legal(?:-notice)?|datenschutz(?:erklaerung|hinweise)?|privacy(?:-policy|-notice)?|agb|"
    r"terms(?:-of-(?:use|service)|-and-conditions)?|nutzungsbedingungen|mentions-legales|confidentialite|aviso-legal|"
    r"politica-de-\w+|note-legali|privacybeleid|algemene-voorwaarden|polityka-prywatnosci|regulamin|cookies?|"
    r"cookie-policy|kontakt|contact(?:-us)?|ueber-uns|uber-uns|about(?:-us)?)(?:\.\w{2,5})?/?$"
)
_LEGAL_WORDS = (
    r"(?i)angaben gemäß § ?5|verantwortlich für den inhalt|inhaltlich verantwortlich|umsatzsteuer-?(?:id|ident)|"
    r"ust\.?-?id|handelsregister|registergericht|§ ?18 (?:abs|mstv)|vertretungsberechtigt|geschäftsführer|"
    r"art\. 6 abs\. 1|dsgvo|personenbezogene[rn]? daten|verantwortliche[r]? stelle|widerspruchsrecht|"
    r"personal (?:data|information)|third[- ]part(?:y|ies)|data controller|registered (?:office|in england)|"
    r"governing law|données personnelles|siège social|directeur de la publication|datos personales|"
    r"responsable del tratamiento|dati personali|titolare del trattamento|persoonsgegevens|kvk|danych osobowych|"
    r"administratorem|dados pessoais|haftungs(?:ausschluss|beschränkung)|urheberrecht|streitbeilegung"
)


@rule("index-page", version=2, kind="boilerplate")
def reject_index_page(article: Article) -> Article | Rejection:
    """Rejects a page of teasers (front, section, topic, author, search); one with a text of its own stays."""
    teasers = count(article, "tree:teasers")
    if teasers < FEWEST_STATED or article.parent is not None or _is_stated(article):
        return article
    kind = _kind(_url(article)) if _url(article) else _searched(article)
    if teasers < FEWEST_TEASERS and kind not in _STATED_KINDS:
        return article
    stretch, second = count(article, "tree:stretch"), count(article, "tree:second")
    if stretch > LONGEST_STRETCH[kind or "section-page"]:
        return article
    signs = {"front-page": 3, "section-page": 1, None: 0}.get(kind, 2) + sum(
        (
            2 * any(_LISTING.fullmatch(each) for each in _said(article, "json-ld")),
            "website" in _said(article, "meta:og:type"),
            2 * (kind == "author-page" and "profile" in _said(article, "meta:og:type")),
            teasers >= MANY_TEASERS,
            teasers >= MOST_TEASERS,
            stretch <= SHORT_STRETCH,
            kind is not None and stretch <= SHORT_STRETCH and (stretch <= LONE_STRETCH or 2 * second >= stretch),
        )
    )
    if signs < INDEX_SIGNS:
        return article
    return Rejection(Reason.NOT_ARTICLE, confidence(signs - 1), what=kind or "section-page")


@rule("media-page", version=1, kind="boilerplate")
def reject_media_page(article: Article) -> Article | Rejection:
    """Rejects a page of a video, a stream, a sound or pictures with a line beside it; one with a text stays."""
    if article.parent is not None or states_article(article) or not article.signs:
        return article
    path = _path(_url(article))
    types = _said(article, "json-ld")
    shown = any(each.startswith(("video", "music")) for each in _said(article, "meta:og:type"))
    signs = 2 * shown + ("videoobject" in types) + bool(_PLAYING.search(path)) + bool(count(article, "tree:player"))
    gallery = 2 * ("imagegallery" in types) + bool(_PICTURES.search(path))
    if signs < 2 and not gallery:
        return article
    running = _running(article)
    if signs >= 2 and running <= MOST_DESCRIPTION:
        return Rejection(Reason.NOT_ARTICLE, confidence(signs - bool(running)), what="video")
    signs = gallery + (running == 0)
    if signs >= 2 and running <= MOST_CAPTION:
        return Rejection(Reason.NOT_ARTICLE, confidence(signs - 1), what="gallery")
    return article


@rule("legal-page", version=2, kind="boilerplate")
def reject_legal_page(article: Article) -> Article | Rejection:
    """Rejects an imprint, a privacy policy, terms or a contact page that is titled so; reports about them stay."""
    if article.parent is not None or states_article(article) or article.authors:
        return article
    titled = linear(_LEGAL).fullmatch(plain(_heading(article)[:120]).strip(" .:|"))
    if not titled:
        return article
    text = plain("\n".join((*(span.text for span in article.body), *shown(article)))[:40_000])
    marks = {match.casefold() for match in linear(_LEGAL_WORDS).findall(text)}
    signs = 1 + bool(_LEGAL_PATH.search(_path(_url(article)))) + min(3, len(marks))
    if signs < LEGAL_SIGNS or shape.words(text) > MOST_RUNNING:
        return article
    return Rejection(Reason.NOT_ARTICLE, confidence(signs - 1), what="legal")


def _is_stated(article: Article) -> bool:
    """Whether the markup says that this is an article, and does not say that it is a list of them."""
    if any(_LISTING.fullmatch(each) for each in _said(article, "json-ld")):
        return _path(_url(article)) not in {"", "/"} and article.provenance.get("published", "").startswith(
            "meta:article"
        )
    stated = article.provenance.get("published", "").startswith(("json-ld", "meta:"))
    return states_article(article) or ("article" in _said(article, "meta:og:type") and not _is_root(article)) or stated


def _said(article: Article, origin: str) -> set[str]:
    return {each.value for each in article.signs if each.origin == origin}


def _is_root(article: Article) -> bool:
    return _kind(_url(article)) == "front-page"


def _kind(url: str | None) -> str | None:
    """What kind of index the address is one of; None when it may be an article's, or there is none."""
    if not url:
        return None
    path = _path(url)
    asked = {name.casefold() for name, value in parse_qsl(urls.split(url).query[:1_000]) if value}
    if asked & _SEARCHED:
        return "search-page"
    if _ROOT.fullmatch(path):
        return "front-page" if not asked else None
    for kind, pattern in _KINDS.items():
        if pattern.search(path):
            return kind
    parts = [part for part in path.split("/") if part]
    short = (
        len(parts) <= 2 and not any(map(_WORDY.search, parts)) and not re.search(r"\.(?:s?html?|php\d?|aspx?)$", path)
    )
    return "section-page" if short and not asked else None


def _searched(article: Article) -> str | None:
    """The kind of a page without an address whose title says that somebody has searched."""
    stated = (each.value for each in article.signs if each.field == "title")
    titles = (_SITE_BEHIND.sub("", plain(each[:200])).strip() for each in (article.title or "", *stated))
    return "search-page" if any(linear(_SEARCH_TITLE).fullmatch(each) for each in titles if each) else None


def _path(url: str | None) -> str:
    return unquote(urls.split(url).path)[:500].casefold() if url else ""


def _url(article: Article) -> str | None:
    """The canonical address; where none can be an article's, the first that the page states."""
    stated = (each.value for each in article.signs if each.field == "url" and each.value.startswith("http"))
    return article.url or next(stated, None)


def _running(article: Article) -> int:
    """Words of running text, of the lines or, where these are fewer, of the blocks that the page shows."""
    blocks = shown(article)
    extracted = _running_of([span.text for span in article.body])
    return min(extracted, _running_of(blocks)) if blocks else extracted


def _running_of(lines: Sequence[str]) -> int:
    sizes = ((shape.words(text), shape.ends_like_a_sentence(text)) for text in lines)
    return sum(words for words, ends in sizes if words >= shape.PROSE_WORDS or (words > 4 and ends))


def _heading(article: Article) -> str:
    """The title, or the first line where there is none."""
    return next(_headings(article), "")


def _headings(article: Article) -> Iterator[str]:
    if article.title:
        yield article.title
    yield from (span.text for span in article.body[:1])
