"""`backfile service`: have `backfile up` run for good, as a user's service of systemd or launchd."""

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from backfile.cli.output import safe
from backfile.config import Archive, find_archive
from backfile.disk import replace_text
from backfile.errors import ArchiveError, WrongUse
from backfile.pipeline.checkup.finding import Finding
from flows.operate.home import Home

PATIENCE = 60  # seconds that a run may take to its end when the service is stopped
STOP_WITHIN = 180  # seconds: patience, and what it takes to cancel a run and to end worker and server

UNIT = """\
[Unit]
Description={description}
Documentation=https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
After=network.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={command}
WorkingDirectory={directory}
Environment=PYTHONUNBUFFERED=1
Restart=on-failure
RestartSec=30
KillMode=mixed
TimeoutStopSec={stop}
UMask=0077

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True, slots=True)
class Service:
    """One archive's service: its name, its file, and how the system is told."""

    name: str
    file: Path
    archive: Archive

    def text(self) -> str:
        """What stands in the file."""
        raise NotImplementedError

    def commands(self, verb: str) -> list[list[str]]:
        """What to say to the system to `start`, `stop` or look at it (`status`)."""
        raise NotImplementedError

    @property
    def words(self) -> list[str]:
        """The command that it runs."""
        up = ["--archive", str(self.archive.directory), "up", "--patience", str(PATIENCE)]
        return [sys.executable, "-m", "backfile", *up]


class Systemd(Service):
    """A user's unit: it starts with the user's first login, or with the machine where lingering is allowed."""

    def text(self) -> str:
        """The unit; blanks, quotes, `%` and `$` in paths stay what they are."""
        return UNIT.format(
            description=f"backfile up for {_specifiers(self.archive.directory.name)}",
            command=" ".join(quoted(word) for word in self.words),
            directory=_specifiers(str(self.archive.directory)),
            stop=STOP_WITHIN,
        )

    def commands(self, verb: str) -> list[list[str]]:
        """Those of systemctl."""
        systemctl, unit = ["systemctl", "--user"], self.file.name
        return {
            "start": [[*systemctl, "daemon-reload"], [*systemctl, "enable", "--now", unit]],
            "stop": [[*systemctl, "disable", "--now", unit]],
            "status": [[*systemctl, "--no-pager", "--lines=0", "status", unit]],
        }[verb]


class Launchd(Service):
    """An agent of macOS: it starts when the user logs in."""

    def text(self) -> str:
        """The property list."""
        log = str(self.archive.directory / "backfile.log")
        told = {
            "Label": self.name,
            "ProgramArguments": self.words,
            "WorkingDirectory": str(self.archive.directory),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 30,
            "ExitTimeOut": STOP_WITHIN,
            "Umask": 0o077,
            "StandardOutPath": "/dev/null",
            "StandardErrorPath": log,
        }
        return plistlib.dumps(told).decode()

    def commands(self, verb: str) -> list[list[str]]:
        """Those of launchctl."""
        domain = f"gui/{os.getuid()}"
        return {
            "start": [["launchctl", "bootstrap", domain, str(self.file)]],
            "stop": [["launchctl", "bootout", f"{domain}/{self.name}"]],
            "status": [["launchctl", "print", f"{domain}/{self.name}"]],
        }[verb]


def service_of(archive: Archive, *, platform: str = sys.platform) -> Service:
    """The archive's service; its name is made of the folder's name and a few digits of the whole path."""
    from hashlib import sha256  # noqa: PLC0415

    slug = re.sub(r"[^a-z0-9]+", "-", archive.directory.name.lower()).strip("-")[:40] or "archive"
    name = f"backfile-{slug}-{sha256(os.fsencode(archive.directory)).hexdigest()[:6]}"
    if platform == "darwin":
        label = f"org.backfile.{name}"
        return Launchd(label, Path.home() / "Library" / "LaunchAgents" / f"{label}.plist", archive)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Systemd(name, config / "systemd" / "user" / f"{name}.service", archive)


