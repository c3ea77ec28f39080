"""Addresses: lists of pairs by kind (JSON), `{"same": [[a, b], …], "diff": …, "soft": …}`.

same merged  pairs that are one article and got one address
diff kept    pairs that are two and kept two
soft merged  pairs on which sites differ; no score
"""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.metadata.score import Row, Score, Task


def rows(kinds: Mapping[str, Sequence[Sequence[str] | str]]) -> list[Row]:
    """One row a pair; what is no pair is left out."""
    return [
        {"id": f"{kind} {number}", "kind": kind, "pair": tuple(pair)}
        for kind, pairs in kinds.items()
        for number, pair in enumerate(pairs)
        if not isinstance(pair, str)  # an address that is none
    ]


def _each(canonical: Callable[[str], str | None], pairs: Sequence[Row]) -> dict[str, str | None]:
    return {address: canonical(address) for row in pairs for address in row["pair"]}


def ours(pairs: Sequence[Row]) -> dict[str, str | None]:
    """The canonical form of each address."""
    from transforms.metadata import urls  # noqa: PLC0415

    return _each(urls.canonical, pairs)


def courlan(pairs: Sequence[Row]) -> dict[str, str | None]:
    """As courlan cleans and normalises, trackers out."""
    from courlan import clean_url, normalize_url  # noqa: PLC0415

    return _each(lambda address: normalize_url(clean_url(address) or address, strict=False, trailing_slash=True), pairs)


def score(pairs: Sequence[Row], read: Mapping[str, str | None]) -> Score:
    """Whether the two of each pair got one form."""
    result = Score()
    for row in pairs:
        one, other = (read.get(address) for address in row["pair"])
        merged = one is not None and one == other
        kept = row["kind"] == "diff"
        result.count(f"{row['kind']} {'kept' if kept else 'merged'}", merged != kept)
        if merged == kept and row["kind"] in {"same", "diff"}:
            result.wrong.append(f"{row['id']}  {' | '.join(row['pair'])}  read {one} | {other}")
    return result


TASK = Task("addresses", frozenset({"same"}), ours, {"courlan": courlan}, score)
