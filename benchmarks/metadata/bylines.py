"""Bylines: `id,byline,authors,orgs` (CSV), persons and agencies or outlets parted by semicolons.

exact      the persons are those expected, each spelled so
precision  of the persons that were read
recall     of the persons that are expected
agencies   the agencies are among the organisations that are expected, and none is missing
"""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.metadata.score import Row, Score, Task


def ours(rows: Sequence[Row]) -> dict[str, Any]:
    """The persons and the agencies of each byline."""
    from transforms.metadata import bylines  # noqa: PLC0415

    read = {}
    for row in rows:
        persons, agencies = bylines.split(row["byline"])
        read[row["id"]] = {"authors": list(persons), "agencies": list(agencies)}
    return read


def trafilatura(rows: Sequence[Row]) -> dict[str, Any]:
    """As trafilatura's own reader of bylines splits them."""
    from trafilatura.json_metadata import normalize_authors  # noqa: PLC0415

    return {row["id"]: {"authors": (normalize_authors(None, row["byline"]) or "").split("; ")} for row in rows}


def score(rows: Sequence[Row], read: Mapping[str, Any]) -> Score:
    """What was read of each row, against what is expected."""
    result = Score()
    for row in rows:
        want, want_bodies = _names(row["authors"]), _names(row.get("orgs") or "")
        said = read.get(row["id"]) or {}
        got, bodies = set(filter(None, said.get("authors") or ())), set(said.get("agencies") or ())
        result.count("exact", got == want)
        result.count("precision", len(got & want), len(got))
        result.count("recall", len(got & want), len(want))
        result.count("agencies", {each.casefold() for each in bodies} == {each.casefold() for each in want_bodies})
        if got != want:
            result.wrong.append(f"{row['id']}  {row['byline']!r}  expected {sorted(want)}, read {sorted(got)}")
    return result


def _names(cell: str) -> set[str]:
    return {name for name in cell.split(";") if name}


TASK = Task("bylines", frozenset({"id", "byline", "authors"}), ours, {"trafilatura": trafilatura}, score)
