"""When an article was published, updated and fetched, and which statements disagree.

Every statement of a date is a witness. Each origin has a weight, the share of its statements that were right; witnesses
of one kind (markup, what the page shows, the address, the container) speak with the voice of their best, and kinds that
agree trust each other. Below `LEAST_TRUST` nothing is believed: a page that bears no date stays undated.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from backfile.article import Witness
from transforms.metadata import dates
from transforms.metadata.dates import When
from transforms.metadata.fields.decision import Decision, Weighed
from transforms.metadata.fields.statements import Statements

MOST_CONFLICTS = 10  # statements that are kept beside the date
MOST_READ = 120  # statements that are read; the page with the most of 333 has 71
LEAST_TRUST = 0.6  # of a date that is believed; each weight below it needs a second witness of another kind
STRONG = 0.8  # weight from which on it is worth telling that a statement disagrees
LATER_THAN_FETCHED = timedelta(
    days=1
)  # clocks and time zones differ; what is later than that is no date of publication

# Right of all, on 333 labelled pages (116 news, 217 others; Nov 2026), sites of even / odd hash:
#   json-ld of a news article    62 of 64 / 50 of 50      json-ld of another article  27 of 35 / 23 of 26
#   json-ld of a mere web page   10 of 15 /  9 of 13      created, json-ld             9 of 10 /  8 of  9
#   article:published_time       71 of 79 / 54 of 55      meta date                   16 of 18 / 13 of 16
#   time                         58 of 64 / 41 of 43      class:date                  22 of 24 / 38 of 40
#   h1:near                      82 of 90 / 70 of 73      labelled                    20 of 21 / 14 of 15
#   itemprop                      5 of  7 /  8 of  8      other meta names            17 of 21 / 17 of 17
# Where what is shown by the headline differs from what markup says, a news article's json-ld was right 4 times of 4, and
# on other pages what is shown 8 times of 8: house blogs put a new date above an old text. So the one stands above it, the
# other below. The container's own statements were not measured here; they are made for machines and about one item.
_WEIGHTS = {
    "config": 1.0,
    "header:": 0.99, "forwarded:": 0.99, "warc:": 0.9, "feed:": 0.97, "column:": 0.97, "field:": 0.97,
    "json-ld": 0.995, "json-ld:article": 0.88, "json-ld:page": 0.55,
    "meta:": 0.9, "itemprop:": 0.87, "rdfa:": 0.87,
    "meta:date": 0.85, "meta:dc.date": 0.58, "meta:revised": 0.5, "meta:last-modified": 0.5,
    "labelled": 0.93, "h1:near": 0.93, "time": 0.93, "class:date": 0.93,
    "margin:": 0.7, "lone": 0.65,
    "url": 0.9, "url:month": 0.62,
}  # fmt: skip
_OTHER = 0.9  # origins that are not named: a container's own
_CREATED = 0.7  # of the weight of an origin, when it says when the file, not the article, was made
SEEN = 0.8  # of a day that markup states, when it stands anywhere in the page's text
AS_UPDATED = 0.65  # of the day of the last change, where it is the only date that a page shows of itself
NO_ARTICLE = 0.6  # of the weight of markup on a page that calls itself another thing than an article, and shows no date
_NO_ARTICLES = frozenset({"website", "product", "profile", "page", "business.business", "product.item", "place"})
_NOT_COUNTRIES = frozenset("ai am as cc co fm gg im io la me pw sh so st to tv vc ws eu".split())
_UNSURE_OF_ARTICLE = ("meta:", "json-ld:article", "json-ld:page", "itemprop:", "rdfa:")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[/-]\s?(\d{1,2})\s?[/-]\s?(?:\d{4}|\d\d)(?!\d)")  # 03.04.2024 is plain


@lru_cache(2_048)
def _parse(
    statement: str,
    *,
    language: str | None = None,
    country: str | None = None,
    now: datetime | None = None,
    lone_year: bool = False,
) -> When | None:
    """As `dates.parse`; a page states its few dates many times."""
    return dates.parse(statement, language=language, country=country, now=now, lone_year=lone_year)


def region(stated: Statements, url: Decision[str]) -> str | None:
    """A tag with a region, "en-US", which decides the order of 03/04/2024; the address's country comes before it.

    Many sites leave the locale of their software as it came, en_US.
    """
    tagged = (w.value for w in stated.of("language") if re.fullmatch(r"[a-zA-Z]{2,3}[-_][a-zA-Z]{2}", w.value))
    told = next(tagged, None)
    country = (urlsplit(url.value).hostname or "").rpartition(".")[2] if url.value else ""
    if len(country) != 2 or country in _NOT_COUNTRIES:
        return told
    return f"{(told or 'und')[:2]}-{'gb' if country == 'uk' else country}"


@dataclass(frozen=True, slots=True)
class _Read:
    """A statement as understood."""

    witness: Witness
    when: When
    weight: float
    kind: str  # those of one kind do not confirm each other
    other: When | None = None  # with day and month the other way round, where that is possible
    note: str = ""
    hours: tuple[int, int] = (0, 0)  # how far the publisher's clocks can be from UTC

    def agrees(self, when: When) -> bool:
        """Whether the statement can mean that date."""
        return _same(self.when, when, self.hours) or (self.other is not None and _same(self.other, when, self.hours))


def published(stated: Statements, tongue: str, url: Decision[str]) -> tuple[Decision[When], tuple[str, ...]]:
    """The date of publication, and the strong statements that name another day.

    A mail was published when it was sent. The day of a page's last change stands for it where the page shows no other
    date; its origin says so: `updated:labelled`.
    """
    fetched = first(stated, "fetched", tongue).value
    read, unread = _all_read(stated, tongue, url, fetched)
    groups = _grouped(read)
    if groups and _trust(groups[0], stated) >= LEAST_TRUST:
        best = _finer(groups[0])
        told = _told(groups, unread, believed=True)
        return Decision(best.when, best.witness.origin, told), _conflicts(stated, groups[1:], tongue)
    told = _told(groups, unread, believed=False)
    if (last := _only_update(stated, tongue, fetched)) is not None:
        shown = Weighed(last.witness, last.when.iso, AS_UPDATED, "the last change is the only date that is shown")
        return Decision(last.when, f"updated:{last.witness.origin}", (shown, *told)), ()
    return Decision(None, "", told), ()


def _all_read(
    stated: Statements, tongue: str, url: Decision[str], fetched: When | None
) -> tuple[list[_Read], list[Weighed]]:
    """The statements that say a date, and those that say none, with why."""
    read: list[_Read] = []
    unread: list[Weighed] = []
    now, latest = _moment(fetched), _latest(fetched)
    claims = [*stated.of("published"), *stated.of("created")]
    for witness in claims[:MOST_READ]:
        found = _reading(witness, tongue, now)
        if found is None:
            unread.append(Weighed(witness, "", 0.0, "says no date that is certain"))
        elif found.when.iso[:10] > latest[: len(found.when.iso)]:
            unread.append(Weighed(witness, found.when.iso, 0.0, "lies in the future of the page"))
        else:
            read.append(found)
    if url.value and (of_url := _date_in_url(url.value)) and of_url.iso <= latest:
        origin = "url" if of_url.precision == "day" else "url:month"
        read.append(_Read(Witness("published", urlsplit(url.value).path, "url"), of_url, _WEIGHTS[origin], "url"))
    days = {each.when.iso[:10] for each in read if each.kind == "markup"}
    if days and not any(each.kind == "shown" for each in read):
        read += _seen(stated, tongue, days)
    return _settled(read, unread)


def _reading(witness: Witness, tongue: str, now: datetime | None) -> _Read | None:
    """The statement as understood, None when it says no date; an undecided 03/04/2024 has both meanings."""
    shown = _kind(witness.origin) == "shown"
    weight = _weight(witness.origin) * (_CREATED if witness.field == "created" else 1.0)
    exact = not shown
    when = _parse(witness.value, language=tongue, lone_year=exact)
    note = ""
    if when is None and shown and now is not None:
        when = _parse(witness.value, language=tongue, now=now)
        note = "counted from when it was fetched" if when else ""
    turned = _turned(witness.value, when)
    if when is None and turned is None:
        return None
    if when is None:
        either, turned = _parse(witness.value, country="gb"), _parse(witness.value, country="us")
        if either is None:
            return None
        return _Read(witness, either, 0.0, _kind(witness.origin), turned, "day and month can be either")
    return _Read(witness, _plain(when), weight, _kind(witness.origin), turned, note, _hours(tongue))


def _turned(value: str, when: When | None) -> When | None:
    """What 03/04/2024 means with day and month the other way round; None where it can mean one thing only."""
    match = _NUMERIC.search(value[:200])
    if match is None or int(match[1]) > 12 or int(match[2]) > 12 or match[1] == match[2]:
        return None
    both = (_parse(value, country="gb"), _parse(value, country="us"))
    return next((each for each in both if each is not None and each != when), None)


def _settled(read: list[_Read], unread: list[Weighed]) -> tuple[list[_Read], list[Weighed]]:
    """Statements that can mean two days, as another statement settles them; without one they say nothing."""
    sure = [each for each in read if each.weight]
    settled: list[_Read] = []
    for each in read:
        if each.weight:
            settled.append(each)
            continue
        meanings = [m for m in (each.when, each.other) if m is not None and any(_same(m, s.when) for s in sure)]
        if len(meanings) == 1:
            weight = _weight(each.witness.origin)
            settled.append(
                replace(each, when=meanings[0], other=None, weight=weight, note="day and month as others say")
            )
        else:
            unread.append(Weighed(each.witness, "", 0.0, each.note))
    return settled, unread


def _plain(when: When) -> When:
    """The date without a midnight for which no zone speaks: software fills it in where a day is all it knows."""
    if re.fullmatch(r".{10}T00:00(?::00)?", when.iso):
        return When(when.iso[:10], "day")
    return when


def _seen(stated: Statements, tongue: str, days: Iterable[str]) -> Iterator[_Read]:
    """The dates somewhere in the page's text that are one of `days`."""
    for witness in stated.of("shown"):
        when = _parse(witness.value, language=tongue)
        for reading in filter(None, (when, _turned(witness.value, when))):
            if reading.day in days or any(
                _same(reading, When(day, "day")) for day in days if reading.day and len(day) == 10
            ):
                yield _Read(witness, reading, SEEN, "shown", hours=_hours(tongue))
                break


