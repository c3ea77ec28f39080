"""Records of an export, whatever wrote them, to documents: which column is which.

The one table of guesses is `COLUMNS`; what the user says (`map` of a source) goes before it.
"""

import html as markup
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from backfile.article import Document, Failure, Witness
from backfile.errors import Reason, UnreadableInput
from backfile.readers import limits
from backfile.readers.encoding import decode
from backfile.readers.place import Columns, Place, scrub

# Field → names that columns and keys have for it, the better guess first; case, blanks, "_", "-" and "." do not count.
# Where a name is ambiguous ("source" may be a publisher or an address), the likelier meaning in news exports holds.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "article id", "uid", "uuid", "guid", "doc id", "document id", "item id", "external id"),
        *("artikel id", "artikelnummer", "dokument id", "kennung", "identifiant", "identificador"),
    ),
    "title": (
        *("title", "headline", "article title", "main title", "heading", "subject", "news title"),
        *("titel", "überschrift", "ueberschrift", "schlagzeile", "artikeltitel", "hauptzeile", "betreff"),
        *("titre", "intitulé", "título", "titulo", "titular", "encabezado"),
    ),
    "text": (
        *("text", "body", "full text", "article text", "article body", "content", "main text", "plain text"),
        *("body text", "content text", "clean text", "raw text", "article", "story", "document", "transcript"),
        *("volltext", "inhalt", "artikeltext", "fließtext", "haupttext", "textkörper", "artikel"),
        *("texte", "texte intégral", "contenu", "corps", "corps du texte", "article complet"),
        *("texto", "texto completo", "cuerpo", "contenido", "cuerpo del texto", "noticia"),
    ),
    "html": ("html", "body html", "content html", "article html", "raw html", "html body", "html content"),
    "teaser": (
        *("teaser", "lead", "lede", "description", "summary", "abstract", "excerpt", "standfirst", "subtitle", "intro"),
        *("subheadline", "dek", "vorspann", "anrisstext", "anreißer", "beschreibung", "zusammenfassung", "untertitel"),
        *("chapeau", "chapô", "résumé", "sous titre", "entradilla", "resumen", "descripción", "subtítulo", "bajada"),
    ),
    "author": (
        *("author", "authors", "byline", "creator", "dc creator", "writer", "journalist", "by"),
        *("autor", "autoren", "autorin", "verfasser", "verfasserin", "auteur", "auteurs", "autora", "autores"),
    ),
    "published": (
        *("published", "published at", "publication date", "publish date", "published date", "date published"),
        *("pub date", "date", "datetime", "posted", "posted at", "created at", "created", "timestamp"),
        *("datum", "veröffentlicht", "veröffentlicht am", "veröffentlichungsdatum", "erscheinungsdatum"),
        *("erschienen", "publikationsdatum", "date de publication", "publié", "publié le"),
        *("fecha", "fecha de publicación", "publicado", "fecha publicación", "day", "tag der veröffentlichung"),
    ),
    "updated": (
        *("updated", "updated at", "modified", "modified at", "date modified", "last modified", "update date"),
        *("aktualisiert", "aktualisiert am", "geändert", "änderungsdatum", "mis à jour", "actualizado"),
    ),
    "fetched": (
        *("fetched", "fetched at", "crawled", "crawled at", "crawl date", "date download", "retrieved", "downloaded"),
        *("scraped at", "date crawled", "accessed", "abgerufen", "abgerufen am", "abrufdatum", "récupéré le"),
    ),
    "url": (
        *("url", "link", "canonical url", "article url", "web url", "uri", "permalink", "href", "source url"),
        *("adresse", "internetadresse", "webadresse", "lien", "enlace", "dirección"),
    ),
    "publisher": (
        *("publisher", "publication", "newspaper", "outlet", "source name", "source", "site name", "media", "medium"),
        *("source domain", "domain", "quelle", "zeitung", "herausgeber", "verlag", "publikation", "éditeur", "journal"),
        *("média", "fuente", "medio", "periódico", "diario", "editorial"),
    ),
    "language": ("language", "lang", "language code", "sprache", "langue", "idioma", "lengua"),
    "tag": (
        *("tags", "tag", "keywords", "keyword", "topics", "topic", "categories", "category", "section", "subjects"),
        *("schlagwörter", "schlagworte", "schlagwort", "stichwörter", "stichworte", "rubrik", "ressort", "kategorie"),
        *("thema", "themen", "mots clés", "mots clefs", "étiquettes", "rubrique", "catégorie", "thème"),
        *("etiquetas", "palabras clave", "categoría", "sección", "tema", "temas"),
    ),
}
_TEXTS = ("html", "text", "teaser")
_MANY = {"author", "tag"}  # a list gives a statement each
_STATED = ("title", "author", "published", "updated", "fetched", "url", "publisher", "language", "tag")
_ALIASES = {"authors": "author", "body": "text", "date": "published", "tags": "tag", "key": "id", "lead": "teaser"}

