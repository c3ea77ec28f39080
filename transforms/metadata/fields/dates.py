"""When an article was published, updated and fetched, and which statements disagree.

Every statement of a date is a witness (`date_statements`). Those that can mean one day make a group; witnesses of one
kind (markup, what the page shows, the address, the container) speak with the voice of their best, and kinds that agree
raise the trust in their day. Below `LEAST_TRUST` nothing is believed: a page that bears no date stays undated.
"""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from transforms.metadata.dates import When
from transforms.metadata.fields.date_statements import (
    Page,
    Read,
    in_address,
    is_utc,
    kind_of,
    parsed,
    reading,
    same_day,
    seen,
    settled,
    weight_of,
)
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.statements import Statements

MOST_CONFLICTS = 10  # statements that are kept beside the date
MOST_READ = 120  # statements that are read; the page with the most of 333 has 71
LEAST_TRUST = 0.6  # of a date that is believed; a weight below it needs a second witness of another kind
STRONG = 0.8  # weight from which on it is worth telling that a statement disagrees
AS_UPDATED = 0.65  # of the day of the last change, where it is the only date that a page shows by its headline
# Times the trust in markup on a page that calls itself another thing than an article and shows no date: of three such
# in the development data that are no news article, two bear no date.
NO_ARTICLE = 0.6
_NO_ARTICLES = frozenset({"website", "product", "profile", "page", "business.business", "product.item", "place"})
_UNSURE_OF_ARTICLE = ("meta:", "json-ld:article", "json-ld:page", "itemprop:", "rdfa:")
_LOCALE = re.compile(r"[a-zA-Z]{2,3}[-_][a-zA-Z]{2}")
# Domains of two letters that are sold as words, not as countries.
_WORDS_TEXT = "ai am as cc co eu fm gg im io la me pw sh so st to tv vc ws"
_WORDS = frozenset(_WORDS_TEXT.split())


def region(stated: Statements, url: Decision[str]) -> str | None:
    """A tag with a region, "en-US", which decides the order of 03/04/2024; the address's country comes before it.

    Many sites leave the locale of their software as it came, en_US.
    """
    told = next((witness.value for witness in stated.of("language") if _LOCALE.fullmatch(witness.value)), None)
    country = (urlsplit(url.value).hostname or "").rpartition(".")[2] if url.value else ""
    if len(country) != 2 or country in _WORDS:
        return told
    return f"{(told or 'und')[:2]}-{'gb' if country == 'uk' else country}"


def published(stated: Statements, tongue: str, url: Decision[str]) -> tuple[Decision[When], tuple[str, ...]]:
    """The date of publication, and the strong statements that name another day.

    A mail was published when it was sent. The day of a page's last change stands for it where the page shows no other
    date by its headline; its origin says so: `updated:h1:near`.
    """
    page = Page(tongue, first(stated, "fetched", tongue).value)
    read, unread = _read(stated, page, url)
    groups = _grouped(read, page)
    if groups and _trust(groups[0], stated) >= LEAST_TRUST:
        best = _telling(groups[0])
        told = Decision(best.when, best.witness.origin, _told(groups, unread, believed=True))
        return told, _conflicts(stated, groups[1:], page)
    weighed = _told(groups, unread, believed=False)
    if (last := _only_update(stated, page)) is not None:
        return Decision(last.when, f"updated:{last.witness.origin}", (_weighed(last), *weighed)), ()
    return Decision(None, "", weighed), ()


def updated(stated: Statements, tongue: str, published: When | None) -> Decision[When]:
    """When it was last changed, by the weightiest statement that is later than its publication."""
    page = Page(tongue, first(stated, "fetched", tongue).value)
    weighed = []
    best: Read | None = None
    for witness in sorted(stated.of("updated"), key=lambda each: -weight_of(each.origin))[:MOST_READ]:
        read = reading(witness, page)
        if read is None or not read.weight:
            weighed.append(Weighed(witness, "", 0.0, read.note if read else "says no date that is certain"))
        elif page.is_future(read.when):
            weighed.append(Weighed(witness, read.when.iso, 0.0, "lies in the future of the page"))
        elif published is not None and not _is_later(read.when, published):
            weighed.append(Weighed(witness, read.when.iso, 0.0, "not later than its publication"))
        else:
            weighed.append(_weighed(read))
            best = best or read
    weighed.sort(key=lambda each: -each.weight)
    return Decision(best.when, best.witness.origin, tuple(weighed)) if best else Decision(None, "", tuple(weighed))


def first(stated: Statements, field: str, tongue: str) -> Decision[When]:
    """The first statement of the field that says a date."""
    read = [(witness, parsed(witness.value, language=tongue)) for witness in stated.of(field)]
    weighed = tuple(Weighed(w, when.iso if when else "", weight_of(w.origin) if when else 0.0) for w, when in read)
    best = next(((when, witness.origin) for witness, when in read if when is not None), None)
    return Decision(*best, weighed) if best else Decision(None, "", weighed)


def received(stated: Statements) -> Decision[When]:
    """When a mail was sent, which is when it was received as far as can be known."""
    for witness in stated.of("published"):
        if witness.origin.casefold() == "header:date" and (when := parsed(witness.value)):
            return Decision(when, witness.origin, (Weighed(witness, when.iso, weight_of(witness.origin)),))
    return Decision(None)


