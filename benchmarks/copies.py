"""How many copies are found, how many are false, and what it costs.

    python benchmarks/copies.py ARTICLES.jsonl.gz
    python benchmarks/copies.py ARTICLES.jsonl.gz --read 60       with the pairs found among the originals, to be read
    python benchmarks/copies.py --generated 1000000               time, memory and bytes at a million signatures

ARTICLES has one JSON object with a `text` a line. Copies are made of a sample of the different texts, by a fixed seed.
A pair among the originals is counted under "alike" by the share of the shorter one's runs of three words that stand in
the other, counted in full and not by samples: whether it is false is for a person to say.
"""

import argparse
import gzip
import json
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from backfile.article import content_hash
from backfile.batching import batches
from backfile.copies import Signature
from backfile.store import Store, open_store
from backfile.store.tables import near, samples, texts
from transforms import shingles

SEED = 20261124
SHARE_EDITED = 0.15
SHARE_KEPT = 0.6
SIGNED = 500  # in one transaction, about as many as an ingest writes in one


def articles(file: Path) -> list[str]:
    """The different texts of a file of articles."""
    raw = file.read_bytes()
    lines = (gzip.decompress(raw) if file.suffix == ".gz" else raw).splitlines()
    return list({content_hash(text): text for line in lines if (text := json.loads(line)["text"])}.values())


# --- copies


class Maker:
    """Makes copies; the words that editors put in come from all articles."""

    def __init__(self, pile: Sequence[str]) -> None:
        chosen = random.Random(SEED).sample(pile, min(400, len(pile)))
        self._words = [word for text in chosen for word in text.split()]

    def kinds(self) -> dict[str, Callable[[str, random.Random], str]]:
        """Every way of making a copy, by name."""
        kinds: dict[str, Callable[[str, random.Random], str]] = {
            "footer added": self.footed,
            "15 % of words substituted": lambda text, rng: self.edited(text, rng, "s"),
            "15 % substituted, deleted, inserted": self.edited,
            "15 % in runs": self.edited_in_runs,
        }
        kinds |= {f"cut to 60 %, {part}": _cut(part) for part in ("head", "tail", "middle", "ends", "scattered")}
        return kinds | {
            "another headline and dateline": lambda text, rng: f"{self.some(rng, 9)}\n\n{self.some(rng, 2)} – {text}",
            "cut to 60 % and footer": lambda text, rng: self.footed(_cut("tail")(text, rng), rng),
            "15 % and footer": lambda text, rng: self.footed(self.edited(text, rng), rng),
            "cut to 60 % and 15 %": lambda text, rng: self.edited(_cut("head")(text, rng), rng),
        }

    def some(self, rng: random.Random, count: int) -> str:
        return " ".join(rng.choices(self._words, k=count))

    def footed(self, text: str, rng: random.Random) -> str:
        return f"{text}\n\n{self.some(rng, rng.randint(30, 90))}"

    def edited(self, text: str, rng: random.Random, ways: str = "sdi") -> str:
        parts = re.split(r"(\s+)", text)
        words = range(0, len(parts), 2)
        for at in rng.sample(words, round(SHARE_EDITED * len(words))):
            self._edit(parts, at, rng.choice(ways), rng)
        return "".join(parts)

    def edited_in_runs(self, text: str, rng: random.Random) -> str:
        parts = re.split(r"(\s+)", text)
        words = range(0, len(parts), 2)
        left = set(words)
        while len(words) - len(left) < SHARE_EDITED * len(words):
            way, first = rng.choice("sdi"), rng.choice(words)
            for at in range(first, first + 2 * rng.randint(3, 10), 2):
                if at in left:
                    left.discard(at)
                    self._edit(parts, at, way, rng)
        return "".join(parts)

    def _edit(self, parts: list[str], at: int, way: str, rng: random.Random) -> None:
        word = "" if way == "d" else rng.choice(self._words)
        parts[at] = f"{parts[at]} {word}" if way == "i" else word


