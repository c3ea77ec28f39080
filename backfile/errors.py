"""What can go wrong, as one line for people: what, where, what to try.

Two families. A `BackfileError` ends the command and carries its exit code. A `Reason` is one word that stands beside a
single input, document or item that was not taken in; its neighbours are not harmed.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why one item was not taken in; stored with the document and counted in the report."""

    BAD_ENCODING = "bad-encoding"  # bytes that are no text in any encoding that was declared or detected
    BAD_RECORD = "bad-record"  # a line, row or object that is not what its format says
    CRASHED = "crashed"  # the process that parsed it died over it
    DAMAGED = "damaged"  # a container or page that ends early or does not decode
    DUPLICATE = "duplicate"  # the same item of the same source was read before, from another place
    EMPTY = "empty"  # nothing to read in it
    ENCRYPTED = "encrypted"  # needs a password
    FORGOTTEN = "forgotten"  # a person took it out for good with `backfile forget`
    NO_TEXT = "no-text"  # read, but no line of an article was found in it
    NOT_ARTICLE = "not-article"  # a page or mail that is not an article: a rule says so
    NOT_REGULAR = "not-regular"  # a FIFO, socket or device
    OUT_OF_MEMORY = "out-of-memory"  # parsing or cleaning it took more memory than a document may
    OWN_ERROR = "own-error"  # a fault of backfile's; the traceback is in the log
    REFUSED = "refused"  # the servers of the search index would not have it
    TIMED_OUT = "timed-out"  # parsing or cleaning it took more time than a document may
    TOO_DEEP = "too-deep"  # nested over the limit
    TOO_LARGE = "too-large"  # over the limit of bytes
    TOO_MANY = "too-many"  # more items, parts or members than the limit
    UNREADABLE = "unreadable"  # the operating system refused it
    UNSUPPORTED = "unsupported"  # a format that no reader knows


# A verdict on the content. Every other reason is a fault, counts as failed, and makes the run end with exit code 3.
REJECTIONS = frozenset(
    {
        Reason.DUPLICATE,
        Reason.EMPTY,
        Reason.FORGOTTEN,
        Reason.NO_TEXT,
        Reason.NOT_ARTICLE,
        Reason.NOT_REGULAR,
        Reason.UNSUPPORTED,
    }
)

# What parsing it cost, or that the parser died. It would be so again, and as dear: not tried before something changes.
COSTLY = frozenset({Reason.CRASHED, Reason.OUT_OF_MEMORY, Reason.TIMED_OUT})


class BackfileError(Exception):
    """An error that ends the command. Its text is one line for people; `exit_code` is what the shell gets."""

    exit_code = 5


class WrongUse(BackfileError):
    """A wrong argument, an unknown source or article, a configuration that says something impossible."""

    exit_code = 2


class ConfigError(WrongUse):
    """A fault in `backfile.toml`: names the file, the key, and what is allowed there."""


class QueryError(WrongUse):
    """A query over one of its limits; `start` and `end` are the characters of the query that it is about."""

    def __init__(self, text: str, start: int | None = None, end: int | None = None) -> None:
        super().__init__(text)
        self.start = start
        self.end = end


class EngineMissing(WrongUse):
    """The search engine that the archive is to be searched with is not installed; the text says how to install it."""


class ArchiveError(BackfileError):
    """The archive is missing, locked, damaged or of another version."""

    exit_code = 4


class ArchiveMissing(ArchiveError):
    """No archive where one was looked for."""


class ArchiveNewer(ArchiveError):
    """The archive was made by a newer backfile."""


class ArchiveLocked(ArchiveError):
    """Another run is writing to the archive."""


class IndexUnusable(ArchiveError):
    """The index is missing, damaged, or was made by another version; the text says how to rebuild it."""


class DiskTrouble(BackfileError):
    """The disk is full, read-only, or fails; the text says what to do. What was acknowledged is kept."""


class ServiceUnavailable(BackfileError):
    """A service such as a Prefect server or a search cluster cannot be reached."""


class UnreadableInput(Exception):
    """One input or item cannot be read; caught by the pipeline and stored with its reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
