"""One search from a query string to hits that can be shown: what the command line, a service or a notebook calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from backfile.errors import WrongUse
from index.advice import advice
from index.analysis import Analyser, analyser
from index.dates import DAYS, parse_dates
from index.engine import ALL, And, Answer, Clause, DateRange, Facet, Filter, Match, SearchEngine, Sort
from index.entry import Display
from index.explain import Share, shares, with_rest
from index.folding import fold_key
from index.highlight import sought
from index.notes import Note
from index.plan import Plan, plan, primary_tag
from index.query import Node, Query, parse
from index.snippet import Snippet, Sought, marks_of, snippet

PARTIAL_NOTE = Note("no article has all of these words; these have some of them")
EMPTY_NOTE = Note("there is no word in the query to look for")


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found."""

    id: str
    source: str
    title: str | None
    url: str | None
    published: str | None  # ISO 8601, cut at its precision
    published_precision: str | None
    language: str
    publisher: str | None
    authors: tuple[str, ...]
    score: float  # comparable within one result list only
    snippet: Snippet
    copies: int  # copies and near copies of it that match too and were folded into it
    title_marks: tuple[tuple[int, int], ...] = ()  # characters of `title`
    shares: tuple[Share, ...] = ()  # what each part of the query adds, where that was asked for


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found."""

    hits: tuple[Hit, ...]
    total: int  # hits in all, before `limit` and `offset`
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    partial: bool = False  # nothing matched everything, so these match a part
    understood: tuple[str, ...] = ()  # how the query was read, a line for each node, where that was asked for


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a run for evaluation."""

    id: str
    score: float


def search(  # noqa: PLR0913  (one keyword per option of the command; all but the first two have a default)
    engine: SearchEngine,
    text: str,
    *,
    now: date,
    limit: int = 10,
    offset: int = 0,
    sort: Sort = "score",
    facets: Sequence[Facet] = (),
    since: str | None = None,
    until: str | None = None,
    language: str | None = None,
    source: str | None = None,
    all_text: bool = False,
    all_copies: bool = False,
    explain: bool = False,
) -> Results:
    """The articles that match a query.

    `since` and `until` are dates at any precision (`2024`, `2024-11`, `25.11.2024`, `2w`), both inclusive. With
    `all_text` what the rules removed is searched as well; with `all_copies` copies are hits of their own; with
    `explain` it is told how the query was read, and what each hit's score adds up to. Raises `QueryError` for a query
    over a limit, `WrongUse` for a date that is none.
    """
    query = parse(text, now=now)
    spoken = primary_tag(language) if language else None
    found = plan(query, engine, language=spoken, all_text=all_text)
    if found is None:
        return Results(hits=(), total=0, notes=(*query.notes, EMPTY_NOTE))
    narrowing = _narrowing(now, since=since, until=until, language=language, source=source)

    def ask(clause: Clause) -> Answer:
        narrowed = _narrowed(clause, narrowing)
        return engine.search(narrowed, limit=limit, offset=offset, sort=sort, facets=facets, fold=not all_copies)

    answer, notes = ask(found.clause), query.notes
    partial = answer.total == 0 and found.partial is not None
    if partial and found.partial is not None:
        answer = ask(found.partial)
        partial = answer.total > 0
        notes = (*notes, PARTIAL_NOTE) if partial else notes
    if answer.total == 0 or partial:
        remarked = {(note.start, note.end) for note in query.notes}
        told = advice(engine, query, found.parts, narrowing)
        notes = (*notes, *(note for note in told if note.start is None or (note.start, note.end) not in remarked))
    hits = _hits(engine, answer.matches, found, query.node)
    if explain:
        hits = tuple(replace(hit, shares=with_rest(hit.score, shares(engine, query, found, hit.id))) for hit in hits)
    return Results(
        hits=hits,
        total=answer.total,
        facets=answer.facets,
        notes=notes,
        partial=partial,
        understood=_understood(engine, query, found, spoken) if explain else (),
    )


def _understood(engine: SearchEngine, query: Query, found: Plan, spoken: str | None) -> tuple[str, ...]:
    from index.reading import understood  # noqa: PLC0415  (only where it is asked for)

    return tuple(understood(engine, query, found, language=spoken))


