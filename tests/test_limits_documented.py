"""docs/limits.md says of every limit what it is."""

import ast
import re
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from backfile.config import Limits

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


def limits_in_code() -> list[tuple[str, str]]:
    """Name and value of every limit: all of backfile/readers/limits.py, each MAX_… of readers and transforms."""
    found = []
    for folder in ("backfile/readers", "transforms"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            module = file.relative_to(ROOT).with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".")
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    name = node.targets[0].id
                    if name.startswith("MAX_") or (module == "backfile.readers.limits" and name.isupper()):
                        found.append((name, written(name, getattr(import_module(module), name))))
    return sorted(found)


def written(name: str, value: int) -> str:
    """A number as people write it: bytes in the largest unit that leaves no rest."""
    if "BYTES" in name or name in {"EXPANSION_FLOOR", "MAX_HEADER_VALUE"}:
        for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
            if value % size == 0 and name != "MAX_PATH_BYTES":
                return f"{value // size:,} {unit}"
    return f"{value:,}"


def test_every_limit_has_a_line_with_its_value_and_no_line_is_left_over() -> None:
    rows = ROW.findall((ROOT / "docs" / "limits.md").read_text(encoding="utf-8"))

    assert sorted((name, value.strip()) for name, value, _, _ in rows) == limits_in_code()
    assert len(rows) > 30
    assert [name for name, _, beyond, why in rows if not beyond.strip() or not why.strip()] == []


def test_what_a_document_may_cost_is_written_down_with_its_defaults() -> None:
    text = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"\| `([a-z_]+)` \| ([\d,]+) \|", text))

    assert {name: int(value.replace(",", "")) for name, value in rows.items()} == asdict(Limits())
