"""A stand-in for a source on the web: answers as a file tells it to, in a process that ends with its starter."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path

BODY = b"listing_id,name,commune\nw1,PTCE du Vent,Brest\nw2,PTCE de la Mer,Lorient\n"


def _said(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


CSV = "Content-Type: text/csv"
BOMB = gzip.compress(b"a" * 3_000_000)
ANSWERS = {
    "ok": _said("200 OK", BODY, CSV),
    "before": _said("200 OK", BODY.replace(b"Brest", b"Quimper"), CSV),
    "dies mid-body": _said("200 OK", BODY[:30], CSV, length=len(BODY)),
    "500": _said("500 Internal Server Error"),
    "503": _said("503 Service Unavailable", b"", "Retry-After: 86400"),
    "429": _said("429 Too Many Requests", b"", "Retry-After: 86400"),
    "404": _said("404 Not Found"),
    "403": _said("403 Forbidden"),
    "empty": _said("200 OK", b"", CSV),
    "a login page": _said("200 OK", b"<!doctype html><title>Connexion</title><form>", "Content-Type: text/html"),
    "bomb": _said("200 OK", BOMB, CSV, "Content-Encoding: gzip"),
    "torn gzip": _said("200 OK", gzip.compress(BODY)[:-9], CSV, "Content-Encoding: gzip"),
    "redirects to itself": _said("302 Found", b"", "Location: /list.csv"),
    "redirects to a private address": _said("302 Found", b"", "Location: http://169.254.169.254/latest/meta-data/"),
    "no HTTP": b"\x00\x01\x02\x03 nothing of the kind\n\n",
    "other columns": _said("200 OK", BODY.replace(b"commune", b"ville"), CSV),
}


def serve(told: Path) -> tuple[int, int]:
    """Fork a server that answers as the file ``told`` says: its process and its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        listener.close()
        os.close(read)
        return pid, port
    os.close(write)
    threading.Thread(target=_accept, args=(listener, told), daemon=True).start()
    os.read(read, 1)  # ends when every holder of the other end has gone
    os._exit(0)


def _accept(listener: socket.socket, told: Path) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=(connection, told), daemon=True).start()


def _answer(connection: socket.socket, told: Path) -> None:
    with connection, suppress(OSError):
        asked = connection.recv(65_536).split(b" ")[1:2]
        how = told.read_text("utf-8")
        if asked == [b"/robots.txt"] and how != "no robots.txt":
            connection.sendall(_said("404 Not Found"))
        elif how in ANSWERS:
            connection.sendall(ANSWERS[how])
        elif how == "no robots.txt":
            connection.sendall(ANSWERS["500"])
        elif how == "resets":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how == "endless":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n")
            while True:
                connection.sendall(b"w3,PTCE,Brest\n" * 5_000)
        elif how == "slow":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n")
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)
        elif how == "silent":
            time.sleep(5)
