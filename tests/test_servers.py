"""`[opensearch]` in `backfile.toml`, and credentials: what is allowed, what is refused, what is never shown."""

import os
from pathlib import Path

import pytest

from backfile import config
from backfile.config import Archive
from backfile.credentials import API_KEY, PASSWORD, USER, Credentials, credentials
from backfile.errors import ConfigError
from backfile.servers import Address, Servers

GOOD = 'urls = ["https://search.example.org:9200"]\nprefix = "news"\n'
SECRET = "Korb-Esel-41-Lampe"  # must be nowhere


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (USER, PASSWORD, API_KEY):
        monkeypatch.delenv(name, raising=False)


def read(archive: Archive, section: str) -> Servers:
    archive.config_file.write_text(f"[opensearch]\n{section}", encoding="utf-8")
    found = config.load(archive).opensearch
    assert found is not None
    return found


def private(file: Path, text: str, mode: int = 0o600) -> Path:
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_an_archive_without_the_section_has_no_servers(archive: Archive) -> None:
    archive.config_file.write_text("", encoding="utf-8")

    assert config.load(archive).opensearch is None


def test_what_is_written_is_what_is_read_and_files_lie_beside_the_configuration(archive: Archive) -> None:
    text = """
        urls = ["https://a.example:9200/search/", "https://[2001:db8::1]", "http://127.0.0.1:9200", "http://localhost"]
        prefix = "news.de_2"
        ca = "ca.pem"
        user = "ada"
        password_file = "/etc/backfile/password"
        client_cert = "ada.pem"
        client_key = "ada.key"
        seconds = 5
    """

    assert read(archive, text) == Servers(
        urls=(
            Address("https", "a.example", 9200, "/search"),
            Address("https", "2001:db8::1", 443),
            Address("http", "127.0.0.1", 9200),
            Address("http", "localhost", 80),
        ),
        prefix="news.de_2",
        ca=archive.directory / "ca.pem",
        user="ada",
        password_file=Path("/etc/backfile/password"),
        client_cert=archive.directory / "ada.pem",
        client_key=archive.directory / "ada.key",
        seconds=5,
    )


def test_an_address_is_shown_as_people_write_it() -> None:
    assert str(Address("https", "2001:db8::1", 443, "/search")) == "https://[2001:db8::1]:443/search"


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ('prefix = "news"', "urls: wanted: up to 50 addresses"),
        ('urls = []\nprefix = "news"', "urls: wanted"),
        ('urls = "https://a.example"\nprefix = "news"', "urls: wanted"),
        ('urls = [9200]\nprefix = "news"', "urls, number 1: a text in quotes"),
        ('urls = ["https://a.example", "a.example:9200"]\nprefix = "news"', "urls, number 2: this is no address"),
        ('urls = ["https://a.example:0"]\nprefix = "news"', "number 1: this is no address"),
        ('urls = ["https://a.example:99999"]\nprefix = "news"', "number 1: this is no address"),
        ('urls = ["https://"]\nprefix = "news"', "number 1: this is no address"),
        ('urls = ["https://a b.example"]\nprefix = "news"', "number 1: this is no address"),
        ('urls = ["ftp://a.example"]\nprefix = "news"', "number 1: this is no address"),
        ('urls = ["http://a.example:9200"]\nprefix = "news"', "in the clear; write https://"),
        ('urls = ["http://127.0.0.1.example.org:9200"]\nprefix = "news"', "in the clear"),
        ('urls = ["https://a.example"]', "prefix = None; wanted"),
        ('urls = ["https://a.example"]\nprefix = "News"', "prefix = 'News'"),
        ('urls = ["https://a.example"]\nprefix = "_all"', "prefix = '_all'"),
        ('urls = ["https://a.example"]\nprefix = "*"', "prefix = '*'"),
        (GOOD + "seconds = 0", "seconds = 0; allowed: a number from 1 to 3,600"),
        (GOOD + "seconds = true", "seconds = True"),
        (GOOD + 'unencrypted = "yes"', "unencrypted = 'yes'; allowed: true, false"),
        (GOOD + 'user = "a:b"', "user: a name without ':'"),
        (GOOD + 'user = ""', "user: a text in quotes"),
        (GOOD + 'password = "x"', "unknown key 'password'; allowed: api_key_file, ca, client_cert"),
        (GOOD + 'verify = false', "unknown key 'verify'"),
        (GOOD + 'password_file = "a"\napi_key_file = "b"', "one of them says who we are"),
        (GOOD + 'client_key = "a"', "client_key needs client_cert"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_named_with_what_is(archive: Archive, section: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(archive, section)

    assert str(error.value).startswith(f"{archive.config_file}: [opensearch]: ")
    assert told in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        f"https://ada:{SECRET}@a.example:9200",
        f"https://{SECRET}@a.example",
        f"https://:{SECRET}@a.example",
        f"https://a.example?api_key={SECRET}",
        f"https://a.example/#{SECRET}",
        f"//ada:{SECRET}@a.example",
        f"https://ada:{SECRET}@[::1",
        f"https://a.example/{SECRET}'",
    ],
)
def test_an_address_with_a_secret_is_refused_and_not_repeated(archive: Archive, url: str) -> None:
    with pytest.raises(ConfigError, match="urls, number 1") as error:
        read(archive, f'urls = ["{url}"]\nprefix = "news"')

    assert SECRET not in str(error.value)


