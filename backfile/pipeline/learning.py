"""The order of learning: count while reading, decide at the end of a run, clean again what a decision touches."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import cast

from backfile.article import Failure, Json
from backfile.config import Archive, Source, load
from backfile.errors import WrongUse
from backfile.pipeline import cleaner, copying, indexing, recleaning, stories
from backfile.pipeline.cleaner import Cleaner
from backfile.store import ArchiveLock, Seen, Store, open_store
from transforms import recurring
from transforms.recurring import Evidence, Where

RETRACED = 200  # documents whose lines are counted anew in one transaction
MOST_LOOKED_AT = 2_000  # lines of a site that are looked at for suggestions, the most frequent first


def cleaners(store: Store, sources: Iterable[Source]) -> dict[str, Cleaner]:
    """The cleaner of each source, with what was learned and without what a person disabled."""
    disabled = store.disabled_rules()
    learned = cast("dict[str, dict[int, Where]]", store.learned())
    return {each.name: replace(cleaner.cleaner_for(each, disabled=disabled), learned=learned) for each in sources}


def learn(store: Store, setting: str) -> tuple[int, int]:
    """Decide upon the lines whose counts changed; how many are taken from now on, and how many no longer.

    `setting` is "certain", or "suggest": then only what a person accepted is taken.
    """
    for batch in store.untraced(recurring.VERSION, RETRACED):
        store.trace([(row, cleaner.traces_of(made, source)) for row, source, made in batch])
    judge = _beyond_doubt if setting == "certain" else _never
    return store.weigh(judge, how=_how(setting))


def decided_otherwise(store: Store, setting: str) -> int:
    """Of how many sites the next run decides upon all lines anew: the setting or the way to decide has changed."""
    return store.sites_decided_otherwise(_how(setting))


def _how(setting: str) -> str:
    return f"{recurring.VERSION} {setting}"


def _beyond_doubt(seen: Seen) -> Where | None:
    # Counting copies is dear; without them there are at least as many.
    if recurring.decide(seen.key, _evidence(seen, articles=seen.documents)) is None:
        return None
    return recurring.decide(seen.key, _evidence(seen, articles=_articles(seen)))


def _never(seen: Seen) -> Where | None:  # noqa: ARG001  # the signature of a judge
    return None


def _articles(seen: Seen) -> int:
    return recurring.independent(seen.sketches(), seen.key)


def _evidence(seen: Seen, *, articles: int) -> Evidence:
    places = seen.places
    return Evidence(
        articles,
        seen.documents,
        places.get(recurring.HEAD, 0),
        places.get(recurring.TAIL, 0),
        places.get(recurring.INNER, 0),
        seen.total,
        seen.elsewhere,
        recurring.is_mixed(seen.site),
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line that recurs, for a person to decide upon."""

    line: str  # its id
    site: str
    text: str
    articles: int  # that hold it; copies of one counted once
    total: int  # documents of the site
    places: dict[str, int]  # head, inner, tail → documents
    state: str  # candidate, learned, accepted, disabled
    where: str  # it is taken; "" when it is not
    examples: tuple[str, ...]  # ids of documents that hold it

    def to_json(self) -> dict[str, Json]:
        """The suggestion as `rules suggest --json` prints it."""
        return {
            "line": self.line,
            "state": self.state,
            "where": self.where,
            "articles": self.articles,
            "total": self.total,
            "places": dict(self.places),
            "site": self.site,
            "text": self.text,
            "examples": list(self.examples),
        }


_PLACES = {"head": recurring.HEAD, "inner": recurring.INNER, "tail": recurring.TAIL}
_LINE = re.compile(r"line-(\d{1,12})-([0-9a-f]{16})")
EXAMPLES = 3


def suggestions(store: Store, source: str) -> Iterator[Suggestion]:
    """The lines that recur at the sites of a source: what is taken, what is not, and what could be."""
    for seen in store.candidates(source, MOST_LOOKED_AT):
        evidence = _evidence(seen, articles=_articles(seen))
        if seen.state is None and not recurring.is_candidate(evidence):
            continue
        found = list(store.examples(seen.site_id, seen.key, EXAMPLES))
        texts = (line.text for _, lines in found for line in lines if recurring.key(line.text) == seen.key)
        yield Suggestion(
            line_id(seen.site_id, seen.key),
            seen.site,
            next(texts, ""),
            evidence.articles,
            seen.total,
            {name: seen.places.get(place, 0) for name, place in _PLACES.items()},
            seen.state or "candidate",
            seen.where or "",
            tuple(key for key, _ in found),
        )


