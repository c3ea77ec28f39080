"""The shards of a run as Prefect's runs: started on whichever machines have a worker, and again when they died."""

import logging
from dataclasses import dataclass, field
from math import ceil
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled

from backfile.errors import WrongUse
from backfile.pipeline.sharing import Alive
from flows.operate.follow import FINAL

log = logging.getLogger(__name__)

# A run is begun 15 to 20 s after it was started (measured), and then loads what it cleans with: less is not worth it.
WORTH_BYTES = 1 << 20  # of what is to be read, for each shard; some hundred articles
MOST_STARTS = 5  # of one shard, before it is left alone: it cannot take part, or dies each time


@dataclass(slots=True)
class Machines:
    """Shards that are wanted, and the runs that were started for them."""

    deployment: str
    archive: str
    most: int  # shards at once
    log: "logging.Logger | logging.LoggerAdapter[logging.Logger]"
    wanted: int = 0
    started: int = 0
    runs: list[UUID] = field(default_factory=list)  # that have not ended

    def want(self, size: int) -> None:
        """Say how much is to be read, in bytes."""
        self.wanted = min(self.most, ceil(size / WORTH_BYTES))

    def tend(self, alive: list[Alive]) -> None:
        """Start as many as are missing. A server that does not answer stops nobody: the run goes on by itself.

        Raises:
            WrongUse: there is no such deployment.
        """
        try:
            self._forget_ended()
            while len(self.runs) < self.wanted and self.started < MOST_STARTS * self.wanted:
                self._start()
        except WrongUse:
            raise
        except Exception:
            log.exception("shards cannot be started just now")
        told = ", ".join(f"{each.name}: {each.documents:,}" for each in alive)
        self.log.info("shards at work, with the documents that they delivered: %s", told or "none yet")

    def _start(self) -> None:
        words = {"archive": self.archive}
        try:
            made = run_deployment(self.deployment, parameters=words, timeout=0, tags=["shard"])
        except ObjectNotFound:
            raise WrongUse(
                f"no deployment is named {self.deployment}: say `backfile deploy`, or which one with shard_deployment"
            ) from None
        self.started += 1
        self.runs.append(made.id)  # type: ignore[union-attr]  # it is no coroutine in a flow that is none
        self.log.info("started shard %d as %s", self.started, made.name)  # type: ignore[union-attr]

    def _forget_ended(self) -> None:
        with get_client(sync_client=True) as client:
            states = {each: client.read_flow_run(each).state_type for each in self.runs}
        self.runs = [each for each in self.runs if states[each] not in FINAL]

    def dismiss(self) -> None:
        """Take back those that no worker has taken; the others end by themselves."""
        self.wanted = 0
        try:
            self._cancel_waiting()
        except Exception:
            log.exception("shards cannot be taken back")

    def _cancel_waiting(self) -> None:
        with get_client(sync_client=True) as client:
            for each in self.runs:
                if client.read_flow_run(each).state_type in {StateType.SCHEDULED, StateType.PENDING}:
                    client.set_flow_run_state(each, Cancelled(message="all was read before it began"))
