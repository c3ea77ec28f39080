"""One document through extraction, metadata and rules: the same way for `ingest`, `clean` and cleaning again."""

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import transforms
from backfile import records
from backfile.article import Article, Document, Extraction, Rejection, Witness
from backfile.config import Source
from backfile.errors import Reason, UnreadableInput
from backfile.outcome import PackedArticle, Result, Traces
from backfile.pipeline import identity, subjects
from backfile.pipeline.abreast import Steps, whole
from transforms import extract, normalise, notice, pattern, recurring, rule, shingles
from transforms.metadata import publishers
from transforms.recurring import Where

Cleaned = tuple[str, list[Result], Traces]  # id, what the rules made of each extraction, traces

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cleaner:
    """The rules of one source, and what its configuration says about all its articles."""

    source: str
    rules: tuple[rule.Rule, ...]
    hints: tuple[Witness, ...]
    keep: bool = False  # whether what is no article becomes one all the same, with the verdict in its provenance
    disabled: frozenset[str] = frozenset()  # names of rules that are not to run
    spared: Mapping[str, frozenset[str]] = field(default_factory=dict)  # id of an article → the same for it alone
    learned: Mapping[str, Mapping[int, Where]] = field(default_factory=dict)  # site → key of a line → where it goes
    # Keys that the rule of learned lines looked for since this was emptied: `recurring.rule`.
    seen: set[int] = field(default_factory=set, init=False, repr=False, compare=False)
    _made: dict[str, tuple[rule.Rule, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """What changes when the rules, or what the configuration says, do; learned lines apart, which mark theirs."""
        rules = rule.fingerprint((*self.rules, notice.reject_digest_rest))
        hints = [[each.field, each.value] for each in self.hints]
        stated = json.dumps([rules, hints, self.keep, sorted(self.disabled), recurring.VERSION])
        return hashlib.sha256(stated.encode()).hexdigest()[:16]

    def article(self, extraction: Extraction, *, id: str, uri: str, site: str = "") -> Article | Rejection:  # noqa: A002
        """The clean article of an extraction of a document of `site`, or the verdict that it is none."""
        return self.cleaned(self.begun(extraction, id=id, uri=uri), extraction, site=site)

    def begun(self, extraction: Extraction, *, id: str, uri: str) -> Article:  # noqa: A002
        """The article as it is before the rules: its metadata decided, all its lines there."""
        article = normalise.begin(extraction, id=id, source=self.source, uri=uri, hints=self.hints)
        if extraction.story:
            named = next(extraction.said("story"), None)
            article = replace(article, id=f"{id}#{named.value if named else extraction.story}", parent=id)
        return article

    def cleaned(self, article: Article, extraction: Extraction, *, site: str = "") -> Article | Rejection:
        """What the rules make of an article that was begun."""
        rules = self._rules_for(article, site)
        if extraction.story or any(extraction.said("stories")):
            rules = (*rules, notice.reject_digest_rest)
        verdict = rule.clean(article, rules)
        if self.keep and isinstance(verdict, Rejection):
            verdict = self._kept(article, verdict, rules)
        return verdict if isinstance(verdict, Rejection) else normalise.signed(verdict, extraction)

    def _kept(self, article: Article, verdict: Article | Rejection, rules: Sequence[rule.Rule]) -> Article | Rejection:
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

    def _rules_for(self, article: Article, site: str) -> Sequence[rule.Rule]:
        rules = self._rules_of(site)
        spared = self.spared.get(article.id, frozenset()) | self.spared.get(article.parent or "", frozenset())
        return [each for each in rules if each.name not in spared] if spared else rules

    def _rules_of(self, site: str) -> tuple[rule.Rule, ...]:
        """The rules for articles of a site; all sites without learned lines share theirs."""
        if recurring.NAME in self.disabled:
            return self.rules
        lines = self.learned.get(site, {})
        name = site if lines else ""
        if name not in self._made:
            self._made[name] = transforms.with_recurring(self.rules, recurring.rule(lines, self.seen))
        return self._made[name]


def cleaner_for(source: Source, *, where: str = "backfile.toml", disabled: Collection[tuple[str, str]] = ()) -> Cleaner:
    """The cleaner of a source, without what was learned; `disabled` are rules by name, each with an article or "".

    Raises:
        ConfigError: one of the source's own rules cannot be used.
    """
    said = (("publisher", source.publisher), ("language", source.language))
    houses = ((publishers.FIELD + host, name) for host, name in sorted(source.publishers.items()))
    hints = tuple(Witness(name, value, "config") for name, value in (*said, *houses) if value)
    own = pattern.declared(source.rules, where=f"{where}: source {source.name}") if source.rules else ()
    off = frozenset(name for name, article in disabled if not article)
    spared: dict[str, frozenset[str]] = {}
    for name, article in disabled:
        if article:
            spared[article] = spared.get(article, frozenset()) | {name}
    rules = tuple(each for each in (*transforms.rules(), *own) if each.name not in off)
    return Cleaner(source.name, rules, hints, source.not_articles == "keep", off, spared)


def lines_of(document: Document) -> list[Extraction]:
    """The extractions of a document.

    Raises:
        UnreadableInput: nothing can be extracted; a fault of ours becomes one, with the traceback in the log.
    """
    try:
        return extract.extract(document)
    except (UnreadableInput, MemoryError):
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


def traces_of(extractions: Sequence[Extraction], source: str) -> Traces:
    """What a document adds to the counts of recurring lines."""
    whole = together(extractions)
    url = normalise.key_url(whole)
    site, places = recurring.site(whole, source, url=url), recurring.occurrences(whole)
    return Traces(site, recurring.VERSION, recurring.sketch(whole, url=url), places)


def hidden_from(cleaner: "Cleaner", traces: Traces) -> Traces:
    """The traces of a document that was just cleaned, with the lines that no decision can touch in it."""
    return replace(traces, hidden=frozenset(traces.places.keys() - cleaner.seen))


def packed_by(cleaner: "Cleaner", extractions: Sequence[Extraction], *, id: str, uri: str, site: str) -> list[Result]:  # noqa: A002
    """What the rules make of the extractions of a document, packed, signed and described: in this form it is stored."""
    cleaner.seen.clear()
    verdicts = [verdict_on(cleaner, each, id=id, uri=uri, site=site) for each in extractions]
    return whole(packing(extractions, verdicts))


def steps(cleaner: "Cleaner", document: Document, *, key: str | None, place: str) -> Steps[Cleaned]:
    """Clean a document step by step; `key` is its id if it has one already.

    Raises:
        UnreadableInput: nothing can be extracted from it.
    """
    extractions = lines_of(document)
    yield
    id = key or f"{cleaner.source}/{key_of(document, extractions, place)}"  # noqa: A001
    traces = traces_of(extractions, cleaner.source)
    yield
    begun = [_guarded(partial(cleaner.begun, each, id=id, uri=document.uri), document.uri) for each in extractions]
    yield
    cleaner.seen.clear()
    verdicts = [
        article
        if isinstance(article, Rejection)
        else _guarded(partial(cleaner.cleaned, article, each, site=traces.site), document.uri)
        for article, each in zip(begun, extractions, strict=True)
    ]
    traces = hidden_from(cleaner, traces)
    yield
    return id, (yield from packing(extractions, verdicts)), traces


def packing(extractions: Sequence[Extraction], verdicts: Sequence[Article | Rejection]) -> Steps[list[Result]]:
    """Pack what the rules made of the extractions of a document, step by step."""
    results = []
    for extraction, verdict in zip(extractions, verdicts, strict=True):
        made = verdict if isinstance(verdict, Rejection) else (yield from _article_packing(verdict))
        results.append(records.result(extraction, made))
    return results


def _article_packing(article: Article) -> Steps[PackedArticle]:
    """Pack an article as it is stored, with what copies and stories are found by, step by step."""
    text = article.text
    signature = shingles.signature(text)
    yield
    about = subjects.about(article, text)
    yield
    return records.packed_article(article, text, signature, about)


def packed_again(
    cleaner: "Cleaner",
    extraction: Extraction,
    *,
    id: str,  # noqa: A002
    uri: str,
    site: str,
) -> PackedArticle | Rejection:
    """What the rules make of a stored extraction, packed, signed and described."""
    cleaner.seen.clear()
    verdict = verdict_on(cleaner, extraction, id=id, uri=uri, site=site)
    return verdict if isinstance(verdict, Rejection) else whole(_article_packing(verdict))


def verdict_on(
    cleaner: Cleaner,
    extraction: Extraction,
    *,
    id: str,  # noqa: A002
    uri: str,
    site: str = "",
) -> Article | Rejection:
    """As `Cleaner.article`, but a fault of ours or of a rule is a rejection with the traceback in the log."""
    return _guarded(partial(cleaner.article, extraction, id=id, uri=uri, site=site), uri)


def _guarded(work: Callable[[], Article | Rejection], uri: str) -> Article | Rejection:
    try:
        return work()
    except MemoryError:
        raise
    except Exception:
        log.exception("cleaning %s", uri)
        return Rejection(Reason.OWN_ERROR, 1.0)


def key_of(document: Document, extractions: list[Extraction], place: str) -> str:
    """What identifies the document within its source at first sight.

    Its own id, else the canonical URL of its article, else its place: the path relative to the source, and the member.
    """
    said = document.key or (normalise.key_url(extractions[0]) if len(extractions) == 1 else None)
    return identity.key(said, place, document.member)


def articles_of(document: Document, cleaner: Cleaner, place: str) -> Iterator[Article | Rejection]:
    """The articles of one document, without a store.

    Raises:
        UnreadableInput: nothing can be extracted from it.
    """
    extractions = lines_of(document)
    key = key_of(document, extractions, place)
    for extraction in extractions:
        yield verdict_on(cleaner, extraction, id=f"{cleaner.source}/{key}", uri=document.uri)
