"""How much is sent to a server at once, and how long it is asked."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is sent at once, and how long a server is asked that does not take it."""

    documents: int = 500  # of one request
    bytes: int = 5_000_000  # of one request; a longer document goes alone
    senders: int = 2  # requests under way at once
    held_documents: int = 2_000  # sent, waiting and to be sent again: twice what is under way at most
    held_bytes: int = 20_000_000  # likewise; and one document more
    document_bytes: int = 64_000_000  # longer ones are refused unsent; a server takes requests of 100 MB as it comes
    patience: float = 300.0  # seconds from a document's first failure to giving up
    failures: int = 12  # requests in a row of which nothing was taken, before nothing more is sent
    first_pause: float = 0.1  # seconds; doubled with every further failure, and made shorter by up to a half by chance
    longest_pause: float = 30.0  # seconds

    def pause(self, failures: int, chance: float) -> float:
        """Seconds to wait after so many failures; `chance` is from 0 to 1."""
        longest: float = min(self.longest_pause, self.first_pause * 2.0 ** min(failures - 1, 30))
        return longest * (0.5 + 0.5 * chance)


@dataclass(slots=True)
class Pace:
    """How much one request holds; kept from one stream of documents to the next.

    It is halved when it was too much, and grows by a twentieth of the most after each request that was not.
    """

    limits: Limits
    documents: int = field(init=False)
    bytes: int = field(init=False)
    most_bytes: int = field(init=False)  # half of the shortest that was answered by 413

    def __post_init__(self) -> None:
        self.documents, self.bytes, self.most_bytes = self.limits.documents, self.limits.bytes, self.limits.bytes

    def narrow(self) -> None:
        """Half of it."""
        self.documents, self.bytes = max(1, self.documents // 2), max(1, self.bytes // 2)

    def widen(self) -> None:
        """A little more, up to where it began."""
        self.documents = min(self.limits.documents, self.documents + max(1, self.limits.documents // 20))
        self.bytes = min(self.most_bytes, self.bytes + max(1, self.limits.bytes // 20))

    def too_large(self, size: int) -> None:
        """A request of so many bytes was refused for its length."""
        self.most_bytes = max(1, min(self.most_bytes, size // 2))
        self.bytes = min(self.bytes, self.most_bytes)
