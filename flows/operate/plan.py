"""Words for when, and the archive's own `prefect.yaml`, which `backfile schedule` edits."""

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from backfile.config import Archive
from backfile.disk import replace_text
from backfile.errors import ConfigError, WrongUse
from flows.operate import check

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TIME = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
_DAILY = re.compile(rf"(?:daily|every day)(?: at)? {_TIME}")
_WEEKLY = re.compile(rf"(?:weekly|every)(?: on)? (?P<days>[a-z, ]+?)(?: at)? {_TIME}")
_EVERY = re.compile(r"every (?P<number>\d{1,6}) ?(?P<unit>seconds?|minutes?|hours?|days?|[smhd])")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LEAST = 10  # seconds between two runs; a server plans no closer than it looks

_HEAD = """\
# The deployments of this archive, copied from backfile's own. `backfile schedule add | remove` edit this file, and
# `backfile deploy` brings a server up to it. Without this file, backfile's own holds.
"""


def when(text: str) -> tuple[str, str | int]:
    """What people say of time as Prefect does: `cron` or `interval` with its value.

    >>> when("daily 06:15")
    ('cron', '15 6 * * *')
    >>> when("weekly mon, thu 18:00")
    ('cron', '0 18 * * mon,thu')
    >>> when("every 6 hours")
    ('interval', 21600)
    """
    said = " ".join(text.lower().split())
    if found := _DAILY.fullmatch(said):
        return "cron", f"{int(found['minute'])} {int(found['hour'])} * * *"
    if said == "hourly":
        return "cron", "0 * * * *"
    if found := _EVERY.fullmatch(said):
        seconds = int(found["number"]) * _UNITS[found["unit"][0]]
        if seconds < LEAST:
            raise WrongUse(f"{text!r}: at least every {LEAST} seconds")
        return "interval", seconds
    if found := _WEEKLY.fullmatch(said):
        days = [each[:3] for each in re.split(r"[, ]+", found["days"]) if each]
        if days and all(day in _DAYS for day in days):
            return "cron", f"{int(found['minute'])} {int(found['hour'])} * * {','.join(days)}"
    if len(said.split()) == 5 and not said.startswith(("daily", "every", "weekly")):
        return "cron", said
    raise WrongUse(
        f"{text!r} is no time; say 'daily 06:15', 'weekly mon,thu 18:00', 'hourly', 'every 6 hours', "
        "or five fields of cron: '15 6 * * *'"
    )


def slug_for(text: str, taken: set[str]) -> str:
    """A slug made of what was said, that none of `taken` is.

    >>> slug_for("daily 06:15", {"daily-06-15"})
    'daily-06-15-2'
    """
    base = "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:40] or "schedule"
    return next(each for n in range(1, 10_000) if (each := base if n == 1 else f"{base}-{n}") not in taken)


def checked_slug(slug: str) -> str:
    """The slug; raises WrongUse."""
    if not _SLUG.fullmatch(slug):
        raise WrongUse(f"{slug!r}; a slug has small letters, digits and single hyphens: every-morning")
    return slug


def check_rhythm(entry: Mapping[str, Any]) -> None:
    """Raises WrongUse when Prefect would not take the schedule."""
    from flows.operate.deploy import rhythm  # noqa: PLC0415  # imports Prefect

    value: check.Rhythm = "cron" if "cron" in entry else "interval"
    try:
        rhythm(check.Schedule(entry["slug"], value, entry[value], entry["timezone"]))
    except ValueError as error:
        raise WrongUse(
            f"{entry[value]!r} is no time that Prefect takes: {' '.join(str(error).split())[:200]}"
        ) from error


def own_file(archive: Archive) -> Path:
    """The archive's own `prefect.yaml`, made from backfile's when there is none."""
    file = archive.directory / check.FILE_NAME
    if not file.exists():
        _, _, body = check.text_of(check.bundled()).partition("name:")
        replace_text(file, f"{_HEAD}name:{body}")
    return file


def add(archive: Archive, deployment: str, schedule: dict[str, Any]) -> Path:
    """Write a schedule into the archive's own file; comments and order stay.

    Raises:
        WrongUse: the deployment is unknown, or has that slug already.
        ConfigError: Prefect would not take it; the file is left as it was.
    """

    def put(entry: Any) -> None:
        schedules = entry.setdefault("schedules", [])
        if any(each.get("slug") == schedule["slug"] for each in schedules):
            raise WrongUse(f"{deployment} has a schedule {schedule['slug']!r}; remove it first, or give another --slug")
        schedules.append(schedule)

    return _edit(archive, deployment, put)


def remove(archive: Archive, deployment: str, slug: str) -> Path:
    """Take a schedule out of the archive's own file; raises WrongUse when there is none."""

    def drop(entry: Any) -> None:
        schedules = entry.get("schedules") or []
        for number, each in enumerate(schedules):
            if each.get("slug") == slug:
                del schedules[number]
                if not schedules:
                    del entry["schedules"]
                return
        raise WrongUse(f"{deployment} has no schedule {slug!r} in {archive.directory / check.FILE_NAME}")

    return _edit(archive, deployment, drop)


def _edit(archive: Archive, deployment: str, change: Callable[[Any], None]) -> Path:
    source = check.place(archive)
    names = [each.full_name for each in check.read(source)]
    if deployment not in names:
        raise WrongUse(f"no deployment is named {deployment!r}; {source} has: {', '.join(names)}")
    file = own_file(archive)
    before = check.text_of(file)
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        told = yaml.load(before)
    except YAMLError as error:
        raise ConfigError(f"{file}: {' '.join(str(error).split())}") from error
    change(told["deployments"][names.index(deployment)])
    out = io.StringIO()
    yaml.dump(told, out)
    check.parse(out.getvalue(), str(file))
    replace_text(file, out.getvalue())
    return file
