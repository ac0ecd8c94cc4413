"""What the environment holds in secret is neither said nor written, whatever fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SECRET = "s3cr3t-" + "0123456789"
NAMES = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "PREFECT_API_KEY", "GITHUB_TOKEN", "PTCE_SIGNING_PASSPHRASE")
FAILING = """
import sys
from pathlib import Path
from ptce_etl.pipeline import job
from ptce_etl.cli import main

def broken(*_):
    raise RuntimeError("nobody foresaw this")

if sys.argv[1] == "bug":
    job.collect_source = broken
sys.exit(main(sys.argv[2:]))
"""


def test_no_secret_of_the_environment_is_said_or_written(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n-----END OPENSSH PRIVATE KEY-----\n", "utf-8")
    key.chmod(0o600)
    env = os.environ | dict.fromkeys(NAMES, SECRET)
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy"), f"http://user:{SECRET}@127.0.0.1:9")
    env |= proxies | {"PTCE_SIGNING_KEY": str(key), "NO_PROXY": "", "no_proxy": ""}
    root = tmp_path / "data"
    (root / "raw" / "transcribed").mkdir(parents=True)
    (root / "raw" / "transcribed" / "a.csv").write_text("listing_id,name\na,PTCE du Lac\n", "utf-8")
    entry = (
        "{source_id: %s, title: t, publisher: p, url: '%s', licence: none, frequency: never, reader: csv, "
        "statement: listings, priority: 1, columns: {listing_id: listing_id, name: name}, "
        "bounds: {min_rows: 1, max_rows: 9}}"
    )
    entries = [entry % ("book", "raw/transcribed/a.csv"), entry % ("web", "http://ptce.example.org/l.csv")]
    (root / "sources.yml").write_text("sources: [" + ", ".join(entries) + "]", "utf-8")
    said = ""
    for how, more in (("bug", ["--debug"]), ("run", [])):
        command = [sys.executable, "-c", QUICKLY + FAILING, how, "run", "--plain", "--data", str(root), *more]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode != 0, "the run was to fail, once on a bug and once on its signing key"
        said += done.stdout + done.stderr
    assert "nobody foresaw this" in said and "the signing key cannot be used" in said
    assert SECRET not in said
    written = [path for path in root.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert written == []


# One try at each source: what is waited for between tries says nothing here.
QUICKLY = """
from functools import partial
from ptce_etl.pipeline import job
from ptce_etl.collect.fetch import FetchPolicy
from ptce_etl.collect.intake import collect_source
job.collect_source = partial(collect_source, policy=FetchPolicy(connect=1, read=1, deadline=2, retries=0))
"""
