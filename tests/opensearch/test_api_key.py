"""An API key opens a proxy that wants one: our client, real TLS, and a real node behind it that does the work."""

from pathlib import Path

from tests.canaries import refuse_secrets, secret_file
from tests.opensearch import proxy
from tests.opensearch.certificates import Authority
from tests.opensearch.fixtures import Server
from tests.opensearch.gate import gate
from tests.opensearch.served import SUBJECTS, Served, ids

KEY = "TGFtcGU6S29yYi1Fc2Vs-93=="


def test_with_the_key_everything_works_and_without_it_nothing_comes_by(opensearch: Server, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "certificates")
    context = proxy.tls(authority.issue("gate", ("127.0.0.1",)))
    with gate(opensearch.url, KEY, context) as before:
        section = {"urls": [before.url], "prefix": f"{opensearch.prefix}news", "ca": str(authority.file), "replicas": 0}
        served = Served(tmp_path / "served", section)
        file = secret_file(served.archive, "key", KEY)
        served.configure(api_key_file=file.name)
        said = [
            served.run("ingest"),
            served.run("index", "rebuild"),
            served.run("status"),
            served.run("index", "verify"),
        ]
        assert served.search("Rat") == ids(range(1, len(SUBJECTS) + 1))
        assert before.refused == []
        assert {"GET /", "POST /_bulk", "POST /_aliases"} <= {each.partition("?")[0] for each in before.passed}

        let_in = len(before.passed)
        file.write_text("another-one", encoding="utf-8")
        wrong = served.run("search", "Rat", code=5)
        served.environment = {"BACKFILE_OPENSEARCH_USER": "eva", "BACKFILE_OPENSEARCH_PASSWORD": KEY}
        other = served.run("search", "Rat", code=5)  # the same word as a password is no key
        served.environment = {"BACKFILE_OPENSEARCH_API_KEY": KEY}
        assert served.search("Radwege") == ids([1])  # the environment comes before the file

    assert wrong.error == (
        f"backfile: OpenSearch at {before.url} does not let in the API key of {file} (401); docs/opensearch.md says "
        "where credentials belong\n"
    )
    assert "does not let in the user eva with the password of $BACKFILE_OPENSEARCH_PASSWORD (401)" in other.error
    assert before.refused == ["GET /", "GET /"]
    assert len(before.passed) > let_in
    refuse_secrets("".join(each.out + each.error for each in (*said, wrong, other)) + served.log(), KEY)
