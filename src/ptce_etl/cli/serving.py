"""``ptce serve``: the files of a snapshot over HTTP, on loopback, with strict headers.

Only what the manifest lists is ever opened, by the name it is listed under: no path of a request reaches the disk.
"""

from __future__ import annotations

import webbrowser
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from ptce_etl import __version__
from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.site import INDEX
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData, PtceError
from ptce_etl.publish.index import snapshot_path
from ptce_etl.publish.manifest import MANIFEST, Manifest, read_manifest
from ptce_etl.report.site import CSP

__all__ = ["serve_site"]

_HOST = "127.0.0.1"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}
# The validation report is one file with its style inside; nothing else may have any.
_REPORT, _REPORT_CSP = "validation.html", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"


def serve_site(screen: Screen, root: Path, snapshot: str, *, port: int, open_: bool) -> int:
    """Serve until interrupted. Raises :class:`NoData` when there is no site, :class:`ConfigError` for a port in use."""
    paths = existing(root)
    folder = snapshot_path(paths, snapshot)
    if INDEX not in read_manifest(folder)["files"]:
        raise NoData(f"snapshot {folder.name} was published without a site", where=str(folder), do="run `ptce run`")
    handler = type("Handler", (_Handler,), {"files": _Files(paths, snapshot)})
    try:
        server = ThreadingHTTPServer((_HOST, port), partial(handler))
    except OSError as error:
        raise ConfigError(f"port {port} cannot be used: {error.strerror}", where="--port", do="name another") from error
    with server:
        address = f"http://{_HOST}:{server.server_address[1]}/"
        screen.emit({"snapshot": folder.name, "address": address})
        screen.line(address)
        screen.flush()
        if open_:
            webbrowser.open(address)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            screen.tell("Stopped.")
    return 0


class _Files:
    """The files of a snapshot as they are listed at this moment."""

    def __init__(self, paths: Paths, snapshot: str) -> None:
        self.paths, self.snapshot = paths, snapshot
        self.known: tuple[Path, Manifest] | None = None

    def find(self, name: str) -> tuple[Path, str] | None:
        """Path and sha256 of a listed file."""
        folder = snapshot_path(self.paths, self.snapshot)
        if self.known is None or self.known[0] != folder:
            self.known = folder, read_manifest(folder)
        manifest = self.known[1]
        if name == MANIFEST:
            return folder / MANIFEST, manifest["manifest_digest"]
        record = manifest["files"].get(name)
        return (folder / name, record["sha256"]) if record else None


class _Handler(BaseHTTPRequestHandler):
    files: ClassVar[_Files]
    server_version = f"ptce/{__version__}"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        if host not in (_HOST, "localhost"):  # a name that somebody made to lead here
            return self._say(HTTPStatus.MISDIRECTED_REQUEST)
        name = unquote(urlsplit(self.path).path).removeprefix("/")
        if name in ("", "site", "site/"):
            return self._say(HTTPStatus.FOUND, {"Location": f"/{INDEX}"})
        try:
            found = self.files.find(name)
        except PtceError:
            return self._say(HTTPStatus.SERVICE_UNAVAILABLE)
        if found is None:
            return self._say(HTTPStatus.NOT_FOUND)
        path, sha256 = found
        tag = f'"{sha256}"'
        if self.headers.get("If-None-Match") == tag:
            return self._say(HTTPStatus.NOT_MODIFIED, {"ETag": tag})
        try:
            content = path.read_bytes()
        except OSError:
            return self._say(HTTPStatus.NOT_FOUND)
        kind = _TYPES.get(path.suffix, "application/octet-stream")
        csp = _REPORT_CSP if name == _REPORT else f"{CSP}; frame-ancestors 'none'"
        headers = {"Content-Type": kind, "Content-Security-Policy": csp, "ETag": tag}
        return self._say(HTTPStatus.OK, headers, content, body=body)

    def _say(
        self,
        status: HTTPStatus,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        *,
        body: bool = True,
    ) -> None:
        if content is None:
            content = b"" if status == HTTPStatus.NOT_MODIFIED else f"{status.value} {status.phrase}\n".encode()
        given = {"Content-Type": "text/plain; charset=utf-8", "Content-Security-Policy": "default-src 'none'"}
        given |= _HEADERS | (headers or {})
        self.send_response(status)
        for name, value in given.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a reader's requests are nobody's business."""
