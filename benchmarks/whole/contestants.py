"""Those who are compared, each called as its user calls it.

backfile, and what a person would take instead: Recoll for files of any kind, SQLite's FTS5 with a script around
trafilatura, notmuch and mu for mails. The programs are used where they are installed (Debian: recollcmd, notmuch,
maildir-utils); who is missing is left out, and it is said.
"""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST = 10  # hits shown of a query

SCRIPT = Path(__file__).with_name("fts5.py")


@dataclass(frozen=True, slots=True)
class Contestant:
    """How one of them makes its index of a pile, in a directory of its own, and searches it."""

    name: str
    kinds: frozenset[str]  # of piles that it reads: pages, mails
    needs: str  # program or module without which it is left out
    ingest: Callable[[Path, Path], Sequence[Sequence[str]]]  # pile and own directory → commands
    search: Callable[[Path, str], Sequence[str]]  # a query of words that must all occur → command, one process
    many: Callable[[Path], Sequence[str]] | None  # one process that reads queries from stdin; None: it has none
    hits: Callable[[bytes], int]  # output of a search → number of hits
    kept: Callable[[Path, Path], Path] = lambda _, own: own  # where its index lies

    @property
    def missing(self) -> bool:
        """Whether it is not installed."""
        return not (shutil.which(self.needs) or Path(self.needs).exists())


def _backfile(pile: Path, own: Path) -> list[list[str]]:
    return [[sys.executable, "-m", "backfile", "--archive", str(own), "ingest", str(pile)]]


def _recoll(pile: Path, own: Path) -> list[list[str]]:
    (own / "recoll.conf").write_text(f"topdirs = {pile}\nindexstemminglanguages = english german\nloglevel = 1\n")
    return [["recollindex", "-c", str(own)]]


def _notmuch(pile: Path, own: Path) -> list[list[str]]:
    (own / "config").write_text(f"[database]\npath={pile}\n[new]\ntags=\n[search]\nexclude_tags=\n[user]\nname=n\n")
    return [["notmuch", f"--config={own / 'config'}", "new", "--quiet"]]


def _mu(pile: Path, own: Path) -> list[list[str]]:
    home = f"--muhome={own}"
    return [["mu", "init", home, f"--maildir={pile}", "--quiet"], ["mu", "index", home, "--quiet"]]


def _lines(output: bytes) -> int:
    return output.count(b"\n")


CONTESTANTS = (
    Contestant(
        "backfile",
        frozenset({"pages", "mails"}),
        sys.executable,
        _backfile,
        lambda own, query: [*_python("backfile"), "--archive", str(own), "search", query, "--json"],
        lambda own: [*_python("backfile"), "--archive", str(own), "search", "-", "--tsv"],
        _lines,
    ),
    Contestant(
        "SQLite FTS5, trafilatura",
        frozenset({"pages"}),
        sys.executable,
        lambda pile, own: [[sys.executable, str(SCRIPT), "ingest", str(own / "fts5.sqlite"), str(pile)]],
        lambda own, query: [sys.executable, str(SCRIPT), "search", str(own / "fts5.sqlite"), query],
        lambda own: [sys.executable, str(SCRIPT), "search", str(own / "fts5.sqlite"), "-"],
        _lines,
    ),
    Contestant(
        "Recoll",
        frozenset({"pages", "mails"}),
        "recollindex",
        _recoll,
        lambda own, query: ["recollq", "-c", str(own), "-n", str(MOST), "-A", query],
        None,
        lambda output: output.count(b"\t[file://"),
    ),
    Contestant(
        "notmuch",
        frozenset({"mails"}),
        "notmuch",
        _notmuch,
        lambda own, query: ["notmuch", f"--config={own / 'config'}", "search", f"--limit={MOST}", query],
        None,
        _lines,
        kept=lambda pile, _: pile / ".notmuch",
    ),
    Contestant(
        "mu",
        frozenset({"mails"}),
        "mu",
        _mu,
        lambda own, query: ["mu", "find", f"--muhome={own}", f"--maxnum={MOST}", query],
        None,
        _lines,
    ),
)


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]
