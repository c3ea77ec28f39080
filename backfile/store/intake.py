"""What readers and rules gave: inputs, documents, extractions, articles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backfile import records
from backfile.batching import batches
from backfile.errors import Reason
from backfile.outcome import PackedArticle
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS
from backfile.store.subject_rows import SubjectRows
from backfile.store.tables import articles, documents, extractions, inputs
from backfile.store.text_rows import TextRows
from backfile.store.trace_rows import TraceRows
from backfile.store.values import KEPT, KnownDocument, KnownInput, Looked, Outcome, kept, now

# Of an input that must be read from its beginning, whatever its size, time and bytes say.
_UNREAD = {"complete": False, "digest": "", "mark": None}

Outline = tuple[str, int, int, int, int, int, str | None]
"""Of an input: path, size, time, whether size and time tell all (0 or 1), items, id, since when it is gone."""


class Intake(ArticleRows, TraceRows, TextRows, SubjectRows):
    """The writing side of a run."""

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
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=ROWS).execute(query.order_by(c.path))
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

    def begin_input(self, source: str, path: str, *, size: int, modified: int, settings: str) -> int:
        """The id of the input, marked as not read to its end until `end_input` says so."""
        values = {"size": size, "modified": modified, "settings": settings, "complete": False, "gone": None}
        values |= {"digest": "", "items": 0, "mark": None, "last_seen": now()}
        with self._transaction() as connection:
            here = (inputs.c.source == source) & (inputs.c.path == path)
            known = connection.scalar(sa.select(inputs.c.id).where(here))
            if known is not None:
                connection.execute(inputs.update().where(inputs.c.id == known).values(values))
                return int(known)
            made = connection.execute(inputs.insert().values(source=source, path=path, **values))
            return int(made.inserted_primary_key[0])  # type: ignore[index]

    def resume_input(self, input_id: int) -> None:
        """Note that an input that grew is being read from its mark on; what is known of the bytes before it stays."""
        with self._transaction() as connection:
            values = {"complete": False, "gone": None, "last_seen": now()}
            connection.execute(inputs.update().where(inputs.c.id == input_id).values(values))

    def end_input(  # noqa: PLR0913
        self,
        input_id: int,
        *,
        digest: str,
        items: int,
        looked: Looked | None = None,
        mark: str | None = None,
        complete: bool = True,
    ) -> None:
        """Mark the input as read to its end, or, when it is not `complete`, up to an item that is cut off."""
        with self._transaction() as connection:
            values = {"digest": digest, "items": items, "mark": mark, "complete": complete}
            values |= _looked(looked) if looked else {}
            connection.execute(inputs.update().where(inputs.c.id == input_id).values(values))

    def mark_missing(self, input_id: int, *, run: int, prune: bool, member: str | None = None) -> int:
        """Note which documents the run did not see in an input that it read to its end; how many are newly so.

        `member`: the only one of them that the run looked for.
        """
        with self._transaction() as connection:
            missing = (documents.c.input_id == input_id) & (documents.c.seen != run)
            if member is not None:
                missing &= documents.c.member == member
            connection.execute(documents.delete().where(missing, documents.c.digest == ""))  # failures that are over
            if prune:
                return self._prune(connection, missing)
            newly = missing & documents.c.gone.is_(None)
            return connection.execute(documents.update().where(newly).values(gone=now())).rowcount

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

    def mark_gone(self, input_ids: Iterable[int], *, prune: bool) -> int:
        """Note that inputs left their source; with `prune` all they gave leaves too. How many were there until now."""
        count = 0
        with self._transaction() as connection:
            for batch in batches(input_ids, ROWS):
                newly = inputs.c.id.in_(batch) & inputs.c.gone.is_(None)
                count += connection.execute(inputs.update().where(newly).values(gone=now())).rowcount
                if prune:
                    self._prune(connection, documents.c.input_id.in_(batch))
                    connection.execute(inputs.delete().where(inputs.c.id.in_(batch)))
        return count

    def _prune(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
        """Delete documents and their articles; how many documents."""
        leaving = sa.select(articles.c.id).join(documents).where(which)
        self._withdraw(connection, connection.scalars(leaving).all())
        digests = connection.scalars(sa.select(documents.c.digest).where(which)).all()
        self._forget_traces(connection, sa.select(documents.c.id).where(which))
        count = connection.execute(documents.delete().where(which)).rowcount
        self._reopen_duplicates(connection, digests)
        return count

    def _reopen_duplicates(self, connection: sa.Connection, digests: Iterable[str]) -> None:
        """Have the duplicates of documents that left or changed read again: only they have that article now."""
        for batch in batches((each for each in digests if each), ROWS):
            twins = (documents.c.state == "rejected") & (documents.c.reason == Reason.DUPLICATE)
            twins &= documents.c.digest.in_(batch)
            holding = inputs.c.id.in_(sa.select(documents.c.input_id).where(twins))
            connection.execute(inputs.update().where(holding).values(_UNREAD))
            connection.execute(documents.update().where(twins).values(digest=""))

    def failed_inputs(self, source: str) -> set[str]:
        """The paths of those inputs of a source in which something failed, or is only kept as it was."""
        faulty = (documents.c.state == "failed") | documents.c.detail.startswith(KEPT)
        query = sa.select(inputs.c.path).distinct().join(documents).where(inputs.c.source == source, faulty)
        with self._engine.connect() as connection:
            return set(connection.scalars(query.where(inputs.c.gone.is_(None))))

    def has_costly(self, source: str) -> bool:
        """Whether something of a source was too costly to parse."""
        query = sa.select(documents.c.id).join(inputs).where(documents.c.tried.is_not(None), inputs.c.source == source)
        with self._engine.connect() as connection:
            return connection.scalar(query.limit(1)) is not None

    def costly_inputs(self, source: str, tried: str) -> set[str]:
        """The paths of those in which something was too costly, under other rules or limits than those of `tried`."""
        query = sa.select(inputs.c.path).distinct().join(documents)
        query = query.where(inputs.c.source == source, documents.c.tried != tried, inputs.c.gone.is_(None))
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def known_documents(self, input_id: int, members: Sequence[str]) -> dict[str, KnownDocument]:
        """The documents of an input among `members`, by member."""
        rows = self._known(documents.c.input_id == input_id, documents.c.member, members)
        return {row.member: row for row in rows}

    def owners(self, keys: Sequence[str]) -> dict[str, KnownDocument]:
        """The documents that hold one of the keys, by key."""
        return {row.key: row for row in self._known(sa.true(), documents.c.key, keys) if row.key}

    def _known(
        self, where: sa.ColumnElement[bool], column: sa.Column[Any], values: Sequence[str]
    ) -> Iterator[KnownDocument]:
        names = ("id", "input_id", "member", "uri", "key", "digest", "state", "reason", "detail", "seen", "tried")
        columns = [documents.c[name] for name in names]
        gone = inputs.c.gone.is_not(None) | documents.c.gone.is_not(None)
        with self._engine.connect() as connection:
            for batch in batches(values, ROWS):
                query = sa.select(*columns, gone).join(inputs).where(where, column.in_(batch))
                for row in connection.execute(query):
                    yield KnownDocument(*row)

    def with_articles(self, document_ids: Sequence[int]) -> set[int]:
        """Those of the documents that have articles in the store."""
        with self._engine.connect() as connection:
            mine = sa.select(articles.c.document_id).where(articles.c.document_id.in_(document_ids))
            return set(connection.scalars(mine))

    def touch_documents(self, ids: Iterable[int], *, run: int) -> None:
        """Note that the run saw the documents, unchanged."""
        with self._transaction() as connection:
            for batch in batches(ids, ROWS):
                connection.execute(documents.update().where(documents.c.id.in_(batch)).values(seen=run, gone=None))

    def keep(self, outcomes: Iterable[Outcome], *, run: int) -> None:
        """Note that documents cannot be read any more; what they gave before stays."""
        with self._transaction() as connection:
            for each in outcomes:
                if each.why is not None:
                    values = {"detail": kept(each.why, each.told), "seen": run, "gone": None, "tried": each.tried}
                    if each.tried and each.digest:  # else it would be tried again as another one than it was
                        values["digest"] = each.digest
                    connection.execute(documents.update().where(documents.c.id == each.document_id).values(values))

    def write(self, input_id: int, outcomes: Sequence[Outcome], *, run: int, rules: str, items: int) -> None:
        """Write what became of a chunk of documents, and how far the input was read, in one transaction.

        Args:
            input_id: the input they are of.
            outcomes: one for each document that is new or changed.
            run: the run that read them.
            rules: fingerprint of the rule set that cleaned them.
            items: how many items of the input were read so far.
        """
        with self._transaction() as connection:
            connection.execute(inputs.update().where(inputs.c.id == input_id).values(items=items))
            self._let_go(connection, input_id, outcomes)
            known = self._document_rows(connection, input_id, outcomes, run)
            revisions = self._take_out(connection, [each.document_id for each in outcomes if each.document_id])
            self._put_in(connection, zip(known, outcomes, strict=True), rules, revisions)
            traced = zip(known, (each.traces for each in outcomes), strict=True)
            self._put_traces(connection, [(number, traces) for number, traces in traced if traces])
            given = {article.id for each in outcomes for article in each.articles}
            self._withdraw(connection, [each for each in revisions if each not in given])

    def _let_go(self, connection: sa.Connection, input_id: int, outcomes: Sequence[Outcome]) -> None:
        """Note which inputs must be read again because they rely on documents that are others, or elsewhere, now."""
        coming = {each.document_id: each.digest for each in outcomes if each.document_id}
        for batch in batches(coming, ROWS):
            query = sa.select(documents.c.id, documents.c.input_id, documents.c.digest)
            rows = connection.execute(query.where(documents.c.id.in_(batch))).all()
            self._reopen_duplicates(connection, {row.digest for row in rows if row.digest != coming[row.id]})
            left = {row.input_id for row in rows if row.input_id != input_id}
            gone = inputs.c.id.in_(left) & inputs.c.gone.is_not(None)  # should it come back
            connection.execute(inputs.update().where(gone).values(_UNREAD))

    def _document_rows(
        self, connection: sa.Connection, input_id: int, outcomes: Sequence[Outcome], run: int
    ) -> list[int]:
        """The ids of the rows of the outcomes, in their order, after they were inserted or updated."""
        rows = [
            {
                "input_id": input_id,
                "member": each.member,
                "uri": each.uri,
                "key": each.key,
                "digest": each.digest,
                "state": each.state,
                "reason": each.why,
                "detail": each.told or None,
                "seen": run,
                "gone": None,
                "tried": each.tried,
            }
            for each in outcomes
        ]
        new = [row for row, each in zip(rows, outcomes, strict=True) if each.document_id is None]
        made: Iterator[int] = iter(())
        if new:
            statement = documents.insert().returning(documents.c.id, sort_by_parameter_order=True)
            made = iter(connection.scalars(statement, new).all())
        ids = []
        for row, each in zip(rows, outcomes, strict=True):
            if each.document_id is None:
                ids.append(next(made))
            else:
                connection.execute(documents.update().where(documents.c.id == each.document_id).values(row))
                ids.append(each.document_id)
        return ids

    def _take_out(self, connection: sa.Connection, document_ids: Sequence[int]) -> dict[str, int]:
        """Delete what the documents gave before; the revision of each article that was among it."""
        revisions: dict[str, int] = {}
        for batch in batches(document_ids, ROWS):
            held = sa.select(articles.c.id, articles.c.revision).where(articles.c.document_id.in_(batch))
            revisions.update((row.id, row.revision) for row in connection.execute(held))
            connection.execute(extractions.delete().where(extractions.c.document_id.in_(batch)))
            self._forget_traces(connection, batch)
        return revisions

    def _put_in(
        self,
        connection: sa.Connection,
        outcomes: Iterable[tuple[int, Outcome]],
        rules: str,
        revisions: Mapping[str, int],
    ) -> None:
        results = [(document, result, outcome.stale) for document, outcome in outcomes for result in outcome.results]
        if not results:
            return
        payloads = [
            {
                "document_id": document,
                "story": result.story,
                "extractor": result.extractor,
                "rules": "" if stale else rules,
                "payload": result.payload,
            }
            for document, result, stale in results
        ]
        statement = extractions.insert().returning(extractions.c.id, sort_by_parameter_order=True)
        made = connection.scalars(statement, payloads).all()
        given = [
            (document, extraction, result.verdict, revisions.get(result.verdict.id, 0) + 1)
            for extraction, (document, result, _) in zip(made, results, strict=True)
            if isinstance(result.verdict, PackedArticle)
        ]
        self._put_articles(connection, given)
        signed = {each.content_hash: each.signature for _, _, each, _ in given if each.signature}
        self._put_texts(connection, signed)
        self._put_subjects(connection, [each for _, _, each, _ in given])


def _looked(looked: Looked) -> dict[str, int]:
    return {"size": looked.size, "modified": looked.modified, "checked": looked.checked}
