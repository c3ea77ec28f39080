"""The dateline: the place and agency that open a report (`London/Paris/Berlin. – …`, `BERLIN (dpa) - …`)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from backfile.article import Article, Span
from transforms import shape
from transforms.agency import AGENCIES, AT_PLACE, with_agencies
from transforms.metadata import dates
from transforms.pattern import linear, plain
from transforms.places import CITIES
from transforms.rule import rule

LOOKED_AT = 120  # characters of a line; the longest dateline in the development data has 23
PLACE_WORDS = 4  # "Frankfurt am Main", "Rio de Janeiro"
LEAST_BEHIND = 8  # words that follow a dateline in its line

_PLACES = r"(?P<places>\p{Lu}[\p{L}'./ -]*?)"
_AGENCY = "|".join(sorted((re.escape(name) for name in (*AGENCIES, *AT_PLACE)), key=len, reverse=True))
_SOURCE = rf"(?:\(|/)\s?(?P<agencies>(?:{_AGENCY})(?:\s?[/,]\s?(?:{_AGENCY}|[a-z]{{2,4}}))*)\s?(?:\)|/)"
_DAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s?)?"
    r"(?:\d{1,2}\.?\s?(?:(?:de\s)?\p{L}+\.?|\d{1,2}\.?)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s\d{1,2})"
    r"(?:,?\s?(?:de\s)?(?:19|20)\d\d)?"
)
# "SAMPLETON, Ohio", "NAIROBI, Kenya", "New Delhi [India]": the state or the country is no part of the place.
_REGION = r"(?:,\s\p{Lu}[\p{L}.]+(?:\s\p{Lu}[\p{L}.]+){0,2}|\s?\[\p{Lu}[\p{L} ]{2,30}\])?"
_DASH = r"(?:[–—]|--?)"

# "BERLIN, 25. November (dpa) - ", "Berlin/Paris (dpa/AFP) –", "(Reuters) - ": the agency makes it certain.
_PLACE_AND_DAY = rf"(?:{_PLACES}{_REGION}[.,]?\s?(?:,?\s?(?P<day>{_DAY}|\d{{1,2}})[.,]?)?\s?)?"
_WITH_AGENCY = rf"(\s*{_PLACE_AND_DAY}{_SOURCE}[.:]?\s?(?:{_DASH}\s*)?)[\"'“„«(]*[\p{{Lu}}\p{{N}}]"
# "(ANSA) - ROMA, 25 NOV - ": the agency before the place.
_AGENCY_FIRST = rf"(\s*{_SOURCE}\s?{_DASH}\s?{_PLACES},?\s(?P<day>{_DAY})\s?{_DASH}\s*)[\"'“„«(]*\p{{Lu}}"
# "NEW DELHI: ", "NAIROBI, Kenya — ": a known city in capitals.
_SHOUTED = rf"(\s*(?P<places>\p{{Lu}}[\p{{Lu}}' -]{{2,30}}?)(?:{_REGION}\s?{_DASH}|:)\s+)[\"'“„«(]*\p{{Lu}}"
# "VILLARROCA (Redacción).- ", as Spanish newsrooms sign.
_WITH_NEWSROOM = (
    rf"(\s*(?P<places>\p{{Lu}}[\p{{Lu}}' -]{{2,40}}?),?\s?"
    rf"\((?:Redacción|Redaccion|Agencias|Redaktion|Redazione)\)\s?[.:]?\s?{_DASH}\s*)[\"'(]*\p{{Lu}}"
)
# "London/Paris/Berlin. – ", "Berlin. – ", "LONDON — ", "NEW YORK, Nov. 25 – ": a dash, and surely a place.
_WITH_DASH = rf"(\s*{_PLACES}(?P<stop>\.?),?\s?(?P<day>{_DAY}\.?)?\s?{_DASH}\s+)[\"'(]*[\p{{L}}\p{{N}}]"
# "Norderhafen. Eine Fähre …": a name and a full stop are a dateline only in an agency's report that tells of the place.
_WITH_STOP = r"(\s*(?P<places>\p{Lu}\p{Ll}[\p{L}-]+(?: (?:am|an der|im) \p{Lu}\p{L}+)?)\.\s+)\p{Lu}"
_SMALL = frozenset({"am", "an", "der", "im", "de", "la", "del", "of", "and", "und"})
_OPENS = re.compile(r"[(/:]|\s[–—-]\s|\.\s?[–—-]|\s--")  # one of them is in every dateline
_FURTHER_DASH = re.compile(r"\s[–—-]\s")


@rule("dateline", version=2, kind="dateline")
def take_dateline(article: Article) -> Article:
    """Takes place, agency and day that open the first paragraphs; a sentence with a name and a dash stays."""
    for at in shape.head(article.body):
        span = article.body[at]
        if span.start and span.text[:1].islower():
            continue
        match = _dateline(span.text) or _in_report(article, at)
        if match is not None and shape.words(span.text[match.end(1) : match.end(1) + 400]) >= LEAST_BEHIND:
            groups = match.groupdict()
            body = (*article.body[:at], *span.without(0, match.end(1)), *article.body[at + 1 :])
            article = _dated(replace(article, body=body), groups.get("day"), span.line)
            return _noted(article, groups.get("places"), groups.get("agencies"), span.line)
        if _stands_above_prose(article.body, at):
            body = (*article.body[:at], *article.body[at + 1 :])
            return _noted(replace(article, body=body), span.text.strip().rstrip("."), None, span.line)
    return article


def _dateline(text: str) -> Any:
    beginning = plain(text[:LOOKED_AT])
    if not _OPENS.search(beginning):
        return None
    for pattern in (_AGENCY_FIRST, _WITH_AGENCY):
        match = linear(pattern).match(beginning)
        if match is not None and (match["places"] is None or _are_places(match["places"])):
            return match
    match = linear(_SHOUTED).match(beginning)
    if match is not None and _known(match["places"]):
        return match
    return linear(_WITH_NEWSROOM).match(beginning) or _place_and_dash(text, beginning)


def _in_report(article: Article, at: int) -> Any:
    """The place and full stop that open an agency's report, when the text says elsewhere that something is there."""
    match = linear(_WITH_STOP).match(plain(article.body[at].text[:LOOKED_AT])) if article.agencies else None
    if match is None or not shape.is_prose(article.body[at].text):
        return None
    there = re.compile(rf"\b(?:in|aus|nach|bei|von|from|near|of) {re.escape(match['places'])}\b")
    return match if any(there.search(span.text) for span in article.body[at:]) else None


