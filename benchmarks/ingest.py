"""Ingest a corpus from nothing, beside Whoosh as it comes out of its box, and search it from a cold start.

    python benchmarks/ingest.py CORPUS.jsonl[.gz]

CORPUS has one JSON object a line with "id", "title", "text". Each figure is of a fresh process: CPU seconds of user and
system, peak resident memory. The peer does less (no reading of dates, languages and boilerplate, no store): its rate is
the yardstick that makes figures of two machines comparable, not a competitor.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEER = """
import gzip, json, sys
from whoosh import fields, index
text = fields.TEXT(stored=True)
schema = fields.Schema(id=fields.ID(unique=True, stored=True), title=text, text=text)
writer = index.create_in(sys.argv[2], schema).writer()
opener = gzip.open if sys.argv[1].endswith(".gz") else open
with opener(sys.argv[1], "rt", encoding="utf-8") as lines:
    for line in lines:
        row = json.loads(line)
        writer.add_document(id=str(row["id"]), title=row.get("title") or "", text=row["text"])
writer.commit()
"""
BARE = """
import sys
from whoosh import index
index.open_dir(sys.argv[1]).searcher()
"""


def measured(command: list[str]) -> tuple[float, float, float, bytes]:
    """CPU seconds, wall seconds, peak MB and stdout of one run of a command."""
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 3}:
        sys.exit(f"{command}: exit code {process.returncode}")
    scale = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kB here
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / scale, output


def size(directory: Path) -> float:
    """MB of all files below."""
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()) / 1e6


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--query", default="Bundestag Haushalt", help="two words that are in the corpus")
    parser.add_argument("--runs", type=int, default=5, help="cold searches; the median is printed")
    options = parser.parse_args()
    backfile = [sys.executable, "-m", "backfile", "--archive"]
    with tempfile.TemporaryDirectory() as directory:
        archive, peer = Path(directory, "archive"), Path(directory, "peer")
        peer.mkdir()
        cpu, wall, memory, output = measured([*backfile, str(archive), "ingest", str(options.corpus), "--json"])
        report = json.loads(output)
        documents = sum(report["states"].values())
        peer_cpu, _, peer_memory, _ = measured([sys.executable, "-c", PEER, str(options.corpus), str(peer)])
        machine = f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs"
        print(f"{documents} documents, {report['indexed']} articles; {machine}")
        print(f"{'':24}{'docs / CPU s':>14}{'peak MB':>10}{'disk MB':>10}")
        print(f"{'backfile, whole ingest':24}{documents / cpu:14.0f}{memory:10.0f}{size(archive):10.1f}")
        print(f"{'Whoosh alone, as it is':24}{documents / peer_cpu:14.0f}{peer_memory:10.0f}{size(peer):10.1f}")
        print(f"ratio of rates {peer_cpu / cpu:.2f}; wall {wall:.0f} s")
        _, again, _, _ = measured([*backfile, str(archive), "ingest", "--json"])
        print(f"ingest again, nothing new: {again:.2f} s wall")
        newest = max((archive / "index").rglob("*.toc")).parent
        search = [*backfile, str(archive), "search", options.query]
        cold = sorted(measured(search)[1] for _ in range(options.runs))[options.runs // 2]
        bare = sorted(measured([sys.executable, "-c", BARE, str(newest)])[1] for _ in range(options.runs))
        base = bare[options.runs // 2]
        print(
            f"cold search {cold:.3f} s wall, bare Python opening the same index {base:.3f} s: ratio {cold / base:.2f}"
        )


if __name__ == "__main__":
    main()
