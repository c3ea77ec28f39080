"""Units of work of a run that several machines share, who has which, and what they deliver.

The run itself (it holds the archive's lock) writes units in the order in which it settles them, and takes deliveries
away as it comes to them. Shards claim units and deliver. None of it is of use to another run: what one that was stopped
left here is taken away by the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from backfile.store.connected import Connected
from backfile.store.tables import briefs, deliveries, runs, shards, units, writers


@dataclass(frozen=True, slots=True)
class Claimed:
    """A unit that is somebody's now."""

    number: int
    source: str
    parts: str  # JSON
    claim: int  # what he says when he delivers
    part: int  # how far those before him came: parts
    items: int  # … and items of the next one
    delivered: int  # batches of theirs


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch of a unit."""

    payload: bytes
    part: int  # how far it goes: parts
    items: int  # … and items of the next one
    documents: int
    whole: bool  # whether the unit ends with it


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stands, for the run that waits for it."""

    shard: str | None  # who has it
    delivered: int  # batches
    whole: bool  # whether that was all


@dataclass(frozen=True, slots=True)
class Backlog:
    """What was delivered and is not taken in."""

    batches: int
    size: int  # bytes
    first: int | None  # the first unit that the run has not done with


class Units(Connected):
    """Units, deliveries and shards of a run."""

    # --- the run's side

    def end_shared_runs(self) -> None:
        """Take away what runs that were stopped left of units."""
        with self._engine.connect() as connection:
            left = connection.scalar(sa.select(runs.c.id).where(runs.c.terms.is_not(None)).limit(1)) is not None
        if left:
            with self._writing() as connection:
                connection.execute(runs.update().where(runs.c.terms.is_not(None)).values(terms=None))
                for table in (deliveries, units, briefs, shards):
                    connection.execute(table.delete())

    def open_to_shards(self, run: int, terms: str) -> None:
        """Let shards take part in a run that have these terms."""
        with self._writing() as connection:
            connection.execute(runs.update().where(runs.c.id == run).values(terms=terms))

    def close_to_shards(self, run: int) -> None:
        """Send the shards away; nothing of units and deliveries is left."""
        with self._writing() as connection:
            connection.execute(runs.update().where(runs.c.id == run).values(terms=None))
            for table in (deliveries, units, briefs, shards):
                connection.execute(table.delete().where(table.c.run == run))

    def brief(self, run: int, source: str, rules: bytes) -> None:
        """Give the rules of a source to whoever cleans for the run."""
        with self._writing() as connection:
            connection.execute(briefs.insert().values(run=run, source=source, rules=rules))

    def post_units(self, run: int, source: str, first: int, parts: Sequence[str]) -> None:
        """Offer units, numbered from `first` on."""
        fresh = {"run": run, "source": source, "shard": None, "claim": 0, "part": 0, "items": 0, "delivered": 0}
        rows = [{**fresh, "number": number, "parts": each, "whole": False} for number, each in enumerate(parts, first)]
        if rows:
            with self._writing() as connection:
                connection.execute(units.insert(), rows)

    def take_delivery(self, run: int, unit: int, number: int) -> bytes | None:
        """A batch of a unit, which is taken away; None: it is not there yet."""
        c = deliveries.c
        mine = (c.run == run) & (c.unit == unit) & (c.number == number)
        with self._writing() as connection:
            found: bytes | None = connection.scalar(deliveries.delete().where(mine).returning(c.payload))
            return found

    def unit_standing(self, run: int, unit: int) -> Standing | None:
        """Where a unit stands; None: it is gone."""
        c = units.c
        query = sa.select(c.shard, c.delivered, c.whole).where(c.run == run, c.number == unit)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Standing(*row) if row else None

    def claim_this(self, run: int, unit: int, shard: str) -> Standing | None:
        """Claim a unit that nobody has; None: somebody has it."""
        c = units.c
        free = (c.run == run) & (c.number == unit) & c.shard.is_(None)
        taken = units.update().where(free).values(shard=shard, claim=c.claim + 1)
        with self._writing() as connection:
            row = connection.execute(taken.returning(c.shard, c.delivered, c.whole)).first()
        return Standing(*row) if row else None

    def take_over(self, run: int, unit: int, shard: str) -> None:
        """Give a unit to somebody, whoever has it; what was delivered of it and not taken in is taken away."""
        mine = (units.c.run == run) & (units.c.number == unit)
        with self._writing() as connection:
            connection.execute(units.update().where(mine).values(shard=shard, claim=units.c.claim + 1))
            connection.execute(deliveries.delete().where(deliveries.c.run == run, deliveries.c.unit == unit))

    def holders(self, run: int) -> set[str]:
        """Who has units that are not delivered as a whole."""
        c = units.c
        query = sa.select(c.shard).distinct().where(c.run == run, c.shard.is_not(None), c.whole.is_(False))
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def drop_units(self, run: int, before: int) -> None:
        """Take units away that the run has done with: those of lower numbers."""
        with self._writing() as connection:
            connection.execute(deliveries.delete().where(deliveries.c.run == run, deliveries.c.unit < before))
            connection.execute(units.delete().where(units.c.run == run, units.c.number < before))

    def shards_of(self, run: int) -> Mapping[str, tuple[int, int]]:
        """The shards that take part: name → how often its heart beat, documents that it delivered."""
        query = sa.select(shards.c.name, shards.c.beat, shards.c.documents).where(shards.c.run == run)
        with self._engine.connect() as connection:
            return {name: (beat, documents) for name, beat, documents in connection.execute(query)}

    def free_units(self, run: int, shard: str) -> int:
        """Give back what a shard has and did not deliver as a whole, by the run or by itself; how many units."""
        c = units.c
        held = (c.run == run) & (c.shard == shard) & c.whole.is_(False)
        with self._engine.begin() as connection:
            freed = connection.execute(units.update().where(held).values(shard=None, claim=c.claim + 1)).rowcount
            connection.execute(shards.delete().where(shards.c.run == run, shards.c.name == shard))
        return freed

    # --- a shard's side

    def shared_run(self) -> tuple[int, str] | None:
        """The run that shards may take part in, and its terms; None: there is none."""
        query = sa.select(runs.c.id, runs.c.terms).where(runs.c.terms.is_not(None), runs.c.finished.is_(None))
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(runs.c.id.desc()).limit(1)).first()
        return (row.id, row.terms) if row else None

    def written_by(self) -> str | None:
        """What tells one writer of a store that several machines reach from the next; None: it is a file."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(writers.c.token))

    def enter(self, run: int, shard: str) -> bool:
        """Take part in a run; False: it is not open any more."""
        mine = (shards.c.run == run) & (shards.c.name == shard)
        is_open = sa.select(runs.c.id).where(runs.c.id == run, runs.c.terms.is_not(None))
        with self._engine.begin() as connection:
            if connection.scalar(is_open) is None:
                return False
            connection.execute(shards.delete().where(mine))
            connection.execute(shards.insert().values(run=run, name=shard, beat=0, documents=0))
        return True

    def beat(self, run: int, shard: str) -> bool:
        """Tell that a shard lives; False: nobody counts with it any more."""
        mine = (shards.c.run == run) & (shards.c.name == shard)
        with self._engine.begin() as connection:
            return bool(connection.execute(shards.update().where(mine).values(beat=shards.c.beat + 1)).rowcount)

    def brief_of(self, run: int, source: str) -> bytes | None:
        """The rules of a source; None: the run is over."""
        query = sa.select(briefs.c.rules).where(briefs.c.run == run, briefs.c.source == source)
        with self._engine.connect() as connection:
            found: bytes | None = connection.scalar(query)
            return found

    def claim_unit(self, run: int, shard: str) -> Claimed | None:
        """The first unit that nobody has and nobody is about to take, claimed in one statement; None: there is none."""
        c = units.c
        free = sa.select(c.number).where(c.run == run, c.shard.is_(None)).order_by(c.number).limit(1)
        first = free.with_for_update(skip_locked=True).scalar_subquery()
        counted = sa.exists().where(shards.c.run == run, shards.c.name == shard)
        taken = units.update().where(c.run == run, c.number == first, counted).values(shard=shard, claim=c.claim + 1)
        columns = (c.number, c.source, c.parts, c.claim, c.part, c["items"], c.delivered)
        with self._engine.begin() as connection:
            row = connection.execute(taken.returning(*columns)).first()
        return Claimed(*row) if row else None

    def give_to(self, run: int, unit: int, claim: int, shard: str) -> None:
        """Hand a unit over to another one, who goes on behind what was delivered."""
        c = units.c
        mine = (c.run == run) & (c.number == unit) & (c.claim == claim)
        with self._engine.begin() as connection:
            connection.execute(units.update().where(mine).values(shard=shard, claim=c.claim + 1))

    def backlog(self, run: int) -> Backlog:
        """What of the run was delivered and is not taken in."""
        waiting = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(deliveries.c.size), 0))
        first = sa.select(sa.func.min(units.c.number)).where(units.c.run == run)
        with self._engine.connect() as connection:
            batches, size = connection.execute(waiting.where(deliveries.c.run == run)).one()
            return Backlog(int(batches), int(size), connection.scalar(first))

    def deliver(self, run: int, shard: str, claimed: Claimed, number: int, what: Delivery) -> bool:
        """Deliver batch `number` of a unit, in one transaction; False: the unit is not the shard's any more."""
        c = units.c
        mine = (c.run == run) & (c.number == claimed.number) & (c.claim == claimed.claim) & (c.shard == shard)
        come = {"part": what.part, "items": what.items, "delivered": number + 1, "whole": what.whole}
        batch = {"run": run, "unit": claimed.number, "number": number, "size": len(what.payload)}
        with self._engine.begin() as connection:
            if not connection.execute(units.update().where(mine).values(come)).rowcount:
                return False
            connection.execute(deliveries.insert().values(**batch, payload=what.payload))
            known = (shards.c.run == run) & (shards.c.name == shard)
            more = {"documents": shards.c.documents + what.documents, "beat": shards.c.beat + 1}
            connection.execute(shards.update().where(known).values(more))
        return True
