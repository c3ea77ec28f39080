"""Searches go on while another process ingests and rebuilds, and see whole batches only."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Workbench, news

ROOT = Path(__file__).parents[2]
BATCH = 10
WRITER = """
import sys
from pathlib import Path
from backfile.config import Archive
from backfile.pipeline import indexing, ingest
from index import whoosh
indexing.COMMIT, whoosh.POOL_LIMIT = {batch}, 400
archive = Archive(Path(sys.argv[1]))
with ingest.begin(archive) as run:
    for batch in run.plan().batches:
        run.read(batch)
    run.learn(); run.clean_again(); run.compare(); run.index()
for _ in range(2):
    indexing.reindex(archive)
"""
READER = """
import sys
from datetime import date
from pathlib import Path
from index.directory import open_reader
from index.search import search
seen = []
print("reading", flush=True)
while not Path(sys.argv[2]).exists():
    with open_reader(Path(sys.argv[1])) as index:
        found = search(index, "Niederau", limit=1000, now=date(2026, 1, 1), all_copies=True)
        assert len(found.hits) == found.total == index.count(), (len(found.hits), found.total, index.count())
        if not seen or seen[-1] != found.total:
            seen.append(found.total)
print(*seen)
"""


@pytest.mark.slow
def test_no_search_fails_and_each_sees_whole_batches(workbench: Workbench, tmp_path: Path) -> None:
    records = [json.dumps({"id": n, "title": f"Meldung {n}", "text": news("x", f"Radweg{n}")}) for n in range(100)]
    workbench.put("export.jsonl", "\n".join(records[:BATCH]))
    workbench.ingest()
    workbench.put("export.jsonl", "\n".join(records))
    index, end = workbench.archive.index_directory, tmp_path / "end"
    reading = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(index), str(end)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for each in reading:
        assert each.stdout is not None
        assert each.stdout.readline() == "reading\n"

    program = WRITER.format(batch=BATCH)
    subprocess.run([sys.executable, "-c", program, str(workbench.archive.directory)], cwd=ROOT, check=True, timeout=300)
    end.touch()
    seen = [each.communicate(timeout=60)[0] for each in reading]

    assert [each.returncode for each in reading] == [0, 0]
    for line in seen:
        counts = [int(count) for count in line.split()]
        assert counts == sorted(counts)
        assert (counts[0], counts[-1]) == (BATCH, 100)
        assert [count for count in counts if count % BATCH] == []
