"""Inputs as rows: what is known of them, and what a run notes of them beside their documents."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from backfile import records
from backfile.batching import batches
from backfile.store.connected import ROWS, Connected, insert
from backfile.store.tables import articles, documents, inputs
from backfile.store.values import KEPT, KnownInput, Looked, Portion, now

# Of an input that must be read from its beginning, whatever its size, time and bytes say.
UNREAD = {"complete": False, "digest": "", "mark": None}

Outline = tuple[str, int, int, int, int, int, str | None]
"""Of an input: path, size, time, whether size and time tell all (0 or 1), items, id, since when it is gone."""


class InputRows(Connected):
    """What the listing and a run that reads know inputs by."""

    def outline(self, source: str, *, settings: str, tick: int) -> Iterator[Sequence[Outline]]:
        """Every input of a source that was ever seen, in the order of paths, in lists of some hundreds.

        `settings`: those that an input must have been read with to be as it was; `tick`: ns within which a file may be
        written to twice and have the same time.
        """
        c = inputs.c
        certain = (c.checked == 0) | (c.checked >= c.modified + tick)
        settled = c.complete & (c.digest != "") & (c.settings == settings) & certain
        flag = sa.cast(settled, sa.Integer)  # as a truth value each would be converted, by Python
        query = sa.select(c.path, c.size, c.modified, flag, c["items"], c.id, c.gone).where(c.source == source)
        with (
            self._engine.connect() as connection,
            connection.execution_options(yield_per=ROWS).execute(query.order_by(c.path)) as rows,
        ):
            yield from rows.partitions()  # type: ignore[misc]  # a row is a tuple

    def inputs_with(self, ids: Iterable[int]) -> Iterator[KnownInput]:
        """The inputs of these ids."""
        for batch in batches(ids, ROWS):
            yield from self._inputs(inputs.c.id.in_(batch)).values()

    def inputs_at(self, source: str, paths: Iterable[str]) -> dict[str, KnownInput]:
        """Those inputs of a source that lie at one of the paths, by path."""
        found: dict[str, KnownInput] = {}
        for batch in batches(paths, ROWS):
            found |= self._inputs(inputs.c.source == source, inputs.c.path.in_(batch))
        return found

    def _inputs(self, *where: sa.ColumnElement[bool]) -> dict[str, KnownInput]:
        columns = (inputs.c[name] for name in KnownInput.__dataclass_fields__)
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).where(*where))
            return {row.path: KnownInput(*row) for row in rows}

    def touch_inputs(self, ids: Iterable[int]) -> None:
        """Note that the inputs were seen, unchanged."""
        with self._transaction() as connection:
            for batch in batches(ids, ROWS):
                connection.execute(inputs.update().where(inputs.c.id.in_(batch)).values(last_seen=now(), gone=None))

    def refresh_inputs(self, looked_at: Iterable[tuple[int, Looked]]) -> None:
        """Note of inputs, by id, that their bytes are the ones that were read, whatever size and time say."""
        found = dict(looked_at)
        statement = inputs.update().where(inputs.c.id == sa.bindparam("input_id"))
        for batch in batches(found, ROWS):
            with self._transaction() as connection:
                seen = {"last_seen": now(), "gone": None}
                connection.execute(statement, [{"input_id": each, **_looked(found[each]), **seen} for each in batch])

    def move_inputs(self, moves: Iterable[tuple[KnownInput, str, Looked]]) -> None:
        """Note that inputs lie elsewhere now: input and path. Their documents keep their ids."""
        for batch in batches(moves, ROWS):
            with self._transaction() as connection:
                for known, path, looked in batch:
                    self._move(connection, known, path, looked)

    def _move(self, connection: sa.Connection, known: KnownInput, path: str, looked: Looked) -> None:
        values = {"path": path, **_looked(looked), "last_seen": now(), "gone": None}
        connection.execute(inputs.update().where(inputs.c.id == known.id).values(values))
        mine = sa.select(documents.c.id, documents.c.uri).where(documents.c.input_id == known.id)
        for row in connection.execute(mine).all():
            if row.uri.startswith(known.path):
                self._place(connection, row.id, path + row.uri.removeprefix(known.path))

    def _place(self, connection: sa.Connection, document_id: int, uri: str) -> None:
        connection.execute(documents.update().where(documents.c.id == document_id).values(uri=uri))
        held = sa.select(articles.c.id, articles.c.record).where(articles.c.document_id == document_id)
        for row in connection.execute(held).all():
            record = records.packed({**records.unpacked(row.record), "uri": uri})
            connection.execute(articles.update().where(articles.c.id == row.id).values(record=record))

    def failed_inputs(self, source: str) -> set[str]:
        """The paths of those inputs of a source in which something failed, or is only kept as it was."""
        faulty = (documents.c.state == "failed") | documents.c.detail.startswith(KEPT)
        query = sa.select(inputs.c.path).distinct().join(documents).where(inputs.c.source == source, faulty)
        with self._engine.connect() as connection:
            return set(connection.scalars(query.where(inputs.c.gone.is_(None))))

    def has_costly(self, source: str) -> bool:
        """Whether something of a source was too costly to parse."""
        # As a sum, so that SQLite goes to the inputs of the few that were too costly, not to all documents of a source.
        query = sa.select(documents.c.id).join(inputs, inputs.c.id == documents.c.input_id + 0)
        query = query.where(documents.c.tried.is_not(None), inputs.c.source == source)
        with self._engine.connect() as connection:
            return connection.scalar(query.limit(1)) is not None

    def costly_inputs(self, source: str, tried: str) -> set[str]:
        """The paths of those in which something was too costly, under other rules or limits than those of `tried`."""
        query = sa.select(inputs.c.path).distinct().join(documents)
        query = query.where(inputs.c.source == source, documents.c.tried != tried, inputs.c.gone.is_(None))
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def _put_inputs(self, connection: sa.Connection, portions: Sequence[Portion]) -> list[int]:
        """Insert or update the inputs that the portions are of; their rows, in order."""
        last = self._last(connection, inputs)
        numbers: list[int] = []
        new: list[tuple[object, ...]] = []
        known: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)  # by the columns that change
        for portion in portions:
            values = _values(portion)
            if portion.input_id is None:
                last += 1
                row = {"id": last, "checked": 0, **values}
                new.append(tuple(row[each.name] for each in inputs.columns))
            else:
                known[tuple(values)].append({"number": portion.input_id, **values})
            numbers.append(portion.input_id or last)
        insert(connection, inputs, new)
        for rows in known.values():
            connection.execute(inputs.update().where(inputs.c.id == sa.bindparam("number")), rows)
        return numbers


def _values(portion: Portion) -> dict[str, object]:
    """What changes of the row of an input by a portion of it."""
    values: dict[str, object] = {}
    if begun := portion.begun:
        values |= {"source": begun.source, "path": begun.path, "settings": begun.settings, **UNREAD}
        values |= {"size": begun.size, "modified": begun.modified}
    if begun or portion.resumed:
        values |= {"complete": False, "gone": None, "last_seen": now()}
    if ended := portion.ended:
        values |= {"digest": ended.digest, "mark": ended.mark, "complete": ended.complete}
        values |= _looked(ended.looked) if ended.looked else {}
    return {**values, "items": portion.items}


def _looked(looked: Looked) -> dict[str, int]:
    return {"size": looked.size, "modified": looked.modified, "checked": looked.checked}
