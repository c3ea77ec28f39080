"""docs/cluster.md says of every limit of shards what it is."""

import re
from pathlib import Path

from backfile.pipeline import chunks, offering, parts, shard, sharing
from flows.operate import machines

PAGE = Path(__file__).parents[2] / "docs" / "cluster.md"
MODULES = (parts, offering, sharing, shard)


def written(name: str, value: float) -> str:
    if name.endswith("BYTES"):
        return f"{value / (1 << 20):g} MB"
    return f"{value:g} s" if name.endswith("SECONDS") else str(value)


def test_every_limit_has_a_line_with_its_value() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    found = {
        name: written(name, value)
        for module in (*MODULES, machines)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float) and getattr(chunks, name, None) is None
    }

    assert rows == found
