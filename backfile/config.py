"""Where an archive is, and what its `backfile.toml` says. Read once at the top and handed down as arguments.

The directory holds `backfile.toml`, `store.sqlite`, `index/`, `backfile.log` and the lock. Nothing here is slow to
import: `backfile search` starts with it.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backfile import tongues
from backfile.database import Database, database, is_database
from backfile.disk import TROUBLE, make_folder, replace_text
from backfile.errors import ArchiveError, ArchiveMissing, ConfigError, WrongUse
from backfile.ownership import refuse_foreign

if TYPE_CHECKING:
    from backfile.servers import Servers

FILE_NAME = "backfile.toml"
ENVIRONMENT = "BACKFILE_ARCHIVE"
ENGINES = ("whoosh", "tantivy", "opensearch")
SQLITE = "sqlite"  # the store is a file in the archive's directory
LEARNING = ("certain", "suggest")

FRESH = """\
# The configuration of a backfile archive; docs/configuration.md describes every key.

[archive]
engine = "whoosh"
"""

# A source's name stands in every id and in queries (`source:taz`), so it holds no blank, slash or colon.
SOURCE_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)

_ARCHIVE_KEYS = frozenset({"engine", "learn", "not_articles", "store", "store_password_file"})
_SOURCE_KEYS = frozenset(
    {
        "name",
        "path",
        "reader",
        "publisher",
        "language",
        "map",
        "prune",
        "may_be_empty",
        "not_articles",
        "rule",
        "feed",
        "url",
    }
)
# Key of [limits] → the least and the most; 256 MB is what the code and tables of a worker leave room to work in.
_LIMITS = {"workers": (0, 256), "seconds": (1, 86_400), "cpu_seconds": (1, 86_400), "memory_mb": (256, 1 << 20)}
_RESERVED = frozenset({"feed", "url"})
_NOT_ARTICLES = ("reject", "keep")
MOST_PUBLISHERS = 10_000  # lines of [publishers]; the bundled table has some 500
LONGEST_PUBLISHER = 120  # characters of a name
_HOST = re.compile(r"(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})+")
_READERS = ("text", "html", "mail", "mbox", "maildir", "jsonl", "json", "csv", "tsv")


@dataclass(frozen=True, slots=True)
class Source:
    """A named origin of inputs."""

    name: str
    path: str  # file, folder or glob; absolute
    reader: str | None = None  # None: chosen by content
    publisher: str | None = None
    language: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)  # article field → column of an export
    prune: bool = False  # whether what vanished from the source leaves the archive as well
    may_be_empty: bool = False  # whether it is believed at once that most of it is gone, as of an inbox
    not_articles: str = "reject"  # what becomes of front pages, log-ins …: "reject", or "keep" them as articles
    rules: tuple[Mapping[str, object], ...] = ()  # its own boilerplate rules, as written
    publishers: Mapping[str, str] = field(default_factory=dict)  # host → who publishes there; the archive's table


@dataclass(frozen=True, slots=True)
class Limits:
    """What parsing and cleaning one document may cost, and how many processes do it."""

    workers: int = 0  # processes that clean, and that build the index; 0: as many as there are processors
    seconds: int = 300  # of wall time, on a machine that may have other things to do
    cpu_seconds: int = 60
    memory_mb: int = 1024  # of the process, of which 100 to 200 MB are its own code and tables


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told when a scheduled run failed."""

    webhook: str | None = None  # an address that gets a POST with JSON
    mail: str | None = None  # an address as Apprise writes it: mailtos://user:password@host?to=…
    command: tuple[str, ...] = ()  # a program and its arguments, run without a shell