def _read(stated: Statements, page: Page, url: Decision[str]) -> tuple[list[Read], list[Weighed]]:
    """The statements that say a date, and those that say none, with why."""
    read: list[Read] = []
    unread: list[Weighed] = []
    for witness in [*stated.of("published"), *stated.of("created")][:MOST_READ]:
        found = reading(witness, page)
        if found is None:
            unread.append(Weighed(witness, "", 0.0, "says no date that is certain"))
        elif page.is_future(found.when):
            unread.append(Weighed(witness, found.when.iso, 0.0, "lies in the future of the page"))
        else:
            read.append(found)
    if url.value and (found := in_address(url.value)) is not None and not page.is_future(found.when):
        read.append(found)
    markup = [each for each in read if each.kind == "markup" and each.weight]
    if markup and not any(each.kind == "shown" for each in read):
        read += seen(stated.of("shown"), markup, page)
    read, undecided = settled(read, page)
    return read, unread + [Weighed(each.witness, "", 0.0, each.note) for each in undecided]


def _grouped(read: list[Read], page: Page) -> list[list[Read]]:
    """The statements by the day that they mean, the most trusted day first; what is plain and fine says which days."""
    if len(read) == 1:
        return [read]
    groups: list[list[Read]] = []
    for each in sorted(read, key=lambda each: (each.other is not None, -len(each.when.iso[:10]), -each.weight)):
        for group in groups:
            if (agreed := each.as_agreed(group[0].when, page.hours)) is not None:
                group.append(agreed)
                break
        else:
            groups.append([each])
    return sorted(groups, key=lambda group: (-_agreement(group), -max(each.weight for each in group)))


def _agreement(group: list[Read]) -> float:
    """How far the statements of a group are believed together: one minus the doubt that every kind leaves."""
    doubt = 1.0
    for kind in {each.kind for each in group}:
        doubt *= 1.0 - max(each.weight for each in group if each.kind == kind)
    return 1.0 - doubt


def _trust(group: list[Read], stated: Statements) -> float:
    """As `_agreement`; markup alone is trusted less on a page that calls itself another thing than an article."""
    trust = _agreement(group)
    if all(each.witness.origin.startswith(_UNSURE_OF_ARTICLE) for each in group):
        kinds = {witness.value.casefold() for witness in stated.of("kind")}
        if kinds and kinds <= _NO_ARTICLES:
            return trust * NO_ARTICLE
    return trust


def _telling(group: list[Read]) -> Read:
    """Of the day that was agreed on the statement that tells most: a time of day, markup's before what is shown.

    What is told in UTC gives way to the same moment in the publisher's own zone, or to the day as it is on the spot.
    """
    own = [each for each in group if each.witness.field != "shown"]
    best = max(own, key=_tells)
    if is_utc(best.when):
        local = [each for each in own if each.when.day and not is_utc(each.when)]
        at_once = [each for each in local if each.when.instant is not None and each.when.instant == best.when.instant]
        other_day = [each for each in local if each.when.day != best.when.day]
        best = max(at_once or other_day or [best], key=_tells)
    return best


def _tells(each: Read) -> tuple[float, ...]:
    timed = "T" in each.when.iso and "T00:00" not in each.when.iso
    kind = {"url": 0, "shown": 1}.get(each.kind, 2)
    return (timed, len(each.when.iso[:10]), kind, each.weight, len(each.when.iso))


def _told(groups: list[list[Read]], unread: list[Weighed], *, believed: bool) -> tuple[Weighed, ...]:
    """The statements, those of the most trusted day first."""
    told: list[Weighed] = []
    for number, group in enumerate(groups):
        note = ("another day" if number else "") if believed else "too little to be believed"
        told += [_weighed(each, note) for each in sorted(group, key=lambda each: -each.weight)]
    return (*told, *unread)


def _weighed(read: Read, note: str = "") -> Weighed:
    return Weighed(read.witness, read.when.iso, round(read.weight, 2), read.note or note)


def _conflicts(stated: Statements, others: list[list[Read]], page: Page) -> tuple[str, ...]:
    """The strong statements of other days; a page that shows the day of its last change does not contradict itself."""
    changed = [when for w in stated.of("updated") if (when := parsed(w.value, language=page.tongue))]
    told = dict.fromkeys(
        f"{each.witness.origin}: {each.witness.value.strip()}"
        for group in others
        for each in group
        if each.witness.field == "published" and each.kind != "url" and weight_of(each.witness.origin) >= STRONG
        if each.kind != "shown" or not any(same_day(each.when, when, page.hours) for when in changed)
    )
    return tuple(told)[:MOST_CONFLICTS]


def _only_update(stated: Statements, page: Page) -> Read | None:
    """The day of the last change, where the page shows it by the headline; at its foot it dates the page, no text."""
    for witness in stated.of("updated"):
        when = parsed(witness.value, language=page.tongue) if witness.origin == "h1:near" else None
        if when is not None and when.day and not page.is_future(when):
            note = "the last change, the only date that is shown"
            return Read(witness, When(when.day, "day"), AS_UPDATED, kind_of(witness.origin), note=note)
    return None


def _is_later(when: When, than: When) -> bool:
    """Whether the date is later, to the minute where both go so far."""
    if when.instant and than.instant:
        return when.instant - than.instant >= timedelta(minutes=1)
    shared = min(len(when.iso), len(than.iso), 16)
    return when.iso[:shared] > than.iso[:shared]
