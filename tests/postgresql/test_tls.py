"""A server is believed when an authority that is named vouches for its name, and not otherwise."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backfile.database import database
from backfile.errors import ServiceUnavailable
from backfile.store import open_store
from tests.postgresql.server import USER, Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which makes certificates, is not installed"),
]


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory, postgresql: Server) -> Iterator[tuple[Server, Path]]:
    """A server on loopback that is called localhost, and the folder with the authority that says so, and another."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("right", "wrong"):
        subject = ("-subj", f"/CN={name} authority", "-days", "2", "-nodes", "-newkey", "rsa:2048")
        openssl(folder, "req", "-x509", *subject, "-keyout", f"{name}.key", "-out", f"{name}.pem")
    openssl(folder, "req", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=localhost", "-keyout", "key", "-out", "asked")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n", encoding="ascii")
    signed = ("-CA", "right.pem", "-CAkey", "right.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
    openssl(folder, "x509", "-req", "-in", "asked", *signed, "-out", "certificate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server("fsync=off", "ssl=on", "ssl_cert_file=certificate", "ssl_key_file=key", port=port)
    for name in ("certificate", "key"):
        server.give(folder / name)
    yield server.start(), folder
    server.stop()


def test_a_server_of_that_name_is_spoken_to_in_secret(certified: tuple[Server, Path]) -> None:
    server, folder = certified
    made = server.database(empty=True)
    asked = f"{USER}@localhost:{server.port}/{made.name}?sslmode=verify-full&sslrootcert=right.pem"

    query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    place = database(f"postgresql://{asked}", beside=folder)
    with closing(open_store(place, create=True)) as store, store.engine.connect() as connection:
        assert connection.exec_driver_sql(query).scalar() is True


@pytest.mark.parametrize(
    ("host", "authority", "said"),
    [
        ("localhost", "wrong.pem", "certificate verify failed"),
        ("127.0.0.1", "right.pem", 'does not match host name "127.0.0.1"'),
        ("localhost", "none.pem", "none.pem"),
    ],
)
def test_another_one_is_refused_in_one_line(
    certified: tuple[Server, Path], host: str, authority: str, said: str
) -> None:
    server, folder = certified
    asked = f"{USER}@{host}:{server.port}/postgres?sslmode=verify-full&sslrootcert={authority}"

    with pytest.raises(ServiceUnavailable) as refused:
        open_store(database(f"postgresql://{asked}", beside=folder), create=True)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