@dataclass(frozen=True, slots=True)
class Settings:
    """What `backfile.toml` says."""

    engine: str = "whoosh"
    learn: str = "certain"  # recurring lines: take what is beyond doubt, or only what a person accepts
    sources: tuple[Source, ...] = ()
    notify: Notify = field(default_factory=Notify)
    limits: Limits = field(default_factory=Limits)
    opensearch: "Servers | None" = None  # the cluster that the engine of that name uses

    def cluster(self) -> "Servers":
        """The cluster of the engine opensearch; raises ConfigError when nothing is said of one."""
        if self.opensearch is None:
            raise ConfigError(
                "the engine opensearch needs [opensearch] in backfile.toml, with urls and prefix (docs/opensearch.md)"
            )
        return self.opensearch

    def source(self, name: str) -> Source:
        """The source of that name; raises WrongUse when there is none."""
        for source in self.sources:
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self.sources) or "none yet"
        raise WrongUse(f"no source is named {name!r}; the archive has: {known}")

    def chosen(self, names: Iterable[str]) -> tuple[Source, ...]:
        """The sources of these names, each once; all when there is no name. Raises WrongUse for one that is none."""
        return tuple(self.source(name) for name in dict.fromkeys(names)) or self.sources


@dataclass(frozen=True, slots=True)
class Archive:
    """The places in an archive's directory."""

    directory: Path

    @property
    def config_file(self) -> Path:
        """`backfile.toml`."""
        return self.directory / FILE_NAME

    @property
    def store_file(self) -> Path:
        """The SQLite file of the store, where it is one."""
        return self.directory / "store.sqlite"

    @property
    def store(self) -> Path | Database:
        """Where the store is: its file, or the database that the configuration names.

        Raises:
            ConfigError: the configuration cannot be read, or names none that could be one.
        """
        try:
            text = self.config_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return self.store_file
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.config_file}: {error}") from error
        if "store" not in text:  # most archives have a file, and need no parser to know it
            return self.store_file
        import tomllib  # noqa: PLC0415

        try:
            head = tomllib.loads(text).get("archive", {})
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{self.config_file}: {error}") from error
        where = f"{self.config_file}: [archive]"
        return _database(_table(head, where), self, where) or self.store_file

    @property
    def index_directory(self) -> Path:
        """What the search engines read; derived from the store."""
        return self.directory / "index"

    @property
    def lock_file(self) -> Path:
        """Held by the one run that may write."""
        return self.directory / "backfile.lock"

    @property
    def log_file(self) -> Path:
        """Where tracebacks go."""
        return self.directory / "backfile.log"

    def cluster(self) -> "Servers":
        """The cluster that its index is on; reads the configuration."""
        return load(self).cluster()

    def refuse_foreign(self) -> None:
        """Raises `Foreign` when somebody else can write to what a command opens or carries out in here."""
        store = (self.store_file.with_name(f"{self.store_file.name}{end}") for end in ("", "-wal", "-shm", "-journal"))
        prefect = (self.directory / "prefect", self.directory / "prefect.yaml")
        refuse_foreign(self.directory, (self.config_file, *store, self.index_directory, self.lock_file, *prefect))


def find_archive(option: Path | None) -> Archive:
    """The archive that a command works on: the option, else $BACKFILE_ARCHIVE, else the nearest parent folder's.

    Raises:
        ArchiveMissing: there is none; says where it looked and how to make one.
        Foreign: somebody else can write to it.
    """
    archive = located(option)
    archive.refuse_foreign()
    return archive


def located(option: Path | None) -> Archive:
    """As `find_archive`, whosever it is: for who looks at it and opens nothing."""
    named = _named(option)
    if named is not None:
        if not (named / FILE_NAME).is_file():
            raise ArchiveMissing(f"{named} is no archive (it has no {FILE_NAME}); `backfile ingest PATH` makes one")
        return Archive(named)
    here = Path.cwd()
    for directory in (here, *here.parents):
        if (directory / FILE_NAME).is_file():
            return Archive(directory)
    raise ArchiveMissing(
        f"no {FILE_NAME} in {here} or above; name an archive with --archive or ${ENVIRONMENT}, "
        "or make one with `backfile ingest PATH`"
    )


