"""Texts and their samples as rows: put in with the articles that have them, taken out when none has them any more."""

from collections.abc import Collection, Iterable, Mapping
from struct import pack, unpack

import sqlalchemy as sa

from backfile.batching import batches
from backfile.copies import Signature
from backfile.store.connected import ROWS, Connected, among, insert
from backfile.store.tables import common, near, samples, texts, uncompared


class TextRows(Connected):
    """Written in the transaction that writes the article. A text whose row is there is known already."""

    def _put_texts(self, connection: sa.Connection, signed: Mapping[str, Signature]) -> None:
        """Insert the texts (content hash → signature) that are new, and note that they are to be compared."""
        known: set[str] = set()
        for batch in batches(signed, ROWS):
            known.update(connection.scalars(sa.select(texts.c.content_hash).where(texts.c.content_hash.in_(batch))))
        new = [(name, signature) for name, signature in signed.items() if name not in known]
        if not new:
            return
        # Numbered here, as the store has one writer: asking for the numbers back took as long as all else.
        last = connection.scalar(sa.select(sa.func.max(texts.c.id))) or 0
        made = range(last + 1, last + 1 + len(new))
        numbered = list(zip(made, new, strict=True))
        insert(connection, texts, [(number, name, *_packed(one), None) for number, (name, one) in numbered])
        insert(connection, uncompared, [(number,) for number in made])
        drawn = sorted((shingle, number) for number, (_, signature) in numbered for shingle in signature.keys)
        insert(connection, samples, drawn)

    def _forget_texts(self, connection: sa.Connection, numbers: Collection[int], most: int) -> None:
        """Delete texts, and note which others are to be compared again for it; `most` as in `Comparison`."""
        drawn = {number: signature.keys for number, signature in self._signatures(connection, numbers).items()}
        pairs = [{"old": shingle, "number": number} for number, shingles in drawn.items() for shingle in shingles]
        if pairs:
            gone = (samples.c.shingle == sa.bindparam("old")) & (samples.c.text_id == sa.bindparam("number"))
            connection.execute(samples.delete().where(gone), pairs)
        for batch in batches(numbers, ROWS):
            partners = sa.select(near.c.other_id).where(among(near.c.text_id, batch), near.c.other_id.not_in(batch))
            self._note_uncompared(connection, connection.scalars(partners).all())
            connection.execute(texts.delete().where(among(texts.c.id, batch)))
        self._recount(connection, {shingle for shingles in drawn.values() for shingle in shingles}, most)

    def _recount(self, connection: sa.Connection, shingles: Collection[int], most: int) -> None:
        """Let shingles that are not common any more be evidence again."""
        for batch in batches(shingles, ROWS):
            noted = connection.scalars(sa.select(common.c.shingle).where(common.c.shingle.in_(batch))).all()
            held = sa.select(samples.c.shingle).where(samples.c.shingle.in_(noted)).group_by(samples.c.shingle)
            still = set(connection.scalars(held.having(sa.func.count() > most)))
            rare = [each for each in noted if each not in still]
            connection.execute(common.delete().where(common.c.shingle.in_(rare)))
            self._note_holders(connection, rare)

    def _note_holders(self, connection: sa.Connection, shingles: Collection[int]) -> None:
        """Note that what holds one of the shingles is to be compared again."""
        for batch in batches(shingles, ROWS):
            holding = sa.select(samples.c.text_id).where(among(samples.c.shingle, batch)).distinct()
            self._note_uncompared(connection, connection.scalars(holding).all())

    @staticmethod
    def _note_uncompared(connection: sa.Connection, numbers: Iterable[int]) -> None:
        for batch in batches(set(numbers), ROWS):
            noted = sa.select(uncompared.c.text_id)
            there = sa.select(texts.c.id).where(among(texts.c.id, batch), texts.c.id.not_in(noted))
            connection.execute(uncompared.insert().from_select(["text_id"], there))

    @staticmethod
    def _signatures(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Signature]:
        found = {}
        columns = (texts.c.id, *(texts.c[name] for name in Signature.__dataclass_fields__))
        for batch in batches(ids, ROWS):
            for number, version, level, key_level, drawn, number_level, figures, running in connection.execute(
                sa.select(*columns).where(among(texts.c.id, batch))
            ).all():
                shingles = unpack(f"<{len(drawn) // 8}q", drawn)
                numbers = unpack(f"<{len(figures) // 4}I", figures)
                found[number] = Signature(version, level, key_level, shingles, number_level, numbers, running)
        return found


def _packed(one: Signature) -> tuple[int | bytes, ...]:
    """A signature's columns in order."""
    shingles = pack(f"<{len(one.shingles)}q", *one.shingles)
    numbers = pack(f"<{len(one.numbers)}I", *one.numbers)
    return one.version, one.level, one.key_level, shingles, one.number_level, numbers, one.running
