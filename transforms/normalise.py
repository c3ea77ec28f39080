"""From what the witnesses say to the fields of an article, each with who said so."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from backfile.article import Article, Extraction, Span, Witness
from transforms import hygiene, language
from transforms.language import paragraphs
from transforms.metadata.fields import address, dates, people, place, publisher, tags, title
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.statements import RANKS, Statements, rank

SIGNS = frozenset({"page", "title", "url", "mail-newsletter"})  # the fields whose statements rules see as they are


def begin(extraction: Extraction, *, id: str, source: str, uri: str, hints: Iterable[Witness] = ()) -> Article:  # noqa: A002
    """The article that an extraction states, before any rule: all its lines, and fields with their provenance.

    `hints` are what the configuration says about the source (publisher, language; origin "config"); they come before
    every other statement. What nobody states stays empty: no date is guessed, no file name becomes a title.
    """
    stated = (
        Statements((*hints, *extraction.witnesses)) if (hints := tuple(hints)) else _own.of(extraction.witnesses)[0]
    )
    decided, conflicts = decide(extraction, stated)
    published = decided["published"].value
    provenance = {name: each.origin for name, each in decided.items() if each}
    whose = [witness.value for witness in extraction.said("text")]
    mended = "; ".join(dict.fromkeys(witness.value for witness in extraction.said("repaired")))
    if told := "; ".join([*whose, *([f"repaired: {mended}"] if mended else [])]):
        provenance["text"] = told
    return Article(
        id=id,
        source=source,
        uri=uri,
        body=tuple(Span(number, 0, line.text, line.role) for number, line in enumerate(extraction.lines)),
        url=decided["url"].value,
        title=decided["title"].value,
        authors=decided["authors"].value or (),
        agencies=decided["agencies"].value or (),
        publisher=decided["publisher"].value,
        published=published.iso if published else None,
        published_precision=published.precision if published else None,
        date_conflict=conflicts,
        updated=updated.iso if (updated := decided["updated"].value) else None,
        fetched=fetched.iso if (fetched := decided["fetched"].value) else None,
        language=decided["language"].value or language.UNKNOWN,
        tags=decided["tags"].value or (),
        place=decided["place"].value or (),
        provenance=provenance,
        spoken=paragraphs.beside(
            [line.text for line in extraction.lines], decided["language"].value or language.UNKNOWN
        ),
        signs=tuple(witness for witness in extraction.witnesses if witness.field in SIGNS),
    )


def signed(article: Article, extraction: Extraction) -> Article:
    """The article that rules have read, with who signs it where neither page nor text name a person."""
    house = people.houses(extraction.witnesses, article.publisher) if not article.authors else None
    if house is None or house.value is None:
        return article
    return replace(article, authors=house.value, provenance={**article.provenance, "authors": house.origin})


def decide(extraction: Extraction, stated: Statements) -> tuple[dict[str, Decision[Any]], tuple[str, ...]]:
    """The decision about each field, by its name in the article; and the statements that disagree with `published`."""
    tongue = _language(extraction, stated)
    url = _own.address(stated)
    house = publisher.decide(stated, url)
    sites = publisher.sites(stated, house, url)
    headline = title.decide(stated, sites)
    persons, agencies = people.decide(stated, sites, publisher=house.value)
    region = dates.region(stated, url) or tongue.value or language.UNKNOWN
    published, conflicts = dates.published(stated, region, url)
    updated = dates.updated(stated, region, published.value)
    fetched = dates.first(stated, "fetched", region) or dates.received(stated)
    decided: dict[str, Decision[Any]] = {
        "language": tongue,
        "url": url,
        "publisher": house,
        "title": headline,
        "authors": persons,
        "agencies": agencies,
        "published": published,
        "updated": updated,
        "fetched": fetched,
        "tags": tags.decide(stated, sites),
        "place": place.decide(stated),
    }
    return decided, conflicts


def explained(extraction: Extraction, *, hints: Iterable[Witness] = ()) -> dict[str, Decision[Any]]:
    """The decision about each field with what each statement weighed, before any rule.

    Where a field is decided by the order of its origins alone, the weight is an origin's place in that order.
    """
    stated = Statements((*hints, *extraction.witnesses))
    decided, _ = decide(extraction, stated)
    return {
        name: each if each.weighed or name == "agencies" else _by_order(name, each, stated)
        for name, each in decided.items()
    }


_SAID_AS = {"authors": ("author",), "tags": ("tag",)}  # else the field's own name
_NOT_STATED = {"language": "read from the text", "publisher": "by the table of hosts"}  # what no statement says
_MOST_CLAIMS = 60  # statements about a field that are told


def _by_order(name: str, decision: Decision[Any], stated: Statements) -> Decision[Any]:
    claims = [witness for field in _SAID_AS.get(name, (name,)) for witness in stated.of(field)][:_MOST_CLAIMS]
    won = rank(decision.origin) if decision else -1
    weighed = [
        Weighed(
            each,
            hygiene.clean(each.value),
            round(1 - rank(each.origin) / len(RANKS), 2),
            "passed over" if not decision or (each.origin != decision.origin and rank(each.origin) <= won) else "",
        )
        for each in sorted(claims, key=lambda each: (each.origin != decision.origin, rank(each.origin)))
    ]
    if decision and not any(each.witness.origin == decision.origin for each in weighed):
        value = decision.value if isinstance(decision.value, str) else ", ".join(map(str, decision.value or ()))
        weighed.insert(0, Weighed(Witness(name, value, decision.origin), value, 1.0, _NOT_STATED.get(name, "")))
    return replace(decision, weighed=tuple(weighed))


def key_url(extraction: Extraction) -> str | None:
    """The canonical address that identifies the item, as its key; None when none is stated."""
    return _own.of(extraction.witnesses)[1].value


class _Own:
    """The statements of the document that was asked about last, and its address: key, site and fields need both."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Witness, ...], Statements, Decision[str]] | None = None

    def of(self, witnesses: tuple[Witness, ...]) -> tuple[Statements, Decision[str]]:
        last = self._last
        if last is None or last[0] is not witnesses:
            stated = Statements(witnesses)
            last = self._last = (witnesses, stated, address.decide(stated))
        return last[1], last[2]

    def address(self, stated: Statements) -> Decision[str]:
        last = self._last
        return last[2] if last is not None and last[1] is stated else address.decide(stated)


_own = _Own()


def _language(extraction: Extraction, stated: Statements) -> Decision[str]:
    """The configured language, else that of the lines; what the markup claims only helps where they are too short."""
    claims = stated.of("language")
    for witness in claims:
        if witness.origin == "config" and (tag := language.primary(witness.value)):
            return Decision(tag, "config")
    hint = next((w for w in claims if language.primary(w.value)), None)
    lines = [line.text for line in extraction.lines]
    tag, told = language.identify(lines, hint.value if hint else None)
    spoken = paragraphs.shares(lines, tag)
    if len(spoken) > 1:
        told += "; paragraphs: " + ", ".join(f"{each} {share:.0%}" for each, share in spoken.items())
    return Decision(tag, hint.origin if hint and told == "stated" else told)
