"""Who the servers are, and who we are to them: real TLS, OpenSearch's own users and permissions."""

import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from backfile.errors import ConfigError, ServiceUnavailable
from backfile.servers import servers
from index.opensearch_client import Client, NotAllowed, NotTrusted, RequestFailed, connect
from tests.opensearch import proxy
from tests.opensearch.certificates import Authority
from tests.opensearch.secured import Secured

HOST = ("127.0.0.1",)


def client_of(url: str, **options: object) -> Client:
    return connect(servers({"urls": [url], "prefix": "x", **options}, "test", beside=Path("/")))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "PASSWORD", "API_KEY"):
        monkeypatch.delenv(f"BACKFILE_OPENSEARCH_{name}", raising=False)


def test_a_server_whose_authority_is_named_is_trusted(authority: Authority, opensearch_url: str) -> None:
    context = proxy.tls(authority.issue("node", HOST))

    with (
        proxy.serving(proxy.forwarding(opensearch_url), context) as url,
        client_of(url, ca=str(authority.file)) as client,
    ):
        assert client.get("/_cluster/health")["timed_out"] is False


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda ours, other: other.issue("node", HOST), "nobody known here vouches for its certificate"),
        (lambda ours, other: (other.file, other.secret), "nobody known here vouches for its certificate"),
        (lambda ours, other: ours.issue("node", ("search.example.org",)), "its certificate is for another"),
        (lambda ours, other: ours.issue("node"), "its certificate is for another"),
        (lambda ours, other: ours.issue("node", HOST, ends=-timedelta(days=1)), "its certificate has expired"),
    ],
    ids=["another authority", "self-signed", "another name", "no name", "expired"],
)
def test_a_server_that_does_not_prove_who_it_is_gets_nothing(
    authority: Authority, tmp_path: Path, make: Callable[..., tuple[Path, Path]], told: str
) -> None:
    got: list[bytes] = []
    context = proxy.tls(make(authority, Authority(tmp_path / "other", "other", HOST)))

    with proxy.serving(lambda client: got.append(client.recv(1)), context) as url, pytest.raises(NotTrusted) as error:
        client_of(url, ca=str(authority.file))

    assert f"{url}: {told}" in str(error.value)
    assert got == []


def test_without_an_authority_that_is_named_the_systems_are_asked(authority: Authority) -> None:
    context = proxy.tls(authority.issue("node", HOST))

    with (
        proxy.serving(proxy.saying(b""), context) as url,
        pytest.raises(NotTrusted, match=r"`ca` under \[opensearch\]"),
    ):
        client_of(url)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(authority: Authority) -> None:
    context = proxy.tls(authority.issue("node", HOST))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1

    with (
        proxy.serving(proxy.saying(b""), context) as url,
        pytest.raises(NotTrusted, match="it speaks no TLS that is taken here"),
    ):
        client_of(url, ca=str(authority.file))


def test_a_server_without_tls_is_not_spoken_to_with_it_nor_the_other_way_round(
    authority: Authority, opensearch_url: str
) -> None:
    with pytest.raises(NotTrusted, match=r"it does not speak TLS; is it http://\?"):
        client_of(opensearch_url.replace("http://", "https://"))
    with proxy.serving(proxy.saying(b""), proxy.tls(authority.issue("node", HOST))) as url:  # noqa: SIM117
        with pytest.raises(RequestFailed, match="cannot be reached"):
            client_of(url.replace("https://", "http://"))


def test_an_answer_that_is_cut_off_may_have_been_done(authority: Authority) -> None:
    def talk(client: socket.socket) -> None:
        client.recv(1 << 16)
        client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        socket.socket(fileno=client.detach()).close()  # without a goodbye of TLS

    with proxy.serving(talk, proxy.tls(authority.issue("node", HOST))) as url, pytest.raises(RequestFailed) as error:
        client_of(url, ca=str(authority.file))

    assert error.value.status is None


def test_a_certificate_of_ours_that_a_server_wants_is_shown(authority: Authority, opensearch_url: str) -> None:
    context = proxy.tls(authority.issue("node", HOST), clients=authority.file)
    certificate, key = authority.issue("ada")

    with proxy.serving(proxy.forwarding(opensearch_url), context) as url:
        with pytest.raises(ServiceUnavailable, match=r"(another certificate of ours|does it want a).*`client_cert`"):
            client_of(url, ca=str(authority.file))
        with client_of(url, ca=str(authority.file), client_cert=str(certificate), client_key=str(key)) as client:
            assert client.get("/")["version"]["distribution"] == "opensearch"


def test_certificates_that_are_none_or_that_others_can_read_are_refused(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("ada")
    url = "https://127.0.0.1:9"
    (tmp_path / "text").write_text("no certificate")

    for options, told in (
        ({"ca": tmp_path / "none"}, r"none \(ca\): No such file"),
        ({"ca": tmp_path / "text"}, r"text \(ca\): "),
        ({"client_cert": certificate}, "others can read or change the secret in it: chmod 600"),
        ({"client_cert": key}, "wanted: a certificate and its key"),
        ({"client_cert": certificate, "client_key": tmp_path / "none"}, r"none \(client_key\): No such file"),
    ):
        with pytest.raises(ConfigError, match=told):
            client_of(url, **{name: str(file) for name, file in options.items()})
    key.chmod(0o644)
    with pytest.raises(ConfigError, match=f"others can read or change the secret in it: chmod 600 {key}"):
        client_of(url, client_cert=str(certificate), client_key=str(key))


# --- OpenSearch's own users ----------------------------------------------------------------------------------------


def test_a_user_with_the_password_of_a_file_is_let_in_and_another_one_not(
    secured_node: Secured, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.touch(0o600)
    file.write_text(secured_node.enrol("eva"))
    secured_node.allow("eva", ["cluster:monitor/main"], [], prefix="x")
    known = {"ca": str(secured_node.authority.file), "user": "eva", "password_file": str(file)}

    client_of(secured_node.url, **known).close()
    file.write_text("another one")
    with pytest.raises(NotAllowed) as error:
        client_of(secured_node.url, **known)

    assert str(error.value) == (
        f"OpenSearch at {secured_node.url} does not let in the user eva with the password of {file} (401); "
        "docs/opensearch.md says where credentials belong"
    )
    with pytest.raises(NotAllowed, match="does not let in nobody"):
        client_of(secured_node.url, ca=known["ca"])


def test_a_user_with_a_certificate_is_let_in(secured_node: Secured) -> None:
    secured_node.allow("ida", ["cluster:monitor/main"], [], prefix="x")
    certificate, key = secured_node.authority.issue("ida")

    with client_of(
        secured_node.url, ca=str(secured_node.authority.file), client_cert=str(certificate), client_key=str(key)
    ) as client:
        assert client.get("/")["version"]["distribution"] == "opensearch"
        with pytest.raises(NotAllowed) as error:
            client.put("/x-1")

    assert str(error.value) == (
        f"OpenSearch does not let the owner of the certificate {certificate} PUT /x-1: the permission "
        "indices:admin/create is missing (403); docs/opensearch.md lists what is needed"
    )
