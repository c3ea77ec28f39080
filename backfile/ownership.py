"""Whether an archive is this user's own: others' are not opened.

What an archive says is carried out: its configuration names programs (`[notify]`), its index is unpickled, Prefect runs
what `prefect.yaml` and the folder `prefect/` name. So who can write to it can run a program as whoever opens it, and an
archive is also found by looking upwards from the current folder, where others may have laid one.

Trusted are the user who runs the program and root, who can do all of it anyway; not the other way round: root opens no
user's archive. Write access of a group is allowed where the group is the user's own alone, as many systems set up
(`umask 002`).
"""

import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from backfile.errors import ArchiveError

TRUSTED = "BACKFILE_TRUSTED"  # folders whose archives are opened whoever owns them, written like $PATH
_ROOT = 0  # user id
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_ACL = "system.posix_acl_access"  # an extended attribute of Linux; with it, the group's bit is that of others, too


class Foreign(ArchiveError):
    """Somebody else can write to what would be opened; the text says what to type."""

    def __init__(self, told: str, *, own: bool) -> None:
        super().__init__(told)
        self.own = own  # whether it is this user's, with rights for others


def refuse_foreign(folder: Path, parts: Iterable[Path] = ()) -> None:
    """Raises `Foreign` unless a folder, and those of its parts that exist, can be written by this user and root alone.

    Links are followed: what they point at is what will be opened. Where there are no such owners (Windows), nothing is
    looked at.
    """
    if not hasattr(os, "geteuid") or _is_trusted(folder):
        return
    for path in (folder, *parts):
        with suppress(FileNotFoundError, NotADirectoryError):
            found = path.stat()
            if writer := _writer(path, found):
                way_out = _way_out(folder, found)
                told = f"{path}: {writer}, and could so have you run a program; {way_out}"
                raise Foreign(told, own=found.st_uid == os.geteuid())


def inside(folder: Path) -> Iterator[Path]:
    """What lies in a folder; nothing when there is none."""
    with suppress(FileNotFoundError, NotADirectoryError):
        yield from folder.iterdir()


def keep_to_oneself() -> None:
    """From now on nobody else may write to what this process makes."""
    os.umask(os.umask(_OTHERS) | _OTHERS)


def _is_trusted(folder: Path) -> bool:
    named = (Path(each).expanduser() for each in os.environ.get(TRUSTED, "").split(os.pathsep) if each)
    return any(folder.resolve().is_relative_to(each.resolve()) for each in named if each.is_absolute())


def _writer(path: Path, found: os.stat_result) -> str:
    """Who else can write there, as the beginning of a sentence; "" when nobody can."""
    if found.st_uid not in {os.geteuid(), _ROOT}:
        return f"{_user(found.st_uid)} owns it"
    if found.st_mode & stat.S_IWOTH:
        return "anybody may write to it"
    if found.st_mode & stat.S_IWGRP and not _is_private_group(path, found):
        return f"the group {_group(found.st_gid)} may write to it"
    return ""


def _is_private_group(path: Path, found: os.stat_result) -> bool:
    """Whether the group is there for the owner alone, by its name or number and its list of members.

    Whose main group it is besides cannot be asked: a directory service does not list all its users.
    """
    import grp  # noqa: PLC0415  (rarely needed)
    import pwd  # noqa: PLC0415

    try:
        owner, group = pwd.getpwuid(found.st_uid), grp.getgrgid(found.st_gid)
    except KeyError:
        return False
    own = owner.pw_gid == group.gr_gid and (group.gr_name == owner.pw_name or group.gr_gid == owner.pw_uid)
    return own and set(group.gr_mem) <= {owner.pw_name} and not _has_acl(path)


def _has_acl(path: Path) -> bool:
    if hasattr(os, "getxattr"):
        with suppress(OSError):
            return bool(os.getxattr(path, _ACL))
    return False


def _way_out(folder: Path, found: os.stat_result) -> str:
    quoted = shlex.quote(str(folder))
    trust = f"if you trust them: export {TRUSTED}={quoted}"
    if os.geteuid() not in {found.st_uid, _ROOT}:
        return f"make an archive of your own with --archive, or, {trust}"
    if found.st_uid not in {os.geteuid(), _ROOT}:
        return f"as root, take that user's place: sudo -u {shlex.quote(_user(found.st_uid))} backfile …; or, {trust}"
    return f"to take that away: chmod -R go-w {quoted}"


def _user(number: int) -> str:
    import pwd  # noqa: PLC0415

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"


def _group(number: int) -> str:
    import grp  # noqa: PLC0415

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
