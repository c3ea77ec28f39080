"""What `prefect.yaml` says, read strictly: Prefect ignores keys that it does not know, and what they were meant to do.

Imports no Prefect.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from backfile.config import Archive
from backfile.errors import ConfigError

FILE_NAME = "prefect.yaml"
TAG = "backfile"  # by which a server's automations know our runs
MOST_BYTES = 1 << 20  # of the file; one with a hundred deployments has 50 kB

# Those that Prefect 3.8.8 reads (prefect/cli/deploy/_models.py) and that `deploy` heeds. Any other is a mistake.
_KEYS: Mapping[str, frozenset[str]] = {
    "": frozenset({"prefect-version", "name", "definitions", "pull", "deployments"}),
    "deployments": frozenset(
        {
            "name",
            "entrypoint",
            "description",
            "tags",
            "work_pool",
            "parameters",
            "enforce_parameter_schema",
            "concurrency_limit",
            "schedules",
        }
    ),
    "deployments.work_pool": frozenset({"name", "work_queue_name", "job_variables"}),
    "deployments.concurrency_limit": frozenset({"limit", "collision_strategy", "grace_period_seconds"}),
    "deployments.schedules": frozenset(
        {"slug", "cron", "interval", "rrule", "timezone", "anchor_date", "active", "parameters", "day_or"}
    ),
}
_OPEN = frozenset(  # what stands below these is not ours to name
    {
        "definitions",
        "pull",
        "deployments.parameters",
        "deployments.work_pool.job_variables",
        "deployments.schedules.parameters",
    }
)
T = TypeVar("T")
Rhythm = Literal["cron", "interval", "rrule"]
_RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)
_STRATEGIES = ("ENQUEUE", "CANCEL_NEW")
_EXPECTED = {str: "a text is wanted", bool: "allowed: true, false", int: "a whole number is wanted"}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a deployment runs by itself."""

    slug: str  # its lasting name
    rhythm: Rhythm
    value: str | float  # five fields, or seconds, or RFC 5545
    timezone: str = "UTC"
    anchor: str | None = None  # ISO 8601; what an interval is counted from
    active: bool | None = None  # None: as it is on the server, and active when new
    parameters: Mapping[str, Any] = field(default_factory=dict)
    day_or: bool | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A flow as a server is to run it."""

    flow: str
    name: str
    entrypoint: str  # flows.ingest.ingest
    pool: str
    queue: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = (TAG,)
    job_variables: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    strict_parameters: bool = True
    limit: int | None = None
    strategy: str | None = None
    grace: int | None = None  # seconds
    schedules: tuple[Schedule, ...] = ()

    @property
    def full_name(self) -> str:
        """`ingest/scheduled`."""
        return f"{self.flow}/{self.name}"


def place(archive: Archive) -> Path:
    """The file that holds for the archive: its own `prefect.yaml`, else the one that backfile brings along."""
    own = archive.directory / FILE_NAME
    return own if own.exists() else bundled()


def bundled() -> Path:
    """The one that backfile brings along; in a checkout it is the `prefect.yaml` at the top."""
    return Path(str(resources.files("flows") / FILE_NAME))


def read(file: Path) -> tuple[Deployment, ...]:
    """The deployments of the file.

    Raises:
        ConfigError: it cannot be read, has a key that nobody heeds, or says something impossible; names the place.
    """
    return parse(text_of(file), str(file))


def text_of(file: Path) -> str:
    """The file's text; raises ConfigError."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{file}: larger than {MOST_BYTES:,} bytes")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error


def parse(text: str, where: str) -> tuple[Deployment, ...]:
    """The deployments of the text of a `prefect.yaml`; raises ConfigError."""
    try:
        told = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        raise ConfigError(f"{where}: {' '.join(str(error).split())}") from error
    table = _table(told, where)
    unknown_key = next(_unknown(table, "", where), None)
    if unknown_key:
        raise ConfigError(unknown_key)
    if table.get("pull"):
        raise ConfigError(f"{where}: pull: only `pull: []` is allowed; the flows are installed where the worker runs")
    entries = table.get("deployments")
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"{where}: deployments: a list of deployments is wanted")
    found = tuple(_deployment(entry, f"{where}: deployment number {n}") for n, entry in enumerate(entries, 1))
    names = [each.full_name for each in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"{where}: two deployments are named {twice[0]}")
    return found


def _unknown(value: object, at: str, where: str) -> Iterator[str]:
    """One line for each key below `value` that nobody heeds."""
    if at in _OPEN:
        return
    if isinstance(value, list):
        for item in value:
            yield from _unknown(item, at, where)
    elif isinstance(value, dict):
        allowed = _KEYS.get(at, frozenset())
        for key, inner in value.items():
            inside = f"{at}.{key}" if at else str(key)
            if key in allowed:
                yield from _unknown(inner, inside, where)
            else:
                near = difflib.get_close_matches(str(key), sorted(allowed), 1, 0.5)
                advice = f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(sorted(allowed)) or 'nothing'}"
                yield f"{where}: unknown key {inside!r}; {advice}"


