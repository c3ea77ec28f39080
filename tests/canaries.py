"""Secrets that tests plant, and how they are looked for in all that a program says and keeps."""

import base64
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
PASSWORD = 'Korb%Esel+41/"Lampe"ü'
USER = "eva"

# What a program does, with every logger on, to stderr and to the archive's log; each error is told as the command line
# tells it, and with all that Python can say of it.
_LOUD = """
    import logging, pathlib, sys, traceback
    from backfile import config
    from backfile.log import file_handler

    archive = config.Archive(pathlib.Path(sys.argv[1]))
    log = file_handler(archive.log_file)
    for handler in (log, logging.StreamHandler()):
        handler.setLevel(1)
        logging.getLogger().addHandler(handler)
    for name in (None, *sys.argv[3].split(",")):
        logging.getLogger(name).setLevel(1)

    def tried(work):
        try:
            return work()
        except Exception as error:
            print(type(error).__name__, error, repr(error), vars(error).keys(), file=sys.stderr)
            told = traceback.TracebackException.from_exception(error, capture_locals=sys.argv[2] == "locals")
            print("".join(told.format()), file=sys.stderr)
            logging.getLogger("backfile").exception("unexpected")

    settings = tried(lambda: config.load(archive))
    print(settings)
"""


def said_by(script: str, folder: Path, environment: Mapping[str, str], *, values: str, loggers: Iterable[str]) -> str:
    """All that comes out of it: stdout, stderr with the values of variables where an error came from, the log."""
    whole = "\n".join(textwrap.dedent(each) for each in (_LOUD, script, 'print("END")'))
    command = [sys.executable, "-X", "dev", "-c", whole, str(folder), values, ",".join(loggers)]
    given = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=given, check=False)
    assert done.stdout.endswith("END\n"), done.stderr
    return done.stdout + done.stderr + (folder / "backfile.log").read_text(encoding="utf-8")


def secret_file(folder: Path, name: str, text: str) -> Path:
    """A file that only its owner can read."""
    file = folder / name
    file.touch(0o600)
    file.write_text(text, encoding="utf-8")
    return file


def forms(secret: str) -> set[str]:
    """How a secret can be written."""
    found = {secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    for before in ("", f"{USER}:", ":"):
        encoded = base64.b64encode(f"{before}{secret}".encode()).decode()
        found |= {encoded, encoded.rstrip("="), base64.urlsafe_b64encode(f"{before}{secret}".encode()).decode()}
    return found


def refuse_secrets(said: str, *secrets: str) -> None:
    """Fails when any of the secrets stands in what was said."""
    found = [form for secret in secrets for form in forms(secret) if form in said]
    assert found == [], said


def files_with(files: Iterable[Path], secret: str) -> list[Path]:
    """Those in which the secret stands."""
    written = [form.encode() for form in forms(secret)]
    return [each for each in files if any(form in each.read_bytes() for form in written)]
