"""The entry point: finds the command, and turns every error into one line and an exit code."""

import importlib
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from backfile.disk import TROUBLE
from backfile.errors import BackfileError
from backfile.ownership import keep_to_oneself
from backfile.printable import guard, safe

# Verb → (module, what `backfile --help` says). Reading this table costs nothing; importing all commands 0.6 s.
COMMANDS = {
    "ingest": ("backfile.cli.ingest", "Read what is new or changed into the archive."),
    "shard": ("backfile.cli.shard", "Read and clean for a run that another machine has begun."),
    "watch": ("backfile.cli.watch", "Ingest what arrives in a folder while this runs."),
    "search": ("backfile.cli.search", "Find articles by keyword."),
    "like": ("backfile.cli.like", "Find more articles like one."),
    "why": ("backfile.cli.why", "Tell which part of a query an article has or lacks."),
    "show": ("backfile.cli.show", "Show an article as it stands in the archive."),
    "story": ("backfile.cli.story", "Show who else tells the story of an article, and who was first."),
    "diff": ("backfile.cli.diff", "Show what the rules took out of an article."),
    "clean": ("backfile.cli.clean", "Clean files without an archive."),
    "stats": ("backfile.cli.stats", "Count articles by source, language, year and rule."),
    "export": ("backfile.cli.export", "Write all articles as JSON Lines."),
    "status": ("backfile.cli.status", "Show what is in the archive and what is left to do."),
    "source": ("backfile.cli.source", "List, add and remove sources."),
    "rules": ("backfile.cli.rules", "List, try and count the rules that clean articles."),
    "compare": ("backfile.cli.compare", "Show what a change of the rules changes."),
    "forget": ("backfile.cli.forget", "Take articles out for good, and keep them out."),
    "index": ("backfile.cli.index", "Check and rebuild the search index."),
    "store": ("backfile.cli.store", "Move the archive's store into a database, or back."),
    "backup": ("backfile.cli.backup", "Write the archive into one file, while it is in use."),
    "restore": ("backfile.cli.restore", "Make an archive of a backup."),
    "up": ("backfile.cli.up", "Read the sources by schedule: start a server and a worker."),
    "deploy": ("backfile.cli.deploy", "Tell a Prefect server of your own what to run."),
    "schedule": ("backfile.cli.schedule", "List, add, pause, resume and remove schedules."),
    "run": ("backfile.cli.run", "Start a run on the Prefect server, and follow it."),
    "runs": ("backfile.cli.runs", "Show the runs on the Prefect server."),
    "service": ("backfile.cli.service", "Have `up` run for good, also after a restart of the machine."),
    "doctor": ("backfile.cli.doctor", "Check the archive and the installation."),
}
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143
EXIT_OWN_ERROR = 5


class _ReaderLeft(Exception):
    """Whoever read our output has what it wanted (`| head`)."""


class Verbs(click.Group):
    """A group whose commands are imported when they are called."""

    def invoke(self, ctx: click.Context) -> object:
        """The command's exit code. Click itself would end with 1, no hits, when the reader of a pipe leaves."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderLeft from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The verbs, the common ones first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a verb."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of verbs in `--help`, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, about) for verb, (_, about) in COMMANDS.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    help="The archive's directory. Default: $BACKFILE_ARCHIVE, else the nearest parent folder with a backfile.toml.",
)
@click.version_option(package_name="backfile", message="backfile %(version)s")
@click.pass_context
def backfile(ctx: click.Context, archive: Path | None) -> None:
    """Keep a clean, searchable archive of news.

    \b
    backfile ingest ~/news          read a folder of saved pages, mails and exports
    backfile search Koalition       find what is in it
    """  # noqa: D301  # \b is click's mark for lines that stay as they are
    ctx.obj = archive


def main() -> None:
    """Run a command and leave with its exit code; no input of a user ends in a traceback."""
    guard()
    keep_to_oneself()
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(_run())


def _run() -> int:
    try:
        code = backfile.main(prog_name="backfile", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        code = end.exit_code
    except click.ClickException as error:
        error.message = safe(error.message)  # type: ignore[misc]  # it may repeat an argument with line ends
        error.show()
        code = error.exit_code
    except BackfileError as error:
        _say(str(error))
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("stopped; an archive keeps what was stored, and its next ingest carries on")
        code = EXIT_INTERRUPTED
    except (_ReaderLeft, BrokenPipeError):
        # Keep the interpreter from complaining while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if error.errno not in TROUBLE:
            code = _own_fault(error)
        else:
            place = f"{error.filename}: " if isinstance(error.filename, str) else ""
            _say(f"{place}{error.strerror}: {TROUBLE[error.errno]}")
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = EXIT_OWN_ERROR
    except Exception as error:  # noqa: BLE001  # a person gets one line, the log the traceback
        code = _own_fault(error)
    return code if isinstance(code, int) else 0


def _own_fault(error: Exception) -> int:
    import logging  # noqa: PLC0415

    from backfile.cli.log import log_to_default  # noqa: PLC0415

    place = log_to_default()
    logging.getLogger(__name__).error("unexpected", exc_info=error)
    _say(f"unexpected {type(error).__name__}: {error}; this is our fault, the details are in {place}")
    return EXIT_OWN_ERROR


def _say(text: str) -> None:
    click.echo(f"backfile: {safe(text)}", err=True)


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    """Leave through every `finally` on SIGTERM."""
    sys.exit(EXIT_TERMINATED)