def find_or_make_archive(option: Path | None) -> Archive:
    """As `find_archive`, but an archive that does not exist is made: where it was named, else in the current folder."""
    try:
        return find_archive(option)
    except ArchiveMissing:
        archive = Archive(_named(option) or Path.cwd())
    if archive.index_directory.exists() and not archive.store_file.exists():
        raise ArchiveError(
            f"no archive is made in {archive.directory}: something named {archive.index_directory.name} is there "
            "already; name another folder with --archive"
        )
    archive.refuse_foreign()
    try:
        make_folder(archive.directory, mode=0o700)
        replace_text(archive.config_file, FRESH)
    except OSError as error:
        if error.errno in TROUBLE:
            raise
        raise ArchiveError(f"no archive can be made in {archive.directory}: {error.strerror}") from error
    return archive


def named_archive(option: Path | None) -> Archive | None:
    """The place that the option or the environment names, whether or not an archive is there; None: neither does.

    Raises:
        Foreign: somebody else can write to it.
    """
    named = _named(option)
    if named is None:
        return None
    archive = Archive(named)
    archive.refuse_foreign()
    return archive


def _named(option: Path | None) -> Path | None:
    named = option or (Path(value) if (value := os.environ.get(ENVIRONMENT)) else None)
    return plain(named) if named else None


def plain(path: Path) -> Path:
    """The path from the root, without `~`, `.` and `..`; links stay, so that what they point at may change."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  # Path.resolve would follow the links


def load(archive: Archive) -> Settings:
    """What the archive's configuration says.

    Raises:
        ConfigError: it cannot be read, or says something that is not allowed; names the key.
    """
    import tomllib  # noqa: PLC0415  (a search reads no configuration)

    file = archive.config_file
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error
    _only(table, {"archive", "limits", "notify", "opensearch", "publishers", "source"}, str(file))
    head = _table(table.get("archive", {}), f"{file}: [archive]")
    _only(head, _ARCHIVE_KEYS, f"{file}: [archive]")
    engine = _choice(head, "engine", ENGINES, f"{file}: [archive]") or "whoosh"
    learn = _choice(head, "learn", LEARNING, f"{file}: [archive]") or "certain"
    _database(head, archive, f"{file}: [archive]")
    not_articles = _choice(head, "not_articles", _NOT_ARTICLES, f"{file}: [archive]") or "reject"
    publishers = _publishers(table.get("publishers", {}), f"{file}: [publishers]")
    sources = table.get("source", [])
    if not isinstance(sources, list):
        raise ConfigError(f"{file}: write each source as a table [[source]]")
    read = tuple(
        _source(entry, archive, f"{file}: [[source]] number {n}", not_articles=not_articles, publishers=publishers)
        for n, entry in enumerate(sources, 1)
    )
    names = [source.name for source in read]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ConfigError(f"{file}: two sources are named {min(twice)!r}")
    limits = _limits(table.get("limits", {}), f"{file}: [limits]")
    notify = _notify(table.get("notify", {}), f"{file}: [notify]")
    return Settings(engine, learn, read, notify, limits, _opensearch(table, archive, f"{file}: [opensearch]"))


def _opensearch(table: Mapping[str, object], archive: Archive, where: str) -> "Servers | None":
    if "opensearch" not in table:
        return None
    from backfile.servers import KEYS, servers  # noqa: PLC0415  (of no use to who has no servers)

    section = _table(table["opensearch"], where)
    _only(section, KEYS, where)
    return servers(section, where, beside=archive.directory)


def _database(head: Mapping[str, object], archive: Archive, where: str) -> Database | None:
    """The database that the store is in; None: it is a file in the archive's directory."""
    store, secret = head.get("store", SQLITE), _text(head, "store_password_file", where)
    if store == SQLITE:
        return None
    if not isinstance(store, str) or not is_database(store):  # and is not shown, as it may hold a password
        raise ConfigError(f'{where}: store: allowed: "{SQLITE}", or an address, "postgresql://USER@HOST/DATABASE"')
    try:
        file = archive.directory / Path(secret).expanduser() if secret else None
        return database(store, password_file=file, beside=archive.directory)
    except ValueError as error:
        raise ConfigError(f"{where}: store: {error}") from None


def _limits(value: object, where: str) -> Limits:
    table = _table(value, where)
    _only(table, _LIMITS, where)
    return Limits(**{key: _number(table, key, where, *_LIMITS[key]) for key in table})