def quoted(word: str) -> str:
    r"""A word of a command line in a unit, systemd.service(5): in quotes, and nothing in it is expanded.

    >>> print(quoted('/home/ada/my "news" 100%'))
    "/home/ada/my \"news\" 100%%"
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{_specifiers(escaped).replace("$", "$$")}"'


def _specifiers(text: str) -> str:
    if not text.isprintable():
        raise WrongUse(f"{text!r}: a service's path holds no control characters")
    return text.replace("%", "%%")


@click.group(epilog="Example: backfile service install")
def command() -> None:
    """Have `backfile up` run for good: it starts with the machine and again when it was killed."""


@command.command("install", epilog="Example: backfile --archive ~/archive service install")
@click.option("--no-start", is_flag=True, help="Write the file only, and say what to type.")
@click.pass_context
def install(ctx: click.Context, *, no_start: bool) -> int:
    """Write the service's file and start it. Installing again brings the file up to date."""
    service = service_of(find_archive(ctx.obj))
    try:
        service.file.parent.mkdir(parents=True, exist_ok=True)
        replace_text(service.file, service.text())
    except OSError as error:
        raise ArchiveError(f"{service.file}: {error.strerror}") from error
    click.echo(safe(f"wrote {service.file}"))
    done = not no_start and _run_all(service.commands("start"))
    if not done:
        _type_this(service.commands("start"), "to start it")
    if isinstance(service, Systemd):
        click.echo("to have it run while you are not logged in, once: loginctl enable-linger")
    click.echo("its server, password and log: backfile doctor; docs/scheduling.md")
    return 0 if done or no_start else 5


@command.command("uninstall", epilog="Example: backfile service uninstall")
@click.pass_context
def uninstall(ctx: click.Context) -> int:
    """Stop the service and remove its file. The archive, and what Prefect keeps in it, stay."""
    service, missing = _installed(ctx)
    if missing:
        click.echo(safe(missing))
        return 0
    stopped = _run_all(service.commands("stop"))
    service.file.unlink()
    click.echo(safe(f"removed {service.file}"))
    if not stopped:
        _type_this(service.commands("stop"), "if it still runs")
    return 0


@command.command("status", epilog="Example: backfile service status")
@click.pass_context
def status(ctx: click.Context) -> int:
    """Say whether the service is installed, up to date, and running. The exit code is 1 when it is not installed."""
    service, missing = _installed(ctx)
    if missing:
        click.echo(safe(f"{missing}; `backfile service install` writes it"))
        return 1
    advice = (
        "" if _is_current(service) else ", but not as this program would write it: `backfile service install` again"
    )
    click.echo(safe(f"installed as {service.file}{advice}"))
    if not _run_all(service.commands("status")):
        _type_this(service.commands("status"), "to see whether it runs")
    return 0


def look(archive: Archive, *, platform: str = sys.platform) -> Iterator[Finding]:
    """What `backfile doctor` says of the service; nothing where none is installed."""
    service = service_of(archive, platform=platform)
    if not service.file.exists():
        return
    if not _is_current(service):
        told = f"{service.file} is not as this program would write it"
        yield Finding("warn", "service", told, "backfile service install")
    elif not Home(archive).runs():
        start = " && ".join(shlex.join(each) for each in service.commands("start"))
        yield Finding("fault", "service", "is installed, and does not run", start)
    else:
        yield Finding("ok", "service", f"installed as {service.file}")


def _is_current(service: Service) -> bool:
    return service.file.read_text(encoding="utf-8", errors="replace") == service.text()


def _installed(ctx: click.Context) -> tuple[Service, str | None]:
    """The archive's service, and what is said where it is not installed."""
    service = service_of(find_archive(ctx.obj))
    return service, None if service.file.exists() else f"not installed: there is no {service.file}"


def _run_all(commands: Sequence[Sequence[str]]) -> bool:
    """Whether all went well; what they say goes to the terminal, made safe. Stops at the first that does not."""
    for each in commands:
        if shutil.which(each[0]) is None:
            return False
        done = subprocess.run(each, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
        for line in (done.stdout + done.stderr).splitlines():
            click.echo(safe(line))
        if done.returncode:
            return False
    return True


def _type_this(commands: Sequence[Sequence[str]], why: str) -> None:
    click.echo(safe(f"{why}: {' && '.join(shlex.join(each) for each in commands)}"))
