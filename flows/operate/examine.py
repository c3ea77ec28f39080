"""What `backfile doctor` says of Prefect: server, versions, deployments, schedules, workers, runs that hang."""

from collections.abc import Iterator

from backfile.config import Archive
from backfile.errors import BackfileError
from backfile.process import is_alive
from flows.operate import check, home, reach

Finding = tuple[str, str, str]  # ok, warn or fault; about what; what was found, and what to type


def examine(archive: Archive) -> Iterator[Finding]:
    """Look at everything; imports Prefect only where something of it was ever set up."""
    if not reach.is_set_up(archive):
        yield "ok", "prefect", "not in use; `backfile up` reads the sources by schedule"
        return
    try:
        plan = check.read(check.place(archive))
        yield "ok", "prefect.yaml", f"{check.place(archive)}: {len(plan)} deployments"
    except BackfileError as error:
        yield "fault", "prefect.yaml", str(error)
    yield from _up(archive)
    try:
        with reach.connected(archive) as client:
            from flows.operate.judge import judge  # noqa: PLC0415  # imports Prefect

            yield from judge(client, archive)
    except BackfileError as error:
        yield "fault", "server", str(error)


def _up(archive: Archive) -> Iterator[Finding]:
    place = home.Home(archive)
    if not place.directory.exists():
        return
    record = place.read()
    if place.runs():
        yield "ok", "up", f"process {record.pid} since {record.since}, {place.page(record)}"
    elif any(is_alive(each) for each in record.children.values()):
        yield (
            "warn",
            "up",
            "it was killed, and its server or worker still runs: `backfile up` ends these and starts anew",
        )
    else:
        yield (
            "warn",
            "up",
            "not running: nothing is read by schedule; `backfile up`, or for good `backfile service install`",
        )
    if place.directory.stat().st_mode & 0o077:
        yield "fault", "permissions", f"others can read Prefect's folder: chmod 700 {place.directory}"
