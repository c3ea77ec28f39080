"""Secrets are planted, everything fails that can, every logger says all it knows, and nothing of a secret is found."""

import base64
import json
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard

from tests.conftest import news
from tests.flows.living import life_in
from tests.flows.test_up import ask
from tests.opensearch import proxy
from tests.opensearch.certificates import Authority
from tests.opensearch.secured import Secured
from tests.opensearch.test_least import role

ROOT = Path(__file__).parents[2]
PASSWORD = 'Korb%Esel+41/"Lampe"ü'
API_KEY = "Zwiebelfisch-93-Kandelaber=="
ARTICLE = "Sonderzug nach Wolkenkuckucksheim"  # of an article; belongs into no log either

# What a program does with an archive's servers, with every logger on, to stderr and to the archive's log; each error is
# told as the command line tells it, and with all that Python can say of it.
SCRIPT = """
    import logging, pathlib, sys, traceback
    from backfile import config
    from backfile.log import file_handler
    from index import opensearch_client

    archive = config.Archive(pathlib.Path(sys.argv[1]))
    log = file_handler(archive.log_file)
    for handler in (log, logging.StreamHandler()):
        handler.setLevel(1)
        logging.getLogger().addHandler(handler)
    for name in (None, "opensearch", "opensearchpy", "opensearchpy.trace", "urllib3", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(1)

    def tried(work):
        try:
            return work()
        except Exception as error:
            print(type(error).__name__, error, repr(error), vars(error).keys(), file=sys.stderr)
            told = traceback.TracebackException.from_exception(error, capture_locals=sys.argv[2] == "locals")
            print("".join(told.format()), file=sys.stderr)
            logging.getLogger("backfile").exception("unexpected")

    settings = tried(lambda: config.load(archive))
    print(settings)
    client = settings and tried(lambda: opensearch_client.connect(settings.opensearch))
    if client:
        print(client, [client], vars(client))
        article = {"text": "Sonderzug nach Wolkenkuckucksheim"}
        tried(lambda: client.put("/x-1", {"mappings": {"properties": {"text": {"type": "date"}}}}))
        tried(lambda: client.put("/x-1/_doc/1", article))
        tried(lambda: client.bulk(b'{"index": {"_index": "x-1", "_id": "1"}}\\n{"text": "Sonderzug nach Wolken'))
        tried(lambda: client.search("/x-1/_search", {"query": {"match": {"text": article["text"]}}}))
        tried(lambda: client.search("/x-1/_search", {"query": {article["text"]: {}}}))
        tried(lambda: client.get("/x-1/_doc/1"))
        tried(lambda: __import__("pickle").dumps(client))
        client.close()
    print("END")
"""


@dataclass
class Scene:
    """An archive whose servers are spoken to, and what is written under `[opensearch]`."""

    folder: Path
    section: dict[str, object] = field(default_factory=lambda: {"prefix": "x"})
    environment: dict[str, str] = field(default_factory=dict)

    def secret(self, name: str, text: str) -> str:
        """A file that only its owner can read."""
        file = self.folder / name
        file.touch(0o600)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def run(self, *, values: str = "locals") -> str:
        """All that comes out of it: stdout, stderr with the values of variables where an error came from, the log."""
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in self.section.items()]
        (self.folder / "backfile.toml").write_text("\n".join(["[opensearch]", *lines]), encoding="utf-8")
        command = [sys.executable, "-X", "dev", "-c", textwrap.dedent(SCRIPT), str(self.folder), values]
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **self.environment}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.stdout.endswith("END\n"), done.stderr
        return done.stdout + done.stderr + (self.folder / "backfile.log").read_text(encoding="utf-8")


