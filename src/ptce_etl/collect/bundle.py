"""The answers of one retrieval as one object of the private archive: each page's address, headers and exact bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from ptce_etl.collect.readers.base import Page
from ptce_etl.errors import PublishError

__all__ = ["bundled", "unbundled"]

_KEPT = ("content-type", "x-wp-total", "x-wp-totalpages", "x-datalayer-version", "last-modified")


def bundled(pages: Sequence[Page]) -> bytes:
    """The pages as bytes; the same pages give the same bytes."""
    records = [{"url": page.url, "headers": _headers(page), **_body(page.body)} for page in pages]
    return json.dumps({"pages": records}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _headers(page: Page) -> dict[str, str]:
    return {name: page.headers[name] for name in _KEPT if name in page.headers}


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def unbundled(raw: bytes) -> tuple[Page, ...]:
    """The pages of a bundle. Raises :class:`PublishError` when it is not one of ours."""
    try:
        records: Any = json.loads(raw)["pages"]
        return tuple(Page(record["url"], _bytes(record), record["headers"]) for record in records)
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"not a bundle of pages: {error}", where="raw/archive/private", do="collect the source again"
        ) from error


def _bytes(record: dict[str, str]) -> bytes:
    return record["text"].encode() if "text" in record else base64.b64decode(record["base64"])
