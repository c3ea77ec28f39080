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


@pytest.mark.parametrize("at_once", [True, False])
def test_two_folders_get_each_others_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:
    if not at_once:  # as on a file system that cannot
        monkeypatch.setattr(disk, "_exchanged", lambda *_: False)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "is").write_text(name)

    disk.swap(tmp_path / "one", tmp_path / "two")

    assert ((tmp_path / "one" / "is").read_text(), (tmp_path / "two" / "is").read_text()) == ("two", "one")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "two"]


def test_a_name_that_is_not_there_is_not_exchanged(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()

    with pytest.raises(FileNotFoundError):
        disk.swap(tmp_path / "one", tmp_path / "two")

    assert (tmp_path / "one").is_dir()
