"""One hostile input: how it is made, and what must become of it and of its neighbours."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Outcome = Counter[str]
"""How many documents ended as `article`, and how many with each reason (`too-large`, `damaged` …)."""

SENTENCE = "Der Gemeinderat von Niederau hat am Abend lange über die Radwege an der Uferstraße beraten. "
TEXT = f"Rat berät über Radwege\n\n{SENTENCE * 2}\n\n{SENTENCE * 3}\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile input in a folder of its own."""

    name: str
    make: Callable[[Path], None]  # writes into the folder that it is given
    outcome: Outcome
    about: str


def case(name: str, about: str, make: Callable[[Path], None], **outcome: int) -> Case:
    """A case; the outcome as `article=2, too_large=1`."""
    return Case(name, make, Counter({word.replace("_", "-"): number for word, number in outcome.items()}), about)


def file(name: str, content: bytes | str | Callable[[], bytes | str]) -> Callable[[Path], None]:
    """A maker of one file; `content` may be made when it is asked for."""

    def make(folder: Path) -> None:
        made = content() if callable(content) else content
        (folder / name).write_bytes(made.encode("utf-8", "surrogateescape") if isinstance(made, str) else made)

    return make


def page(body: str, head: str = "") -> str:
    """A page with an article of three paragraphs, and `body` between the second and the third."""
    return (
        f"<!doctype html><html lang=de><head><meta charset=utf-8><title>Rat berät über Radwege</title>{head}</head>"
        f"<body><article><h1>Rat berät über Radwege</h1><p>{SENTENCE * 2}</p><p>{SENTENCE * 3}</p>{body}"
        f"<p>{SENTENCE}</p></article></body></html>"
    )


def mail(headers: str = "", body: str = TEXT) -> str:
    """A mail; `headers` stand behind From, Subject and Date."""
    return (
        "From: Ada <ada@example.org>\nSubject: Rat berät über Radwege\nDate: Mon, 25 Nov 2024 10:12:00 +0100\n"
        f"{headers}\n{body}"
    )


def repeated(piece: str, size: int) -> str:
    """`piece` again and again, `size` characters in all."""
    return (piece * (size // len(piece) + 1))[:size]


def joined(*makers: Callable[[Path], None]) -> Callable[[Path], None]:
    """All of these in one folder."""

    def make(folder: Path) -> None:
        for each in makers:
            each(folder)

    return make


def lines(texts: Iterable[str]) -> str:
    """The texts, each on a line of its own."""
    return "\n".join(texts) + "\n"
