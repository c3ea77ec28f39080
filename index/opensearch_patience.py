"""How long a server is asked for what is needed before documents can go: as the bulk loop asks, with its deadline."""

import logging
import random
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from index.opensearch_answers import stopped_by, told
from index.opensearch_errors import RequestFailed
from index.opensearch_pace import Limits

log = logging.getLogger(__name__)

_PASSING = frozenset({429, 502, 503, 504})
_LIMITS = Limits()

_Answer = TypeVar("_Answer")


def patiently(
    ask: Callable[[], _Answer],
    index: str,
    limits: Limits = _LIMITS,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> _Answer:
    """The answer to a question that may be asked again, for as long as the servers have too much to do.

    Raises:
        RequestFailed: another failure, or the last one when `limits.failures` or `limits.patience` are used up.
        DiskTrouble, ServiceUnavailable: the index is blocked, or may not be made; no waiting helps.
    """
    since: float | None = None
    for failures in count(1):
        try:
            return ask()
        except RequestFailed as error:
            if stop := stopped_by(error.status or 0, error.kind, error.reason, index):
                raise stop from error
            if error.status not in _PASSING or failures >= limits.failures:
                raise
            now = clock()
            since = now if since is None else since
            pause = max(limits.pause(failures, random.random()), error.retry_after or 0.0)  # noqa: S311  (no secret)
            if now + pause > since + limits.patience:
                raise
            log.warning("%s: %s; asked again in %.1f s", index, told(error), pause)
        sleep(pause)
    raise AssertionError  # it counts for ever
