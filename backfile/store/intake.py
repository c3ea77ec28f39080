"""What readers and rules gave: inputs, documents, extractions, articles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from backfile.batching import batches
from backfile.errors import Reason
from backfile.outcome import PackedArticle, Traces
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS, insert
from backfile.store.input_rows import UNREAD, InputRows
from backfile.store.subject_rows import SubjectRows
from backfile.store.tables import articles, documents, extractions, inputs
from backfile.store.text_rows import TextRows
from backfile.store.trace_rows import TraceRows
from backfile.store.values import KnownDocument, Outcome, Portion, Written, kept, now


class Intake(InputRows, ArticleRows, TraceRows, TextRows, SubjectRows):
    """The writing side of a run."""

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
            twins = _twins(batch)
            holding = inputs.c.id.in_(sa.select(documents.c.input_id).where(twins))
            connection.execute(inputs.update().where(holding).values(UNREAD))
            connection.execute(documents.update().where(twins).values(digest=""))

    def known_documents(self, named: Mapping[int, Sequence[str]]) -> dict[tuple[int, str], KnownDocument]:
        """The documents of inputs (id → members that are looked for), by input and member."""
        members = {member for those in named.values() for member in those}
        found: dict[tuple[int, str], KnownDocument] = {}
        for ids in batches(named, ROWS):
            for row in self._known(documents.c.input_id.in_(ids), documents.c.member, members):
                found[row.input_id, row.member] = row
        return found

    def owners(self, keys: Iterable[str]) -> dict[str, KnownDocument]:
        """The documents that hold one of the keys, by key."""
        return {row.key: row for row in self._known(sa.true(), documents.c.key, keys) if row.key}

    def _known(
        self, where: sa.ColumnElement[bool], column: sa.Column[Any], values: Iterable[str]
    ) -> Iterator[KnownDocument]:
        names = ("id", "input_id", "member", "uri", "key", "digest", "state", "reason", "detail", "seen", "tried")
        columns = [documents.c[name] for name in names]
        gone = inputs.c.gone.is_not(None) | documents.c.gone.is_not(None)
        with self._engine.connect() as connection:
            for batch in batches(values, ROWS):
                query = sa.select(*columns, gone).join(inputs).where(where, column.in_(batch))
                for row in connection.execute(query):
                    yield KnownDocument(*row)

    def with_articles(self, document_ids: Iterable[int]) -> set[int]:
        """Those of the documents that have articles in the store."""
        found: set[int] = set()
        with self._engine.connect() as connection:
            for batch in batches(document_ids, ROWS):
                mine = sa.select(articles.c.document_id).where(articles.c.document_id.in_(batch))
                found.update(connection.scalars(mine))
        return found

    def relying_on(self, digests: Iterable[str]) -> list[tuple[int, str]]:
        """The inputs (by id) in which a document is rejected as the same as one of these, and which that is."""
        found: list[tuple[int, str]] = []
        with self._engine.connect() as connection:
            for batch in batches(digests, ROWS):
                query = sa.select(documents.c.input_id, documents.c.digest).where(_twins(batch))
                found.extend((row.input_id, row.digest) for row in connection.execute(query))
        return found

    def write(self, portions: Sequence[Portion], *, run: int, rules: str, prune: bool = False) -> Written:
        """Write what became of portions of inputs, and how far these were read, in one transaction.

        Args:
            portions: in the order in which they were read, at most one of each input. None is of a document that
                another one changes.
            run: the run that read them.
            rules: fingerprint of the rule set that cleaned them.
            prune: whether what is missing from an input leaves the store; only the last portion may then look for it.
        """
        with self._transaction() as connection:
            self._let_go(connection, portions)  # first, as an input may hold what it relied on itself
            numbers = self._put_inputs(connection, portions)
            outcomes = [
                (number, each) for number, portion in zip(numbers, portions, strict=True) for each in portion.outcomes
            ]
            self._touch(connection, [each for portion in portions for each in portion.unchanged], run)
            self._keep(connection, [each for portion in portions for each in portion.kept], run)
            known = self._put_documents(connection, outcomes, run)
            last = self._last(connection, extractions)  # before any is deleted
            revisions = self._take_out(connection, [each.document_id for _, each in outcomes if each.document_id])
            self._put_in(
                connection, list(zip(known, (each for _, each in outcomes), strict=True)), rules, revisions, last
            )
            self._put_traces(connection, _traced(portions, known))
            given = {article.id for _, each in outcomes for article in each.articles}
            self._withdraw(connection, [each for each in revisions if each not in given])
            gone = self._miss(connection, zip(numbers, portions, strict=True), run, prune=prune)
        return Written(numbers, gone)

    @staticmethod
    def _touch(connection: sa.Connection, ids: Iterable[int], run: int) -> None:
        """Note that the run saw the documents, unchanged."""
        for batch in batches(ids, ROWS):
            connection.execute(documents.update().where(documents.c.id.in_(batch)).values(seen=run, gone=None))

    @staticmethod
    def _keep(connection: sa.Connection, outcomes: Iterable[Outcome], run: int) -> None:
        """Note that documents cannot be read any more; what they gave before stays."""
        for each in outcomes:
            if each.why is not None:
                values = {"detail": kept(each.why, each.told), "seen": run, "gone": None, "tried": each.tried}
                if each.tried and each.digest:  # else it would be tried again as another one than it was
                    values["digest"] = each.digest
                connection.execute(documents.update().where(documents.c.id == each.document_id).values(values))

    def _let_go(self, connection: sa.Connection, portions: Iterable[Portion]) -> None:
        """Note which inputs must be read again because they rely on documents that are others, or elsewhere, now."""
        coming = {
            each.document_id: (portion.input_id, each.digest)
            for portion in portions
            for each in portion.outcomes
            if each.document_id
        }
        for batch in batches(coming, ROWS):
            query = sa.select(documents.c.id, documents.c.input_id, documents.c.digest)
            rows = connection.execute(query.where(documents.c.id.in_(batch))).all()
            self._reopen_duplicates(connection, {row.digest for row in rows if row.digest != coming[row.id][1]})
            left = {row.input_id for row in rows if row.input_id != coming[row.id][0]}
            gone = inputs.c.id.in_(left) & inputs.c.gone.is_not(None)  # should it come back
            connection.execute(inputs.update().where(gone).values(UNREAD))

    def _put_documents(self, connection: sa.Connection, outcomes: Sequence[tuple[int, Outcome]], run: int) -> list[int]:
        """Insert or update the documents of the outcomes; their rows, in order."""
        last = self._last(connection, documents)
        ids: list[int] = []
        new: list[tuple[object, ...]] = []
        known: list[dict[str, object]] = []
        for input_id, each in outcomes:
            why = each.why
            row = {
                "input_id": input_id,
                "member": each.member,
                "uri": each.uri,
                "key": each.key,
                "digest": each.digest,
                "state": each.state,
                "reason": str(why) if why else None,
                "detail": each.told or None,
                "seen": run,
                "gone": None,
                "tried": each.tried,
            }
            if each.document_id is None:
                last += 1
                new.append((last, *row.values()))
            else:
                known.append({"number": each.document_id, **row})
            ids.append(each.document_id or last)
        insert(connection, documents, new)
        if known:
            connection.execute(documents.update().where(documents.c.id == sa.bindparam("number")), known)
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
        outcomes: Sequence[tuple[int, Outcome]],
        rules: str,
        revisions: Mapping[str, int],
        last: int,
    ) -> None:
        """Insert what documents (by row) gave; their extractions are numbered from behind `last` on."""
        payloads: list[tuple[object, ...]] = []
        given: list[tuple[int, int, PackedArticle, int]] = []
        for document, outcome in outcomes:
            for result in outcome.results:
                last += 1
                stands = "" if outcome.stale else rules
                payloads.append((last, document, result.story, result.extractor, stands, result.payload))
                if isinstance(result.verdict, PackedArticle):
                    revision = revisions.get(result.verdict.id, 0) + 1
                    given.append((document, last, result.verdict, revision))
        insert(connection, extractions, payloads)
        self._put_articles(connection, given)
        signed = {each.content_hash: each.signature for _, _, each, _ in given if each.signature}
        self._put_texts(connection, signed)
        self._put_subjects(connection, [each for _, _, each, _ in given])

    def _miss(
        self, connection: sa.Connection, portions: Iterable[tuple[int, Portion]], run: int, *, prune: bool
    ) -> int:
        """Note which documents the run did not see in inputs that it read to their end; how many are newly so."""
        whole: list[int] = []
        count = 0
        for number, portion in portions:
            if (ended := portion.ended) and ended.sought:
                if ended.member is None:
                    whole.append(number)
                else:
                    mine = (documents.c.input_id == number) & (documents.c.member == ended.member)
                    count += self._miss_those(connection, mine & (documents.c.seen != run), prune=prune)
        for batch in batches(whole, ROWS):
            mine = documents.c.input_id.in_(batch) & (documents.c.seen != run)
            count += self._miss_those(connection, mine, prune=prune)
        return count

    def _miss_those(self, connection: sa.Connection, missing: sa.ColumnElement[bool], *, prune: bool) -> int:
        connection.execute(documents.delete().where(missing, documents.c.digest == ""))  # failures that are over
        if prune:
            return self._prune(connection, missing)
        newly = missing & documents.c.gone.is_(None)
        return connection.execute(documents.update().where(newly).values(gone=now())).rowcount


def _twins(digests: Sequence[str]) -> sa.ColumnElement[bool]:
    """Documents that are rejected as the same as another one, of these digests."""
    twins = (documents.c.state == "rejected") & (documents.c.reason == Reason.DUPLICATE)
    return twins & documents.c.digest.in_(digests)


def _traced(portions: Sequence[Portion], rows: Sequence[int]) -> list[list[tuple[int, Traces]]]:
    """What the documents of each portion add to the counts, by row."""
    left = iter(rows)
    return [
        [(row, each.traces) for each, row in zip(portion.outcomes, left, strict=False) if each.traces]
        for portion in portions
    ]