def _number(table: Mapping[str, object], key: str, where: str, least: int, most: int) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ConfigError(f"{where}: {key} = {value!r}; allowed: a number from {least:,} to {most:,}")
    return value


def _notify(value: object, where: str) -> Notify:
    table = _table(value, where)
    _only(table, ("webhook", "mail", "command"), where)
    webhook, mail = _text(table, "webhook", where), _text(table, "mail", where)
    if webhook and not re.match(r"https?://[^/\s]", webhook):
        raise ConfigError(f"{where}: webhook = {webhook!r}; an address that begins with https:// is wanted")
    if mail and not re.match(r"[a-z]+://[^\s]", mail):
        raise ConfigError(f"{where}: mail: wanted: mailtos://user:password@host?to=address (docs/scheduling.md)")
    command = table.get("command", [])
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise ConfigError(
            f'{where}: command = {command!r}; wanted: a program and its arguments, ["notify-send", "backfile"]'
        )
    return Notify(webhook, mail, tuple(command))


def _publishers(value: object, where: str) -> Mapping[str, str]:
    """The table of who publishes at which host; hosts in lower case, in ASCII, without `www.`."""
    table = _table(value, where)
    if len(table) > MOST_PUBLISHERS:
        raise ConfigError(f"{where}: {len(table):,} hosts; allowed: {MOST_PUBLISHERS:,}")
    found: dict[str, str] = {}
    for key in table:
        name = (_text(table, key, where) or "").strip()
        if not name or len(name) > LONGEST_PUBLISHER or not name.isprintable():
            raise ConfigError(f"{where}: {key!r} = {name!r}; allowed: a name of up to {LONGEST_PUBLISHER} characters")
        host = key.strip().casefold().removeprefix("www.").rstrip(".")
        if not _HOST.fullmatch(host):
            raise ConfigError(
                f'{where}: {key!r} is no host; write "musterblatt.example", without scheme, port and path'
            )
        try:
            found[host if host.isascii() else host.encode("idna").decode("ascii")] = name
        except UnicodeError as error:
            raise ConfigError(f"{where}: {key!r} is no host: {error}") from error
    return found


def _source(entry: object, archive: Archive, where: str, *, not_articles: str, publishers: Mapping[str, str]) -> Source:
    table = _table(entry, where)
    _only(table, _SOURCE_KEYS, where)
    if reserved := _RESERVED & table.keys():
        raise ConfigError(f"{where}: {min(reserved)!r} is reserved and not available yet; use path")
    name = _text(table, "name", where)
    if not name or not SOURCE_NAME.fullmatch(name):
        raise ConfigError(f"{where}: name = {name!r}; allowed: up to 64 letters, digits, '.', '_' and '-'")
    path = _text(table, "path", where)
    if not path:
        raise ConfigError(f"{where}: path is missing: a file, a folder or a glob")
    reader = _choice(table, "reader", _READERS, where)
    rules = table.get("rule", [])
    if not isinstance(rules, list):
        raise ConfigError(f"{where}: write each rule as a table [[source.rule]]")
    mapping = {
        key: str(value)
        for key, value in _table(table.get("map", {}), f"{where}: map").items()
        if isinstance(value, str)
    }
    return Source(
        name=name,
        path=str(plain(archive.directory / Path(path).expanduser())),
        reader=reader,
        publisher=_text(table, "publisher", where),
        language=_tongue(table, where),
        mapping=mapping,
        prune=_truth(table, "prune", where),
        may_be_empty=_truth(table, "may_be_empty", where),
        not_articles=_choice(table, "not_articles", _NOT_ARTICLES, where) or not_articles,
        rules=tuple(_table(each, f"{where}: rule") for each in rules),
        publishers=publishers,
    )


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: a table is wanted, not {value!r}")
    return value


def _only(table: Mapping[str, object], allowed: Iterable[str], where: str) -> None:
    if unknown := sorted(table.keys() - set(allowed)):
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}; allowed: {', '.join(sorted(allowed))}")


