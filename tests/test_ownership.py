"""Archives that somebody else can write to are not opened: with real users and modes, where the tests run as root."""

import gc
import grp
import os
import pickle
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backfile import config
from backfile.config import Archive, find_archive, find_or_make_archive, named_archive
from backfile.errors import ArchiveError, IndexUnusable
from backfile.ownership import TRUSTED, Foreign, keep_to_oneself
from index import directory, whoosh_pickles
from index.entry import analyse
from tests.index.contract import article

ADA, BEN = 54_321, 54_322  # users that no system has
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")


@contextmanager
def being(user: int) -> Iterator[None]:
    """As that user, for as long as it lasts."""
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture(autouse=True)
def untrusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRUSTED, raising=False)
    monkeypatch.delenv(config.ENVIRONMENT, raising=False)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def archive(place: Path) -> Archive:
    """An archive of the user who runs the tests, with an index of one article."""
    made = find_or_make_archive(place / "archive")
    made.store_file.touch(0o600)
    directory.rebuild(made.index_directory, [[analyse(article("1", "Die alte Brücke wird gesperrt."))]])
    return made


def give(archive: Archive, user: int) -> None:
    """The archive and all in it to that user."""
    for path in (archive.directory, *archive.directory.rglob("*")):
        os.chown(path, user, user)


@as_root
def test_root_opens_no_archive_of_a_user(archive: Archive) -> None:
    give(archive, ADA)

    with pytest.raises(Foreign, match=r"archive: #54321 owns it, .* sudo -u '#54321' backfile"):
        find_archive(archive.directory)


@as_root
def test_a_user_opens_no_archive_of_another_but_root(archive: Archive) -> None:
    archive.directory.chmod(0o755)
    with being(BEN):
        assert find_archive(archive.directory) == archive

    give(archive, ADA)
    with being(BEN), pytest.raises(Foreign, match="make an archive of your own with --archive"):
        find_archive(archive.directory)
    with being(ADA):
        assert find_archive(archive.directory) == archive


@as_root
@pytest.mark.parametrize(
    "part", ["backfile.toml", "store.sqlite", "store.sqlite-wal", "backfile.lock", "index", "prefect", "prefect.yaml"]
)
def test_a_part_that_another_user_put_there_is_refused(archive: Archive, part: str) -> None:
    path = archive.directory / part
    if not path.exists():
        path.touch()
    os.chown(path, ADA, ADA)

    with pytest.raises(Foreign, match=f"{part}: #54321 owns it"):
        find_archive(archive.directory)


@as_root
def test_a_configuration_of_another_in_a_folder_above_is_not_obeyed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a folder like /tmp, where anybody may lay one."""
    place.chmod(0o1777)
    (place / "mine").mkdir()
    (place / "backfile.toml").write_text('[notify]\ncommand = ["/bin/false"]\n')
    os.chown(place / "backfile.toml", ADA, ADA)
    monkeypatch.chdir(place / "mine")

    with pytest.raises(Foreign, match="anybody may write to it"):
        find_archive(None)
    place.chmod(0o755)
    with pytest.raises(Foreign, match=r"backfile\.toml: #54321 owns it"):
        find_or_make_archive(None)


@as_root
def test_links_are_followed_to_what_will_be_opened(archive: Archive, place: Path) -> None:
    mine, others = place / "mine", place / "others"
    mine.symlink_to(archive.directory)
    os.chown(mine, ADA, ADA, follow_symlinks=False)

    assert find_archive(mine).directory == mine  # the link is another's, what it points at is not

    elsewhere = place / "elsewhere"
    archive.index_directory.rename(elsewhere)
    archive.index_directory.symlink_to(elsewhere)
    with directory.open_reader(find_archive(mine).index_directory) as index:
        assert index.count() == 1

    others.symlink_to(archive.directory)
    give(archive, ADA)
    with pytest.raises(Foreign):
        find_archive(others)


@as_root
@pytest.mark.parametrize("pattern", ["g*", "g*/*.toc", "g*/*.seg"])
def test_an_index_with_a_file_of_another_is_not_loaded(archive: Archive, pattern: str) -> None:
    os.chown(next(archive.index_directory.glob(pattern)), ADA, ADA)

    with pytest.raises(IndexUnusable, match="#54321 owns it"):
        directory.open_reader(archive.index_directory)


@as_root
def test_a_trusted_folder_is_opened_whoever_owns_it(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    give(archive, ADA)
    monkeypatch.setenv(TRUSTED, f"/nowhere{os.pathsep}{archive.directory}")

    assert find_archive(archive.directory) == archive
    with directory.open_reader(archive.index_directory) as index:
        assert index.count() == 1
    monkeypatch.setenv(TRUSTED, ".")
    monkeypatch.chdir(archive.directory)
    with pytest.raises(Foreign):
        find_archive(archive.directory)


@pytest.mark.parametrize("part", ["", "backfile.toml", "store.sqlite", "index"])
def test_what_anybody_may_write_to_is_refused_and_the_command_helps(archive: Archive, part: str) -> None:
    (archive.directory / part).chmod(0o777)

    with pytest.raises(Foreign, match="anybody may write to it") as refused:
        find_archive(archive.directory)
    subprocess.run(str(refused.value).partition("to take that away: ")[2], shell=True, check=True)

    assert find_archive(archive.directory) == archive


@as_root
def test_a_group_may_write_when_it_is_the_owner_s_alone(
    archive: Archive, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Users and groups are looked up in the system's own tables: root's group is root's, others' are not."""
    assert pwd.getpwuid(0).pw_gid == grp.getgrgid(0).gr_gid
    archive.directory.chmod(0o775)
    archive.config_file.chmod(0o664)

    assert find_archive(archive.directory) == archive

    several = next(group for group in grp.getgrall() if group.gr_gid != 0)
    os.chown(archive.config_file, 0, several.gr_gid)
    with pytest.raises(Foreign, match=f"the group {several.gr_name} may write to it"):
        find_archive(archive.directory)


