"""Which texts are near copies of which, and which groups they form.

What comes out is a function of the texts that are stored: not of their order, nor of the runs in which they came. A
shingle that becomes common has the near copies judged again that both hold it; one that becomes rare again has all
texts that hold it compared again.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa

from backfile import records
from backfile.article import Article, content_hash
from backfile.batching import batches
from backfile.copies import Comparison, Copy, Likeness, Relation, Signature
from backfile.store.article_rows import ArticleRows
from backfile.store.connected import ROWS, among, insert
from backfile.store.subject_rows import SubjectRows
from backfile.store.tables import articles, common, documents, near, samples, subjects, texts, uncompared
from backfile.store.text_rows import TextRows

_Text = tuple[int, str, str | None]  # id, content hash, copy group

TEXTS = 4_000  # compared in one transaction
KEYS = 4_000  # looked up in one statement


class Copies(ArticleRows, TextRows, SubjectRows):
    """The relations between articles that tell of one text."""

    def forget_unused_texts(self, most: int) -> None:
        """Forget the texts that no article has any more; `most` as in `Comparison`."""
        left = sa.select(subjects.c.id).where(subjects.c.article_id.is_(None)).limit(1)
        used = sa.exists().where(articles.c.content_hash == texts.c.content_hash)
        with self._engine.connect() as connection:
            # An article that leaves, or is another now, leaves its subject without a name until it is described anew.
            if connection.scalar(left) is None:
                return
            numbers = connection.scalars(sa.select(texts.c.id).where(~used)).all()
        for batch in batches(numbers, TEXTS):
            with self._transaction() as connection:
                self._forget_texts(connection, batch, most)

    def unsigned(self, version: int, size: int) -> Iterator[list[Article]]:
        """One article for each text without a signature of this version; `sign` each list, then ask for the next."""
        other = sa.select(texts.c.id).where((texts.c.version < version) | (texts.c.version > version)).limit(1)
        signed = sa.exists().where(texts.c.content_hash == articles.c.content_hash, texts.c.version == version)
        first = sa.select(sa.func.min(articles.c.id)).where(~signed)
        with self._engine.connect() as connection:
            # What is described was signed before, or with it.
            if self.all_described() and connection.scalar(other) is None:
                return
            ids = connection.scalars(first.group_by(articles.c.content_hash)).all()
        for batch in batches(ids, size):
            with self._engine.connect() as connection:
                yield [each.article for each in self._stored(connection, articles.c.id, batch)]

    def sign(self, signed: Mapping[str, Signature], most: int) -> None:
        """Write the signatures of texts by content hash, in place of those of another version; `most` as above."""
        with self._transaction() as connection:
            for batch in batches(signed, ROWS):
                old = connection.scalars(sa.select(texts.c.id).where(texts.c.content_hash.in_(batch))).all()
                self._forget_texts(connection, old, most)
            self._put_texts(connection, signed)

    def uncompared_count(self) -> int:
        """How many texts are to be compared."""
        with self._engine.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(uncompared)) or 0)

    def compare(self, comparison: Comparison) -> int:
        """Compare all texts that are to be compared; how many articles came into another copy group by it."""
        regrouped = 0
        with self._engine.connect() as connection:
            known = set(connection.scalars(sa.select(common.c.shingle)))
        while True:
            with self._transaction() as connection:
                waiting = sa.select(uncompared.c.text_id).order_by(uncompared.c.text_id).limit(TEXTS)
                numbers = connection.scalars(waiting).all()
                if not numbers:
                    return regrouped
                touched = self._compare(connection, numbers, comparison, known)
                regrouped += self._regroup(connection, touched)
                connection.execute(uncompared.delete().where(among(uncompared.c.text_id, numbers)))

    def _compare(
        self, connection: sa.Connection, numbers: Sequence[int], comparison: Comparison, known: set[int]
    ) -> set[int]:
        """Compare some texts with all others; these texts, and those that are near copies of them, or were.

        `known` are the common shingles; those that are found to be common are added.
        """
        signatures = self._signatures(connection, numbers)
        keys = {number: set(signature.keys) for number, signature in signatures.items()}
        before = set(known)
        holders = self._holders(connection, keys, known, comparison)
        meets: dict[int, list[int]] = defaultdict(list)  # a text → those of `numbers` that may be near copies of it
        for number, drawn in keys.items():
            met = Counter(chain.from_iterable(holders[key] for key in drawn & holders.keys()))
            for other, count in met.items():
                if count >= comparison.least and (other > number or other not in signatures):
                    meets[other].append(number)
        likenesses: dict[tuple[int, int], Likeness] = {}
        for batch in batches(sorted(meets), TEXTS):  # where passages are common that is a good part of the archive
            others = signatures | self._signatures(connection, set(batch) - signatures.keys())
            for other in batch:
                told = set(others[other].keys) - known
                for number in meets[other]:
                    if likeness := comparison.judge(signatures[number], others[other], keys[number] & told):
                        likenesses[number, other] = likeness
        touched = {*numbers, *self._exchange_pairs(connection, numbers, likenesses)}
        return touched | self._judge_again(connection, known - before, known, comparison)

    def _judge_again(
        self, connection: sa.Connection, new: Collection[int], known: set[int], comparison: Comparison
    ) -> set[int]:
        """Judge again the near copies that both have one of the new common shingles; these texts.

        Nothing else can come out otherwise, as less evidence makes no near copies (`Comparison.judge`).
        """
        pairs: set[tuple[int, int]] = set()
        for batch in batches(new, ROWS):
            holding = sa.select(samples.c.text_id).where(among(samples.c.shingle, batch))
            both = near.c.text_id.in_(holding), near.c.other_id.in_(holding), near.c.text_id < near.c.other_id
            pairs.update((row.text_id, row.other_id) for row in connection.execute(sa.select(near).where(*both)))
        for some in batches(sorted(pairs), TEXTS):
            signatures = self._signatures(connection, set(chain.from_iterable(some)))
            keys = {number: set(signature.keys) - known for number, signature in signatures.items()}
            judged = {
                (one, other): comparison.judge(signatures[one], signatures[other], keys[one] & keys[other])
                for one, other in some
                if len(keys[one] & keys[other]) >= comparison.least
            }
            pair = (near.c.text_id == sa.bindparam("one")) & (near.c.other_id == sa.bindparam("other_one"))
            ways = [*some, *(each[::-1] for each in some)]
            connection.execute(near.delete().where(pair), [{"one": one, "other_one": other} for one, other in ways])
            self._put_pairs(connection, {pair: likeness for pair, likeness in judged.items() if likeness})
        return set(chain.from_iterable(pairs))

    def _holders(
        self, connection: sa.Connection, drawn: Mapping[int, set[int]], known: set[int], comparison: Comparison
    ) -> dict[int, list[int]]:
        """The texts that have each of the texts' keys, where these are evidence and in more texts than one."""
        keys = sorted(set().union(*drawn.values()) - known)
        several: list[int] = []
        count = sa.func.count()
        for batch in batches(keys, KEYS):
            often = (
                sa.select(samples.c.shingle, count).where(among(samples.c.shingle, batch)).group_by(samples.c.shingle)
            )
            found = connection.execute(often.having(count > 1)).all()
            several += (shingle for shingle, number in found if number <= comparison.most)
            new = [shingle for shingle, number in found if number > comparison.most]
            if new:
                connection.execute(common.insert(), [{"shingle": shingle} for shingle in new])
                known.update(new)
        last = max(drawn)
        holders: dict[int, list[int]] = defaultdict(list)
        for batch in batches(several, KEYS):
            # What waits for its turn meets these texts then.
            here = (samples.c.text_id <= last) | samples.c.text_id.not_in(sa.select(uncompared.c.text_id))
            for shingle, number in connection.execute(
                sa.select(samples).where(among(samples.c.shingle, batch), here)
            ).all():
                holders[shingle].append(number)
        return holders

    def _exchange_pairs(
        self, connection: sa.Connection, numbers: Sequence[int], likenesses: Mapping[tuple[int, int], Likeness]
    ) -> set[int]:
        """Write the near copies of some texts in place of those they had; all that were or are."""
        mine = among(near.c.text_id, numbers) | among(near.c.other_id, numbers)
        partners = set(connection.scalars(sa.select(near.c.other_id).where(among(near.c.text_id, numbers))))
        connection.execute(near.delete().where(mine))
        self._put_pairs(connection, likenesses)
        return partners.union(*likenesses)

    def _put_pairs(self, connection: sa.Connection, likenesses: Mapping[tuple[int, int], Likeness]) -> None:
        rows = [
            (one, other, said.share, said.folded)
            for pair, likeness in likenesses.items()
            for (one, other), said in ((pair, likeness), (pair[::-1], likeness.reversed))
        ]
        insert(connection, near, rows)

    def _regroup(self, connection: sa.Connection, touched: Collection[int]) -> int:
        """Name the groups of the texts anew; the number of articles whose group is another by it."""
        tied: set[int] = set()
        for batch in batches(touched, ROWS):
            tied.update(
                connection.scalars(sa.select(near.c.text_id).where(among(near.c.text_id, batch), near.c.folded))
            )
            grouped = sa.select(texts.c.id).where(among(texts.c.id, batch), texts.c.copy_group.is_not(None))
            tied.update(connection.scalars(grouped))
        moved: list[tuple[sa.Row[_Text], str | None]] = []
        for group in self._connected(connection, tied):
            name = min(each.content_hash for each in group) if len(group) > 1 else None
            moved += ((each, name) for each in group if each.copy_group != name)
        if moved:
            renamed = (
                texts.update().where(texts.c.id == sa.bindparam("number")).values(copy_group=sa.bindparam("group"))
            )
            connection.execute(renamed, [{"number": each.id, "group": name} for each, name in moved])
        return self._to_index_again(connection, [each.content_hash for each, _ in moved])

    @staticmethod
    def _connected(connection: sa.Connection, tied: Collection[int]) -> Iterator[list[sa.Row[_Text]]]:
        """The groups of texts that are folded with each other, directly or by others, of which one is among `tied`."""
        found: dict[int, sa.Row[_Text]] = {}
        partners: dict[int, list[int]] = defaultdict(list)
        edge = set(tied)
        while edge:
            reached: set[int] = set()
            for batch in batches(edge, ROWS):
                named = sa.select(texts.c.id, texts.c.content_hash, texts.c.copy_group).where(among(texts.c.id, batch))
                found |= {row.id: row for row in connection.execute(named)}
                folded = sa.select(near.c.text_id, near.c.other_id).where(among(near.c.text_id, batch), near.c.folded)
                for one, other in connection.execute(folded):
                    partners[one].append(other)
                    reached.add(other)
            edge = reached - found.keys()
        while found:
            first, row = found.popitem()
            group, open_ends = [row], [first]
            while open_ends:
                for other in partners[open_ends.pop()]:
                    if other in found:
                        group.append(found.pop(other))
                        open_ends.append(other)
            yield group

    @staticmethod
    def _to_index_again(connection: sa.Connection, content_hashes: Collection[str]) -> int:
        """Have the index take in anew the articles of texts; how many articles."""
        count = 0
        for batch in batches(content_hashes, ROWS):
            mine = articles.c.content_hash.in_(batch)
            values = {"revision": articles.c.revision + 1}
            count += connection.execute(articles.update().where(mine).values(values)).rowcount
            theirs = documents.c.id.in_(sa.select(articles.c.document_id).where(mine))
            again = documents.update().where(theirs, documents.c.state == "indexed").values(state="stored")
            connection.execute(again)
        return count

    def copies(self, article_id: str) -> list[Copy]:
        """The copies of an article: identical ones first, then near ones, those that have most of it first."""
        with self._engine.connect() as connection:
            mine = connection.scalar(sa.select(articles.c.content_hash).where(articles.c.id == article_id))
            if mine == content_hash(""):
                return []
            same = sa.select(articles.c.id, articles.c.record).where(articles.c.content_hash == mine)
            found = [
                _copy(row, Relation.IDENTICAL, Likeness(1.0, 1.0, folded=True))
                for row in connection.execute(same.where(articles.c.id != article_id))
            ]
            back = near.alias()
            query = sa.select(articles.c.id, articles.c.record, near.c.share, back.c.share.label("back"), near.c.folded)
            query = query.join_from(
                near, back, (back.c.text_id == near.c.other_id) & (back.c.other_id == near.c.text_id)
            )
            other = texts.alias()
            query = query.join(texts, texts.c.id == near.c.text_id).join(other, other.c.id == near.c.other_id)
            query = query.join(articles, articles.c.content_hash == other.c.content_hash)
            found += [
                _copy(row, Relation.NEAR_COPY, Likeness(row.share, row.back, row.folded))
                for row in connection.execute(query.where(texts.c.content_hash == mine))
            ]
        return sorted(found, key=lambda copy: (copy.relation is not Relation.IDENTICAL, -copy.share, copy.id))


def _copy(row: sa.Row[Any], relation: Relation, likeness: Likeness) -> Copy:
    stated = records.unpacked(row.record)
    return Copy(
        row.id,
        relation,
        stated["publisher"],
        stated["published"],
        stated["title"],
        likeness.share,
        likeness.share_back,
        likeness.folded,
    )
