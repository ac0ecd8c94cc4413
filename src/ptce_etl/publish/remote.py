"""Snapshots in an object store: S3 and compatible, Google Cloud Storage, Azure. Layout and promise are the folder's.

::

    <url>/<snapshot_id>/…      put if absent, never overwritten; its manifest first, which claims the name
    <url>/rejected/<id>-<k>/…  candidates that failed a critical check
    <url>/pruned/<id>/…        what is kept of snapshots whose files were removed
    <url>/index.json           which versions there are and which one is the latest: the commit point

There is no lock that outlives a publisher and no rename. A snapshot's files are put first, where nobody reads them; it
is published by replacing ``index.json`` on condition that it still is the one that was read. Of two publishers one
wins, and the other is told :class:`StoreBusy`. A cut upload leaves files that nothing lists: the next publisher of the
same snapshot goes on with them, any other takes the next free name.

The library is obstore (the extra ``stores``). Credentials and addresses are those of its environment variables
(``AWS_…``, ``AZURE_STORAGE_…``, ``GOOGLE_…``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from ptce_etl.errors import ConfigError, PublishError, StoreBusy
from ptce_etl.publish.files import plain_name, write_files

__all__ = ["SCHEMES", "Remote", "is_url"]

SCHEMES = ("s3", "gs", "az")
_AT_ONCE = 16
_RETRIES = {"max_retries": 3, "retry_timeout": 60}  # of what may pass: 5xx, 429, a connection that was cut


def is_url(place: object) -> bool:
    """Whether ``place`` is the address of an object store: s3://…, gs://… or az://…"""
    return bool(re.match(rf"({'|'.join(SCHEMES)})://[^/]", str(place)))


class Remote:
    """An object store under an address.

    Raises :class:`PublishError` for what fails, :class:`ConfigError` for an address that is none.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._store = _opened(self.url)

    def read(self, name: str) -> tuple[bytes, str] | None:
        """The bytes of an object and its ETag; None when it is not there."""
        import obstore

        with self._failing("read", name):
            try:
                got = obstore.get(self._store, name)
                return bytes(got.bytes()), str(got.meta["e_tag"])
            except FileNotFoundError:
                return None

    def create(self, name: str, body: bytes) -> bool:
        """Put an object that is not there; False when there is one, whatever it holds."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with self._failing("put", name):
            try:
                obstore.put(self._store, name, body, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def claim(self, prefix: str, name: str, body: bytes) -> bool:
        """Take ``prefix`` for what ``body`` (its manifest) lists; False when it is taken for something else."""
        if self.create(f"{prefix}/{name}", body):
            return not self.others(prefix, name)
        found = self.read(f"{prefix}/{name}")
        return found is not None and found[0] == body

    def others(self, prefix: str, name: str) -> bool:
        """Whether anything but ``name`` lies under ``prefix``: its files come after its manifest, so it should not."""
        return any(there != name for there in self.names(prefix))

    def upload(self, prefix: str, folder: Path, names: Iterable[str]) -> None:
        """Put each file of ``folder`` under ``prefix`` unless it is there with those very bytes."""

        def put(name: str) -> None:
            body, at = (folder / name).read_bytes(), f"{prefix}/{name}"
            if not self.create(at, body):
                found = self.read(at)
                if found is None or found[0] != body:
                    raise PublishError(
                        f"{name} is there already with other bytes", where=f"{self.url}/{at}", do="see who put it there"
                    )

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(put, sorted(names)))

    def download(self, prefix: str, to: Path) -> None:
        """Every object under ``prefix`` as a file of the new folder ``to``."""
        names = sorted(self.names(prefix))
        odd = [name for name in names if not plain_name(name)]
        if odd:
            raise PublishError(
                f"{odd[0]!r} is no name of ours", where=f"{self.url}/{prefix}", do="see who put it there"
            )

        def get(name: str) -> tuple[str, bytes]:
            found = self.read(f"{prefix}/{name}")
            if found is None:
                raise PublishError(f"{name} went away", where=f"{self.url}/{prefix}", do="read it again")
            return name, found[0]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            write_files(to, dict(pool.map(get, names)))

    def names(self, prefix: str) -> list[str]:
        """Names under ``prefix``, relative to it."""
        import obstore

        with self._failing("list", prefix):
            return [
                str(o["path"]).removeprefix(f"{prefix}/") for o in obstore.list(self._store, f"{prefix}/").collect()
            ]

    def remove(self, prefix: str) -> None:
        """Remove every object under ``prefix``."""
        import obstore

        names = [f"{prefix}/{name}" for name in self.names(prefix)]
        with self._failing("remove", prefix):
            if names:
                obstore.delete(self._store, names)

    def replace(self, name: str, body: bytes, etag: str | None) -> None:
        """Put ``body`` in place of the object that had ``etag`` (None: of none), or raise :class:`StoreBusy`.

        An answer that was lost on its way is asked for: what is there then says who won.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        mode: Any = "create" if etag is None else {"e_tag": etag}
        try:
            obstore.put(self._store, name, body, mode=mode, use_multipart=False)
        except (AlreadyExistsError, PreconditionError, FileNotFoundError) as error:
            self._ours(name, body, error)
        except (BaseError, OSError, ValueError) as error:
            self._ours(name, body, error, lost=True)

    def _ours(self, name: str, body: bytes, error: Exception, *, lost: bool = False) -> None:
        found = self.read(name)
        if found is not None and found[0] == body:
            return
        if lost:
            raise self._failed("put", name, error) from error
        raise StoreBusy(
            "another publisher was quicker",
            where=f"{self.url}/{name}",
            do="run again: this run has published nothing, and is then compared with what the other one published",
        ) from error

    @contextmanager
    def _failing(self, doing: str, name: str) -> Iterator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(doing, name, error) from error

    def _failed(self, doing: str, name: str, error: Exception) -> PublishError:
        said = " ".join(str(error).split())
        return PublishError(
            f"cannot {doing} {name}: {said[:300]}",
            where=f"{self.url}/{name}",
            do="check the network, the credentials and the rights, then run again: what was the latest still is",
        )


@cache
def _opened(url: str) -> Any:
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise ConfigError(
            "reading and publishing in an object store needs obstore", where=url, do="pip install 'ptce-etl[stores]'"
        ) from error
    try:
        return from_url(url, retry_config=cast("Any", _retries()))
    except (BaseError, ValueError) as error:
        said = " ".join(str(error).split())
        raise ConfigError(f"not an object store: {said[:300]}", where=url, do="s3://, gs:// or az://…") from error


def _retries() -> Mapping[str, Any]:
    return {"max_retries": _RETRIES["max_retries"], "retry_timeout": timedelta(seconds=_RETRIES["retry_timeout"])}
