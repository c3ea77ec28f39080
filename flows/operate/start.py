"""`backfile up`: a Prefect server and a worker for one archive, watched over until somebody says stop.

Imports Prefect only when it is settled what that is to read.
"""

import json
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from logging import Logger

from backfile import process
from backfile.config import Archive, load
from backfile.errors import ServiceUnavailable, WrongUse
from backfile.process import is_alive
from flows.operate import check, home
from flows.operate.home import HOST, Home, Record
from flows.operate.tend import Child, Stop, kill_session, logging_to

USUAL_PORT = 4200  # Prefect's own
WORKER = "backfile"
HEALTHY_WITHIN = 180.0  # seconds; 36 were seen on a machine under load 16
CANCEL_WITHIN = 40.0  # seconds for a cancelled run to end; 16 to 20 were measured
WORKER_WITHIN = 15.0  # seconds for a worker without runs to end
SERVER_WITHIN = 20.0  # seconds for the server to write what it holds
LOOK = 0.5  # seconds between two looks at the children

# A child that ends by itself is started again, after a pause that doubles; so many ends in a row are given up.
FIRST_PAUSE = 1.0
MOST_ENDS = 5
SOUND_AFTER = 300.0  # seconds of life after which the count begins anew


@dataclass(frozen=True, slots=True)
class Duty:
    """What one `up` is about."""

    archive: Archive
    place: Home
    record: Record
    stop: Stop
    log: Logger
    say: Callable[[str], None]


def up(archive: Archive, *, port: int | None, patience: float, say: Callable[[str], None]) -> None:
    """Run a server and a worker for the archive until Ctrl-C or SIGTERM.

    Args:
        archive: Where all of it lies.
        port: Of the server. None: the one used last, else Prefect's usual one, else a free one.
        patience: Seconds that a run in progress may take to its end when it is to stop; then it is cancelled.
        say: Takes a line for the person at the terminal.

    Raises:
        ArchiveLocked: it runs already.
        ServiceUnavailable: server or worker do not start, or end again and again.
        WrongUse, ConfigError: the port is taken, or a configuration is wrong.
    """
    load(archive)
    pools = sorted({each.pool for each in check.read(check.place(archive))})
    theirs = os.environ.get("PREFECT_API_URL")
    place, stop = Home(archive), Stop()
    place.make()
    with place.held(), stop.heard(), logging_to(place) as log:
        before = place.read()
        duty = Duty(archive, place, Record(since=home.now(), up=process.this()), stop, log, say)
        _end_orphans(before, duty)
        duty.record.port = _port(port, before.port)
        environment = place.environment(duty.record, os.environ)
        server = Child("server", _server(duty.record), SERVER_WITHIN, environment, place, log)
        workers = [Child(f"worker of {pool}", _worker(pool), WORKER_WITHIN, environment, place, log) for pool in pools]
        try:
            say("starting Prefect’s server; that takes 10 to 30 seconds")
            _start(server, duty)
            if _is_healthy_at_last(server, duty):
                os.environ.update(environment)
                schedules = _set_up(archive)
                for worker in workers:
                    _start(worker, duty)
                _welcome(duty, schedules, theirs)
                _watch_over((server, *workers), duty)
        finally:
            _wind_down(server, workers, patience, duty)
            place.write(Record(duty.record.port))
    say("stopped")


def _server(record: Record) -> list[str]:
    return [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(record.port)]


def _worker(pool: str) -> list[str]:
    told = ["--pool", pool, "--type", "process", "--name", WORKER, "--install-policy", "never"]
    return [sys.executable, "-m", "prefect", "worker", "start", *told]


def _start(child: Child, duty: Duty) -> None:
    duty.record.children[child.name] = child.start()
    duty.place.write(duty.record)


def _is_healthy_at_last(server: Child, duty: Duty) -> bool:
    """Whether the server answers; False when it is to stop before it did."""
    place, until = duty.place, time.monotonic() + HEALTHY_WITHIN
    while not duty.stop.said.is_set():
        if (code := server.ended()) is not None:
            raise ServiceUnavailable(f"Prefect’s server ended with {code} before it answered: see {place.log_file}")
        if _is_healthy(place.api(duty.record)):
            return True
        if time.monotonic() > until:
            raise ServiceUnavailable(f"Prefect’s server did not answer in {HEALTHY_WITHIN:.0f} s: see {place.log_file}")
        duty.stop.said.wait(LOOK)
    return False


