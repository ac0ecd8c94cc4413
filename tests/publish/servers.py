"""Object stores on loopback: moto's S3, Azurite, and a wire between a client and a server that can be cut."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.utils import formatdate
from pathlib import Path

REPO = Path(__file__).parents[2]
AZURITE = REPO / ".cache" / "azurite" / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
# The account and the key that Azurite's documentation gives to everybody.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """A server, from when it answers on ``port``; killed in the end."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                assert server.poll() is None, f"{command} ended"
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            else:
                raise AssertionError(f"{command} does not answer")
            yield
        finally:
            server.kill()


@contextmanager
def moto() -> Iterator[dict[str, str]]:
    """An S3 with one bucket; the environment of its clients."""
    import boto3

    port = free_port()
    with running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        client = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }
        s3 = boto3.client(
            "s3",
            endpoint_url=client["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        s3.create_bucket(Bucket="bucket")
        s3.close()
        yield client


@contextmanager
def azurite() -> Iterator[dict[str, str]]:
    """An Azure blob store with one container; the environment of its clients."""
    if not AZURITE.is_file():
        subprocess.run([REPO / "scripts" / "azurite.sh"], check=True)
    port = free_port()
    options = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence", "--silent"]
    with running(["node", str(AZURITE), *options, "--skipApiVersionCheck", "--disableTelemetry"], port):
        _make_container(f"http://127.0.0.1:{port}/{ACCOUNT}")
        yield {
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": KEY,
            "AZURE_STORAGE_ENDPOINT": f"http://127.0.0.1:{port}/{ACCOUNT}",
            "AZURE_ALLOW_HTTP": "true",
        }


def _make_container(endpoint: str) -> None:
    now = formatdate(usegmt=True)
    signed = (
        f"PUT{chr(10) * 12}x-ms-date:{now}\nx-ms-version:2021-12-02\n/{ACCOUNT}/{ACCOUNT}/container\nrestype:container"
    )
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()).decode()
    headers = {"x-ms-date": now, "x-ms-version": "2021-12-02", "Authorization": f"SharedKey {ACCOUNT}:{signature}"}
    asked = urllib.request.Request(f"{endpoint}/container?restype=container", method="PUT", headers=headers)
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 201


class Wire:
    """A way to a server on which requests can be cut in the middle, or answers lost."""

    def __init__(self, port: int) -> None:
        self.port, self.lose = port, b""
        self.cut_at: int | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closed = True
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self.port))
        seen = bytearray()

        def back() -> None:
            with suppress(OSError):
                while some := server.recv(65536):
                    if self.lose and self.lose in seen:
                        self.cuts += 1
                        self.lose = b""
                        client.shutdown(socket.SHUT_RDWR)
                        return
                    client.sendall(some)

        threading.Thread(target=back, daemon=True).start()
        with suppress(OSError):
            while some := client.recv(4096):
                seen += some
                if self.cut_at is not None and len(seen) > self.cut_at:
                    self.cuts += 1
                    break
                server.sendall(some)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def environment(values: dict[str, str]) -> dict[str, str]:
    """This process's environment with ``values``."""
    return os.environ | values