def _grouped(read: list[_Read]) -> list[list[_Read]]:
    """The statements by the day that they mean, the most trusted day first."""
    groups: list[list[_Read]] = []
    for each in sorted(read, key=lambda r: (-len(r.when.iso[:10]), -r.weight)):
        home = next((group for group in groups if each.agrees(group[0].when)), None)
        if home is None:
            groups.append([each])
        else:
            home.append(each)
    groups.sort(key=lambda group: (-_agreed(group), -max(each.weight for each in group)))
    return groups


def _agreed(group: list[_Read]) -> float:
    """How far the statements of a group are believed together: doubt is what is left when each kind has spoken."""
    best: dict[str, float] = {}
    for each in group:
        best[each.kind] = max(best.get(each.kind, 0.0), each.weight)
    doubt = 1.0
    for weight in best.values():
        doubt *= 1.0 - weight
    return 1.0 - doubt


def _trust(group: list[_Read], stated: Statements) -> float:
    """As `_agreed`; markup alone is trusted less on a page that calls itself another thing than an article."""
    trust = _agreed(group)
    if all(each.witness.origin.startswith(_UNSURE_OF_ARTICLE) for each in group):
        kinds = {w.value.casefold() for w in stated.of("kind")}
        if kinds and kinds <= _NO_ARTICLES:
            return trust * NO_ARTICLE
    return trust


