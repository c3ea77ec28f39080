"""Where a store is, as the configuration says it: without a password, and in words that nobody else can answer to."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backfile import config
from backfile.config import Archive
from backfile.database import Database, database
from backfile.errors import ConfigError, EngineMissing
from backfile.store import open_store

HERE = Path("/archive")
SECRET = "Querflöte-7"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://localhost/news", Database("localhost", 5432, "news", tls=(("sslmode", "prefer"),))),
        ("postgres://ada@127.0.0.1:6432/n", Database("127.0.0.1", 6432, "n", "ada", tls=(("sslmode", "prefer"),))),
        ("postgresql://ada@[::1]/n", Database("::1", 5432, "n", "ada", tls=(("sslmode", "prefer"),))),
        ("postgresql:///n?host=/run/pg", Database("/run/pg", 5432, "n", tls=(("sslmode", "prefer"),))),
        ("postgresql://%2Frun%2Fpg/n", Database("/run/pg", 5432, "n", tls=(("sslmode", "prefer"),))),
        ("postgresql://db.example/n", Database("db.example", 5432, "n", tls=(("sslmode", "verify-full"),))),
        (
            "postgresql://db.example/n?sslrootcert=ca.pem&schema=taz",
            Database(
                "db.example", 5432, "n", None, "taz", (("sslmode", "verify-full"), ("sslrootcert", "/archive/ca.pem"))
            ),
        ),
    ],
)
def test_an_address_names_server_database_and_schema(address: str, expected: Database) -> None:
    assert database(address, beside=HERE) == expected
    assert database(expected.address, beside=HERE) == expected


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"postgresql://ada:{SECRET}@localhost/news", "holds no password"),
        (f"postgresql://localhost/news?password={SECRET}", "holds no password"),
        (f"postgresql://localhost/news?passfile={SECRET}", "holds no password"),
        (f"postgresql://ada:{SECRET}@[localhost/news", "no address"),
        (f"postgresql://localhost:{SECRET}/news", "no address"),
        (f"postgresql://localhost/news?{SECRET}", "no address"),
        ("postgresql://localhost/news?port=70000", "no address"),
        ("postgresql://localhost", "name of the database"),
        ("postgresql://a,b/news", "not a list"),
        ("postgresql://localhost/news?options=-c%20fsync%3Doff", "'options' is not known"),
        ("postgresql://localhost/news?schema=a%22b", "letters, digits"),
        ("postgresql://db.example/news?sslmode=require", "verify-full only"),
        ("postgresql://db.example/news?sslmode=disable", "verify-full only"),
        ("postgresql://localhost/news?sslmode=maybe", "sslmode: allowed"),
    ],
)
def test_what_cannot_be_one_is_refused_without_repeating_it(tmp_path: Path, address: str, told: str) -> None:
    archive = Archive(tmp_path)
    archive.config_file.write_text(f'[archive]\nstore = "{address}"\n', encoding="utf-8")

    for read in (lambda: archive.store, lambda: config.load(archive)):
        with pytest.raises(ConfigError, match=told) as refused:
            read()
        assert SECRET not in str(refused.value)
        assert str(archive.config_file) in str(refused.value)


@pytest.mark.parametrize("value", [f'["postgresql://a:{SECRET}@b/c"]', f'"mysql://a:{SECRET}@b/c"', f'"{SECRET}"', "7"])
def test_what_is_no_address_at_all_is_not_shown_either(tmp_path: Path, value: str) -> None:
    archive = Archive(tmp_path)
    archive.config_file.write_text(f"[archive]\nstore = {value}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match='allowed: "sqlite", or an address') as refused:
        _ = archive.store
    assert SECRET not in str(refused.value)


def test_without_its_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(EngineMissing, match=r"pip install 'backfile\[postgresql\]'"):
        open_store(Database("localhost", 5432, "news"))


def test_without_a_word_about_it_the_store_is_a_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path)

    assert archive.store == tmp_path / "store.sqlite"
    for text in ("", "[archive]\n", '[archive]\nstore = "sqlite"\n', '# store = "postgresql://localhost/news"\n'):
        archive.config_file.write_text(text, encoding="utf-8")
        assert archive.store == tmp_path / "store.sqlite"


def test_what_is_written_into_the_configuration_is_read_from_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.config_file.write_text("# mine\n" + config.FRESH, encoding="utf-8")
    named = database("postgresql://ada@db.example/news?sslcert=me.pem", beside=tmp_path)
    named = replace(named, password_file=tmp_path / "secret")

    config.set_store(archive, named)

    assert Archive(tmp_path).store == named
    config.set_store(archive, archive.store_file)
    assert Archive(tmp_path).store == archive.store_file
    assert archive.config_file.read_text(encoding="utf-8") == "# mine\n" + config.FRESH