def _deployment(entry: object, where: str) -> Deployment:
    table = _table(entry, where)
    name = _wanted(table, "name", where)
    where = f"{where} ({name})"
    entrypoint = _wanted(table, "entrypoint", where)
    if ":" in entrypoint or "/" in entrypoint or "." not in entrypoint:
        raise ConfigError(f"{where}: entrypoint = {entrypoint!r}; wanted: a module and its flow, flows.ingest.ingest")
    pool = _table(table.get("work_pool") or {}, f"{where}: work_pool")
    tags = table.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ConfigError(f"{where}: tags: a list of words is wanted")
    entries = table.get("schedules") or []
    if not isinstance(entries, list):
        raise ConfigError(f"{where}: schedules: a list is wanted")
    schedules = tuple(_schedule(each, f"{where}: schedule number {n}") for n, each in enumerate(entries, 1))
    slugs = [schedule.slug for schedule in schedules]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise ConfigError(f"{where}: two schedules have the slug {twice[0]!r}")
    limit, strategy, grace = _limit(table.get("concurrency_limit"), f"{where}: concurrency_limit")
    return Deployment(
        flow=entrypoint.rpartition(".")[2].replace("_", "-"),
        name=name,
        entrypoint=entrypoint,
        pool=_wanted(pool, "name", f"{where}: work_pool"),
        queue=_typed(pool, "work_queue_name", str, f"{where}: work_pool"),
        description=_typed(table, "description", str, where),
        tags=tuple(dict.fromkeys([TAG, *tags])),
        job_variables=_table(pool.get("job_variables") or {}, f"{where}: job_variables"),
        parameters=_table(table.get("parameters") or {}, f"{where}: parameters"),
        strict_parameters=_typed(table, "enforce_parameter_schema", bool, where) is not False,
        limit=limit,
        strategy=strategy,
        grace=grace,
        schedules=schedules,
    )


def _limit(value: object, where: str) -> tuple[int | None, str | None, int | None]:
    if value is None:
        return None, None, None
    table = {"limit": value} if isinstance(value, int) else _table(value, where)
    limit = _typed(table, "limit", int, where)
    strategy = _typed(table, "collision_strategy", str, where)
    if limit is None or limit < 1:
        raise ConfigError(f"{where}: limit = {limit}; wanted: a number from 1")
    if strategy not in {*_STRATEGIES, None}:
        raise ConfigError(f"{where}: collision_strategy = {strategy!r}; allowed: {', '.join(_STRATEGIES)}")
    return limit, strategy, _typed(table, "grace_period_seconds", int, where)


def _schedule(entry: object, where: str) -> Schedule:
    table = _table(entry, where)
    slug = _wanted(table, "slug", where)
    where = f"{where} ({slug})"
    rhythms = [each for each in _RHYTHMS if table.get(each) is not None]
    if len(rhythms) != 1:
        raise ConfigError(f"{where}: one of cron, interval, rrule is wanted")
    rhythm = rhythms[0]
    value = table[rhythm]
    if rhythm == "interval":
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise ConfigError(f"{where}: interval = {value!r}; wanted: seconds")
    elif not isinstance(value, str):
        raise ConfigError(f"{where}: {rhythm} = {value!r}; a text in quotes is wanted")
    zone = _typed(table, "timezone", str, where) or "UTC"
    check_zone(zone, where)
    return Schedule(
        slug=slug,
        rhythm=rhythm,
        value=value,
        timezone=zone,
        anchor=_typed(table, "anchor_date", str, where),
        active=_typed(table, "active", bool, where),
        parameters=_table(table.get("parameters") or {}, f"{where}: parameters"),
        day_or=_typed(table, "day_or", bool, where),
    )


def check_zone(zone: str, where: str) -> None:
    """Raises ConfigError when there is no such time zone."""
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{where}: {zone!r} is no time zone; wanted: one such as Europe/Berlin") from error


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: a table of keys and values is wanted, not {str(value)[:60]!r}")
    return value


def _typed(table: Mapping[str, Any], key: str, kind: type[T], where: str) -> T | None:
    """The value of a key that may be left out. True and false are no numbers."""
    value = table.get(key)
    if value is None or type(value) is kind:
        return value
    raise ConfigError(f"{where}: {key} = {value!r}; {_EXPECTED[kind]}")


def _wanted(table: Mapping[str, Any], key: str, where: str) -> str:
    value = _typed(table, key, str, where)
    if not value:
        raise ConfigError(f"{where}: {key} is missing")
    return value