def _finer(group: list[_Read]) -> _Read:
    """Of the day that was agreed on the statement that is told: one with a time of day, markup's before what is shown.

    What is told in UTC gives way to the same in the publisher's own zone, or to the day that is shown on the spot.
    """
    own = [each for each in group if each.witness.field != "shown"] or group
    best = max(own, key=_telling)
    if _is_utc(best.when):
        local = [each for each in own if each.when.day and not _is_utc(each.when)]
        same = [each for each in local if each.when.instant == best.when.instant and best.when.instant]
        other_day = [each for each in local if each.when.day != best.when.day]
        best = max(same or other_day or [best], key=_telling)
    return best


def _telling(each: _Read) -> tuple[object, ...]:
    timed = "T" in each.when.iso and "T00:00" not in each.when.iso
    return (timed, len(each.when.iso[:10]), each.kind != "shown", each.weight, len(each.when.iso))


def _same(when: When, other: When, hours: tuple[int, int] = (0, 0)) -> bool:
    """Whether both can be one day: as written, in UTC, or where one is told in UTC and the other on the spot."""
    if when.same_day(other):
        return True
    for utc, local in ((when, other), (other, when)):
        if _is_utc(utc) and utc.instant and local.day and local.instant is None:
            return local.day in {(utc.instant + timedelta(hours=each)).date().isoformat() for each in hours}
    return False