def _is_healthy(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:  # noqa: S310  # our own address
            return bool(json.load(answer))
    except (OSError, ValueError):
        return False


def _set_up(archive: Archive) -> list[str]:
    """Deploy, and let the pools give out runs again, which the last stop forbade; the schedules, for people."""
    from flows.operate.reach import connected  # noqa: PLC0415

    with connected(archive) as client:
        from flows.operate.deploy import reopen  # noqa: PLC0415
        from flows.operate.set_up import set_up  # noqa: PLC0415

        done = list(set_up(client, archive, check.read(check.place(archive))))
        for name in {each.name for each in done if each.what == "pool"}:
            reopen(client, name)
        return [f"{each.name}  {each.told}" for each in done if each.what == "schedule"]


def _welcome(duty: Duty, schedules: list[str], theirs: str | None) -> None:
    say, place, record = duty.say, duty.place, duty.record
    say(f"archive    {duty.archive.directory}")
    say(f"server     {place.page(record)}  (in a browser; it asks for: {place.login})")
    for line in schedules:
        say(f"schedule   {line}")
    say(f"log        {place.log_file}")
    say("to type    backfile run ingest --watch  |  backfile runs  |  backfile schedule list  |  backfile doctor")
    say("Ctrl-C ends server and worker; `backfile service install` has them run for good")
    if theirs and theirs != place.api(record):
        say(f"note: $PREFECT_API_URL is {theirs}; where it is set, the commands above ask that server")


def _watch_over(children: tuple[Child, ...], duty: Duty) -> None:
    """Start again what ends by itself, until a signal comes."""
    while not duty.stop.said.wait(LOOK):
        for child in children:
            code = child.ended()
            if code is None:
                continue
            child.ends = 1 if time.monotonic() - child.since > SOUND_AFTER else child.ends + 1
            duty.log.warning("the %s ended with %s", child.name, code)
            child.stop()  # and what it left behind
            if child.ends > MOST_ENDS:
                raise ServiceUnavailable(f"Prefect’s {child.name} ends again and again: see {duty.place.log_file}")
            duty.say(f"the {child.name} ended with {code} and is started again")
            if duty.stop.said.wait(FIRST_PAUSE * 2 ** (child.ends - 1)):
                return
            _start(child, duty)


def _wind_down(server: Child, workers: list[Child], patience: float, duty: Duty) -> None:
    """No new runs; those in progress to their end, else cancelled; then the workers, then the server."""
    if any(worker.process for worker in workers) and server.ended() is None:
        try:
            _end_runs(patience, duty)
        except Exception:  # whatever Prefect says, the processes must end
            duty.log.exception("the runs in progress could not be ended in an orderly way")
    for worker in workers:
        worker.stop()
    server.stop()


def _end_runs(patience: float, duty: Duty) -> None:
    from flows.operate.reach import connected  # noqa: PLC0415

    with connected(duty.archive) as client:
        from prefect.client.schemas.actions import WorkPoolUpdate  # noqa: PLC0415
        from prefect.client.schemas.objects import State, StateType  # noqa: PLC0415

        from flows.operate.follow import unfinished  # noqa: PLC0415

        for pool in client.read_work_pools():
            client.update_work_pool(pool.name, WorkPoolUpdate(is_paused=True))
        if not (left := unfinished(client)):
            return
        names = ", ".join(run.name for run in left)
        duty.say(f"waiting up to {patience:.0f} s for {names}; once more Ctrl-C cancels it at once")
        until = time.monotonic() + patience
        while (left := unfinished(client)) and time.monotonic() < until and not duty.stop.at_once.wait(LOOK):
            pass
        for run in left:
            duty.say(f"cancelling {run.name}; what it stored is kept, and the next run carries on")
            client.set_flow_run_state(run.id, State(type=StateType.CANCELLING, message="backfile up was stopped"))
        until = time.monotonic() + CANCEL_WITHIN
        while unfinished(client) and time.monotonic() < until:
            time.sleep(LOOK)


def _end_orphans(before: Record, duty: Duty) -> None:
    """End what an `up` that was killed left behind; a process number alone may be another's by now."""
    for name, child in before.children.items():
        if not is_alive(child):
            continue
        duty.say(f"the last `backfile up` was killed; its {name}, process {child.pid}, is ended")
        duty.log.warning("ending the %s that a killed `up` left behind, process %d", name, child.pid)
        kill_session(child.pid, signal.SIGTERM)
        until = time.monotonic() + 5.0
        while is_alive(child) and time.monotonic() < until:
            time.sleep(0.1)
        kill_session(child.pid)


def _port(asked: int | None, last: int | None) -> int:
    if asked is not None:
        if not _is_free(asked):
            raise WrongUse(f"port {asked} is taken; leave out --port, and a free one is found")
        return asked
    for each in (last, USUAL_PORT):
        if each is not None and _is_free(each):
            return each
    with socket.socket() as free:
        free.bind((HOST, 0))
        number: int = free.getsockname()[1]
        return number


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True
