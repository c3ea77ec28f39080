"""One document through extraction, metadata and rules: the same way for `ingest`, `clean` and cleaning again."""

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import transforms
from backfile.article import Article, Document, Extraction, Rejection, Witness
from backfile.config import Source
from backfile.errors import Reason, UnreadableInput
from transforms import extract, normalise, notice, pattern, rule

log = logging.getLogger(__name__)

# Longer keys (some URLs carry whole sessions) are cut and end in a digest. OpenSearch allows 512 bytes for an id.
MAX_KEY = 300  # characters
MOST_TOLD = 500  # characters of a line that `status --problems` prints
_LIKE_A_STORY = re.compile(r"#[0-9a-f]{8}\Z")  # how the ids of a digest's stories end, and no document's
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Cleaner:
    """The rules of one source, and what its configuration says about all its articles."""

    source: str
    rules: tuple[rule.Rule, ...]
    hints: tuple[Witness, ...]
    keep: bool = False  # whether what is no article becomes one all the same, with the verdict in its provenance

    @property
    def fingerprint(self) -> str:
        """What changes when the rules, or what the configuration says, do."""
        rules = rule.fingerprint((*self.rules, notice.reject_digest_rest))
        stated = json.dumps([rules, [[each.field, each.value] for each in self.hints], *(["keep"] * self.keep)])
        return hashlib.sha256(stated.encode()).hexdigest()[:16]

    def article(self, extraction: Extraction, *, id: str, uri: str) -> Article | Rejection:  # noqa: A002
        """The clean article of an extraction, or the verdict that it is none."""
        article = normalise.begin(extraction, id=id, source=self.source, uri=uri, hints=self.hints)
        if extraction.story:
            named = next(extraction.said("story"), None)
            article = replace(article, id=f"{id}#{named.value if named else extraction.story}", parent=id)
        of_digest = extraction.story or any(extraction.said("stories"))
        rules = (*self.rules, notice.reject_digest_rest) if of_digest else self.rules
        verdict = rule.clean(article, rules)
        return self._kept(article, verdict, rules) if self.keep and isinstance(verdict, Rejection) else verdict

    def _kept(
        self, article: Article, verdict: Article | Rejection, rules: tuple[rule.Rule, ...]
    ) -> Article | Rejection:
        """The article without the rules that say it is none; the first one's verdict stands in its provenance.

        What has no text at all stays rejected, and so does what is left of a digest beside its stories.
        """
        said = ""
        while isinstance(verdict, Rejection) and verdict.reason == Reason.NOT_ARTICLE:
            if verdict.rule == notice.reject_digest_rest.id:
                return verdict
            said = said or verdict.detail
            rules = tuple(each for each in rules if each.id != verdict.rule)
            verdict = rule.clean(article, rules)
        if isinstance(verdict, Rejection):
            return verdict
        return replace(verdict, provenance={**verdict.provenance, "not_article": said})


def cleaner_for(source: Source, *, where: str = "backfile.toml") -> Cleaner:
    """The cleaner of a source.

    Raises:
        ConfigError: one of the source's own rules cannot be used.
    """
    said = (("publisher", source.publisher), ("language", source.language))
    hints = tuple(Witness(name, value, "config") for name, value in said if value)
    own = pattern.declared(source.rules, where=f"{where}: source {source.name}") if source.rules else ()
    return Cleaner(source.name, (*transforms.rules(), *own), hints, keep=source.not_articles == "keep")


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


def verdict_on(cleaner: Cleaner, extraction: Extraction, *, id: str, uri: str) -> Article | Rejection:  # noqa: A002
    """As `Cleaner.article`, but a fault of ours or of a rule is a rejection with the traceback in the log."""
    try:
        return cleaner.article(extraction, id=id, uri=uri)
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


def left_out(document: Document) -> str:
    """What of a document was not read, as one line for people: the attachments of a mail; "" when nothing."""
    names = [each.value for each in document.witnesses if each.field == "attachment"]
    return f"attachments not read: {', '.join(names)}"[:MOST_TOLD] if names else ""


def key_of(document: Document, extractions: list[Extraction], place: str) -> str:
    """What identifies the document within its source at first sight.

    Its own id, else the canonical URL of its article, else its place: the path relative to the source, and the member.
    """
    said = document.key or (normalise.key_url(extractions[0]) if len(extractions) == 1 else None)
    key = said or (f"{place}#{document.member}" if document.member else place)
    key = _UNPRINTABLE.sub("_", key).strip("_") or "_"
    if len(key) > MAX_KEY or _LIKE_A_STORY.search(key):
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