def _truth(table: Mapping[str, object], key: str, where: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: {key} = {value!r}; allowed: true, false")
    return value


def _text(table: Mapping[str, object], key: str, where: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"{where}: {key} = {value!r}; a text in quotes is wanted")
    return value


def _tongue(table: Mapping[str, object], where: str) -> str | None:
    value = _text(table, "language", where)
    try:
        return value if value is None else tongues.checked(value)
    except WrongUse as error:
        raise ConfigError(f"{where}: language: {error}") from None


def _choice(table: Mapping[str, object], key: str, allowed: Iterable[str], where: str) -> str | None:
    value = _text(table, key, where)
    if value is not None and value not in allowed:
        raise ConfigError(f"{where}: {key} = {value!r}; allowed: {', '.join(allowed)}")
    return value


def note_source(archive: Archive, path: Path) -> Source:
    """The source whose path this is; one named after the path's last part is written down when there is none."""
    wanted = str(plain(path))
    if not wanted.isprintable() and any("\ud800" <= each <= "\udfff" for each in wanted):
        raise WrongUse(f"{path}: the path is no UTF-8 and cannot be written down; ingest a folder above it")
    settings = load(archive)
    for source in settings.sources:
        if source.path == wanted:
            return source
    stem = plain(path).name
    if not path.is_dir():
        stem = stem.partition(".")[0] or stem
    name = re.sub(r"[^\w.-]+", "-", stem, flags=re.ASCII).strip("-.")[:56] or "news"
    taken = {source.name for source in settings.sources}
    unique = next(each for n in range(1, 10_000) if (each := name if n == 1 else f"{name}-{n}") not in taken)
    return add_source(archive, unique, wanted)


def add_source(archive: Archive, name: str, path: str, **options: str | bool) -> Source:
    """The new source, after it was added to `backfile.toml`; comments and order of the file stay.

    Raises:
        ConfigError: the name is taken or a value is not allowed; the file is left as it was.
    """
    import tomlkit  # noqa: PLC0415  # only those who edit pay for it

    before = archive.config_file.read_text(encoding="utf-8")
    document = tomlkit.parse(before)
    entry = tomlkit.table()
    for key, value in {"name": name, "path": path, **options}.items():
        entry.add(key, value)
    if "source" not in document:
        document.add("source", tomlkit.aot())
    document["source"].append(entry)
    replace_text(archive.config_file, tomlkit.dumps(document))
    try:
        return load(archive).source(name)
    except ConfigError:
        replace_text(archive.config_file, before)
        raise


def set_engine(archive: Archive, engine: str) -> None:
    """Writes which engine an archive is searched with into `backfile.toml`; comments and order of the file stay."""
    _set_in_archive(archive, {"engine": engine})


def set_store(archive: Archive, store: Path | Database) -> None:
    """Writes where an archive's store is into `backfile.toml`; comments and order of the file stay."""
    address = secret = None
    if isinstance(store, Database):
        address, secret = store.address, str(store.password_file) if store.password_file else None
    _set_in_archive(archive, {"store": address, "store_password_file": secret})


def _set_in_archive(archive: Archive, values: Mapping[str, str | None]) -> None:
    """Writes keys of [archive]; those that are None leave it."""
    import tomlkit  # noqa: PLC0415

    document = tomlkit.parse(archive.config_file.read_text(encoding="utf-8"))
    if "archive" not in document:
        document["archive"] = tomlkit.table()
    head = document["archive"]
    for key, value in values.items():
        if value is not None:
            head[key] = value
        elif key in head:
            del head[key]
    replace_text(archive.config_file, tomlkit.dumps(document))


def remove_source(archive: Archive, name: str) -> None:
    """Take a source out of `backfile.toml`; what was read from it stays in the archive.

    Raises:
        WrongUse: no source has that name.
    """
    import tomlkit  # noqa: PLC0415

    load(archive).source(name)
    document = tomlkit.parse(archive.config_file.read_text(encoding="utf-8"))
    sources = document["source"]
    for number, entry in enumerate(sources):
        if entry["name"] == name:
            del sources[number]
            break
    if not sources:
        del document["source"]  # an empty list would forbid a [[source]] written by hand
    replace_text(archive.config_file, tomlkit.dumps(document))
