"""What documents add to the counts of recurring lines, and take with them when they leave."""

import itertools
from collections.abc import Sequence

import sqlalchemy as sa

from backfile.batching import batches
from backfile.outcome import Traces
from backfile.store.connected import ROWS, Connected, insert
from backfile.store.tables import occurrences, sites, traces, unweighed


class TraceRows(Connected):
    """Written in the transaction that writes the document, so that the counts are right wherever a run is stopped."""

    def _put_traces(self, connection: sa.Connection, traced: Sequence[Sequence[tuple[int, Traces]]]) -> None:
        """Insert what documents (by row) add to the counts, and note that these changed; in lists, one after the other.

        The sites of a list that are new are numbered in the order of their names.
        """
        names = dict.fromkeys(name for some in traced for name in sorted({each.site for _, each in some}))
        if not names:
            return
        numbers = self._site_ids(connection, list(names))
        every = [(document, numbers[each.site], each) for some in traced for document, each in some]
        insert(connection, traces, [(document, site, each.version, each.sketch) for document, site, each in every])
        rows = [
            (key, site, place, document, key in each.hidden)
            for document, site, each in every
            for key, place in each.places.items()
        ]
        insert(connection, occurrences, rows)
        insert(connection, unweighed, [(key,) for key in {row[0] for row in rows}])

    def _site_ids(self, connection: sa.Connection, names: Sequence[str]) -> dict[str, int]:
        """The rows of sites by name; a new one is made where there is none."""
        known: dict[str, int] = {}
        for batch in batches(names, ROWS):
            query = sa.select(sites.c.name, sites.c.id).where(sites.c.name.in_(batch))
            known |= {row.name: row.id for row in connection.execute(query)}
        new = [each for each in names if each not in known]
        made = dict(zip(new, itertools.count(self._last(connection, sites) + 1), strict=False)) if new else {}
        insert(connection, sites, [(number, name, 0, "") for name, number in made.items()])
        return known | made

    def _forget_traces(self, connection: sa.Connection, which: "Sequence[int] | sa.Select[tuple[int]]") -> None:
        """Take back what documents added to the counts, and note that these changed."""
        mine = occurrences.c.document_id.in_(which)
        connection.execute(unweighed.insert().from_select(["key"], sa.select(occurrences.c.key).where(mine)))
        connection.execute(occurrences.delete().where(mine))
        connection.execute(traces.delete().where(traces.c.document_id.in_(which)))
