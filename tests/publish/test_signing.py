"""The signature of a manifest: OpenSSH's own form, and nothing altered that still holds."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ptce_etl.cli.screen import Screen
from ptce_etl.cli.verifying import verify_snapshot
from ptce_etl.errors import ConfigError
from ptce_etl.publish.manifest import MANIFEST, manifest_bytes
from ptce_etl.publish.signing import SIGNATURE, check_signature, sign_manifest
from ptce_etl.publish.verify import verify

# Made by OpenSSH: printf '{"a": 1}\n' | ssh-keygen -Y sign -f KEY -n ptce-etl
THEIRS = "AAAAC3NzaC1lZDI1NTE5AAAAIC/uISwEYEUSpwSW+Op7Vc/Y4z0g5qmrFfOY1E3FqTDn"
SIGNED = """\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgL+4hLARgRRKnBJb46ntVz9jjPS
DmqasV85jUTcWpMOcAAAAIcHRjZS1ldGwAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVk
MjU1MTkAAABAUcUFjErMU1eR9VQph0LKs+7Lquk42jFsQWW6hfQHiMpzj3bxHqIdOHDtaV
yvJoC6SjawDuVjYdlTHHFPJsf2CA==
-----END SSH SIGNATURE-----
"""
KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
OURS = KEY.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()


def key_file(path: Path, form: serialization.PrivateFormat = serialization.PrivateFormat.OpenSSH) -> Path:
    path.write_bytes(KEY.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def signed(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published snapshot that is signed."""
    root = tmp_path_factory.mktemp("signed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTCE_SIGNING_KEY", str(key_file(root / "key")))
        return world.publish(root / "data").path


@pytest.fixture
def copy(signed: Path, tmp_path: Path) -> Path:
    shutil.copytree(signed, tmp_path / signed.name)
    for path in (tmp_path / signed.name).rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return tmp_path / signed.name


def test_what_openssh_signed_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / SIGNATURE).write_text(SIGNED, "ascii")
    found, problems = check_signature(tmp_path, b'{"a": 1}\n')
    assert problems == [] and found is not None and found.key.startswith("SHA256:") and found.who == ""
    assert check_signature(tmp_path, b'{"a": 2}\n') == (
        None,
        [f"{SIGNATURE}: does not hold: the manifest is not what was signed"],
    )
    monkeypatch.setenv("PTCE_ALLOWED_SIGNERS", str(tmp_path / "allowed"))
    (tmp_path / "allowed").write_text(f"# who may\nobs@example.org ssh-ed25519 {THEIRS} her key\n", "utf-8")
    found, problems = check_signature(tmp_path, b'{"a": 1}\n')
    assert problems == [] and found is not None and found.who == "obs@example.org"


@pytest.mark.parametrize("form", ["OpenSSH", "PKCS8"])
def test_a_signature_is_the_same_bytes_from_either_form_of_the_key(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTCE_SIGNING_KEY", str(key_file(tmp_path / "key", getattr(serialization.PrivateFormat, form))))
    made = sign_manifest(b"{}")
    assert made is not None
    (tmp_path / SIGNATURE).write_bytes(made)
    assert check_signature(tmp_path, b"{}")[1] == []
    assert sign_manifest(b"{}") == made, "the same manifest and key give the same signature"


def test_a_snapshot_is_signed_and_who_signed_is_said(
    signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(signed) == [] and (signed / SIGNATURE).stat().st_mode & 0o222 == 0
    assert verify_snapshot(Screen(as_json=False), tmp_path, str(signed)) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "signed with SHA256:" in out and "whose key it is, is not known" in out
    monkeypatch.setenv("PTCE_ALLOWED_SIGNERS", str(tmp_path / "allowed"))
    (tmp_path / "allowed").write_text(f"equipe@example.org {OURS}\n", "utf-8")
    assert verify_snapshot(Screen(as_json=True), tmp_path, str(signed)) == 0
    assert json.loads(capsys.readouterr().out)["signed_by"]["who"] == "equipe@example.org"


def test_a_store_rewritten_with_all_its_digests_is_found(copy: Path) -> None:
    manifest = json.loads((copy / MANIFEST).read_bytes()) | {"code_version": "9.9.9+000000000000"}
    (copy / MANIFEST).write_bytes(manifest_bytes(manifest))
    assert verify(copy) == [f"{SIGNATURE}: does not hold: the manifest is not what was signed"]


def test_a_signature_taken_away_or_made_by_another_is_found_where_signers_are_named(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTCE_ALLOWED_SIGNERS", str(tmp_path / "allowed"))
    (tmp_path / "allowed").write_text(f"obs@example.org ssh-ed25519 {THEIRS}\n", "utf-8")
    (problem,) = verify(copy)
    assert "none of PTCE_ALLOWED_SIGNERS" in problem
    (copy / SIGNATURE).unlink()
    assert verify(copy) == [f"{SIGNATURE}: missing, and PTCE_ALLOWED_SIGNERS asks for one"]
    monkeypatch.delenv("PTCE_ALLOWED_SIGNERS")
    assert verify(copy) == [], "who names no signers takes what is not signed"


def test_what_is_no_signature_is_said_to_be_none(tmp_path: Path) -> None:
    whole = base64.b64decode("".join(SIGNED.split("\n")[1:-2]))
    bodies = [whole[:cut] for cut in (0, 3, 8, 30, 80, len(whole) - 1)] + [whole + b"x", b"SSHSIG" + b"\xff" * 60]
    texts = [
        f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(b).decode()}\n-----END SSH SIGNATURE-----\n" for b in bodies
    ]
    for text in (*texts, "", "é", SIGNED * 100, SIGNED.replace("U1NIU0lH", "!!!!!!!!")):
        (tmp_path / SIGNATURE).write_text(text, "utf-8")
        assert check_signature(tmp_path, b'{"a": 1}\n') == (None, [f"{SIGNATURE}: not a signature"])
    other = whole.replace(b"ptce-etl", b"git-sign")
    text = f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(other).decode()}\n-----END SSH SIGNATURE-----\n"
    (tmp_path / SIGNATURE).write_text(text, "utf-8")
    assert "made for b'git-sign'" in check_signature(tmp_path, b'{"a": 1}\n')[1][0]


def test_a_key_that_cannot_be_used_is_refused_without_a_word_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = key_file(tmp_path / "key")
    monkeypatch.setenv("PTCE_SIGNING_KEY", str(path))
    secret = path.read_text("ascii")
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="others may read"):
        sign_manifest(b"{}")
    path.chmod(0o600)
    ec = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for bad in (b"", secret.encode()[:90], ec):
        path.write_bytes(bad)
        with pytest.raises(ConfigError) as refused:
            sign_manifest(b"{}")
        assert secret[60:90] not in str(refused.value)
    monkeypatch.setenv("PTCE_SIGNING_KEY", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigError, match="No such file"):
        sign_manifest(b"{}")


@pytest.mark.parametrize(
    "line", ["someone", "someone ssh-rsa AAAA", 'a namespaces="x" ssh-ed25519 AAAA', "a ssh-ed25519 !"]
)
def test_a_list_of_signers_is_read_whole_or_not_at_all(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "allowed").write_text(f"{line}\n", "utf-8")
    monkeypatch.setenv("PTCE_ALLOWED_SIGNERS", str(tmp_path / "allowed"))
    with pytest.raises(ConfigError, match="line 1 names no"):
        check_signature(tmp_path, b"{}")
