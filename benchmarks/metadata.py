"""Read dates, bylines, addresses and languages from files of labelled statements, and write what was read.

    python benchmarks/metadata.py OUT [--dates FILE] [--bylines FILE] [--urls FILE] [--texts FILE]

Columns: dates `id,text,lang,country,now` (CSV), bylines `id,byline` (CSV), urls lists of pairs of addresses by kind
(JSON), texts `id,text` (JSON Lines). OUT gets `dates.csv` (`id,pred`), `bylines.jsonl` (`id,authors,agencies`),
`urls.json` (address → canonical form) and `texts.jsonl` (`id,pred`). The expected values are not read.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from transforms import language
from transforms.metadata import bylines, dates, urls


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_dates(path: Path, out: Path) -> None:
    """Each statement as EDTF at its own precision; empty when it states no date."""
    with (out / "dates.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "pred"))
        for row in rows(path):
            now = datetime.fromisoformat(row["now"]) if row.get("now") else None
            said = dates.edtf(
                row["text"], language=row.get("lang") or None, country=row.get("country") or None, now=now
            )
            writer.writerow((row["id"], said))


def read_bylines(path: Path, out: Path) -> None:
    """The persons and the agencies of each byline."""
    with (out / "bylines.jsonl").open("w", encoding="utf-8") as file:
        for row in rows(path):
            persons, agencies = bylines.split(row["byline"])
            print(json.dumps({"id": row["id"], "authors": persons, "agencies": agencies}), file=file)


def read_urls(path: Path, out: Path) -> None:
    """The canonical form of each address."""
    kinds = json.loads(path.read_text(encoding="utf-8"))
    addresses = {address for pairs in kinds.values() for pair in pairs for address in pair}
    canonical = {address: urls.canonical(address) for address in sorted(addresses)}
    (out / "urls.json").write_text(json.dumps(canonical, indent=1), encoding="utf-8")


def read_texts(path: Path, out: Path) -> None:
    """The language of each text."""
    with path.open(encoding="utf-8") as lines, (out / "texts.jsonl").open("w", encoding="utf-8") as file:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                print(json.dumps({"id": row["id"], "pred": language.detect(row["text"])}), file=file)


def main() -> None:
    """Write a prediction file for each file that is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    readers = {"dates": read_dates, "bylines": read_bylines, "urls": read_urls, "texts": read_texts}
    for name in readers:
        parser.add_argument(f"--{name}", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, read in readers.items():
        if path := getattr(args, name):
            read(path, args.out)


if __name__ == "__main__":
    main()
