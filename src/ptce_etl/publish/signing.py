"""Who published it: an optional Ed25519 signature of the manifest, in the form that ``ssh-keygen -Y verify`` reads.

``PTCE_SIGNING_KEY`` names the file of a private key (OpenSSH or PEM, not encrypted, readable by its owner only); what
is published is then signed, in ``manifest.json.sig`` beside the manifest. ``PTCE_ALLOWED_SIGNERS`` names a file of
lines "who ssh-ed25519 AAAA…" (ssh-keygen's *allowed signers*); what is verified must then be signed by one of them.

The manifest holds the sha256 of every file, so its signature covers the snapshot. Format: PROTOCOL.sshsig of OpenSSH.
Without the library ``cryptography`` (which Prefect brings) nothing can be signed, and a signature cannot be checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ptce_etl.errors import ConfigError, PublishError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["NAMESPACE", "SIGNATURE", "Signature", "check_signature", "sign_manifest"]

SIGNATURE = "manifest.json.sig"
NAMESPACE = "ptce-etl"  # a signature made for anything else is not one of a manifest
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_KIND, _HASH, _MAGIC = b"ssh-ed25519", b"sha512", b"SSHSIG"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that holds. ``key``: "SHA256:…" as ssh-keygen says it; ``who``: its name among the allowed, or ""."""

    key: str
    who: str


def sign_manifest(manifest: bytes) -> bytes | None:
    """The content of ``manifest.json.sig``; None when no key is given. Raises :class:`ConfigError` for one that cannot
    be used."""
    named = os.environ.get("PTCE_SIGNING_KEY", "").strip()
    if not named:
        return None
    key = _private(Path(named))
    public = _text(_KIND) + _text(key.public_key().public_bytes_raw())
    made = _text(_KIND) + _text(key.sign(_signed(manifest)))
    blob = _MAGIC + struct.pack(">I", 1) + b"".join(map(_text, (public, NAMESPACE.encode(), b"", _HASH, made)))
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return "\n".join([_BEGIN, *lines, _END, ""]).encode()


def _private(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    do = "make one: ssh-keygen -t ed25519 -N '' -f FILE; chmod 600 FILE"
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError("others may read the signing key", where="PTCE_SIGNING_KEY", do="chmod 600 its file")
        raw = path.read_bytes()
        load = load_ssh_private_key if b"OPENSSH" in raw[:60] else load_pem_private_key
        key = load(raw, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        why = error.strerror if isinstance(error, OSError) else "not a private key that can be read without a password"
        raise ConfigError(f"the signing key cannot be used: {why}", where="PTCE_SIGNING_KEY", do=do) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError("the signing key is not an Ed25519 key", where="PTCE_SIGNING_KEY", do=do)
    return key


def check_signature(folder: Path, manifest: bytes) -> tuple[Signature | None, list[str]]:
    """The signature of a snapshot's manifest when it holds, and what is wrong with it, one sentence each.

    Where ``PTCE_ALLOWED_SIGNERS`` is set, one of them must have signed. Raises :class:`ConfigError` when its file
    cannot be read.
    """
    allowed, path = _allowed(), folder / SIGNATURE
    if not os.path.lexists(path):
        return None, [] if allowed is None else [f"{SIGNATURE}: missing, and PTCE_ALLOWED_SIGNERS asks for one"]
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 10_000:
        return None, [f"{SIGNATURE}: not a signature"]
    try:
        public, made = _parsed(path.read_bytes())
        _verify(public, made, manifest)
    except (PublishError, ValueError, struct.error) as error:
        return None, [f"{SIGNATURE}: {error.what if isinstance(error, PublishError) else 'not a signature'}"]
    name = "SHA256:" + base64.b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")
    who = (allowed or {}).get(public, "")
    if allowed is not None and not who:
        return None, [f"{SIGNATURE}: signed with {name}, which is none of PTCE_ALLOWED_SIGNERS"]
    return Signature(name, who), []


def _verify(public: bytes, made: bytes, manifest: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    kind, key = _texts(public, 2)
    signed_with, signature = _texts(made, 2)
    if kind != _KIND or signed_with != _KIND:
        raise PublishError("not made with an Ed25519 key")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _signed(manifest))
    except InvalidSignature as error:
        raise PublishError("does not hold: the manifest is not what was signed") from error


def _parsed(armoured: bytes) -> tuple[bytes, bytes]:
    """Public key and signature, each in OpenSSH's own wire form. ValueError or struct.error for anything else."""
    text = armoured.decode("ascii").strip()
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        raise ValueError("no armour")
    blob = base64.b64decode("".join(text[len(_BEGIN) : -len(_END)].split()), validate=True)
    if blob[:6] != _MAGIC or struct.unpack(">I", blob[6:10]) != (1,):
        raise ValueError("another kind of signature")
    public, namespace, _reserved, hashed, made = _texts(blob[10:], 5)
    if namespace != NAMESPACE.encode() or hashed != _HASH:
        raise PublishError(f"made for {namespace[:40]!r}, or with another hash than {_HASH.decode()}")
    return public, made


def _signed(manifest: bytes) -> bytes:
    """The very bytes that are signed."""
    return _MAGIC + b"".join(map(_text, (NAMESPACE.encode(), b"", _HASH, hashlib.sha512(manifest).digest())))


def _text(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _texts(blob: bytes, count: int) -> list[bytes]:
    found, at = [], 0
    for _ in range(count):
        (length,) = struct.unpack_from(">I", blob, at)
        if at + 4 + length > len(blob):
            raise ValueError("cut short")
        found.append(blob[at + 4 : at + 4 + length])
        at += 4 + length
    if at != len(blob):
        raise ValueError("more than it should hold")
    return found


def _allowed() -> dict[bytes, str] | None:
    """Who may sign, by public key; None when nobody was named."""
    named = os.environ.get("PTCE_ALLOWED_SIGNERS", "").strip()
    if not named:
        return None
    do = "give a file of lines: who ssh-ed25519 AAAA…"
    try:
        lines = Path(named).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("the list of signers cannot be read", where="PTCE_ALLOWED_SIGNERS", do=do) from error
    found: dict[bytes, str] = {}
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        place = next((n for n, word in enumerate(words) if word == _KIND.decode()), 0)
        try:
            # Options (validity, certificates) that we would not honour must not be taken for said.
            if place != 1 or len(words) < 3:
                raise ValueError("not a line of the kind")
            found[base64.b64decode(words[2], validate=True)] = words[0]
        except (ValueError, binascii.Error) as error:
            raise ConfigError(f"line {number} names no Ed25519 key", where="PTCE_ALLOWED_SIGNERS", do=do) from error
    return found