def _stands_above_prose(body: Sequence[Span], at: int) -> bool:
    """Whether the line is a place alone ("Chemnitz.") with running text below it."""
    text = body[at].text
    if len(text) > LOOKED_AT or at + 1 >= len(body) or not shape.is_prose(body[at + 1].text):
        return False
    return text.rstrip().endswith(".") and _known(text.strip().removesuffix("."))


def _place_and_dash(text: str, beginning: str) -> Any:
    match = linear(_WITH_DASH).match(beginning)
    if match is None or not _are_places(match["places"]):
        return None
    places = match["places"]
    several = "/" in places
    shouted = places.isupper() and len(places) > 3
    certain = (
        (match["stop"] and (several or _known(places)))
        or (shouted and (match["day"] or several or _known(places)))
        or (several and _known(places))
    )
    if certain:
        return match
    # "Berlin – Die Regierung hat …", but neither "Berlin – die Stadt …" nor "Paris – Stadt der Liebe – feiert …".
    sentence = text[match.end(1) : match.end(1) + 200]
    if _known(places) and sentence.lstrip("\"'“„«»‘(")[:1].isupper() and not _FURTHER_DASH.search(sentence):
        return match
    return None


def _are_places(stated: str) -> bool:
    """Whether each part between slashes is a few words with capitals, as names of places are."""
    places = [place.split() for place in stated.split("/")]
    return all(
        0 < len(words) <= PLACE_WORDS and all(word[:1].isupper() or word in _SMALL for word in words)
        for words in places
    )


def _known(places: str) -> bool:
    return any(place.strip().casefold() in CITIES for place in places.split("/"))


def _known_whole(places: str) -> bool:
    """Whether what has a slash is one city: Frankfurt/Main."""
    return "/" in places and places.strip().casefold() in CITIES


def _noted(article: Article, places: str | None, agencies: str | None, line: int) -> Article:
    said = f"text:line {line + 1}"
    if places and not article.place:
        several = [places] if _known_whole(places) else places.split("/")
        found = tuple(dict.fromkeys(_spelled(place.strip(" .,")) for place in several))
        article = replace(article, place=found, provenance={**article.provenance, "place": said})
    return with_agencies(article, agencies or "", said)


def _dated(article: Article, day: str | None, line: int) -> Article:
    """The article with the day of its dateline, if it says the year and no better statement is known."""
    when = dates.parse(day, language=article.language) if day and article.published is None else None
    if when is None or when.precision != "day":
        return article
    provenance = {**article.provenance, "published": f"text:line {line + 1}"}
    return replace(article, published=when.iso, published_precision=when.precision, provenance=provenance)


def _spelled(place: str) -> str:
    return place.title() if place.isupper() and len(place) > 3 else place
