"""What an archive's index directory holds, and how a rebuild takes the old one's place."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from backfile.errors import IndexUnusable
from index import directory as directories
from index.directory import MANIFEST, describe, open_reader, open_writer, rebuild
from index.engine import ALL
from index.entry import Entry, analyse
from tests.index.contract import article


def entries(*keys: str) -> list[Entry]:
    return [analyse(article(key, f"Wort {key}")) for key in keys]


def ids(directory: Path) -> list[str]:
    with open_reader(directory) as engine:
        return [match.id for match in engine.search(ALL, limit=99).matches]


def fill(directory: Path, *keys: str) -> None:
    with open_writer(directory) as engine:
        engine.add(entries(*keys))
        engine.commit()


def test_a_writer_makes_the_index_and_a_reader_finds_it(tmp_path: Path) -> None:
    directory = tmp_path / "archive" / "index"
    fill(directory, "1", "2")

    assert ids(directory) == ["taz/1", "taz/2"]


def test_a_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="backfile index rebuild"):
        open_reader(tmp_path / "index")


def test_a_rebuild_takes_the_old_ones_place(tmp_path: Path) -> None:
    fill(tmp_path, "old")

    assert rebuild(tmp_path, [entries("1", "2"), entries("3")]) == 3
    assert ids(tmp_path) == ["taz/1", "taz/2", "taz/3"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["g000002", MANIFEST]


def test_a_search_works_at_every_moment_of_a_rebuild(tmp_path: Path) -> None:
    fill(tmp_path, "old")

    def batches() -> Iterator[list[Entry]]:
        for key in "123":
            assert ids(tmp_path) == ["taz/old"]
            yield entries(key)
        assert ids(tmp_path) == ["taz/old"]

    with open_reader(tmp_path) as reader:
        rebuild(tmp_path, batches())

        assert [match.id for match in reader.search(ALL, limit=9).matches] == ["taz/old"]
    assert ids(tmp_path) == ["taz/1", "taz/2", "taz/3"]


def test_a_rebuild_that_is_stopped_leaves_the_old_index(tmp_path: Path) -> None:
    fill(tmp_path, "old")

    def batches() -> Iterator[list[Entry]]:
        yield entries("1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(tmp_path, batches())

    assert ids(tmp_path) == ["taz/old"]
    assert describe(tmp_path)["problems"] == []


def test_the_leftover_of_a_killed_rebuild_is_named_and_removed(tmp_path: Path) -> None:
    fill(tmp_path, "old")
    (tmp_path / "g000007").mkdir()

    assert "g000007" in str(describe(tmp_path)["problems"])

    fill(tmp_path, "new")

    assert not (tmp_path / "g000007").exists()
    assert ids(tmp_path) == ["taz/new", "taz/old"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("format", 99), ("schema", 99), ("analysis", "analysis/0"), ("engine", "lucene"), ("generation", "../../etc")],
)
def test_another_version_is_refused_and_cured_by_a_rebuild(tmp_path: Path, key: str, value: object) -> None:
    fill(tmp_path, "old")
    manifest = json.loads((tmp_path / MANIFEST).read_bytes())
    (tmp_path / MANIFEST).write_text(json.dumps({**manifest, key: value}))

    for attempt in (open_reader, open_writer):
        with pytest.raises(IndexUnusable):
            attempt(tmp_path)
    assert describe(tmp_path)["documents"] is None
    assert len(describe(tmp_path)["problems"]) >= 1  # type: ignore[arg-type]

    rebuild(tmp_path, [entries("1")])

    assert ids(tmp_path) == ["taz/1"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", "\ufffd"])
def test_a_damaged_manifest_is_refused_and_cured_by_a_rebuild(tmp_path: Path, text: str) -> None:
    fill(tmp_path, "old")
    (tmp_path / MANIFEST).write_text(text)

    with pytest.raises(IndexUnusable, match="backfile index rebuild"):
        open_reader(tmp_path)

    rebuild(tmp_path, [entries("1")])

    assert ids(tmp_path) == ["taz/1"]


def test_a_reader_that_meets_the_end_of_a_rebuild_looks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "old")
    real = directories._checked
    calls: list[object] = []

    def checked(directory: Path, servers: directories.ServersOf) -> object:
        manifest = real(directory, servers)
        if not calls:
            calls.append(manifest)
            rebuild(directory, [entries("1")])
        return manifest

    monkeypatch.setattr(directories, "_checked", checked)

    assert ids(tmp_path) == ["taz/1"]


def test_the_index_describes_itself(tmp_path: Path) -> None:
    fill(tmp_path, "1", "2")
    described = describe(tmp_path)

    assert described["engine"] == "whoosh"
    assert described["documents"] == 2
    assert described["languages"] == {"de": 2}
    assert isinstance(described["bytes"], int)
    assert described["problems"] == []


def test_generations_are_for_their_owner_only(tmp_path: Path) -> None:
    fill(tmp_path, "1")

    assert (tmp_path / "g000001").stat().st_mode & 0o077 == 0