def forms(secret: str) -> set[str]:
    """How a secret can be written."""
    found = {secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    for before in ("", "eva:", ":"):
        encoded = base64.b64encode(f"{before}{secret}".encode()).decode()
        found |= {encoded, encoded.rstrip("="), base64.urlsafe_b64encode(f"{before}{secret}".encode()).decode()}
    return found


def refuse_secrets(said: str, *secrets: str) -> None:
    found = [form for secret in secrets for form in forms(secret) if form in said]
    assert found == [], said


@contextmanager
def good(url: str) -> Iterator[str]:
    yield url


@contextmanager
def echoing(_url: str) -> Iterator[str]:
    """A server that repeats in its refusals whatever it was sent, credentials among it."""

    def talk(client: object) -> None:
        said = client.recv(1 << 16)  # type: ignore[attr-defined]
        if said.startswith(b"GET / "):
            body = b'{"version": {"distribution": "opensearch", "number": "2.19.1"}}'
            client.sendall(proxy.http("200 OK", body))  # type: ignore[attr-defined]
            return
        body = json.dumps({"error": {"type": "odd_exception", "reason": said.decode(errors="replace")}}).encode()
        client.sendall(proxy.http("400 Bad Request", body, "warning: 299 x " + repr(said)))  # type: ignore[attr-defined]

    with proxy.serving(talk) as url:
        yield url


def saying(answer: bytes) -> Callable[[str], object]:
    return lambda _url: proxy.serving(proxy.saying(answer))


@contextmanager
def nowhere(_url: str) -> Iterator[str]:
    yield "http://127.0.0.1:9"


SERVERS = {
    "good": good,
    "echoing": echoing,
    "nowhere": nowhere,
    "401": saying(proxy.http("401 Unauthorized", b"Unauthorized")),
    "403": saying(proxy.http("403 Forbidden", b'{"error": {"type": "security_exception", "reason": "no"}}')),
    "no answer": saying(b""),
    "no HTTP": saying(b"SSH-2.0-OpenSSH_9.2\r\n"),
}


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("kind", ["password in a file", "password in the environment", "API key in a file", "API key"])
def test_no_secret_comes_out_whatever_the_server_does(
    opensearch_url: str, tmp_path: Path, server: str, kind: str
) -> None:
    scene = Scene(tmp_path)
    match kind:
        case "password in a file":
            scene.section |= {"user": "eva", "password_file": scene.secret("password", PASSWORD)}
        case "password in the environment":
            scene.environment |= {"BACKFILE_OPENSEARCH_USER": "eva", "BACKFILE_OPENSEARCH_PASSWORD": PASSWORD}
        case "API key in a file":
            scene.section |= {"api_key_file": scene.secret("key", API_KEY)}
        case _:
            scene.environment |= {"BACKFILE_OPENSEARCH_API_KEY": API_KEY}
    with SERVERS[server](opensearch_url) as url:  # type: ignore[attr-defined]
        scene.section["urls"] = [url]
        said = scene.run()

    refuse_secrets(said, PASSWORD, API_KEY)
    if server == "echoing":
        assert "odd_exception" in said  # so it was asked, and did answer


def test_no_article_comes_out_of_a_real_server_that_quotes_it(opensearch_url: str, tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.section["urls"] = [opensearch_url]
    said = scene.run(values="no locals")

    assert "answers PUT /x-1/_doc/1 with 400, mapper_parsing_exception" in said
    assert ARTICLE not in said.replace(SCRIPT, "")


@pytest.mark.parametrize(
    "section",
    [
        {"urls": [f"https://eva:{quote(PASSWORD)}@127.0.0.1:9"]},
        {"urls": [f"https://127.0.0.1:9/?api_key={API_KEY}"]},
        {"urls": ["https://127.0.0.1:9"], "user": "eva", "password_file": "password"},  # that others can read
    ],
)
def test_what_is_refused_is_not_repeated(tmp_path: Path, section: dict[str, object]) -> None:
    scene = Scene(tmp_path)
    scene.section |= section
    Path(scene.secret("password", PASSWORD)).chmod(0o644)

    refuse_secrets(scene.run(values="no locals"), PASSWORD, API_KEY)


def test_no_key_of_a_certificate_comes_out(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "certificates")
    certificate, key = authority.issue("ada")
    scene = Scene(tmp_path)
    scene.section |= {"ca": str(authority.file), "client_cert": str(certificate), "client_key": str(key)}
    context = proxy.tls(authority.issue("node", ("127.0.0.1",)), clients=authority.file)
    with proxy.serving(proxy.saying(b""), context) as url:
        scene.section["urls"] = [url]
        said = scene.run()
    key.write_text(f"{key.read_text()[:100]}\n", encoding="utf-8")  # is none any more
    said += scene.run()

    assert not [line for line in key.read_text().splitlines() if len(line) > 20 and "KEY" not in line and line in said]
    assert "wanted: a certificate and its key" in said


def test_opensearchs_own_refusals_of_a_password_name_no_secret(secured_node: Secured, tmp_path: Path) -> None:
    password = secured_node.enrol("eva")
    secured_node.allow("eva", ["cluster:monitor/main"], [], prefix="y")
    scene = Scene(tmp_path)
    scene.section |= {"urls": [secured_node.url], "ca": str(secured_node.authority.file), "user": "eva"}
    scene.environment = {"BACKFILE_OPENSEARCH_PASSWORD": password}
    said = scene.run()
    scene.environment = {"BACKFILE_OPENSEARCH_PASSWORD": PASSWORD}
    said += scene.run()

    assert "the permission indices:data/read/search is missing (403)" in said
    assert "does not let in the user eva with the password of $BACKFILE_OPENSEARCH_PASSWORD (401)" in said
    refuse_secrets(said, password, PASSWORD)


@pytest.mark.slow
def test_the_whole_program_keeps_and_says_no_secret(secured_node: Secured, tmp_path: Path) -> None:
    life = life_in(tmp_path, 550)
    (life.news / "a.txt").write_text(news("Rat berät über Radwege", "Radwege"), encoding="utf-8")
    password = secured_node.enrol("paul", PASSWORD)
    file = life.archive / "opensearch-password"
    file.touch(0o600)
    file.write_text(password, encoding="utf-8")
    section = {"urls": [secured_node.url], "prefix": "paul", "ca": str(secured_node.authority.file), "user": "paul",
               "password_file": file.name, "replicas": 0}  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}" for key, value in section.items()]
    source = ["[[source]]", 'name = "news"', f"path = {json.dumps(str(life.news))}"]
    text = "\n".join(["[archive]", 'engine = "opensearch"', "[opensearch]", *lines, *source])
    (life.archive / "backfile.toml").write_text(text, encoding="utf-8")

    told = role()
    [indices] = told["index_permissions"]
    secured_node.allow("paul", told["cluster_permissions"], indices["allowed_actions"], prefix="paul")
    said = [life.backfile(*words) for words in (("ingest",), ("status",), ("status", "--json"), ("search", "Radwege"))]
    with life.up() as running:
        said.append(life.backfile("run", "ingest", "--watch"))
        secured_node.allow("paul", ["cluster:monitor/main"], [], prefix="paul")
        (life.news / "b.txt").write_text(news("Rat berät über Schulbusse", "Schulbusse"), encoding="utf-8")
        said.append(life.backfile("run", "ingest", "--watch", code=4))
        said += [life.backfile("search", "Radwege", code=5), life.backfile("ingest", code=5)]
        said += [life.backfile("status"), life.backfile("doctor", code=4), life.backfile("doctor", "--json", code=4)]
        file.write_text("another one", encoding="utf-8")
        said += [life.backfile("search", "Radwege", code=5), life.backfile("status", "--json"), life.backfile("runs")]
        asked = ("/logs/filter", "/artifacts/filter", "/flow_runs/filter", "/task_runs/filter", "/deployments/filter")
        said += [json.dumps(ask(life, path, {"limit": 200}), ensure_ascii=False) for path in asked]
        said.append(running.said())
        assert running.stop(signal.SIGINT) == 0
    said.append(life.backfile("backup", str(tmp_path / "backup")))

    assert "(401)" in "".join(said)
    assert "(403)" in "".join(said)
    refuse_secrets("".join(said), password)
    kept = [each for each in tmp_path.rglob("*") if each.is_file() and each != file]
    assert {"store.sqlite", "backfile.log", "up.log", "prefect.db"} <= {each.name for each in kept}
    found = [(each, form) for each in kept for form in forms(password) if form.encode() in each.read_bytes()]
    assert found == []
    with (tmp_path / "backup").open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as whole:
        content = whole.read()
    assert b"backfile.toml" in content
    assert not [form for form in forms(password) if form.encode() in content]