def _hours(tongue: str) -> tuple[int, int]:
    """How far the clocks of a region go before and behind UTC."""
    language, _, place = tongue.casefold().replace("_", "-").partition("-")
    if place in _AMERICAS:
        return (-8, -2)
    if place in _EASTERN:
        return (3, 13)
    return (-8, 3) if language in {"en", "es", "pt", "und"} and not place else (0, 3)


_AMERICAS = frozenset("us ca mx br ar cl co pe ve uy ec bo py cr gt cu do pa sv hn ni pr".split())
_EASTERN = frozenset("in jp cn kr au nz id my sg ph th vn pk bd lk np hk tw kz ae ir af uz mm kh la mn".split())


def _is_utc(when: When) -> bool:
    return when.iso.endswith("+00:00")


def _told(groups: list[list[_Read]], unread: list[Weighed], *, believed: bool) -> tuple[Weighed, ...]:
    """The statements, those of the day that is believed first."""
    told: list[Weighed] = []
    for number, group in enumerate(groups):
        note = "too little to be believed" if not believed else "another day" if number else ""
        for each in sorted(group, key=lambda each: -each.weight):
            told.append(Weighed(each.witness, each.when.iso, round(each.weight, 2), each.note or note))
    return (*told, *unread)


def _conflicts(stated: Statements, others: list[list[_Read]], tongue: str) -> tuple[str, ...]:
    """The strong statements of other days; a page that shows the day of its last change does not contradict itself."""
    changed = {when.iso[:10] for w in stated.of("updated") if (when := _parse(w.value, language=tongue))}
    told = dict.fromkeys(
        f"{each.witness.origin}: {each.witness.value.strip()}"
        for other in others
        for each in other
        if _weight(each.witness.origin) >= STRONG
        and each.witness.field == "published"
        and each.witness.origin != "url"
        and not (each.kind == "shown" and each.when.iso[:10] in changed)
    )
    return tuple(told)[:MOST_CONFLICTS]


def _only_update(stated: Statements, tongue: str, fetched: When | None) -> _Read | None:
    """The day of the last change, where the page shows it by the headline; at its foot it dates the page, not the text."""
    for witness in stated.of("updated"):
        if witness.origin == "h1:near":
            when = _parse(witness.value, language=tongue)
            if when is not None and when.day and when.day <= _latest(fetched):
                return _Read(witness, When(when.iso[:10], "day"), AS_UPDATED, "shown")
    return None


def _weight(origin: str) -> float:
    if (exact := _WEIGHTS.get(origin)) is not None:
        return exact
    head, colon, _ = origin.partition(":")
    return _WEIGHTS.get(f"{head}{colon}", _OTHER)


