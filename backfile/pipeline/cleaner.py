"""One document through extraction, metadata and rules: the same way for `ingest`, `clean` and cleaning again."""

import hashlib
import json
import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import transforms
from backfile.article import Article, Document, Extraction, Rejection, Witness
from backfile.config import Source
from backfile.errors import Reason, UnreadableInput
from transforms import extract, normalise, pattern, recurring, rule
from transforms.recurring import Where

log = logging.getLogger(__name__)

# Longer keys (some URLs carry whole sessions) are cut and end in a digest. OpenSearch allows 512 bytes for an id.
MAX_KEY = 300  # characters
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Cleaner:
    """The rules of one source, and what its configuration says about all its articles."""

    source: str
    rules: tuple[rule.Rule, ...]
    hints: tuple[Witness, ...]
    disabled: frozenset[str] = frozenset()  # names of rules that are not to run
    spared: Mapping[str, frozenset[str]] = field(default_factory=dict)  # id of an article → the same for it alone
    learned: Mapping[str, Mapping[int, Where]] = field(default_factory=dict)  # site → key of a line → where it goes

    @property
    def fingerprint(self) -> str:
        """What changes when the rules, or what the configuration says, do; learned lines apart, which mark theirs."""
        hints = [[each.field, each.value] for each in self.hints]
        parts = [rule.fingerprint(self.rules), hints, sorted(self.disabled), recurring.VERSION]
        stated = json.dumps(parts)
        return hashlib.sha256(stated.encode()).hexdigest()[:16]

    def article(self, extraction: Extraction, *, id: str, uri: str, site: str = "") -> Article | Rejection:  # noqa: A002
        """The clean article of an extraction of a document of `site`, or the verdict that it is none."""
        article = normalise.begin(extraction, id=id, source=self.source, uri=uri, hints=self.hints)
        if extraction.story:
            article = replace(article, id=f"{id}#{extraction.story}", parent=id)
        return rule.clean(article, self._rules_for(article, site))

    def _rules_for(self, article: Article, site: str) -> Sequence[rule.Rule]:
        rules: Sequence[rule.Rule] = self.rules
        if (lines := self.learned.get(site)) and recurring.NAME not in self.disabled:
            rules = transforms.with_recurring(rules, recurring.rule(lines))
        spared = self.spared.get(article.id, frozenset()) | self.spared.get(article.parent or "", frozenset())
        return [each for each in rules if each.name not in spared] if spared else rules


def cleaner_for(source: Source, *, where: str = "backfile.toml", disabled: Collection[tuple[str, str]] = ()) -> Cleaner:
    """The cleaner of a source, without what was learned; `disabled` are rules by name, each with an article or "".

    Raises:
        ConfigError: one of the source's own rules cannot be used.
    """
    said = (("publisher", source.publisher), ("language", source.language))
    hints = tuple(Witness(name, value, "config") for name, value in said if value)
    own = pattern.declared(source.rules, where=f"{where}: source {source.name}") if source.rules else ()
    off = frozenset(name for name, article in disabled if not article)
    spared: dict[str, frozenset[str]] = {}
    for name, article in disabled:
        if article:
            spared[article] = spared.get(article, frozenset()) | {name}
    rules = tuple(each for each in (*transforms.rules(), *own) if each.name not in off)
    return Cleaner(source.name, rules, hints, off, spared)


def lines_of(document: Document) -> list[Extraction]:
    """The extractions of a document.

    Raises:
        UnreadableInput: nothing can be extracted; a fault of ours becomes one, with the traceback in the log.
    """
    try:
        return extract.extract(document)
    except UnreadableInput:
        raise
    except Exception as error:
        log.exception("extracting %s", document.uri)
        raise UnreadableInput(Reason.OWN_ERROR, f"{type(error).__name__} while extracting; see the log") from error


def together(extractions: Sequence[Extraction]) -> Extraction:
    """The extractions of a document as one: what recurs is counted by documents."""
    whole = extractions[0]
    if len(extractions) > 1:
        whole = replace(whole, lines=tuple(line for each in extractions for line in each.lines))
    return whole


def verdict_on(
    cleaner: Cleaner,
    extraction: Extraction,
    *,
    id: str,  # noqa: A002
    uri: str,
    site: str = "",
) -> Article | Rejection:
    """As `Cleaner.article`, but a fault of ours or of a rule is a rejection with the traceback in the log."""
    try:
        return cleaner.article(extraction, id=id, uri=uri, site=site)
    except Exception:
        log.exception("cleaning %s", uri)
        return Rejection(Reason.OWN_ERROR, 1.0)


def digest(document: Document) -> str:
    """SHA-256 (hex) of all that a reader gave but the place: equal when there is nothing new to clean."""
    total = hashlib.sha256()
    for part in (document.key, document.html, document.text):
        total.update(b"\0" if part is None else b"\1" + part.encode("utf-8", "surrogatepass") + b"\0")
    for each in document.witnesses:
        total.update(f"{each.field}\0{each.value}\0{each.origin}\0".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def key_of(document: Document, extractions: list[Extraction], place: str) -> str:
    """What identifies the document within its source at first sight.

    Its own id, else the canonical URL of its article, else its place: the path relative to the source, and the member.
    """
    said = document.key or (normalise.key_url(extractions[0]) if len(extractions) == 1 else None)
    key = said or (f"{place}#{document.member}" if document.member else place)
    key = _UNPRINTABLE.sub("_", key).strip("_") or "_"
    if len(key) > MAX_KEY:
        key = f"{key[:MAX_KEY]}~{short(key)}"
    return key


def short(text: str) -> str:
    """Eight hex digits that tell two long texts apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def articles_of(document: Document, cleaner: Cleaner, place: str) -> Iterator[Article | Rejection]:
    """The articles of one document, without a store.

    Raises:
        UnreadableInput: nothing can be extracted from it.
    """
    extractions = lines_of(document)
    key = key_of(document, extractions, place)
    for extraction in extractions:
        yield verdict_on(cleaner, extraction, id=f"{cleaner.source}/{key}", uri=document.uri)
