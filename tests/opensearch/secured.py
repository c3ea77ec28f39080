"""A node with OpenSearch's own security plugin: TLS, users with passwords or certificates, roles with permissions."""

import json
import secrets
import shutil
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.opensearch import http
from tests.opensearch.certificates import Authority
from tests.opensearch.cluster import PAUSE, START_SECONDS, Cluster
from tests.opensearch.jars import provide

SSL = "plugins.security.ssl"
# Who logs in how: with a certificate, by its common name, or with a password that the plugin keeps.
LOGINS = {
    "certificates": {
        "order": 0,
        "http_enabled": True,
        "http_authenticator": {"type": "clientcert", "challenge": False, "config": {"username_attribute": "cn"}},
        "authentication_backend": {"type": "noop"},
    },
    "passwords": {
        "order": 1,
        "http_enabled": True,
        "http_authenticator": {"type": "basic", "challenge": True},
        "authentication_backend": {"type": "intern"},
    },
}


@dataclass(frozen=True, slots=True)
class Secured:
    """A cluster of one node that lets in whom the test says."""

    cluster: Cluster
    authority: Authority

    @property
    def url(self) -> str:
        """Where it answers, by https."""
        return self.cluster.url

    def call(self, method: str, path: str, body: object = None) -> Any:
        """What the node answers to its administrator."""
        return self.cluster.call(method, path, body)

    def allow(self, user: str, cluster: Sequence[str], indices: Sequence[str], *, prefix: str) -> None:
        """Gives a user these permissions, and takes all others away; those on indices where a name has the prefix."""
        role = {
            "cluster_permissions": list(cluster),
            "index_permissions": [{"index_patterns": [prefix, f"{prefix}-*"], "allowed_actions": list(indices)}],
        }
        self.call("PUT", f"/_plugins/_security/api/roles/{user}", role)
        self.call("PUT", f"/_plugins/_security/api/rolesmapping/{user}", {"users": [user]})

    def enrol(self, user: str, password: str = "") -> str:
        """A new user's password."""
        password = password or f"Aa1!{secrets.token_urlsafe(16)}"
        self.call("PUT", f"/_plugins/_security/api/internalusers/{user}", {"password": password})
        return password


@contextmanager
def secured(folder: Path) -> Iterator[Secured]:
    """A node with users, and the authority that signed its certificate."""
    authority = Authority(folder / "certificates")
    home = folder / "n0" / "node_1" / "config"  # where the runner has it
    home.mkdir(parents=True)
    for file in (authority.file, *authority.issue("node", ("127.0.0.1", "localhost"))):
        shutil.copy(file, home)
    _write_defaults(home / "opensearch-security")
    tls = ssl.create_default_context(cafile=authority.file)
    tls.load_cert_chain(*authority.issue("administrator"))
    with Cluster(folder, settings=_settings(), tls=tls) as cluster:
        _wait(cluster)
        yield Secured(cluster, authority)


def _wait(cluster: Cluster) -> None:
    """Returns when the plugin has read its users and roles, which it does behind the node's start."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            cluster.call("GET", "/_plugins/_security/api/roles")
        except http.Refusal:
            time.sleep(PAUSE)
        else:
            return
    raise AssertionError(f"the plugin did not get ready:\n{cluster.nodes[0].told()}")


def _settings() -> dict[str, str]:
    files = {"pemcert_filepath": "node.pem", "pemkey_filepath": "node.key", "pemtrustedcas_filepath": "authority.pem"}
    return {
        **{f"{SSL}.{layer}.{key}": name for layer in ("http", "transport") for key, name in files.items()},
        f"{SSL}.http.enabled": "true",
        f"{SSL}.http.clientauth_mode": "OPTIONAL",
        f"{SSL}.transport.enforce_hostname_verification": "false",
        "plugins.security.authcz.admin_dn": "CN=administrator",
        "plugins.security.nodes_dn": "CN=node",
        "plugins.security.allow_default_init_securityindex": "true",
        "plugins.security.audit.type": "noop",
        "plugins.security.restapi.roles_enabled": "all_access",
    }


def _write_defaults(folder: Path) -> None:
    """The plugin's own, without users whose passwords everybody knows, and without the roles that everybody has."""
    plugin = provide(security=True).plugin
    assert plugin is not None
    shutil.copytree(plugin / "config", folder)
    users: dict[str, Any] = {"_meta": {"type": "internalusers", "config_version": 2}}
    logins = {"_meta": {"type": "config", "config_version": 2}, "config": {"dynamic": {"authc": LOGINS}}}
    roles = {"_meta": {"type": "rolesmapping", "config_version": 2}}
    for name, content in (("internal_users", users), ("roles_mapping", roles), ("config", logins)):
        # JSON is YAML
        (folder / f"{name}.yml").write_text(json.dumps(content), encoding="utf-8")
