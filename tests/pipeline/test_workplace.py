"""A folder to work in goes with its run, or with the next one."""

from pathlib import Path

from backfile.pipeline.workplace import workplace


def test_nothing_stays(tmp_path: Path) -> None:
    with workplace(tmp_path, ".working-") as place:
        (place / "file").write_text("copied")
        assert place.stat().st_mode & 0o777 == 0o700

    assert list(tmp_path.iterdir()) == []


def test_what_got_another_name_stays(tmp_path: Path) -> None:
    with workplace(tmp_path, ".working-") as place:
        place.rename(tmp_path / "made")

    assert [each.name for each in tmp_path.iterdir()] == ["made"]


def test_what_a_stopped_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".working-abc"
    (left / "folder").mkdir(parents=True)
    (tmp_path / ".working-file").write_text("not ours")
    (tmp_path / ".working-link").symlink_to(tmp_path)

    with workplace(tmp_path, ".working-"):
        assert not left.exists()

    assert sorted(each.name for each in tmp_path.iterdir()) == [".working-file", ".working-link"]


def test_what_another_run_works_in_is_left_alone(tmp_path: Path) -> None:
    with workplace(tmp_path, ".working-") as first:
        with workplace(tmp_path, ".working-") as second:
            assert first != second

        assert first.is_dir()
