"""What documents add to the counts of recurring lines, and take with them when they leave."""

from collections.abc import Sequence

import sqlalchemy as sa

from backfile.batching import batches
from backfile.outcome import Traces
from backfile.store.connected import ROWS, Connected
from backfile.store.tables import occurrences, sites, traces, unweighed


class TraceRows(Connected):
    """Written in the transaction that writes the document, so that the counts are right wherever a run is stopped."""

    def _put_traces(self, connection: sa.Connection, traced: Sequence[tuple[int, Traces]]) -> None:
        """Insert what documents (by row) add to the counts, and note that these changed."""
        if not traced:
            return
        numbers = self._site_ids(connection, {each.site for _, each in traced})
        connection.execute(
            traces.insert(),
            [
                {
                    "document_id": document,
                    "site_id": numbers[each.site],
                    "version": each.version,
                    "sketch": each.sketch,
                }
                for document, each in traced
            ],
        )
        rows = [
            {
                "key": key,
                "site_id": numbers[each.site],
                "place": place,
                "document_id": document,
                "hidden": key in each.hidden,
            }
            for document, each in traced
            for key, place in each.places.items()
        ]
        if rows:
            connection.execute(occurrences.insert(), rows)
            connection.execute(unweighed.insert(), [{"key": key} for key in {row["key"] for row in rows}])

    def _site_ids(self, connection: sa.Connection, names: set[str]) -> dict[str, int]:
        """The rows of sites by name; a new one is made where there is none."""
        known: dict[str, int] = {}
        for batch in batches(sorted(names), ROWS):
            query = sa.select(sites.c.name, sites.c.id).where(sites.c.name.in_(batch))
            known |= {row.name: row.id for row in connection.execute(query)}
        for name in sorted(names - known.keys()):
            made = connection.execute(sites.insert().values(name=name, documents=0, decided=""))
            known[name] = int(made.inserted_primary_key[0])  # type: ignore[index]
        return known

    def _forget_traces(self, connection: sa.Connection, which: "Sequence[int] | sa.Select[tuple[int]]") -> None:
        """Take back what documents added to the counts, and note that these changed."""
        mine = occurrences.c.document_id.in_(which)
        connection.execute(unweighed.insert().from_select(["key"], sa.select(occurrences.c.key).where(mine)))
        connection.execute(occurrences.delete().where(mine))
        connection.execute(traces.delete().where(traces.c.document_id.in_(which)))
