"""Where an archive is found, and what its configuration may say."""

import re
from pathlib import Path

import pytest

from backfile import config
from backfile.config import Archive
from backfile.errors import ArchiveMissing, ConfigError, WrongUse


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.directory.mkdir()
    made.config_file.write_text(config.FRESH, encoding="utf-8")
    return made


def test_the_option_wins_over_the_environment_and_that_over_the_parent_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("option", "environment", "parent", "parent/below"):
        (tmp_path / name).mkdir()
        (tmp_path / name / config.FILE_NAME).write_text(config.FRESH, encoding="utf-8")
    (tmp_path / "parent" / "below" / config.FILE_NAME).unlink()
    monkeypatch.chdir(tmp_path / "parent" / "below")

    monkeypatch.delenv(config.ENVIRONMENT, raising=False)
    assert config.find_archive(None).directory == tmp_path / "parent"
    monkeypatch.setenv(config.ENVIRONMENT, str(tmp_path / "environment"))
    assert config.find_archive(None).directory == tmp_path / "environment"
    assert config.find_archive(tmp_path / "option").directory == tmp_path / "option"


def test_a_named_folder_without_an_archive_is_an_error_and_not_searched_upwards(archive: Archive) -> None:
    below = archive.directory / "below"
    below.mkdir()

    with pytest.raises(ArchiveMissing, match="is no archive"):
        config.find_archive(below)


def test_a_path_is_noted_once_and_named_after_its_last_part(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "Alte Zeitungen!").mkdir()
    (tmp_path / "news.jsonl.gz").touch()
    first = config.note_source(archive, tmp_path / "Alte Zeitungen!")

    assert first.name == "Alte-Zeitungen"
    assert config.note_source(archive, tmp_path / "x" / ".." / "Alte Zeitungen!") == first
    assert config.note_source(archive, tmp_path / "news.jsonl.gz").name == "news"


def test_a_second_path_of_the_same_name_gets_a_number(archive: Archive, tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent / "news").mkdir(parents=True)

    names = [config.note_source(archive, tmp_path / parent / "news").name for parent in ("a", "b")]

    assert names == ["news", "news-2"]


def test_adding_a_source_keeps_comments_and_a_wrong_one_leaves_the_file_as_it_was(archive: Archive) -> None:
    archive.config_file.write_text("# mine\n" + config.FRESH, encoding="utf-8")
    config.add_source(archive, "taz", "/news/taz", language="de")
    before = archive.config_file.read_text(encoding="utf-8")

    with pytest.raises(ConfigError, match="two sources are named 'taz'"):
        config.add_source(archive, "taz", "/elsewhere")

    assert before.startswith("# mine\n")
    assert archive.config_file.read_text(encoding="utf-8") == before


def test_a_removed_source_leaves_room_for_one_written_by_hand(archive: Archive) -> None:
    config.add_source(archive, "taz", "/news/taz")
    config.remove_source(archive, "taz")
    with archive.config_file.open("a", encoding="utf-8") as out:
        out.write('[[source]]\nname = "zeit"\npath = "zeit"\n')

    assert config.load(archive).sources[0].path == str(archive.directory / "zeit")
    with pytest.raises(WrongUse, match="the archive has: zeit"):
        config.remove_source(archive, "taz")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[archive", "Expected"),
        ("[archive]\nengine = 'lucene'", "allowed: whoosh, tantivy"),
        ("[archive]\nlearn = 'always'", "allowed: certain, suggest"),
        ("[source]\nname = 'a'", r"write each source as a table \[\[source\]\]"),
        ("[[source]]\nname = 'a b'\npath = 'x'", "allowed: up to 64 letters"),
        ("[[source]]\nname = 'a'", "path is missing"),
        ("[[source]]\nname = 'a'\npath = 'x'\nreader = 'pdf'", "allowed: text, html"),
        ("[[source]]\nname = 'a'\npath = 'x'\nprune = 1", "allowed: true, false"),
        ("[[source]]\nname = 'a'\npath = 'x'\nmay_be_empty = 'yes'", "allowed: true, false"),
        ("[[source]]\nname = 'a'\npath = 'x'\nnot_articles = 'drop'", "allowed: reject, keep"),
        ("[archive]\nnot_articles = true", "a text in quotes is wanted"),
        ("[limits]\nmemory_mb = 64", r"\[limits\]: memory_mb = 64; allowed: a number from 256 to 1,048,576"),
        ("[limits]\nseconds = 0.5", "allowed: a number from 1 to 86,400"),
        ("[limits]\nworkers = true", "allowed: a number from 0 to 256"),
        ("[limits]\nhours = 1", "unknown key 'hours'; allowed: cpu_seconds, memory_mb, seconds, workers"),
        ("[[source]]\nname = 'a'\npath = 'x'\nfeed = 'y'", "reserved"),
        ("[[source]]\nname = 'a'\npath = 'x'\ncolour = 'red'", "unknown key 'colour'; allowed: feed, language"),
    ],
)
def test_a_fault_names_the_file_the_key_and_what_is_allowed(archive: Archive, text: str, told: str) -> None:
    archive.config_file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=told) as error:
        config.load(archive)

    assert str(archive.config_file) in str(error.value)


def test_what_becomes_of_no_articles_is_said_for_the_archive_and_otherwise_for_a_source(archive: Archive) -> None:
    sources = "[[source]]\nname = 'a'\npath = 'x'\n[[source]]\nname = 'b'\npath = 'y'\nnot_articles = 'reject'\n"
    archive.config_file.write_text(f"[archive]\nnot_articles = 'keep'\n{sources}", encoding="utf-8")

    assert [source.not_articles for source in config.load(archive).sources] == ["keep", "reject"]


def test_publishers_are_read_for_all_sources_and_their_hosts_have_one_form(archive: Archive) -> None:
    archive.config_file.write_text(
        '[publishers]\n"www.Musterblatt.example" = "Musterblatt"\n"müller.example" = "Müllers Post"\n'
        '[[source]]\nname = "a"\npath = "a"\n',
        encoding="utf-8",
    )

    [source] = config.load(archive).sources

    assert source.publishers == {"musterblatt.example": "Musterblatt", "xn--mller-kva.example": "Müllers Post"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[publishers]\n"https://a.example/" = "A"\n', "is no host"),
        ('[publishers]\n"a.example:80" = "A"\n', "is no host"),
        ('[publishers]\nmusterblatt = "A"\n', "is no host"),
        ('[publishers]\n"a.example" = ""\n', "a name of up to 120 characters"),
        ('[publishers]\n"a.example" = "\\u001b[31m"\n', "a name of up to 120 characters"),
        ('[publishers]\n"a.example" = 5\n', "a text in quotes"),
        ("publishers = 5\n", "a table is wanted"),
        ("[publishers]\n" + "".join(f'"a{n}.example" = "A"\n' for n in range(10_001)), "allowed: 10,000"),
    ],
)
def test_a_fault_in_publishers_names_what_is_allowed(archive: Archive, text: str, told: str) -> None:
    archive.config_file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=re.escape(told)) as raised:
        config.load(archive)

    assert "publishers" in str(raised.value)
    assert raised.value.args[0].isprintable()


def test_limits_that_are_not_named_are_the_usual_ones(archive: Archive) -> None:
    archive.config_file.write_text("[limits]\nworkers = 3\n", encoding="utf-8")

    assert config.load(archive).limits == config.Limits(workers=3)
