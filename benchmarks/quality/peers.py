"""The peers: extractors that pip can install, and simple cleaners of text that need none.

A peer of pages makes text of one page; a peer of lines keeps some of a document's lines. Peers that learn from
repetition see the whole set. None sees a label.
"""

import contextlib
import importlib
import io
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from benchmarks.quality.labelled import LabelledSet, Row, site

Extract = Callable[[str], str]  # a page's HTML → the text of its article
Lines = Sequence[str]
FURNITURE_WORDS = 20  # a line with more words is no match of the list of phrases
RECURS = 2  # documents of one site with the same line, from which on the line is furniture

STOPLISTS = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese",
}  # fmt: skip

# A plain list, as people keep one: what is said around articles and seldom in them.
PHRASES = re.compile(
    r"newsletter (?:abonnieren|bestellen)|jetzt abonnieren|jetzt anmelden|mehr zum thema|lesen sie (?:auch|mehr)|"
    r"alle rechte vorbehalten|cookie|datenschutz|impressum|zur startseite|artikel teilen|nach oben|"
    r"(?:sign up|subscribe) (?:to|for|now|today)|our newsletter|read (?:more|also|next)|related (?:articles|stories)|"
    r"all rights reserved|privacy policy|terms of (?:use|service)|share (?:this|on)|follow us|back to top|"
    r"click here|advertisement|image (?:source|credit)|getty images|"
    r"tous droits réservés|lire aussi|abonnez-vous|todos los derechos|leer también|suscríbete|tutti i diritti|"
    r"leggi anche|lees ook|meld je aan|czytaj także|leia também|unsubscribe|abmelden",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Peer:
    """One contestant: `run` gives id → text for a whole set; `needs` is the module that must be installed."""

    name: str
    run: Callable[[LabelledSet, Sequence[tuple[Row, str]]], Iterator[str]]
    needs: str = ""

    @property
    def missing(self) -> bool:
        """Whether its package is not installed, or does not work here."""
        if not self.needs:
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                importlib.import_module(self.needs)
            except Exception:  # noqa: BLE001  # a package may fail at import in any way
                return True
        return False


def of_pages() -> Iterator[Peer]:
    """The extractors of pages."""
    yield _each("trafilatura", "trafilatura", _trafilatura())
    yield _each("trafilatura precision", "trafilatura", _trafilatura(favor_precision=True))
    yield _each("trafilatura fast", "trafilatura", _trafilatura(fast=True))
    yield Peer("trafilatura, recurring lines dropped", _without_recurring(_trafilatura()), "trafilatura")
    yield _each("readability-lxml", "readability", _readability)
    yield _each("newspaper4k", "newspaper", _newspaper)
    yield _each("resiliparse", "resiliparse.extract.html2text", _resiliparse)
    yield Peer("jusText", _justext_pages, "justext")
    yield _each("boilerpy3", "boilerpy3.extractors", _boilerpy)
    yield _each("goose3", "goose3", _goose)


def of_lines() -> Iterator[Peer]:
    """The cleaners of lines. `content` of a document is its lines, joined."""
    yield Peer("a list of phrases", _kept(lambda lines, _: [each for each in lines if not _listed(each)]))
    yield Peer("lines repeated within the domain", _repeated)
    yield Peer("jusText on text", _kept(_justext_lines), "justext")
    yield Peer("C4 line rules", _kept(lambda lines, _: [each for each in lines if _c4(each, quotes='"')]))
    yield Peer(
        "C4 line rules, Unicode quotes",
        _kept(lambda lines, _: [each for each in lines if _c4(each, quotes='"“”„«»’…')]),
    )
    yield Peer("trafilatura, lines as <p>", _kept(_trafilatura_lines), "trafilatura")


def _each(name: str, needs: str, extract: Extract) -> Peer:
    def run(_: LabelledSet, documents: Sequence[tuple[Row, str]]) -> Iterator[str]:
        return (_calm(extract, content) for _, content in documents)

    return Peer(name, run, needs)


def _kept(keep: Callable[[Lines, Row], Iterable[str]]) -> Callable[[Any, Sequence[tuple[Row, str]]], Iterator[str]]:
    def run(_: LabelledSet, documents: Sequence[tuple[Row, str]]) -> Iterator[str]:
        return (_calm(lambda row: "\n".join(keep(row["lines"], row)), row) for row, _ in documents)

    return run


def _calm(work: Callable[[Any], str], given: object) -> str:
    """What a peer makes of a document; "" when it fails, as those who use it would see. Its talk is not ours."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            return work(given) or ""
        except Exception:  # noqa: BLE001  # a peer may fail in any way; the page counts as empty
            return ""


def _trafilatura(**options: bool) -> Extract:
    def extract(html: str) -> str:
        trafilatura = importlib.import_module("trafilatura")
        return trafilatura.extract(html, include_comments=False, **options) or ""

    return extract


def _without_recurring(extract: Extract) -> Callable[[LabelledSet, Sequence[tuple[Row, str]]], Iterator[str]]:
    """The extractor's lines but those that stand on two or more pages of one site."""

    def run(_: LabelledSet, documents: Sequence[tuple[Row, str]]) -> Iterator[str]:
        texts = [_calm(extract, content).split("\n") for _, content in documents]
        yield from _unique([row for row, _ in documents], texts)

    return run


def _repeated(_: LabelledSet, documents: Sequence[tuple[Row, str]]) -> Iterator[str]:
    yield from _unique([row for row, _ in documents], [row["lines"] for row, _ in documents])


def _unique(rows: Sequence[Row], texts: Sequence[Lines]) -> Iterator[str]:
    seen: dict[str, Counter[str]] = {}
    for row, lines in zip(rows, texts, strict=True):
        seen.setdefault(site(row), Counter()).update({each.strip() for each in lines})
    for row, lines in zip(rows, texts, strict=True):
        yield "\n".join(each for each in lines if seen[site(row)][each.strip()] < RECURS)


def _readability(html: str) -> str:
    document = importlib.import_module("readability").Document(html)
    return _text_of(document.summary())


def _text_of(html: str) -> str:
    """The words of a piece of HTML, each block on a line of its own."""
    tree = importlib.import_module("lxml.html").fromstring(html)
    for each in tree.iter("p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "blockquote", "pre"):
        each.tail = "\n" + (each.tail or "")
    return str(tree.text_content())


def _newspaper(html: str) -> str:
    article = importlib.import_module("newspaper").Article("http://localhost/", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return str(article.text)


def _resiliparse(html: str) -> str:
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return str(extract(html, main_content=True, alt_texts=False))


def _boilerpy(html: str) -> str:
    extractor = importlib.import_module("boilerpy3.extractors").ArticleExtractor(raise_on_failure=False)
    return str(extractor.get_content(html))


def _goose(html: str) -> str:
    with importlib.import_module("goose3").Goose({"enable_image_fetching": False}) as goose:
        return str(goose.extract(raw_html=html).cleaned_text)


def _justext_pages(_: LabelledSet, documents: Sequence[tuple[Row, str]]) -> Iterator[str]:
    for row, content in documents:
        language = row.get("lang") or ""
        yield _calm(lambda html, spoken=language: "\n".join(_justext(html, spoken)), content)  # type: ignore[misc]


def _justext(html: str, language: str) -> list[str]:
    """The paragraphs that jusText calls good, with the language's stop words, or without any."""
    justext = importlib.import_module("justext")
    if stoplist := STOPLISTS.get(language):
        paragraphs = justext.justext(html, justext.get_stoplist(stoplist))
    else:
        paragraphs = justext.justext(html, frozenset(), stopwords_low=0, stopwords_high=0)
    return [each.text for each in paragraphs if not each.is_boilerplate]


def _justext_lines(lines: Lines, row: Row) -> list[str]:
    return _justext(_as_page(lines), row.get("lang") or "")


def _trafilatura_lines(lines: Lines, _: Row) -> list[str]:
    return _trafilatura()(_as_page(lines)).split("\n")


def _as_page(lines: Lines) -> str:
    return f"<html><body>{''.join(f'<p>{escape(each)}</p>' for each in lines)}</body></html>"


def _listed(line: str) -> bool:
    return PHRASES.search(line) is not None and len(line.split()) <= FURNITURE_WORDS


def _c4(line: str, *, quotes: str) -> bool:
    """Whether C4 would keep the line: it ends in a sentence's sign, has three words or more, and no `javascript`."""
    line = line.strip()
    return line.endswith((*".!?", *quotes)) and len(line.split()) >= 3 and "javascript" not in line.lower()
