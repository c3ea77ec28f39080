"""Write transforms/metadata/trackers.toml from the rules of tidy-url, a copy of which npm unpacks.

    npm pack tidy-url && tar xzf tidy-url-*.tgz && python benchmarks/make_trackers.py package

Taken are the parameters that it drops everywhere and at single hosts. Left are its rules about paths, redirects and
AMP, hosts that it describes by more than their name, and what `trackers_own.toml` says may identify an article.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

METADATA = Path(__file__).parents[1] / "transforms/metadata"
READ = "console.log(JSON.stringify(require(process.argv[1]).map(({name, match, rules, match_href}) =>"
READ += " ({name, match: String(match), rules: rules ?? [], match_href: !!match_href}))))"
HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def main() -> None:
    """Read the package, write the table, say how many names it has."""
    package = Path(sys.argv[1]).resolve()
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    run = ["node", "-e", READ, str(package / "data/rules.js")]
    entries = json.loads(subprocess.run(run, capture_output=True, check=True, text=True).stdout)
    own = tomllib.loads((METADATA / "trackers_own.toml").read_text(encoding="utf-8"))
    kept = {name.casefold() for name in own["identifying"]}

    everywhere: set[str] = set()
    hosts: dict[str, set[str]] = {}
    for entry in entries:
        names = {name.strip().casefold() for name in entry["rules"]} - kept - {""}
        if entry["name"] == "Global":
            everywhere |= names
        elif names and HOST.fullmatch(entry["name"]) and not entry["match_href"]:
            hosts.setdefault(entry["name"].removeprefix("www."), set()).update(names)
    hosts = {host: names - everywhere for host, names in hosts.items() if names - everywhere}

    lines = [
        f"# From tidy-url {about['version']}, github.com/DrKain/tidy-url, by benchmarks/make_trackers.py.",
        *(f"# {line}".rstrip() for line in (package / "LICENSE").read_text(encoding="utf-8").strip().splitlines()),
        "",
        "everywhere = [",
        *(f"    {json.dumps(name)}," for name in sorted(everywhere)),
        "]",
        "",
        "[hosts]",
        *(f"{json.dumps(host)} = {json.dumps(sorted(names))}" for host, names in sorted(hosts.items())),
    ]
    (METADATA / "trackers.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(everywhere)} names, {sum(map(len, hosts.values()))} more at {len(hosts)} hosts")


if __name__ == "__main__":
    main()
