"""What `backfile doctor` says of Prefect: server, versions, deployments, schedules, workers, runs that hang."""

import shlex
import shutil
from collections.abc import Iterator

from backfile.config import Archive, Settings
from backfile.errors import BackfileError, ServiceUnavailable
from backfile.pipeline.checkup.finding import Finding
from backfile.process import is_alive
from flows.operate import check, home, reach


def examine(archive: Archive, settings: Settings) -> Iterator[Finding]:
    """Look at everything; imports Prefect only where something of it was ever set up."""
    if not reach.is_set_up(archive):
        yield Finding("ok", "prefect", "not in use; `backfile up` reads the sources by schedule")
        return
    try:
        plan = check.read(check.place(archive))
    except BackfileError as error:
        yield Finding(
            "fault", "prefect.yaml", str(error), f"${{EDITOR:-nano}} {shlex.quote(str(check.place(archive)))}"
        )
        return
    yield Finding("ok", "prefect.yaml", f"{check.place(archive)}: {len(plan)} deployments")
    yield from _notify(settings)
    theirs = reach.names_a_server(archive)
    if not theirs:
        yield from _up(archive)
        if not home.Home(archive).runs():
            return
    try:
        with reach.connected(archive) as client:
            from flows.operate.judge import judge  # noqa: PLC0415  # imports Prefect

            yield from judge(client, archive, plan, settings)
    except ServiceUnavailable as error:
        yield Finding("fault", "server", str(error), "prefect server start" if theirs else "backfile up")
    except BackfileError as error:
        yield Finding("fault", "server", str(error))


def _up(archive: Archive) -> Iterator[Finding]:
    """Whether the archive's own server and worker run."""
    place = home.Home(archive)
    record = place.read()
    if not place.directory.exists():
        yield Finding("ok", "up", "no server is set, and none of its own was ever started; `backfile up` starts one")
    elif place.runs():
        yield Finding("ok", "up", f"process {record.pid} since {record.since}, {place.page(record)}")
    elif any(is_alive(each) for each in record.children.values()):
        told = "it was killed, and its server or worker still runs; the next one ends these and starts anew"
        yield Finding("fault", "up", told, "backfile up")
    else:
        told = "not running: nothing is read by schedule; `backfile service install` has it run for good"
        yield Finding("warn", "up", told, "backfile up")
    if place.directory.exists() and place.directory.stat().st_mode & 0o077:
        told = "others can read Prefect's folder, the password of the server with it"
        yield Finding("fault", "permissions", told, f"chmod 700 {shlex.quote(str(place.directory))}")


def _notify(settings: Settings) -> Iterator[Finding]:
    """Whether there is such a program as is to tell of failed runs."""
    command = settings.notify.command
    if command and shutil.which(command[0]) is None:
        told = f"[notify] names the command {command[0]}, and there is no such program"
        yield Finding("warn", "notify", told, f"command -v {shlex.quote(command[0])}")
