"""The tags of languages that a user may state."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from backfile import config, tongues
from backfile.cli import clean
from backfile.errors import ConfigError, WrongUse


@pytest.mark.parametrize("stated", ["de", "de-AT", "zh_CN", "EN", "nds", "und"])
def test_a_known_tag_is_taken(stated: str) -> None:
    assert tongues.checked(stated) == stated


@pytest.mark.parametrize("stated", ["", "deutsch", "xx", "-", "deu", "de-" + "x" * 50])
def test_an_unknown_tag_is_refused_with_what_is_allowed(stated: str) -> None:
    with pytest.raises(WrongUse, match="ISO 639, such as de, en"):
        tongues.checked(stated)


def test_the_name_of_a_language_is_answered_with_its_tag() -> None:
    with pytest.raises(WrongUse, match="for Deutsch it is de"):
        tongues.checked("Deutsch")


def test_cleaning_in_an_unknown_language_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(clean.command, [str(tmp_path), "--language", "deutsch"])

    assert isinstance(result.exception, WrongUse)


def test_a_source_in_an_unknown_language_is_refused_with_its_place(tmp_path: Path) -> None:
    archive = config.Archive(tmp_path)
    archive.config_file.write_text('[[source]]\nname = "a"\npath = "x"\nlanguage = "deutsch"\n')

    with pytest.raises(ConfigError, match=r"language: 'deutsch' is no tag"):
        config.load(archive)
