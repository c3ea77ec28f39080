"""The flow that tells somebody that a scheduled run failed; the server starts it (flows/operate/guard.py)."""

import os
import subprocess
from pathlib import Path

from prefect import State, flow
from prefect.blocks.abstract import NotificationError
from prefect.blocks.notifications import AppriseNotificationBlock
from prefect.states import Completed, Failed

from backfile.config import Archive, Notify, find_archive, load
from backfile.errors import BackfileError
from flows.report import plain

PATIENCE = 60.0  # seconds for a command; one that hangs must not keep others from being told


class _Mail(AppriseNotificationBlock):
    """Any service that Apprise knows by an address; Prefect's own blocks are for single ones, and none is for SMTP."""

    _block_type_name = "backfile mail"


@flow(name="notify", persist_result=False)
def notify(
    archive: str | None = None, run: str = "", state: str = "", message: str = "", deployment: str = ""
) -> State[None]:
    """Run the command and send the mail that [notify] in backfile.toml names.

    Args:
        archive: Directory of the archive.
        run: Name of the run that failed.
        state: How it ended: Failed, Crashed or TimedOut.
        message: Why, in one line.
        deployment: Name of its deployment.
    """
    try:
        place = find_archive(Path(archive) if archive else None)
        told = load(place).notify
    except BackfileError as error:
        return Failed(message=plain(str(error)))
    subject = f"backfile: {plain(deployment)} {plain(state)}"
    body = f"{plain(message)}\n\narchive: {place.directory}\nrun: {plain(run)}\n\nWhat to do: backfile doctor\n"
    facts = {"RUN": run, "STATE": state, "MESSAGE": message, "DEPLOYMENT": deployment}
    wrong = [*_by_command(told, place, f"{subject}\n\n{body}", facts), *_by_mail(told, subject, body)]
    if wrong:
        return Failed(message="; ".join(wrong))
    return Completed(message=f"told of {plain(run)}")


def _by_command(told: Notify, place: Archive, text: str, facts: dict[str, str]) -> list[str]:
    """What went wrong with the command. It gets the text on its standard input, and the facts as BACKFILE_…."""
    if not told.command:
        return []
    facts = {f"BACKFILE_{name}": plain(value) for name, value in facts.items()}
    try:
        done = subprocess.run(  # noqa: S603  # the user's own, and no shell
            told.command,
            input=text.encode(),
            env={**os.environ, "BACKFILE_ARCHIVE": str(place.directory), **facts},
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"the command {told.command[0]} did not run: {type(error).__name__}"]
    return [] if done.returncode == 0 else [f"the command {told.command[0]} ended with {done.returncode}"]


def _by_mail(told: Notify, subject: str, body: str) -> list[str]:
    if not told.mail:
        return []
    try:
        # The address holds a password, so what Apprise says of it is not repeated.
        mail = _Mail(url=told.mail, notify_type="failure")  # type: ignore[arg-type]
        with mail.raise_on_failure():
            mail.notify(body=body, subject=subject)
    except (NotificationError, ValueError, OSError):
        return ["the mail was not sent; is the address in [notify] right?"]
    return []
