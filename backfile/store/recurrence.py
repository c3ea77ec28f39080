"""Lines that recur: what was counted, what was decided, and which extractions a decision touches.

A decision is a function of the counts alone. Looked at are the keys whose counts changed, and what was learned of sites
that have grown since (the same count is a smaller share); a site is gone through whole when it has shrunk, or when the
way of deciding is another.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from backfile import records
from backfile.article import Extraction, Line
from backfile.batching import batches
from backfile.errors import WrongUse
from backfile.outcome import Traces
from backfile.store.connected import ROWS
from backfile.store.tables import (
    articles,
    disabled,
    documents,
    extractions,
    inputs,
    occurrences,
    recurring,
    sites,
    traces,
    unweighed,
)
from backfile.store.trace_rows import TraceRows
from backfile.store.values import Seen

SKETCHES = 200  # fetched for one line; more than are compared
Judge = Callable[[Seen], str | None]  # where the line is taken, or None


class Recurrence(TraceRows):
    """What recurs over the documents of a site."""

    def learned(self) -> dict[str, dict[int, str]]:
        """The lines that are taken: site → key → where."""
        query = sa.select(sites.c.name, recurring).join(sites).where(recurring.c.state != "disabled")
        found: dict[str, dict[int, str]] = defaultdict(dict)
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                found[row.name][row.key] = row.where
        return dict(found)

    def weigh(self, judge: Judge, *, how: str) -> tuple[int, int]:
        """Decide upon all lines whose counts changed, in one transaction; how many were learned, and unlearned.

        Extractions that hold a line whose decision changed are marked as to be cleaned again.

        Args:
            judge: what decides; it must depend on nothing but what it is given.
            how: what changes when `judge` does.
        """
        with self._transaction() as connection:
            totals = self._totals(connection)
            self._add_unweighed(connection, totals, how)
            gained = lost = 0
            for batch in batches(self._keys(connection), ROWS):
                new, gone = self._decide(connection, batch, judge, totals)
                gained, lost = gained + new, lost + gone
            connection.execute(unweighed.delete())
            for row in connection.execute(sa.select(sites)).all():
                if (row.documents, row.decided) != (totals[row.id], how):
                    values = {"documents": totals[row.id], "decided": how}
                    connection.execute(sites.update().where(sites.c.id == row.id).values(values))
        return gained, lost

    def sites_decided_otherwise(self, how: str) -> int:
        """Of how many sites the next `weigh` looks at all lines, as `how` is not how they were decided."""
        query = sa.select(sa.func.count()).select_from(sites).where(sites.c.decided.not_in(["", how]))
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def _totals(self, connection: sa.Connection) -> dict[int, int]:
        """How many documents each site has now."""
        count = sa.select(sites.c.id, sa.func.count(traces.c.document_id)).outerjoin(traces).group_by(sites.c.id)
        return {row[0]: row[1] for row in connection.execute(count)}

    def _add_unweighed(self, connection: sa.Connection, totals: dict[int, int], how: str) -> None:
        """Note the keys that are to be looked at although their counts are the same."""
        rows = connection.execute(sa.select(sites).where(sites.c.decided != "")).all()
        whole = [row.id for row in rows if row.decided != how or totals[row.id] < row.documents]
        grown = [row.id for row in rows if totals[row.id] > row.documents]
        for batch in batches(whole, ROWS):
            mine = sa.select(occurrences.c.key).where(occurrences.c.site_id.in_(batch)).distinct()
            connection.execute(unweighed.insert().from_select(["key"], mine))
        for batch in batches({*whole, *grown}, ROWS):
            known = sa.select(recurring.c.key).where(recurring.c.site_id.in_(batch))
            connection.execute(unweighed.insert().from_select(["key"], known))

    def _keys(self, connection: sa.Connection) -> Sequence[int]:
        """The keys to look at: of lines that recur, or did."""
        changed = sa.select(unweighed.c.key)
        several = sa.select(occurrences.c.key).where(occurrences.c.key.in_(changed)).group_by(occurrences.c.key)
        known = sa.select(recurring.c.key).where(recurring.c.key.in_(changed))
        return connection.scalars(sa.union(several.having(sa.func.count() > 1), known)).all()

    def _decide(
        self, connection: sa.Connection, keys: list[int], judge: Judge, totals: dict[int, int]
    ) -> tuple[int, int]:
        known = {
            (row.site_id, row.key): row
            for row in connection.execute(sa.select(recurring).where(recurring.c.key.in_(keys)))
        }
        wanted = {}
        for seen in self._seen(connection, keys, totals):
            pair = seen.site_id, seen.key
            if (pair not in known or known[pair].state == "learned") and (where := judge(seen)):
                wanted[pair] = where
        stands = {pair: row.where for pair, row in known.items() if row.state == "learned"}
        changed = [pair for pair in {**stands, **wanted} if stands.get(pair) != wanted.get(pair)]
        for site, key in changed:
            self._set(connection, site, key, wanted.get((site, key)), "learned")
        return len(wanted.keys() - stands.keys()), len(stands.keys() - wanted.keys())

    def _seen(
        self, connection: sa.Connection, keys: list[int], totals: dict[int, int], only: set[int] | None = None
    ) -> Iterator[Seen]:
        """What was counted of the keys, one value for each site that has one of them in two documents or more."""
        o = occurrences.c
        query = sa.select(o.key, o.site_id, o.place, sa.func.count().label("documents")).where(o.key.in_(keys))
        places: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        holders: dict[int, set[int]] = defaultdict(set)
        for row in connection.execute(query.group_by(o.key, o.site_id, o.place)):
            places[row.site_id, row.key][row.place] = row.documents
            holders[row.key].add(row.site_id)
        names = self._names(connection, {site for site, _ in places})
        for (site, key), counted in places.items():
            if sum(counted.values()) > 1 and (only is None or site in only):
                sketches = self._sketches(connection, site, key)
                yield Seen(site, names[site], key, counted, totals[site], len(holders[key]) > 1, sketches)

    def _names(self, connection: sa.Connection, numbers: Iterable[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for batch in batches(numbers, ROWS):
            query = sa.select(sites.c.id, sites.c.name).where(sites.c.id.in_(batch))
            found |= {row.id: row.name for row in connection.execute(query)}
        return found

    def _sketches(self, connection: sa.Connection, site: int, key: int) -> Callable[[], list[bytes]]:
        query = sa.select(traces.c.sketch).join(occurrences, occurrences.c.document_id == traces.c.document_id)
        query = query.where(occurrences.c.key == key, occurrences.c.site_id == site)
        query = query.distinct().order_by(traces.c.sketch).limit(SKETCHES)
        return lambda: list(connection.scalars(query))

    def _set(self, connection: sa.Connection, site: int, key: int, where: str | None, state: str) -> None:
        """Decide upon a line (`where` None: nothing is decided), and mark what it touches."""
        connection.execute(recurring.delete().where(recurring.c.site_id == site, recurring.c.key == key))
        if where is not None:
            connection.execute(recurring.insert().values(site_id=site, key=key, where=where, state=state))
        holding = sa.select(occurrences.c.document_id).where(occurrences.c.key == key, occurrences.c.site_id == site)
        touched = extractions.c.document_id.in_(holding) & (extractions.c.rules != "")
        connection.execute(extractions.update().where(touched).values(rules=""))

    def places_of(self, site: int, key: int) -> dict[int, int]:
        """Where a line stands: place → documents; {} when no document of the site holds it."""
        o = occurrences.c
        query = sa.select(o.place, sa.func.count()).where(o.site_id == site, o.key == key).group_by(o.place)
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def rule_on_line(self, site: int, key: int, *, state: str, where: str) -> None:
        """Write down what a person decided upon a line: accepted or disabled."""
        with self._transaction() as connection:
            self._set(connection, site, key, where, state)

    def forget_ruling(self, site: int, key: int) -> None:
        """Take back what was decided upon a line; the next `weigh` decides anew."""
        with self._transaction() as connection:
            self._set(connection, site, key, None, "")
            connection.execute(unweighed.insert().values(key=key))

    def candidates(self, source: str, most: int) -> Iterator[Seen]:
        """What recurs most at the sites of a source, and what is decided upon it."""
        with self._engine.connect() as connection:
            mine = sa.select(traces.c.site_id).join(documents, documents.c.id == traces.c.document_id)
            numbers = set(connection.scalars(mine.join(inputs).where(inputs.c.source == source).distinct()))
            totals = self._totals(connection)
            for site in sorted(numbers, key=lambda number: (-totals[number], number)):
                o = occurrences.c
                count = sa.func.count()
                often = sa.select(o.key).where(o.site_id == site).group_by(o.key).having(count > 1)
                decided = connection.execute(sa.select(recurring).where(recurring.c.site_id == site)).all()
                known = {row.key: row for row in decided}
                keys = connection.scalars(often.order_by(count.desc(), o.key).limit(most)).all()
                found = [
                    seen
                    for batch in batches({*keys, *known}, ROWS)
                    for seen in self._seen(connection, batch, totals, {site})
                ]
                for seen in sorted(found, key=lambda seen: (-seen.documents, seen.key)):
                    row = known.get(seen.key)
                    yield seen if row is None else replace(seen, state=row.state, where=row.where)

    def examples(self, site: int, key: int, most: int) -> Iterator[tuple[str, tuple[Line, ...]]]:
        """Some documents that hold a line, each with its key and its extracted lines."""
        query = sa.select(documents.c.key, extractions).join_from(extractions, documents)
        query = query.join(occurrences, occurrences.c.document_id == documents.c.id)
        query = query.where(occurrences.c.key == key, occurrences.c.site_id == site)
        with self._engine.connect() as connection:
            for row in connection.execute(query.order_by(extractions.c.id).limit(most)):
                found = records.extraction_from(row.payload, story=row.story, extractor=row.extractor)
                yield row.key or "", found.lines

    def disabled_rules(self) -> set[tuple[str, str]]:
        """The rules that are not to run: (name, id of the article or "" for all)."""
        with self._engine.connect() as connection:
            return {(row.rule, row.article_id) for row in connection.execute(sa.select(disabled))}

    def disable_rule(self, name: str, article_id: str = "", *, enable: bool = False) -> None:
        """Have a rule not run (or run again) on one article, or on all; one article is marked as to be cleaned again.

        Raises:
            WrongUse: no document has that id.
        """
        with self._transaction() as connection:
            mine = (disabled.c.rule == name) & (disabled.c.article_id == article_id)
            connection.execute(disabled.delete().where(mine))
            if not enable:
                connection.execute(disabled.insert().values(rule=name, article_id=article_id))
            if article_id:
                its = sa.select(articles.c.extraction_id).where(articles.c.id == article_id)
                whole = sa.select(extractions.c.id).join(documents).where(documents.c.key == article_id)
                marked = extractions.update().where(extractions.c.id.in_(its.union(whole)))
                if not connection.execute(marked.values(rules="")).rowcount:
                    raise WrongUse(f"no article has the id {article_id!r}; `backfile search -l` lists ids")

    def untraced(self, version: int, size: int) -> Iterator[list[tuple[int, str, list[Extraction]]]]:
        """Documents with keys of another version, as (row, source, extractions); `trace` each list, then ask on."""
        query = sa.select(traces.c.document_id).where(traces.c.version != version).order_by(traces.c.document_id)
        while True:
            with self._engine.connect() as connection:
                numbers = connection.scalars(query.limit(size)).all()
                made = sa.select(inputs.c.source, extractions).join_from(extractions, documents).join(inputs)
                made = made.where(extractions.c.document_id.in_(numbers)).order_by(extractions.c.id)
                found: dict[int, tuple[str, list[Extraction]]] = {}
                for row in connection.execute(made):
                    lines = records.extraction_from(row.payload, story=row.story, extractor=row.extractor)
                    found.setdefault(row.document_id, (row.source, []))[1].append(lines)
            if not numbers:
                return
            yield [(number, *found[number]) for number in numbers if number in found]

    def trace(self, traced: Sequence[tuple[int, Traces]]) -> None:
        """Write anew what documents add to the counts."""
        with self._transaction() as connection:
            self._forget_traces(connection, [document for document, _ in traced])
            self._put_traces(connection, [traced])