# Keys that hold the record itself, one level down.
_WRAPPERS = {"article", "_source", "data", "item", "doc", "document", "fields", "attributes", "news", "post", "story"}
_WRAPPERS |= {"meta", "metadata", "artikel", "beitrag", "dokument"}
_NAMES_IN_VALUE = ("name", "rendered", "value", "text", "#text", "full_name", "title", "label")

_HTML_BEGINNING = 20_000  # characters of marked-up text that are looked at: scripts come before the first sentence

_HTML_BEGINNING = 20_000  # characters of marked-up text that are looked at: scripts come before the first sentence

_NAME_LENGTH = 80  # characters; what is longer is a sentence

_SEPARATORS = re.compile(r"[\s_.\-]+")
_LIST_SEPARATORS = re.compile(r"[;,|]")
# Marked up is what ends an element or breaks a line; an opening tag alone may be a ticker symbol: "Phillips <P>".
_MARKUP = re.compile(
    r"</(?:p|div|a|span|h[1-6]|ul|ol|li|b|i|em|strong|table|tr|td|blockquote|figure)\s*>|<br\s*/?>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(r"\s*<(?:p|div|h[1-6]|ul|ol|table|blockquote|figure|section|article)(?=[\s/>])", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]{0,1000}>")
_JSON_NESTING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\]]', re.DOTALL)