def displayed(engine: SearchEngine, article: str) -> Display:
    """What is shown of the article with this id. Raises `WrongUse` when the index has none."""
    display = engine.displays([article]).get(article)
    if display is None:
        raise WrongUse(f"there is no article {article} in the index")
    return display


def similar(engine: SearchEngine, article: str, *, limit: int = 10) -> Results:
    """The articles most like the one with this id, its copies left out. Raises `WrongUse` when the index has none."""
    display = displayed(engine, article)
    from index.similar import key_terms, like  # noqa: PLC0415  (a search does without)

    terms = key_terms(engine, display)
    answer = engine.search(like(display, terms), limit=limit, fold=True)
    asked = Plan((), ALL, None, frozenset(terms), frozenset())
    return Results(hits=_hits(engine, answer.matches, asked), total=answer.total)


def rank(  # noqa: PLR0913  (as `search`)
    engine: SearchEngine,
    text: str,
    *,
    now: date,
    limit: int = 100,
    since: str | None = None,
    until: str | None = None,
    language: str | None = None,
    source: str | None = None,
    all_text: bool = False,
) -> list[Ranked]:
    """The ids that match, filled up with partial matches; for evaluation with standard tools, so copies are not folded.

    Scores fall from line to line: those of the partial matches are scaled to stay below the others.
    """
    found = plan(parse(text, now=now), engine, language=primary_tag(language) if language else None, all_text=all_text)
    if found is None:
        return []
    narrowing = _narrowing(now, since=since, until=until, language=language, source=source)
    matches = list(engine.search(_narrowed(found.clause, narrowing), limit=limit).matches)
    if len(matches) < limit and found.partial is not None:
        seen = {match.id for match in matches}
        filling = engine.search(_narrowed(found.partial, narrowing), limit=limit).matches
        more = [match for match in filling if match.id not in seen]
        scale = min(1.0, _BELOW * matches[-1].score / more[0].score) if matches and more and more[0].score else 1.0
        matches += [Match(match.id, match.score * scale) for match in more]
    return [Ranked(match.id, match.score) for match in matches[:limit]]


_BELOW = 0.99  # the best partial match's score beside that of the last whole one


def _narrowed(clause: Clause, narrowing: Mapping[str, Clause]) -> Clause:
    return And((clause, *narrowing.values())) if narrowing else clause


def _narrowing(
    now: date, *, since: str | None, until: str | None, language: str | None, source: str | None
) -> dict[str, Clause]:
    """What the options narrow a search to, each by its name."""
    clauses: dict[str, Clause] = {}
    first, last = _day(since, now, first=True), _day(until, now, first=False)
    if first is not None and last is not None and first > last:
        raise WrongUse(f"--since {since} is after --until {until}")
    if first is not None:
        clauses["since"] = DateRange(first, None)
    if last is not None:
        clauses["until"] = DateRange(None, last)
    if language is not None:
        clauses["lang"] = Filter("lang", (primary_tag(language),))
    if source is not None:
        clauses["source"] = Filter("source", (fold_key(source),))
    return clauses


def _day(text: str | None, now: date, *, first: bool) -> int | None:
    if text is None:
        return None
    span = parse_dates(text, now=now) if ".." not in text else None
    day = None if span is None else span[0 if first else 1]
    if day is None:
        raise WrongUse(f"“{text}” is no date; {DAYS}")
    return day


def _hits(engine: SearchEngine, matches: Sequence[Match], found: Plan, node: Node | None = None) -> tuple[Hit, ...]:
    displays = engine.displays(match.id for match in matches)
    shown = [(match, display) for match in matches if (display := displays.get(match.id)) is not None]
    analysers = {display.language: analyser(display.language, engine.compounds) for _, display in shown}
    marked = {language: sought(node, found, words) for language, words in analysers.items()}
    return tuple(
        _hit(match, display, analysers[display.language], marked[display.language]) for match, display in shown
    )


def _hit(match: Match, display: Display, words: Analyser, marked: Sought) -> Hit:
    title = display.title
    return Hit(
        id=display.id,
        source=display.source,
        title=title,
        url=display.url,
        published=display.published,
        published_precision=display.published_precision,
        language=display.language,
        publisher=display.publisher,
        authors=display.authors,
        score=match.score,
        snippet=snippet(display.text, words, marked),
        copies=match.copies,
        title_marks=marks_of(title, words, marked) if title else (),
    )