@as_root
def test_a_group_s_bit_that_stands_for_a_list_of_others_is_seen(archive: Archive) -> None:
    entries = b"\x02\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + right.to_bytes(2, "little") + user.to_bytes(4, "little")
        for tag, right, user in [
            (0x01, 6, 0xFFFFFFFF), (0x02, 6, ADA), (0x04, 4, 0xFFFFFFFF), (0x10, 6, 0xFFFFFFFF), (0x20, 4, 0xFFFFFFFF),
        ]
    )  # fmt: skip
    try:
        os.setxattr(archive.config_file, "system.posix_acl_access", entries)
    except (OSError, AttributeError):
        pytest.skip("no access control lists here")

    with pytest.raises(Foreign, match="the group"):
        find_archive(archive.directory)


def test_no_archive_is_made_where_anybody_may_write(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.chmod(0o1777)
    monkeypatch.chdir(place)

    with pytest.raises(ArchiveError, match="anybody may write to it"):
        find_or_make_archive(None)
    with pytest.raises(ArchiveError):
        named_archive(place)
    assert list(place.iterdir()) == []


def test_what_is_made_can_be_opened_whatever_the_umask_was(place: Path) -> None:
    """In a process of its own, as the whole process is masked; its children are, too."""
    (place / "a.txt").write_text(
        "Die Brücke\n\nDie alte Brücke in Musterburg wird ab Montag gesperrt, teilt die Stadt mit.\n"
    )
    words = [sys.executable, "-m", "backfile", "--archive", str(place / "new" / "archive")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}

    done = subprocess.run(
        [*words, "ingest", str(place / "a.txt")], umask=0, env=environment, capture_output=True, check=False
    )
    found = subprocess.run([*words, "search", "Brücke"], env=environment, capture_output=True, check=False)

    assert (done.returncode, found.returncode) == (0, 0), done.stderr + found.stderr
    modes = {path: path.stat().st_mode & 0o022 for path in (place / "new" / "archive").rglob("*")}
    assert modes
    assert not any(modes.values())
    assert (place / "new" / "archive").stat().st_mode & 0o777 == 0o700


def test_a_configuration_that_was_closed_for_others_stays_closed(archive: Archive) -> None:
    archive.config_file.chmod(0o600)

    config.add_source(archive, "news", "/news")

    assert archive.config_file.stat().st_mode & 0o777 == 0o600


# --- What is loaded -----------------------------------------------------------------------------------------------


class Payload:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (os.mkdir, (str(self.mark),))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves a damaged file open
@pytest.mark.parametrize("end", [".toc", ".seg"])
def test_a_program_in_the_place_of_each_pickle_of_an_index_is_not_run(
    archive: Archive, tmp_path: Path, end: str
) -> None:
    """Every pickle that Whoosh reads there: the schema, the segments, a segment's directory and options."""
    index = archive.index_directory
    many = [analyse(article(str(n), f"Die alte Brücke {n % 7} wird gesperrt.")) for n in range(40)]
    directory.rebuild(index, [many])
    mark = tmp_path / "run"
    program = pickle.dumps(Payload(mark), 4)
    pickle.loads(program)
    assert mark.exists()
    mark.rmdir()
    file = next(index.glob(f"g*/*{end}"))
    whole = file.read_bytes()
    places = [at for at in range(len(whole) - 1) if whole[at] == 0x80 and whole[at + 1] in {2, 3, 4, 5}]
    assert len(places) >= 2

    for at in places:
        file.write_bytes(whole[:at] + program + whole[at + len(program) :])
        try:
            with directory.open_reader(index) as engine:
                list(engine.faults())
                for field in ("text", "title", "lang"):
                    for term, _ in engine.terms(field):
                        engine.frequencies(field, [term])
        except IndexUnusable:
            gc.collect()
        assert not mark.exists(), at


def test_the_classes_that_may_be_loaded_are_those_of_an_index(archive: Archive) -> None:
    with pytest.raises(pickle.UnpicklingError, match=r"posix\.system"):
        whoosh_pickles.loads(b"\x80\x04cposix\nsystem\n(X\x02\0\0\0idtR.")


def test_the_mask_takes_the_rights_of_group_and_others() -> None:
    before = os.umask(0o002)
    try:
        keep_to_oneself()
        assert os.umask(0o002) == 0o022
    finally:
        os.umask(before)