def folded(name: str) -> str:
    """A column's name as it is compared: `Published_At` and `published at` are one."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFC", name.strip("\ufeff \t\"'")).casefold())


_FIELD_OF = {folded(name): field for field, names in COLUMNS.items() for name in names}
_RANK = {folded(name): rank for names in COLUMNS.values() for rank, name in enumerate(names)}


def recognised(name: str) -> str | None:
    """The field that a column of this name is guessed to hold."""
    return _FIELD_OF.get(folded(name)) if len(name) <= _NAME_LENGTH else None


def parse(raw: bytes) -> object:
    """One JSON value.

    Raises:
        UnreadableInput: it is no JSON, or nested over the limit.
    """
    if _nested_over_limit(raw):
        raise UnreadableInput(Reason.TOO_DEEP, f"nested more than {limits.MAX_JSON_DEPTH} deep")
    try:
        return json.loads(decode(raw), strict=False)
    except json.JSONDecodeError as error:
        raise UnreadableInput(Reason.BAD_RECORD, f"no JSON: {error.msg}, at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits
        raise UnreadableInput(Reason.BAD_RECORD, f"no JSON that can be read ({type(error).__name__})") from error


def document(record: object, place: Place, columns: Columns) -> Document | Failure:
    """The document that a record is, or why it is none."""
    if not isinstance(record, dict):
        return place.failure(Reason.BAD_RECORD, f"not an object but {_kind(record)}")
    entries = _entries(record)
    chosen = _chosen(entries, columns)
    if not any(name in chosen for name in _TEXTS):
        return place.failure(Reason.BAD_RECORD, f"no column with a text among: {_listed(name for name, _ in entries)}")
    html, text = _body(chosen)
    if html is None and text is None:
        column = next(chosen[name][0] for name in ("text", "html", "teaser") if name in chosen)
        return place.failure(Reason.EMPTY, f'the column "{_short(column)}" is empty')
    key = _string(chosen["id"][1]) if "id" in chosen else None
    return place.document(html=html, text=text, key=key or None, witnesses=_statements(chosen))


def is_article(record: object, columns: Columns) -> bool:
    """Whether an object looks like an article: it has a column for a text that holds one."""
    if not isinstance(record, dict):
        return False
    chosen = _chosen(_entries(record), columns)
    return any(_joined(chosen[name][1]) for name in ("text", "html") if name in chosen)


def check(columns: Columns) -> dict[str, str]:
    """The user's columns under the names of fields used here.

    Raises:
        ValueError: a field that does not exist.
    """
    checked = {_ALIASES.get(field, field): column for field, column in columns.items()}
    for field in checked:
        if field not in COLUMNS:
            raise ValueError(f'no field "{field}"; there are: {", ".join(COLUMNS)}')
    return checked


def _entries(record: Mapping[object, object]) -> list[tuple[str, object]]:
    """Names and values; those of an inner record behind the outer ones, as `article.headline`."""
    outer = [(str(name), value) for name, value in record.items()]
    inner = [
        (f"{name}.{key}", value)
        for name, held in outer
        if isinstance(held, dict) and name.lower() in _WRAPPERS
        for key, value in held.items()
    ]
    wrapped = {name.partition(".")[0] for name, _ in inner}
    return [entry for entry in outer if entry[0] not in wrapped] + inner


def _chosen(entries: list[tuple[str, object]], columns: Columns) -> dict[str, tuple[str, object]]:
    """Field → the name and value of the column that holds it: what the user said, else the best filled guess."""
    named = dict(reversed(entries))
    chosen = {field: (column, named[column]) for field, column in columns.items() if column in named}
    taken = set(columns.values())
    ranks: dict[str, tuple[bool, int]] = {}
    for name, value in entries:
        field, place_in_table = _guess(name)
        if field is None or field in columns or name in taken:
            continue
        rank = (not _is_filled(value), place_in_table)
        if field not in chosen or rank < ranks[field]:
            chosen[field], ranks[field] = (name, value), rank
    return chosen


@lru_cache(maxsize=4096)  # the names of a few exports; a million records ask for the same ten
def _guess(name: str) -> tuple[str | None, int]:
    """The field that a column, or the key of an inner record, is guessed to hold, and how good the guess is."""
    for plain in (folded(name), folded(name.partition(".")[2])):
        if plain in _FIELD_OF:
            return _FIELD_OF[plain], _RANK[plain]
    return None, 0


def _is_filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None and value not in ([], {})


def _body(chosen: Mapping[str, tuple[str, object]]) -> tuple[str | None, str | None]:
    """HTML and plain text. A teaser becomes the first paragraph, unless the text begins with it."""
    html, text, teaser = (_joined(chosen[name][1]) if name in chosen else "" for name in _TEXTS)
    if not html and _is_html(text):
        html, text = text, ""
    if teaser and html:
        html = (
            html
            if _begins(_ANY_TAG.sub(" ", html[:_HTML_BEGINNING]), _ANY_TAG.sub(" ", teaser))
            else _as_paragraph(teaser) + html
        )
    if teaser and (text or not html):
        plain = markup.unescape(_ANY_TAG.sub(" ", teaser)) if _is_html(teaser) else teaser
        text = text if _begins(text, plain) else "\n\n".join(part for part in (plain.strip(), text) if part)
    return html or None, text or None


def _begins(text: str, teaser: str) -> bool:
    start = " ".join(markup.unescape(teaser).split()).rstrip("…. ")
    return " ".join(markup.unescape(text[: 4 * len(teaser) + 4000]).split()).startswith(start)


def _as_paragraph(teaser: str) -> str:
    return teaser if _BLOCK_TAG.match(teaser) else f"<p>{markup.escape(teaser, quote=False)}</p>\n"


def _is_html(text: str) -> bool:
    """Whether a text is marked up: it begins with a block, or an element ends or a line is broken in it."""
    return "<" in text and (_BLOCK_TAG.match(text) is not None or _MARKUP.search(text) is not None)


def _statements(chosen: Mapping[str, tuple[str, object]]) -> Iterator[Witness]:
    for field in _STATED:
        if field in chosen:
            column, value = chosen[field]
            values = _several(value, split=field == "tag") if field in _MANY else [_string(value)]
            for each in values:
                if each:
                    yield Witness(field, each, scrub(f"column:{column}"))


def _several(value: object, *, split: bool) -> list[str]:
    if isinstance(value, list):
        return [_string(each) for each in value[: limits.MAX_LISTED]]
    stated = _string(value)
    if not split:
        return [stated]
    return [each.strip() for each in _LIST_SEPARATORS.split(stated, maxsplit=limits.MAX_LISTED)[: limits.MAX_LISTED]]


def _joined(value: object) -> str:
    """A text column's value; a list of paragraphs becomes paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(part for each in value if (part := _string(each)))
    return _string(value)


def _string(value: object) -> str:
    """A value as it is stated; "" for what is none. Of an object the part that names it; of a list the first."""
    if isinstance(value, dict):
        value = next((value[name] for name in _NAMES_IN_VALUE if isinstance(value.get(name), str)), None)
    elif isinstance(value, list):
        return next((stated for each in value if (stated := _string(each))), "") if _is_flat(value) else ""
    if isinstance(value, str):
        return scrub(value) if value.strip() else ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _is_flat(values: Iterable[object]) -> bool:
    return not any(isinstance(value, list) for value in values)


def _nested_over_limit(raw: bytes) -> bool:
    if raw.count(b"{") + raw.count(b"[") <= limits.MAX_JSON_DEPTH:
        return False
    depth = 0
    for match in _JSON_NESTING.finditer(raw):
        token = raw[match.start()]
        depth += (token in b"{[") - (token in b"}]")
        if depth > limits.MAX_JSON_DEPTH:
            return True
    return False


def _kind(value: object) -> str:
    kinds = {str: "a string", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "null")


def _listed(names: Iterable[str]) -> str:
    shown = [_short(name) for name in names]
    return ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "") if shown else "no columns at all"


def _short(name: str) -> str:
    return scrub(" ".join(name.split()))[:40]