def _cut(part: str) -> Callable[[str, random.Random], str]:
    def cut(text: str, rng: random.Random) -> str:
        words = text.split(" ")
        size = round(SHARE_KEPT * len(words))
        match part:
            case "head":
                kept = words[:size]
            case "tail":
                kept = words[-size:]
            case "middle":
                first = (len(words) - size) // 2
                kept = words[first : first + size]
            case "ends":
                kept = words[: size // 2] + words[-(size - size // 2) :]
            case _:
                return _scattered(text, rng)
        return " ".join(kept)

    return cut


def _scattered(text: str, rng: random.Random) -> str:
    sentences = re.split(r"(?<=[.!?])\s+", text)
    order = list(range(len(sentences)))
    rng.shuffle(order)
    kept: set[int] = set()
    size = 0
    for at in order:
        if not kept or size + len(sentences[at]) <= SHARE_KEPT * len(text):
            kept.add(at)
            size += len(sentences[at])
    return " ".join(sentences[at] for at in sorted(kept))


# --- measures


def stored(signed: Iterable[Mapping[str, Signature]], directory: str) -> tuple[Store, float, float]:
    """A store with these signatures, compared; seconds of CPU time for writing and for comparing."""
    store = open_store(Path(directory) / "store.sqlite", create=True)
    writing = 0.0
    for batch in signed:
        began = time.process_time()
        store.sign(batch, shingles.MOST_TEXTS)
        writing += time.process_time() - began
    began = time.process_time()
    store.compare(shingles.COMPARISON)
    return store, writing, time.process_time() - began


def pairs(store: Store) -> set[tuple[str, str]]:
    """The near copies, by content hash, each pair once."""
    with store._engine.connect() as connection:  # noqa: SLF001
        names = {row.id: row.content_hash for row in connection.execute(sa.select(texts.c.id, texts.c.content_hash))}
        rows = connection.execute(sa.select(near.c.text_id, near.c.other_id).where(near.c.text_id < near.c.other_id))
        return {(names[row.text_id], names[row.other_id]) for row in rows}


def measure(file: Path, *, made: int, read: int) -> None:
    pile = articles(file)
    print(f"{len(pile):,} different articles, {len(pile[0].split()):,} words in the first")
    began = time.process_time()
    signatures = [shingles.signature(text) for text in pile]
    signing = time.process_time() - began
    hashed = {content_hash(text): at for at, text in enumerate(pile)}
    names = list(hashed)
    with tempfile.TemporaryDirectory() as directory:
        signed = (dict(batch) for batch in batches(zip(names, signatures, strict=True), SIGNED))
        store, writing, comparing = stored(signed, directory)
        found = pairs(store)
        store.close()
    whole = signing + writing + comparing
    print(
        f"{len(pile) / whole:,.0f} articles per CPU second: sign {signing / len(pile) * 1e6:.0f} µs, "
        f"write {writing / len(pile) * 1e6:.0f} µs, compare {comparing / len(pile) * 1e6:.0f} µs; peak {_peak():.0f} MB"
    )
    _report_recall(pile, signatures, made)
    _report_pairs([(pile[hashed[one]], pile[hashed[other]]) for one, other in sorted(found)], read)


def _report_recall(pile: list[str], signatures: list[Signature], made: int) -> None:
    """Each copy beside its original; what is common is so by the originals' counts."""
    counts: dict[int, int] = {}
    for signature in signatures:
        for key in signature.keys:
            counts[key] = counts.get(key, 0) + 1
    common = {key for key, count in counts.items() if count > shingles.MOST_TEXTS}
    chosen = random.Random(SEED).sample(range(len(pile)), min(made, len(pile)))
    print(f"\nrecall  folded  copies of {len(chosen):,} articles")
    for kind, make in Maker(pile).kinds().items():
        hits = folded = 0
        for at in chosen:
            copy = shingles.signature(make(pile[at], random.Random(f"{SEED} {kind} {at}")))
            keys = (set(signatures[at].keys) & set(copy.keys)) - common
            likeness = shingles.likeness(signatures[at], copy, keys)
            hits += likeness is not None
            folded += likeness is not None and likeness.folded
        print(f"{hits / len(chosen):6.3f}  {folded / len(chosen):6.3f}  {kind}")


def _report_pairs(found: Sequence[tuple[str, str]], read: int) -> None:
    alike = sorted((_alike(one, other), one, other) for one, other in found)
    bounds = (0.3, 0.4, 0.5, 0.6, 0.8, 1.01)
    below = ", ".join(
        f"{sum(share < bound for share, _, _ in alike)} below {min(bound, 1):.1f}" for bound in bounds[:-1]
    )
    print(f"\n{len(alike)} pairs among the originals; alike: {below}")
    for share, one, other in alike[:read]:
        print(f"\n{share:.2f}  {' '.join(one.split())[:300]}\n      {' '.join(other.split())[:300]}")


def _alike(one: str, other: str) -> float:
    threes = [_threes(text) for text in (one, other)]
    return len(threes[0] & threes[1]) / max(1, min(map(len, threes)))


def _threes(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))


# --- generated signatures


def generated(count: int) -> Iterator[dict[str, Signature]]:
    """Signatures of the sizes that articles have: one in eight a near copy of an earlier one, phrases by Zipf's law."""
    rng = random.Random(SEED)
    recent: list[tuple[int, ...]] = []
    batch: dict[str, Signature] = {}
    for number in range(count):
        if recent and rng.random() < 0.125:
            drawn = [each for each in rng.choice(recent) if rng.random() < 0.8]
        else:
            drawn = [_key(rng) for _ in range(rng.randint(12, 24))]
            recent = [*recent[-999:], tuple(drawn)]
        # All of the sample are keys here: what is measured is the table, not the judge.
        batch[f"{number:064x}"] = Signature(shingles.VERSION, 5, 5, tuple(dict.fromkeys(drawn)), 0, (), running=True)
        if len(batch) == SIGNED:
            yield batch
            batch = {}
    if batch:
        yield batch


def _key(rng: random.Random) -> int:
    """A shingle that is the text's own, or in three of ten cases a phrase, some of them in thousands of texts."""
    own = rng.random() > 0.3
    return (rng.getrandbits(58) if own else int(1e6 ** rng.random()) * 2654435761) << 5


def measure_generated(count: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store, writing, comparing = stored(generated(count), directory)
        with store._engine.connect() as connection:  # noqa: SLF001
            rows = {
                table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
                for table in (texts, samples, near)
            }
        store.close()
        size = sum(file.stat().st_size for file in Path(directory).iterdir())
    spent = f"write {writing / count * 1e6:.0f} µs, compare {comparing / count * 1e6:.0f} µs of CPU each"
    print(f"{count:,} signatures: {spent}")
    print(f"peak {_peak():.0f} MB; store {size / 1e6:,.0f} MB; rows: {rows}")


def _peak() -> float:
    """Peak memory of this process in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="?", type=Path)
    parser.add_argument("--made", type=int, default=2_000, help="articles to make copies of (2,000)")
    parser.add_argument("--read", type=int, default=0, help="pairs among the originals to print, the least alike first")
    parser.add_argument("--generated", type=int, metavar="N", help="measure at N generated signatures")
    asked = parser.parse_args()
    if asked.generated:
        measure_generated(asked.generated)
    if asked.articles:
        measure(asked.articles, made=asked.made, read=asked.read)
    if not (asked.generated or asked.articles):
        parser.error("name a file of articles, or --generated N")


if __name__ == "__main__":
    main()