def _kind(origin: str) -> str:
    """What speaks: `markup`, what is `shown`, or the `container`."""
    if origin.startswith(("json-ld", "meta:", "itemprop:", "rdfa:")):
        return "markup"
    return "shown" if origin.startswith(("time", "class:", "labelled", "h1:", "margin:", "lone")) else "container"


def _moment(fetched: When | None) -> datetime | None:
    """The moment from which "two hours ago" is counted."""
    if fetched is None or fetched.day is None:
        return None
    stated = datetime.fromisoformat(fetched.iso)
    return stated if "T" in fetched.iso else datetime.combine(stated.date(), time(12), UTC)


def _latest(fetched: When | None) -> str:
    """The last day that a date of publication can have."""
    moment = _moment(fetched) or datetime.now(UTC)
    return (moment + LATER_THAN_FETCHED).date().isoformat()


def _date_in_url(url: str) -> When | None:
    """A day in the path, /2024/11/25/, /2024-11-25-, /20241125/; a month where blogs put it, /2024/11/headline."""
    path = urlsplit(url).path + "/"
    for expression in _IN_URL:
        if match := expression.search(path):
            found = _parse("-".join(f"{int(part):02}" for part in match.groups() if part.isdecimal()))
            if found is not None and found.iso[:4] >= "1995":
                return found
    return None


_IN_URL = (
    re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?=[/_-])"),
    re.compile(r"(?<=[/_-])((?:19|20)\d{2})-(\d{2})-(\d{2})(?=[/_.+-])"),
    re.compile(r"(?<=[/_-])((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/_-])"),
    re.compile(r"/((?:19|20)\d{2})/(0[1-9]|1[0-2])/(?=[^/]*[a-z]{3})"),
)


def updated(stated: Statements, tongue: str, published: When | None) -> Decision[When]:
    """When it was last changed, as far as that is later than its publication."""
    weighed: list[Weighed] = []
    best: tuple[When, Witness] | None = None
    latest = _latest(first(stated, "fetched", tongue).value)
    for witness in sorted(stated.of("updated"), key=lambda w: -_weight(w.origin))[:MOST_READ]:
        when = _parse(witness.value, language=tongue)
        if when is None:
            weighed.append(Weighed(witness, "", 0.0, "says no date that is certain"))
        elif when.iso[:10] > latest:
            weighed.append(Weighed(witness, when.iso, 0.0, "lies in the future of the page"))
        elif published is not None and not _is_later(when, published):
            weighed.append(Weighed(witness, when.iso, 0.0, "not later than its publication"))
        else:
            weighed.append(Weighed(witness, when.iso, _weight(witness.origin)))
            best = best or (when, witness)
    if best is None:
        return Decision(None, "", tuple(weighed))
    return Decision(best[0], best[1].origin, tuple(sorted(weighed, key=lambda each: -each.weight)))


def _is_later(when: When, than: When) -> bool:
    """Whether the date is later, to the minute where both go so far."""
    if when.instant and than.instant:
        return when.instant - than.instant >= timedelta(minutes=1)
    shared = min(len(when.iso), len(than.iso), 16)
    return when.iso[:shared] > than.iso[:shared]


def first(stated: Statements, field: str, tongue: str) -> Decision[When]:
    """The first statement of the field that says a date."""
    weighed = [
        Weighed(witness, when.iso if when else "", _weight(witness.origin) if when else 0.0)
        for witness in stated.of(field)
        for when in (_parse(witness.value, language=tongue),)
    ]
    for each in weighed:
        if each.read and (when := _parse(each.witness.value, language=tongue)):
            return Decision(when, each.witness.origin, tuple(weighed))
    return Decision(None, "", tuple(weighed))


def received(stated: Statements) -> Decision[When]:
    """When a mail was sent, which is when it was received as far as can be known."""
    for witness in stated.of("published"):
        if witness.origin.casefold() == "header:date" and (when := _parse(witness.value)):
            return Decision(when, witness.origin, (Weighed(witness, when.iso, _weight(witness.origin)),))
    return Decision(None)
