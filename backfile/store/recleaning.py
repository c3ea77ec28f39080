"""Changed rules clean again from the store, without a source."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from backfile import records
from backfile.article import Failure, Rejection
from backfile.errors import COSTLY, REJECTIONS
from backfile.outcome import PackedArticle
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS, among
from backfile.store.subject_rows import SubjectRows
from backfile.store.tables import articles, documents, extractions, inputs, occurrences, sites, traces
from backfile.store.text_rows import TextRows
from backfile.store.values import AGAIN, Cleaned, CleanedAgain, kept


class _Held(NamedTuple):
    """An article as it lies in the store."""

    id: str
    extraction_id: int
    revision: int
    record: bytes
    removals: tuple[tuple[int, int, int, str, str], ...]


class Recleaning(ArticleRows, TextRows, SubjectRows):
    """Extractions that another rule set cleaned."""

    def outdated(self, source: str, rules: str) -> Iterator[list[Cleaned]]:
        """The extractions of a source that another rule set cleaned, in lists of a bounded size."""
        d = documents.c
        columns = (extractions, d.uri, d.key, d.tried, d.detail, sites.c.name.label("site"))
        query = sa.select(*columns).join_from(extractions, documents).join(inputs)
        query = query.outerjoin(traces, traces.c.document_id == documents.c.id).outerjoin(sites)
        # By the index of fingerprints, where `!=` would read every row.
        before = sa.select(extractions.c.id).where(extractions.c.rules < rules)
        behind = sa.select(extractions.c.id).where(extractions.c.rules > rules)
        query = query.where(inputs.c.source == source, extractions.c.id.in_(before.union_all(behind)))
        query = query.order_by(extractions.c.id)
        last = 0
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(query.where(extractions.c.id > last).limit(ROWS)).all()
            if not rows:
                return
            last = rows[-1].id
            yield [
                Cleaned(
                    row.id,
                    row.document_id,
                    row.uri,
                    row.key or "",
                    row.story,
                    row.site or "",
                    row.extractor,
                    row.payload,
                    row.tried if (row.detail or "").endswith(AGAIN) else None,
                )
                for row in rows
            ]

    def write_cleaned(self, made: Sequence[CleanedAgain], *, rules: str, tried: str = "") -> int:
        """Write what changed rules made of stored extractions; the number of articles that came out otherwise.

        Args:
            made: what became of each.
            rules: the fingerprint of the rules.
            tried: what is noted with a document that they could not be applied to within the limits.
        """
        with self._transaction() as connection:
            held = self._held(connection, [each.cleaned.extraction_id for each in made])
            changed = [each for each in made if not _same(held.get(each.cleaned.extraction_id), each.verdict)]
            self._exchange(connection, changed, held)
            self._forget_costs(connection, made, tried)
            for each in made:
                if isinstance(each.verdict, Failure):
                    self._note_costs(connection, each.cleaned, each.verdict, tried)
                elif isinstance(each.verdict, Rejection):
                    self._note(connection, each.cleaned, each.verdict)
            self._hide(connection, [each for each in made if isinstance(each.verdict, PackedArticle | Rejection)])
            for_all = extractions.update().where(among(extractions.c.id, [each.cleaned.extraction_id for each in made]))
            connection.execute(for_all.values(rules=rules))
        return len(changed)

    def _held(self, connection: sa.Connection, extraction_ids: Sequence[int]) -> dict[int, _Held]:
        """The articles that the extractions gave, by extraction."""
        a, mine = articles.c, among(articles.c.extraction_id, extraction_ids)
        rows = connection.execute(sa.select(a.id, a.extraction_id, a.revision, a.record).where(mine)).all()
        cut = self._removals(connection, [row.id for row in rows])
        found = (_Held(row.id, row.extraction_id, row.revision, row.record, tuple(cut[row.id])) for row in rows)
        return {each.extraction_id: each for each in found}

    def _exchange(self, connection: sa.Connection, changed: Sequence[CleanedAgain], held: dict[int, _Held]) -> None:
        """Take out what the extractions gave before, and put in what they give now."""
        olds = {each.cleaned.extraction_id: held.get(each.cleaned.extraction_id) for each in changed}
        self._withdraw(connection, [old.id for old in olds.values() if old])
        rows = []
        for each in changed:
            if isinstance(each.verdict, PackedArticle):
                old = olds[each.cleaned.extraction_id]
                revision = old.revision + 1 if old else 1
                rows.append((each.cleaned.document_id, each.cleaned.extraction_id, each.verdict, revision))
        if not rows:
            return
        self._put_articles(connection, rows)
        self._put_subjects(connection, [new for _, _, new, _ in rows])
        self._put_texts(connection, {new.content_hash: new.signature for _, _, new, _ in rows if new.signature})
        values = {"state": "stored", "reason": None, "detail": None}
        giving = among(documents.c.id, {document for document, *_ in rows})
        connection.execute(documents.update().where(giving).values(values))

    @staticmethod
    def _note(connection: sa.Connection, cleaned: Cleaned, verdict: Rejection) -> None:
        """Write the verdict beside the document, unless it is a fault or another story of it is an article."""
        if verdict.reason not in REJECTIONS:
            return
        left = sa.select(sa.func.count()).where(articles.c.document_id == cleaned.document_id)
        if not connection.scalar(left):
            values = {"state": "rejected", "reason": verdict.reason, "detail": verdict.detail or None}
            connection.execute(documents.update().where(documents.c.id == cleaned.document_id).values(values))

    @staticmethod
    def _note_costs(connection: sa.Connection, cleaned: Cleaned, failure: Failure, tried: str) -> None:
        """Note with a document that it keeps what it gave, and why it could not be cleaned again."""
        values: dict[str, str | None] = {"detail": kept(failure.reason, failure.detail) + AGAIN}
        if failure.reason in COSTLY:
            values["tried"] = tried
        connection.execute(documents.update().where(documents.c.id == cleaned.document_id).values(values))

    @staticmethod
    def _forget_costs(connection: sa.Connection, made: Sequence[CleanedAgain], tried: str) -> None:
        """Take back such notes of documents that could be cleaned again now."""
        given_up = [each.cleaned for each in made if each.cleaned.given_up not in {None, tried}]
        for cleaned in given_up:
            mine = documents.update().where(documents.c.id == cleaned.document_id)
            connection.execute(mine.values(detail=None, tried=None))

    @staticmethod
    def _hide(connection: sa.Connection, made: Sequence[CleanedAgain]) -> None:
        """Write down anew which lines of the documents a decision may concern.

        Of a document with several extractions, of which only some may be among these, no line is hidden that was not.
        """
        if not made:
            return
        seen: dict[int, set[int]] = {}
        for each in made:
            seen.setdefault(each.cleaned.document_id, set()).update(each.seen)
        e, o = extractions.c, occurrences.c
        count = sa.select(e.document_id, sa.func.count()).where(among(e.document_id, seen)).group_by(e.document_id)
        single = {document for document, extracted in connection.execute(count) if extracted == 1}
        query = sa.select(o.document_id, o.key, o.hidden).where(among(o.document_id, seen))
        changed = [
            {"document": document, "line": key, "now": not hidden}
            for document, key, hidden in connection.execute(query)
            if (hidden and key in seen[document]) or (not hidden and key not in seen[document] and document in single)
        ]
        if changed:
            that = (o.document_id == sa.bindparam("document")) & (o.key == sa.bindparam("line"))
            connection.execute(occurrences.update().where(that).values(hidden=sa.bindparam("now")), changed)


def _same(before: _Held | None, verdict: PackedArticle | Rejection | Failure | None) -> bool:
    """Whether the verdict leaves things as they are; a fault takes no article away."""
    if isinstance(verdict, PackedArticle):
        return before is not None and before.removals == verdict.removals and _says_the_same(before, verdict)
    return before is None or not isinstance(verdict, Rejection) or verdict.reason not in REJECTIONS


def _says_the_same(before: _Held, verdict: PackedArticle) -> bool:
    """Whether the fields are the same; bytes may differ all the same, as another zlib packed them."""
    return before.record == verdict.record or records.unpacked(before.record) == records.unpacked(verdict.record)