def line_id(site: int, key: int) -> str:
    """What a learned line is called on the command line: `line-3-0123456789abcdef`."""
    return f"line-{site}-{key & (1 << 64) - 1:016x}"


def line_of(name: str) -> tuple[int, int] | None:
    """Site and key of a line's id; None when it is no such id."""
    match = _LINE.fullmatch(name)
    if match is None:
        return None
    key = int(match[2], 16)
    return int(match[1]), key - (1 << 64) if key >> 63 else key


# --- what a person decides


@dataclass(frozen=True, slots=True)
class Settled:
    """What a decision did at once."""

    changed: int  # articles that came out otherwise
    indexed: int  # of them and others, added to the index
    failed: tuple[Failure, ...] = ()  # documents that could not be cleaned again, and keep what they gave


def decide_on(archive: Archive, names: Iterable[str], verdict: str, *, article: str = "", where: str = "") -> Settled:
    """Accept, disable or enable rules and recurring lines, and clean again what that touches.

    Args:
        archive: where they are decided upon.
        names: ids of lines (`line-3-…`), names or ids of rules.
        verdict: "accept" (lines only), "disable", or "enable", which takes back what was decided.
        article: id of the only article that a rule is disabled or enabled for; "": all.
        where: at which place an accepted line is taken: head, tail, edges, anywhere; "": where it mostly stands.

    Raises:
        WrongUse: there is no such rule, line or article, or the verdict does not suit it.
    """
    settings = load(archive)
    lock = ArchiveLock(archive.lock_file, archive.store)
    with lock, closing(open_store(archive.store, lock=lock)) as store:
        known = {rule.name for each in settings.sources for rule in cleaner.cleaner_for(each).rules} | {recurring.NAME}
        lines, rules = _sorted_out(names, known, verdict, article)
        for site, key in lines:
            if not (places := store.places_of(site, key)):
                raise WrongUse("no article has such a line; `backfile rules suggest SOURCE` shows the ids of lines")
            if verdict == "enable":
                store.forget_ruling(site, key)
            else:
                store.rule_on_line(site, key, state=_STATES[verdict], where=where or _usual(places))
        for name in rules:
            store.disable_rule(name, article, enable=verdict == "enable")
        learn(store, settings.learn)
        made = recleaning.clean_all_again(store, settings, cleaners(store, settings.sources))
        indexed = 0
        if made.changed:
            copying.compare(store)
            stories.describe(store)
            indexed = indexing.update(store, archive.index_directory, settings)
    return Settled(made.changed, indexed, tuple(made.failed))


_STATES = {"accept": "accepted", "disable": "disabled"}


def _usual(places: Mapping[int, int]) -> Where:
    """Where an accepted line is taken when nobody says so: within articles only when it mostly stands there."""
    inner = places.get(recurring.INNER, 0)
    return "anywhere" if inner > places.get(recurring.HEAD, 0) + places.get(recurring.TAIL, 0) else "edges"


def _sorted_out(
    names: Iterable[str], known: set[str], verdict: str, article: str
) -> tuple[list[tuple[int, int]], list[str]]:
    """The lines and the rules among the names."""
    lines: list[tuple[int, int]] = []
    rules: list[str] = []
    for name in names:
        if line := line_of(name):
            if article:
                raise WrongUse(f"{name} is a line of a site; for one article disable the rule: {recurring.NAME}")
            lines.append(line)
        elif verdict == "accept":
            raise WrongUse(f"{name!r} is no id of a line; `backfile rules suggest SOURCE` shows them")
        elif (plain := name.partition("/")[0]) in known:
            rules.append(plain)
        else:
            near = get_close_matches(plain, known, 3)
            hint = f"did you mean {', '.join(near)}?" if near else "`backfile rules list` names all"
            raise WrongUse(f"no rule is named {name!r}; {hint}")
    return lines, rules
