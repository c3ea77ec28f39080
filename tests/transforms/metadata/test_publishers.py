"""Who publishes: what the user says, what the page says as far as it is a name, what the table knows."""

import tomllib
from importlib.resources import files

import pytest

from backfile.article import Extraction, Line, Witness
from transforms import normalise
from transforms.metadata import publishers, urls

EXTRA = {"musterblatt.example": "Musterblatt", "sport.spiegel.de": "Spiegel Sport", "faz.net": "Meine FAZ"}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.spiegel.de", "Der Spiegel"),
        ("SPIEGEL.de", "Der Spiegel"),
        ("sport.orf.at", "ORF"),
        ("g1.globo.com", "G1"),
        ("www.globo.com", "Globo"),
        ("edition.cnn.com", "CNN"),
        ("spiegel.de.example", None),
        ("nospiegel.de", None),
        ("musterblatt.example", None),
        ("de", None),
        ("", None),
    ],
)
def test_a_house_is_known_by_its_host_and_what_is_below_it(host: str, expected: str | None) -> None:
    assert expected == publishers.known(host)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.musterblatt.example", "Musterblatt"),
        ("sport.spiegel.de", "Spiegel Sport"),
        ("www.spiegel.de", "Der Spiegel"),
        ("blogs.faz.net", "Meine FAZ"),
    ],
)
def test_the_users_table_comes_first(host: str, expected: str) -> None:
    assert expected == publishers.known(host, EXTRA)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("", "  ", "Blogger", "WordPress", "WordPress.com", "Just another WordPress site")),
        *((name, True) for name in ("Just Another Blog", "Ein weiterer WordPress-Blog", "Home", "Startseite", "null")),
        *((name, True) for name in ("My Blog", "Site Title", "Willkommen auf unserer Seite", "Powered by Ghost")),
        *((name, True) for name in ("https://blatt.example/", "@blatt", "post@blatt.example", "x" * 121, "undefined")),
        *(
            (name, False)
            for name in ("Der Spiegel", "blatt.example", "Blatt", "Die Wochenzeitung", "t3n", "444", "n-tv")
        ),
        *((name, False) for name in ("The Home Paper", "Blog der Republik", "Medium Magazin", "Nature", "Time")),
    ],
)
def test_systems_slogans_and_addresses_are_no_publishers(name: str, *, expected: bool) -> None:
    assert expected == publishers.is_no_publisher(name)


@pytest.mark.parametrize(
    ("stated", "host", "expected"),
    [
        (None, "www.spiegel.de", ("Der Spiegel", "publishers")),
        (("SPIEGEL ONLINE", "json-ld"), "www.spiegel.de", ("Der Spiegel", "publishers")),
        (("DER SPIEGEL", "json-ld"), "www.spiegel.de", ("Der Spiegel", "publishers")),
        (("Manager Magazin", "json-ld"), "www.spiegel.de", ("Manager Magazin", "json-ld")),
        (("spiegel.de", "meta:og:site_name"), "www.spiegel.de", ("Der Spiegel", "publishers")),
        (("FAZ.NET", "json-ld"), "www.faz.net", ("Frankfurter Allgemeine Zeitung", "publishers")),
        (("ZEIT ONLINE", "json-ld"), "www.zeit.de", ("Die Zeit", "publishers")),
        (("Verlag Muster GmbH & Co. KG", "json-ld"), "www.taz.de", ("die tageszeitung", "publishers")),
        (("Verlag Muster GmbH & Co. KG", "json-ld"), "muster.example", ("Verlag Muster GmbH & Co. KG", "json-ld")),
        (("WordPress", "meta:og:site_name"), "muster.example", None),
        (("WordPress", "meta:og:site_name"), "taz.de", ("die tageszeitung", "publishers")),
        (("Blatt", "meta:og:site_name"), "muster.example", ("Blatt", "meta:og:site_name")),
        (("muster.example", "meta:og:site_name"), "muster.example", ("muster.example", "meta:og:site_name")),
        (("Anders", "json-ld"), "musterblatt.example", ("Musterblatt", "config")),
        (("Der Quelle Name", "config"), "musterblatt.example", ("Der Quelle Name", "config")),
        (None, "muster.example", None),
    ],
)
def test_a_page_is_believed_unless_it_names_none_or_the_house_otherwise(
    stated: tuple[str, str] | None, host: str, expected: tuple[str, str] | None
) -> None:
    assert expected == publishers.settled(stated, host, EXTRA if "musterblatt" in host else None)


def test_each_host_of_the_table_is_one_and_has_a_name() -> None:
    tables = tomllib.loads(files("transforms").joinpath("metadata/publishers.toml").read_text(encoding="utf-8"))
    hosts = [host for table in tables["houses"].values() for host in table]

    assert sorted(set(hosts)) == sorted(hosts)
    assert len(hosts) > 400
    for host in hosts:
        assert urls.canonical(f"https://{host}/") == f"https://{host}/"
        name = publishers.known(host) or ""
        assert name == publishers.tidied(name)
        assert not publishers.is_no_publisher(name), host


def test_an_article_has_the_publisher_of_the_configuration() -> None:
    extraction = Extraction(
        (Line("Ein Satz."),),
        (Witness("url", "https://www.musterblatt.example/a", "uri"), Witness("publisher", "Anders", "json-ld")),
    )
    hints = (Witness("publisher:musterblatt.example", "Musterblatt", "config"),)

    article = normalise.begin(extraction, id="s/a", source="s", uri="a", hints=hints)

    assert (article.publisher, article.provenance["publisher"]) == ("Musterblatt", "config")


def test_a_mail_of_a_known_house_has_its_name() -> None:
    extraction = Extraction((Line("Ein Satz."),), (Witness("author", "<newsletter@news.spiegel.de>", "header:From"),))

    article = normalise.begin(extraction, id="s/a", source="s", uri="a")

    assert (article.publisher, article.provenance["publisher"]) == ("Der Spiegel", "publishers")


@pytest.mark.parametrize(
    ("in_json_ld", "site_name", "expected"),
    [
        ("Was die Stadt am Morgen wissen muss", "Das Musterblatt", "Das Musterblatt"),
        ("Was die Stadt am Morgen wissen muss", "Die Andere", "Was die Stadt am Morgen wissen muss"),
        ("Stiftung Probe", "Das Musterblatt", "Stiftung Probe"),
        ("Das neue kleine große Musterblatt", "Musterblatt", "Das neue kleine große Musterblatt"),
    ],
)
def test_a_motto_gives_way_to_the_name_that_the_host_has(in_json_ld: str, site_name: str, expected: str) -> None:
    extraction = Extraction(
        (Line("Ein Satz."),),
        (
            Witness("url", "https://www.muster-blatt.example/a", "uri"),
            Witness("publisher", in_json_ld, "json-ld"),
            Witness("publisher", site_name, "meta:og:site_name"),
        ),
    )

    assert expected == normalise.begin(extraction, id="s/a", source="s", uri="a").publisher
