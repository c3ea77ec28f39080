"""Names reach the disk, and change at once."""

from pathlib import Path

import pytest

from backfile import disk


def test_each_folder_that_is_made_has_its_name_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk, "sync", synced.append)

    disk.make_folder(tmp_path / "a" / "b", mode=0o700)
    disk.make_folder(tmp_path / "a" / "b")

    assert synced == [tmp_path, tmp_path / "a"]
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_may_not_be_listed_takes_one_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(disk, "sync", refuse)

    disk.make_folder(tmp_path / "a")

    assert (tmp_path / "a").is_dir()