def test_other_machines_without_encryption_take_a_word_for_it(archive: Archive) -> None:
    found = read(archive, 'urls = ["http://a.example:9200"]\nprefix = "news"\nunencrypted = true')

    assert not found.urls[0].is_private


# --- credentials --------------------------------------------------------------------------------------------------

BASIC = "Basic YWRhOktvcmItRXNlbC00MS1MYW1wZQ=="


def test_without_any_nothing_is_sent(archive: Archive) -> None:
    assert credentials(read(archive, GOOD), {}) == Credentials(None, "nobody")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_password_comes_from_a_file_of_ones_own(archive: Archive, tmp_path: Path, mode: int) -> None:
    file = private(tmp_path / "password", f"{SECRET}\n", mode)
    found = credentials(read(archive, GOOD + 'user = "ada"\npassword_file = "password"'), {})

    assert found.header == BASIC
    assert found.told == f"the user ada with the password of {file}"


def test_the_environment_comes_before_files_which_are_not_looked_at(archive: Archive) -> None:
    servers = read(archive, GOOD + 'user = "ada"\npassword_file = "none"')

    assert credentials(servers, {PASSWORD: SECRET}).header == BASIC
    assert credentials(servers, {PASSWORD: SECRET, USER: "eva"}).header != BASIC
    assert credentials(servers, {API_KEY: SECRET}).header == f"ApiKey {SECRET}"


def test_a_key_comes_from_a_file_or_the_environment(archive: Archive, tmp_path: Path) -> None:
    private(tmp_path / "key", SECRET)

    assert credentials(read(archive, GOOD + 'api_key_file = "key"'), {}).header == f"ApiKey {SECRET}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_file_that_others_can_read_or_write_is_refused(archive: Archive, tmp_path: Path, mode: int) -> None:
    file = private(tmp_path / "password", SECRET, mode)

    with pytest.raises(ConfigError, match=f"others can read or change the secret in it: chmod 600 {file}") as error:
        credentials(read(archive, GOOD + 'user = "ada"\npassword_file = "password"'), {})

    assert SECRET not in str(error.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(archive: Archive, tmp_path: Path) -> None:
    file = private(tmp_path / "password", SECRET)
    os.chown(file, 12345, 12345)

    with pytest.raises(ConfigError, match="another user owns it"):
        credentials(read(archive, GOOD + 'user = "ada"\npassword_file = "password"'), {})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "one line is wanted"),
        (f"{SECRET}\n{SECRET}\n", "one line is wanted"),
        (f"{SECRET}\x1b", "one line is wanted"),
        (SECRET * 1000, "longer than 8,192 bytes"),
    ],
)
def test_a_file_that_is_no_secret_is_refused_and_not_repeated(
    archive: Archive, tmp_path: Path, content: str, told: str
) -> None:
    private(tmp_path / "password", content)

    with pytest.raises(ConfigError, match=told) as error:
        credentials(read(archive, GOOD + 'user = "ada"\npassword_file = "password"'), {})

    assert SECRET not in str(error.value)


def test_what_is_no_file_is_refused_without_waiting(archive: Archive, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)

    for name, told in (("fifo", "it is no file"), ("none", "No such file"), (".", "Is a directory")):
        with pytest.raises(ConfigError, match=told):
            credentials(read(archive, GOOD + f'user = "ada"\npassword_file = "{name}"'), {})


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({USER: "ada"}, "there is no password for the user 'ada'"),
        ({PASSWORD: SECRET}, "there is a password .* and no user"),
        ({PASSWORD: SECRET, API_KEY: SECRET}, "one of them says who we are, not both"),
        ({API_KEY: f"{SECRET}\r\nX: y"}, "this is no API key"),
        ({USER: "a:b", PASSWORD: SECRET}, "a name without ':'"),
        ({USER: "ada", PASSWORD: f"{SECRET}\n"}, "a password is one line"),
    ],
)
def test_half_of_it_or_what_cannot_be_is_refused_and_not_repeated(
    archive: Archive, environment: dict[str, str], told: str
) -> None:
    with pytest.raises(ConfigError, match=told) as error:
        credentials(read(archive, GOOD), environment)

    assert SECRET not in str(error.value)


def test_what_is_shown_of_credentials_is_no_secret() -> None:
    assert repr(Credentials(BASIC, "the user ada")) == "Credentials(told='the user ada')"
